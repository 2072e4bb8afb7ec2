from odoo import fields, models


class SboDocumentSecrecy(models.Model):
    """A level of secrecy (密级) as this company calls it, who reads what has it, and on which terms it is lent."""

    _name = "sbo.document.secrecy"
    _description = "Secrecy Level"
    _order = "level, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    level = fields.Integer(required=True, help="The higher, the more secret; 0 is public.")
    reader = fields.Selection(
        [("user", "Every internal user"), ("office", "Salespeople of the customer and the back office"),
         ("supervisor", "Back-office supervisors"), ("manager", "Back-office managers")],
        "Read by", required=True, default="office")
    approver = fields.Selection(
        [("clerk", "Clerk"), ("supervisor", "Supervisor"), ("manager", "Manager")], "Loans Approved by",
        required=True, default="clerk")
    loan_days = fields.Integer("Loan Days", default=7, help="Working days; the loan is due after them.")
    renewals = fields.Integer(default=1)
    on_site_only = fields.Boolean("Read on Site Only")
    logged = fields.Boolean("Downloads Logged")
