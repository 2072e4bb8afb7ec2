from odoo import models
from odoo.exceptions import AccessError

from .sbo_document_attachment import MODEL


class IrBinary(models.AbstractModel):
    """The door through which files leave: those of filed documents by the rights of the user alone, and noted."""

    _inherit = "ir.binary"

    def _find_record(self, xmlid=None, res_model="ir.attachment", res_id=None, access_token=None, field=None):
        if access_token and not xmlid and res_model == "ir.attachment" and res_id is not None:
            # Superuser: which of them are ours.
            attachment = self.env[res_model].sudo().browse(res_id).exists()
            if attachment.res_model == MODEL:
                raise AccessError(self.env._("No link opens a filed document; log in, and open the document."))
        return super()._find_record(xmlid, res_model, res_id, access_token, field)

    def _record_to_stream(self, record, field_name):
        stream = super()._record_to_stream(record, field_name)
        if record._name == "ir.attachment":
            way = "download" if field_name in ("raw", "datas", "db_datas") else "preview"
            self.env["sbo.document.download"]._log(record, way)
        return stream
