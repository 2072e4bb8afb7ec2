import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.archive_restore import BrokenSet
from ..tools.archive_set import LostWork, SetWriter, is_published, remove_leftovers, remove_set, set_name
from ..tools.unreadable import Unreadable
from .sbo_backup_rows import COLUMNS

STEP_SECONDS = 20
STEP_DOCUMENTS = 50
# A step that was begun so often takes one document at a time; then it leaves that one out.
ALONE_AFTER, SKIP_AFTER = 2, 5
SHOWN_PROBLEMS = 100


class SboBackupRun(models.AbstractModel):
    """How a set is made: documents in the order of their ids, some in each step, then the proof, then the name."""

    _name = "sbo.backup.run"
    _description = "Backup: Run"
    _inherit = ["sbo.archive.job", "sbo.backup.rows", "sbo.backup.proof"]

    @api.model
    def _cron_backup(self):
        """Begin the sets that are due, note those that are missing, and work."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            self._note_missed(company)
            if company.sudo().sbo_backup_path and self._is_due(company):
                self._begin(company)._tidy()
        self._cron_work()

    def _step(self):
        if is_published(self._folder(), self.name, self._owner()):
            # Whoever gave the set its name did not live to say so.
            self._close_good()
            return True
        try:
            with self._writer() as writer:
                return self._advance(writer)
        except LostWork:
            # Begun on another host, or somebody has tidied up: from the beginning.
            self._job_write({"job_cursor": False})
            with self._writer() as writer:
                return self._advance(writer)

    def _advance(self, writer):
        """Documents until the step's time is over; whether the set is complete."""
        cursor = dict(self.job_cursor or {})
        last, shown = cursor.get("document", 0), cursor.get("shown", [])
        started, done = time.monotonic(), self.job_done if cursor else 0
        limit = 1 if self.job_tries > ALONE_AFTER else STEP_DOCUMENTS
        while True:
            documents = self._documents_after(self.company_id, last, limit)
            for document, files in self._with_files(documents):
                shown += self._save_document(writer, document, files)
                last, done = document["document_id"], done + 1
            more = len(documents) == limit
            if not more or limit == 1 or time.monotonic() - started > STEP_SECONDS:
                break
        shown = shown[:SHOWN_PROBLEMS]
        self._job_write({
            "job_cursor": {"document": last, "shown": shown, "mark": writer.agreed()}, "job_done": done,
            "file_count": writer.files, "size": writer.size, "document_count": writer.rows and done,
            "problem_count": writer.problems, "problems": "\n".join(shown)})
        if not more:
            self._conclude(writer)
        return not more

    def _save_document(self, writer, document, files):
        """Copy the files of a document; what is wrong, in words."""
        if not files:
            writer.note(document)
        told = []
        for file, path in zip(files, self._paths(document, files), strict=True):
            row = {**document, **file, "path": path}
            what = self._save_file(writer, row, file)
            if what:
                writer.problem(row, what)
                told.append(f"{document['file_code'] or document['title']} – {file['name']}: {what}")
        return told

    def _save_file(self, writer, row, file):
        if document_is_destroyed(row):
            writer.note(dict(row, path=None))
            return ""
        if self.job_tries > SKIP_AFTER:
            writer.note(dict(row, path=None))
            return self.env._("could not be copied in the time of a scheduled action")
        try:
            sha, _size = writer.add(row, self.env["sbo.archive.source"]._pieces(file))
        except Unreadable as reason:
            writer.note(dict(row, path=None))
            return self._reason_in_words(reason.reason)
        if file["known_sha256"] and sha != file["known_sha256"]:
            return self.env._("is not what was filed: it has been changed on the disk")
        return ""

    def _reason_in_words(self, reason):
        return {
            "missing": self.env._("is not where it should be: it is lost"),
            "cloud": self.env._("lies on cloud storage and cannot be fetched: it is not covered"),
            "link": self.env._("is only a link: it is not covered"),
        }.get(reason, reason)

    # === the end of a set === #

    def _conclude(self, writer):
        writer.complete({
            "database": self.env.cr.dbname, "company": self.company_id.name, "started": self.started_at,
            "finished": fields.Datetime.now(), "documents": self.job_done})
        proven = self._prove(writer.part, writer.part)
        writer.publish()
        self._close_good(proven)

    def _close_good(self, proven=None):
        now = fields.Datetime.now()
        self._job_write({
            "state": "good", "finished_at": now, "verified_at": now, "job_cursor": False,
            "sample_count": self._prove_published() if proven is None else proven, "expires_on": self._kept_until()})
        self._expire()

    def _kept_until(self):
        return self.company_id._sbo_today() + timedelta(days=self.company_id._sbo_backup_kept_days())

    def _expire(self):
        """Remove sets whose time is over; as many good ones as the company keeps stay, whatever their age."""
        sets = self.search(
            [("company_id", "=", self.company_id.id), *self._on_disk_domain()], order="finished_at desc")
        kept = sets.filtered(lambda one: one.state == "good")[:self.company_id.sbo_backup_keep]
        for old in sets - kept:
            if old.expires_on >= self.company_id._sbo_today():
                continue
            try:
                remove_set(old._folder(), old.name, self._owner())
                # A set that was not good does not become one that was.
                old._job_write({"state": "expired"} if old.state == "good" else {"expires_on": False})
            except (OSError, ValueError, BrokenSet, UserError) as error:
                # Not ours any more, or not there today: looked at again after the next set.
                old._job_write({"job_error": str(error)})

    def _fail(self, error):
        result = super()._fail(error)
        found = {"state": "failed"}
        if self.path and is_published(self.path, self.name, self._owner()):
            # It has its name, and only its proof has failed: it can be proven again, and expires like any other.
            found = {"state": "damaged", "expires_on": self._kept_until()}
        self._job_write({**found, "finished_at": fields.Datetime.now(), "job_cursor": False})
        self._tidy()
        return result

    # === where and whose === #

    def _writer(self):
        cursor = self.job_cursor or {}
        return SetWriter(self._folder(), self.name, self._owner(), COLUMNS, cursor.get("mark"))

    def _folder(self):
        if not self.path or not Path(self.path).is_dir():
            raise UserError(self.env._("The backup folder “%s” is not there.", self.path or "-"))
        return self.path

    def _owner(self):
        """Whose sets these are: a copy of the database must not touch those of the original."""
        return {
            "database": self.env.cr.dbname, "company": self.company_id.id, "backup": self.id,
            "uuid": self.env["ir.config_parameter"].sudo().get_param("database.uuid")}

    def _tidy(self):
        """Remove what earlier runs have left behind."""
        running = self.search([("company_id", "=", self.company_id.id), ("job_state", "in", ("waiting", "running"))])
        # The folder may be off line: the next run tries again.
        with suppress(OSError, UserError):
            remove_leftovers(self._folder(), self._owner(), keep=running.mapped("name") + self._proven_now())

    @api.model
    def _begin(self, company):
        """A set to be made by the scheduled action."""
        now = fields.Datetime.now()
        total = self.env["sbo.document"].with_context(active_test=False).search_count(
            [("company_id", "=", company.id)])
        return self._record([{
            "company_id": company.id, "path": company.sudo().sbo_backup_path, "started_at": now, "job_total": total,
            "job_state": "waiting", "name": set_name(self.env.cr.dbname, company.id, now),
            "user_id": company._sbo_backup_user().id}])

    # === when === #

    @api.model
    def _is_due(self, company):
        """Nothing is running, and this period has no good set yet."""
        if self.search_count([("company_id", "=", company.id), ("job_state", "in", ("waiting", "running"))], limit=1):
            return False
        [[start]] = self.env.execute_query(SQL(
            "SELECT (%(day)s::timestamp AT TIME ZONE %(tz)s AT TIME ZONE 'UTC')",
            day=self._period_start(company._sbo_today(), company.sbo_backup_days), tz=company._sbo_tz()))
        return not self.search_count(
            [("company_id", "=", company.id), ("state", "=", "good"), ("finished_at", ">=", start)], limit=1)

    @api.model
    def _note_missed(self, company):
        """A row for every period that is over and has no good set."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(SQL(
            """SELECT m.key, m.day, m.ends_at FROM (%s) m WHERE NOT EXISTS (
                   SELECT FROM sbo_backup b WHERE b.company_id = %s AND b.period = m.key AND b.state = 'missed')
               ORDER BY m.day DESC LIMIT 60""",
            self._sql_missed(company, now), company.id))
        self._record([{
            "company_id": company.id, "state": "missed", "period": key, "started_at": ends_at, "finished_at": ends_at,
            "name": self.env._("No good backup in the period from %s", day),
            "user_id": company._sbo_backup_user().id} for key, day, ends_at in rows])

    @api.model
    def _period_start(self, day, days):
        """First day of the period of so many days that a day lies in; of seven days, its Monday."""
        return day - timedelta(days=(day - fields.Date.to_date("1970-01-05")).days % days)

    @api.model
    def _sql_missed(self, company, as_of, since=None) -> SQL:
        """Periods (key, first day, end) that are over, in which there were files to save and no set became good."""
        self.env.flush_all()
        first = max(filter(None, (company.sbo_backup_from, since)), default=None)
        if not first:
            return SQL("SELECT '' AS key, NULL::date AS day, NULL::timestamp AS ends_at WHERE FALSE")
        days = company.sbo_backup_days
        return SQL(
            """SELECT p.key, p.day, p.ends_at
                 FROM (SELECT CASE WHEN %(days)s = 7 THEN to_char(d, 'IYYY-"W"IW') ELSE to_char(d, 'YYYY-MM-DD') END
                              AS key, d::date AS day, d AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' AS starts_at,
                              (d + %(days)s * interval '1 day') AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' AS ends_at
                         FROM generate_series(%(start)s::timestamp, %(as_of)s::timestamp + interval '1 day',
                                              %(days)s * interval '1 day') d WHERE d >= %(first)s::date) p
                WHERE p.ends_at <= %(as_of)s
                  AND (SELECT MIN(f.create_date) FROM sbo_document_file f
                        WHERE f.company_id = %(company)s) < p.ends_at
                  AND NOT EXISTS (SELECT FROM sbo_backup b
                                   WHERE b.company_id = %(company)s AND b.state IN ('good', 'expired')
                                     AND b.finished_at >= p.starts_at AND b.finished_at < p.ends_at)""",
            days=days, tz=company._sbo_tz(), start=self._period_start(first, days), first=first, as_of=as_of,
            company=company.id)


def document_is_destroyed(row):
    """Whether a document's files are gone because they were meant to go."""
    return row["state"] == "destroyed" and not row["attachment_id"]
