from markupsafe import Markup
from odoo import fields, models


class SboCustomerVerification(models.TransientModel):
    """Customers compared with reality, with what turned out to have changed (核实客户档案)."""

    _name = "sbo.customer.verification"
    _description = "Customer Verified"

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", required=True, default=lambda self: self.env.context.get("active_ids"))
    note = fields.Text("What Changed", required=True)

    def action_apply(self):
        """Verified today; what changed is kept in the history of each customer, for any number of them."""
        partners = self.partner_ids
        partners.action_sbo_verified()
        body = Markup("<p>%s</p><p>%s</p>") % (self.env._("Verified, with changes:"), self.note)
        partners._message_log_batch(bodies=dict.fromkeys(partners.ids, body))
        return {"type": "ir.actions.act_window_close"}
