from odoo import fields, models

from .sbo_order_entry import BIRTH


class SboOrderChanged(models.AbstractModel):
    """A confirmed order whose changes write their own sheet, whoever makes them and by whatever door."""

    _name = "sbo.order.changed"
    _description = "Changes of a Confirmed Order"
    _inherit = ["sbo.order.hooks"]

    sbo_change_ids = fields.One2many("sbo.order.change", "order_id", readonly=True)
    sbo_change_count = fields.Integer("Changes", compute="_compute_sbo_change_count")

    def _compute_sbo_change_count(self):
        # Superuser: the number only; the sheets themselves follow their own rules.
        counts = dict(self.env["sbo.order.change"].sudo()._read_group(
            [("order_id", "in", self.ids)], ["order_id"], ["__count"])) if self.ids else {}
        for order in self:
            order.sbo_change_count = counts.get(order._origin.sudo(), 0)

    def write(self, vals):
        if vals.get("state") != "sale":
            return super().write(vals)
        # What is written together with the confirmation is what was confirmed, no change of it.
        begun = self.filtered(lambda order: order.state != "sale")
        if self - begun:
            super(SboOrderChanged, self - begun).write(vals)
        return super(SboOrderChanged, begun.with_context(sbo_birth=BIRTH)).write(vals) if begun else True

    def action_sbo_changes(self):
        """The change sheets of the order."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_order_change_action")
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def _sbo_content_changed(self, changed):
        result = super()._sbo_content_changed(changed)
        confirmed = self.filtered(lambda order: order.state == "sale")
        if confirmed and self.env.context.get("sbo_birth") is not BIRTH:
            # Superuser: whoever changes the order writes its sheet, and cannot leave it out.
            self.env["sbo.order.change"].sudo()._record(confirmed, changed)
        return result

    def _sbo_must_know(self):
        """Hook: who must know of a change of this order (superuser): (departments, people who see no prices).

        Departments that were told of the order, owners of its open deliveries. Bridges add the owners of linked
        purchases and productions.
        """
        self.ensure_one()
        pickings = self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        return self._sbo_told(), pickings.user_id
