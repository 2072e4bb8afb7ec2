from odoo import models


class SboFiledTender(models.AbstractModel):
    """The papers of a tender are filed: those of a tender that was won are kept longer."""

    _name = "sbo.filed.tender"
    _description = "Tender: Filed Documents"
    _inherit = ["sbo.filed.mixin"]

    def _sbo_importance(self):
        won = self.state == "won"
        return (self.awarded_amount if won else 0), won

    def _sbo_filed_attachments(self):
        # Superuser: whoever files may read the tender.
        return self.env["ir.attachment"].sudo().search([
            ("res_model", "=", self._name), ("res_id", "in", self.ids), ("res_field", "=", False)])
