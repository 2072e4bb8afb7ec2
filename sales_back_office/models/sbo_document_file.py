from odoo import fields, models


class SboDocumentFile(models.Model):
    """One version of an electronic file of a filed document (电子件), with its fingerprint.

    The bytes are an ordinary attachment of the document (``res_model = sbo.document``), never public.
    """

    _name = "sbo.document.file"
    _description = "File of a Document"
    _order = "document_id, name, version desc"

    document_id = fields.Many2one("sbo.document", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    attachment_id = fields.Many2one("ir.attachment", "File", index=True, ondelete="restrict")
    name = fields.Char("File Name", required=True)
    version = fields.Integer(default=1, readonly=True)
    sha256 = fields.Char("SHA-256", readonly=True, size=64)
    size = fields.Integer("Bytes", readonly=True)
