from odoo import fields, models


class StockPicking(models.Model):
    """A delivery shows its own findings and those of its order, who does not know of changes yet, and what comes
    after it has left."""

    _name = "stock.picking"
    _inherit = [
        "stock.picking", "sbo.checked.mixin", "sbo.contacted.mixin", "sbo.picking.gated",
        "sbo.picking.changes", "sbo.shipment",
        "sbo.signed.return", "sbo.invoice.due", "sbo.filed.picking",
    ]
    _sbo_contact_field = "picking_id"
    _sbo_contact_subject = "shipment"

    sbo_gate_missing = fields.Monetary(
        "Missing before It Leaves", compute="_compute_sbo_gate", currency_field="sbo_currency_id")
    sbo_currency_id = fields.Many2one(related="sale_id.currency_id", string="Order Currency", related_sudo=True)
    sbo_clerk_id = fields.Many2one(related="sale_id.sbo_clerk_id", string="Back-Office Clerk")

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        self._sbo_note_message(message)
        return message

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self._sbo_log_mail(message, msg_values)
        return result

    def _sbo_finding_targets(self):
        targets = super()._sbo_finding_targets()
        for picking in targets:
            if picking.sale_id:
                targets[picking].append(("sale.order", picking.sale_id.id))
        return targets

    def _sbo_contact_defaults(self):
        return {**super()._sbo_contact_defaults(), **({"partner_id": self.sale_id.partner_id.commercial_partner_id.id}
                                                      if self.sale_id else {}),
                "order_id": self.sale_id.id, "picking_id": self.id, "subject": "shipment"}
