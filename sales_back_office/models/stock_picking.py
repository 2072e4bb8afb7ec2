from odoo import models


class StockPicking(models.Model):
    """A delivery shows its own findings and those of its order."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "sbo.checked.mixin"]

    def _sbo_finding_targets(self):
        targets = super()._sbo_finding_targets()
        for picking in targets:
            if picking.sale_id:
                targets[picking].append(("sale.order", picking.sale_id.id))
        return targets
