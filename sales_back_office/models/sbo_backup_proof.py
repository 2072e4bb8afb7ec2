import json
import random
import shutil
from pathlib import Path

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import archive_restore
from ..tools.archive_set import OWNER, PART

SCRATCH = ".scratch"
# What may lie on the disk, whatever became of it since.
PROVABLE = ("good", "damaged", "failed")


class SboBackupProof(models.AbstractModel):
    """How a set is proven (恢复验证): some of its files are restored and compared, when it is made and when asked."""

    _name = "sbo.backup.proof"
    _description = "Backup: Proof"

    def action_verify(self):
        """Restore some files of these sets again and compare them."""
        self._check_manager()
        self.check_access("read")
        for backup in self.sudo():
            backup._lock_proof()
            if backup.state not in PROVABLE:
                raise UserError(self.env._("“%s” is no finished set: there is nothing to verify.", backup.name))
            backup._set(backup._proven_anew())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _proven_anew(self):
        """What is written down after one more proof. What could not be looked at is neither better nor worse."""
        try:
            files = self._prove_published()
        except OSError as error:
            return {"job_error": str(error)}
        except (archive_restore.BrokenSet, UserError) as error:
            found = {"job_error": str(error), "verified_at": fields.Datetime.now()}
            return {**found, "state": "damaged"} if self.expires_on else found
        return {
            "state": "good", "job_error": False, "sample_count": files, "verified_at": fields.Datetime.now(),
            "expires_on": self.expires_on or self._kept_until()}

    def _lock_proof(self):
        """One proof of a set at a time, and nobody tidies its scratch folder up meanwhile."""
        self.flush_recordset()
        self.env.cr.execute(SQL("SELECT FROM sbo_backup WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))
        self.invalidate_recordset(["state"])

    def _proven_now(self):
        """Names of this company's sets that somebody works on at this moment."""
        self.flush_model()
        free = self.env.execute_query(SQL(
            "SELECT id FROM sbo_backup WHERE company_id = %s FOR KEY SHARE SKIP LOCKED", self.company_id.id))
        return self.search([
            ("company_id", "=", self.company_id.id), ("id", "not in", [row[0] for row in free])]).mapped("name")

    def _prove(self, folder: Path, scratch: Path):
        """Restore some files of a set that is complete, and compare them; how many.

        :raise UserError: what was written does not come back as it was
        """
        try:
            outcome = archive_restore.copy(folder, scratch / SCRATCH, self._sample(folder))
        finally:
            shutil.rmtree(scratch / SCRATCH, ignore_errors=True)
        if outcome.problems:
            raise UserError(self.env._(
                "The restore test failed: “%(path)s” %(what)s.", path=outcome.problems[0].path,
                what=outcome.problems[0].what))
        return outcome.files

    def _sample(self, folder):
        """So many of the set's entries, each as likely as any other; the index always."""
        size = self.company_id.sbo_backup_sample
        chosen, lists = [], []
        for number, entry in enumerate(archive_restore.entries(folder)):
            if not entry[1].startswith("files/"):
                lists.append(entry)
            elif len(chosen) < size:
                chosen.append(entry)
            elif (place := random.randrange(number + 1)) < size:
                chosen[place] = entry
        return chosen + lists

    def _prove_published(self):
        """Restore some files of a set that has its name already; how many.

        :raise OSError: it cannot be looked at today: its folder is off line, or the disk for the test is full
        :raise BrokenSet, UserError: it is not what was backed up
        """
        folder = Path(self.path) / self.name
        if not folder.is_dir():
            raise FileNotFoundError(self.env._("“%s” is not there: its disk may be off line.", folder))
        archive_restore.read_manifest(folder)
        scratch = Path(self.path) / (self.name + PART)
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        (scratch / OWNER).write_text(json.dumps(self._owner()), encoding="utf-8")  # else nobody would tidy it up
        try:
            return self._prove(folder, scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
