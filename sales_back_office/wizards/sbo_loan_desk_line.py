from odoo import api, fields, models

from ..models.sbo_loan_line import CONDITIONS


class SboLoanDeskLine(models.TransientModel):
    """One item on the loan desk: what happens to it, and how it looks when it comes back."""

    _name = "sbo.loan.desk.line"
    _description = "Item on the Loan Desk"

    desk_id = fields.Many2one("sbo.loan.desk", required=True, ondelete="cascade")
    line_id = fields.Many2one("sbo.loan.line", "Item of a Loan", required=True, readonly=True, ondelete="cascade")
    what = fields.Selection(
        [("back", "Comes Back"), ("lend", "Goes Out"), ("found", "Found Again")], "To Do Now", required=True,
        readonly=True)
    item = fields.Char(related="line_id.item", related_sudo=False)
    loan_id = fields.Many2one(related="line_id.loan_id", related_sudo=False)
    borrower_id = fields.Many2one(related="line_id.borrower_id", related_sudo=False)
    due_on = fields.Date(related="line_id.due_on", related_sudo=False)
    overdue = fields.Boolean(related="line_id.overdue", related_sudo=False)
    pages_out = fields.Integer(related="line_id.pages_out", related_sudo=False)
    pages_back = fields.Integer(help="Pages of a document, documents in a box: count them.")
    condition = fields.Selection(CONDITIONS, "Condition on Return", default="good")
    note = fields.Char("Remark")

    @api.constrains("line_id")
    def _check_line_id(self):
        """What is in the list is what its clerk may see, whatever number a caller sends."""
        # Odoo checks as superuser.
        self.sudo(False).line_id.check_access("read")

    @api.onchange("pages_back")
    def _onchange_pages_back(self):
        if self.what == "back" and self.pages_back < self.pages_out and self.condition == "good":
            self.condition = "incomplete"
