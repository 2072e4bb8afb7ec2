from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestCustomerFileChecks(SboCheckCommon):
    """Gaps, expired licences, numbers that cannot be right: raised, not raised, closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.customer.requirement"].search([]).active = False
        cls.env["sbo.customer.requirement"].create([
            {"name": "Code", "field_path": "vat"}, {"name": "Street", "field_path": "street"}])
        cls.customer = cls._customer(clerk=cls.clerk, sbo_filed_on="2026-03-02", country_id=cls.env.ref("base.cn").id)

    def _words(self, finding):
        return self.env["sbo.evidence"]._as_text(finding)

    def test_incomplete_after_a_week(self):
        check = self._shipped("customer_incomplete")
        self._run(check, "2026-03-09 02:00")
        self.assertFalse(self._findings(self.customer, check), "a week to fill it in")
        self._run(check, "2026-03-10 02:00")
        found = self._findings(self.customer, check)
        self.assertEqual(found.user_id, self.clerk)
        self.assertEqual(self._words(found), "Missing: Code, Street, Complete, in percent: 0")
        self.customer.write({"vat": "X1", "street": "S"})
        self._run(check, "2026-03-11 02:00")
        self.assertEqual(self._is_open(found), [False])

    def test_incomplete_below_x(self):
        check = self._shipped("customer_incomplete")
        self.customer.vat = "X1"
        check.parameter = 50
        self._run(check, "2026-03-20 02:00")
        self.assertFalse(self._findings(self.customer, check), "half of it is enough")
        check.parameter = 51
        self._run(check, "2026-03-21 02:00")
        self.assertTrue(self._findings(self.customer, check))

    def test_licence_expired(self):
        check = self._shipped("customer_licence_expired")
        licence = self.env["sbo.licence"].create(
            {"partner_id": self.customer.id, "kind": "permit", "name": "P1", "valid_until": "2026-03-10"})
        self._run(check, "2026-03-10 23:00")
        self.assertFalse(self._findings(self.customer, check), "its last day")
        self._run(check, "2026-03-11 00:30")
        found = self._findings(self.customer, check)
        self.assertEqual((found.key, found.due_at), (str(licence.id), at("2026-03-11 00:00")))
        self.assertEqual(found.user_id, self.clerk)
        self.assertIn("Trade Permit", self._words(found))
        other = {"partner_id": self.customer.id, "kind": "business", "valid_until": "2027-03-10"}
        self.env["sbo.licence"].create(other)
        self._run(check, "2026-03-12 02:00")
        self.assertEqual(self._is_open(found), [True], "another kind does not help")
        self.env["sbo.licence"].create(dict(other, kind="permit"))
        self._run(check, "2026-03-13 02:00")
        self.assertEqual(self._is_open(found), [False])

    def test_archived_licence_and_customer_are_left_alone(self):
        check = self._shipped("customer_licence_expired")
        licence = self.env["sbo.licence"].create({"partner_id": self.customer.id, "valid_until": "2026-03-10"})
        licence.active = False
        self._run(check, "2026-03-12 02:00")
        self.assertFalse(self._findings(self.customer, check))
        licence.active, self.customer.active = True, False
        self._run(check, "2026-03-13 02:00")
        self.assertFalse(self._findings(self.customer, check))

    def test_phone_and_email_of_the_customer_and_its_contacts(self):
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id, "email": "buyer@x"})
        supplier = self.env["res.partner"].create({"name": "Supplier", "phone": "12"})
        self.customer.phone = "0755-8601"
        phone, email = self._shipped("customer_phone_invalid"), self._shipped("customer_email_invalid")
        for check in (phone, email):
            self._run(check, "2026-03-12 02:00")
        self.assertEqual(self._findings(self.customer, phone).user_id, self.clerk)
        self.assertEqual(self._findings(buyer, email).user_id, self.clerk, "the customer's clerk answers")
        self.assertFalse(self._findings(supplier))
        self.customer.phone = "0755-86012345"
        self._run(phone, "2026-03-13 02:00")
        self.assertEqual(self._is_open(self._findings(self.customer, phone)), [False])

    def test_weekly_new_customers(self):
        check = self._shipped("new_customer_shortfall")
        self.company.sbo_check_from = "2026-03-02"

        def bring(moment, **vals):
            customer = self._customer(sbo_collector_id=self.clerk.id, sbo_is_customer=True, **vals)
            customer.flush_recordset()
            self.env.cr.execute("UPDATE res_partner SET create_date = %s WHERE id = %s", (at(moment), customer.id))

        full = {"street": "S"}
        bring("2026-03-02 09:00", vat="X1", **full)
        bring("2026-03-06 17:00", vat="X2", **full)
        bring("2026-03-06 17:00", vat="X3")
        bring("2026-03-06 17:00", vat="X4", active=False, **full)
        bring("2026-03-06 17:00", vat="X5", is_company=False, **full)
        bring("2026-03-06 17:00", vat="X-2", **full)  # on file already, spelled otherwise
        bring("2026-03-09 09:00", vat="X6", **full)
        self._run(check, "2026-03-09 02:00")
        [found] = self._findings(self.clerk, check)
        self.assertEqual((found.key, found.quantity, found.user_id), ("2026-W10", 3, self.clerk))
        self.assertEqual(self._findings(self.clerk2, check).quantity, 5)

    def test_a_waived_duplicate_counts_as_new(self):
        first = self._customer(clerk=self.clerk, vat="TWIN1")
        second = self._customer(clerk=self.clerk, vat="TWIN1")
        both = [("id", "in", (first | second).ids)]
        partners = self.env["res.partner"].with_user(self.clerk)
        self.assertEqual(partners.search(both + [("sbo_repeated", "=", True)]), second)
        self.assertEqual(partners.search(both + [("sbo_repeated", "!=", True)]), first)
        self.assertEqual(partners.browse((first | second).ids).mapped("sbo_repeated"), [False, True])
        check = self._shipped("customer_duplicate")
        self._run(check, "2026-03-12 02:00")
        self._findings(second, check).with_user(self.supervisor).action_waive("Two branches, one licence")
        self.assertFalse(partners.search(both + [("sbo_repeated", "=", True)]))


@tagged("post_install", "-at_install")
class TestCustomerFileSample(SboCheckCommon):
    """Some files of each clerk are looked at when a month is over: the same ones, whoever looks and whenever."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("customer_file_nonconforming")
        cls.env["res.partner"].search([("sbo_clerk_id", "!=", False)]).write({"sbo_clerk_id": False})
        cls.env["sbo.region"].search([]).active = False

    @classmethod
    def _file(cls, clerk=None, created="2026-03-02 09:00", **vals):
        """A customer whose file conforms, but for what is said."""
        name = vals.pop("name", "Conforming")
        customer = cls._customer(**{
            "name": name, "clerk": clerk or cls.clerk, "industry_id": cls.env.ref("base.res_partner_industry_C").id,
            "sbo_size": "small", "vat": "X1", "sbo_invoice_title": name, **vals})
        cls.env["res.partner"].create({"name": "Person", "parent_id": customer.id})
        cls.env["sbo.licence"].create({"partner_id": customer.id, "kind": "business"})
        customer.flush_recordset()
        cls.env.cr.execute("UPDATE res_partner SET create_date = %s WHERE id = %s", (at(created), customer.id))
        cls.env.cr.execute("UPDATE sbo_responsibility SET date_from = %s WHERE res_model = 'res.partner' "
                           "AND res_id = %s", (at(created), customer.id))
        cls.env.invalidate_all()
        return customer

    def _items(self, customer, month="2026-03"):
        keys = self._findings(customer, self.check).mapped("key")
        return sorted(key.partition(":")[2] for key in keys if key.startswith(month))

    def test_a_conforming_file_has_no_finding(self):
        customer = self._file()
        self._run(self.check, "2026-04-01 02:00")
        self.assertEqual(self._items(customer), [])

    def test_each_item_is_one_finding(self):
        customer = self._file(industry_id=False, sbo_size=False, vat=False)
        customer.ref = False
        customer.child_ids.active = False
        customer.sbo_licence_ids.valid_until = "2026-03-30"
        self.env["sbo.region"].create({"name": "East"})
        self._run(self.check, "2026-03-31 17:59")
        self.assertEqual(self._items(customer), [], "the month is not over")
        self._run(self.check, "2026-04-01 02:00")
        self.assertEqual(
            self._items(customer), ["contact", "industry", "invoicing", "licence", "number", "region", "size"])
        found = self._findings(customer, self.check)
        self.assertEqual(set(found.mapped("due_at")), {at("2026-03-31 18:00")})
        self.assertEqual(found.user_id, self.clerk)
        self.assertIn("Does not conform: No contact person", self.env["sbo.evidence"]._as_text(found.filtered(
            lambda f: f.key == "2026-03:contact")))
        self.assertEqual({f.evidence["sampled"] for f in found}, {1})

    def test_corrected_is_closed(self):
        customer = self._file(sbo_size=False)
        self._run(self.check, "2026-04-01 02:00")
        customer.sbo_size = "large"
        self._run(self.check, "2026-04-02 02:00")
        self.assertEqual(self._is_open(self._findings(customer, self.check)), [False])

    def test_a_licence_that_expires_later_was_valid_then(self):
        customer = self._file()
        customer.sbo_licence_ids.valid_until = "2026-03-31"
        self._run(self.check, "2026-04-10 02:00")
        self.assertEqual(self._items(customer), [])

    def test_no_grade_is_told_of_those_who_have_bought(self):
        buyer, silent = self._file(name="Buyer"), self._file(name="Silent")
        figures = self.env["sbo.customer.figure"].sudo()
        figures.search([("partner_id", "in", (buyer | silent).ids)]).unlink()
        figures.create([{"partner_id": buyer.id, "first_order_on": "2026-03-03"}, {"partner_id": silent.id}])
        self._run(self.check, "2026-04-01 02:00")
        self.assertEqual((self._items(buyer), self._items(silent)), (["grade"], []))

    def test_a_sample_of_x_for_each_clerk(self):
        self.check.parameter = 3
        mine = self.env["res.partner"].union(*(self._file(sbo_size=False) for _n in range(6)))
        theirs = self._file(self.clerk2, sbo_size=False)
        late = self._file(created="2026-04-01 09:00", sbo_size=False)
        self._run(self.check, "2026-04-02 02:00")
        drawn = self._findings(mine, self.check)
        self.assertEqual(len(drawn), 3)
        self.assertEqual({f.evidence["sampled"] for f in drawn}, {3})
        self.assertEqual(self._items(theirs), ["size"])
        self.assertEqual(self._items(late), [], "not there when the month ended")
        self._run(self.check, "2026-04-20 02:00")
        self.assertEqual(self._findings(mine, self.check), drawn, "the draw stays the same")

    def test_the_clerk_of_that_moment_answers(self):
        customer = self._file(sbo_size=False)
        customer.with_context(sbo_as_of=at("2026-04-01 09:00")).sbo_clerk_id = self.clerk2
        self._run(self.check, "2026-04-02 02:00")
        self.assertEqual(self._findings(customer, self.check).user_id, self.clerk)

    def test_check_now_draws_the_same_sample(self):
        self.check.parameter = 1
        files = self._file(sbo_size=False) | self._file(sbo_size=False)
        self._run(self.check, "2026-04-02 02:00", ids=files[0].ids)
        self._run(self.check, "2026-04-02 02:01", ids=files[1].ids)
        self.assertEqual(len(self._findings(files, self.check)), 1)

    def test_other_company(self):
        customer = self._file(sbo_size=False, company_id=self.company.id)
        self._run(self.check, "2026-04-02 02:00", company=self.company2)
        self.assertFalse(self._findings(customer, self.check))

    def test_queries_do_not_grow(self):
        def run(count, moment):
            for _n in range(count):
                self._file(sbo_size=False)
            with counted(self.env) as statements:
                self._run(self.check, moment)
            return len(statements)

        run(1, "2026-04-02 02:00")
        self.assertEqual(run(2, "2026-04-02 03:00"), run(20, "2026-04-02 04:00"))
