from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class SboOrderTold(models.AbstractModel):
    """A paper about an order for people who need not see orders: it says what they have to know of it."""

    _name = "sbo.order.told"
    _description = "Order as Others Are Told"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    order_name = fields.Char(related="order_id.name", string="Order No.", related_sudo=True)
    partner_name = fields.Char("Customer Name", compute="_compute_told")
    promised_on = fields.Date("Promised", compute="_compute_told")
    goods = fields.Html("Goods Ordered", compute="_compute_goods", sanitize=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    department_id = fields.Many2one("sbo.department", readonly=True, ondelete="restrict")

    @api.depends("order_id", "department_id")
    @api.depends_context("lang")
    def _compute_told(self):
        # Superuser: a warehouse or production user sees what is ordered and when it is due, prices where his
        # department is trusted with them, and nothing else of the order.
        for record in self.sudo():
            order = record.order_id
            record.partner_name = order.partner_id.display_name
            record.promised_on = order._sbo_promised_on() if order else False

    @api.depends("order_id", "department_id")
    @api.depends_context("lang")
    def _compute_goods(self):
        for record in self.sudo():  # as above
            record.goods = record._goods_table(
                record.order_id._sbo_product_lines(), record.department_id.sees_prices)

    def _goods_table(self, lines, prices):
        def price(line):
            text = format_amount(self.env, line._sbo_net_price(), line.currency_id)
            return Markup("<td class='text-end'>%s</td>") % text if prices else ""

        rows = Markup("").join(
            Markup("<tr><td>{}</td><td class='text-end'>{}</td><td>{}</td>{}</tr>").format(
                line.name, f"{line.product_uom_qty:g}", line.product_uom_id.name, price(line)) for line in lines)
        return rows and Markup("<table class='table table-sm mb-0'>%s</table>") % rows

    def _promised_text(self):
        return self.promised_on and format_date(self.env, self.promised_on) or self.env._("no date")
