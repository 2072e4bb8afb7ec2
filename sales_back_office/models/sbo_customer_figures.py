from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ..tools import clock
from .sbo_customer_figure import GRADES, LIFECYCLES

SEEN_BY = "sales_team.group_sale_salesman,sales_back_office.sbo_group_auditor,account.group_account_invoice"
TOP_PRODUCTS = 5
# Field of the customer: column of the purchase record.
COLUMNS = {
    "sbo_amount_12m": "amount_12m",
    "sbo_order_count_12m": "order_count_12m",
    "sbo_last_order_on": "last_order_on",
    "sbo_interval_days": "interval_days",
    "sbo_lifecycle": "lifecycle",
    "sbo_grade": "grade",
}


def _by(name):
    return lambda self, operator, value: self._sbo_search_figure(name, operator, value)


class SboCustomerFigures(models.AbstractModel):
    """The purchase record, lifecycle and grade that a customer shows (购买记录), of the company one works in.

    Lists show last night's figures, joined in SQL: they can be sorted, grouped and searched without a column on
    the partner. The open form counts them anew.
    """

    _name = "sbo.customer.figures"
    _description = "Customer Figures"

    sbo_currency_id = fields.Many2one("res.currency", compute="_compute_sbo_currency_id", string="Company Currency")
    sbo_amount_12m = fields.Monetary(
        "Sales of 12 Months", compute="_compute_sbo_figures", search=_by("sbo_amount_12m"),
        currency_field="sbo_currency_id", groups=SEEN_BY, help="Untaxed, confirmed orders, as of last night.")
    sbo_order_count_12m = fields.Integer(
        "Orders in 12 Months", compute="_compute_sbo_figures", search=_by("sbo_order_count_12m"), groups=SEEN_BY)
    sbo_last_order_on = fields.Date(
        "Last Order", compute="_compute_sbo_figures", search=_by("sbo_last_order_on"), groups=SEEN_BY)
    sbo_interval_days = fields.Float(
        "Own Interval", compute="_compute_sbo_figures", search=_by("sbo_interval_days"), groups=SEEN_BY,
        digits=(16, 2), aggregator="avg", help="Mean number of days between the customer's order days.")
    sbo_lifecycle = fields.Selection(
        LIFECYCLES, "Lifecycle", compute="_compute_sbo_figures", search=_by("sbo_lifecycle"), groups=SEEN_BY,
        help="By the days since the first and the last confirmed order, as of last night.")
    sbo_grade = fields.Selection(
        GRADES, "Grade", compute="_compute_sbo_figures", search=_by("sbo_grade"), groups=SEEN_BY,
        help="By the share of the sales of 12 months, or as a supervisor has set it by hand.")
    sbo_now_amount = fields.Monetary(
        "Sales of 12 Months, Now", compute="_compute_sbo_now", currency_field="sbo_currency_id", groups=SEEN_BY)
    sbo_now_count = fields.Integer("Orders in 12 Months, Now", compute="_compute_sbo_now", groups=SEEN_BY)
    sbo_now_last_on = fields.Date("Last Order, Now", compute="_compute_sbo_now", groups=SEEN_BY)
    sbo_now_interval = fields.Float(
        "Own Interval, Now", compute="_compute_sbo_now", groups=SEEN_BY, digits=(16, 2))
    sbo_now_lifecycle = fields.Selection(LIFECYCLES, "Lifecycle, Now", compute="_compute_sbo_now", groups=SEEN_BY)
    sbo_now_products = fields.Html("Top Products", compute="_compute_sbo_now", groups=SEEN_BY, sanitize=False)
    sbo_grade_words = fields.Char("Grade by Hand", compute="_compute_sbo_grade_words", groups=SEEN_BY)

    @api.depends_context("company")
    def _compute_sbo_currency_id(self):
        self.sbo_currency_id = self.env.company.currency_id

    @api.depends("sbo_is_customer")
    @api.depends_context("company")
    def _compute_sbo_figures(self):
        """One query for a page. Superuser: whoever sees the customer sees what it buys from the own company."""
        figures = {figure.partner_id.id: figure for figure in self._sbo_figures()}
        for partner in self:
            figure = figures.get(partner._origin.id)
            for name, column in COLUMNS.items():
                partner[name] = figure[column] if figure else False
            if partner.sbo_is_customer and not figure:
                partner.sbo_lifecycle = "prospect"

    @api.depends_context("company", "lang", "sbo_as_of")
    def _compute_sbo_now(self):
        """As of this moment, for an open form: two queries, and none when nothing of it is shown."""
        customers = self.filtered(lambda partner: partner._origin.id)
        figures, products = customers._sbo_figures_now()
        for partner in self:
            now = figures.get(partner._origin.id, {})
            partner.sbo_now_amount = now.get("amount_12m", 0)
            partner.sbo_now_count = now.get("order_count_12m", 0)
            partner.sbo_now_last_on = now.get("last_order_on")
            partner.sbo_now_interval = now.get("interval_days") or 0
            partner.sbo_now_lifecycle = now.get("lifecycle") or (partner.sbo_is_customer and "prospect")
            partner.sbo_now_products = self._sbo_products_html(products.get(partner._origin.id, []))

    @api.depends_context("company", "lang")
    def _compute_sbo_grade_words(self):
        figures = {figure.partner_id.id: figure for figure in self._sbo_figures()}
        for partner in self:
            figure = figures.get(partner._origin.id)
            partner.sbo_grade_words = figure._by_hand_in_words() if figure and figure.grade_manual else False

    # === the purchase record as columns of the customer === #

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """A page sorted by figures: first its customers, then their data, as sorting wide joined rows takes longer."""
        if limit and field_names != [] and any(name in (order or "") for name in COLUMNS):
            page = self._sbo_best_customers(domain, offset, limit, order)
            page = page or super().search_fetch(domain, [], offset, limit, order)
            page.fetch(field_names)
            return page
        return super().search_fetch(domain, field_names, offset, limit, order)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Figures are columns of a joined table; with them come sorting, grouping and sums."""
        if field_expr == "sbo_currency_id":
            return SQL("%s::integer", self.env.company.currency_id.id)
        column = COLUMNS.get(field_expr)
        if column is None or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        value = self._sbo_figure_column(alias, query, column)
        if column in ("amount_12m", "order_count_12m") and not self.env.context.get("sbo_only_buying"):
            return SQL("COALESCE(%s, 0)", value)
        if column == "lifecycle":
            return SQL("COALESCE(%s, CASE WHEN %s THEN 'prospect' END)", value,
                       SQL.identifier(alias, "sbo_is_customer", to_flush=self._fields["sbo_is_customer"]))
        return value

    def action_sbo_purchases(self):
        """The customer's confirmed orders, newest first; those of its contacts too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = [("partner_id", "child_of", self.commercial_partner_id.ids), ("state", "=", "sale")]
        action["context"] = {"default_partner_id": self.id, "create": False}
        return action

    def action_sbo_grade(self):
        """A dialog for the grade by hand of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_customer_grading_action")
        action["context"] = {"default_partner_ids": self.commercial_partner_id.ids}
        return action

    def action_sbo_grade_changes(self):
        """How the grade has changed, and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_grade_change_action")
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        return action

    @api.model
    def _sbo_figure_column(self, alias, query, column) -> SQL:
        """A column of the purchase record, which is joined to the query; NULL for who has none."""
        figures = self.env["sbo.customer.figure"]
        joined = query.make_alias(alias, "sbo_figure")
        query.add_join("LEFT JOIN", joined, figures._table, SQL(
            "%s = %s AND %s = %s", SQL.identifier(joined, "partner_id"), SQL.identifier(alias, "id"),
            SQL.identifier(joined, "company_id"), self.env.company.id))
        return SQL.identifier(joined, column, to_flush=figures._fields[column])

    @api.model
    def _sbo_best_customers(self, domain, offset, limit, order):
        """A full page of those who bought most, read from the index of the records; nothing when it is not full.

        Whoever has bought for more than nothing stands before everybody else, so that the others need no sorting.
        """
        if not order.lower().startswith("sbo_amount_12m desc"):
            return self.browse()
        buying = Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s > 0", model._sbo_figure_column(alias, query, "amount_12m")))
        page = self.with_context(sbo_only_buying=True).search(
            Domain(domain) & buying, offset=offset, limit=limit, order=order)
        return page.with_env(self.env) if len(page) == limit else self.browse()

    @api.model
    def _sbo_search_figure(self, name, operator, value):
        field = self._fields[name]
        if operator not in ("in", ">", ">=", "<", "<=", "like", "ilike"):
            return NotImplemented
        return Domain.custom(to_sql=lambda model, alias, query: field.condition_to_sql(
            name, operator, value, model, alias, query))

    def _sbo_figures(self):
        # Superuser: the company's own figures are for everybody who may read the fields.
        return self.env["sbo.customer.figure"].sudo().search(
            [("partner_id", "in", self._origin.ids), ("company_id", "=", self.env.company.id)])

    # === the open form === #

    def _sbo_figures_now(self):
        """({customer id: figures}, {customer id: [(product, amount)]}) counted from the orders at this moment."""
        customers = self._origin.filtered(lambda partner: partner == partner.commercial_partner_id)
        if not customers:
            return {}, {}
        as_of = clock.as_of(self.env)
        figures = self.env["sbo.customer.figure"].sudo()
        day = figures._local_day(as_of)
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        # SQL over all orders: a salesperson who sees only the own orders sees the customer's totals nevertheless.
        rows = self.env.execute_query_dict(figures._sql_figures(as_of, day, customers.ids))
        tops = self.env.execute_query(figures._sql_top_products(as_of, day, customers.ids, TOP_PRODUCTS))
        products = self.env["product.product"].sudo().browse(product for _partner, product, _amount in tops)
        names = dict(zip(products.ids, products.mapped("display_name"), strict=True)) if products else {}
        top_of = {}
        for partner, product, amount in tops:
            top_of.setdefault(partner, []).append((names[product], amount))
        return {row["partner_id"]: row for row in rows}, top_of

    def _sbo_products_html(self, products):
        currency = self.env.company.currency_id
        rows = Markup("").join(
            Markup("<tr><td class='pe-3'>%s</td><td class='text-end'>%s</td></tr>") % (
                name, format_amount(self.env, float(amount), currency))
            for name, amount in products)
        return Markup("<table class='table table-sm mb-0'>%s</table>") % rows if rows else False
