from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .sbo_payment_policy import FINANCE, GATED


class SboOrderLineGated(models.AbstractModel):
    """A line stays in the order it was confirmed in, and has the invoices it was invoiced by."""

    _name = "sbo.order.line.gated"
    _description = "Payment Gate of an Order Line"

    @api.model_create_multi
    def create(self, vals_list):
        if "default_invoice_lines" in self.env.context or any(vals.get("invoice_lines") for vals in vals_list):
            self._sbo_check_may_invoice()
        return super().create(vals_list)

    def write(self, vals):
        if "invoice_lines" in vals:
            self._sbo_check_may_invoice()
        if "order_id" in vals:
            moved = self.order_id.filtered(
                lambda order: order.id != vals["order_id"] and order.state == "sale" and order.sbo_gate_policy in GATED)
            if moved:
                raise UserError(self.env._(
                    "%s is paid before its goods leave: its lines stay in it. Set the quantity to 0 and enter the line "
                    "in the other order.", moved[0].name))
        return super().write(vals)

    @api.model
    def _sbo_check_may_invoice(self):
        """Invoice lines bring an order its money: Odoo links them when it invoices, people link them in accounting."""
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("Which invoice belongs to which order line is a matter of accounting."))
