from odoo import models
from odoo.tools import format_date

from .sbo_order_contracted import ORDERED, UNREVIEWED


class SboContractOrdered(models.AbstractModel):
    """A contract as its orders see it: whether they may be confirmed, and that it begins with the first one."""

    _name = "sbo.contract.ordered"
    _description = "Contract: Orders"
    _inherit = ["sbo.contract.flow"]

    def _why_not_ordered(self):
        """Why no order is confirmed under this contract now, in words; empty when one may be."""
        self.ensure_one()
        words = {"contract": self.display_name, "state": self._state_name()}
        if self.state in UNREVIEWED:
            return self.env._(
                "Contract “%(contract)s” is “%(state)s”: its orders can be entered, and are confirmed when it has been "
                "reviewed and approved.", **words)
        if self.state not in ORDERED:
            return self.env._(
                "Contract “%(contract)s” is “%(state)s”: no order is confirmed under it any more. A back-office "
                "supervisor can reopen it.", **words)
        if self.date_end and self.date_end < self.company_id._sbo_today():
            return self.env._(
                "Contract “%(contract)s” ended on %(day)s: a signed supplement can extend it, or choose another one.",
                day=format_date(self.env, self.date_end), contract=self.display_name)
        return ""

    def _execute_ordered(self):
        """Its first order is confirmed: a signed contract is in execution."""
        self.filtered(lambda contract: contract.state == "signed")._execute()
