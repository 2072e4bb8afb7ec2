from odoo import fields, models


class SboPaymentCustomer(models.AbstractModel):
    """How a customer pays before goods leave, for each company of ours."""

    _name = "sbo.payment.customer"
    _description = "Payment before Delivery, of a Customer"
    _inherit = ["sbo.payment.policy", "sbo.reckoned.mixin"]
    _reckoned = frozenset({"commercial_partner_id"})  # on whose credit goods leave

    sbo_payment_policy = fields.Selection(company_dependent=True)
    sbo_deposit_percent = fields.Float(company_dependent=True)
    sbo_gate_turn = fields.Integer("Turn at the Gate", readonly=True, copy=False)
