from odoo import models
from odoo.tools import SQL


class SboOrderEntryChecks(models.AbstractModel):
    """What the orders area looks for in the entry of orders (DOMAIN B1): one query a check."""

    _name = "sbo.order.entry.checks"
    _description = "Checks on Order Entry"
    _inherit = ["sbo.checked.mixin"]

    def _sbo_query_entry_error(self, check, ids=None) -> SQL:
        """One field of one line entered wrong, against whoever entered it: what a check sheet found to differ from
        the customer's paper, until it is corrected; what was changed later because of an entry error (B1.1).
        """
        return SQL(" UNION ALL ").join(part for part in self._sbo_entry_error_parts(check, ids))

    def _sbo_query_entry_late(self, check, ids=None) -> SQL:
        """Orders entered more than X working hours after they were received (B1.2)."""
        since = check._since()
        due = self.env["sbo.working.day"]._sql_due(
            SQL("%s::integer", check._calendar().id or None), SQL("o.sbo_received_at"),
            SQL("%s::double precision", check.parameter * 3600))
        return SQL(
            """SELECT e.id AS res_id, '' AS key, NULL::integer AS user_id, e.due_at, e.create_date AS done_at,
                      1.0 AS quantity,
                      jsonb_build_object('received', e.sbo_received_at, 'entered', e.create_date) AS evidence
                 FROM (SELECT o.id, o.sbo_received_at, o.create_date, %(due)s AS due_at
                         FROM sale_order o
                        WHERE o.sbo_received_at IS NOT NULL AND o.sbo_received_at <= %(as_of)s
                          AND o.company_id = %(company)s %(since)s %(narrow)s) e
                WHERE date_trunc('second', e.create_date) > e.due_at""",
            due=due, as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND o.sbo_received_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("o.id"), ids),
        )

    def _sbo_query_opinion_late(self, check, ids=None) -> SQL:
        """Departments that have not given their opinion in time, or gave it late."""
        since = check._since()
        return SQL(
            """SELECT p.order_id AS res_id, 'opinion:' || p.id AS key, d.manager_id AS user_id, p.due_at,
                      CASE WHEN p.given_at <= %(as_of)s THEN p.given_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('asked', p.asked_at, 'given', p.given_at) AS evidence
                 FROM sbo_order_opinion p
                 JOIN sbo_department d ON d.id = p.department_id
                 JOIN sale_order o ON o.id = p.order_id
                WHERE p.due_at < COALESCE(LEAST(p.given_at, %(as_of)s), %(as_of)s) AND p.company_id = %(company)s
                  AND (p.given_at IS NOT NULL OR o.state IN ('draft', 'sent')) %(since)s %(narrow)s""",
            as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND p.due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("p.order_id"), ids),
        )

    def _sbo_query_notice_late(self, check, ids=None) -> SQL:
        """Notices sent after their time, or not at all although it is over (B2.1)."""
        return self._sbo_notices(check, ids, "send_due_at", "sent_at", SQL("NULL::integer"))

    def _sbo_query_notice_unanswered(self, check, ids=None) -> SQL:
        """Notices acknowledged after their time, or by nobody although it is over: the department's head answers."""
        return self._sbo_notices(check, ids, "ack_due_at", "acknowledged_at", SQL("COALESCE(n.user_id, d.manager_id)"))

    def _sbo_notices(self, check, ids, due, done, user):
        since = check._since()
        due, done = SQL.identifier("n", due), SQL.identifier("n", done)
        return SQL(
            """SELECT n.order_id AS res_id, 'notice:' || n.id AS key, %(user)s AS user_id, %(due)s AS due_at,
                      CASE WHEN %(done)s <= %(as_of)s THEN %(done)s END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('department', d.name->>'en_US', 'sent', n.sent_at,
                                         'acknowledged', n.acknowledged_at) AS evidence
                 FROM sbo_order_notice n LEFT JOIN sbo_department d ON d.id = n.department_id
                WHERE %(due)s < COALESCE(LEAST(%(done)s, %(as_of)s), %(as_of)s)
                  AND (n.state <> 'cancelled' OR %(done)s IS NOT NULL)
                  AND n.company_id = %(company)s %(since)s %(narrow)s""",
            user=user, due=due, done=done, as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND %s >= %s", due, since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("n.order_id"), ids),
        )

    def _sbo_query_change_open(self, check, ids=None) -> SQL:
        """Changes of confirmed orders for which nobody has given the reason in X working hours."""
        since = check._since()
        due = self.env["sbo.working.day"]._sql_due(
            SQL("%s::integer", check._calendar().id or None), SQL("c.changed_at"),
            SQL("%s::double precision", check.parameter * 3600))
        return SQL(
            """SELECT l.order_id AS res_id, 'change:' || l.id AS key, l.user_id, l.due_at,
                      CASE WHEN l.explained_at <= %(as_of)s THEN l.explained_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('changed', l.changed_at) AS evidence
                 FROM (SELECT c.id, c.order_id, c.user_id, c.changed_at, c.explained_at, %(due)s AS due_at
                         FROM sbo_order_change c
                        WHERE c.changed_at <= %(as_of)s AND c.company_id = %(company)s %(since)s %(narrow)s) l
                WHERE l.due_at < COALESCE(LEAST(l.explained_at, %(as_of)s), %(as_of)s)""",
            due=due, as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND c.changed_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("c.order_id"), ids),
        )

    def _sbo_entry_error_parts(self, check, ids):
        """Hook: the queries that make up "entered with an error"; areas add theirs by override."""
        since = check._since()
        scope = {"as_of": check._as_of(), "company": check.env.company.id}
        differences = SQL(
            """SELECT d.order_id AS res_id, 'difference:' || d.id AS key, d.user_id, d.found_at AS due_at,
                      CASE WHEN d.closed_at <= %(as_of)s THEN d.closed_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('line', d.product, 'error_' || d.field,
                          COALESCE(d.order_value, '–') || ' → ' || COALESCE(d.paper_value, '–')) AS evidence
                 FROM sbo_order_difference d
                WHERE d.state <> 'paper_wrong' AND d.found_at <= %(as_of)s AND d.company_id = %(company)s
                      %(since)s %(narrow)s""",
            **scope, since=SQL("AND d.found_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("d.order_id"), ids))
        # Found and corrected at once, when the order was changed after confirmation.
        changes = SQL(
            """SELECT c.order_id, 'change:' || l.id, l.user_id, c.changed_at, c.changed_at, 1.0,
                      jsonb_build_object('line', l.product, 'changed_' || l.field,
                          COALESCE(l.old_value, '–') || ' → ' || COALESCE(l.new_value, '–'))
                 FROM sbo_order_change_line l JOIN sbo_order_change c ON c.id = l.change_id
                WHERE c.reason = 'entry_error' AND c.changed_at <= %(as_of)s AND c.company_id = %(company)s
                      %(since)s %(narrow)s""",
            **scope, since=SQL("AND c.changed_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("c.order_id"), ids))
        return [differences, changes]
