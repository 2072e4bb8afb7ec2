import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .common import at
from .common_tenders import FILE, SboTendersCommon

OTHER = base64.b64encode(b"something else")


@tagged("post_install", "-at_install")
class TestTenderDocuments(SboTendersCommon):
    """Bid documents: owners, versions, how far they are, and what was handed in stays as it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tender = cls._tender()
        cls.tender.with_user(cls.clerk).action_prepare()

    def test_completion_of_the_newest_versions(self):
        first = self._document(self.tender, progress=100)
        self._document(self.tender, progress=40, name="Price list")
        self.assertEqual(self.tender.completion, 70)
        first.with_user(self.clerk).action_new_version()
        self.assertEqual(self.tender.completion, 20, "a new version is to be made")
        self.assertEqual(len(self.tender.document_ids), 2)
        self.assertEqual(self.tender.document_count, 3)

    def test_a_new_version_keeps_the_old_one(self):
        first = self._document(self.tender)
        action = first.with_user(self.clerk).action_new_version()
        second = self.env["sbo.tender.document"].browse(action["res_id"])
        self.assertEqual((second.version, second.previous_id, second.file, second.progress), (2, first, False, 0))
        self.assertEqual((first.current, first.file, first.progress), (False, FILE, 100))
        for vals in ({"file": OTHER}, {"progress": 10}, {"name": "x"}):
            with self.assertRaisesRegex(AccessError, "replaced by a newer version"):
                first.with_user(self.clerk).write(vals)
        with self.assertRaises(AccessError):
            first.with_user(self.clerk).action_new_version()

    def test_frozen_when_submitted(self):
        document = self._document(self.tender)
        with freeze_time(at("2026-03-19 15:00")):
            self.tender.with_user(self.clerk).action_submit()
        self.assertEqual(document.frozen_at, at("2026-03-19 15:00"))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id), ("res_field", "=", "file")])
        self.assertEqual(document.checksum, attachment.checksum)
        for user in (self.clerk, self.salesperson, self.manager):
            with self.subTest(user=user.login):
                for vals in ({"file": OTHER}, {"progress": 10}, {"active": False}):
                    with self.assertRaisesRegex(AccessError, "was handed in"):
                        document.with_user(user).write(vals)
                with self.assertRaises(AccessError):
                    document.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    document.with_user(user).action_new_version()
                with self.assertRaises(AccessError):
                    attachment.with_user(user).write({"datas": OTHER})
                with self.assertRaises(AccessError):
                    attachment.with_user(user).unlink()
                with self.assertRaisesRegex(UserError, "no document is added"):
                    self._document(self.tender, user=user)
        self.assertEqual(document.file, FILE)

    def test_moments_and_versions_cannot_be_claimed(self):
        document = self._document(self.tender, version=9, frozen_at=at("2026-03-01 09:00"), checksum="x", current=False)
        self.assertEqual((document.version, document.frozen_at, document.checksum, document.current),
                         (1, False, False, True))
        for vals in ({"frozen_at": at("2026-03-01 09:00")}, {"current": False}, {"version": 3},
                     {"tender_id": self._tender().id}):
            with self.assertRaisesRegex(UserError, "come with the buttons"):
                document.with_user(self.clerk).write(vals)

    def test_complete_means_with_its_file(self):
        with self.assertRaisesRegex(ValidationError, "attach it first"):
            self._document(self.tender, file=False)
        document = self._document(self.tender, progress=90, file=False)
        with self.assertRaisesRegex(ValidationError, "attach it first"):
            document.with_user(self.clerk).progress = 100
        document.with_user(self.clerk).write({"progress": 100, "file": FILE})
        self.assertTrue(document.completed_at)
        with self.assertRaisesRegex(ValidationError, "attach it first"):
            document.with_user(self.clerk).file = False
        document.with_user(self.clerk).progress = 60
        self.assertFalse(document.completed_at)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            document.write({"progress": 130, "file": FILE})
            document.flush_recordset()

    def test_somebody_from_another_department_makes_it(self):
        document = self._document(self.tender, progress=0, file=False, owner=self.outsider, due_on="2026-03-10")
        self.assertEqual(self._todos(document), {"document": ("2026-03-10", self.outsider)})
        mine = self.env["sbo.tender.document"].with_user(self.outsider).search([])
        self.assertIn(document.id, mine.ids)
        self.assertFalse(self.env["sbo.tender"].with_user(self.outsider).has_access("read"))
        mine = document.with_user(self.outsider)
        self.assertIn("Office furniture", mine.tender_name)
        mine.write({"progress": 100, "file": FILE, "file_name": "drawing.pdf", "note": "Sheet 4 is new"})
        self.assertFalse(document.activity_ids, "done")
        self.assertEqual(self.tender.completion, 100)
        for vals in ({"due_on": "2026-04-10"}, {"user_id": self.clerk.id}, {"name": "x"}, {"active": False}):
            with self.subTest(vals=vals), self.assertRaisesRegex(AccessError, "owner of a document"):
                mine.write(vals)
        other = self._document(self.tender, name="Price list")
        with self.assertRaises(AccessError):
            other.with_user(self.outsider).read(["name"])
        with self.assertRaises(AccessError):
            self._document(self.tender, user=self.outsider)
        second = self.env["sbo.tender.document"].browse(mine.action_new_version()["res_id"])
        self.assertEqual((second.user_id, second.version), (self.outsider, 2))

    def test_kept_with_its_file(self):
        document = self._document(self.tender)
        with self.assertRaisesRegex(UserError, "archive it"):
            document.with_user(self.clerk).unlink()
        empty = self._document(self.tender, progress=0, file=False)
        empty.with_user(self.clerk).unlink()
        self.assertFalse(empty.exists())

    def test_todos_end_with_the_tender(self):
        document = self._document(self.tender, progress=50, due_on="2026-03-10")
        self.assertTrue(document.activity_ids)
        document.with_user(self.clerk).write({"due_on": "2026-03-12", "user_id": self.salesperson.id})
        self.assertEqual(self._todos(document), {"document": ("2026-03-12", self.salesperson)})
        self.tender.with_user(self.clerk).action_withdraw("Too small")
        self.assertFalse(document.activity_ids)
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).progress = 60
