import io

import xlsxwriter
from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..models.sbo_contract_figures import AMOUNTS

ROWS_A_PAGE = 12
DATES = ("signed_on", "date_start", "date_end", "delivery_due_on", "invoiced_on", "received_on", "overdue_since",
         "retention_due_on", "next_due_on")
# The columns of the workbook, in order: those of form F05 and what one filters by.
SHEET = (
    "number", "customer", "subject", "signed_on", "date_start", "date_end", "payment_terms", "currency", "tax",
    "contracted", "delivery_due_on", "ordered", "delivered", "rest", "performance", "not_invoiced", "invoiced",
    "invoiced_on", "received", "received_on", "receivable", "due", "overdue", "overdue_since", "collection_rate",
    "retention_amount", "retention_due_on", "next_obligation", "next_due_on", "salesperson", "clerk", "risk", "state")
TOTALS = ("contracted", "ordered", "delivered", "rest", "not_invoiced", "invoiced", "received", "receivable", "due",
          "overdue")
MONEY = {*AMOUNTS, "retention_amount"}
RATES = {"collection_rate", "performance"}
WIDTHS = {"customer": 28, "subject": 28, "next_obligation": 20, "tax": 8, "currency": 8}


class SboContractSchedule(models.AbstractModel):
    """The contract performance schedule on paper and as a workbook (合同履行一览表, form F05).

    A table is plain JSON, so that a summary keeps what it said: ``rows`` in the currency of each contract, ``totals``
    in the currency of the company.
    """

    _name = "report.sales_back_office.sbo_contract_schedule"
    _description = "Contract Performance Schedule on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        figures = self.env["sbo.contract.figure"].browse(docids)
        groups = figures.grouped("company_id")
        tables = [self._get_table(rows) for rows in groups.values()]
        return {"doc_ids": docids, "doc_model": figures._name, "docs": figures,
                "pages": [page for table in tables for page in self._get_pages(table)], **self._get_words()}

    @api.model
    def _get_table(self, figures, heading=None):
        """The table of these rows of the schedule: one company's, as JSON.

        :param heading: what it is about, by default the day that it is of
        """
        figures.check_access("read")
        company = figures.company_id[:1] or self.env.company
        day = self.env["sbo.contract.scope"].with_company(company)._day()
        return {
            "company": company.name, "currency": company.currency_id.name,
            "heading": heading or self.env._("As of %s", format_date(self.env, day)),
            "rows": [self._get_row(row) for row in figures],
            "totals": {name: company.currency_id.round(sum(figures.mapped(f"{name}_company"))) for name in TOTALS},
        }

    @api.model
    def _get_row(self, row):
        """One contract: hook, returns plain values by column."""
        labels = {name: dict(row._fields[name]._description_selection(self.env)) for name in ("state", "risk_level")}
        # Superuser: names of people and obligations, to whoever may see the contract's figures.
        named = row.sudo()
        return {
            "id": row.id, "number": row.number, "customer": named.partner_id.display_name,
            "subject": row.subject, "payment_terms": row.payment_terms or "",
            "currency": row.currency_id.name, "retention_amount": row.retention_amount,
            "tax": self.env._("incl.") if row.tax_included else self.env._("excl."),
            "salesperson": named.user_id.name or "", "clerk": named.clerk_id.name or "",
            "next_obligation": named.next_milestone_id.name or "", "state": labels["state"].get(row.state, ""),
            "risk": labels["risk_level"].get(row.risk_level, ""),
            **{name: row[name] for name in (*AMOUNTS, *RATES)},
            # Nothing was due and nothing came: there is no rate.
            "collection_rate": row.collection_rate if row.received + row.overdue > 0 else False,
            **{f"{name}_company": row[f"{name}_company"] for name in TOTALS},
            **{name: row[name].isoformat() if row[name] else "" for name in DATES},
        }

    @api.model
    def _get_pages(self, table, first=1, last=None):
        """[one dict a page]: the rows of a table as they fit on a landscape page, the totals on the last one."""
        rows = table["rows"] or [{}]
        parts = [table["rows"][start:start + ROWS_A_PAGE] for start in range(0, len(rows), ROWS_A_PAGE)]
        last = last or len(parts)
        return [{"table": table, "rows": part, "number": first + at, "of": last, "start": at * ROWS_A_PAGE,
                 "totals": table["totals"] if at == len(parts) - 1 else None} for at, part in enumerate(parts)]

    @api.model
    def _get_words(self):
        """Ways to write values for the reader, and who signs."""
        return {
            "money": lambda value: formatLang(self.env, value or 0, digits=2),
            "rate": lambda value: "" if value is False else f"{100 * value:.1f} %",
            "day": lambda value: format_date(self.env, value) if value else "",
            "signers": [{"label": label, "user": False, "at": False} for label in (
                self.env._("Prepared by"), self.env._("Reviewed by"), self.env._("Approved by"))],
        }

    # === workbook === #

    @api.model
    def _get_labels(self):
        """Column names of the workbook."""
        fields = self.env["sbo.contract.figure"].fields_get(attributes=["string"])
        return {
            **{name: fields[name]["string"] for name in SHEET if name in fields},
            "customer": self.env._("Customer"),
            "currency": self.env._("Currency"), "tax": self.env._("Tax"), "salesperson": self.env._("Salesperson"),
            "clerk": self.env._("Back-Office Clerk"), "next_obligation": self.env._("Next Obligation"),
            "risk": self.env._("Risk"),
        }

    @api.model
    def _get_workbook(self, tables):
        """A workbook (bytes) with one sheet for each table."""
        stream = io.BytesIO()
        # Nothing that was typed becomes a formula or a link.
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(stream, options) as book:
            formats = self._get_formats(book)
            for number, table in enumerate(tables, start=1):
                sheet = book.add_worksheet(table.get("sheet") or f"{self.env._('Schedule')} {number}"[:31])
                self._write_sheet(sheet, table, formats)
        return stream.getvalue()

    @api.model
    def _get_formats(self, book):
        return {name: book.add_format(options) for name, options in {
            "title": {"bold": True, "font_size": 14},
            "head": {"bold": True, "bg_color": "#E7E0EC", "border": 1, "text_wrap": True, "valign": "top"},
            "money": {"num_format": "#,##0.00"}, "rate": {"num_format": "0.0%"}, "text": {},
            "total": {"bold": True, "num_format": "#,##0.00", "top": 1},
        }.items()}

    @api.model
    def _write_sheet(self, sheet, table, formats):
        """Heading, header, rows, totals in the company's currency."""
        labels = self._get_labels()
        foreign = any(row["currency"] != table["currency"] for row in table["rows"])
        columns = [*SHEET, *(f"{name}_company" for name in TOTALS if foreign)]
        sheet.write_string(0, 0, f"{table['company']}: {self.env._('Contract Performance Schedule')}", formats["title"])
        sheet.write_string(1, 0, table["heading"])
        for at, name in enumerate(columns):
            plain = name.removesuffix("_company")
            sheet.write_string(3, at, labels[plain] if plain == name else f"{labels[plain]} {table['currency']}",
                               formats["head"])
            sheet.set_column(at, at, WIDTHS.get(name, 13))
        for line, row in enumerate(table["rows"], start=4):
            for at, name in enumerate(columns):
                self._write_cell(sheet, line, at, name, row[name], formats)
        line = 4 + len(table["rows"])
        sheet.write_string(line, 0, self.env._("Total, %s", table["currency"]), formats["total"])
        for at, name in enumerate(columns):
            plain = name.removesuffix("_company")
            if plain in TOTALS and (plain != name or not foreign):
                sheet.write_number(line, at, table["totals"][plain], formats["total"])
        sheet.autofilter(3, 0, max(line - 1, 3), len(columns) - 1)
        sheet.freeze_panes(4, 2)

    @api.model
    def _write_cell(self, sheet, line, at, name, value, formats):
        if name in RATES:
            if value is not False:
                sheet.write_number(line, at, value, formats["rate"])
        elif name in MONEY or name.endswith("_company"):
            sheet.write_number(line, at, value, formats["money"])
        else:
            sheet.write_string(line, at, value or "", formats["text"])
