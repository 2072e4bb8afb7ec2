import shutil
import tempfile
from pathlib import Path

from .common_documents import SboDocumentsCommon


class SboArchiveCommon(SboDocumentsCommon):
    """An archive with a folder for its backups; factories for documents and their files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._empty_archive()
        cls.company.write({"sbo_backup_from": "2026-01-01", "sbo_backup_user_id": cls.clerk.id})
        cls.open_level, cls.manager_level = cls.internal, cls.restricted
        cls.clerk.company_id = cls.company

    @classmethod
    def _empty_archive(cls):
        """Stories begin with an empty archive: what is on file in this database is another company's meanwhile."""
        cls.env.flush_all()
        for table in ("sbo_document", "sbo_document_file", "sbo_backup", "sbo_audit_request", "sbo_audit_pack"):
            cls.env.cr.execute(f"UPDATE {table} SET company_id = %s", [cls.company2.id])
        cls.env.cr.execute("UPDATE sbo_audit_pack SET job_state = NULL")
        cls.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp(prefix="sbo-test-backup-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.company.sbo_backup_path = str(self.folder)

    @classmethod
    def _entered(cls, title="Paper", files=None, user=None, **vals):
        """A document that is not filed yet, with its files by name."""
        document = cls._document(user, title=title, **{"medium": "electronic" if files else "paper", **vals})
        for name, content in (files or {}).items():
            cls._upload(document, name, content, user)
        return document

    @classmethod
    def _on_file(cls, title="Paper", files=None, user=None, **vals):
        """A document on file, with its files by name."""
        document = cls._entered(title, files, user, **vals)
        document.with_user(user or cls.clerk).action_file()
        return document

    @classmethod
    def _file(cls, document, name):
        return document.file_ids.filtered(lambda file: file.name == name)

    def _lose(self, file):
        """Its bytes are gone from the disk, as after a broken disk."""
        path = Path(file.attachment_id._full_path(file.attachment_id.store_fname))
        # No rollback brings back a file: the next story needs it.
        self.addCleanup(path.write_bytes, path.read_bytes())
        path.unlink()

    def _spoil(self, file, content=b"other"):
        """Somebody has changed the bytes on the disk."""
        self._lose(file)
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
