import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
JOB_STATES = [("waiting", "Waiting to Start"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")]


class SboArchiveJob(models.AbstractModel):
    """Long work on many files, done by scheduled actions in short steps.

    Each step is one transaction under the row's lock; what was reached is committed with it. A worker that is killed,
    or whose time is over, leaves the row to whoever comes next, on this host or another one.
    """

    _name = "sbo.archive.job"
    _description = "Work on the Archive"

    job_state = fields.Selection(JOB_STATES, "Work", readonly=True, copy=False, index="btree_not_null")
    job_cursor = fields.Json(readonly=True, copy=False)
    job_tries = fields.Integer("Attempts", readonly=True, copy=False, help="How often the present step was begun.")
    job_done = fields.Integer("Done", readonly=True, copy=False)
    job_total = fields.Integer("To Do", readonly=True, copy=False)
    job_error = fields.Text("Error", readonly=True, copy=False)
    job_percent = fields.Integer("Progress", compute="_compute_job_percent")

    @api.depends("job_done", "job_total", "job_state")
    def _compute_job_percent(self):
        for job in self:
            job.job_percent = 100 if job.job_state == "done" else min(99, 100 * job.job_done // (job.job_total or 1))

    def _cron_work(self):
        """Work off all that waits; several workers may share it, never the same step."""
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=self._waiting_count())
        while left:
            try:
                job = self._begin_step()
                if not job:
                    break
                ended = job._guarded_step()
                left = commit(1, remaining=self._waiting_count()) if ended else commit()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)

    def _begin_step(self):
        """The next row, locked, with one more attempt on record: a step that kills its worker must not do so for
        ever.
        """
        job = self._take(SQL("job_state IN ('waiting', 'running')"))
        if not job:
            return job
        job._job_write({"job_state": "running", "job_tries": job.job_tries + 1})
        self.env["ir.cron"]._commit_progress()
        return self._take(SQL("id = %s AND job_state = 'running'", job.id)) or self._begin_step()

    def _take(self, condition):
        self.flush_model()
        rows = self.env.execute_query(SQL(
            "SELECT id FROM %s WHERE %s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
            SQL.identifier(self._table), condition))
        return self.browse([row[0] for row in rows])

    def _waiting_count(self):
        return self.search_count([("job_state", "in", ("waiting", "running"))])

    def _guarded_step(self):
        """One step; whatever goes wrong ends this row, not the others. Whether the row has ended."""
        try:
            with self.env.cr.savepoint():
                ended = self._step()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning("%s %s failed", self._name, self.id, exc_info=True)
            self.env.invalidate_all(flush=False)
            self._fail(str(error) or type(error).__name__)
            return True
        self._job_write({"job_tries": 0, **({"job_state": "done"} if ended else {})})
        return ended

    def _step(self):
        """Do a part of the work and write what was reached; whether all is done. Called under the row's lock."""
        raise NotImplementedError

    def _fail(self, error):
        """The work has failed for good."""
        self._job_write({"job_state": "failed", "job_error": error})

    def _job_write(self, vals):
        """Hook: how a row is written from inside its own work."""
        self.write(vals)
