from odoo.exceptions import AccessError
from odoo.fields import Command, Date
from odoo.tests import Form, freeze_time, tagged

from .common import at
from .common_loans import MONDAY, SboLoanCommon


@tagged("post_install", "-at_install")
class TestLoanFlow(SboLoanCommon):
    """Asked for, approved by whom the secrecy asks for, handed out, renewed, brought back."""

    def test_one_clerk_lends_in_one_go(self):
        loan = self._lend(self.contract)
        line = loan.line_ids
        self.assertEqual(
            (loan.state, line.state, line.due_on, line.pages_out), ("out", "out", Date.to_date("2026-03-11"), 12),
            "seven working days")
        self.assertEqual((loan.approved_by_id, line.out_by_id, loan.sbo_clerk_id), (self.clerk,) * 3)
        self.assertEqual((loan.borrower_type, loan.due_on, loan.out_on), (
            "inside", Date.to_date("2026-03-11"), Date.to_date("2026-03-02")))
        self.assertTrue(self.contract.on_loan)
        self.assertEqual(self.contract.lent_to_id, self.borrower)
        self.assertIn(self.contract, self.env["sbo.document"].search([("on_loan", "=", True)]))
        self._back(loan)
        self.assertEqual(
            (loan.state, line.state, line.condition, line.pages_back), ("returned", "returned", "good", 12))
        self.assertFalse(self.contract.on_loan)

    def test_due_days_are_working_days(self):
        self._holiday("2026-03-05", "2026-03-06")
        self.assertEqual(self._lend(self.contract).due_on, Date.to_date("2026-03-13"))

    def test_reading_on_site_is_due_the_same_day(self):
        self.assertEqual(self._lend(self.contract, kind="read").due_on, Date.to_date("2026-03-02"))

    def test_employee_asks_for_what_they_need(self):
        with Form(self.env["sbo.loan"].with_user(self.salesperson)) as form:
            form.purpose = "Meeting"
            form.request_text = "The frame contract of 2024"
        loan = form.record
        self.assertEqual(loan.borrower_id, self.borrower)
        loan.action_request()
        self.assertTrue(loan.sudo().activity_ids.user_id.has_group("sales_back_office.sbo_group_clerk"))
        self._refused("nobody approves what they borrow", loan.action_lend)
        loan.with_user(self.clerk).write({"line_ids": [Command.create({"document_id": self.contract.id})]})
        loan.with_user(self.clerk).action_lend()
        self.assertEqual(loan.state, "out")
        self.assertFalse(loan.sudo().activity_ids)

    def test_nobody_asks_for_others(self):
        with self.assertRaisesRegex(AccessError, "asks for themselves"):
            self.env["sbo.loan"].with_user(self.salesperson).create({"borrower_id": self.borrower2.id, "purpose": "x"})

    def test_something_must_be_wanted(self):
        loan = self._loan(self.env["sbo.document"])
        self._refused("Say what is wanted", loan.with_user(self.clerk).action_request)

    def test_secrecy_says_who_approves(self):
        loan = self._loan(self.contract | self.secret)
        loan.with_user(self.clerk).action_request()
        self.assertTrue(loan.activity_ids.user_id.has_group("sales_back_office.sbo_group_supervisor"))
        self._refused("asks for a back-office supervisor", loan.with_user(self.clerk).action_approve)
        self._refused("asks for a back-office supervisor", loan.with_user(self.clerk).action_lend)
        loan.with_user(self.supervisor).action_approve()
        with freeze_time(at(MONDAY)):
            loan.with_user(self.clerk).action_lend()
        self.assertEqual(loan.line_ids.mapped("due_on"), [Date.to_date("2026-03-11"), Date.to_date("2026-03-09")])

    def test_nobody_approves_their_own(self):
        for user in (self.clerk, self.supervisor, self.manager):
            loan = self._loan(self.contract, user.partner_id)
            loan.with_user(user).action_request()
            self._refused("nobody approves what they borrow", loan.with_user(user).action_approve)
            self._refused("nobody approves what they borrow", loan.with_user(user).action_lend)
            loan.with_user(self.clerk2).action_approve()
            self._refused("clerk who is not the borrower", loan.with_user(user).action_lend)
            loan.with_user(user).action_cancel()

    def test_nobody_takes_back_their_own(self):
        loan = self._lend(self.contract, self.clerk2.partner_id)
        self._refused("what they borrow themselves", loan.line_ids.with_user(self.clerk2)._give_back, {})

    def test_refused_with_words(self):
        loan = self._loan(self.secret)
        loan.with_user(self.clerk).action_request()
        action = loan.with_user(self.supervisor).action_refuse()
        self.env["sbo.order.answer"].with_user(self.supervisor).with_context(**action["context"]).create(
            {"text": "Not for this purpose"}).action_apply()
        self.assertEqual((loan.state, loan.refused_reason, loan.line_ids.state),
                         ("refused", "Not for this purpose", "cancelled"))

    def test_more_secret_than_what_was_approved(self):
        """The box was filled after its loan was approved."""
        loan = self._loan(self.box)
        loan.with_user(self.clerk).action_request()
        loan.with_user(self.clerk).action_approve()
        self.secret.place_id = self.box
        self._refused("approval of a back-office supervisor", loan.with_user(self.clerk).action_lend)
        loan.with_user(self.supervisor).action_approve()
        loan.with_user(self.clerk).action_lend()
        self.assertEqual(loan.line_ids.pages_out, 3, "documents in the box")

    def test_restricted_is_read_on_site_only(self):
        loan = self._loan(self.recipe)
        self._refused("reading on site only", loan.with_user(self.clerk).action_request)
        loan.with_user(self.clerk).kind = "copy"
        self._refused("reading on site only", loan.with_user(self.clerk).action_request)
        loan.with_user(self.clerk).kind = "read"
        loan.with_user(self.clerk).action_request()
        self._refused("back-office manager", loan.with_user(self.supervisor).action_approve)
        loan.with_user(self.manager).action_approve()
        loan.with_user(self.clerk).action_lend()
        self.assertEqual(loan.state, "out")

    def test_a_copy_says_what_for(self):
        loan = self._loan(self.contract, kind="copy")
        self._refused("what the copy is for", loan.with_user(self.clerk).action_lend)
        loan.with_user(self.clerk).copy_for = "opening a bank account"
        loan.with_user(self.clerk).action_lend()
        self.assertEqual(loan.state, "out")

    def test_papers_of_accounting(self):
        self.papers.lent_to = "finance"
        loan = self._loan(self.contract)
        self._refused("accounting and to auditors only", loan.with_user(self.clerk).action_request)
        accountant = self._user("sbo_accountant", "account.group_account_invoice")
        self.assertEqual(self._lend(self.contract, accountant.partner_id).state, "out")

    def test_from_outside(self):
        officer = self.env["res.partner"].create({"name": "Tax Officer Li"})
        loan = self._loan(self.contract, officer, borrower_type="tax", kind="out")
        self._refused("from outside takes it out", loan.with_user(self.clerk).action_request)
        loan.with_user(self.clerk).kind = "read"
        self._refused("letter of introduction", loan.with_user(self.clerk).action_lend)
        loan.with_user(self.clerk).letter = "No. 7 of the district tax office"
        self._refused("an ID was shown", loan.with_user(self.clerk).action_lend)
        loan.with_user(self.clerk).id_shown = True
        loan.with_user(self.clerk).action_lend()
        self.assertEqual(loan.state, "out")
        self.assertEqual(self._loan(self.letter, officer).borrower_type, "outside", "unless a clerk knows better")

    def test_only_what_is_filed(self):
        draft = self._document("Draft", file=False)
        self._refused("only what is filed is lent", self._loan(draft).with_user(self.clerk).action_request)

    def test_limit_of_items(self):
        self._lend(self.contract | self.letter)
        more = self._loan(self.report | self.secret, user=self.supervisor)
        more = more.with_user(self.supervisor)
        text = self._refused("may have 3 items at a time and has 2: 2 more", more.action_lend)
        self.assertIn("Something must come back first", text)
        self._lend(self.report)
        self.company.sbo_loan_items = 0
        self._lend(self._document("One more"))

    def test_nothing_more_while_overdue(self):
        loan = self._lend(self.contract)
        late = self._loan(self.report)
        self._refused("nothing more while something is overdue.*Contract A", late.with_user(self.clerk).action_lend,
                      moment="2026-03-12 09:00")
        own = self.env["sbo.loan"].with_user(self.salesperson).create({"purpose": "x", "request_text": "y"})
        self._refused("overdue", own.action_request, moment="2026-03-12 09:00")
        self._back(loan, "2026-03-12 10:00")
        with freeze_time(at("2026-03-12 11:00")):
            late.with_user(self.clerk).action_lend()
        self.assertEqual(late.state, "out")

    def test_cancelled_before_it_goes(self):
        loan = self._approved(self.contract)
        loan.with_user(self.salesperson).action_cancel()
        self.assertEqual((loan.state, loan.line_ids.state), ("cancelled", "cancelled"))
        self._refused("it is Out", self._lend(self.contract).with_user(self.clerk).action_cancel)

    def test_single_item_no_longer_needed(self):
        self._lend(self.letter, self.borrower2)
        loan = self._lend(self.contract | self.letter)
        self._back(loan)
        self.assertEqual(loan.state, "approved", "the letter is still waited for")
        loan.line_ids.filtered(lambda line: line.state == "waiting").with_user(self.salesperson).action_cancel()
        self.assertEqual(loan.state, "returned")
