from odoo import models
from odoo.tools import SQL

from ..tools.graded import graded

# Moves of goods that are still to leave.
OPEN = ["waiting", "confirmed", "partially_available", "assigned"]


class SboContractRiskGoods(models.AbstractModel):
    """Risks of the goods: late, short, more than agreed, cheaper than agreed, complained of."""

    _name = "sbo.contract.risk.goods"
    _description = "Risks of Contracts: Goods"
    _inherit = ["sbo.contract.risk"]

    @graded
    def _sbo_query_delivery_late(self, check, ids=None) -> SQL:
        """Goods that have not left although the promised day is over, and delivery obligations that are not met.

        Promised is the order's delivery date, else the deadline of the move.
        """
        before = SQL("%s::date - %s::integer", self._risk_today(check), int(check.parameter))
        late = SQL(
            """LEFT JOIN (SELECT m.id, MIN(m.day) AS day, %(names)s AS names FROM (%(moves)s) m
                           WHERE m.day < %(before)s GROUP BY 1) d ON d.id = k.id
               %(obligations)s""",
            names=self._sql_names(SQL("m.name")), moves=self._sql_open_moves(check, ids), before=before,
            obligations=self._sql_late_obligations(check, ids, before))
        day = SQL("LEAST(d.day, n.day)")
        days = SQL("(%s::date - %s)", self._risk_today(check), day)
        return self._sql_flags(
            check, ids, late, SQL("%s IS NOT NULL", day),
            {"orders": SQL("d.names"), "obligations": SQL("n.names"), "promised": day, "days_late": days},
            quantity=SQL("%s::numeric", days), level=check._sql_level(days))

    def _sbo_query_stock_short(self, check, ids=None) -> SQL:
        """Goods promised within X days that are neither reserved nor in stock where they are to leave from."""
        today = self._risk_today(check)
        short = SQL(
            """JOIN (SELECT n.id, MIN(n.day) AS day, string_agg(n.names, chr(10)) AS names, jsonb_agg(
                            n.product || ': ' || TRIM_SCALE(ROUND((n.needed - GREATEST(n.free, 0))::numeric, 3))
                            ORDER BY n.product) AS products
                       FROM (SELECT m.id, m.product_id, m.location_id, MIN(m.day) AS day, MIN(m.product) AS product,
                                    SUM(m.missing) AS needed, MIN(f.free) AS free, %(names)s AS names
                               FROM (%(moves)s) m
                               JOIN LATERAL (%(free)s) f ON TRUE
                              WHERE m.missing > 0 AND m.day <= %(today)s::date + %(days)s::integer
                              GROUP BY m.id, m.product_id, m.location_id) n
                      WHERE n.needed - GREATEST(n.free, 0) > 0.00001 GROUP BY n.id) d ON d.id = k.id""",
            names=self._sql_gathered(SQL("m.name")), moves=self._sql_open_moves(check, ids), free=self._sql_free(),
            today=today, days=int(check.parameter))
        return self._sql_flags(
            check, ids, short, SQL("TRUE"),
            {"documents": self._sql_gathered_names(SQL("d.names")), "promised": SQL("d.day"),
             "short": SQL("d.products")})

    def _sbo_query_over_quantity(self, check, ids=None) -> SQL:
        """More of a product delivered than the contract allows, by more than X percent."""
        over = SQL(
            """JOIN (SELECT q.id, string_agg(q.orders, chr(10)) AS orders, jsonb_agg(
                            q.product || ': ' || TRIM_SCALE(ROUND(q.delivered::numeric, 3)) || ' > '
                            || TRIM_SCALE(ROUND(q.allowed::numeric, 3)) ORDER BY q.product) AS products
                       FROM (%(delivered)s) q
                      WHERE q.delivered > q.allowed * (1 + %(percent)s / 100.0) + 0.00001 GROUP BY 1) q
                 ON q.id = k.id""",
            delivered=self._sql_delivered(ids), percent=check.parameter)
        return self._sql_flags(
            check, ids, over, SQL("TRUE"),
            {"orders": self._sql_gathered_names(SQL("q.orders")), "over_quantity": SQL("q.products")})

    def _sbo_query_price_below(self, check, ids=None) -> SQL:
        """Lines of its orders that are, after discount, below the agreed price or below the company's floor.

        The agreed price is with taxes when the contract's amount is; below by more than X percent.
        """
        company = check.env.company
        low = SQL(
            """JOIN (SELECT l.id, %(orders)s AS orders, jsonb_agg(DISTINCT l.product || ': ' || TRIM_SCALE(ROUND(
                            l.price::numeric, 4)) || ' < ' || TRIM_SCALE(ROUND(l.least::numeric, 4))) AS products
                       FROM (%(priced)s) l
                      WHERE l.price < l.least * (1 - %(percent)s / 100.0) - l.cent / 2 GROUP BY 1) p ON p.id = k.id""",
            orders=self._sql_names(SQL("l.name")), priced=self._sql_priced(check, ids, company),
            percent=check.parameter)
        return self._sql_flags(
            check, ids, low, SQL("TRUE"), {"orders": SQL("p.orders"), "low_price": SQL("p.products")})

    def _sbo_query_quality_issue(self, check, ids=None) -> SQL:
        """An issue about quality is open on one of its orders."""
        issues = SQL(
            """JOIN (SELECT u.contract_id AS id, %(names)s AS names, %(orders)s AS orders, MIN(i.opened_at) AS since
                       FROM sbo_order_issue i JOIN sale_order o ON o.id = i.order_id
                       %(under)s
                      WHERE i.kind = 'quality' AND i.state IN ('open', 'replied')
                        AND i.opened_at <= %(as_of)s GROUP BY 1) i ON i.id = k.id""",
            names=self._sql_names(SQL("i.name")), orders=self._sql_names(SQL("o.name")), as_of=check._as_of(),
            under=self._sql_orders_under(ids))
        return self._sql_flags(
            check, ids, issues, SQL("TRUE"),
            {"issues": SQL("i.names"), "orders": SQL("i.orders"), "since": SQL("i.since")})

    # === pieces === #

    def _sql_open_moves(self, check, ids) -> SQL:
        """Open moves to customers: contract, product, place, promised local day, what is not reserved."""
        promised = self._sql_local_day(check, SQL("COALESCE(o.commitment_date, m.date_deadline, m.date)"))
        return SQL(
            """SELECT l.sbo_contract_id AS id, m.product_id, m.location_id, %(day)s AS day, o.name,
                      COALESCE(pp.default_code, pt.name->>'en_US') AS product,
                      CASE WHEN pt.is_storable AND m.product_uom_qty > 0
                           THEN m.product_qty * GREATEST(0, 1 - COALESCE(m.quantity, 0) / m.product_uom_qty)
                           ELSE 0 END AS missing
                 FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN stock_location d ON d.id = m.location_dest_id AND d.usage = 'customer'
                 JOIN product_product pp ON pp.id = m.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                WHERE l.sbo_contract_id IS NOT NULL AND m.state = ANY(%(open)s) %(narrow)s""",
            day=promised, open=OPEN, narrow=self._sbo_sql_narrow(SQL("l.sbo_contract_id"), ids))

    def _sql_late_obligations(self, check, ids, before) -> SQL:
        """Delivery obligations ``n`` of contract ``k`` before a day that what was delivered does not meet."""
        scope = SQL(
            "SELECT y.contract_id FROM sbo_contract_milestone y WHERE y.kind = 'delivery' AND y.due_on < %s %s",
            before, self._sbo_sql_narrow(SQL("y.contract_id"), ids))
        return SQL(
            """LEFT JOIN (SELECT g.contract_id AS id, g.delivered FROM (%(goods)s) g) g ON g.id = k.id
               LEFT JOIN LATERAL (
                    SELECT MIN(p.due_on) AS day, %(names)s AS names
                      FROM (%(progress)s) p JOIN sbo_contract_milestone s ON s.id = p.id
                     WHERE NOT p.done AND p.due_on < %(before)s) n ON TRUE""",
            goods=check.env["sbo.contract.goods"]._sql_goods(scope), names=self._sql_names(SQL("s.name")),
            progress=check.env["sbo.contract.obligations"]._sql_progress(
                SQL("NULL"), SQL("g.delivered"), SQL("n.contract_id = k.id AND n.kind = 'delivery'")), before=before)

    def _sql_free(self) -> SQL:
        """What is not reserved of a move's product, where the move ``m`` takes it from."""
        return SQL(
            """SELECT COALESCE(SUM(q.quantity - q.reserved_quantity), 0) AS free
                 FROM stock_location src JOIN stock_location leaf ON leaf.parent_path LIKE src.parent_path || '%%'
                 JOIN stock_quant q ON q.location_id = leaf.id AND q.product_id = m.product_id
                WHERE src.id = m.location_id""")

    def _sql_delivered(self, ids) -> SQL:
        """What was delivered under each contract of each product it has a ceiling for, in the unit of the contract."""
        return SQL(
            """SELECT a.contract_id AS id, a.allowed, SUM(l.qty_delivered * u.factor / a.factor) AS delivered,
                      MIN(COALESCE(pp.default_code, pt.name->>'en_US')) AS product, %(orders)s AS orders
                 FROM (SELECT a.contract_id, a.product_id, SUM(a.quantity * au.factor) / MIN(au.factor) AS allowed,
                              MIN(au.factor) AS factor
                         FROM sbo_contract_line a JOIN uom_uom au ON au.id = a.uom_id
                        WHERE TRUE %(narrow)s GROUP BY 1, 2 HAVING BOOL_AND(a.quantity > 0)) a
                 JOIN sale_order_line l ON l.sbo_contract_id = a.contract_id AND l.product_id = a.product_id
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN uom_uom u ON u.id = l.product_uom_id
                 JOIN product_product pp ON pp.id = a.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                GROUP BY a.contract_id, a.product_id, a.allowed""",
            orders=self._sql_gathered(SQL("o.name")), narrow=self._sbo_sql_narrow(SQL("a.contract_id"), ids))

    def _sql_priced(self, check, ids, company) -> SQL:
        """Lines of goods of confirmed orders with the price of one and the least it may be, in the order's currency."""
        price = SQL("(CASE WHEN k.tax_included THEN l.price_total ELSE l.price_subtotal END) / l.product_uom_qty")
        rate = self.env["sbo.payment.received"]
        day = self._sql_local_day(check, SQL("o.date_order"))
        root = int(company.parent_path.split("/")[0])
        converted = SQL(
            "CASE WHEN o.currency_id = k.currency_id THEN 1 ELSE %s / %s END",
            rate._sql_rate(SQL("o.currency_id"), SQL("%s::integer", root), day),
            rate._sql_rate(SQL("k.currency_id"), SQL("%s::integer", root), day))
        return SQL(
            """SELECT l.sbo_contract_id AS id, o.name, cur.rounding AS cent,
                      COALESCE(pp.default_code, pt.name->>'en_US') AS product, v.price, v.least
                 FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
                 JOIN sbo_contract k ON k.id = l.sbo_contract_id
                 JOIN res_currency cur ON cur.id = o.currency_id
                 JOIN product_product pp ON pp.id = l.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                 JOIN uom_uom u ON u.id = l.product_uom_id
                 LEFT JOIN LATERAL (
                      SELECT MAX(a.price * u.factor / au.factor) * %(converted)s AS agreed
                        FROM sbo_contract_line a JOIN uom_uom au ON au.id = a.uom_id
                       WHERE a.contract_id = k.id AND a.product_id = l.product_id AND a.price > 0) a ON TRUE
                 JOIN LATERAL (
                      SELECT %(price)s AS price, a.agreed AS least
                       UNION ALL
                      SELECT l.price_subtotal / l.product_uom_qty, l.purchase_price / (1 - %(margin)s / 100.0)
                       WHERE %(margin)s < 100 AND l.purchase_price > 0) v ON v.least IS NOT NULL
                WHERE l.display_type IS NULL AND l.product_uom_qty > 0 %(narrow)s""",
            converted=converted, price=price, margin=company.sbo_floor_margin,
            narrow=self._sbo_sql_narrow(SQL("l.sbo_contract_id"), ids))
