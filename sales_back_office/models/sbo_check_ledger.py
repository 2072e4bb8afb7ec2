import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.staging import staged

_logger = logging.getLogger(__name__)

# What the engine writes when it finds a case, column by column.
FOUND = {
    "res_id": SQL("r.res_id"),
    "res_name": SQL("r.res_name"),
    "company_id": SQL("r.company_id"),
    "team_id": SQL("r.team_id"),
    "key": SQL("r.key"),
    "user_id": SQL("r.user_id"),
    "closed_at": SQL("r.done_at"),
    "quantity": SQL("r.quantity"),
    "evidence": SQL("r.evidence"),
}
# So many new findings make the planner's idea of the ledger useless.
MANY = 10_000
# A case of a graded check whose level by the rule is above the level it has, and above the one it was lowered from.
RISEN = SQL("(r.severity > f.severity AND (f.lowered_rule IS NULL OR r.severity > f.lowered_rule))")
SAME_CASE = "f.check_id = %s AND f.res_model = %s AND f.res_id = r.res_id AND f.key = r.key"


class SboCheckLedger(models.AbstractModel):
    """Writes what a check finds into the ledger: one statement per check and company, never a loop.

    Identity of a case: check, record, key, while open. What a person decided (state) is never touched here;
    what the query says (open or ended, how much) is never touched by a person.
    """

    _name = "sbo.check.ledger"
    _description = "Check: Ledger"

    def _run(self, as_of=None, companies=None, ids=None):
        """Run the checks and write the ledger.

        :param as_of: the moment to judge at (naive UTC), now by default
        :param companies: all companies by default
        :param ids: only these records of the checks' model
        :return: list of (check, company, {"added", "changed", "closed"}); a check that fails is marked broken,
            has zeros here, and the others go on
        :raise UserError: the ledger has already been written for a later moment
        """
        as_of = as_of or fields.Datetime.now()
        companies = companies or self.env["res.company"].sudo().search([("active", "=", True)])
        self.env.flush_all()
        result = []
        for company in companies:
            for check in self.filtered(lambda c: c.kind != "manual")._concerning(company):
                scoped = check._in_company(company, as_of)
                scoped._refuse_the_past()
                counts, _error = scoped._guarded(scoped._write_ledger, ids)
                result.append((check, company, counts or dict.fromkeys(("added", "changed", "closed"), 0)))
        if ids is None:
            self.env["sbo.check.run"]._log(result, as_of)
        self.env["sbo.finding"].invalidate_model()
        self.env["sbo.check"]._forget_desk()
        return result

    def _concerning(self, company):
        """Those of these checks that run for a company."""
        return self.filtered(lambda check: not check.company_id or check.company_id == company)

    def _write_ledger(self, ids=None):
        self.ensure_one()
        query = self._query(ids)
        self.env.flush_query(query)
        self.env["sbo.finding"].flush_model()
        with staged(self.env.cr, "sbo_found", query, ["res_id", "key"]):
            [counts] = self.env.execute_query_dict(self._sql_ledger(ids))
        if counts["added"] > MANY:
            # The next statements come before the database's own housekeeping has looked.
            self.env.cr.execute(SQL("ANALYZE sbo_finding (check_id, res_id, key, user_id, closed_at, due_at)"))
        return counts

    def _guarded(self, work, *args):
        """Do one step of this check; whatever a supervisor's rule does, the other rules must run.

        :return: (what ``work`` returns or None, error text or None); the check is marked broken with the error
        """
        try:
            with self.env.cr.savepoint():
                result, error = work(*args), None
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as failure:
            _logger.warning("check %s failed", self.code, exc_info=True)
            self.env.invalidate_all(flush=False)
            result, error = None, self._in_words(failure)
        if error or self.broken:
            self.sudo().write({"broken": bool(error), "error": error})
        return result, error

    def _refuse_the_past(self):
        """Judging an earlier day than the ledger already knows would close what is open today."""
        latest = self.env["sbo.check.run"]._latest(self, self.env.company)
        if latest and self._as_of() < latest:
            raise UserError(self.env._(
                "%(check)s has already been run for %(latest)s. An earlier moment cannot be written any more.",
                check=self.name, latest=latest))

    def _sql_ledger(self, ids) -> SQL:
        same = SQL(SAME_CASE, self.id, self.model)
        scope = SQL(
            "f.check_id = %s AND f.company_id = %s AND f.closed_at IS NULL AND f.origin = 'auto'",
            self.id, self.env.company.id)
        if ids is not None:
            scope = SQL("%s AND f.res_id = ANY(%s)", scope, list(ids))
        return SQL(
            """WITH added AS (%(insert)s),
            changed AS (%(update)s),
            gone AS (
                UPDATE sbo_finding f SET closed_at = %(as_of)s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE %(scope)s AND NOT EXISTS (SELECT 1 FROM sbo_found r WHERE %(same)s) RETURNING 1)
            SELECT (SELECT COUNT(*) FROM added) AS added, (SELECT COUNT(*) FROM changed) AS changed,
                   (SELECT COUNT(*) FROM gone) AS closed""",
            insert=self._sql_insert(same), update=self._sql_update(same, scope), same=same, scope=scope,
            as_of=self._as_of(),
        )

    def _sql_insert(self, same) -> SQL:
        """New cases. One that has already ended is new only if it was never written: same due moment, same end."""
        uid = self.env.uid
        columns = dict(
            FOUND,
            check_id=SQL("%s", self.id), res_model=SQL("%s", self.model), area=SQL("%s", self.area),
            state=SQL("'candidate'"), origin=SQL("'auto'"),
            cause=SQL("%s", self.default_cause), opened_at=SQL("%s", self._as_of()),
            due_at=SQL("COALESCE(r.due_at, %s)", self._as_of()),
            create_uid=SQL("%s", uid), write_uid=SQL("%s", uid),
            create_date=SQL("now() AT TIME ZONE 'UTC'"), write_date=SQL("now() AT TIME ZONE 'UTC'"),
            **self._new_levels(),
        )
        return SQL(
            """INSERT INTO sbo_finding (%(names)s) SELECT %(values)s FROM sbo_found r
                WHERE NOT EXISTS (SELECT 1 FROM sbo_finding f WHERE %(same)s AND f.closed_at IS NULL)
                  AND (r.done_at IS NULL OR NOT EXISTS (
                       SELECT 1 FROM sbo_finding f
                        WHERE %(same)s AND (f.due_at = r.due_at OR f.closed_at = r.done_at)))
                ON CONFLICT (check_id, res_model, res_id, key) WHERE closed_at IS NULL DO NOTHING RETURNING 1""",
            names=SQL(", ").join(map(SQL.identifier, columns)), values=SQL(", ").join(columns.values()), same=same,
        )

    def _sql_update(self, same, scope) -> SQL:
        """Open cases: how much, ended or not. Facts beside that move only until a person has judged them.

        The level moves where the check gives each case its own.
        """
        judged = SQL("f.state <> 'candidate'")
        # Without a due moment of its own a case is due when it was found: who answered then keeps it.
        user = SQL("CASE WHEN r.due_at IS NULL THEN COALESCE(f.user_id, r.user_id) ELSE r.user_id END")
        new = {
            "quantity": SQL("r.quantity"),
            "closed_at": SQL("r.done_at"),
            "evidence": SQL("CASE WHEN %s THEN f.evidence ELSE r.evidence END", judged),
            "user_id": SQL("CASE WHEN %s THEN f.user_id ELSE %s END", judged, user),
            "due_at": SQL("CASE WHEN %s THEN f.due_at ELSE COALESCE(r.due_at, f.due_at) END", judged),
        }
        if self._is_graded():
            new.update(self._risen_levels(judged))
        return SQL(
            """UPDATE sbo_finding f SET %(sets)s, write_date = now() AT TIME ZONE 'UTC' FROM sbo_found r
                WHERE %(scope)s AND %(same)s AND (%(old)s) IS DISTINCT FROM (%(new)s) RETURNING 1""",
            sets=SQL(", ").join(SQL("%s = %s", SQL.identifier(name), sql) for name, sql in new.items()),
            scope=scope, same=same,
            old=SQL(", ").join(SQL.identifier("f", name) for name in new), new=SQL(", ").join(new.values()),
        )

    def _new_levels(self):
        """How bad a new case is; one that is a risk flag stands on its contract."""
        columns = {"severity": SQL("%s", self.severity)}
        if self._is_graded():
            columns.update(severity=SQL("COALESCE(r.severity, %s)", self.severity), rule_severity=SQL("r.severity"))
        if self._flagged():
            columns["contract_id"] = SQL("r.res_id")
        return columns

    def _risen_levels(self, judged):
        """A level goes up by itself, and never down. Whoever let it pass at a lower level has not let this pass, and
        who answers is told again.
        """
        entry = SQL("jsonb_build_array(jsonb_build_object('at', %s::timestamp, 'from', f.severity, 'to', r.severity))",
                    self._as_of())
        risen = {
            "severity": SQL("r.severity"), "raised_at": SQL("%s", self._as_of()), "notified_at": SQL("NULL"),
            "lowered_rule": SQL("NULL"), "levels": SQL("COALESCE(f.levels, '[]') || %s", entry),
            "state": SQL("CASE f.state WHEN 'waived' THEN 'candidate' ELSE f.state END"),
        }
        return {
            "rule_severity": SQL("COALESCE(r.severity, f.rule_severity)"),
            "evidence": SQL("CASE WHEN %s AND NOT %s THEN f.evidence ELSE r.evidence END", judged, RISEN),
            **{name: SQL("CASE WHEN %s THEN %s ELSE %s END", RISEN, sql, SQL.identifier("f", name))
               for name, sql in risen.items()},
        }

    # === narrowed uses === #

    def _found_ids(self, limit=None):
        """Ids of the records that the check would flag now, for ``env.company``, without writing anything."""
        found = SQL("SELECT DISTINCT res_id FROM (%s) r", self._query())
        return [row[0] for row in self.env.execute_query(SQL("%s LIMIT %s", found, limit) if limit else found)]

    def _blocking_cases(self, ids):
        """Cases of these records that nobody has waived: [(check, res_id, res_name)]."""
        cases = []
        for check in self:
            found, _error = check._guarded(check._blocking_rows, ids)
            cases += [(check, *row) for row in found or ()]
        return cases

    def _blocking_rows(self, ids):
        return self.env.execute_query(SQL(
            """SELECT r.res_id, r.res_name FROM (%(query)s) r WHERE NOT EXISTS (
                 SELECT 1 FROM sbo_finding f WHERE %(same)s AND f.closed_at IS NULL AND f.state = 'waived')""",
            query=self._query(ids), same=SQL(SAME_CASE, self.id, self.model)))
