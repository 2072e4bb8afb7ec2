import json

from odoo import api, models
from odoo.tools import SQL

from .sbo_payment_policy import MONEY


class SboPaymentMoney(models.AbstractModel):
    """What has been shipped, needed and received of many orders, as one query: tools/payment_gate.py in SQL."""

    _name = "sbo.payment.money"
    _description = "Money against Goods"

    @api.model
    def _sql_money(self, orders) -> SQL:
        """A query of (order_id, shipped, needed, received, tolerance) in the currency of each order.

        ``needed`` is what must have been received for what has been shipped so far.

        :param orders: SQL of a query of ids of orders with a policy that asks for money; the caller has flushed
        """
        return SQL(
            """SELECT g.order_id, g.shipped, r.received, g.tolerance,
                      %(needed)s AS needed
                 FROM (SELECT s.*, CASE WHEN s.complete OR s.whole THEN GREATEST(s.total, s.shipped)
                                        ELSE s.shipped END AS goods
                         FROM (%(shipped)s) s WHERE s.shipped <> 0) g
                 JOIN (%(received)s) r ON r.order_id = g.order_id""",
            shipped=self._sql_shipped(orders), received=self.env["sbo.payment.received"]._sql_received(orders),
            needed=self._sql_rounded(SQL(
                """GREATEST(CASE g.policy WHEN 'prepaid' THEN g.goods
                                 WHEN 'deposit' THEN GREATEST(g.goods, g.total * g.share)
                                 WHEN 'deposit_credit' THEN g.goods * g.share ELSE 0 END, 0)"""), SQL("g.cent")))

    @api.model
    def _sql_rounded(self, amount, cent) -> SQL:
        """An amount in whole cents, as ``rounded`` of the tool."""
        return SQL("ROUND(%(amount)s / %(cent)s) * %(cent)s", amount=amount, cent=cent)

    @api.model
    def _sql_shipped(self, orders) -> SQL:
        """OFFSET 0: first which orders, then their lines and moves; PostgreSQL would work them out for all orders."""
        return SQL(
            """SELECT o.id AS order_id, o.sbo_gate_policy AS policy, COALESCE(o.sbo_gate_percent, 0) / 100 AS share,
                      o.amount_total AS total, cur.rounding AS cent, c.sbo_gate_partial = 'whole' AS whole,
                      COALESCE(c.sbo_gate_tolerance, 0) * COALESCE(NULLIF(o.currency_rate, 0), 1) AS tolerance,
                      COALESCE(x.value, 0) + COALESCE(l.value, 0) AS shipped, COALESCE(l.complete, TRUE) AS complete
                 FROM (SELECT so.id, so.company_id, so.currency_id, so.currency_rate, so.amount_total,
                              so.sbo_gate_policy, so.sbo_gate_percent
                         FROM sale_order so WHERE so.id IN (%(orders)s) OFFSET 0) o
                 JOIN res_company c ON c.id = o.company_id
                 JOIN res_currency cur ON cur.id = o.currency_id
                 LEFT JOIN LATERAL (
                      SELECT SUM(q.value) AS value, BOOL_AND(q.delivered >= q.product_uom_qty - 0.000001) AS complete
                        FROM (%(lines)s) q) l ON TRUE
                 LEFT JOIN LATERAL (%(extra)s) x ON TRUE""",
            orders=orders, lines=self._sql_shipped_lines(), extra=self.env["sbo.payment.goods"]._sql_extra())

    @api.model
    def _sql_shipped_lines(self) -> SQL:
        """What has been delivered of each line of goods of order ``o``, and its value."""
        goods = self.env["sbo.payment.goods"]
        return SQL(
            """SELECT g.product_uom_qty, g.delivered,
                      CASE WHEN g.product_uom_qty = 0 THEN g.delivered * g.unit
                           WHEN g.delivered <= g.product_uom_qty
                           THEN g.price_total * g.delivered / g.product_uom_qty
                           ELSE g.price_total + (g.delivered - g.product_uom_qty)
                                * GREATEST(g.price_total / g.product_uom_qty, g.unit) END AS value
                 FROM (SELECT l.product_uom_qty, l.price_total, %(delivered)s AS delivered, %(unit)s AS unit
                         FROM sale_order_line l %(goods)s LEFT JOIN LATERAL (%(left)s) k ON TRUE
                        WHERE l.order_id = o.id AND l.display_type IS NULL) g""",
            delivered=goods._sql_delivered(), unit=goods._sql_unit(), goods=goods._sql_goods(), left=goods._sql_left())

    @api.model
    def _sql_paid_stage(self, only=None) -> SQL:
        """For the execution list: how far the money is that the rest of order ``o`` waits for, asked once for all rows.

        What the customer owes on credit is judged when goods leave, not here.

        :param only: ids of the orders that are read, where that is known: they are asked beforehand, and only those
            that wait, because planning the question within the list takes longer than answering it
        """
        if only is None:
            stages = SQL("(SELECT jsonb_object_agg(g.order_id, g.stage) FROM (%s) g)",
                         self._sql_waiting_stages(self._sql_waiting(SQL())))
        else:
            self._flush_money()
            waiting = [row[0] for row in self.env.execute_query(
                self._sql_waiting(SQL("AND w.id = ANY(%s)", list(only))))]
            rows = self.env.execute_query(
                self._sql_waiting_stages(SQL("SELECT unnest(%s)", waiting))) if waiting else ()
            stages = SQL("%s::jsonb", json.dumps(dict(rows)))
        return SQL(
            """CASE WHEN o.delivery_status IN ('pending', 'started', 'partial') AND o.sbo_gate_policy = ANY(%(money)s)
                    THEN COALESCE(%(stages)s ->> o.id::text, 'todo')
                    WHEN o.sbo_gate_policy = ANY(%(money)s) THEN 'done' ELSE 'none' END""",
            money=list(MONEY), stages=stages)

    @api.model
    def _sql_waiting(self, narrow) -> SQL:
        """Ids of the orders ``w`` whose rest waits for money."""
        return SQL(
            """SELECT w.id FROM sale_order w WHERE w.state = 'sale' AND w.sbo_gate_policy = ANY(%s)
                  AND w.delivery_status IN ('pending', 'started', 'partial') %s""", list(MONEY), narrow)

    @api.model
    def _sql_waiting_stages(self, orders) -> SQL:
        """(order_id, stage) of orders whose rest waits for money; no stage: nothing has come."""
        return SQL(
            """SELECT r.order_id, CASE WHEN r.rest - r.received <= r.tolerance THEN 'done'
                          WHEN r.received > 0 OR EXISTS (SELECT FROM sbo_payment_release e
                               WHERE e.order_id = r.order_id AND e.state = 'given') THEN 'part' END AS stage
                 FROM (%s) r""", self._sql_rest(orders))

    @api.model
    def _sql_rest(self, orders) -> SQL:
        """A query of (order_id, rest, received, tolerance): what must have been received when everything has left."""
        return SQL(
            """SELECT s.order_id, r.received, s.tolerance, %(rest)s AS rest
                 FROM (%(shipped)s) s JOIN (%(received)s) r ON r.order_id = s.order_id""",
            shipped=self._sql_shipped(orders), received=self.env["sbo.payment.received"]._sql_received(orders),
            rest=self._sql_rounded(SQL(
                "GREATEST(s.total, s.shipped) * CASE WHEN s.policy = 'deposit_credit' THEN s.share ELSE 1 END"),
                SQL("s.cent")))

    @api.model
    def _sql_text(self, amount) -> SQL:
        """An amount of order ``o`` as it stands in evidence."""
        return SQL(
            """TO_CHAR(%s, 'FM999,999,999,999,990.00') || ' '
               || (SELECT c.name FROM res_currency c WHERE c.id = o.currency_id)""", amount)

    @api.model
    def _flush_money(self):
        """Flush everything these queries read."""
        self.env.flush_all()

    @api.model
    def _sql_money_orders(self, company, condition) -> SQL:
        """Ids of the company's confirmed orders whose policy asks for money."""
        return SQL(
            """SELECT o.id FROM sale_order o
                WHERE o.company_id = %s AND o.state = 'sale' AND o.sbo_gate_policy = ANY(%s) AND %s""",
            company.id, list(MONEY), condition)
