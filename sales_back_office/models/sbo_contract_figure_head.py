from odoo import fields, models
from odoo.tools import SQL

from .sbo_contract_flow import STATES

# What the schedule shows of the contract itself, by the column of sbo_contract.
COLUMNS = {
    "number": "name",
    "company_id": "company_id", "currency_id": "currency_id", "partner_id": "partner_id", "subject": "subject",
    "class_id": "class_id", "state": "state", "active": "active", "user_id": "user_id", "clerk_id": "sbo_clerk_id",
    "team_id": "team_id", "signed_on": "signed_on", "date_start": "date_start", "date_end": "date_end",
    "tax_included": "tax_included", "retention_amount": "retention_amount", "retention_due_on": "retention_due_on",
    "payment_terms": "payment_terms",
}


class SboContractFigureHead(models.AbstractModel):
    """What a line of the performance schedule tells of the contract itself."""

    _name = "sbo.contract.figure.head"
    _description = "Performance Schedule: Contract"

    contract_id = fields.Many2one("sbo.contract", readonly=True)
    number = fields.Char("Contract No.", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    subject = fields.Char("Subject Matter", readonly=True)
    class_id = fields.Many2one("sbo.contract.class", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    active = fields.Boolean(readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    clerk_id = fields.Many2one("res.users", "Back-Office Clerk", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    signed_on = fields.Date("Date of Signing", readonly=True)
    date_start = fields.Date("In Force from", readonly=True)
    date_end = fields.Date("Until", readonly=True)
    tax_included = fields.Boolean(
        readonly=True, help="The figures are with taxes where the amount of the contract is, else all are without.")
    payment_terms = fields.Text(readonly=True)
    retention_amount = fields.Monetary("Retention Money", readonly=True)
    retention_due_on = fields.Date("Retention Due", readonly=True)

    def _sql_head(self) -> SQL:
        """These columns of ``c`` (sbo_contract)."""
        return SQL(", ").join(
            SQL("c.%s AS %s", SQL.identifier(column), SQL.identifier(name)) for name, column in COLUMNS.items())
