from odoo import models


class AccountPaymentTerm(models.Model):
    """Terms of payment: what they mean for invoicing, and what must be paid before goods leave."""

    _name = "account.payment.term"
    _inherit = ["account.payment.term", "sbo.invoice.trigger", "sbo.payment.policy"]
