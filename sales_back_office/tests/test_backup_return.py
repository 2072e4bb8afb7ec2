import json
import shutil
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import archive_restore
from .common_archive import SboArchiveCommon


@tagged("post_install", "-at_install")
class TestBackupReturn(SboArchiveCommon):
    """Files of a set come back to their documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls._on_file("Contract", {"a.pdf": b"return a", "b.pdf": b"return b"})

    def _restored(self, backup):
        target = self.folder / "restored"
        shutil.rmtree(target, ignore_errors=True)
        archive_restore.restore(self._set(backup), target)
        return target

    def _return(self, folder, **kwargs):
        return self.env["sbo.backup"]._reattach(folder, self.company, commit=False, **kwargs)

    def test_what_is_there_stays(self):
        result = self._return(self._restored(self._backup()))
        self.assertEqual((result["returned"], result["created"], result["problems"]), (0, 0, []))
        self.assertGreaterEqual(result["present"], 2)

    def test_a_filestore_that_lost_files_gets_them_back(self):
        folder = self._restored(self._backup())
        file = self._file(self.document, "a.pdf")
        self._lose(file)
        file._verify()
        self.assertEqual(file.damage, "missing")
        self.assertEqual(self._return(folder)["returned"], 1)
        file.invalidate_recordset()
        self.assertEqual((file.damage, file.attachment_id.raw), (False, b"return a"))

    def test_a_database_that_knows_nothing_gets_documents_and_files(self):
        folder = self._restored(self._backup())
        rows = json.loads((folder / "index.json").read_text())
        code, files = self.document.file_code, self.document.file_ids
        # as in a new database: the document and its class are not there
        self.env.cr.execute("DELETE FROM sbo_document_file WHERE id = ANY(%s)", [files.ids])
        self.env.cr.execute("DELETE FROM ir_attachment WHERE res_model = 'sbo.document' AND res_id = %s",
                            [self.document.id])
        self.env.cr.execute("DELETE FROM sbo_document WHERE class_id = %s", [self.kind.id])
        self.env.cr.execute("DELETE FROM sbo_document_class WHERE id = %s", [self.kind.id])
        self.env.invalidate_all()
        result = self._return(folder)
        self.assertEqual((result["created"], result["problems"]), (1, []))
        document = self.env["sbo.document"].search([("file_code", "=", code)])
        self.assertEqual((document.title, document.state, document.class_id.code), ("Contract", "filed", "LT"))
        self.assertEqual(document.secrecy_id, self.internal)
        self.assertEqual({file.name: file.attachment_id.raw for file in document.file_ids},
                         {"a.pdf": b"return a", "b.pdf": b"return b"})
        self.assertEqual(document.file_ids.mapped("damage"), [False, False])
        self.assertEqual(set(document.file_ids.mapped("sha256")),
                         {row["sha256"] for row in rows if row["file_code"] == code})
        self.assertFalse(document.file_ids.attachment_id.filtered("public"))
        later = self._on_file("Later", class_id=document.class_id.id)
        self.assertGreater(later.number, document.number, "no code is given twice")
        again = self._return(folder)
        self.assertEqual((again["returned"], again["created"]), (0, 0), "twice changes nothing")

    def test_what_does_not_compare_does_not_come_back(self):
        folder = self._restored(self._backup())
        file = self._file(self.document, "a.pdf")
        self._lose(file)
        for row in json.loads((folder / "index.json").read_text()):
            if row["name"] == "a.pdf" and row["document_id"] == self.document.id:
                (folder / row["path"]).write_bytes(b"swapped")
        result = self._return(folder)
        self.assertEqual([what for _path, what in result["problems"]], ["is not what was backed up"])

    def test_unknown_documents_are_told_when_none_are_made(self):
        folder = self._restored(self._backup())
        index = (folder / "index.json").read_text()
        (folder / "index.json").write_text(index.replace(self.document.file_code, "1999-XX-0001"))
        result = self._return(folder, create_missing=False)
        self.assertEqual(len(result["problems"]), 2)
        self.assertFalse(self.env["sbo.document"].search([("file_code", "=", "1999-XX-0001")]))

    def test_destroyed_documents_stay_destroyed(self):
        document = self.document
        folder = self._restored(self._backup())
        document.file_ids._own().write({"attachment_id": False})
        document._own().write({"state": "destroyed"})
        result = self._return(folder)
        self.assertIn("its document is destroyed", [what for _path, what in result["problems"]])

    def test_a_path_that_leads_out_is_refused(self):
        folder = self._restored(self._backup())
        rows = json.loads((folder / "index.json").read_text())
        with open(folder / "index.json", "w") as file:
            lines = [json.dumps(dict(row, path="../../x")) for row in rows if row["path"]]
            file.write("[\n" + ",\n".join(lines) + "\n]\n")
        result = self._return(folder)
        self.assertTrue(result["problems"])
        self.assertEqual({what for _path, what in result["problems"]}, {"its path leads out of the set"})

    def test_memory_holds_a_piece_and_not_the_file(self):
        """However large a file is, it is read a megabyte at a time."""
        read = []
        source = type(self.env["sbo.archive.source"])
        original = source._disk_pieces

        def spy(records, file):
            for piece in original(records, file):
                read.append(len(piece))
                yield piece

        self._on_file("Large", {"large.bin": b"x" * (3 * 1024 * 1024 + 5)})
        with patch.object(source, "_disk_pieces", spy), mute_logger("odoo.sql_db"):
            self._backup()
        self.assertLessEqual(max(read), 1024 * 1024)
