from odoo import models
from odoo.tools import SQL

MONTHS = 12


class SboContractScheduleChecks(models.AbstractModel):
    """What the back office looks for in the performance schedule (DOMAIN D3.4): one query a check."""

    _name = "sbo.contract.schedule.checks"
    _description = "Checks on the Performance Schedule"
    _inherit = ["sbo.checked.mixin"]

    def _sbo_query_schedule_stale(self, check, ids=None) -> SQL:
        """Months in which nobody looked through the schedule of a contract that is in force; X days after signing at
        the earliest, and not before it was entered. A later update ends it. The last twelve months count.
        """
        return SQL(
            """SELECT c.id AS res_id, m.key, NULL::integer AS user_id, m.due_at,
                      CASE WHEN u.first_at <= %(as_of)s THEN u.first_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('month', m.key, 'schedule_updated', u.last_at) AS evidence
                 FROM (%(months)s) m
                 JOIN sbo_contract c ON c.company_id = %(company)s AND c.state IN ('signed', 'execution')
                  AND c.signed_on + %(days)s <= m.due_on AND c.create_date < m.due_at
                 LEFT JOIN LATERAL (
                      SELECT MIN(x.updated_at) FILTER (WHERE x.updated_at >= m.start_at) AS first_at,
                             MAX(x.updated_at) FILTER (WHERE x.updated_at < m.start_at) AS last_at
                        FROM sbo_contract_update x WHERE x.contract_id = c.id) u ON TRUE
                WHERE m.due_at < COALESCE(LEAST(u.first_at, %(as_of)s), %(as_of)s) %(narrow)s""",
            months=self._sbo_sql_months(check), company=check.env.company.id, as_of=check._as_of(),
            days=int(check.parameter or 0), narrow=self._sbo_sql_narrow(SQL("c.id"), ids))

    def _sbo_sql_months(self, check) -> SQL:
        """The last months whose last working moment is over: key, start_at, due_at, due_on (local day)."""
        since = check._since()
        return SQL(
            """SELECT to_char(d.first, 'YYYY-MM') AS key, %(start)s AS start_at, w.due_at, %(day)s AS due_on
                 FROM generate_series(
                      date_trunc('month', (%(as_of)s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s))
                      - %(months)s * interval '1 month', %(as_of)s::timestamp + interval '1 day', interval '1 month')
                      AS d(first)
                 JOIN LATERAL (SELECT COALESCE(
                      (SELECT MAX(wd.end_at) FROM sbo_working_day wd
                        WHERE wd.calendar_id = %(calendar)s AND wd.date >= d.first::date
                          AND wd.date < (d.first + interval '1 month')::date),
                      (d.first + interval '1 month') AT TIME ZONE %(zone)s AT TIME ZONE 'UTC') AS due_at) w ON TRUE
                WHERE w.due_at < %(as_of)s %(since)s""",
            start=SQL("(d.first AT TIME ZONE %s AT TIME ZONE 'UTC')", check.env.tz.zone),
            day=SQL("(w.due_at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", check.env.tz.zone),
            as_of=check._as_of(), zone=check.env.tz.zone, months=MONTHS,
            calendar=SQL("%s::integer", check._calendar().id or None),
            since=SQL("AND w.due_at >= %s", since) if since else SQL())
