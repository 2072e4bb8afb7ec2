from odoo import models


class IrAttachment(models.Model):
    """An attachment; the files of filed documents have rules of their own."""

    _name = "ir.attachment"
    # Ours stand before Odoo's own: they see what is asked for, and what has come of it.
    _inherit = ["sbo.document.attachment", "sbo.document.reading", "sbo.audit.attachment", "sbo.contract.attachment",
                "ir.attachment"]
