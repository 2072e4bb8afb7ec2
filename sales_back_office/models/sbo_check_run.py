import logging
from datetime import timedelta

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
KEEP_DAYS = 90


class SboCheckRun(models.Model):
    """One check run for one company in one night: the queue that several workers share, and the log of it.

    A row without a check is the night's last step for that company: telling people.
    """

    _name = "sbo.check.run"
    _description = "Check Run"
    _order = "as_of desc, id desc"
    _rec_name = "check_id"

    check_id = fields.Many2one("sbo.check", readonly=True, index="btree_not_null", ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    as_of = fields.Datetime("Judged at", required=True, readonly=True, help="The moment that counted as now.")
    state = fields.Selection(
        [("todo", "To Do"), ("done", "Done"), ("failed", "Failed")], required=True, default="todo", readonly=True)
    seconds = fields.Float(readonly=True, digits=(16, 3), aggregator="sum")
    added = fields.Integer("New", readonly=True)
    changed = fields.Integer(readonly=True)
    closed = fields.Integer(readonly=True)
    error = fields.Text(readonly=True)

    _todo_uniq = models.UniqueIndex(
        "(COALESCE(check_id, 0), company_id) WHERE state = 'todo'", "This check is already waiting for its run.")
    _latest_idx = models.Index("(check_id, company_id, as_of) WHERE state = 'done'")

    def _cron_night(self):
        """Plan tonight's runs if nobody has, then work them off check by check; several workers may share them.

        Killed half-way, what is left stays to do and the next call goes on with it.
        """
        self._share_plan()
        commit = self.env["ir.cron"]._commit_progress
        while True:
            try:
                run = self._take()
                if not run:
                    break
                run._execute()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody decided on a finding meanwhile: the row is still to do, take it again.
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                continue
            if not commit(1):
                break

    def _share_plan(self):
        """Workers may begin at the same moment: whoever comes second takes the plan of the first."""
        while True:
            try:
                self._plan_night()
                self.env["ir.cron"]._commit_progress(remaining=self.search_count([("state", "=", "todo")]))
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)

    def _plan_night(self, as_of=None):
        """One row to do per active check and company, once a night; a night not finished yet goes on first."""
        as_of = as_of or fields.Datetime.now()
        self.env.flush_all()
        self.env.execute_query(SQL(
            """INSERT INTO sbo_check_run (check_id, company_id, as_of, state, create_uid, write_uid, create_date,
                                          write_date)
               SELECT c.id, o.id, %(as_of)s, 'todo', %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                      now() AT TIME ZONE 'UTC'
                 FROM (SELECT id, company_id, sequence FROM sbo_check WHERE active AND kind <> 'manual'
                       UNION ALL SELECT NULL, NULL, NULL) c
                 JOIN res_company o ON o.active AND (c.company_id IS NULL OR c.company_id = o.id)
                WHERE NOT EXISTS (SELECT 1 FROM sbo_check_run WHERE state = 'todo')
                  AND NOT EXISTS (SELECT 1 FROM sbo_check_run WHERE check_id IS NULL AND as_of > %(night)s)
                ORDER BY c.sequence, c.id NULLS LAST
               ON CONFLICT DO NOTHING RETURNING id""",
            as_of=as_of, uid=self.env.uid, night=as_of - timedelta(hours=12),
        ))
        self.search([("state", "!=", "todo"), ("as_of", "<", as_of - timedelta(days=KEEP_DAYS))], limit=5000).unlink()

    def _take(self):
        """The next row to do, locked; the telling of people comes when all checks of its company are through."""
        rows = self.env.execute_query(SQL(
            """SELECT r.id FROM sbo_check_run r
                WHERE r.state = 'todo' AND (r.check_id IS NOT NULL OR NOT EXISTS (
                      SELECT 1 FROM sbo_check_run o
                       WHERE o.state = 'todo' AND o.check_id IS NOT NULL AND o.company_id = r.company_id))
                ORDER BY r.check_id IS NULL, r.id LIMIT 1 FOR UPDATE SKIP LOCKED"""))
        return self.browse([row[0] for row in rows])

    def _execute(self):
        """Run one row. A check that fails is marked broken, with its error, and the others go on."""
        self.ensure_one()
        started = self.env.cr.now()
        counts, error = self.check_id.sudo()._guarded(self._work)
        if error:
            self.write({"state": "failed", "error": error})
            return
        seconds = self.env.execute_query(SQL("SELECT EXTRACT(EPOCH FROM clock_timestamp() - now())"))[0][0]
        self.write({"state": "done", "seconds": seconds, **counts})
        _logger.info("check %s since %s: %s", self.check_id.code, started, counts)

    def _work(self):
        if self.check_id:
            latest = self._latest(self.check_id, self.company_id)
            if latest and latest > self.as_of:
                return {}  # somebody has run it by hand since the night was planned
            counts = self.check_id._in_company(self.company_id, self.as_of)._write_ledger()
            self.env["sbo.finding"].invalidate_model()
            self.env["sbo.check"]._forget_desk()
            return counts
        self.env["sbo.finding"]._tell_people(self.company_id, self.as_of)
        return {}

    def _log(self, results, as_of):
        """Keep what was run by hand beside what the nights ran."""
        self.sudo().create([
            {"check_id": check.id, "company_id": company.id, "as_of": as_of, "error": check.error,
             "state": "failed" if check.broken else "done", **counts}
            for check, company, counts in results
        ])

    def _latest(self, check, company):
        """The latest moment that this check's ledger has been written for."""
        self.env["sbo.check.run"].flush_model()
        return self.env.execute_query(SQL(
            "SELECT MAX(as_of) FROM sbo_check_run WHERE check_id = %s AND company_id = %s AND state = 'done'",
            check.id, company.id))[0][0]
