from odoo import api, models
from odoo.tools import SQL


class SboInvoiceDue(models.AbstractModel):
    """When a delivery has to be invoiced, by the way it is settled (开票触发日, DOMAIN 3.2), and whether it was.

    Invoices and deliveries meet on the order line: a delivery is invoiced on the day from which on all that had been
    delivered up to it was on posted invoices.
    """

    _name = "sbo.invoice.due"
    _description = "Delivery: Invoice Due"

    def _sbo_query_invoice_late(self, check, ids=None) -> SQL:
        """Deliveries not invoiced X working days after the day that settlement sets, or only later (DOMAIN B4.2)."""
        as_of, zone = check._as_of(), check.env.tz.zone
        due = self.env["sbo.working.day"]._sql_due_days(
            SQL("%s::integer", check._calendar().id or None), SQL("t.trigger_at"), SQL("%s", int(check.parameter)))
        return SQL(
            """SELECT d.id AS res_id, '' AS key, NULL::integer AS user_id, d.due_at,
                      CASE WHEN d.invoiced_on <= %(today)s THEN LEAST(%(done)s, %(as_of)s) END AS done_at,
                      1.0 AS quantity,
                      jsonb_build_object('delivered', d.date_done, 'invoice_due', d.trigger_on,
                                         'invoiced', d.invoiced_on) AS evidence
                 FROM (SELECT t.*, %(due)s AS due_at FROM (%(deliveries)s) t OFFSET 0) d
                WHERE d.due_at < %(as_of)s
                  AND (d.invoiced_on IS NULL OR d.invoiced_on > %(today)s OR %(done)s > %(last)s)""",
            as_of=as_of, due=due, deliveries=self._sbo_sql_invoiced(check, ids),
            today=self.env["sbo.delivery.facts"]._sql_day(SQL("%s::timestamp", as_of), zone),
            done=SQL("((d.invoiced_on + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", zone),
            last=SQL("((%s + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')",
                     self.env["sbo.delivery.facts"]._sql_day(SQL("d.due_at"), zone), zone))

    @api.model
    def _sbo_sql_invoiced(self, check, ids) -> SQL:
        """Deliveries with the day the invoice falls due and the day the last of their lines was invoiced.

        OFFSET 0 keeps PostgreSQL from working out each day again wherever it is used.
        """
        as_of, since, zone = check._as_of(), check._since(), check.env.tz.zone
        facts = self.env["sbo.delivery.facts"]
        return SQL(
            """SELECT s.id, s.date_done, s.trigger_on,
                      s.trigger_on::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' AS trigger_at,
                      CASE WHEN l.missing = 0 THEN l.invoiced_on END AS invoiced_on
                 FROM (SELECT sp.id, sp.sale_id, sp.date_done, %(trigger)s AS trigger_on
                         FROM stock_picking sp
                         JOIN stock_picking_type pt ON pt.id = sp.picking_type_id AND pt.code = 'outgoing'
                         JOIN sale_order o ON o.id = sp.sale_id
                         LEFT JOIN account_payment_term apt ON apt.id = o.payment_term_id
                        CROSS JOIN LATERAL (SELECT %(shipped)s AS shipped_on) sd
                        WHERE sp.state = 'done' AND sp.company_id = %(company)s AND o.state = 'sale'
                          AND sp.date_done <= %(as_of)s %(since)s %(narrow)s OFFSET 0) s
                CROSS JOIN LATERAL (%(lines)s) l
                WHERE s.trigger_on IS NOT NULL AND l.lines > 0 OFFSET 0""",
            zone=zone, trigger=self._sbo_sql_trigger(), as_of=as_of, company=check.env.company.id,
            shipped=facts._sql_day(SQL("sp.date_done"), zone), lines=self._sbo_sql_line_invoices(as_of),
            since=SQL("AND sp.date_done >= %s - interval '400 days'", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("sp.id"), ids))

    @api.model
    def _sbo_sql_trigger(self) -> SQL:
        """The local day on which the invoice of delivery ``sp`` falls due, by its order's term ``apt``.

        Empty while it has not come: a delivery that is invoiced on signature and not signed.
        """
        return SQL(
            """CASE COALESCE(apt.sbo_invoice_trigger, 'shipping')
                    WHEN 'signed' THEN sp.sbo_signed_on
                    WHEN 'month_end' THEN (date_trunc('month', sd.shipped_on) + interval '1 month - 1 day')::date
                    WHEN 'payment_day' THEN (
                         SELECT MAX(CASE tl.delay_type
                                WHEN 'days_after' THEN sd.shipped_on + tl.nb_days
                                WHEN 'days_after_end_of_month' THEN
                                     m.month_end + tl.nb_days
                                WHEN 'days_after_end_of_next_month' THEN
                                     m.next_end + tl.nb_days
                                ELSE (date_trunc('month', sd.shipped_on + tl.nb_days)
                                      + interval '1 month - 1 day')::date
                                     + COALESCE(NULLIF(tl.days_next_month, ''), '0')::integer END)
                           FROM account_payment_term_line tl,
                                LATERAL (SELECT (f.first + interval '1 month - 1 day')::date AS month_end,
                                                (f.first + interval '2 months - 1 day')::date AS next_end
                                           FROM date_trunc('month', sd.shipped_on) f(first)) m
                          WHERE tl.payment_id = apt.id)
                    ELSE sd.shipped_on END""")

    @api.model
    def _sbo_sql_line_invoices(self, as_of) -> SQL:
        """Of delivery ``s``: how many of its lines must be invoiced, how many are not, and the last day of the rest.

        Per line, what was delivered up to this delivery is compared with what posted invoices had by each day. What
        came back since needs no invoice any more.
        """
        return SQL(
            """SELECT COUNT(*) AS lines, COUNT(*) FILTER (WHERE x.invoiced_on IS NULL) AS missing,
                      MAX(x.invoiced_on) AS invoiced_on
                 FROM (SELECT (SELECT MIN(iv.day) FROM (%(invoiced)s) iv
                                WHERE ROUND(iv.qty - LEAST(dv.qty, dv.kept), 4) >= 0) AS invoiced_on
                         FROM (SELECT DISTINCT sale_line_id FROM stock_move
                                WHERE picking_id = s.id AND state = 'done' AND sale_line_id IS NOT NULL) pl
                         JOIN sale_order_line sl ON sl.id = pl.sale_line_id AND sl.price_unit <> 0
                        CROSS JOIN LATERAL (
                              SELECT SUM(dm.qty) FILTER (WHERE dm.outgoing AND dm.done_at <= s.date_done) AS qty,
                                     SUM(CASE WHEN dm.outgoing THEN dm.qty ELSE -dm.qty END) AS kept
                                FROM (%(moves)s) dm) dv
                        WHERE dv.qty > 0 AND dv.kept > 0) x""",
            moves=self.env["sbo.delivery.facts"]._sql_moves(SQL("m.sale_line_id = sl.id"), as_of),
            invoiced=SQL(
                """SELECT am.invoice_date AS day,
                          SUM(CASE am.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                              * al.quantity::numeric * au.factor::numeric / tu.factor::numeric)
                              OVER (ORDER BY am.invoice_date, am.id, al.id) AS qty
                     FROM sale_order_line_invoice_rel r
                     JOIN account_move_line al ON al.id = r.invoice_line_id
                     JOIN account_move am ON am.id = al.move_id AND am.state = 'posted'
                     JOIN uom_uom au ON au.id = al.product_uom_id
                     JOIN product_product p ON p.id = sl.product_id
                     JOIN product_template t ON t.id = p.product_tmpl_id
                     JOIN uom_uom tu ON tu.id = t.uom_id
                    WHERE r.order_line_id = sl.id AND am.move_type IN ('out_invoice', 'out_refund')"""))
