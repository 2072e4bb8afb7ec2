from odoo import fields, models


class SboLoanPolicy(models.AbstractModel):
    """How a company lends its papers, beside what the secrecy levels say."""

    _name = "sbo.loan.policy"
    _description = "Loans of Documents, of a Company"

    sbo_loan_items = fields.Integer(
        "Items on Loan at Most", default=3,
        help="So many items one borrower may have at a time, a box being one; 0: no limit. Auditors and tax officers "
        "who "
        "read on site are not limited.")
    sbo_loan_hold_days = fields.Integer(
        "Kept for the Next in Line", default=2,
        help="Working days an item that has come back is kept for whoever is next in line, before the one after them "
        "is told.")

    _sbo_loan_positive = models.Constraint(
        "CHECK (sbo_loan_items >= 0 AND sbo_loan_hold_days >= 0)", "Items and days of loans cannot be negative.")
