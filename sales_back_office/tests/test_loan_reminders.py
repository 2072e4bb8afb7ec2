from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import at
from .common_loans import SboLoanCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestLoanReminders(SboLoanCommon):
    """On the day, one and three working days later, then the manager; each once. What nobody has heard is a finding.

    Lent on Monday 2 March, due on Wednesday 11 March.
    """

    def _remind(self, moment):
        with freeze_time(at(moment)):
            return self.env["sbo.loan.reminder"]._remind(self.company)

    def _stages(self, loan):
        return loan.line_ids.reminder_ids.sorted("sent_at").mapped("stage")

    def test_each_stage_once(self):
        loan = self._lend(self.contract)
        mails = self.env["mail.mail"].search_count([])
        for day, stages in (
            ("2026-03-10", []), ("2026-03-11", ["due"]), ("2026-03-11", ["due"]), ("2026-03-12", ["due", "late1"]),
            ("2026-03-13", ["due", "late1"]), ("2026-03-14", ["due", "late1"]), ("2026-03-15", ["due", "late1"]),
            ("2026-03-16", ["due", "late1", "late3"]), ("2026-03-17", ["due", "late1", "late3", "manager"]),
            ("2026-03-30", ["due", "late1", "late3", "manager"]),
        ):
            self._remind(f"{day} 09:00")
            self.assertEqual(self._stages(loan), stages, day)
        self.assertEqual(self.env["mail.mail"].search_count([]) - mails, 4)
        self.assertEqual(set(loan.line_ids.reminder_ids.mapped("how")), {"mail"})

    def test_a_mail_says_what_and_until_when(self):
        self._lend(self.contract | self.letter)
        before = self.env["mail.mail"].search([])
        self._remind("2026-03-11 09:00")
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual((len(mail), mail.recipient_ids), (1, self.borrower), "one mail for both")
        for words in ("Contract A", "Letter B", "03/11/2026"):
            self.assertIn(words, mail.body_html)

    def test_after_a_silent_week_only_the_latest(self):
        loan = self._lend(self.contract)
        self._remind("2026-03-24 09:00")
        self.assertEqual(self._stages(loan), ["manager"])
        self._remind("2026-03-25 09:00")
        self.assertEqual(self._stages(loan), ["manager"])

    def test_then_the_manager(self):
        loan = self._lend(self.contract)
        head = self._user("sbo_head", "base.group_user")
        self.env["sbo.department"].create(
            {"name": "Sales", "member_ids": [Command.set(self.salesperson.ids)], "manager_id": head.id})
        self._remind("2026-03-17 09:00")
        self.assertEqual(loan.activity_ids.user_id, head)
        other = self._lend(self.letter, self.borrower2)
        self._remind("2026-03-17 10:00")
        self.assertTrue(other.activity_ids.user_id.has_group("sales_back_office.sbo_group_manager"))

    def test_a_renewed_loan_begins_again(self):
        loan = self._lend(self.contract)
        self._remind("2026-03-11 09:00")
        with freeze_time(at("2026-03-11 10:00")):
            loan.with_user(self.clerk).action_renew()
        self._remind("2026-03-12 09:00")
        self.assertEqual(self._stages(loan), ["due"])
        self._remind("2026-03-20 09:00")
        self.assertEqual(self._stages(loan), ["due", "due"])

    def test_reading_on_site_is_not_reminded_on_the_day(self):
        loan = self._lend(self.contract, kind="read")
        self._remind("2026-03-02 10:00")
        self.assertEqual(self._stages(loan), [])
        self._remind("2026-03-03 10:00")
        self.assertEqual(self._stages(loan), ["late1"])

    def test_what_is_back_is_not_asked_for(self):
        loan = self._lend(self.contract)
        self._back(loan)
        self.assertFalse(self._remind("2026-03-17 09:00"))

    def test_nobody_reached_is_called_and_found(self):
        check = self._shipped("document_loan_not_chased")
        worker = self.env["res.partner"].create({"name": "Old Wang"})
        loan = self._lend(self.contract, worker, borrower_type="inside")
        self._remind("2026-03-12 09:00")
        self.assertEqual(loan.line_ids.reminder_ids.how, "none")
        self.assertEqual(loan.activity_ids.user_id, self.clerk, "who has to telephone")
        self._run(check, "2026-03-12 17:00")
        self.assertFalse(self._findings(loan, check), "the first working day is not over")
        self._run(check, "2026-03-13 02:00")
        finding = self._findings(loan, check)
        self.assertEqual((finding.user_id, finding.cause, self._is_open(finding)), (self.clerk, "clerk", [True]))
        with freeze_time(at("2026-03-13 10:00")):
            loan.line_ids.with_user(self.clerk).action_chase("He brings it tomorrow")
        self._run(check, "2026-03-14 02:00")
        self.assertEqual(finding.closed_at, at("2026-03-13 10:00"))

    def test_a_reminder_in_time_is_enough(self):
        check = self._shipped("document_loan_not_chased")
        loan = self._lend(self.contract)
        self._remind("2026-03-11 09:00")
        self._remind("2026-03-12 09:00")
        self._run(check, "2026-03-20 02:00")
        self.assertFalse(self._findings(loan, check))

    def test_the_day_itself_is_no_chasing(self):
        check = self._shipped("document_loan_not_chased")
        loan = self._lend(self.contract)
        self._remind("2026-03-11 09:00")
        self._run(check, "2026-03-13 02:00")
        self.assertTrue(self._findings(loan, check))

    def test_overdue_is_the_borrowers_finding(self):
        check = self._shipped("document_loan_overdue")
        loan = self._lend(self.contract)
        self._run(check, "2026-03-11 23:00")
        self.assertFalse(self._findings(loan, check))
        self._run(check, "2026-03-13 02:00")
        finding = self._findings(loan, check)
        self.assertEqual((finding.user_id, finding.quantity), (self.salesperson, 1))
        self._back(loan, "2026-03-16 18:00")
        self._run(check, "2026-03-17 02:00")
        self.assertEqual((finding.closed_at, finding.quantity), (at("2026-03-16 18:00"), 3))

    def test_other_companies_days(self):
        """Without working hours, days are calendar days."""
        loan = self._lend(self.contract)
        self.company.resource_calendar_id = False
        self._remind("2026-03-14 09:00")
        self.assertEqual(self._stages(loan), ["late3"])

    def test_budget(self):
        self.company.sbo_loan_items = 0

        def cost(count, moment):
            for number in range(count):
                partner = self.env["res.partner"].create({"name": f"B{number}", "email": f"b{number}@example.com"})
                self._lend(self._document(f"D{number}"), partner, borrower_type="inside")
            with freeze_time(at(moment)), counted(self.env) as statements:
                self.env["sbo.loan.reminder"]._remind(self.company)
            return len(statements)

        cost(1, "2026-03-12 09:00")
        few, many = cost(2, "2026-03-12 10:00"), cost(20, "2026-03-12 11:00")
        self.assertLessEqual(many - few, 18 * 1, "one statement a mail at most, none a loan")
