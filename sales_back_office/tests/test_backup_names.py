import json

from odoo.tests import tagged

from ..tools import archive_restore, safe_names
from .common_archive import SboArchiveCommon

NAMES = (
    "../../../etc/passwd", "/etc/passwd", "C:\\windows\\system.ini", "..", ".", "", " ", "nul.txt", "-rf .pdf",
    "a\u202efdp.exe", "line\nbreak  x.pdf", "=HYPERLINK(1).pdf", "合同" * 150 + ".pdf", "a" * 300 + ".pdf",
    "same.pdf", "SAME.PDF", "same.pdf", "e\u0301.pdf", "\u00e9.pdf")
TITLES = ("../../evil", "/", "合同" * 150, "con", "..", "x/../../y", "a\nb")


@tagged("post_install", "-at_install")
class TestBackupNames(SboArchiveCommon):
    """Whatever a stranger has called a paper or a file: a set stays in its folder, and comes back whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Each with bytes of its own, so that none can stand in for another.
        cls.papers = cls.env["sbo.document"].union(*(
            cls._entered(f"Paper {number}", {f"file{count}.txt": f"{number} {count}".encode()
                                             for count in range(len(NAMES) if not number else 1)})
            for number in range(len(TITLES))))
        cls.env.flush_all()
        # By SQL: what came in before names were made safe, or past the addon.
        for paper, title in zip(cls.papers, TITLES, strict=True):
            cls.env.cr.execute("UPDATE sbo_document SET title = %s WHERE id = %s", [title, paper.id])
        for number, (file, name) in enumerate(zip(cls.papers[0].file_ids.sorted("id"), NAMES, strict=True)):
            cls.env.cr.execute(
                "UPDATE sbo_document_file SET name = %s, version = %s WHERE id = %s", [name, number + 1, file.id])
        cls.env.invalidate_all()

    def test_a_set_of_hostile_names_comes_back_whole(self):
        backup = self._backup()
        self.assertEqual((backup.state, backup.problem_count, backup.file_count),
                         ("good", 0, len(NAMES) + len(TITLES) - 1), backup.problems or backup.job_error)
        folder = self._set(backup)
        self.assertEqual([one.name for one in self.folder.iterdir()], [backup.name], "nothing beside it")
        self.assertEqual(archive_restore.verify(folder).problems, [])
        target = self.folder / "restored"
        self.assertEqual(archive_restore.restore(folder, target).problems, [])
        rows = json.loads((folder / "index.json").read_text())
        kept = {file.id: file.attachment_id.raw for file in self.papers.file_ids}
        self.assertEqual({row["file_id"]: (target / row["path"]).read_bytes() for row in rows}, kept)
        self.assertEqual(len({safe_names.folded(row["path"]) for row in rows}), len(rows), "on every disk")
        for row in rows:
            self.assertTrue(archive_restore.inside(row["path"]), row["path"])
            self.assertTrue(all(len(part.encode()) <= 255 for part in row["path"].split("/")), row["path"])
        self.assertIn(NAMES[0], [row["name"] for row in rows], "the index says what it was called")

    def test_two_runs_give_the_same_paths(self):
        rows = self.env["sbo.backup"]._with_files(self.env["sbo.backup"]._documents_after(self.company, 0, 100))
        paths = [self.env["sbo.backup"]._paths(document, files) for document, files in rows]
        self.assertEqual(paths, [self.env["sbo.backup"]._paths(document, files) for document, files in rows])
        for (document, _files), found in zip(rows, paths, strict=True):
            self.assertTrue(all(path.split("/")[2].endswith(f"_{document['document_id']}") for path in found))
