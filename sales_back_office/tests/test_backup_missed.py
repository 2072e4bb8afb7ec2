from odoo.tests import tagged

from .common import at
from .common_archive import SboArchiveCommon


@tagged("post_install", "-at_install")
class TestBackupMissed(SboArchiveCommon):
    """A period without a good backup, or a backup that failed, is somebody's finding."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sbo_check_from = "2026-03-02"  # a Monday
        document = cls._on_file("Contract", {"contract.pdf": b"backup missed"})
        document.file_ids.flush_recordset()
        cls.env.cr.execute("UPDATE sbo_document_file SET create_date = %s WHERE company_id = %s",
                           (at("2026-03-03 10:00"), cls.company.id))
        cls.check = cls._shipped("backup_missing")

    def _made(self, moment, second=0, **vals):
        backup = self._backup(second)
        backup._set({"finished_at": at(moment), **vals})
        return backup

    def test_a_week_without_a_good_backup_is_missed(self):
        self._run(self.check, "2026-03-08 23:50")
        self.assertFalse(self._findings(self.clerk, self.check), "the week is not over")
        self._run(self.check, "2026-03-09 02:00")
        found = self._findings(self.clerk, self.check)
        self.assertEqual((found.key, found.user_id, found.due_at), ("2026-W10", self.clerk, at("2026-03-09 00:00")))
        self.assertFalse(found.closed_at, "open until there is a good one")
        self._made("2026-03-10 05:00")
        self._run(self.check, "2026-03-11 02:00")
        self.assertEqual(found.closed_at, at("2026-03-10 05:00"))
        self._run(self.check, "2026-03-16 02:00")
        self.assertEqual(len(self._findings(self.clerk, self.check)), 1, "the second week had one, the first stays one")

    def test_a_backup_in_time_is_none(self):
        self._made("2026-03-07 05:00")
        self._run(self.check, "2026-03-09 02:00")
        self.assertFalse(self._findings(self.clerk, self.check))

    def test_a_failed_one_does_not_count_and_is_a_finding_itself(self):
        backup = self._made("2026-03-07 05:00", state="failed", job_error="The disk is full")
        self._run(self.check, "2026-03-09 02:00")
        self.assertEqual(len(self._findings(self.clerk, self.check)), 1)
        failed = self._shipped("backup_failed")
        self._run(failed, "2026-03-09 02:00")
        found = self._findings(backup, failed)
        self.assertEqual((found.user_id, found.evidence["job_error"]), (self.clerk, "The disk is full"))
        self._made("2026-03-09 05:00", 1, problem_count=1)
        self._run(failed, "2026-03-10 02:00")
        self.assertFalse(found.closed_at, "a set that is not full is none")
        self.env["sbo.backup"].search([("problem_count", "=", 1)])._set({"problem_count": 0})
        self._run(failed, "2026-03-11 02:00")
        self.assertEqual(found.closed_at, at("2026-03-09 05:00"))

    def test_nothing_to_save_is_nothing_missed(self):
        self.env.cr.execute("UPDATE sbo_document_file SET create_date = %s WHERE company_id = %s",
                            (at("2026-03-20 10:00"), self.company.id))
        self._run(self.check, "2026-03-16 02:00")
        self.assertFalse(self._findings(self.clerk, self.check))

    def test_other_lengths_and_a_new_length(self):
        self.company.write({"sbo_backup_days": 14, "sbo_backup_from": "2026-03-02"})
        self.company.sbo_backup_from = "2026-03-02"
        self._run(self.check, "2026-04-01 02:00")
        found = self._findings(self.clerk, self.check)
        self.assertEqual(found.mapped("key"), ["2026-03-02", "2026-03-16"], "whole periods only")
        self.company.sbo_backup_days = 3
        self.assertEqual(str(self.company.sbo_backup_from), str(self.company._sbo_today()), "counted anew")

    def test_the_list_of_backups_shows_the_gap(self):
        backups = self.env["sbo.backup"]
        self.company.sbo_backup_from = self.company._sbo_today().replace(day=1)
        self.env.cr.execute("UPDATE sbo_document_file SET create_date = '2020-01-01'")
        self.company.sbo_backup_from = "2026-10-01"
        backups._note_missed(self.company)
        missed = backups.search([("state", "=", "missed"), ("company_id", "=", self.company.id)])
        self.assertTrue(missed)
        self.assertEqual(missed.user_id, self.clerk)
        backups._note_missed(self.company)
        self.assertEqual(backups.search_count([("state", "=", "missed"), ("company_id", "=", self.company.id)]),
                         len(missed), "each once")

    def test_who_answers_when_nobody_is_named(self):
        self.company.sbo_backup_user_id = False
        self.company.sbo_intake_clerk_id = self.clerk2
        self.assertEqual(self.company._sbo_backup_user(), self.clerk2)
        self.company.sbo_intake_clerk_id = False
        self.assertIn(self.env.ref("sales_back_office.sbo_group_manager"),
                      self.company._sbo_backup_user().all_group_ids)

    def test_it_is_due_again_when_the_period_is_new(self):
        backups = self.env["sbo.backup"]
        self.assertTrue(backups._is_due(self.company))
        backup = self._backup()
        self.assertFalse(backups._is_due(self.company))
        backup._set({"finished_at": at("2026-03-07 05:00")})
        self.assertTrue(backups._is_due(self.company))
        backup._set({"job_state": "running"})
        self.assertFalse(backups._is_due(self.company))
