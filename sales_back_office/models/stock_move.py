from odoo import models


class StockMove(models.Model):
    """Goods become done here, whoever asks for it: the door for checks that stop a delivery."""

    _inherit = "stock.move"

    def write(self, vals):
        if vals.get("state") == "done":
            leaving = self.picking_id.filtered(lambda p: p.picking_type_code == "outgoing" and p.state != "done")
            leaving._sbo_block("deliver")
            leaving.sale_id._sbo_block("deliver")
        return super().write(vals)
