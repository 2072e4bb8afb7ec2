from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_order_gated import STATES


class SboPickingGated(models.AbstractModel):
    """A delivery shows whether its goods are paid for, and asks for its special release."""

    _name = "sbo.picking.gated"
    _description = "Payment Gate of a Delivery"

    sbo_gate_state = fields.Selection(STATES, "Payment", compute="_compute_sbo_gate")
    sbo_gate_why = fields.Char("Why It Stays", compute="_compute_sbo_gate")
    sbo_release_asked = fields.Boolean("Special Release Asked For", compute="_compute_sbo_gate")
    sbo_release_ids = fields.One2many("sbo.payment.release", "picking_id", "Special Releases", readonly=True)

    @api.depends("state", "move_ids.quantity", "sale_id")
    @api.depends_context("uid")
    def _compute_sbo_gate(self):
        open_ones = self._origin.filtered(lambda p: p.sale_id and p.state not in ("done", "cancel"))
        # Superuser: whoever ships sees whether it is paid for, without the right to read orders or invoices.
        rows = self.env["sbo.payment.gate"].sudo()._missing_of(open_ones.sudo()) if open_ones else {}
        released = self.env["sbo.payment.release"]._usable(rows) if rows else {}
        asked = self.env["sbo.payment.release"]._asked(rows) if rows else {}
        for picking in self:
            orders = rows.get(picking._origin.id, {})
            short = {order for order, row in orders.items() if row["missing"]}
            picking.sbo_gate_missing = sum(row["missing"] for row in orders.values())
            picking.sbo_gate_why = "; ".join(orders[order]["why"] for order in short)
            picking.sbo_release_asked = bool(short) and short <= asked.get(picking._origin, set())
            picking.sbo_gate_state = picking._sbo_gate_word(
                orders, short, all((picking._origin.id, order) in released for order in short))

    def write(self, vals):
        if vals.get("state") == "done":
            self.env["sbo.payment.gate"].sudo()._refuse_direct(self.move_ids)
        elif "state" in vals:
            self.env["sbo.payment.gate"].sudo()._refuse_undone(self.move_ids)
        return super().write(vals)

    def action_sbo_ask_release(self):
        """The special release for this delivery: the one on its way, or a new one filled with what is missing now."""
        self.ensure_one()
        action = {"type": "ir.actions.act_window", "name": self.env._("Ask for a Special Release"),
                  "res_model": "sbo.payment.release", "view_mode": "form"}
        asked = self.sbo_release_ids.filtered(lambda release: release.state in ("asked", "given"))
        # Superuser: what is missing is shown to whoever may ask.
        rows = self.env["sbo.payment.gate"].sudo()._missing_of(self.sudo()).get(self.id, {})
        short = [order for order, row in rows.items() if row["missing"] and order not in asked.order_id.ids]
        if short:
            return {**action, "context": {"default_picking_id": self.id, "default_order_id": short[0],
                                          "default_amount": rows[short[0]]["missing"]}}
        if asked:
            return {**action, "name": self.env._("Special Release"), "res_id": asked[0].id}
        raise UserError(self.env._("%s may leave: no special release is needed.", self.name))

    def _sbo_gate_text(self):
        """The state of the gate on the delivery notice, in words."""
        words = dict(self._fields["sbo_gate_state"]._description_selection(self.env))
        gated = self.filtered(lambda picking: picking.sbo_gate_state != "not_needed")
        return {**super()._sbo_gate_text(), **{picking.id: words[picking.sbo_gate_state] for picking in gated}}

    @api.model
    def _sbo_gate_word(self, orders, short, released):
        if not orders:
            return "not_needed"
        if not short:
            return "free"
        return "released" if released else "unpaid"
