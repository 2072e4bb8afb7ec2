from odoo import models
from odoo.tools import SQL


class SboTenderChecks(models.AbstractModel):
    """What is looked for in tenders (F23): one query a check."""

    _name = "sbo.tender.checks"
    _description = "Checks on Tenders"

    def _sbo_query_deadline_missed(self, check, ids=None) -> SQL:
        """Papers, bid bond and bid that were not in by their deadline, and openings noted more than X hours later.

        A tender that was withdrawn before has missed nothing.
        """
        as_of, since = check._as_of(), check._since()
        return SQL(
            """SELECT t.id AS res_id, d.key, NULL::integer AS user_id, d.due_at,
                      CASE WHEN d.done_at <= %(as_of)s THEN d.done_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('next_deadline_kind', d.key, 'next_deadline_at', d.due_at) AS evidence
                 FROM sbo_tender t
                CROSS JOIN LATERAL (VALUES
                      ('papers', t.papers_until,
                       LEAST(%(papers)s, t.submitted_at, t.ended_at)),
                      ('bond', CASE WHEN t.bond_amount > 0 THEN t.bond_due_at END,
                       LEAST(%(bond)s, t.submitted_at, t.ended_at)),
                      ('submission', t.submission_at, LEAST(t.submitted_at, t.ended_at)),
                      ('opening', CASE WHEN t.submitted_at IS NOT NULL
                                       THEN t.opening_at + %(hours)s * interval '1 hour' END,
                       LEAST(t.opened_at, t.ended_at))) d(key, due_at, done_at)
                WHERE t.company_id = %(company)s AND d.due_at < COALESCE(LEAST(d.done_at, %(as_of)s), %(as_of)s)
                      %(since)s %(narrow)s""",
            as_of=as_of, hours=check.parameter, company=check.env.company.id,
            papers=self._sql_start_of(check, "papers_bought_on"), bond=self._sql_start_of(check, "bond_paid_on"),
            since=SQL("AND d.due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("t.id"), ids))

    def _sbo_query_document_late(self, check, ids=None) -> SQL:
        """Bid documents that were not complete by the end of their day: whoever makes them answers."""
        since = check._since()
        return SQL(
            """SELECT l.tender_id AS res_id, 'document:' || l.id AS key, l.user_id, l.due_at,
                      CASE WHEN l.done_at <= %(as_of)s THEN l.done_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('document', l.name, 'complete', l.progress) AS evidence
                 FROM (SELECT d.id, d.tender_id, d.user_id, d.name, d.progress,
                              (d.due_on + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' AS due_at,
                              LEAST(d.completed_at, t.submitted_at, t.ended_at) AS done_at
                         FROM sbo_tender_document d JOIN sbo_tender t ON t.id = d.tender_id
                        WHERE d.due_on IS NOT NULL AND d.current AND d.active
                          AND t.company_id = %(company)s %(narrow)s) l
                WHERE l.due_at <= COALESCE(LEAST(l.done_at, %(as_of)s), %(as_of)s) %(since)s""",
            zone=check.env.company._sbo_tz(), as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND l.due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("t.id"), ids))

    def _sql_start_of(self, check, name) -> SQL:
        """The moment a day begins where the company is: what was done on a day was in time on that day."""
        return SQL("%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", SQL.identifier("t", name),
                   check.env.company._sbo_tz())
