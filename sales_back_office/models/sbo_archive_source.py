import os

import requests
from odoo import api, models
from odoo.tools import SQL

from ..tools.unreadable import Unreadable

PIECE = 1 << 20
CLOUD_SECONDS = 60
MAX_SIZE = 2 ** 31 - 1  # what Odoo's own field bears


class SboArchiveSource(models.AbstractModel):
    """The bytes of filed documents, piece by piece, wherever Odoo keeps them: never a whole file in memory."""

    _name = "sbo.archive.source"
    _description = "Files of the Archive"

    @api.model
    def _files(self, where: SQL) -> list:
        """Facts of files of documents, oldest document first; ``_pieces`` takes one of them.

        :param where: condition on ``f``, sbo_document_file, and ``d``, sbo_document
        """
        self.env.flush_all()
        return self.env.execute_query_dict(SQL(
            """SELECT f.document_id, f.id AS file_id, a.id AS attachment_id, f.name, f.version,
                      f.sha256 AS known_sha256, a.type AS attachment_type, a.store_fname,
                      a.db_datas IS NOT NULL AS in_database, a.url, a.mimetype, a.file_size
                 FROM sbo_document_file f
                 JOIN sbo_document d ON d.id = f.document_id
                 LEFT JOIN ir_attachment a ON a.id = f.attachment_id
                WHERE %s ORDER BY f.document_id, f.version, f.id""", where))

    @api.model
    def _pieces(self, file: dict):
        """The bytes of one of ``_files``, piece by piece.

        :raise Unreadable: there is nothing to read
        """
        if not file["attachment_id"]:
            raise Unreadable("missing")
        if file["attachment_type"] == "cloud_storage":
            return self._cloud_pieces(file)
        if file["attachment_type"] != "binary":
            raise Unreadable("link")
        if file["store_fname"]:
            return self._disk_pieces(file)
        return self._database_pieces(file) if file["in_database"] else iter(())

    @api.model
    def _disk_pieces(self, file):
        path = self.env["ir.attachment"]._full_path(file["store_fname"])
        try:
            source = open(path, "rb")
        except OSError as error:
            raise Unreadable("missing") from error
        with source:
            while piece := source.read(PIECE):
                yield piece

    @api.model
    def _database_pieces(self, file):
        """Attachments that Odoo was told to keep in the database."""
        start = 1
        while True:
            [[piece]] = self.env.execute_query(SQL(
                "SELECT substring(db_datas FROM %s FOR %s) FROM ir_attachment WHERE id = %s",
                start, PIECE, file["attachment_id"])) or [[None]]
            if not piece:
                return
            yield bytes(piece)
            start += PIECE

    @api.model
    def _cloud_pieces(self, file):
        """Attachments on object storage, by the same link that Odoo hands to a browser."""
        attachment = self.env["ir.attachment"].browse(file["attachment_id"])
        if not hasattr(attachment, "_generate_cloud_storage_download_info"):
            raise Unreadable("cloud")
        try:
            link = attachment._generate_cloud_storage_download_info()["url"]
            with requests.get(link, stream=True, timeout=CLOUD_SECONDS) as answer:
                answer.raise_for_status()
                yield from answer.iter_content(PIECE)
        except (requests.RequestException, NotImplementedError) as error:
            raise Unreadable("cloud") from error

    @api.model
    def _scratch(self):
        """A folder for files that grow, on the same disk as the filestore and shared by its hosts."""
        folder = os.path.join(self.env["ir.attachment"]._filestore(), "sbo_scratch")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return folder

    @api.model
    def _store_stream(self, path, vals):
        """An attachment of a file on the disk, moved into the filestore and not read into memory.

        :param path: on the same disk as the filestore; it is gone afterwards
        :param vals: of the attachment, with its ``checksum`` (SHA-1) and ``file_size``, both known from writing it
        """
        attachments = self.env["ir.attachment"].sudo()  # whoever asked for it need not be there any more
        checksum, size = vals.pop("checksum"), vals.pop("file_size")
        if attachments._storage() != "file":
            with open(path, "rb") as file:
                attachment = attachments.create(dict(vals, raw=file.read()))
            os.unlink(path)
            return attachment
        attachment = attachments.create(vals)
        store_fname = f"{checksum[:2]}/{checksum}"
        # As Odoo itself: the row first, so that its clean-up waits for this transaction.
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s, db_datas = NULL WHERE id = %s",
            store_fname, checksum, min(size, MAX_SIZE), attachment.id))
        attachment.invalidate_recordset()
        goal = attachments._full_path(store_fname)
        os.makedirs(os.path.dirname(goal), exist_ok=True)
        os.replace(path, goal)
        attachments._mark_for_gc(store_fname)
        return attachment
