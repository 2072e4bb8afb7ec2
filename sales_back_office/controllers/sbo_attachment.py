from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.http import request


class SboAttachmentController(AttachmentController):
    """The first page of a PDF, as the chatter shows it, is a reading of the file."""

    def _get_pdf_first_page_response(self, attachment):
        request.env["sbo.document.download"]._log(attachment, "preview")
        return super()._get_pdf_first_page_response(attachment)
