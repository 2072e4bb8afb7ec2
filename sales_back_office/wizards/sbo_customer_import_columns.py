import io

import xlsxwriter
from odoo import api, models

from ..tools import sheets

# column: how its cells are read. The order is that of the template.
COLUMNS = {
    "name": "text", "ref": "text", "vat": "code", "company_type": "selection", "sbo_customer_type": "selection",
    "industry_id": "record", "sbo_size": "selection", "sbo_region_id": "record", "country_id": "record",
    "state_id": "state", "city": "text", "street": "text", "zip": "text", "phone": "text", "email": "text",
    "website": "text", "contact_name": "text", "contact_phone": "text", "contact_email": "text", "user_id": "user",
    "sbo_clerk_id": "user", "sbo_collector_id": "user", "sbo_filed_on": "date", "sbo_verified_on": "date",
    "property_payment_term_id": "record", "sbo_invoice_title": "text", "sbo_invoice_address": "text",
    "sbo_invoice_phone": "text", "bank_name": "text", "acc_number": "code", "comment": "text",
}
RECORDS = {
    "industry_id": "res.partner.industry", "sbo_region_id": "sbo.region", "country_id": "res.country",
    "property_payment_term_id": "account.payment.term",
}
WIDTHS = {"name": 34, "street": 34, "sbo_invoice_title": 30, "sbo_invoice_address": 34, "email": 26, "vat": 24,
          "contact_email": 26, "comment": 40, "acc_number": 24}
# So many rows of the template have the drop-down lists.
LISTED_ROWS = 5000


class SboCustomerImportColumns(models.AbstractModel):
    """What a ledger of customers may hold, column by column: names, lists, and the empty workbook to fill in."""

    _name = "sbo.customer.import.columns"
    _description = "Customer Import: Columns"

    @api.model
    def _labels(self):
        """Heading of each column in the reader's language."""
        return {
            "name": self.env._("Customer Name"), "ref": self.env._("File Number"),
            "vat": self.env._("Social Credit or Tax Code"), "company_type": self.env._("Company or Person"),
            "sbo_customer_type": self.env._("Customer Type"), "industry_id": self.env._("Industry"),
            "sbo_size": self.env._("Size"), "sbo_region_id": self.env._("Region"),
            "country_id": self.env._("Country"), "state_id": self.env._("State or Province"),
            "city": self.env._("City"), "street": self.env._("Street"), "zip": self.env._("Postal Code"),
            "phone": self.env._("Telephone"), "email": self.env._("E-Mail"), "website": self.env._("Website"),
            "contact_name": self.env._("Main Contact"), "contact_phone": self.env._("Telephone of the Contact"),
            "contact_email": self.env._("E-Mail of the Contact"), "user_id": self.env._("Salesperson"),
            "sbo_clerk_id": self.env._("Back-Office Clerk"), "sbo_collector_id": self.env._("Collected by"),
            "sbo_filed_on": self.env._("Filed"), "sbo_verified_on": self.env._("Last Verified"),
            "property_payment_term_id": self.env._("Payment Terms"),
            "sbo_invoice_title": self.env._("Invoice Title"),
            "sbo_invoice_address": self.env._("Address on Invoices"),
            "sbo_invoice_phone": self.env._("Phone on Invoices"), "bank_name": self.env._("Bank"),
            "acc_number": self.env._("Bank Account Number"), "comment": self.env._("Remarks"),
        }

    @api.model
    def _explanations(self):
        """What to write into a column, where its name does not say it all."""
        return {
            "name": self.env._("Must be there. As on the licence."),
            "ref": self.env._("Your own number of the file; empty: the next number is given. A number is filed once."),
            "vat": self.env._("18 characters in China. A code that does not validate is told, and filed all the same."),
            "company_type": self.env._("Empty: a company."),
            "sbo_region_id": self.env._("From the list; empty: by the address."),
            "country_id": self.env._("Name or code; empty: the country of your company."),
            "phone": self.env._("Several numbers are separated by a slash."),
            "user_id": self.env._("Name, e-mail or login. Empty: the customer waits to be assigned."),
            "sbo_clerk_id": self.env._("Name, e-mail or login. Empty: the clerk of the salesperson."),
            "sbo_collector_id": self.env._("Who brought the customer in; empty: it counts for nobody's week."),
            "sbo_filed_on": self.env._("A date, or year-month-day. Empty: today."),
            "sbo_verified_on": self.env._("When the file was last compared with reality."),
            "acc_number": self.env._("As text, so that no digit is lost."),
        }

    @api.model
    def _known_headings(self):
        """{heading as it may be written: column}, in every language that is installed."""
        known = {}
        for code, _name in self.env["res.lang"].get_installed():
            for column, label in self.with_context(lang=code)._labels().items():
                known.setdefault(self._plain(label), column)
        fields = self.env["res.partner"].with_context(lang="en_US")._fields
        for column in COLUMNS:
            known.setdefault(self._plain(column), column)
            if column in fields:
                known.setdefault(self._plain(fields[column]._description_string(self.env)), column)
        for column, label in self.with_context(lang="en_US")._labels().items():
            known.setdefault(self._plain(label), column)
        return known

    @api.model
    def _choices(self):
        """{column: [names to choose from]}, as they are today."""
        partners = self.env["res.partner"]
        return {
            **{column: [label for _value, label in partners._fields[column]._description_selection(self.env)]
               for column, kind in COLUMNS.items() if kind == "selection"},
            **{column: self.env[model].search_fetch([], ["name"]).mapped("name")
               for column, model in RECORDS.items() if column != "country_id"},
        }

    @api.model
    def _example_word(self):
        return self.env._("EXAMPLE")

    @api.model
    def _plain(self, heading):
        return "".join(sheets.text(heading).replace("*", "").lower().split())

    # === workbooks === #

    @api.model
    def _template(self):
        """The empty ledger, in the user's language, with the lists of today."""
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            sheet = book.add_worksheet(self.env._("Customers"))
            help_sheet = book.add_worksheet(self.env._("Explanations"))
            self._write_header(book, sheet, [
                self._labels()[column] + (" *" if column == "name" else "") for column in COLUMNS])
            self._write_columns(book, sheet)
            self._write_lists(book, sheet)
            self._write_example(book, sheet)
            self._write_help(book, help_sheet)
        return stream.getvalue()

    @api.model
    def _write_header(self, book, sheet, labels):
        head = book.add_format({"bold": True, "bg_color": "#E7E0EC", "border": 1, "text_wrap": True, "valign": "top"})
        for at, label in enumerate(labels):
            sheet.write_string(0, at, label, head)
        sheet.freeze_panes(1, 1)

    def _write_columns(self, book, sheet):
        # Text, so that telephone numbers and codes keep all their digits.
        as_text, as_date = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, (column, kind) in enumerate(COLUMNS.items()):
            sheet.set_column(at, at, WIDTHS.get(column, 18), as_date if kind == "date" else as_text)

    def _write_lists(self, book, sheet):
        lists = book.add_worksheet("Lists")
        lists.hide()
        title, message = self.env._("From the list"), self.env._("Please choose one of the list.")
        for number, (column, names) in enumerate(self._choices().items()):
            for row, name in enumerate(names):
                lists.write_string(row, number, name)
            if names:
                at, letter = list(COLUMNS).index(column), xlsxwriter.utility.xl_col_to_name(number, col_abs=True)
                sheet.data_validation(1, at, LISTED_ROWS, at, {
                    "validate": "list", "source": f"=Lists!{letter}$1:{letter}${len(names)}",
                    "error_title": title, "error_message": message})

    def _write_example(self, book, sheet):
        grey = book.add_format({"font_color": "#808080", "italic": True, "num_format": "@"})
        choices = self._choices()
        example = {
            "name": self.env._("Example Trading Co. (leave this row, it is not imported)"),
            "ref": self._example_word(), "vat": "91350100M000100Y43", "phone": "0591-8888 6666",
            "email": "info@example.com", "city": self.env._("Fuzhou"), "contact_name": self.env._("Ms. Example"),
            "sbo_filed_on": "2026-01-31", "user_id": self.env.user.name,
            **{column: names[0] for column, names in choices.items() if names},
        }
        for at, column in enumerate(COLUMNS):
            if column in example:
                sheet.write_string(1, at, example[column], grey)

    def _write_help(self, book, sheet):
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 30, wrap)
        sheet.set_column(1, 1, 90, wrap)
        lines = [
            self.env._("One row is one customer. Columns may stand in any order, be left out or stay empty, "
                       "except for the name."),
            self.env._("Nothing is imported before you have seen what would happen to each row."),
            self.env._("A customer is recognised by its file number, its code, or its name and telephone number: "
                       "who is filed already is left as it is."),
        ]
        for row, line in enumerate(lines):
            sheet.merge_range(row, 0, row, 1, line, wrap)
            sheet.set_row(row, 32)
        explanations, choices, row = self._explanations(), self._choices(), len(lines) + 1
        for column, label in self._labels().items():
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, explanations.get(column) or ", ".join(choices.get(column, ())[:40]), wrap)
            row += 1
