import hashlib
import shutil
import tempfile
from pathlib import Path

from .common_checks import SboCheckCommon

PDF = b"%%PDF-1.4 %s"


class SboArchiveCommon(SboCheckCommon):
    """An archive with a folder for its backups; factories for documents and their files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"sbo_backup_from": "2026-01-01", "sbo_backup_user_id": cls.clerk.id})
        cls.clerk.company_id = cls.company
        levels = cls.env["sbo.document.secrecy"]
        levels.search([]).active = False
        cls.open_level = levels.create({"name": "Internal", "level": 901, "reader": "office"})
        cls.manager_level = levels.create({"name": "Restricted", "level": 909, "reader": "manager"})
        cls.kind = cls.env["sbo.document.class"].create({"name": "Story", "code": "ST", "secrecy_id": cls.open_level.id})
        cls.place = cls.env["sbo.document.place"].create({"name": "Story Box", "complete_name": "Story Box"})

    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp(prefix="sbo-test-backup-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.company.sbo_backup_path = str(self.folder)

    @classmethod
    def _entered(cls, title="Paper", files=None, **vals):
        """A document that is not filed yet, with its files by name."""
        document = cls.env["sbo.document"].create({
            "title": title, "date": "2026-02-02", "class_id": cls.kind.id, "secrecy_id": cls.open_level.id,
            "medium": "electronic" if files else "paper", "place_id": cls.place.id, **vals})
        for name, content in (files or {}).items():
            cls._upload(document, name, content)
        return document

    @classmethod
    def _filed(cls, title="Paper", files=None, **vals):
        """A document on file."""
        document = cls._entered(title, files, **vals)
        document.write({"state": "filed", "filed_on": "2026-02-03", "file_code": f"2026-ST-{document.id:04d}"})
        return document

    @classmethod
    def _upload(cls, document, name, content):
        attachment = cls.env["ir.attachment"].create({
            "name": name, "raw": content, "res_model": document._name, "res_id": document.id})
        return cls.env["sbo.document.file"].create({
            "document_id": document.id, "attachment_id": attachment.id, "name": name, "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest()})

    @classmethod
    def _file(cls, document, name):
        return document.file_ids.filtered(lambda file: file.name == name)

    @classmethod
    def _lose(cls, file):
        """Its bytes are gone from the disk, as after a broken disk."""
        Path(file.attachment_id._full_path(file.attachment_id.store_fname)).unlink()

    @classmethod
    def _spoil(cls, file, content=b"other"):
        """Somebody has changed the bytes on the disk."""
        Path(file.attachment_id._full_path(file.attachment_id.store_fname)).write_bytes(content)

    @classmethod
    def _work_off(cls, job, steps=50):
        """What the scheduled action does, without its commits."""
        for _step in range(steps):
            if job._guarded_step():
                return job
        raise AssertionError(f"{job} does not end")

    @classmethod
    def _backup(cls, second=0):
        """A set of the archive as it is, begun at a second of its own."""
        backup = cls.env["sbo.backup"]._begin(cls.company)
        backup._set({"name": f"sbo-archive-{cls.env.cr.dbname}-c{cls.company.id}-20260302T01020{second}Z"})
        return cls._work_off(backup)

    @classmethod
    def _set(cls, backup):
        return Path(backup.path) / backup.name
