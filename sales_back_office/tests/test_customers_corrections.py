from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


class CorrectionsCommon(SboCheckCommon):
    """A customer that the first clerk entered on the second of March at nine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("customer_data_error")
        cls.customer = cls._entered(cls.clerk, "2026-03-02 09:00", name="Dawn Textiles", vat="A1", phone="021 5555")

    @classmethod
    def _entered(cls, user, moment, **vals):
        vals = {"is_company": True, "sbo_clerk_id": cls.clerk.id, **vals}
        customer = cls.env["res.partner"].with_user(user).create(vals).sudo()
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE res_partner SET create_date = %s WHERE id = %s", [at(moment), customer.id])
        customer.invalidate_recordset()
        return customer.with_env(cls.env)

    def _as(self, user, moment, record=None):
        return (record or self.customer).with_user(user).with_context(sbo_as_of=at(moment))

    def _changes(self, field=None, customer=None):
        domain = [("partner_id", "=", (customer or self.customer).id)]
        if field:
            domain.append(("field_name", "=", field))
        self.env["sbo.customer.change"].flush_model()
        return self.env["sbo.customer.change"].search(domain, order="id")


@tagged("post_install", "-at_install")
class TestCorrections(CorrectionsCommon):
    """Whoever corrects a key field, by whatever door: old, new, who had entered it, who changed it, when."""

    def test_old_and_new_and_who(self):
        self._as(self.clerk2, "2026-03-10 10:00").write({"vat": "B2", "comment": "<p>x</p>"})
        change = self._changes()
        self.assertEqual((change.field_name, change.old_value, change.new_value), ("vat", "A1", "B2"))
        self.assertEqual((change.entered_by_id, change.entered_at), (self.clerk, at("2026-03-02 09:00")))
        self.assertEqual((change.changed_by_id, change.changed_at), (self.clerk2, at("2026-03-10 10:00")))
        self.assertEqual((change.reason, change.partner_name), ("open", "Dawn Textiles"))

    def test_the_next_error_is_that_of_the_last_one_who_entered_it(self):
        self._as(self.clerk2, "2026-03-10 10:00").vat = "B2"
        self._as(self.salesperson, "2026-03-11 10:00").vat = "C3"
        self.assertEqual(self._changes()[-1].entered_by_id, self.clerk2)
        self.assertEqual(self._changes()[-1].entered_at, at("2026-03-10 10:00"))

    def test_who_fills_an_empty_field_has_entered_it(self):
        self._as(self.clerk2, "2026-03-10 10:00").email = "a@example.com"
        self.assertFalse(self._changes("email").reason, "nothing was wrong before")
        self._as(self.clerk, "2026-03-11 10:00").email = "b@example.com"
        self.assertEqual(self._changes("email")[-1].entered_by_id, self.clerk2)
        self.assertEqual(self.customer.with_user(self.supervisor).sbo_change_count, 1)

    def test_spelling_is_no_correction(self):
        self.customer.write({"email": "Info@Example.com", "street": "1 Long  Street"})
        before = self._changes()
        self.customer.write({
            "email": " info@example.COM", "street": "1 Long Street", "vat": "a-1", "phone": "(021)5555",
            "name": "Dawn  Textiles "})
        self.assertEqual(self._changes(), before)
        self.customer.phone = "021 5556"
        self.assertEqual(len(self._changes()), len(before) + 1)

    def test_country_codes_are_spelling(self):
        self.customer.phone = "13800138000"
        before = self._changes()
        self.customer.phone = "+86 138-0013-8000"
        self.customer.phone = "0086 13800138000"
        self.assertEqual(self._changes(), before)

    def test_doors(self):
        partner = self.env["res.partner"].with_user(self.salesperson)
        partner.browse(self.customer.id).write({"name": "Dusk Textiles"})
        partner.browse(self.customer.id).web_save({"phone": "021 6666"}, {"phone": {}})
        xmlid = self.customer.export_data(["id"])["datas"][0][0]
        result = self.env["res.partner"].with_user(self.supervisor).load(["id", "vat"], [[xmlid, "C9"]])
        self.assertFalse(result["messages"])
        self.env["res.partner"].with_user(self.clerk2).browse(self.customer.id).sudo().city = "Wuxi"
        self.assertEqual(self._changes().mapped("field_name"), ["name", "phone", "vat", "city"])
        self.assertEqual(self._changes().mapped("changed_by_id"),
                         self.salesperson | self.supervisor | self.clerk2)

    def test_states_and_countries_in_words(self):
        self.customer.country_id = self.env.ref("base.cn")
        self.customer.country_id = self.env.ref("base.de")
        self.assertEqual(self._changes("country_id")[-1].mapped("old_value"), ["China"])

    def test_bank_accounts(self):
        self.customer.with_user(self.clerk).bank_ids = [Command.create({"acc_number": "6222 0000 1111"})]
        self.assertFalse(self._changes(), "a new account is no correction")
        bank = self.customer.bank_ids
        bank.allow_out_payment = False
        bank.with_user(self.clerk2).acc_number = "6222-0000-1111"
        self.assertFalse(self._changes())
        bank.with_user(self.clerk2).acc_number = "6222 0000 2222"
        change = self._changes()
        self.assertEqual((change.old_value, change.entered_by_id), ("6222-0000-1111", self.clerk))
        bank.unlink()
        self.assertEqual(self._changes()[-1].mapped("new_value"), [False])

    def test_others_than_customers_are_nobodys_business(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id, "phone": "1"})
        vendor = self.env["res.partner"].create({"name": "Vendor", "phone": "1"})
        (contact | vendor).write({"phone": "2"})
        self.assertFalse(self._changes(customer=contact) | self._changes(customer=vendor))

    def test_one_statement_for_any_number(self):
        def cost(number):
            customers = self.env["res.partner"].create(
                [{"name": f"Many {n}", "is_company": True, "user_id": self.salesperson.id, "city": "Old"}
                 for n in range(number)])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            customers.write({"city": "New"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        self.assertEqual(cost(2), cost(20))

    def test_never_deleted_and_outlives_the_customer(self):
        self.customer.vat = "B2"
        change = self._changes()
        with self.assertRaises(UserError):
            change.unlink()
        for user in (self.clerk, self.supervisor, self.manager):
            with self.assertRaises(AccessError):
                change.with_user(user).unlink()
        self.customer.unlink()
        change.invalidate_recordset()
        self.assertEqual((change.exists(), change.partner_id.id, change.partner_name), (change, False, "Dawn Textiles"))


@tagged("post_install", "-at_install")
class TestCorrectionReason(CorrectionsCommon):
    """Asked for, never guessed; nobody clears himself of an error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.with_user(cls.clerk2).with_context(sbo_as_of=at("2026-03-10 10:00")).vat = "B2"
        cls.change = cls.env["sbo.customer.change"].search([("partner_id", "=", cls.customer.id)])

    def test_the_clerk_states_and_the_supervisor_decides(self):
        mine = self.change.with_user(self.clerk)
        mine.action_customer_change()
        self.assertEqual((mine.reason, mine.stated_reason, mine.stated_by_id), ("open", "customer_change", self.clerk))
        with self.assertRaises(AccessError):
            mine.reason = "customer_change"
        with self.assertRaises(AccessError):
            self.change.with_user(self.clerk2).write({"reason": "entry_error"})
        self.change.with_user(self.supervisor).action_customer_change()
        self.assertEqual((mine.reason, mine.decided_by_id), ("customer_change", self.supervisor))
        with self.assertRaises(UserError):
            mine.action_entry_error()

    def test_who_entered_it_may_own_up(self):
        self.change.with_user(self.clerk).action_entry_error()
        self.assertEqual((self.change.reason, self.change.decided_by_id), ("entry_error", self.clerk))
        with self.assertRaises(UserError):
            self.change.with_user(self.clerk).action_customer_change()

    def test_a_supervisor_does_not_clear_himself(self):
        other = self._entered(self.supervisor, "2026-03-02 09:00", name="Other", vat="X1")
        other.with_user(self.clerk).vat = "X2"
        change = self._changes(customer=other).with_user(self.supervisor)
        self.assertFalse(change.can_decide)
        change.action_customer_change()
        self.assertEqual((change.reason, change.stated_reason), ("open", "customer_change"))
        change.with_user(self.manager).action_customer_change()
        self.assertEqual(change.reason, "customer_change")

    def test_history_is_written_by_nobody(self):
        for user in (self.clerk, self.supervisor, self.manager):
            for vals in ({"old_value": "B2"}, {"entered_by_id": self.clerk2.id}, {"decided_by_id": user.id}):
                with self.assertRaises(AccessError):
                    self.change.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                self.env["sbo.customer.change"].with_user(user).create(
                    {"field_name": "vat", "changed_at": at("2026-03-10 10:00")})
        for user in (self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self.change.with_user(user).write({"note": "x"})
        self.change.with_user(self.clerk).note = "The licence was blurred."

    def test_who_sees_what(self):
        def seen(user):
            return self.change in self.env["sbo.customer.change"].with_user(user).search([])

        self.assertTrue(all(map(seen, (self.clerk, self.clerk2, self.supervisor, self.manager, self.auditor))))
        self.assertFalse(seen(self.salesperson), "not his customer")
        self.customer.user_id = self.salesperson
        self.assertTrue(seen(self.salesperson))
        self.change.sudo().company_id = self.company
        self.assertFalse(self.env["sbo.customer.change"].with_user(self.company2_clerk).search(
            [("id", "=", self.change.id)]))

    def test_matrix(self):
        rights = {"clerk": "rw", "supervisor": "rw", "manager": "rw", "auditor": "r", "salesperson": "rw",
                  "outsider": ""}
        operations = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
        for role, allowed in rights.items():
            model = self.env["sbo.customer.change"].with_user(getattr(self, role))
            self.assertEqual("".join(key for key, name in operations.items() if model.has_access(name)), allowed, role)


@tagged("post_install", "-at_install")
class TestDataErrorCheck(CorrectionsCommon):
    """A corrected key field becomes a candidate of the one who entered it, in the month of its correction."""

    def _found(self, moment="2026-03-11 02:00", customer=None):
        self._run(self.check, moment)
        return self._findings(customer or self.customer, self.check)

    def test_candidate_with_old_and_new(self):
        self._as(self.clerk2, "2026-03-10 10:00").vat = "B2"
        found = self._found()
        self.assertEqual((found.user_id, found.state, found.cause), (self.clerk, "candidate", "undetermined"))
        self.assertEqual((found.due_at, found.closed_at), (at("2026-03-10 10:00"),) * 2)
        self.assertEqual(found.evidence, {"corrected": "vat", "old": "A1", "new": "B2"})
        self.assertIn("Tax ID", found.evidence_text)
        self.assertEqual(self._found("2026-03-12 02:00"), found, "written once")

    def test_each_field_is_an_error(self):
        self._as(self.clerk2, "2026-03-10 10:00").write({"vat": "B2", "phone": "021 7777"})
        self.assertEqual(len(self._found()), 2)

    def test_only_within_the_days(self):
        self.check.parameter = 8
        self._as(self.clerk2, "2026-03-10 09:00").vat = "B2"
        self.check.parameter = 7
        self.assertFalse(self._found())
        self.check.parameter = 8
        self.assertTrue(self._found("2026-03-12 02:00"))

    def test_what_salespeople_and_programs_enter_is_no_clerks_error(self):
        other = self._entered(self.salesperson, "2026-03-02 09:00", name="Other", vat="X1")
        self._as(self.clerk, "2026-03-10 10:00", other).vat = "X2"
        machine = self._entered(self.env.user, "2026-03-02 09:00", name="Machine", vat="Y1")
        self._as(self.clerk, "2026-03-10 10:00", machine).vat = "Y2"
        self.assertFalse(self._found(customer=other | machine))

    def test_typing_is_no_error_but_the_next_day_is(self):
        self._as(self.clerk, "2026-03-02 09:14").vat = "B2"
        self._as(self.clerk, "2026-03-03 09:14").vat = "C3"
        self.assertEqual(self._found().evidence["old"], "B2")

    def test_one_error_is_told_once(self):
        invalid = self._shipped("customer_code_invalid")
        self.customer.country_id = self.env.ref("base.cn")
        self._run(invalid, "2026-03-09 02:00")
        self.assertTrue(self._findings(self.customer, invalid))
        self._as(self.clerk2, "2026-03-10 10:00").write({"vat": "91350100M000100Y43", "phone": "021 7777"})
        self.assertEqual(self._found().evidence["corrected"], "phone", "the code was found to be wrong before")

    def test_the_error_is_not_the_deputys(self):
        self._absence(self.clerk, at("2026-03-09 00:00"), at("2026-03-20 00:00"), self.clerk2)
        self._as(self.clerk2, "2026-03-10 10:00").vat = "B2"
        self.assertEqual(self._found().user_id, self.clerk)

    def test_decided_before_the_night(self):
        self._as(self.clerk2, "2026-03-10 10:00").write({"vat": "B2", "phone": "021 7777"})
        code, phone = self._changes("vat"), self._changes("phone")
        phone.with_user(self.supervisor).action_customer_change()
        self.assertEqual(self._found().evidence["corrected"], "vat", "the customer has got a new number")
        code.with_user(self.supervisor).action_entry_error()
        self.assertEqual(self._findings(self.customer, self.check).cause, "clerk")

    def test_decided_after_the_night(self):
        self._as(self.clerk2, "2026-03-10 10:00").vat = "B2"
        found, change = self._found(), self._changes().with_user(self.supervisor)
        change.action_customer_change()
        self.assertEqual((found.state, found.waived_by_id), ("waived", self.supervisor))
        change.action_entry_error()
        self.assertEqual((found.state, found.cause), ("candidate", "clerk"))
        self.assertEqual(self._found("2026-03-12 02:00"), found)


@tagged("post_install", "-at_install")
class TestFileProblemOpen(SboCheckCommon):
    """A problem found in a file is settled within three working days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("customer_file_problem_open")
        cls.invalid = cls._shipped("customer_code_invalid")
        cls.customer = cls._customer(
            clerk=cls.clerk, vat="91350100M000100Y4Z", country_id=cls.env.ref("base.cn").id)

    def _at(self, moment):
        self._run(self.invalid, moment)
        self._run(self.check, moment)
        return self._findings(self.customer, self.check)

    def test_three_working_days(self):
        self.assertFalse(self._at("2026-03-05 02:00"), "found on a Thursday")
        problem = self._findings(self.customer, self.invalid)
        self.assertFalse(self._at("2026-03-10 17:59"), "Friday, Monday, Tuesday")
        found = self._at("2026-03-10 18:00")
        self.assertEqual((found.due_at, found.key), (at("2026-03-10 18:00"), str(problem.id)))
        self.assertEqual(found.user_id, self.clerk)
        self.assertIn("Customer code does not validate", found.evidence_text)
        self.customer.vat = "91350100M000100Y43"
        self._run(self.invalid, "2026-03-11 02:00")
        self._run(self.check, "2026-03-11 02:00")
        self.assertEqual(found.closed_at, at("2026-03-11 02:00"), "ended when the problem ended")

    def test_holidays_stop_the_clock(self):
        self._holiday("2026-03-06", "2026-03-09")
        self._at("2026-03-05 02:00")
        self.assertFalse(self._at("2026-03-12 17:59"))
        self.assertTrue(self._at("2026-03-12 18:00"))

    def test_a_contacts_telephone_is_the_customers_problem(self):
        phone = self._shipped("customer_phone_invalid")
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id, "phone": "1"})
        self._run(phone, "2026-03-05 02:00")
        self._run(self.check, "2026-03-12 02:00")
        self.assertEqual(self._findings(contact, self.check).user_id, self.clerk)

    def test_settled_late_while_nobody_looked(self):
        self._at("2026-03-05 02:00")
        self._run(self.invalid, "2026-03-10 02:00")
        self.customer.vat = "91350100M000100Y43"
        self._run(self.invalid, "2026-03-12 02:00")
        self._run(self.check, "2026-03-13 02:00")
        found = self._findings(self.customer, self.check)
        self.assertEqual((found.due_at, found.closed_at), (at("2026-03-10 18:00"), at("2026-03-12 02:00")))

    def test_settled_in_time(self):
        self._at("2026-03-05 02:00")
        self.customer.vat = "91350100M000100Y43"
        self._at("2026-03-10 02:00")
        self.assertFalse(self._at("2026-03-20 02:00"))

    def test_waived_ones_never(self):
        self._at("2026-03-05 02:00")
        self._findings(self.customer, self.invalid).with_user(self.supervisor).action_waive("New licence is coming")
        self.assertFalse(self._at("2026-03-20 02:00"))

    def test_who_answered_at_the_limit(self):
        self._at("2026-03-05 02:00")
        self.customer.with_context(sbo_as_of=at("2026-03-09 09:00")).sbo_clerk_id = self.clerk2
        self.assertEqual(self._at("2026-03-13 02:00").user_id, self.clerk2)

    def test_not_itself_nor_periods_nor_notes_nor_corrections(self):
        self._at("2026-03-05 02:00")
        late = self._at("2026-03-13 02:00")
        self._note(self.clerk, res_model="res.partner", res_id=self.customer.id, opened_at=at("2026-03-05 02:00"),
                   check_id=self.invalid.id)
        old = {"opened_at": at("2026-03-05 02:00"), "due_at": at("2026-03-05 02:00")}
        for code in ("customer_not_verified", "customer_data_error"):
            finding = self._note(self.clerk, check_id=self._shipped(code).id, res_model="res.partner",
                                 res_id=self.customer.id, **old)
            closed = old["opened_at"] - timedelta(days=1) if code == "customer_data_error" else False
            finding.sudo().write({"origin": "auto", "closed_at": closed})
        self.env.flush_all()
        self.assertEqual(self._at("2026-03-27 02:00"), late)

    def test_queries_do_not_grow(self):
        def cost(number, moment):
            self.env["res.partner"].create([
                {"name": f"Many {n}", "is_company": True, "vat": "91350100M000100Y4Z", "sbo_clerk_id": self.clerk.id,
                 "country_id": self.env.ref("base.cn").id} for n in range(number)])
            self._run(self.invalid, f"2026-03-{moment} 02:00")
            before = self.env.cr.sql_log_count
            self._run(self.check, f"2026-03-{moment + 8} 02:00")
            return self.env.cr.sql_log_count - before

        cost(1, 10)
        self.assertEqual(cost(2, 18), cost(20, 19))
