from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.safe_names import folded, safe_name, unique_name


class SboDocumentFiles(models.AbstractModel):
    """The electronic files of a document (电子件): plain attachments that are its own, each upload one more version."""

    _name = "sbo.document.files"
    _description = "Document: Files"

    file_ids = fields.One2many("sbo.document.file", "document_id", "Files", readonly=True)
    file_count = fields.Integer("Number of Files", compute="_compute_file_count")
    file_text = fields.Char(
        "Text of the Files", compute="_compute_file_text", search="_search_file_text",
        help="Searched in what the files say, where Odoo reads them (its module for indexing attachments).")
    download_count = fields.Integer("Downloads", compute="_compute_download_count")

    def _compute_file_count(self):
        counts = dict(self.env["sbo.document.file"]._read_group(
            [("document_id", "in", self.ids), ("current", "=", True)], ["document_id"], ["__count"]))
        for document in self:
            document.file_count = counts.get(document._origin, 0)

    def _compute_file_text(self):
        self.file_text = False

    def _search_file_text(self, operator, value):
        if operator not in ("ilike", "like", "=", "in"):
            return NotImplemented
        values = value if operator == "in" else [value]
        # Superuser: which documents are found is decided by the rules of the documents themselves.
        attachments = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", "sbo.document"), ("res_field", "=", False), "|"] + ["|"] * (len(values) - 1) + [
            ("index_content", "ilike", word) for word in values] + [("name", "ilike", values[0])]
        return [("id", "in", attachments._search(domain).subselect("res_id"))]

    def _compute_download_count(self):
        downloads = self.env["sbo.document.download"]
        counts = dict(downloads._read_group([("document_id", "in", self.ids)], ["document_id"], ["__count"])) \
            if downloads.has_access("read") else {}
        for document in self:
            document.download_count = counts.get(document._origin, 0)

    def unlink(self):
        # What came from the record goes back to it: a draft thrown away takes no paper with it.
        for document in self.filtered(lambda document: document.state == "draft"):
            document._give_back()
        return super().unlink()

    # === actions === #

    def action_downloads(self):
        """Who read its files, and when."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_download_action")
        return dict(action, domain=[("document_id", "in", self.ids)], context={})

    def attach_document(self, **_kwargs):
        """Called by the upload button when the files have become attachments: they are versions already."""
        self.check_access("read")

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """A file in a message is the document's by now: nobody gets it by mail, past the rights and the log of readers.

        Whoever is told finds it at the document.
        """
        # Superuser: what is taken off is the message's list, not the file.
        message.sudo().attachment_ids = False
        if msg_vals:
            msg_vals = {name: value for name, value in msg_vals.items() if name != "attachment_ids"}
        return super()._notify_thread(message, msg_vals, **kwargs)

    # === files of the record === #

    def _files_to_take(self):
        """{document: attachments of its record that are filed with its paper}; the queries do not grow with them."""
        found = {}
        for model, documents in self.filtered("res_id").grouped("res_model").items():
            if model in self.env and getattr(self.env[model], "_sbo_filed", False):
                # Superuser: which files they are; whoever files may read the record.
                records = self.env[model].sudo().browse(documents.mapped("res_id"))
                by_record = records._sbo_attachments_by_record()
                found.update({document: by_record[document.res_id] for document in documents
                              if document.res_id in by_record})
        return found

    def _take_files(self):
        """With the filing, the record's own files become the document's: its secrecy level holds for them."""
        for document, attachments in self._files_to_take().items():
            mine = attachments.filtered(lambda attachment: not attachment.res_field)
            mine.write({"res_model": "sbo.document", "res_id": document.id})
            # Two scans of one name are two papers, not two versions of one.
            taken = {folded(name) for name in mine.mapped("name")}
            for attachment in attachments - mine:
                document._take_scan(attachment, unique_name(attachment._sbo_shown_name(), taken))

    def _take_scan(self, scan, name):
        """A scan leaves the field of the record: who reads it, and when it is destroyed, is the document's affair.

        What hangs on a part of the record, such as a bid document as it was handed in, keeps it: a copy is filed.
        """
        vals = {"res_model": "sbo.document", "res_id": self.id, "res_field": False, "name": name}
        if scan.res_model != self.res_model:
            scan.copy(vals)
            return
        field = scan.res_field
        record = self.env[self.res_model].browse(self.res_id)
        scan.write(vals)
        self.env["sbo.document.file"]._own().search([("attachment_id", "=", scan.id)]).write({"record_field": field})
        record.invalidate_recordset([field])

    def _give_back(self):
        files = self.sudo().file_ids
        if files and self.res_id:
            attachments = files.attachment_id
            files._own().unlink()
            attachments._sbo_own().write({"res_model": self.res_model, "res_id": self.res_id})
        elif files:
            attachments = files.attachment_id
            files._own().unlink()
            attachments._sbo_own().unlink()

    # === versions === #

    @api.model
    def _register_files(self, attachments):
        """Attachments that became a document's are its files: the next version of what has the same name.

        Called by the attachment, whatever made it: an upload, a message, an import, the filing of a record.
        """
        by_document = attachments.grouped("res_id")
        documents = self.browse(sorted(by_document))
        gone = documents.filtered(lambda document: document.state == "destroyed")
        if gone:
            raise UserError(self.env._("“%s” is destroyed: no file is added to it.", gone[0].display_name))
        documents._hold()
        versions = self._latest_versions(documents)
        vals = []
        for attachment in attachments.sorted("id"):
            name = safe_name(attachment.name)
            key = attachment.res_id, name
            versions[key] = versions.get(key, 0) + 1
            digest, size = attachment._sbo_digest()
            vals.append({
                "document_id": attachment.res_id, "attachment_id": attachment.id, "name": name,
                "version": versions[key], "sha256": digest, "size": size, "uploaded_by_id": self.env.uid,
                "uploaded_at": fields.Datetime.now(), "checked_at": fields.Datetime.now() if digest else False})
        self.env["sbo.document.file"]._add(vals)

    def _hold(self):
        """Uploads of the same document at the same time come one after the other."""
        self._lock()
        self.env.cr.execute(SQL("UPDATE sbo_document SET write_uid = write_uid WHERE id = ANY(%s)", self.ids))

    @api.model
    def _latest_versions(self, documents):
        return {(document.id, name): version for document, name, version in self.env["sbo.document.file"]._read_group(
            [("document_id", "in", documents.ids)], ["document_id", "name"], ["version:max"])}
