import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..tools import archive_restore, archive_set
from .common_archive import SboArchiveCommon

PROGRAM = Path(archive_restore.__file__)
LOGGER = "odoo.addons.sales_back_office.models.sbo_archive_job"


@tagged("post_install", "-at_install")
class TestBackupSets(SboArchiveCommon):
    """One set after the other: what is in it, how it is proven, when it goes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._on_file("Contract", {"contract.pdf": b"first", "Contract.pdf": b"second"}, document_no="=1+1")
        cls.paper = cls._on_file("On paper only", medium="paper")

    def _index(self, backup):
        return json.loads((self._set(backup) / "index.json").read_text())

    def test_a_set_holds_every_file_and_says_what_it_is(self):
        backup = self._backup()
        self.assertEqual((backup.state, backup.file_count, backup.size, backup.problem_count), ("good", 2, 11, 0))
        self.assertFalse(list(self.folder.glob("*.part")))
        rows = [row for row in self._index(backup) if row["document_id"] == self.first.id]
        self.assertEqual([(self._set(backup) / row["path"]).read_bytes() for row in rows], [b"first", b"second"])
        self.assertEqual(len({row["path"].casefold() for row in rows}), 2, "told apart on every disk")
        [paper] = [row for row in self._index(backup) if row["document_id"] == self.paper.id]
        self.assertFalse(paper["path"])
        self.assertIn("'=1+1", (self._set(backup) / "index.csv").read_text(), "nothing that a spreadsheet calculates")

    def test_some_of_it_is_restored_as_proof(self):
        self.company.sbo_backup_sample = 1
        backup = self._backup()
        self.assertEqual(backup.sample_count, 4, "one file, and the three lists")
        self.assertTrue(backup.verified_at)

    def test_what_was_written_wrongly_is_no_good_set(self):
        def torn(writer, row, pieces):
            result = add(writer, row, pieces)
            (writer.part / row["path"]).write_bytes(b"torn")
            return result

        add = archive_set.SetWriter.add
        with patch.object(archive_set.SetWriter, "add", torn), mute_logger(LOGGER):
            backup = self._backup()
        self.assertEqual((backup.state, backup.job_state), ("failed", "failed"))
        self.assertIn("restore test failed", backup.job_error)
        self.assertFalse(list(self.folder.glob("sbo-archive-*")), "nothing is left that looks like a set")

    def test_lost_changed_and_far_files_are_told(self):
        self._lose(self._file(self.first, "contract.pdf"))
        self._spoil(self._file(self.first, "Contract.pdf"))
        link = self._entered("Link")
        self.env["ir.attachment"].create({
            "name": "x", "type": "url", "url": "https://example.com/x", "res_model": link._name, "res_id": link.id})
        backup = self._backup()
        self.assertEqual((backup.state, backup.problem_count, backup.file_count), ("good", 3, 1))
        for words in ("it is lost", "changed on the disk", "only a link"):
            self.assertIn(words, backup.problems)
        self.assertEqual(len((self._set(backup) / "problems.csv").read_text().splitlines()), 4)

    def test_files_on_cloud_storage_are_fetched_or_told(self):
        source = type(self.env["sbo.archive.source"])
        self.env.flush_all()
        attachment = self._file(self.first, "contract.pdf").attachment_id
        self.env.cr.execute("UPDATE ir_attachment SET type = 'cloud_storage' WHERE id = %s", [attachment.id])
        with patch.object(source, "_cloud_pieces", lambda _self, file: iter([b"fi", b"rst"])):
            backup = self._backup()
        self.assertEqual((backup.file_count, backup.problem_count), (2, 0))
        other = self._backup(9)
        self.assertEqual((other.file_count, other.problem_count), (1, 1))
        self.assertIn("not covered", other.problems)

    def test_verify_and_restore_need_no_odoo(self):
        backup, target = self._backup(), self.folder / "restored"

        def run(*words):
            command = [sys.executable, "-I", str(PROGRAM), *map(str, words)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            return done.returncode, done.stdout

        self.assertEqual(run("verify", self._set(backup))[0], 0)
        self.assertEqual(run("restore", self._set(backup), target)[0], 0)
        for row in self._index(backup):
            if row["path"]:
                self.assertEqual((target / row["path"]).read_bytes(), (self._set(backup) / row["path"]).read_bytes())
        self.assertEqual(run("restore", self._set(backup), target)[0], 1, "never over what is there")
        sample = next(row["path"] for row in self._index(backup) if row["path"])
        (self._set(backup) / sample).write_bytes(b"rotten")
        code, said = run("verify", self._set(backup))
        self.assertEqual(code, 1)
        self.assertIn(f"{sample}: is not what was backed up", said)

    def test_verify_again_finds_what_has_rotted(self):
        backup = self._backup()
        backup.with_user(self.manager).action_verify()
        self.assertEqual(backup.state, "good")
        for row in self._index(backup):
            if row["path"]:
                (self._set(backup) / row["path"]).write_bytes(b"rotten")
        backup.with_user(self.manager).action_verify()
        self.assertEqual(backup.state, "damaged")
        self.assertFalse(list(self.folder.glob("*.part")))
        self.assertEqual(self.env["sbo.backup"]._last_expiry(self.first.file_ids), backup.expires_on)
        backup._set({"expires_on": "2026-03-03"})
        self._backup(1)
        self.assertFalse(self._set(backup).exists(), "it expires like any other")
        self.assertEqual((backup.state, backup.expires_on), ("damaged", False), "and was never good")

    def test_a_disk_that_is_off_line_damages_no_set(self):
        backup, away = self._backup(), self.folder.with_suffix(".away")
        self.folder.rename(away)
        self.addCleanup(shutil.rmtree, away, ignore_errors=True)
        backup.with_user(self.manager).action_verify()
        self.assertEqual(backup.state, "good")
        self.assertIn("off line", backup.job_error)
        backup._set({"expires_on": "2026-03-03"})
        self.company.sbo_backup_keep = 1
        away.with_suffix(".new").mkdir()
        self.addCleanup(shutil.rmtree, away.with_suffix(".new"), ignore_errors=True)
        self.company.sbo_backup_path = str(away.with_suffix(".new"))
        self._backup(1)
        self.assertEqual(backup.state, "good", "its bytes are still there: it expires another day")
        away.rename(self.folder)
        backup.with_user(self.manager).action_verify()
        self.assertEqual((backup.state, backup.job_error), ("good", False))

    def test_a_damaged_set_is_verified_again(self):
        backup = self._backup()
        with patch.object(type(backup), "_prove", side_effect=UserError("The restore test failed")):
            backup.with_user(self.manager).action_verify()
        self.assertEqual(backup.state, "damaged")
        backup.with_user(self.manager).action_verify()
        self.assertEqual((backup.state, backup.job_error), ("good", False))

    def test_whoever_named_a_set_did_not_live_to_prove_it(self):
        backup = self._backup()
        backup._set({"state": "running", "job_state": "running", "expires_on": False, "finished_at": False})
        with patch.object(type(backup), "_prove", side_effect=OSError("No space left")), mute_logger(LOGGER):
            self._work_off(backup)
        self.assertEqual((backup.state, bool(backup.expires_on)), ("damaged", True))
        backup.with_user(self.manager).action_verify()
        self.assertEqual(backup.state, "good")

    def test_a_set_that_failed_has_nothing_to_prove(self):
        with patch.object(archive_set.SetWriter, "publish", side_effect=OSError("No space left")), mute_logger(LOGGER):
            backup = self._backup()
        backup.with_user(self.manager).action_verify()
        self.assertEqual((backup.state, backup.expires_on), ("failed", False))

    def test_sets_kept_by_number_outlive_their_day(self):
        self.company.write({"sbo_backup_keep": 3, "sbo_backup_keep_days": 0, "sbo_backup_days": 7})
        for second in range(2):
            self._backup(second)._set({"expires_on": "2026-03-03"})
        today = self.company._sbo_today()
        self.assertEqual(self.env["sbo.backup"]._last_expiry(self.first.file_ids), today + timedelta(days=21))

    def test_old_sets_go_when_enough_new_ones_are_there(self):
        self.company.write({"sbo_backup_keep": 2, "sbo_backup_keep_days": 0})
        sets = []
        for second in range(4):
            sets.append(self._backup(second))
            sets[-1]._set({"finished_at": f"2026-03-02 01:02:0{second}", "expires_on": "2026-03-03"})
        sets[-1]._expire()
        self.assertEqual([one.state for one in sets], ["expired", "expired", "good", "good"])
        self.assertEqual([self._set(one).exists() for one in sets], [False, False, True, True])

    def test_a_set_of_another_database_is_not_removed(self):
        backup = self._backup()
        owner = dict(backup._owner(), uuid="another")
        with self.assertRaises(ValueError):
            archive_set.remove_set(self.folder, backup.name, owner)
        for name in ("../etc", "x", "sbo-archive-x"):
            with self.assertRaises(ValueError):
                archive_set.remove_set(self.folder, name, owner)
        self.assertTrue(self._set(backup).exists())
        part = self.folder / (backup.name[:-2] + "8Z.part")
        part.mkdir()
        (part / "owner.json").write_text(json.dumps(owner))
        self.assertFalse(archive_set.remove_leftovers(self.folder, backup._owner()))
        self.assertEqual(archive_set.remove_leftovers(self.folder, owner), [part.name])

    def test_a_hostile_set_is_not_restored(self):
        backup = self._backup()
        folder = self._set(backup)
        (folder / "SHA256SUMS").write_text("0" * 64 + "  ../../evil\n")
        with self.assertRaises(archive_restore.BrokenSet):
            archive_restore.restore(folder, self.folder / "nowhere")
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["sums_sha256"] = archive_restore.digest(folder, "SHA256SUMS")[0]
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with self.assertRaisesRegex(archive_restore.BrokenSet, "is not of a backup set"):
            archive_restore.restore(folder, self.folder / "nowhere")
        (folder / "files" / "link").symlink_to("/etc/hostname")
        with self.assertRaises(OSError):
            archive_restore.digest(folder, "files/link")

    def test_who_may_do_what(self):
        for user in (self.clerk, self.supervisor, self.salesperson, self.outsider):
            with self.assertRaises(AccessError):
                self.env["sbo.backup"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["sbo.backup"].with_user(user).action_start()
        backup = self._backup()
        self.assertEqual(backup.with_user(self.auditor).state, "good")
        with self.assertRaises(AccessError):
            backup.with_user(self.auditor).action_verify()
        for user in (self.manager, self.env.user):
            with self.assertRaises(AccessError):
                backup.with_user(user).write({"state": "failed"})
        with self.assertRaises(AccessError):
            backup.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            backup.unlink()
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).read(["sbo_backup_path"])
        self.assertFalse(self.env["sbo.backup"].with_user(self.company2_clerk).sudo(False).has_access("read"))

    def test_a_manager_starts_one_and_the_scheduled_action_makes_it(self):
        action = self.env["sbo.backup"].with_user(self.manager).action_start()
        self.assertEqual(action["res_model"], "sbo.backup")
        self.env["sbo.backup"].with_user(self.manager).action_start()
        backup = self.env["sbo.backup"].search([("job_state", "=", "waiting")])
        self.assertEqual(len(backup), 1, "one at a time")
        with self.enter_registry_test_mode():
            self.env.ref("sales_back_office.sbo_cron_backup").method_direct_trigger()
        self.assertEqual((backup.state, backup.job_percent), ("good", 100))

    def test_the_folder_is_checked_when_it_is_named(self):
        for path in ("relative", "/nowhere/at/all", config["data_dir"]):
            with self.assertRaises(ValidationError):
                self.company.sbo_backup_path = path

    def test_a_folder_that_is_gone_is_a_failure_in_words(self):
        backup = self.env["sbo.backup"]._begin(self.company)
        backup._set({"path": "/nowhere/at/all"})
        with mute_logger(LOGGER):
            self._work_off(backup)
        self.assertEqual(backup.state, "failed")
        self.assertIn("/nowhere/at/all", backup.job_error)

    def test_a_destruction_list_names_the_day_of_the_last_set(self):
        old = self._expired(title="Old", medium="paper")
        record = self._destruction(old)
        self.assertFalse(record._sbo_backup_until(), "it has no files")
        old = self._document(title="Old with a file", date="2010-05-05", medium="both")
        self._upload(old, "old.txt", b"old bytes")
        old.with_user(self.clerk).action_file()
        self.env["sbo.document"]._expire(self.company)
        self.env.invalidate_all()
        record = self._destruction(old)
        self.assertFalse(record._sbo_backup_until(), "no set holds them yet")
        backup = self._backup()
        self.assertEqual(record.with_user(self.clerk)._sbo_backup_until(), backup.expires_on)
        backup._set({"state": "expired"})
        self.assertFalse(record._sbo_backup_until())

    def test_documents_of_another_company_are_not_in_it(self):
        kind = self.env["sbo.document.class"].create({
            "name": "Theirs", "code": "TH", "company_id": self.company2.id, "secrecy_id": self.internal.id})
        other = self._entered("Other", {"o": b"o"}, self.company2_clerk, class_id=kind.id, place_id=False,
                              company_id=self.company2.id, partner_id=False)
        self.assertNotIn(other.id, [row["document_id"] for row in self._index(self._backup())])
