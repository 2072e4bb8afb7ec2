from odoo import api, models


class SboDocumentLabel(models.AbstractModel):
    """Labels of documents: what is scanned to lend and return, with the archival code."""

    _name = "report.sales_back_office.sbo_document_label"
    _description = "Labels of Documents"
    _inherit = ["sbo.labels"]

    @api.model
    def _get_report_values(self, docids, data=None):
        documents = self.env["sbo.document"].browse(docids)
        documents.check_access("read")
        labels = [{
            "barcode": document.barcode or document.file_code, "code": document.file_code or document.barcode or "–",
            "name": document.title[:60], "note": document.secrecy_id.name} for document in documents]
        return {"doc_ids": docids, "doc_model": documents._name, "docs": documents, "rows": self._rows(labels)}
