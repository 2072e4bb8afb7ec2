from odoo import api, fields, models


class SboBorrower(models.AbstractModel):
    """A person who borrows documents, from within the company or from outside."""

    _name = "sbo.borrower"
    _description = "Borrower of Documents"

    sbo_loan_count = fields.Integer("Documents on Loan", compute="_compute_sbo_loan_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sbo_loan_count(self):
        lines = self.env["sbo.loan.line"]
        counts = {}
        if lines.has_access("read"):
            counts = dict(lines._read_group(
                [("borrower_id", "in", self.ids), ("state", "=", "out")], ["borrower_id"], ["__count"]))
        for partner in self:
            partner.sbo_loan_count = counts.get(partner._origin, 0)

    def action_sbo_loans(self):
        """What these people have, and have had, on loan."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_loan_line_action")
        return dict(action, domain=[("borrower_id", "in", self.ids)], context={"search_default_out": 1})
