from odoo import api, models
from odoo.tools import SQL


class SboPaymentPromise(models.AbstractModel):
    """Whether the customer paid what was promised when goods left by a special release."""

    _name = "sbo.payment.promise"
    _description = "Promise behind a Special Release"

    def _sbo_query_promise_broken(self, check, ids=None) -> SQL:
        """Used releases whose promised day is over while the money has not come: what was needed for the order, or what
        the customer owed beyond the credit. It is due at the end of the promised day, and ends when the money is
        there, the goods have come back or the credit is in order.
        """
        self.env["sbo.payment.money"]._flush_money()
        due = SQL("(e.promised_on + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", check.env.company._sbo_tz())
        late = SQL(
            "e.state = 'used' AND e.company_id = %s AND %s <= %s %s", check.env.company.id, due, check._as_of(),
            self.env["sbo.checked.mixin"]._sbo_sql_narrow(SQL("e.id"), ids))
        return SQL("%s UNION ALL %s", self._sql_money_promised(late, due),
                   self._sql_credit_promised(late, due, check.env.company))

    @api.model
    def _sql_money_promised(self, late, due) -> SQL:
        """Late releases e of orders that still lack what was needed for them."""
        money = self.env["sbo.payment.money"]
        orders = SQL("SELECT e.order_id FROM sbo_payment_release e WHERE %s", late)
        return SQL(
            """SELECT e.id AS res_id, '' AS key, NULL::integer AS user_id, %(due)s AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('promised', e.promised_on, 'needed_amount', %(needed)s,
                                         'received_amount', %(got)s) AS evidence
                 FROM sbo_payment_release e JOIN sale_order o ON o.id = e.order_id
                 JOIN (%(received)s) r ON r.order_id = e.order_id
                 JOIN (%(shipped)s) s ON s.order_id = e.order_id
                WHERE %(late)s AND LEAST(e.needed, GREATEST(s.total, s.shipped)) - r.received > s.tolerance
                  AND s.shipped > 0""",
            due=due, late=late, needed=money._sql_text(SQL("e.needed")), got=money._sql_text(SQL("r.received")),
            received=self.env["sbo.payment.received"]._sql_received(orders), shipped=money._sql_shipped(orders))

    @api.model
    def _sql_credit_promised(self, late, due, company) -> SQL:
        """Late releases e of goods that left beyond the credit d of the customer, who has paid less than that since
        and still owes too much: debts made after a promise that was kept are not that promise's.
        """
        money, credit = self.env["sbo.payment.money"], self.env["sbo.payment.credit"].sudo()
        beyond = SQL("%s AND e.owed > 0", late)
        orders = SQL("SELECT e.order_id FROM sbo_payment_release e WHERE %s", beyond)
        debtors = SQL(
            """IN (SELECT p.commercial_partner_id FROM sale_order o JOIN res_partner p ON p.id = o.partner_invoice_id
                    WHERE o.id IN (%s))""", orders)
        return SQL(
            """SELECT e.id AS res_id, 'credit' AS key, NULL::integer AS user_id, %(due)s AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('promised', e.promised_on, 'needed_amount', %(needed)s,
                                         'received_amount', %(got)s) AS evidence
                 FROM sbo_payment_release e JOIN sale_order o ON o.id = e.order_id
                 JOIN res_partner p ON p.id = o.partner_invoice_id
                 JOIN (%(credit)s) d ON d.id = p.commercial_partner_id
                 JOIN (%(shipped)s) s ON s.order_id = e.order_id AND s.shipped > 0
                CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate) c
                CROSS JOIN LATERAL (%(paid)s) m
                WHERE %(beyond)s AND e.owed - COALESCE(m.amount, 0) * c.rate > s.tolerance
                  AND c.rate * GREATEST(d.overdue, CASE WHEN o.sbo_gate_policy = 'credit' OR d."limit" <> 0
                                                        THEN d.owed - d."limit" ELSE 0 END) > s.tolerance""",
            due=due, beyond=beyond, needed=money._sql_text(SQL("e.owed")),
            got=money._sql_text(SQL("COALESCE(m.amount, 0) * c.rate")), credit=credit._sql_credit(debtors, company),
            shipped=money._sql_shipped(orders),
            paid=credit._sql_paid_since(SQL("p.commercial_partner_id"), company, SQL("e.used_at")))
