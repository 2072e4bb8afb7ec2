from odoo import fields, models

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("out", "Out"),
    ("returned", "Returned"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]


class SboLoan(models.Model):
    """One loan of filed documents to one borrower (文件借阅, form F18): asked for, approved, handed out, brought back."""

    _name = "sbo.loan"
    _description = "Loan of Documents"
    _inherit = ["mail.thread", "mail.activity.mixin", "sbo.checked.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Loan No.", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    borrower_id = fields.Many2one("res.partner", required=True, index=True, tracking=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False)
    line_ids = fields.One2many("sbo.loan.line", "loan_id", "Documents")
