from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCustomerMerge(SboCheckCommon):
    """Odoo's own merge: nothing that the back office knows of the customer is lost, and nothing breaks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        china = cls.env.ref("base.cn").id
        cls.kept = cls._customer("Kept", cls.clerk, vat="91350100MXX7777Y4Z", country_id=china, email="a@example.com")
        cls.gone = cls._customer("Gone", cls.clerk, vat="91350100MXX7777Y4Z", country_id=china, email="b@example.com",
                                 phone="021 5555")
        cls.env.cr.execute("UPDATE res_partner SET create_date = '2026-01-05' WHERE id = %s", [cls.kept.id])
        cls.kept.invalidate_recordset()
        cls.invalid, cls.duplicate = cls._shipped("customer_code_invalid"), cls._shipped("customer_duplicate")

    def _merge(self, user=None, partners=None):
        partners = partners or self.kept | self.gone
        action = partners.with_user(user or self.supervisor).action_sbo_merge()
        wizards = self.env[action["res_model"]].with_user(user or self.supervisor)
        wizard = Form(wizards.with_context(**action["context"])).save()
        wizard.action_merge()
        self.env.flush_all()
        self.env.invalidate_all()

    def test_from_the_form_the_older_one_is_kept(self):
        action = self.gone.action_sbo_merge()
        self.assertEqual(action["context"]["active_ids"], [self.gone.id, self.kept.id])
        self._merge()
        self.assertEqual((self.kept.exists(), self.gone.exists()), (self.kept, self.gone.browse()))
        self.assertEqual(self.kept.phone, "021 5555")

    def test_findings_follow_and_are_not_written_twice(self):
        error = self._shipped("customer_data_error")
        self.gone.with_user(self.clerk2).vat = "91350100M000100Y4X"
        (self.invalid | self.duplicate | error)._run(companies=self.company)
        note = self._note(self.clerk, res_model="res.partner", res_id=self.gone.id)
        problems = self._findings(self.gone | self.kept, self.invalid)
        self.assertEqual(len(problems), 2)
        change = self.env["sbo.customer.change"].search([("partner_id", "=", self.gone.id)])
        self._merge()
        self.assertEqual(note.res_id, self.kept.id)
        self.assertEqual(problems.mapped("res_id"), [self.kept.id] * 2)
        self.assertEqual(sorted(self._is_open(problems)), [False, True], "one case now")
        self.assertEqual(change.partner_id, self.kept)
        before = self._findings(self.kept)
        (self.invalid | self.duplicate | error)._run(companies=self.company)
        self.assertEqual(self._findings(self.kept), before)

    def test_the_duplicate_is_settled_and_waived_pairs_stay(self):
        self.env["res.partner"].browse(self.kept.id).vat = self.gone.vat
        third = self._customer("Third", self.clerk, vat=self.gone.vat, email="b@example.com")
        self.duplicate._run(companies=self.company)
        pair = self._findings(third, self.duplicate)
        pair.with_user(self.supervisor).action_waive("A branch")
        settled = self._findings(self.gone, self.duplicate)
        older = self.kept
        self.kept, self.gone = self.gone, older
        self._merge_into(self.kept, older)
        self.assertTrue(settled.closed_at)
        self.duplicate._run(companies=self.company)
        self.assertEqual(self._findings(third, self.duplicate), pair)
        self.assertEqual((pair.state, pair.closed_at, pair.key), ("waived", False, str(self.kept.id)))

    def _merge_into(self, kept, gone):
        wizards = self.env["base.partner.merge.automatic.wizard"].with_user(self.supervisor)
        wizards._merge((kept | gone).ids, kept.with_user(self.supervisor))
        self.env.flush_all()
        self.env.invalidate_all()

    def test_clerk_history_goes_on_or_is_told(self):
        self.gone.with_context(sbo_as_of=at("2026-03-02 09:00")).sbo_clerk_id = self.clerk2
        self._merge()
        self.assertEqual(self.kept.sbo_clerk_id, self.clerk)
        rows = self.env["sbo.responsibility"].search([("res_model", "=", "res.partner"), ("res_id", "=", self.kept.id)])
        self.assertEqual(rows.user_id, self.clerk)
        self.assertIn("SBO_CLERK2".lower(), " ".join(self.kept.message_ids.mapped("body")).lower())

    def test_an_unserved_customer_takes_over_clerk_and_history(self):
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "b@example.com", "is_company": True})
        history = self.env["sbo.responsibility"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.gone.id)])
        self._merge_into(stranger, self.gone)
        self.assertEqual((stranger.sbo_clerk_id, stranger.sbo_is_customer), (self.clerk, True))
        self.assertIn(history, self.env["sbo.responsibility"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", stranger.id)]))

    def test_one_purchase_record_with_the_grade_by_hand(self):
        figures = self.env["sbo.customer.figure"].sudo()
        for partner, amount in ((self.kept, 100), (self.gone, 50)):
            figures.create({"partner_id": partner.id, "company_id": self.company.id, "amount_12m": amount})
        figures.create({"partner_id": self.gone.id, "company_id": self.company2.id, "amount_12m": 7})
        figures.with_user(self.supervisor)._set_by_hand(
            self.gone, {"grade_manual": "a", "grade_manual_reason": "Strategic"})
        self._merge()
        mine = figures.search([("partner_id", "=", self.kept.id)]).sorted("company_id.id")
        self.assertEqual(mine.mapped("amount_12m"), [150, 7])
        self.assertEqual((mine[0].grade_manual, mine[0].grade, mine[0].grade_manual_reason), ("a", "a", "Strategic"))

    def test_bank_accounts_move_without_being_corrections(self):
        for partner in self.kept | self.gone:
            partner.bank_ids = [Command.create({"acc_number": "6222 0001"})]
        self.gone.bank_ids = [Command.create({"acc_number": "6222 0002"})]
        self._merge()
        self.assertEqual(sorted(self.kept.bank_ids.mapped("acc_number")), ["6222 0001", "6222 0002"])
        self.assertFalse(self.env["sbo.customer.change"].search(
            [("partner_id", "=", self.kept.id), ("field_name", "=", "bank_ids.acc_number")]))

    def test_who_may(self):
        with self.assertRaisesRegex(AccessError, "cannot be undone"):
            self._merge(self.salesperson)
        with self.assertRaises(AccessError):
            self._merge(self.auditor)
        with self.assertRaisesRegex(UserError, "same email"):
            self._merge(self.clerk)
        self.gone.email = self.kept.email
        self.gone.sbo_clerk_id = self.clerk2
        with self.assertRaises(AccessError):
            self._merge(self.clerk)
        self.gone.sbo_clerk_id = self.clerk
        self._merge(self.clerk)
        self.assertFalse(self.gone.exists())

    def test_a_login_keeps_odoos_rule(self):
        self._user("sbo_login", "base.group_portal", partner_id=self.gone.id)
        self.gone.email = "other@example.com"
        with self.assertRaisesRegex(UserError, "same email"):
            self._merge(self.supervisor)

    def test_orders_and_contacts_move(self):
        order = self._order(self.gone, confirmed_at=at("2026-03-02 09:00"), clerk=self.clerk2)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.gone.id})
        self._merge()
        self.assertEqual((order.partner_id, contact.parent_id, order.sbo_clerk_id), (self.kept, self.kept, self.clerk2))

    def test_assignments_contacts_licences_and_grades_move(self):
        assignments = self.env["sbo.assignment"].search([("partner_id", "in", (self.kept | self.gone).ids)])
        self.assertEqual(assignments.partner_id, self.kept | self.gone)
        licence = self.env["sbo.licence"].create({"partner_id": self.gone.id, "kind": "business", "name": "L1"})
        call = self.env["sbo.contact.log"].with_user(self.clerk).create({"partner_id": self.gone.id, "kind": "call"})
        self.env["sbo.customer.figure"].with_user(self.supervisor)._set_by_hand(
            self.gone, {"grade_manual": "a", "grade_manual_reason": "Strategic"})
        history = self.env["sbo.grade.change"].search([("partner_id", "=", self.gone.id)])
        self.assertTrue(history)
        self._merge()
        for record in (licence, call, history, assignments):
            self.assertEqual(record.partner_id, self.kept, record)
        waiting = assignments.filtered(lambda record: record.state in ("received", "assigned"))
        self.assertLessEqual(len(waiting), 1, "one goes on")
