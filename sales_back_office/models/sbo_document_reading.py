from odoo import models

from .sbo_document_attachment import MODEL

# Columns that hold what a file says.
TELLING = {"db_datas", "index_content"}


class SboDocumentReading(models.AbstractModel):
    """How an attachment of a filed document is read: by who may read the document, by no token; who did, is noted.

    Streams are noted in ``ir.binary``; here the ways without a stream.
    """

    _name = "sbo.document.reading"
    _description = "Attachment of a Document: Reading"

    def _compute_raw(self):
        if not self.env.su:
            # Asked for by RPC, exported, copied, mailed: the user gets the bytes.
            self.env["sbo.document.download"]._log(self.filtered("store_fname"), "data")
        return super()._compute_raw()

    def _fetch_query(self, query, fields):
        fetched = super()._fetch_query(query, fields)
        if not self.env.su and any(field.name in TELLING for field in fields):
            self.env["sbo.document.download"]._log(fetched, "data")
        return fetched

    def _postprocess_contents(self, values):
        # What is filed stays as it came in: no picture of it is made smaller.
        if values.get("res_model") == MODEL:
            values["mimetype"] = self._compute_mimetype(values)
            return values
        return super()._postprocess_contents(values)

    def _can_return_content(self, field_name=None, access_token=None):
        # Superuser: which of them are ours.
        if self.sudo().res_model == MODEL:
            self.check_access("read")
            return True
        return super()._can_return_content(field_name, access_token)

    def _has_attachments_ownership(self, attachment_tokens):
        if any(attachment.res_model == MODEL for attachment in self.sudo()):
            attachment_tokens = None
        return super()._has_attachments_ownership(attachment_tokens)

    def _get_raw_access_token(self):
        # Superuser: which of them are ours.
        return False if self.sudo().res_model == MODEL else super()._get_raw_access_token()

    def _get_thumbnail_token(self):
        return False if self.sudo().res_model == MODEL else super()._get_thumbnail_token()

    def _get_ownership_token(self):
        return False if self.sudo().res_model == MODEL else super()._get_ownership_token()
