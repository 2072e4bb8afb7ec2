from odoo import api, models
from odoo.tools import SQL

COLUMNS = ("ordered", "delivered", "not_invoiced")


class SboContractGoods(models.AbstractModel):
    """What was ordered and delivered under contracts, and what of it is on no invoice yet, as one query.

    - ordered: lines of confirmed orders, in the order's currency at its day;
    - delivered: what Odoo counts as delivered of a line (done moves less returns, services as entered), at the net
      price of the line, whatever has become of the order; a service that is invoiced as ordered and of which nobody
      has entered anything (a discount, freight) goes with the goods of its order, in proportion;
    - not invoiced: what is delivered of a line and on no posted invoice, by quantity, at the same price.
    With or without taxes, as the amount of the contract is. Down payments are no goods.
    """

    _name = "sbo.contract.goods"
    _description = "Goods under Contracts"
    _inherit = ["sbo.delivery.facts", "sbo.contract.scope"]

    @api.model
    def _sql_goods(self, scope=None) -> SQL:
        """A query of (contract_id, ordered, delivered, not_invoiced), each also in company currency (…_company)."""
        sums = [
            SQL("SUM(x.%(name)s * x.rate) AS %(name)s, SUM(x.%(name)s * x.company_rate) AS %(company)s",
                name=SQL.identifier(name), company=SQL.identifier(f"{name}_company"))
            for name in COLUMNS]
        return SQL("SELECT x.contract_id, %s FROM (%s) x GROUP BY x.contract_id",
                   SQL(", ").join(sums), self._sql_lines(scope))

    @api.model
    def _sql_lines(self, scope=None) -> SQL:
        """One row for each order line under a contract: quantities, money in the order's currency, exchange rates."""
        zone, companies = self._sql_zone(SQL("c.company_id"))
        day = self._sql_day(SQL("o.date_order"), zone)
        within = self._sql_within(SQL("s.sbo_contract_id"), scope)
        moved, delivered = self._sql_moved(within)
        return SQL(
            """SELECT x.contract_id, x.line_id, x.order_id, x.ordered_qty, x.ordered, x.rate, x.company_rate, x.goods,
                      q.qty AS delivered_qty, q.qty * x.unit AS delivered,
                      GREATEST(q.qty - x.invoiced_qty, 0) * x.unit AS not_invoiced
                 FROM (
               SELECT s.sbo_contract_id AS contract_id, s.id AS line_id, s.order_id, s.product_uom_qty AS whole_qty,
                      CASE WHEN %(confirmed)s THEN s.product_uom_qty ELSE 0 END AS ordered_qty,
                      d.qty AS entered_qty, COALESCE(i.qty, 0) AS invoiced_qty, p.unit, e.rate, e.company_rate,
                      CASE WHEN %(confirmed)s THEN p.total ELSE 0 END AS ordered, t.type = 'consu' AS goods,
                      t.type <> 'consu' AND t.invoice_policy = 'order' AND d.qty = 0 AS along,
                      SUM(d.qty * p.unit) FILTER (WHERE t.type = 'consu') OVER one
                      / NULLIF(SUM(p.total) FILTER (WHERE t.type = 'consu') OVER one, 0) AS share
                 FROM sale_order_line s
                 JOIN sale_order o ON o.id = s.order_id
                 JOIN sbo_contract c ON c.id = s.sbo_contract_id
                 JOIN product_product v ON v.id = s.product_id
                 JOIN product_template t ON t.id = v.product_tmpl_id
                 %(companies)s
                 LEFT JOIN (%(invoiced)s) i ON i.line_id = s.id
                 %(moved)s
                 JOIN LATERAL (SELECT %(delivered)s AS qty) d ON TRUE
                 JOIN LATERAL (%(price)s) p ON TRUE
                 -- OFFSET: found once a row, not once a sum
                 JOIN LATERAL (SELECT %(rate)s AS rate, %(company_rate)s AS company_rate OFFSET 0) e ON TRUE
                WHERE s.display_type IS NULL AND s.is_downpayment IS NOT TRUE AND %(within)s
               WINDOW one AS (PARTITION BY s.order_id, s.sbo_contract_id)) x
                 JOIN LATERAL (SELECT CASE WHEN x.along THEN x.whole_qty * GREATEST(0, LEAST(1, COALESCE(x.share, 0)))
                                           ELSE x.entered_qty END AS qty) q ON TRUE""",
            confirmed=SQL("o.state = 'sale' %s", self._sql_until(day)), companies=companies, moved=moved,
            delivered=delivered, invoiced=self._sql_invoiced_qty(within), price=self._sql_price(), within=within,
            rate=self._sql_exchange(SQL("o.currency_id"), SQL("c.currency_id"), self._sql_root("co"), day),
            company_rate=self._sql_exchange(SQL("o.currency_id"), SQL("co.currency_id"), self._sql_root("co"), day))

    @api.model
    def _sql_still_open(self, scope=None) -> SQL:
        """Lines of goods that are still to leave: contract_id, order_id, value (in the contract's currency).

        What came back and was taken off the order is not sent again. Services are met by whoever notes their
        obligation; they hold up no delivery.
        """
        return SQL(
            """SELECT x.contract_id, x.order_id,
                      (x.ordered_qty - x.delivered_qty - b.qty) * x.ordered * x.rate / x.ordered_qty AS value
                 FROM (%(lines)s) x
                 JOIN LATERAL (
                      SELECT COALESCE(SUM(m.quantity * mu.factor / su.factor), 0) AS qty
                        FROM stock_move m JOIN uom_uom mu ON mu.id = m.product_uom
                        JOIN stock_location src ON src.id = m.location_id
                        JOIN sale_order_line s ON s.id = m.sale_line_id JOIN uom_uom su ON su.id = s.product_uom_id
                       WHERE m.sale_line_id = x.line_id AND m.product_id = s.product_id AND m.state = 'done'
                         AND m.to_refund AND %(back)s %(until)s) b ON TRUE
                WHERE x.goods AND x.ordered_qty - x.delivered_qty > 0.00001
                  AND x.ordered_qty - x.delivered_qty - b.qty > 0.00001""",
            lines=self._sql_lines(scope), back=self._sql_outside(SQL.identifier("src")),
            until=self._sql_until(SQL("m.date::date")))

    @api.model
    def _order_ids(self, contract_ids, what):
        """Ids of the orders under contracts of which something is ``open`` (still to leave) or ``not_invoiced``; the
        caller has flushed."""
        lines = self._sql_still_open(contract_ids) if what == "open" else SQL(
            "SELECT y.* FROM (%s) y WHERE y.not_invoiced <> 0", self._sql_lines(contract_ids))
        return [row[0] for row in self.env.execute_query(SQL(
            "SELECT DISTINCT x.order_id FROM (%s) x ORDER BY 1", lines))]

    @api.model
    def _sql_price(self) -> SQL:
        """Total and net price of one of line s, with taxes where the contract c is with taxes."""
        total = SQL("CASE WHEN c.tax_included THEN s.price_total ELSE s.price_subtotal END")
        return SQL(
            """SELECT %(total)s AS total, CASE WHEN s.product_uom_qty <> 0 THEN %(total)s / s.product_uom_qty
                      ELSE s.price_unit * (1 - COALESCE(s.discount, 0) / 100) * (%(taxed)s) END AS unit""",
            total=total, taxed=self._sql_taxed())

    @api.model
    def _sql_taxed(self) -> SQL:
        """What a price of line s is, with or without taxes as contract c is, by its taxes in percent.

        Only for lines of which nothing was ordered: goods that were added to a delivery. The others say it by their
        sums.
        """
        included = SQL("COALESCE(t.price_include_override, co.account_price_include) = 'tax_included'")
        return SQL(
            """SELECT (CASE WHEN c.tax_included THEN 1 + COALESCE(SUM(t.amount), 0) / 100 ELSE 1 END)
                      / (1 + COALESCE(SUM(t.amount) FILTER (WHERE %s), 0) / 100)
                 FROM account_tax_sale_order_line_rel r JOIN account_tax t ON t.id = r.account_tax_id
                WHERE r.sale_order_line_id = s.id AND t.amount_type = 'percent'""", included)

    @api.model
    def _sql_moved(self, within):
        """(joins, delivered quantity of line s): Odoo's own, or what had moved by a day in the past."""
        if not self._is_past():
            return SQL(), SQL("COALESCE(s.qty_delivered, 0)")
        moves = self._sql_moves(SQL(
            """m.sale_line_id IN (SELECT s.id FROM sale_order_line s WHERE %s)""", within), self._moment())
        joins = SQL(
            """JOIN uom_uom pu ON pu.id = t.uom_id
               JOIN uom_uom su ON su.id = s.product_uom_id
               LEFT JOIN (SELECT n.sale_line_id, SUM(CASE WHEN n.outgoing THEN n.qty ELSE -n.qty END) AS qty
                            FROM (%s) n GROUP BY n.sale_line_id) k ON k.sale_line_id = s.id""", moves)
        return joins, SQL(
            """CASE WHEN t.type = 'consu' THEN COALESCE(k.qty * pu.factor::numeric / su.factor::numeric, 0)
                    ELSE COALESCE(s.qty_delivered, 0) END""")

    @api.model
    def _sql_invoiced_qty(self, within) -> SQL:
        """How much of each line is on posted invoices, less credit notes, in the unit of the line."""
        return SQL(
            """SELECT s.id AS line_id, SUM(
                      l.quantity * COALESCE(lu.factor::numeric / su.factor::numeric, 1) / n.lines
                      * CASE WHEN l.move_type = 'out_refund' THEN -1 ELSE 1 END) AS qty
                 FROM sale_order_line s
                 JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                 JOIN LATERAL (SELECT l.*, v.move_type, COALESCE(v.invoice_date, v.date) AS day
                                 FROM account_move_line l JOIN account_move v ON v.id = l.move_id
                                WHERE l.id = r.invoice_line_id AND l.parent_state = 'posted'
                                  AND l.display_type = 'product'
                                  AND v.move_type IN ('out_invoice', 'out_refund', 'out_receipt')) l ON TRUE
                 JOIN LATERAL (SELECT COUNT(*) AS lines FROM sale_order_line_invoice_rel x
                                WHERE x.invoice_line_id = l.id) n ON TRUE
                 LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
                 LEFT JOIN uom_uom su ON su.id = s.product_uom_id
                WHERE %s %s GROUP BY s.id""", within, self._sql_until(SQL("l.day")))
