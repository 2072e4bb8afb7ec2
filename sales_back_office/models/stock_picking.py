from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockPicking(models.Model):
    """A delivery shows its own findings and those of its order, and when the customer was told that it left."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "sbo.checked.mixin", "sbo.contacted.mixin"]
    _sbo_contact_field = "picking_id"
    _sbo_contact_subject = "shipment"

    sbo_told_at = fields.Datetime(
        "Customer Told", compute="_compute_sbo_told_at", search="_search_sbo_told_at",
        help="First contact about the shipment in which the customer was reached, by the contact log.")

    def _compute_sbo_told_at(self):
        """One query for all. Superuser: the warehouse sees that the customer knows, not the whole log."""
        self.env["sbo.contact.log"].flush_model()
        self.flush_model(["sale_id", "date_done"])
        rows = self.env.execute_query(SQL(
            "SELECT p.id, %s FROM stock_picking p WHERE p.id = ANY(%s)", self._sbo_sql_told("p"), self._origin.ids))
        told = dict(rows)
        for picking in self:
            picking.sbo_told_at = told.get(picking._origin.id)

    def _search_sbo_told_at(self, operator, value):
        if operator not in ("in", ">", ">=", "<", "<=") or (operator == "in" and set(value) != {False}):
            return NotImplemented
        self.env["sbo.contact.log"].flush_model()
        condition = SQL("IS NULL") if operator == "in" else SQL("%s %s", SQL(operator), value)
        return Domain.custom(to_sql=lambda model, alias, query: SQL("%s %s", self._sbo_sql_told(alias), condition))

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

    def _sbo_sql_told(self, alias) -> SQL:
        """When the customer was first told about a delivery: by name, or on its order once it had left."""
        return SQL(
            """(SELECT MIN(l.date) FROM sbo_contact_log l
                 WHERE l.subject = 'shipment' AND l.result <> 'not_reached' AND l.active
                   AND (l.picking_id = %(id)s OR (l.picking_id IS NULL AND l.order_id = %(sale)s
                                                  AND l.date >= %(done)s)))""",
            id=SQL.identifier(alias, "id"), sale=SQL.identifier(alias, "sale_id"),
            done=SQL.identifier(alias, "date_done"))
