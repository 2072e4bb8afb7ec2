from odoo import fields, models
from odoo.exceptions import UserError

from ..models.sbo_order_progress import STAGES


class SboOrderProgressEntry(models.TransientModel):
    """One entry for several orders, as somebody goes through the list of what is open."""

    _name = "sbo.order.progress.entry"
    _description = "Note Progress"

    order_ids = fields.Many2many("sale.order", required=True)
    stage = fields.Selection(STAGES, required=True, default="waiting")
    expected = fields.Date("Ready on")
    note = fields.Char("Remark")

    def action_apply(self):
        """Write the entry for each order."""
        self.ensure_one()
        quotations = self.order_ids.filtered(lambda order: order.state != "sale")
        if quotations:
            raise UserError(self.env._("%s is not confirmed: there is no progress yet.", quotations[0].display_name))
        self.env["sbo.order.progress"].create([
            {"order_id": order.id, "stage": self.stage, "expected": self.expected, "note": self.note}
            for order in self.order_ids])
        return {"type": "ir.actions.act_window_close"}
