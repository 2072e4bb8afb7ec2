from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import clock

# field: (its deadline, the moment that ends the wait)
LATE = {
    "assign_late_hours": ("assign_due_at", "assigned_at"),
    "acknowledge_late_hours": ("acknowledge_due_at", "acknowledged_at"),
}


class SboAssignmentClock(models.AbstractModel):
    """The times of an assignment: when each step happened, until when it should have, and how late it is.

    Deadlines are stored when their clock starts; late hours are working hours, running on while a step is open.
    """

    _name = "sbo.assignment.clock"
    _description = "Assignment: Deadlines and Lateness"
    _inherit = ["sbo.checked.mixin"]

    received_at = fields.Datetime(
        required=True, default=lambda self: clock.now(self.env), tracking=True, copy=False,
        help="When the customer became known to the house, which may be before it was keyed in.")
    assign_due_at = fields.Datetime("To Be Assigned Until", readonly=True, copy=False)
    assigned_at = fields.Datetime(readonly=True, copy=False)
    acknowledge_due_at = fields.Datetime("To Be Acknowledged Until", readonly=True, copy=False)
    acknowledged_at = fields.Datetime(
        "Answered At", readonly=True, copy=False, help="When the salesperson took it over or sent it back.")
    cancelled_at = fields.Datetime("Cancelled On", readonly=True, copy=False)
    assign_late_hours = fields.Float(
        "Late to Assign (h)", compute="_compute_late_hours", digits=(16, 2), aggregator="sum",
        help="Working hours from the deadline to the assignment, until now while it is open.")
    acknowledge_late_hours = fields.Float(
        "Late to Acknowledge (h)", compute="_compute_late_hours", digits=(16, 2), aggregator="sum",
        help="Working hours from the deadline to the salesperson's answer, until now while it is open.")

    @api.depends_context("sbo_as_of")
    @api.depends("assign_due_at", "assigned_at", "acknowledge_due_at", "acknowledged_at", "cancelled_at", "company_id")
    def _compute_late_hours(self):
        self.assign_late_hours = self.acknowledge_late_hours = 0
        if not self.ids:
            return
        self.flush_model()
        columns = SQL(", ").join(self._sql_late(self._table, name) for name in LATE)
        rows = self.env.execute_query(SQL(
            "SELECT id, %s FROM %s WHERE id = ANY(%s)", columns, SQL.identifier(self._table), self.ids))
        hours = {row[0]: row[1:] for row in rows}
        for record in self.filtered("id"):
            record.assign_late_hours, record.acknowledge_late_hours = hours.get(record._origin.id, (0, 0))

    # === ORM === #

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr in LATE:
            return self._sql_late(alias, field_expr)
        return super()._field_to_sql(alias, field_expr, query)

    def action_recompute_deadlines(self):
        """Button, after the calendar has changed: the deadlines of the steps still open."""
        self.check_access("write")
        self.flush_model()
        self.env["res.company"].flush_model()
        moments = [moment for record in self for moment in (record.received_at, record.assigned_at) if moment]
        openings = self.env["sbo.working.day"].sudo()
        calendars = self.company_id.sudo().resource_calendar_id  # settings of the company
        if moments:
            openings._ensure(calendars, min(moments).date(), fields.Date.today())
        for due, start, state, hours in (
            ("assign_due_at", "received_at", "received", "sbo_assign_hours"),
            ("acknowledge_due_at", "assigned_at", "assigned", "sbo_acknowledge_hours"),
        ):
            self.env.cr.execute(SQL(
                """UPDATE sbo_assignment a
                      SET %(due)s = %(plan)s, write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                     FROM res_company c
                    WHERE c.id = a.company_id AND a.id = ANY(%(ids)s) AND a.state = %(state)s""",
                due=SQL.identifier(due), ids=self.ids, state=state, uid=self.env.uid,
                plan=openings._sql_due(SQL("c.resource_calendar_id"), SQL.identifier("a", start),
                                       SQL("c.%s * 3600", SQL.identifier(hours)))))
        self.invalidate_model()

    # === hours === #

    @api.model
    def _deadlines(self, pairs, hours_field):
        """{(company, moment): deadline}: one question for each different pair, however many records share it."""
        return {
            # Superuser: how long a step may take is a setting of the company.
            (company, moment): company._sbo_calendar()._sbo_plan(moment, hours=company.sudo()[hours_field])
            for company, moment in set(pairs)
        }

    @api.model
    def _sql_late(self, alias, name) -> SQL:
        due, done = LATE[name]
        end = SQL("COALESCE(%s, %s, %s)", SQL.identifier(alias, done), SQL.identifier(alias, "cancelled_at"),
                  clock.as_of(self.env))
        calendar = SQL("(SELECT resource_calendar_id FROM res_company WHERE id = %s)",
                       SQL.identifier(alias, "company_id"))
        late = self.env["sbo.working.day"]._sql_late_seconds(calendar, SQL.identifier(alias, due), end)
        # A step whose clock has not started is not late.
        return SQL("CASE WHEN %s IS NULL THEN 0 ELSE ROUND((%s / 3600)::numeric, 2) END",
                   SQL.identifier(alias, due), late)

    # === checks === #

    def _sbo_query_assignment_late(self, check, ids=None) -> SQL:
        """New customers that got their salesperson after the deadline, or have none although it is over (A3.1)."""
        return self._sbo_query_late(check, ids, "assign_due_at", "assigned_at", SQL(
            "jsonb_build_object('received_at', a.received_at, 'assigned_at', a.assigned_at)"))

    def _sbo_query_handover_late(self, check, ids=None) -> SQL:
        """Assigned customers whose salesperson has answered after the deadline, or not at all (A3.2)."""
        return self._sbo_query_late(check, ids, "acknowledge_due_at", "acknowledged_at", SQL(
            """jsonb_build_object('assigned_at', a.assigned_at, 'acknowledged_at', a.acknowledged_at,
                                  'user_id', a.user_id)"""))

    def _sbo_query_late(self, check, ids, due, done, evidence) -> SQL:
        return SQL(
            """SELECT a.id AS res_id, '' AS key, NULL::integer AS user_id, a.%(due)s AS due_at,
                      CASE WHEN a.%(done)s <= %(as_of)s THEN a.%(done)s END AS done_at, 1.0 AS quantity,
                      %(evidence)s AS evidence
                 FROM sbo_assignment a
                WHERE a.company_id = %(company)s AND a.state <> 'cancelled'
                  AND a.%(due)s < LEAST(a.%(done)s, %(as_of)s::timestamp) %(since)s %(narrow)s""",
            due=SQL.identifier(due), done=SQL.identifier(done), as_of=check._as_of(), evidence=evidence,
            company=check.env.company.id, narrow=self._sbo_sql_narrow(SQL("a.id"), ids),
            since=SQL("AND a.%s >= %s", SQL.identifier(due), check._since()) if check._since() else SQL())

    def _sbo_query_handover_wrong(self, check, ids=None) -> SQL:
        """Handovers that the salesperson sent back as wrong; over when a later one of the customer is accepted."""
        return SQL(
            """SELECT a.id AS res_id, '' AS key, NULL::integer AS user_id, a.acknowledged_at AS due_at,
                      MIN(later.acknowledged_at) AS done_at, 1.0 AS quantity,
                      jsonb_build_object('answer_note', a.answer_note, 'user_id', a.user_id) AS evidence
                 FROM sbo_assignment a
                 LEFT JOIN sbo_assignment later ON later.partner_id = a.partner_id AND later.company_id = a.company_id
                  AND later.id > a.id AND later.outcome = 'accepted' AND later.acknowledged_at <= %(as_of)s
                WHERE a.company_id = %(company)s AND a.outcome = 'wrong' AND a.acknowledged_at <= %(as_of)s %(narrow)s
                GROUP BY a.id""",
            as_of=check._as_of(), company=check.env.company.id, narrow=self._sbo_sql_narrow(SQL("a.id"), ids))
