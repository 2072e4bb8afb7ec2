from odoo.tests import Form, tagged

from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCustomerDuplicates(SboCheckCommon):
    """One customer, filed twice: told while it is typed, found at night, put together by Odoo's own merge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("customer_duplicate")
        cls.first = cls._customer(
            "Nordlicht Trading (Shanghai)", cls.clerk, vat="91350100M000100Y43", phone="021-5555 1234", ref="K1")

    def _found(self, customer, moment="2026-03-03 02:00"):
        self._run(self.check, moment)
        return self._findings(customer, self.check)

    def test_same_code_however_it_is_spelled(self):
        twin = self._customer("Nordlicht", self.clerk2, vat="9135 0100-m000100y43")
        found = self._found(twin)
        self.assertEqual((found.user_id, found.key), (self.clerk2, str(self.first.id)))
        self.assertEqual(found.evidence["duplicate_of"], "Nordlicht Trading (Shanghai)")
        self.assertIn("Same as", found.evidence_text)
        self.assertFalse(self._found(self.first, "2026-03-04 02:00"), "told once, on the younger file")

    def test_same_name_and_number_with_or_without_country_and_area(self):
        for phone in ("+86 21 5555 1234", "(0086) 21-55551234", "5555-1234"):
            twin = self._customer("NORDLICHT  TRADING \uff08Shanghai\uff09", phone=phone)
            self.assertIn(self.first, twin.sbo_duplicate_ids, phone)

    def test_neither_name_nor_number_alone(self):
        self._customer("Nordlicht Trading (Shanghai)", self.clerk, phone="021-5555 9999")
        self._customer("Another", self.clerk, phone="021-5555 1234")
        self.assertEqual((self.first.sbo_duplicate_count, self.first.sbo_duplicate_warning), (0, False))

    def test_empty_codes_and_slashes_are_no_codes(self):
        one, two = (self._customer(name, self.clerk, vat="/") for name in ("One", "Two"))
        self.assertFalse((one | two).sbo_duplicate_ids)
        self.assertFalse(self._found(one | two))

    def test_each_pair_is_one_finding(self):
        second = self._customer(self.first.name, self.clerk, vat=self.first.vat, phone=self.first.phone)
        third = self._customer(self.first.name, self.clerk, vat=self.first.vat, phone=self.first.phone)
        found = self._found(second | third)
        self.assertEqual(found.mapped("res_id"), [second.id, third.id])
        self.assertEqual(set(found.mapped("key")), {str(self.first.id)})

    def test_a_waiver_holds_for_the_pair(self):
        twin = self._customer("Branch", self.clerk, vat=self.first.vat)
        found = self._found(twin)
        found.with_user(self.supervisor).action_waive("Two branches under one code")
        self.assertEqual(self._found(twin, "2026-03-04 02:00").state, "waived")

    def test_it_ends_when_one_is_archived_or_corrected(self):
        twin = self._customer("Nordlicht", self.clerk, vat=self.first.vat)
        found = self._found(twin)
        self.first.active = False
        self._found(twin, "2026-03-04 02:00")
        self.assertTrue(found.closed_at)

    def test_only_customers_of_the_same_company_or_shared_ones(self):
        other = self._customer("Nordlicht", self.clerk, vat=self.first.vat, company_id=self.company2.id)
        self.first.company_id = self.company
        self.assertFalse(other.sbo_duplicate_ids)
        self.first.company_id = False
        other.invalidate_recordset()
        self.assertEqual(other.sbo_duplicate_ids, self.first)
        self._run(self.check, "2026-03-03 02:00", self.company2)
        self.assertEqual(self._findings(other | self.first, self.check).res_id, other.id, "where both can be seen")
        vendor = self.env["res.partner"].create({"name": "Vendor", "vat": self.first.vat, "is_company": True})
        self.assertFalse(self._found(vendor), "nobody sells to a vendor")

    def test_a_branch_of_the_customer_is_no_duplicate(self):
        branch = self._customer("Branch", self.clerk, vat=self.first.vat, parent_id=self.first.id)
        self.assertFalse(self._found(branch))
        self.assertFalse(self.first.sbo_duplicate_ids)

    def test_check_now_finds_the_same_as_the_night(self):
        twin = self._customer("Nordlicht", self.clerk, vat=self.first.vat)
        twin._sbo_check_now()
        self.assertEqual(self._findings(twin, self.check).key, str(self.first.id))

    def test_warns_while_typing_and_does_not_repeat_odoo(self):
        form = Form(self.env["res.partner"].with_user(self.clerk))
        form.name = "nordlicht trading shanghai"
        self.assertFalse(form.sbo_duplicate_warning)
        form.phone = "+86 21 55551234"
        self.assertTrue(form.sbo_duplicate_warning)
        form.phone = False
        form.vat = "9135 0100 M000 100Y43"
        self.assertTrue(form.sbo_duplicate_warning, "spelled differently: Odoo does not see it")
        form.vat = "91350100M000100Y43"
        self.assertEqual((form.same_vat_partner_id, form.sbo_duplicate_warning), (self.first, False))

    def test_what_the_rules_hide_is_not_shown(self):
        self.first.company_id = self.company
        shared = self._customer("Nordlicht", self.clerk, vat=self.first.vat)
        self.assertFalse(shared.with_user(self.company2_clerk).sbo_duplicate_ids)
        self.assertEqual(shared.with_user(self.clerk).sbo_duplicate_ids, self.first)

    def test_queries_do_not_grow(self):
        days = iter(range(1, 30))

        def cost(number):
            day = next(days)
            customers = self.env["res.partner"].create(
                [{"name": f"Same {n}", "vat": f"X{day}Y{n // 2}", "is_company": True, "user_id": self.salesperson.id}
                 for n in range(number)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(sum(customers.mapped("sbo_duplicate_count")), number)
            reading = self.env.cr.sql_log_count - before
            before = self.env.cr.sql_log_count
            self._run(self.check, f"2026-03-{day:02d} 02:00")
            return reading, self.env.cr.sql_log_count - before

        cost(2)
        few, many = cost(2), cost(20)
        self.assertEqual(few, many)

    def test_indexes_serve_the_form(self):
        self.env.cr.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'res_partner'")
        names = {name for name, in self.env.cr.fetchall()}
        self.assertLessEqual({"res_partner_sbo_code_idx", "res_partner_sbo_name_idx"}, names)
