from odoo import api, fields, models


class SboPickingChanges(models.AbstractModel):
    """A delivery whose order was changed shows who has not said yet that he knows."""

    _name = "sbo.picking.changes"
    _description = "Delivery: Changes of the Order"

    sbo_change_open = fields.Integer("Changes Not Acknowledged", compute="_compute_sbo_change_open")
    sbo_change_text = fields.Char(compute="_compute_sbo_change_open")

    @api.depends("sale_id")
    def _compute_sbo_change_open(self):
        """In one query for all deliveries."""
        # Superuser: the warehouse sees that and by whom, not the order.
        notices = self.env["sbo.order.notice"].sudo().search([
            ("order_id", "in", self.sale_id.ids), ("kind", "!=", "confirmed"), ("state", "in", ("to_send", "sent")),
        ]) if self.sale_id.ids else self.env["sbo.order.notice"]
        by_order = notices.grouped(lambda notice: notice.order_id.id)
        for picking in self:
            waiting = by_order.get(picking.sale_id.id, notices.browse())
            picking.sbo_change_open = len(waiting)
            names = [notice.department_id.name or notice.user_id.name for notice in waiting]
            picking.sbo_change_text = bool(waiting) and self.env._(
                "The order was changed after confirmation. Not acknowledged yet by: %s", ", ".join(names))

    def action_sbo_order_notices(self):
        """The notices of changes of the order."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_order_notice_action")
        # Superuser: a warehouse user need not read the order to name it.
        return {**action, "domain": [("order_id", "in", self.sudo().sale_id.ids), ("kind", "!=", "confirmed")],
                "context": {}}
