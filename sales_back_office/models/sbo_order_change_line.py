from odoo import api, fields, models

FIELDS = [
    ("added", "Line Added"),
    ("removed", "Line Removed"),
    ("product_id", "Product"),
    ("product_uom_qty", "Quantity"),
    ("product_uom_id", "Unit"),
    ("price_unit", "Price"),
    ("discount", "Discount"),
    ("tax_ids", "Taxes"),
    ("commitment_date", "Promised Date"),
    ("partner_id", "Customer"),
    ("partner_shipping_id", "Delivery Address"),
    ("partner_invoice_id", "Invoice Address"),
    ("payment_term_id", "Payment Terms"),
    ("currency_id", "Currency"),
]
# What somebody who sees no prices need not know of.
PRICES = {"price_unit", "discount", "tax_ids", "payment_term_id", "partner_invoice_id", "currency_id"}


class SboOrderChangeLine(models.Model):
    """One value of a confirmed order, before and after a change, and who had entered the old one."""

    _name = "sbo.order.change.line"
    _description = "Order Change Line"
    _order = "change_id, id"
    _rec_name = "product"

    change_id = fields.Many2one("sbo.order.change", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="change_id.company_id", store=True)
    # No foreign key: a removed line leaves its number behind.
    line_number = fields.Integer("Order Line", readonly=True)
    product = fields.Char("Line", readonly=True)
    field = fields.Selection(FIELDS, "Changed Field", required=True, readonly=True)
    old_value = fields.Char("Before", readonly=True)
    new_value = fields.Char("After", readonly=True)
    old_raw = fields.Json(readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", readonly=True, help="Who had entered the old value.")

    @api.model
    def _words(self, field, value, env):
        """A value in words, as it stands on the sheet."""
        if value is None or value is False or value == "":
            return False
        if field in ("product_uom_qty", "discount"):
            return f"{value:g}"
        if field == "price_unit":
            return f"{value:.{env['decimal.precision'].precision_get('Product Price')}f}"
        if field == "commitment_date":
            return fields.Datetime.to_string(fields.Datetime.context_timestamp(env.user, value))[:16]
        return ", ".join(value.mapped("display_name")) or False

    @api.model
    def _raw(self, value):
        """A value that can be kept and compared."""
        if isinstance(value, models.BaseModel):
            return sorted(value.ids)
        return str(value) if hasattr(value, "isoformat") else value
