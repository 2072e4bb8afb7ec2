from odoo import models
from odoo.tools import SQL


class SboPaymentChecks(models.AbstractModel):
    """What finance and the back office look for in what has been shipped (DOMAIN 1.2 B4, 3.2)."""

    _name = "sbo.payment.checks"
    _description = "Checks on Payment before Delivery"

    def _sbo_query_shipped_before_payment(self, check, ids=None) -> SQL:
        """Orders of which more has left than is paid for, without a special release that covers it: money was taken
        back, goods left before there was a policy, or the policy was changed. Looks X days back.
        """
        money = self.env["sbo.payment.money"]
        money._flush_money()
        recent = SQL(
            """EXISTS (SELECT FROM stock_picking sp WHERE sp.sale_id = o.id AND sp.state = 'done'
                          AND sp.date_done > %s::timestamp - %s * interval '1 day') %s""",
            check._as_of(), check.parameter or 365, self._sbo_sql_narrow(SQL("o.id"), ids))
        return SQL(
            """SELECT m.order_id AS res_id, '' AS key, NULL::integer AS user_id, d.left_at AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('shipped_value', %(shipped)s, 'needed_amount', %(needed)s,
                                         'received_amount', %(received)s) AS evidence
                 FROM (%(money)s) m JOIN sale_order o ON o.id = m.order_id
                 JOIN LATERAL (SELECT MAX(sp.date_done) AS left_at FROM stock_picking sp
                                WHERE sp.sale_id = m.order_id AND sp.state = 'done') d ON d.left_at <= %(as_of)s
                WHERE m.needed - m.received > m.tolerance
                  AND NOT EXISTS (SELECT FROM sbo_payment_release e WHERE e.order_id = m.order_id AND e.state = 'used'
                                     AND e.amount >= m.needed - m.received)""",
            shipped=money._sql_text(SQL("m.shipped")), needed=money._sql_text(SQL("m.needed")),
            received=money._sql_text(SQL("m.received")),
            money=money._sql_money(money._sql_money_orders(check.env.company, recent)), as_of=check._as_of())
