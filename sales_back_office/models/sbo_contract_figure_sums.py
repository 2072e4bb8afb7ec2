from odoo import fields, models


class SboContractFigureSums(models.AbstractModel):
    """The money of a line of the performance schedule in the company's currency: what can be added up.

    Each document is converted at its own day, the contract's amount at the day it was signed.
    """

    _name = "sbo.contract.figure.sums"
    _description = "Performance Schedule: Company Currency"

    company_currency_id = fields.Many2one("res.currency", readonly=True)
    contracted_company = fields.Monetary(
        "Contracted (Company)", readonly=True, currency_field="company_currency_id")
    ordered_company = fields.Monetary("Ordered (Company)", readonly=True, currency_field="company_currency_id")
    delivered_company = fields.Monetary("Delivered (Company)", readonly=True, currency_field="company_currency_id")
    not_invoiced_company = fields.Monetary(
        "Delivered, Not Invoiced (Company)", readonly=True, currency_field="company_currency_id")
    invoiced_company = fields.Monetary("Invoiced (Company)", readonly=True, currency_field="company_currency_id")
    received_company = fields.Monetary("Received (Company)", readonly=True, currency_field="company_currency_id")
    receivable_company = fields.Monetary("Receivable (Company)", readonly=True, currency_field="company_currency_id")
    due_company = fields.Monetary("Due (Company)", readonly=True, currency_field="company_currency_id")
    overdue_company = fields.Monetary("Overdue (Company)", readonly=True, currency_field="company_currency_id")
    rest_company = fields.Monetary("To Deliver (Company)", readonly=True, currency_field="company_currency_id")
