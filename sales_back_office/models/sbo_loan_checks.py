from odoo import models
from odoo.tools import SQL


class SboLoanChecks(models.AbstractModel):
    """What the documents area looks for in loans (DOMAIN F3): one query a check, one case an item of a loan."""

    _name = "sbo.loan.checks"
    _description = "Checks on Loans of Documents"

    def _sbo_query_not_chased(self, check, ids=None) -> SQL:
        """Items overdue for X working days whose borrower nobody has reached (F3.2): reminders that reached nobody
        do not count, and neither do those of the day it was due.
        """
        chased = SQL(
            """(SELECT MIN(r.sent_at) FROM sbo_loan_reminder r
                 WHERE r.line_id = l.id AND r.due_on = l.due_on AND r.stage <> 'due' AND r.how <> 'none'
                   AND r.sent_at >= %s)""", self._sbo_sql_day(check, "l", 1))
        return self._sbo_loan_cases(
            check, ids, due=self._sbo_sql_due(check), done=SQL("LEAST(%s, l.returned_at, l.lost_at)", chased),
            where=SQL("l.out_at IS NOT NULL"))

    def _sbo_query_overdue(self, check, ids=None) -> SQL:
        """Items that are not back on the day they were due, or came back later: the borrower answers."""
        return self._sbo_loan_cases(
            check, ids, due=self._sbo_sql_day(check, "l", 1), done=SQL("LEAST(l.returned_at, l.lost_at)"),
            where=SQL("l.out_at IS NOT NULL"), user=SQL(
                "(SELECT MIN(u.id) FROM res_users u WHERE u.partner_id = l.borrower_id AND u.active)"))

    def _sbo_query_lost(self, check, ids=None) -> SQL:
        """Items that could not be found or were not given back, until they are found or settled (F3.3)."""
        return self._sbo_loan_cases(
            check, ids, due=SQL("l.lost_at"), done=SQL("LEAST(l.found_at, l.settled_at)"), late=False,
            where=SQL("l.lost_at IS NOT NULL"))

    def _sbo_query_damaged(self, check, ids=None) -> SQL:
        """Items that came back damaged or incomplete, until it is settled."""
        return self._sbo_loan_cases(
            check, ids, due=SQL("l.returned_at"), done=SQL("l.settled_at"), late=False,
            where=SQL("l.state = 'returned' AND l.condition IN ('incomplete', 'damaged')"))

    def _sbo_loan_cases(self, check, ids, due, done, where, late=True, user=None):
        """Cases from the items of loans; with ``late`` those that were done after they were due, or are not."""
        since = check._since()
        return SQL(
            """SELECT c.loan_id AS res_id, 'line:' || c.id AS key, c.user_id, c.due_at,
                      CASE WHEN c.done_at <= %(as_of)s THEN c.done_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('lent_item', c.item, 'borrower', c.borrower, 'loan_due', c.due_on,
                                         'pages_out', c.pages_out, 'pages_back', c.pages_back) AS evidence
                 FROM (SELECT l.id, l.loan_id, %(user)s AS user_id, %(due)s AS due_at, %(done)s AS done_at, l.due_on,
                              l.pages_out, l.pages_back, COALESCE(concat_ws(' ', d.file_code, d.title), p.name) AS item,
                              b.name AS borrower
                         FROM sbo_loan_line l JOIN res_partner b ON b.id = l.borrower_id
                         LEFT JOIN sbo_document d ON d.id = l.document_id
                         LEFT JOIN sbo_document_place p ON p.id = l.place_id
                        WHERE %(where)s AND l.company_id = %(company)s %(narrow)s) c
                WHERE c.due_at <= %(as_of)s %(late)s %(since)s""",
            as_of=check._as_of(), user=user or SQL("NULL::integer"), due=due, done=done, where=where,
            company=check.env.company.id, narrow=self._sbo_sql_narrow(SQL("l.loan_id"), ids),
            late=SQL("AND c.due_at < COALESCE(LEAST(c.done_at, %(as_of)s), %(as_of)s)", as_of=check._as_of())
            if late else SQL(),
            since=SQL("AND c.due_at >= %s", since) if since else SQL())

    def _sbo_sql_day(self, check, alias, days):
        """The moment at which the local day so many days after the one an item was due begins (naive UTC)."""
        return SQL("((%s + %s)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", SQL.identifier(alias, "due_on"), days,
                   check.env.tz.zone)

    def _sbo_sql_due(self, check):
        """Closing time of the Xth working day after the day on which an item was due."""
        # Noon of the day it was due: whole working days are counted from there.
        noon = SQL("((l.due_on + interval '12 hours') AT TIME ZONE %s AT TIME ZONE 'UTC')", check.env.tz.zone)
        return self.env["sbo.working.day"]._sql_due_days(
            SQL("%s::integer", check._calendar().id or None), noon, SQL("%s::integer", int(check.parameter) or 1))
