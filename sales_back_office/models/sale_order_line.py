from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class SaleOrderLine(models.Model):
    """Keeps what the pricelist said when the line was entered, to compare with what was agreed, and who entered it."""

    _name = "sale.order.line"
    _inherit = [
        "sale.order.line", "sbo.reckoned.mixin", "sbo.order.line.entry", "sbo.order.line.gated",
        "sbo.order.line.contracted"]
    _reckoned = frozenset({
        "price_subtotal", "price_tax", "price_total", "price_reduce_taxexcl", "price_reduce_taxinc",
        "qty_delivered_method", "qty_invoiced", "invoice_status", "untaxed_amount_invoiced",
        "untaxed_amount_to_invoice", "sbo_pricelist_price"})

    sbo_pricelist_price = fields.Float(
        "Pricelist Price", compute="_compute_sbo_pricelist_price", store=True, precompute=True, digits="Product Price",
        help="Unit price after the pricelist's own discounts, as it was when product, quantity or pricelist were set.")

    @api.depends("product_id", "product_uom_id", "product_uom_qty", "order_id.pricelist_id", "order_id.currency_id")
    def _compute_sbo_pricelist_price(self):
        """The price by pricelist; combos, sections and what Odoo adds itself have none."""
        for line in self:
            if not line._sbo_is_ordered() or line.product_type == "combo" or line.combo_item_id \
                    or not line.order_id.currency_id:
                line.sbo_pricelist_price = 0
            else:
                line.sbo_pricelist_price = line._get_pricelist_price()

    def _auto_init(self):
        # Lines from before the installation have no such price: filling millions of them with today's
        # pricelist would be slow and wrong, so they stay empty and are not judged.
        if not column_exists(self.env.cr, "sale_order_line", "sbo_pricelist_price"):
            create_column(self.env.cr, "sale_order_line", "sbo_pricelist_price", "numeric")
        return super()._auto_init()

    def _get_partner_display(self):
        # Odoo prefers the reference where a customer has one. Here everyone has a file number, and people know names.
        self.ensure_one()
        return f"({self.sudo().order_partner_id.commercial_partner_id.name})"  # as in Odoo: lines are named for anybody
