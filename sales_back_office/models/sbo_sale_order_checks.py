from odoo import models
from odoo.tools import SQL


class SboSaleOrderChecks(models.AbstractModel):
    """What the orders area looks for in sales orders (DOMAIN 1.2 B): one query a check."""

    _name = "sbo.sale.order.checks"
    _description = "Checks on Sales Orders"
    _inherit = ["sbo.checked.mixin"]

    def _sbo_query_delivery_late(self, check, ids=None) -> SQL:
        """Orders whose last delivery left after the promised local day, or has not left although it is over.

        Promised is the order's delivery date, else the latest deadline of its deliveries (DOMAIN B2.3).
        """
        since = check._since()
        return SQL(
            """SELECT d.sale_id AS res_id, '' AS key, NULL::integer AS user_id, d.due_at,
                      CASE WHEN NOT d.is_open THEN d.done_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('promised', d.due_day,
                                         'delivered', CASE WHEN NOT d.is_open THEN d.done_day END,
                                         'days_late', d.done_day - d.due_day) AS evidence
                 FROM (SELECT p.sale_id, p.due_at, p.is_open, p.done_at,
                              (p.due_at AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS due_day,
                              (COALESCE(CASE WHEN NOT p.is_open THEN p.done_at END, %(as_of)s)
                               AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS done_day
                         FROM (SELECT sp.sale_id, COALESCE(so.commitment_date, MAX(sp.date_deadline)) AS due_at,
                                      BOOL_OR(sp.state <> 'done' OR sp.date_done > %(as_of)s) AS is_open,
                                      MAX(sp.date_done) AS done_at
                                 FROM stock_picking sp
                                 JOIN stock_picking_type pt ON pt.id = sp.picking_type_id AND pt.code = 'outgoing'
                                 JOIN sale_order so ON so.id = sp.sale_id
                                WHERE sp.state <> 'cancel' AND so.company_id = %(company)s %(since)s %(narrow)s
                                GROUP BY sp.sale_id, so.commitment_date) p) d
                WHERE d.done_day > d.due_day""",
            tz=check.env.tz.zone, as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND COALESCE(so.commitment_date, sp.date_deadline) >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("sp.sale_id"), ids),
        )

    def _sbo_query_below_pricelist(self, check, ids=None) -> SQL:
        """Lines of confirmed orders that are, after discount, more than X percent below their pricelist price.

        Tolerance: the rounding of the order's currency.
        """
        since = check._since()
        return SQL(
            """SELECT o.id AS res_id, l.id::text AS key, NULL::integer AS user_id, o.date_order AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('product', split_part(l.name, E'\\n', 1), 'price', ROUND(l.net::numeric, 4),
                                         'list_price', l.sbo_pricelist_price,
                                         'difference', ROUND((l.net - l.sbo_pricelist_price)::numeric, 4)) AS evidence
                 FROM (SELECT id, order_id, name, sbo_pricelist_price,
                              price_unit * (1 - COALESCE(discount, 0) / 100.0) AS net
                         FROM sale_order_line
                        WHERE sbo_pricelist_price > 0 AND display_type IS NULL) l
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN res_currency cur ON cur.id = o.currency_id
                WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order <= %(as_of)s %(since)s
                  AND l.net < l.sbo_pricelist_price * (1 - %(percent)s / 100.0) - cur.rounding / 2 %(narrow)s""",
            company=check.env.company.id, as_of=check._as_of(), percent=check.parameter,
            since=SQL("AND o.date_order >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("o.id"), ids),
        )
