import base64
import io
import time
from urllib.parse import quote

import xlsxwriter
from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..tools import sheets
from .sbo_customer_import_line import RANKS, WARNED

BATCH = 200
SECONDS = 45
CELL = 500


class SboCustomerImport(models.TransientModel):
    """Takes customers over from an old ledger (客户台账导入): a template, a dry run that tells every error in words,
    and the import of what is right, on confirmation."""

    _name = "sbo.customer.import"
    _description = "Import Customers"
    _inherit = ["sbo.customer.import.reading"]

    state = fields.Selection(
        [("upload", "Choose the File"), ("checked", "Look at the Result"), ("done", "Imported")],
        required=True, readonly=True, default="upload")
    file = fields.Binary("Ledger", help="An Excel workbook (.xlsx), made from the template or from your own ledger.")
    file_name = fields.Char()
    workbook = fields.Binary(readonly=True)
    header = fields.Json(readonly=True)
    unknown = fields.Char("Columns Left Out", readonly=True)
    served = fields.Boolean(
        "Salespeople Know Them Already",
        help="Customers that have a salesperson are not handed over to him: no assignment waits for his answer.")
    line_ids = fields.One2many("sbo.customer.import.line", "wizard_id", readonly=True)
    ready_count = fields.Integer("Will Be Filed", readonly=True)
    warned_count = fields.Integer("With a Warning", readonly=True)
    exists_count = fields.Integer("Filed Already", readonly=True)
    error_count = fields.Integer("Cannot Be Filed", readonly=True)
    done_count = fields.Integer("Filed Now", readonly=True)

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Import Customers")

    # === actions === #

    def action_template(self):
        """The empty ledger, to be filled in."""
        return self._download(self._template(), self.env._("Customers, template.xlsx"))

    def action_check(self):
        """The dry run: nothing is written but its result."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose the file with your customers first."))
        known = self._known_headings()
        try:
            table = sheets.read_table(base64.b64decode(self.file), lambda cells: self._is_header(cells, known))
        except sheets.UnreadableSheet as error:
            raise UserError(self._why_unreadable(error.reason)) from error
        columns = self._columns(table.header, known)
        if not table.rows:
            raise UserError(self._why_unreadable("empty"))
        rows = self._read_rows(columns, table.rows)
        self.line_ids.unlink()
        cells = dict(table.rows)
        self.env["sbo.customer.import.line"].create([
            {"wizard_id": self.id, "row": row["row"], "name": row["name"], "state": row["state"],
             "message": "\n".join(row["messages"]), "values": row["values"], "partner_id": row.get("twin_id"),
             "warned": row["state"] == "ready" and bool(row["messages"]),
             "rank": WARNED if row["state"] == "ready" and row["messages"] else RANKS[row["state"]],
             "cells": [sheets.text(cell)[:CELL] for cell in cells[row["row"]]]}
            for row in rows])
        self.write({
            "state": "checked", "header": [sheets.text(cell) for cell in table.header],
            "unknown": ", ".join(sheets.text(heading) for heading, column in zip(table.header, columns, strict=True)
                                 if column is None and sheets.text(heading)),
        })
        self._count()
        return self._reopen()

    def action_import(self):
        """File what can be filed; what has been filed since the dry run is left alone."""
        self.ensure_one()
        try:
            # Two presses of the button: the second one waits for nothing and is told.
            self.lock_for_update()
        except LockError as error:
            raise UserError(self.env._("This import is running already.")) from error
        if self.state != "checked":
            raise UserError(self.env._("Check the file first; it is imported once."))
        lines = self.line_ids.filtered(lambda line: line.state == "ready").sorted("row")
        lines -= self._left_alone(lines)
        self._file(lines)
        self._count()
        # What the time did not suffice for is filed at the next press of the button.
        self.state = "checked" if self.ready_count else "done"
        return self._reopen()

    def action_result(self):
        """The rows as they were given, with the result beside them."""
        self.ensure_one()
        return self._download(self._result(), self.env._("Customers, result.xlsx"))

    def action_again(self):
        """Another file."""
        return self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_customer_import_action")

    def action_customers(self):
        """The customers that were filed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Imported Customers"), "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", self.line_ids.filtered(lambda line: line.state == "done").partner_id.ids)],
        }

    # === steps === #

    def _is_header(self, cells, known):
        """A row that names two columns is the header, and of two columns the name is one."""
        columns = {known.get(self._plain(cell)) for cell in cells if isinstance(cell, str)} - {None}
        return "name" in columns or len(columns) > 2

    def _columns(self, header, known):
        columns = [known.get(self._plain(cell)) for cell in header]
        if "name" not in columns:
            raise UserError(self.env._(
                "The file has no column “%s”. Compare its headings with the template.", self._labels()["name"]))
        twice = next((column for column in columns if column and columns.count(column) > 1), None)
        if twice:
            raise UserError(self.env._("The column “%s” is there twice: remove one of them.", self._labels()[twice]))
        return columns

    def _left_alone(self, lines):
        """Lines whose customer somebody has filed since the dry run."""
        rows = [{"row": line.row, "state": "ready", "values": line.values, "messages": []} for line in lines]
        self._tell_twins(rows)
        taken = {row["row"]: row for row in rows if row["state"] != "ready"}
        left = lines.filtered(lambda line: line.row in taken)
        for line in left:
            row = taken[line.row]
            line.write({"state": row["state"], "message": "\n".join(row["messages"]), "rank": RANKS[row["state"]],
                        "partner_id": row.get("twin_id")})
        return left

    def _file(self, lines):
        """In batches, as long as a request may take: a server ends one that takes too long, and nothing is filed."""
        end = time.monotonic() + SECONDS
        known = lines.filtered(lambda line: self.served and line.values.get("user_id"))
        for group in (known, lines - known):
            for start in range(0, len(group), BATCH):
                if time.monotonic() < end:
                    group[start:start + BATCH].with_context(sbo_no_assignment=group == known)._file()

    def _count(self):
        counts = dict(self.env["sbo.customer.import.line"]._read_group(
            [("wizard_id", "=", self.id)], ["state"], ["__count"]))
        warned = self.env["sbo.customer.import.line"].search_count(
            [("wizard_id", "=", self.id), ("warned", "=", True), ("state", "in", ("ready", "done"))])
        self.write({"warned_count": warned, **{
            f"{state}_count": counts.get(state, 0) for state in ("ready", "exists", "error", "done")}})

    # === files === #

    def _result(self):
        labels = dict(self.line_ids._fields["state"]._description_selection(self.env))
        stream = io.BytesIO()
        # Nothing that was typed becomes a formula or a link.
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(stream, options) as book:
            sheet = book.add_worksheet(self.env._("Import Result"))
            headings = [self.env._("Import Result"), *(self.header or [])]
            self._write_header(book, sheet, headings)
            wrap = book.add_format({"text_wrap": True, "valign": "top"})
            sheet.set_column(0, 0, 60, wrap)
            sheet.set_column(1, max(len(headings) - 1, 1), 18)
            for number, line in enumerate(self.line_ids.sorted("row"), start=1):
                words = ": ".join(filter(None, [labels.get(line.state), line.message]))
                sheet.write_string(number, 0, words, wrap)
                for at, cell in enumerate(line.cells or [], start=1):
                    sheet.write_string(number, at, cell)
        return stream.getvalue()

    def _download(self, content, name):
        wizard = self or self.create({})
        wizard.workbook = base64.b64encode(content)
        return {
            "type": "ir.actions.act_url", "target": "download",
            "url": f"/web/content/{self._name}/{wizard.id}/workbook?download=true&filename={quote(name)}",
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window", "name": self.env._("Import Customers"), "res_model": self._name,
            "res_id": self.id, "view_mode": "form", "target": "current",
        }

    @api.model
    def _why_unreadable(self, reason):
        return {
            "big": self.env._("The file is too large: at most 20 MB, and no pictures. Split it."),
            "not_xlsx": self.env._(
                "This is no Excel workbook, or it is protected or damaged. Save it as .xlsx and choose it again."),
            "empty": self.env._("The file holds no customers: fill in the rows below the headings."),
            "no_header": self.env._(
                "No headings were found in the first rows of the file. Take over those of the template, at least “%s”.",
                self._labels()["name"]),
            "long": self.env._("The file has more than 20,000 rows: split it."),
        }[reason]
