from odoo.fields import Command
from odoo.tests import tagged

from .common_contract_reviews import SboContractReviewCommon


@tagged("post_install", "-at_install")
class TestContractReviewSupplements(SboContractReviewCommon):
    """A supplement is reviewed like the contract, on its own sheet, by what the contract will amount to."""

    def _signed(self):
        return self.env["sbo.contract"].create({
            "partner_id": self.customer.id, "user_id": self.salesperson.id, "subject": "Lamps", "amount": 50000,
            "class_id": self.special.id, "state": "signed", "signed_on": "2026-03-02"})

    def _supplement(self, contract, user=None, **vals):
        vals = {"contract_id": contract.id, "subject": "More lamps", "amount": 80000, **vals}
        return self.env["sbo.contract.supplement"].with_user(user or self.clerk).create(vals).with_env(self.env)

    def _submitted_supplement(self, supplement):
        supplement.with_user(self.clerk).action_submit()
        return self.env["sbo.contract.review"].search([("supplement_id", "=", supplement.id)], limit=1)

    def test_own_sheet_beside_the_contracts(self):
        contract = self._signed()
        supplement = self._supplement(contract)
        review = self._submitted_supplement(supplement)
        self.assertEqual((review.contract_id, review.subject, review.amount), (contract, "More lamps", 80000))
        self.assertIn(supplement.name, review.name)
        self._spoken(review)
        self._answer(review, self.head, "approve")
        self.assertEqual((supplement.state, contract.state, review.state), ("approved", "signed", "approved"))

    def test_sent_back_and_taken_back(self):
        supplement = self._supplement(self._signed())
        review = self._submitted_supplement(supplement)
        self._answer(review, self.head, "refuse", "too much")
        self.assertEqual((supplement.state, review.state), ("draft", "rejected"))
        again = self._submitted_supplement(supplement)
        self.assertEqual(again.version, 2)
        supplement.with_user(self.clerk).action_withdraw()
        self.assertEqual(again.state, "superseded")

    def test_amount_of_the_supplement_asks_further_approvers(self):
        self.special.write({"limit_amount": 80000, "limit_approver_ids": [Command.set(self.boss.ids)]})
        contract = self._signed()
        self.assertEqual(self._submitted_supplement(self._supplement(contract)).approval_ids.approver_id,
                         self.head | self.boss)

    def test_lines_of_the_supplement_ask_further_approvers(self):
        self.special.write({"limit_amount": 60000, "limit_approver_ids": [Command.set(self.boss.ids)]})
        supplement = self._supplement(self._signed(), amount=50000, line_ids=[
            Command.create({"product_id": self._product().id, "quantity": 700, "price": 100})])
        self.assertEqual(self._submitted_supplement(supplement).approval_ids.approver_id, self.head | self.boss)

    def test_whoever_wrote_the_supplement_does_not_judge_it(self):
        self.production.member_ids = [Command.link(self.clerk.id), Command.link(self.clerk2.id)]
        supplement = self._supplement(self._signed())
        supplement.with_user(self.clerk2).write({"line_ids": [Command.create(
            {"product_id": self._product().id, "quantity": 5, "price": 90})]})
        review = self._submitted_supplement(supplement)
        for user in (self.clerk, self.clerk2):
            self._refused("does not judge it", self._asked(review, self.production).with_user(user).action_agree)

    def test_reviewers_open_the_supplement(self):
        supplement = self._supplement(self._signed())
        self._submitted_supplement(supplement)
        self.assertTrue(self._open_form(supplement.with_user(self.member)))
        self.assertFalse(self.env["sbo.contract.supplement"].with_user(self.outsider).search([]))
