from odoo import models

from .sbo_payment_gate import PASSED


class StockMove(models.Model):
    """Goods become done here, whoever asks for it: the door for checks that stop a delivery, and for the money."""

    _inherit = "stock.move"

    def write(self, vals):
        # Superuser: the gate looks at orders and money, which the warehouse may not read.
        gate = self.env["sbo.payment.gate"].sudo()
        if vals.get("state") == "done":
            gate._refuse_direct(self)
            leaving = self.picking_id.filtered(lambda p: p.picking_type_code == "outgoing" and p.state != "done")
            leaving._sbo_block("deliver")
            leaving.sale_id._sbo_block("deliver")
        elif "state" in vals:
            gate._refuse_undone(self)
        if "sale_line_id" in vals:
            gate._refuse_moved(self.filtered(
                lambda move: move.sale_line_id and move.sale_line_id.id != vals["sale_line_id"]))
        result = super().write(vals)
        if {"location_id", "location_dest_id"} & vals.keys():
            gate._check_raised(self.filtered(lambda move: move.state == "done"))
        return result

    def _action_done(self, cancel_backorder=False):
        # What has really been picked is judged before Odoo takes it out of stock.
        gate = self.env["sbo.payment.gate"].sudo()
        judged = gate._check_leaving(self)
        moves = super(StockMove, self.with_context(sbo_gate=PASSED))._action_done(cancel_backorder=cancel_backorder)
        moves = moves.with_env(self.env)
        gate._check_gone(moves, judged)
        return moves
