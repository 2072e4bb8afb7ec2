from odoo import api, models
from odoo.tools import format_date


class SboDocumentIndex(models.AbstractModel):
    """The file index (档案目录, form F17): one line a document, in the order of the archival codes."""

    _name = "report.sales_back_office.sbo_document_index"
    _description = "File Index"

    @api.model
    def _get_report_values(self, docids, data=None):
        documents = self.env["sbo.document"].browse(docids)
        return {"doc_ids": docids, "doc_model": documents._name, "docs": documents,
                "tables": self._get_tables(documents)}

    @api.model
    def _get_tables(self, documents):
        """One table per company; the number of queries does not grow with the lines. Called by paper and workbook."""
        documents.check_access("read")
        # What has no code yet stands last.
        ordered = documents.sorted(lambda one: (not one.file_code, one.file_code or "", one.id))
        return [{
            "company": company,
            "headings": self._get_headings(),
            "rows": [self._get_row(number, one) for number, one in enumerate(group, start=1)],
            "pages": sum(group.mapped("pages")),
            "signers": [self.env._("Prepared by"), self.env._("Reviewed by"), self.env._("Approved by")],
        } for company, group in ordered.grouped("company_id").items()]

    @api.model
    def _get_headings(self):
        """Columns of the form, in its order."""
        return [
            self.env._("No."), self.env._("Archival Code"), self.env._("Document No."), self.env._("Author"),
            self.env._("Title"), self.env._("Date"), self.env._("Secrecy"), self.env._("Pages"),
            self.env._("Retention Term"), self.env._("Place"), self.env._("Kept as"), self.env._("Files"),
            self.env._("Kept until"), self.env._("State"), self.env._("Remark")]

    @api.model
    def _get_row(self, number, document):
        words = {name: dict(document._fields[name]._description_selection(self.env))[document[name]]
                 for name in ("medium", "state")}
        term = self.env._("For ever") if document.permanent else self.env._("%s years", document.retention_years)
        return [
            number, document.file_code or "", document.document_no or "", document.author or "", document.title,
            format_date(self.env, document.date), document.secrecy_id.name, document.pages, term,
            document.place_id.complete_name or "", words["medium"], document.file_count,
            format_date(self.env, document.keep_until) if document.keep_until else "",
            self.env._("On Loan") if document.on_loan else words["state"], document.remark or ""]
