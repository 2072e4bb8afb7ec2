from odoo import api, fields, models
from psycopg2.errors import ReadOnlySqlTransaction


class SboDocumentDownload(models.Model):
    """One reading of a file whose secrecy level asks for it (下载记录): who, when, which file, by which way."""

    _name = "sbo.document.download"
    _description = "Download of a Document"
    _order = "at desc, id desc"
    _rec_name = "file_name"
    _log_access = False

    document_id = fields.Many2one("sbo.document", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    file_name = fields.Char("File", required=True, readonly=True)
    version = fields.Integer(readonly=True, aggregator=None)
    user_id = fields.Many2one("res.users", "Read by", required=True, readonly=True, index=True, ondelete="restrict")
    at = fields.Datetime("Time of Access", required=True, readonly=True)
    way = fields.Selection(
        [("download", "Download"), ("data", "Data of the Attachment"), ("preview", "Preview")], required=True,
        readonly=True)

    @api.model
    def _log(self, attachments, way):
        """Note that the user reads these attachments, as far as the secrecy level of their document asks for it.

        Called where bytes leave, after access was checked and before anything is sent.
        """
        self.env["sbo.audit.pack"]._note_reading(attachments)
        # Superuser: the log writes itself; the level of a document is not everybody's to read.
        mine = attachments.sudo().filtered(lambda attachment: attachment.res_model == "sbo.document")
        files = self.env["sbo.document.file"].sudo().search([("attachment_id", "in", mine.ids)]).filtered(
            lambda file: file.document_id.secrecy_id.logged)
        if files and self.env.cr.readonly:
            # Odoo answers the request anew, where it may write.
            raise ReadOnlySqlTransaction("a reading of a filed document is written down")
        if files:
            self.sudo().create([{
                "document_id": file.document_id.id, "company_id": file.company_id.id, "file_name": file.name,
                "version": file.version, "user_id": self.env.uid, "at": fields.Datetime.now(), "way": way,
            } for file in files])
