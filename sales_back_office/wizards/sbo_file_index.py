import base64
import io
from urllib.parse import quote

import xlsxwriter
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# A paper of more lines is no paper; the workbook takes them.
LINES_ON_PAPER = 5000
WIDTHS = (6, 16, 16, 16, 40, 12, 12, 7, 10, 32, 10, 7, 12, 14, 30)


class SboFileIndex(models.TransientModel):
    """The file index of a period, a class, a place or a choice of documents, as paper or workbook (F17)."""

    _name = "sbo.file.index"
    _description = "File Index"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    class_ids = fields.Many2many(
        "sbo.document.class", string="Document Classes", domain="[('company_id', '=', company_id)]")
    place_id = fields.Many2one("sbo.document.place", domain="[('company_id', '=', company_id)]")
    date_from = fields.Date("Dated from")
    date_to = fields.Date("Dated until")
    with_destroyed = fields.Boolean("With Destroyed Ones", default=True)
    workbook = fields.Binary(attachment=False, readonly=True)

    def action_pdf(self):
        """As paper."""
        documents = self._documents()
        if len(documents) > LINES_ON_PAPER:
            raise UserError(self.env._(
                "%(count)s documents are too many for paper: choose a class or a shorter period, or take the workbook.",
                count=len(documents)))
        return self.env.ref("sales_back_office.sbo_document_index_action").report_action(documents)

    def action_xlsx(self):
        """As workbook."""
        self.ensure_one()
        self.workbook = base64.b64encode(self._workbook(self._documents()))
        name = self.env._("File index.xlsx")
        return {"type": "ir.actions.act_url", "target": "download",
                "url": f"/web/content/{self._name}/{self.id}/workbook?download=true&filename={quote(name)}"}

    def _documents(self):
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "state", "in", ["filed", "appraisal", *(["destroyed"] if self.with_destroyed else [])])
        for chosen, field, operator, value in (
                (self.class_ids, "class_id", "in", self.class_ids.ids),
                (self.place_id, "place_id", "child_of", self.place_id.id),
                (self.date_from, "date", ">=", self.date_from), (self.date_to, "date", "<=", self.date_to)):
            if chosen:
                domain &= Domain(field, operator, value)
        documents = self.env["sbo.document"].search(domain)
        if not documents:
            raise UserError(self.env._("Nothing is on file for this choice."))
        return documents

    @api.model
    def _workbook(self, documents):
        """The index as XLSX: text stays text, whatever a title looks like."""
        stream = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(stream, options) as book:
            head = book.add_format({
                "bold": True, "bg_color": "#E7E0EC", "border": 1, "text_wrap": True, "valign": "top"})
            for number, table in enumerate(
                    self.env["report.sales_back_office.sbo_document_index"]._get_tables(documents), start=1):
                sheet = book.add_worksheet(self.env._("File Index %s", number))
                for at, heading in enumerate(table["headings"]):
                    sheet.write_string(0, at, heading, head)
                    sheet.set_column(at, at, WIDTHS[at])
                sheet.freeze_panes(1, 2)
                for line, row in enumerate(table["rows"], start=1):
                    for at, cell in enumerate(row):
                        if isinstance(cell, int):
                            sheet.write_number(line, at, cell)
                        else:
                            sheet.write_string(line, at, str(cell))
        return stream.getvalue()
