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

    def _sbo_attachments_by_record(self):
        """Its own, and the files of its bid documents in their newest versions."""
        found = super()._sbo_attachments_by_record()
        # Superuser: as above.
        papers = self.env["sbo.tender.document"].sudo().search([("tender_id", "in", self.ids), ("current", "=", True)])
        files = papers.env["ir.attachment"].search([
            ("res_model", "=", papers._name), ("res_id", "in", papers.ids), ("res_field", "=", "file")], order="id")
        for file in files:
            tender = papers.browse(file.res_id).tender_id.id
            found[tender] = found.get(tender, files.browse()) | file
        return found
