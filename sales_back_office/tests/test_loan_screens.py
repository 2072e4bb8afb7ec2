from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_loans import SboLoanCommon


@tagged("post_install", "-at_install")
class TestLoanScreens(SboLoanCommon):
    """Buttons follow the steps, filters find what they say, whoever looks."""

    def _buttons(self, loan, user):
        self.env.invalidate_all()
        return set((loan.with_user(user).allowed_actions or "").split(",")) - {""}

    def test_buttons_follow_the_steps(self):
        loan = self._loan(self.secret)
        self.assertEqual(self._buttons(loan, self.clerk), {"request", "cancel", "lend"})
        loan.with_user(self.clerk).action_request()
        self.assertEqual(self._buttons(loan, self.clerk), {"cancel", "lend"})
        self.assertEqual(self._buttons(loan, self.supervisor), {"approve", "refuse", "cancel", "lend"})
        loan.with_user(self.supervisor).action_approve()
        self.assertEqual(self._buttons(loan, self.salesperson), {"cancel"})
        loan.with_user(self.clerk).action_lend()
        self.assertEqual(self._buttons(loan, self.clerk), {"ask_renewal", "take_back", "chase"})
        self.assertEqual(self._buttons(loan, self.salesperson), {"ask_renewal"})
        self.assertEqual(self._buttons(loan, self.auditor), set())

    def test_changed_until_it_is_requested(self):
        loan = self.env["sbo.loan"].with_user(self.salesperson).create({"purpose": "x", "request_text": "The contract"})
        self.assertEqual((loan.can_change, loan.items), (True, "The contract"))
        loan.action_request()
        self.env.invalidate_all()
        self.assertFalse(loan.can_change)
        self.assertTrue(loan.with_user(self.clerk).can_change)

    def test_filters(self):
        self.company.sbo_loan_items = 0
        late = self._lend(self.contract)
        waiting = self._approved(self.contract, self.borrower2)
        asked = self._loan(self.report, self.clerk2.partner_id)
        asked.with_user(self.clerk).action_request()
        mine = self.env["sbo.loan"].with_user(self.clerk)
        both = [("id", "in", (late | waiting | asked).ids)]
        self.assertEqual(mine.search([*both, ("overdue", "=", True)]).ids, late.ids, "due in March, and this is later")
        self.assertEqual(mine.search([*both, ("overdue", "=", False)]).ids, (waiting | asked).sorted("id", True).ids)
        view = self.env["sbo.loan"].get_view(view_type="search")["arch"]
        for name in ("to_approve", "waiting", "out", "overdue", "mine"):
            self.assertIn(f'name="{name}"', view)
        lines = self.env["sbo.loan.line"].with_user(self.clerk)
        self.assertEqual(lines.search([("loan_id", "in", (late | waiting).ids), ("overdue", "=", True)]), late.line_ids)

    def test_a_document_is_lent_from_its_form(self):
        action = (self.contract | self.letter).with_user(self.clerk).action_lend()
        form = Form(self.env["sbo.loan"].with_user(self.clerk).with_context(**action["context"]))
        form.borrower_id, form.purpose = self.borrower, "x"
        self.assertEqual(form.save().line_ids.document_id, self.contract | self.letter)

    def test_department_and_telephone_stand_on_the_loan(self):
        self.borrower.phone = "021 1234"
        self.env["sbo.department"].create({"name": "Sales", "member_ids": [Command.set(self.salesperson.ids)]})
        loan = self._loan(self.contract)
        self.assertEqual((loan.department, loan.phone), ("Sales", "021 1234"))

    def test_settings(self):
        settings = self.env["res.config.settings"].create({"sbo_loan_items": 5, "sbo_loan_hold_days": 1})
        settings.execute()
        self.assertEqual((self.company.sbo_loan_items, self.company.sbo_loan_hold_days), (5, 1))
