from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

STATES = [
    ("running", "Running"),
    ("good", "Good"),
    ("damaged", "Damaged"),
    ("failed", "Failed"),
    ("missed", "Missed"),
    ("expired", "Expired"),
]
MANAGER = "sales_back_office.sbo_group_manager"
# All of it is written by the work itself.
CLOSED = frozenset({
    "name", "state", "user_id", "path", "period", "started_at", "finished_at", "document_count", "file_count", "size",
    "problem_count", "problems", "sample_count", "verified_at", "expires_on", "job_state", "job_cursor", "job_tries",
    "job_done", "job_total", "job_error"})
# Marks our own steps in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboBackup(models.Model):
    """One backup set of a company's archive (档案备份): where it is, what it holds, how it was proven; or a period
    without one.

    Good means: complete on the disk, and some of it restored and compared. Damaged: on the disk, and what was restored
    was not what was backed up. What has a day until which it is kept lies on the disk.
    """

    _name = "sbo.backup"
    _description = "Backup of the Archive"
    _inherit = ["sbo.backup.run", "sbo.backup.return", "sbo.closed.mixin", "sbo.checked.mixin"]
    _closed = CLOSED
    _order = "started_at desc, id desc"

    name = fields.Char("Set", required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="running", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Answers for It", readonly=True, ondelete="restrict")
    path = fields.Char("Folder", readonly=True)
    period = fields.Char(
        "Backup Period", readonly=True, help="Of a missing backup: the week, or the first day of the period.")
    started_at = fields.Datetime("Started", required=True, readonly=True, default=fields.Datetime.now)
    finished_at = fields.Datetime("Finished", readonly=True, index=True)
    document_count = fields.Integer("Filed Documents", readonly=True)
    file_count = fields.Integer("Files", readonly=True)
    size = fields.Float("Bytes", digits=(20, 0), readonly=True)
    problem_count = fields.Integer(
        "Problems", readonly=True, help="Files that the set does not hold as they were filed.")
    problems = fields.Text(
        "Which", readonly=True, help="The first hundred; all of them are in problems.csv of the set.")
    sample_count = fields.Integer("Files Restored", readonly=True, help="So many files were restored and compared.")
    verified_at = fields.Datetime(
        "Verified", readonly=True, help="When some of its files were last restored and compared.")
    expires_on = fields.Date(
        "Kept until", readonly=True, help="Removed after this day, unless too few sets would be left.")

    _name_uniq = models.UniqueIndex("(path, name) WHERE state <> 'missed'", "This set is there already.")
    _missed_uniq = models.UniqueIndex("(company_id, period) WHERE state = 'missed'", "This period is noted already.")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("sbo_step") is not STEP:
            self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP:
            self._refuse_by_hand()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The list of backups is kept: an auditor asks for it. Sets themselves expire."))

    # === actions === #

    @api.model
    def action_start(self):
        """Back up this company's archive now; a scheduled action does it in the background."""
        self._check_manager()
        company = self.env.company
        backups = self.sudo()  # rows come from the work itself, whoever asks for it
        if not company.sudo().sbo_backup_path:
            raise UserError(self.env._(
                "%s has no backup folder yet. A system administrator names it in the settings of the back office.",
                company.name))
        running = backups.search(
            [("company_id", "=", company.id), ("job_state", "in", ("waiting", "running"))], limit=1)
        if not running:
            backups._begin(company)
        self.env.ref("sales_back_office.sbo_cron_backup").sudo()._trigger()
        return self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_backup_action")

    # === the ledger === #

    def _sbo_query_backup_failed(self, check, ids=None) -> SQL:
        """Sets that failed, or hold not every file as it was filed, until a good and full one is there."""
        return SQL(
            """SELECT b.id AS res_id, '' AS key, b.user_id, b.finished_at AS due_at,
                      (SELECT MIN(g.finished_at) FROM sbo_backup g
                        WHERE g.company_id = b.company_id AND g.state IN ('good', 'expired') AND g.problem_count = 0
                          AND g.finished_at > b.finished_at AND g.finished_at <= %(as_of)s) AS done_at,
                      GREATEST(1, b.problem_count)::numeric AS quantity,
                      jsonb_strip_nulls(jsonb_build_object(
                          'job_error', left(b.job_error, 500), 'problems', left(b.problems, 500))) AS evidence
                 FROM sbo_backup b
                WHERE b.company_id = %(company)s AND b.finished_at <= %(as_of)s
                  AND (b.state IN ('failed', 'damaged') OR b.state IN ('good', 'expired') AND b.problem_count > 0)
                  %(narrow)s""",
            as_of=check._as_of(), company=check.env.company.id, narrow=self._sbo_sql_narrow(SQL("b.id"), ids))

    # === on the disk === #

    @api.model
    def _on_disk_domain(self):
        return [("expires_on", "!=", False), ("state", "!=", "expired")]

    @api.model
    def _last_expiry(self, files):
        """The day when the last set expires that may hold these files, empty when none does.

        A destruction list names it: until then their bytes are still there.

        :param files: sbo.document.file of one company, about to be destroyed or destroyed already
        """
        if not files:
            return False
        self.env.flush_all()
        company = files.company_id[:1]
        # A set that is being written may have copied them already. Moments of ours have no fractions of a second.
        # The newest good ones stay beyond their day, until as many newer ones are there as the company keeps.
        [[last, running]] = self.env.execute_query(SQL(
            """WITH ranked AS (
                    SELECT finished_at, state, expires_on, CASE WHEN state = 'good' THEN %(keep)s - row_number()
                           OVER (PARTITION BY state ORDER BY finished_at DESC, id DESC) + 1 ELSE 0 END AS more
                      FROM sbo_backup WHERE company_id = %(company)s AND state NOT IN ('expired', 'missed'))
               SELECT MAX(GREATEST(expires_on, CASE WHEN more > 0 THEN %(today)s + (more * %(days)s)::integer END))
                      FILTER (WHERE expires_on IS NOT NULL), bool_or(state = 'running') FROM ranked
                WHERE finished_at >= %(since)s OR state = 'running'""",
            company=company.id, keep=company.sbo_backup_keep, days=company.sbo_backup_days, today=company._sbo_today(),
            since=min(files.mapped("create_date")).replace(microsecond=0)))
        return company._sbo_today() + timedelta(days=company._sbo_backup_kept_days()) if running else last

    # === guards === #

    def _refuse_by_hand(self):
        raise AccessError(self.env._("Backups are written by the scheduled action, never by hand."))

    def _check_manager(self):
        if not (self.env.user.has_group(MANAGER) or self.env.user.has_group("base.group_system")):
            raise AccessError(self.env._("Only a back-office manager or an administrator starts or verifies backups."))

    def _set(self, vals):
        self.with_context(sbo_step=STEP).write(vals)

    def _job_write(self, vals):
        self._set(vals)

    @api.model
    def _record(self, vals_list):
        return self.with_context(sbo_step=STEP).create(vals_list).with_context(sbo_step=False)
