import hashlib
import json
import os
import re
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import archive_restore
from ..tools.archive_set import INDEX_JSON

BATCH = 100


class SboBackupReturn(models.AbstractModel):
    """Taking the files of a set back into the archive: of a database that has lost them, or of a new one."""

    _name = "sbo.backup.return"
    _description = "Backup: Return of Files"

    @api.model
    def _reattach(self, folder, company=None, create_missing=True, commit=True):
        """Give restored files back to their documents; what is there already stays as it is.

        For an administrator, in a shell. Run it again after whatever stopped it: it goes on with what is missing.

        :param folder: a set, or what archive_restore.py has restored of one
        :param company: whose archive it is, the present company by default
        :param create_missing: documents that this database does not know are made anew from the index
        :param commit: keep what was done after every hundred documents
        :return: {"returned", "present", "created", "problems": [(path, what)]}
        :raise UserError: there is no index
        """
        company = company or self.env.company
        work = self.sudo().with_company(company)  # documents of every level of secrecy come back
        result = {"returned": 0, "present": 0, "created": 0, "problems": []}
        for number, (row, files) in enumerate(self._indexed_documents(Path(folder)), start=1):
            work._return_document(Path(folder), row, files, create_missing, result)
            if number % BATCH == 0:
                self.env.flush_all()
                self.env.invalidate_all()
                if commit:
                    self.env["ir.cron"]._commit_progress()
        if commit:
            self.env["ir.cron"]._commit_progress()
        return result

    @api.model
    def _indexed_documents(self, folder):
        """(facts of a document, rows of its files), one document after the other, however long the index is."""
        try:
            lines = open(folder / INDEX_JSON, encoding="utf-8")
        except OSError as error:
            raise UserError(self.env._("“%s” holds no index of a backup set.", folder)) from error
        with lines:
            files = []
            for line in lines:
                if not line.startswith("{"):
                    continue
                row = json.loads(line.rstrip().rstrip(","))
                if files and files[0]["document_id"] != row["document_id"]:
                    yield files[0], [file for file in files if file["path"]]
                    files = []
                files.append(row)
            if files:
                yield files[0], [file for file in files if file["path"]]

    @api.model
    def _return_document(self, folder, row, files, create_missing, result):
        document = self._known_document(row)
        if not document:
            if not create_missing:
                result["problems"] += [(file["path"], "its document is not known") for file in files]
                return
            document = self._make_document(row)
            result["created"] += 1
        for file in files:
            what = self._return_file(folder, document, file)
            if what in ("returned", "present"):
                result[what] += 1
            else:
                result["problems"].append((file["path"], what))

    @api.model
    def _known_document(self, row):
        """The document of a row: by its archival code, which is never used again; without one, by what it is."""
        documents = self.env["sbo.document"].with_context(active_test=False)
        domain = [("company_id", "=", self.env.company.id)]
        if row["file_code"]:
            return documents.search([*domain, ("file_code", "=", row["file_code"])], limit=1)
        return documents.search([
            *domain, ("file_code", "=", False), ("title", "=", row["title"]), ("date", "=", row["date"]),
            ("document_no", "=", row["document_no"] or False)], limit=1)

    @api.model
    def _return_file(self, folder, document, row):
        """Give one file back; "returned", "present", or what is wrong."""
        if not archive_restore.inside(row["path"]):
            return "its path leads out of the set"
        try:
            sha, size = archive_restore.digest(folder, row["path"])
        except OSError:
            return "is missing"
        if sha != row["sha256"]:
            return "is not what was backed up"
        known = document.file_ids.filtered(lambda file: file.sha256 == sha and file.name == row["name"])[:1]
        attachment = known.attachment_id
        if document.state == "destroyed" or known.destroyed_at:
            return "its document is destroyed"
        if attachment and self._is_readable(attachment):
            return "present"
        if attachment.store_fname and attachment.file_size == size:
            self._put_back(folder / row["path"], attachment)
            known._verify()
        else:
            self._attach(folder / row["path"], document, row, known)
        return "returned"

    @api.model
    def _is_readable(self, attachment):
        if attachment.store_fname:
            return os.path.isfile(attachment._full_path(attachment.store_fname))
        return attachment.type != "binary" or bool(attachment.db_datas)

    @api.model
    def _put_back(self, source, attachment):
        """The database knows the file, its folder has lost it."""
        goal = Path(attachment._full_path(attachment.store_fname))
        goal.parent.mkdir(parents=True, exist_ok=True)
        partial, _sha1 = self._copy_aside(source)
        os.replace(partial, goal)

    @api.model
    def _attach(self, source, document, row, known):
        """A new attachment of the document; by the rules of documents it is its next version."""
        partial, sha1 = self._copy_aside(source)
        attachment = self.env["sbo.archive.source"]._store_stream(partial, {
            "name": row["name"], "res_model": document._name, "res_id": document.id, "mimetype": row["mimetype"],
            "checksum": sha1, "file_size": row["size"]})
        file = self.env["sbo.document.file"].search([("attachment_id", "=", attachment.id)])
        if known:
            file._own().unlink()
            known._own().attachment_id = attachment
            file = known
        file._verify()

    @api.model
    def _copy_aside(self, source):
        """A copy beside the filestore, on the same disk, and its SHA-1, which names it there."""
        folder = Path(self.env["sbo.archive.source"]._scratch())
        partial = folder / f"return-{os.getpid()}.part"
        sha1 = hashlib.sha1(usedforsecurity=False)
        with open(source, "rb") as original, open(partial, "wb") as copy:
            while piece := original.read(archive_restore.CHUNK):
                sha1.update(piece)
                copy.write(piece)
        return partial, sha1.hexdigest()

    # === what is made anew === #

    @api.model
    def _make_document(self, row):
        """Hook: a document as its index row says; class and level of secrecy are made where nobody has them."""
        company = self.env.company
        partners = self.env["res.partner"]
        partner = partners.search([("ref", "=", row["customer_ref"])], limit=1) if row["customer_ref"] else partners
        partner = partner or (
            partners.search([("name", "=", row["customer"])], limit=1) if row["customer"] else partners)
        document = self.env["sbo.document"].create({
            "company_id": company.id, "title": row["title"], "document_no": row["document_no"],
            "author": row["author"], "date": row["date"], "medium": row["medium"], "pages": row["pages"],
            "copies": row["copies"], "partner_id": partner.id, "class_id": self._class_of(row).id,
            "secrecy_id": self._secrecy_of(row).id})
        if row["state"] != "draft":
            document._own().write({
                "state": row["state"], "filed_on": row["filed_on"], "keep_until": row["keep_until"],
                **self._code_of(document.class_id, row["file_code"])})
        return document

    @api.model
    def _code_of(self, kind, file_code):
        """The archival code as it was; none with this number, or one before it, is given again."""
        match = re.fullmatch(r"(\d{4})-.+-(\d+)", file_code or "")
        if not match:
            return {"file_code": file_code}
        year, number = match.groups()
        given = int((kind.numbers or {}).get(year, 0))
        if int(number) > given:
            kind._take_numbers(int(year), int(number) - given)
        return {"file_code": file_code, "year": int(year), "number": int(number), "barcode": file_code}

    @api.model
    def _class_of(self, row):
        classes = self.env["sbo.document.class"].with_context(active_test=False)
        found = classes.search([("code", "=", row["class_code"]), ("company_id", "=", self.env.company.id)], limit=1)
        return found or classes.create({
            "name": row["class"] or row["class_code"], "code": row["class_code"],
            "secrecy_id": self._secrecy_of(row).id})

    @api.model
    def _secrecy_of(self, row):
        """The level of that name; where nobody knows it, the strictest there is."""
        levels = self.env["sbo.document.secrecy"].with_context(active_test=False)
        return levels.search([("name", "=", row["secrecy"])], limit=1) or levels.search(
            [], order="level desc", limit=1) or levels.create(
            {"name": row["secrecy"], "level": 9, "reader": "manager", "approver": "manager"})
