from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common_tenders import SboTendersCommon


@tagged("post_install", "-at_install")
class TestTenderContract(SboTendersCommon):
    """A tender that was won becomes a contract, once, and both know each other."""

    def test_becomes_a_contract(self):
        tender = self._won()
        action = tender.with_user(self.salesperson).action_create_contract()
        contract = self.env["sbo.contract"].browse(action["res_id"])
        self.assertEqual((contract.tender_id, tender.contract_id), (tender, contract))
        self.assertEqual(
            (contract.partner_id, contract.subject, contract.amount, contract.currency_id, contract.user_id,
             contract.sbo_clerk_id, contract.company_id, contract.state),
            (self.customer, "Office furniture", 950, tender.currency_id, self.salesperson, self.clerk, self.company,
             "draft"))
        again = tender.with_user(self.clerk).action_create_contract()
        self.assertEqual(again["res_id"], contract.id, "not a second one")

    def test_only_when_won(self):
        for tender in (self._opened(), self._lost()):
            with self.assertRaisesRegex(UserError, "is not won"):
                tender.with_user(self.clerk).action_create_contract()
            with self.assertRaisesRegex(ValidationError, "is not won"):
                self.env["sbo.contract"].with_user(self.clerk).create({
                    "subject": "By hand", "partner_id": self.customer.id, "class_id": self.contract_class.id,
                    "amount": 1, "tender_id": tender.id})

    def test_a_result_with_a_contract_is_not_taken_back(self):
        tender = self._won()
        tender.with_user(self.clerk).action_create_contract()
        self._refused("was made of it", tender.with_user(self.manager).action_reopen, "The wrong one")

    def test_no_class_of_contracts(self):
        self.env["sbo.contract.class"].search([]).active = False
        with self.assertRaisesRegex(UserError, "no class of contracts"):
            self._won().with_user(self.clerk).action_create_contract()

    def test_what_the_contract_gets_can_be_extended(self):
        tender = self._won()
        self.patch(type(tender), "_prepare_contract", lambda record: {
            "tender_id": record.id, "subject": "Ours", "partner_id": record.partner_id.id, "amount": 7,
            "class_id": self.contract_class.id})
        tender.with_user(self.clerk).action_create_contract()
        self.assertEqual(tender.contract_id.subject, "Ours")
