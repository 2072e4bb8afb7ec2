from odoo import fields, models


class StockPicking(models.Model):
    """A delivery shows its own findings and those of its order, and who does not know of changes yet."""

    _name = "stock.picking"
    _inherit = [
        "stock.picking",
        "sbo.checked.mixin",
        "sbo.picking.changes",
        "sbo.shipment",
        "sbo.signed.return",
        "sbo.invoice.due",
    ]

    sbo_clerk_id = fields.Many2one(related="sale_id.sbo_clerk_id", string="Back-Office Clerk")

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        self._sbo_note_message(message)
        return message

    def _sbo_finding_targets(self):
        targets = super()._sbo_finding_targets()
        for picking in targets:
            if picking.sale_id:
                targets[picking].append(("sale.order", picking.sale_id.id))
        return targets
