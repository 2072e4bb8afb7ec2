from datetime import timedelta

from odoo.fields import Command, Datetime

from ..models.sbo_contract_steps import STEP
from .common import at
from .common_contracts_goods import SboContractGoodsCommon

# The evening of this day is when the stories look, unless they say otherwise.
TODAY = "2026-03-20"


class SboRiskCommon(SboContractGoodsCommon):
    """Contracts with something wrong, looked at on an evening in March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["sbo.contract.class"].create({"name": "Ordinary", "code": "RISK"})
        cls.company.sbo_floor_margin = 0

    @classmethod
    def _contract(cls, state="execution", **vals):
        """A contract without a fault, in execution since January."""
        contract = cls.env["sbo.contract"].create({
            "subject": "Machines", "partner_id": cls.customer.id, "class_id": cls.kind.id, "amount": 10000,
            "user_id": cls.salesperson.id, "sbo_clerk_id": cls.clerk.id, "date_start": "2026-01-05",
            "date_end": "2026-12-31", "signed_on": "2026-03-02", "our_signatory_id": cls.manager.id,
            "our_authority": "legal", "our_seal": "contract", "their_signatory": "Ms Li", "their_authority": "legal",
            "their_seal": "contract", "original_returned_on": "2026-03-04", **vals})
        contract.with_context(sbo_step=STEP).write({"state": state, "name": f"R-{contract.id}"})
        return contract

    @classmethod
    def _change(cls, contract, **vals):
        """As a signed supplement would."""
        contract._own().write(vals)

    @classmethod
    def _under(cls, contract, quantity=5, price=1000, day="2026-03-10", **vals):
        """A confirmed order under a contract, of an earlier day."""
        vals.setdefault("commitment_date", at("2026-06-30 12:00"))
        order = cls._confirmed(quantity, price, policy="cod", sbo_contract_id=contract.id, **vals)
        order.date_order = at(f"{day} 10:00")
        return order

    @classmethod
    def _billed(cls, order, day="2026-03-10", due="2026-03-10"):
        """Its posted invoice of an earlier day."""
        invoice = order._create_invoices(final=True)
        invoice.write({"invoice_date": day, "date": day, "invoice_payment_term_id": False, "invoice_date_due": due})
        invoice.action_post()
        return invoice

    @classmethod
    def _owes(cls, contract, name, due_on, kind="payment", **vals):
        contract._own().env["sbo.contract.milestone"].create(
            {"contract_id": contract.id, "name": name, "due_on": due_on, "kind": kind, **vals})

    def _look(self, code, *contracts, day=TODAY, ids=None):
        """Run a shipped check on an evening; the open flags it has on these contracts."""
        check = self._shipped(code)
        self.env.flush_all()
        self._run(check, f"{day} 20:00", ids=ids)
        self.assertFalse(check.broken, check.error)
        self.env.invalidate_all()
        return self.env["sbo.finding"].search(
            [("check_id", "=", check.id), ("closed_at", "=", False),
             ("res_id", "in", [contract.id for contract in contracts])])

    def _flag(self, contract, code="contract_expiring", day=TODAY):
        """A flag on a contract that ends soon; the way how it has come does not matter."""
        self._change(contract, date_end="2026-04-01")
        return self._look(code, contract, day=day)

    def _raise(self, contract, name="customer_litigation", user=None):
        check = self._shipped(f"contract_{name}")
        return contract.with_user(user or self.clerk)._raise_risk(check, "Read in the gazette").with_env(self.env)

    @staticmethod
    def _days_before(day, days):
        return Datetime.to_string(Datetime.to_datetime(day) - timedelta(days=days))[:10]

    @classmethod
    def _agree(cls, contract, product=None, **vals):
        contract._own().write({"line_ids": [Command.create(
            {"product_id": (product or cls.product).id, **vals})]})
