from odoo import fields, models


class SboLoanLine(models.Model):
    """One document of a loan, or a box with all that is in it: when it went out, when it came back, in what condition."""

    _name = "sbo.loan.line"
    _description = "Loan of a Document"
    _order = "loan_id, id"

    loan_id = fields.Many2one("sbo.loan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="loan_id.company_id", store=True, index=True)
    document_id = fields.Many2one("sbo.document", index=True, ondelete="restrict")
    place_id = fields.Many2one("sbo.document.place", "Box", index=True, ondelete="restrict")
    state = fields.Selection(
        [("waiting", "Waiting"), ("out", "Out"), ("returned", "Returned"), ("not_found", "Not Found"),
         ("cancelled", "Cancelled")], required=True, readonly=True, default="waiting", index=True)
    out_at = fields.Datetime("Handed Out", readonly=True)
    due_on = fields.Date("Due", readonly=True, index=True)
    returned_at = fields.Datetime("Returned at", readonly=True)
