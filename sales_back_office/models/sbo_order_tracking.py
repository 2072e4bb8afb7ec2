from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from .sbo_order_execution import STEPS


class SboOrderTracking(models.AbstractModel):
    """An order that is followed until its goods have left: progress entries, issues, and what is missing."""

    _name = "sbo.order.tracking"
    _description = "Order: Tracking"

    sbo_progress_ids = fields.One2many("sbo.order.progress", "order_id", "Progress", copy=False)
    sbo_issue_ids = fields.One2many("sbo.order.issue", "order_id", "Issues", copy=False)
    sbo_issue_count = fields.Integer("Open Issues", compute="_compute_sbo_issue_count")

    sbo_signed_state = fields.Selection(
        STEPS, "Signed Notes", compute="_compute_sbo_signed_state",
        help="Whether the delivery notes have come back signed.")

    sbo_invoices_open = fields.Boolean(
        "Invoices Open", compute="_compute_sbo_invoices_open", store=True, precompute=True, copy=False,
        help="An invoice of the order is a draft or not paid in full. Kept on the order, so that the list of open "
        "orders need not look at the invoices of all.")

    # The few open orders among all that there have ever been.
    _sbo_to_ship_idx = models.Index(
        "(id) WHERE state = 'sale' AND delivery_status IN ('pending', 'started', 'partial')")
    _sbo_to_invoice_idx = models.Index("(id) WHERE state = 'sale' AND invoice_status = 'to invoice'")
    _sbo_invoices_open_idx = models.Index("(id) WHERE sbo_invoices_open")

    @api.depends("sbo_issue_ids.state")
    def _compute_sbo_issue_count(self):
        counts = dict(self.env["sbo.order.issue"].sudo()._read_group(  # a number, whoever may see the issues
            [("order_id", "in", self.ids), ("state", "in", ("open", "replied"))], ["order_id"], ["__count"]))
        for order in self:
            order.sbo_issue_count = counts.get(order._origin, 0)

    def _compute_sbo_signed_state(self):
        # Superuser: a state of the order itself, for whoever may read the order.
        rows = self.env["sbo.order.execution"].sudo().search_fetch([("id", "in", self.ids)], ["signed"])
        states = {row.id: row.signed for row in rows}
        for order in self:
            state = states.get(order._origin.id)
            order.sbo_signed_state = state if state != "none" else False

    @api.depends(
        "order_line.invoice_lines.move_id.move_type", "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.payment_state", "order_line.invoice_lines.move_id.amount_residual")
    def _compute_sbo_invoices_open(self):
        for order in self:
            order.sbo_invoices_open = any(
                move.move_type == "out_invoice" and move.state != "cancel" and move.amount_residual > 0
                and (move.state == "draft" or move.payment_state in ("not_paid", "partial", "in_payment"))
                for move in order.order_line.invoice_lines.move_id)

    def _auto_init(self):
        # One statement for all orders that there are, instead of reading their invoices one after the other.
        new = self._auto and not column_exists(self.env.cr, self._table, "sbo_invoices_open")
        if new:
            create_column(self.env.cr, self._table, "sbo_invoices_open", "boolean")
            self.env.cr.execute(SQL(
                """UPDATE sale_order SET sbo_invoices_open = TRUE WHERE id IN (
                     SELECT sl.order_id
                       FROM account_move am
                       JOIN account_move_line al ON al.move_id = am.id
                       JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = al.id
                       JOIN sale_order_line sl ON sl.id = r.order_line_id
                      WHERE am.move_type = 'out_invoice' AND am.state <> 'cancel' AND am.amount_residual > 0
                        AND (am.state = 'draft' OR am.payment_state IN ('not_paid', 'partial', 'in_payment')))"""))
        return super()._auto_init()

    def action_sbo_issues(self):
        """The issues of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_order_issue_action")
        action["domain"] = [("order_id", "in", self.ids)]
        action["context"] = {"default_order_id": self.id} if len(self) == 1 else {}
        return action

    def action_sbo_progress(self):
        """Dialog: one progress entry for all these orders."""
        return {"type": "ir.actions.act_window", "name": self.env._("Note Progress"),
                "res_model": "sbo.order.progress.entry", "views": [[False, "form"]], "target": "new",
                "context": {"default_order_ids": self.ids}}

    def _sbo_query_progress_missing(self, check, ids=None) -> SQL:
        """Open orders that nobody wrote a progress entry for in X working days; a case per gap and month (B2.2).

        A gap runs from the confirmation or an entry to the next one, to the last delivery, or to now; every X
        working days in it an entry was missing. What falls into one month is one case with that many misses.
        """
        as_of, facts = check._as_of(), self.env["sbo.delivery.facts"]
        return SQL(
            """SELECT g.order_id AS res_id,
                      to_char(g.start_at, 'YYYYMMDDHH24MISS') || to_char(d.date, '/YYYY-MM') AS key,
                      NULL::integer AS user_id, MIN(d.closes_at) AS due_at, MAX(g.end_at) AS done_at,
                      COUNT(*) * 1.0 AS quantity,
                      jsonb_build_object('last_entry', MAX(g.start_at), 'missing_entries', COUNT(*)) AS evidence
                 FROM (%(gaps)s) g
                CROSS JOIN LATERAL (%(misses)s) d
                GROUP BY g.order_id, g.start_at, to_char(d.date, '/YYYY-MM')""",
            gaps=self._sbo_sql_gaps(check, ids, as_of),
            misses=self._sbo_sql_misses(check, as_of, max(1, int(check.parameter)), facts),
        )

    @api.model
    def _sbo_sql_gaps(self, check, ids, as_of) -> SQL:
        """Stretches without an entry: order_id, start_at, end_at (empty while it goes on)."""
        since = check._since()
        return SQL(
            """SELECT e.order_id, e.start_at, COALESCE(LEAD(e.start_at) OVER gap, e.finished_at) AS end_at
                 FROM (SELECT o.id AS order_id, o.date_order AS start_at, f.finished_at FROM (%(orders)s) o
                        CROSS JOIN LATERAL (%(finished)s) f
                        WHERE f.pickings > 0 %(since)s
                        UNION ALL
                       SELECT p.order_id, p.date, f.finished_at FROM (%(orders)s) o
                         JOIN sbo_order_progress p ON p.order_id = o.id AND p.date <= %(as_of)s
                        CROSS JOIN LATERAL (%(finished)s) f
                        WHERE f.pickings > 0 AND p.date > o.date_order AND (p.date <= f.finished_at) IS NOT FALSE
                              %(since)s) e
               WINDOW gap AS (PARTITION BY e.order_id ORDER BY e.start_at)""",
            orders=SQL("SELECT o.id, o.date_order FROM sale_order o WHERE o.state = 'sale' AND o.company_id = %s "
                       "AND o.date_order <= %s %s", check.env.company.id, as_of,
                       self._sbo_sql_narrow(SQL("o.id"), ids)),
            finished=SQL(
                """SELECT COUNT(*) AS pickings,
                          CASE WHEN NOT BOOL_OR(sp.state <> 'done' OR sp.date_done > %(as_of)s)
                               THEN MAX(sp.date_done) END AS finished_at
                     FROM stock_picking sp
                     JOIN stock_picking_type pt ON pt.id = sp.picking_type_id AND pt.code = 'outgoing'
                    WHERE sp.sale_id = o.id AND sp.state <> 'cancel'""", as_of=as_of),
            as_of=as_of,
            # Orders that had left before the checks began cannot have a gap since.
            since=SQL("AND (f.finished_at >= %s) IS NOT FALSE", since) if since else SQL(),
        )

    @api.model
    def _sbo_sql_misses(self, check, as_of, every, facts) -> SQL:
        """The closing moments of every Xth working day of gap ``g``: date, closes_at."""
        end = SQL("COALESCE(g.end_at, %s::timestamp)", as_of)
        zone, calendar = check.env.tz.zone, check._calendar().id
        # What was to be noted before the check looks is not missed: the first X working days begin with it.
        start_day = SQL("GREATEST(%s, %s::date)", facts._sql_day(SQL("g.start_at"), zone), check._since_day())
        if not calendar:  # round the clock: every day is a working day
            return SQL(
                """SELECT n.date::date AS date, (n.date::date + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
                          AS closes_at
                     FROM generate_series(%(start)s + %(every)s, %(end)s::date + 1,
                                          %(every)s * interval '1 day') n(date)
                    WHERE (n.date::date + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' < %(end)s""",
                zone=zone, start=start_day, every=every, end=end)
        return SQL(
            """SELECT wd.date, wd.end_at AS closes_at
                 FROM (SELECT COALESCE((SELECT wd.day_no FROM sbo_working_day wd
                                         WHERE wd.calendar_id = %(calendar)s AND wd.date <= %(start)s
                                         ORDER BY wd.date DESC LIMIT 1), 0) AS day_no,
                              COALESCE((SELECT wd.day_no FROM sbo_working_day wd
                                         WHERE wd.calendar_id = %(calendar)s AND wd.end_at < %(end)s
                                           AND wd.day_before + wd.seconds = wd.day_seconds
                                         ORDER BY wd.end_at DESC LIMIT 1), 0) AS last_no) first
                CROSS JOIN LATERAL generate_series(first.day_no + %(every)s, first.last_no, %(every)s) n(day_no)
                 JOIN sbo_working_day wd ON wd.calendar_id = %(calendar)s AND wd.day_no = n.day_no
                      AND wd.day_before + wd.seconds = wd.day_seconds""",
            calendar=calendar, start=start_day, end=end, every=every)
