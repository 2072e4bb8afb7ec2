from datetime import datetime, time, timedelta

from odoo import api, fields, models

from ..tools import moments


class SboLoanRegisterPaper(models.AbstractModel):
    """The register of loans (F18): every item that was out at some time of the period, in the order it went out."""

    _name = "report.sales_back_office.sbo_loan_register"
    _description = "Loan Register (Paper)"

    @api.model
    def _get_report_values(self, docids, data=None):
        registers = self.env["sbo.loan.register"].browse(docids)
        return {"doc_ids": docids, "doc_model": registers._name, "docs": registers,
                "lists": [self._get_list(register) for register in registers]}

    @api.model
    def _get_list(self, register):
        """One list; the number of queries does not grow with the loans."""
        register.check_access("read")
        zone = register.company_id._sbo_tz()
        start = moments.to_utc(datetime.combine(register.date_from, time()), self._zone(zone))
        end = moments.to_utc(datetime.combine(register.date_to + timedelta(days=1), time()), self._zone(zone))
        lines = self.env["sbo.loan.line"].search([
            ("company_id", "=", register.company_id.id), ("out_at", "<", end), "|", ("out_at", ">=", start), "|",
            "&", ("returned_at", "=", False), ("settled_at", "=", False), ("returned_at", ">=", start)],
            order="out_at, id")
        # Superuser: secrecy and reminders of what the reader may see on loan, titles that stand on the loan.
        rows = [self._get_row(line, register.company_id) for line in lines.sudo()]
        return {"register": register, "company": register.company_id, "rows": rows, "zone": zone,
                "printed_at": fields.Datetime.now()}

    @api.model
    def _get_row(self, line, company):
        document, local = line.document_id, self._local(company)
        back = local(line.returned_at)
        return {
            "line": line, "loan": line.loan_id, "code": document.file_code or line.place_id.barcode or "",
            "title": document.title or line.item, "secrecy": document.secrecy_id.name or "",
            "out_on": local(line.out_at), "back_on": back,
            "reminders": [(local(reminder.sent_at), reminder) for reminder in line.reminder_ids.sorted("sent_at")
                          if reminder.how != "none"],
            "late": max(0, ((back or company._sbo_today()) - line.due_on).days) if line.due_on else 0,
        }

    @api.model
    def _local(self, company):
        """A function from moments to days in the company's time."""
        zone = self.with_context(tz=company._sbo_tz())
        return lambda moment: moment and fields.Datetime.context_timestamp(zone, moment).date()

    @api.model
    def _zone(self, name):
        return self.with_context(tz=name).env.tz
