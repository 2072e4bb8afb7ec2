from odoo.fields import Command

from .common_contracts_goods import SboContractGoodsCommon


class SboScheduleCommon(SboContractGoodsCommon):
    """Contracts under which goods are ordered, delivered, invoiced and paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["sbo.contract.class"].create({"name": "Ordinary", "code": "SCH"})
        cls.coin = cls.env["res.currency"].create({
            "name": "SBC", "symbol": "C", "rounding": 0.01,
            "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.125})]})

    @classmethod
    def _contract(cls, amount=10000, **vals):
        contract = cls.env["sbo.contract"].create({
            "subject": "Machines", "partner_id": cls.customer.id, "class_id": cls.kind.id, "amount": amount,
            "user_id": cls.salesperson.id, "sbo_clerk_id": cls.clerk.id, **vals})
        contract.write({"name": f"T-{contract.id}", "state": "execution", "signed_on": "2026-01-05"})
        return contract

    @classmethod
    def _under(cls, contract, quantity=10, price=1000, **vals):
        """A confirmed order under a contract."""
        return cls._confirmed(quantity, price, policy="cod", sbo_contract_id=contract.id, **vals)

    def _row(self, contract, user=None, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        figures = self.env["sbo.contract.figure"].with_user(user or self.clerk)
        return figures.with_context(**context).browse(contract.ids)

    def _figures(self, contract, *names, **context):
        """These figures of a contract, as a clerk sees them."""
        row = self._row(contract, **context)
        return [row[name] for name in names] if len(names) > 1 else row[names[0]]
