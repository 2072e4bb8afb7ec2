from odoo import models


class AccountPaymentTerm(models.Model):
    """Terms of payment, with what they mean for invoicing."""

    _name = "account.payment.term"
    _inherit = ["account.payment.term", "sbo.invoice.trigger"]
