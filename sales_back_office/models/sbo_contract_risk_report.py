from odoo import models
from odoo.tools import SQL


class SboContractRiskReport(models.AbstractModel):
    """What people owe to a risk that is known: to report it in time, to do what was agreed against it."""

    _name = "sbo.contract.risk.report"
    _description = "Risks of Contracts: Reports and Measures"
    _inherit = ["sbo.contract.risk"]

    def _sbo_query_risk_unreported(self, check, ids=None) -> SQL:
        """Flags that nobody reported in X working days after they were found, or raised after a report (D3.3).

        One omission each: a flag that rises while it is still to be reported is not left unreported twice. Found is
        when the flag was opened; that a night has written it is no report.
        """
        since = check._since()
        return SQL(
            """SELECT e.contract_id AS res_id, e.key, NULL::integer AS user_id, e.due_at,
                      CASE WHEN e.done_at <= %(as_of)s THEN e.done_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('flag', e.code, 'level', e.level, 'risen', e.at, 'reported', e.done_at)
                        AS evidence
                 FROM (SELECT v.*, %(due)s AS due_at,
                              LEAST((SELECT MIN(r.reported_at) FROM sbo_finding_report r
                                      WHERE r.finding_id = v.id AND r.reported_at >= v.at), v.closed_at) AS done_at
                         FROM (%(events)s) v WHERE v.at <= %(as_of)s) e
                WHERE e.due_at < COALESCE(LEAST(e.done_at, %(as_of)s), %(as_of)s) %(since)s""",
            due=self.env["sbo.working.day"]._sql_due_days(
                SQL("%s::integer", check._calendar().id or None), SQL("v.at"),
                SQL("%s::integer", int(check.parameter))),
            events=self._sql_events(check, ids), as_of=check._as_of(),
            since=SQL("AND e.due_at >= %s", since) if since else SQL())

    def _sql_events(self, check, ids) -> SQL:
        """When flags were found, and raised after they had been reported."""
        return SQL(
            """SELECT n.* FROM (
                 SELECT f.id, f.contract_id, c.code, f.closed_at, x.at, x.level, x.place,
                        'flag:' || f.id || CASE WHEN x.place > 0 THEN ':' || x.place ELSE '' END AS key,
                        LAG(x.at) OVER (PARTITION BY f.id ORDER BY x.place) AS before
                   FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id
                   JOIN LATERAL (
                        SELECT f.opened_at AS at, COALESCE(f.levels -> 0 ->> 'from', f.severity) AS level, 0 AS place
                         UNION ALL
                        SELECT (l.entry ->> 'at')::timestamp, l.entry ->> 'to', l.place::integer
                          FROM jsonb_array_elements(COALESCE(f.levels, '[]')) WITH ORDINALITY l (entry, place)
                         WHERE l.entry ->> 'to' > l.entry ->> 'from') x ON TRUE
                  WHERE f.contract_id IS NOT NULL AND f.company_id = %(company)s AND f.state <> 'waived' %(narrow)s) n
                WHERE n.before IS NULL OR EXISTS (
                      SELECT FROM sbo_finding_report r
                       WHERE r.finding_id = n.id AND r.reported_at >= n.before AND r.reported_at < n.at)""",
            company=check.env.company.id, narrow=self._sbo_sql_narrow(SQL("f.contract_id"), ids))

    def _sbo_query_measure_late(self, check, ids=None) -> SQL:
        """Measures against risks that were not done by their day: their owner answers."""
        due = SQL("((m.due_on + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", check.env.tz.zone)
        since = check._since()
        return SQL(
            """SELECT m.contract_id AS res_id, 'measure:' || m.id AS key, m.user_id, m.due_at,
                      CASE WHEN m.done_at <= %(as_of)s THEN m.done_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('measure', m.name, 'flag', c.code, 'promised', m.due_on) AS evidence
                 FROM (SELECT m.*, %(due)s AS due_at FROM sbo_finding_measure m) m
                 JOIN sbo_finding f ON f.id = m.finding_id JOIN sbo_check c ON c.id = f.check_id
                WHERE m.state <> 'cancelled' AND m.company_id = %(company)s
                  AND (m.state = 'done' OR f.closed_at IS NULL)
                  AND m.due_at <= COALESCE(LEAST(m.done_at, %(as_of)s), %(as_of)s) %(since)s %(narrow)s""",
            due=due, as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND m.due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("m.contract_id"), ids))
