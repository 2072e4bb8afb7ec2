from odoo import models
from odoo.tools import SQL


class SboPaymentPromise(models.AbstractModel):
    """Whether the customer paid what was promised when goods left by a special release."""

    _name = "sbo.payment.promise"
    _description = "Promise behind a Special Release"

    def _sbo_query_promise_broken(self, check, ids=None) -> SQL:
        """Used releases whose promised day is over while what was needed then has not come; it is due at the end of the
        promised day, and ends when the money is there or the goods have come back.
        """
        money = self.env["sbo.payment.money"]
        money._flush_money()
        zone, as_of = check.env.company._sbo_tz(), check._as_of()
        late = SQL(
            """e.state = 'used' AND e.company_id = %(company)s
               AND (e.promised_on + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' <= %(as_of)s %(narrow)s""",
            company=check.env.company.id, zone=zone, as_of=as_of,
            narrow=self.env["sbo.checked.mixin"]._sbo_sql_narrow(SQL("e.id"), ids))
        orders = SQL("SELECT e.order_id FROM sbo_payment_release e WHERE %s", late)
        return SQL(
            """SELECT e.id AS res_id, '' AS key, NULL::integer AS user_id,
                      (e.promised_on + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('promised', e.promised_on, 'needed_amount', %(needed)s,
                                         'received_amount', %(got)s) AS evidence
                 FROM sbo_payment_release e JOIN sale_order o ON o.id = e.order_id
                 JOIN (%(received)s) r ON r.order_id = e.order_id
                 JOIN (%(shipped)s) s ON s.order_id = e.order_id
                WHERE %(late)s AND LEAST(e.needed, GREATEST(s.total, s.shipped)) - r.received > s.tolerance
                  AND s.shipped > 0""",
            zone=zone, late=late, needed=money._sql_text(SQL("e.needed")), got=money._sql_text(SQL("r.received")),
            received=self.env["sbo.payment.received"]._sql_received(orders),
            shipped=money._sql_shipped(orders))
