from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SboContractTerms(models.AbstractModel):
    """What a contract agrees beside its prices and obligations; a supplement proposes it anew."""

    _name = "sbo.contract.terms"
    _description = "Terms of a Contract"

    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary(required=True, tracking=True)
    tax_included = fields.Boolean(default=True, tracking=True, help="Whether the amount is with taxes.")
    date_start = fields.Date("In Force from", tracking=True)
    date_end = fields.Date("Until", tracking=True)
    payment_terms = fields.Text(help="How and when is paid, in the contract's words.")
    terms = fields.Text("Other Terms", help="Delivery, quality, acceptance, liability … in the contract's words.")
    retention_amount = fields.Monetary(
        "Retention Money", tracking=True, help="What the customer keeps back until the warranty is over.")
    retention_due_on = fields.Date("Retention Due", tracking=True)
    warranty_until = fields.Date("Warranty until", tracking=True)

    @api.constrains("amount", "date_start", "date_end", "retention_amount", "retention_due_on")
    def _check_terms(self):
        for record in self:
            if record.amount < 0 or record.retention_amount < 0:
                raise ValidationError(self.env._("Amounts of a contract are not negative."))
            if record.date_start and record.date_end and record.date_end < record.date_start:
                raise ValidationError(self.env._("A contract cannot end before it begins."))
            if record.retention_due_on and not record.retention_amount:
                raise ValidationError(self.env._("There is a day for the retention money, but no amount."))
            if record.currency_id.compare_amounts(record.retention_amount, record.amount) > 0 and record.amount:
                raise ValidationError(self.env._("More cannot be kept back than the contract is worth."))
