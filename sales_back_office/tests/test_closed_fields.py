from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_contracts import SboContractsCommon


@tagged("post_install", "-at_install")
class TestClosedFields(SboContractsCommon):
    """What comes with a step is not brought along when a record is made: by context, or as a user's own default."""

    def _own_default(self, user, model, name, value):
        """What a user can make the default of a field for himself."""
        self.env["ir.default"].with_user(user).set(model, name, value, user_id=user.id)

    def _made(self, model, user, vals, closed):
        """(by the context, by a default of the user's own)"""
        by_context = self.env[model].with_user(user).with_context(
            **{f"default_{name}": value for name, value in closed.items()}).create(vals)
        for name, value in closed.items():
            try:
                self._own_default(user, model, name, value)
            except (AccessError, UserError):
                continue
        return by_context, self.env[model].with_user(user).create(vals)

    def test_a_contract_begins_as_a_draft(self):
        vals = {"subject": "Lamps", "partner_id": self.customer.id, "class_id": self.contract_class.id, "amount": 10}
        for contract in self._made("sbo.contract", self.salesperson, vals, {"state": "approved", "version": 7}):
            self.assertEqual((contract.state, contract.version), ("draft", 1))

    def test_nobody_names_the_drafters(self):
        vals = {"subject": "Lamps", "partner_id": self.customer.id, "class_id": self.contract_class.id, "amount": 10}
        contracts = self._made("sbo.contract", self.salesperson, vals, {"drafter_ids": self.manager.ids})
        supplement = self.env["sbo.contract.supplement"].with_user(self.salesperson).with_context(
            default_drafter_ids=self.manager.ids).create({
                "contract_id": self._contract("signed").id, "subject": "More"})
        for record in (*contracts, supplement):
            self.assertNotIn(self.manager, record._drafters())

    def test_a_finding_noted_by_hand_is_undecided(self):
        check = self.env.ref("sales_back_office.sbo_check_noted")
        vals = {"check_id": check.id, "user_id": self.clerk.id, "note": "Seen"}
        for finding in self._made("sbo.finding", self.supervisor, vals, {
                "state": "confirmed", "confirmed_by_id": self.manager.id}):
            self.assertEqual((finding.state, finding.confirmed_by_id.id), ("candidate", False))

    def test_an_order_is_verified_by_its_sheet_only(self):
        vals = {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.product.id})]}
        for order in self._made("sale.order", self.salesperson, vals, {
                "sbo_verification_state": "done", "sbo_gate_policy": "none"}):
            self.assertFalse(order.sbo_verification_state)

    def test_only_a_risk_is_raised_by_hand(self):
        contract = self._contract()
        check = self.env.ref("sales_back_office.sbo_check_noted")
        with self.assertRaisesRegex(UserError, "no risk that is noted by hand"):
            contract.with_user(self.salesperson)._raise_risk(check, "Late again")
