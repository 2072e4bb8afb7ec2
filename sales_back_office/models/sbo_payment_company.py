from odoo import api, fields, models


class SboPaymentCompany(models.AbstractModel):
    """What a company has decided about payment before delivery: its usual policy, and how strictly it counts."""

    _name = "sbo.payment.company"
    _description = "Payment before Delivery, of a Company"
    _inherit = ["sbo.payment.policy"]

    sbo_gate_partial = fields.Selection(
        [("shipped", "What has been shipped, with this delivery"),
         ("whole", "The whole order, from the first delivery")],
        "Payment Must Cover", required=True, default="shipped",
        help="When an order leaves in several deliveries. With the last one the whole order must be covered anyway, "
        "services and freight included; a deposit always counts on the whole order.")
    sbo_gate_tolerance = fields.Float(
        "Tolerance", digits=(16, 2), help="So much may be missing, in the company's currency: bank fees, rounding.")
    sbo_gate_overdue_days = fields.Integer(
        "Overdue for Days", help="So many days an invoice may be overdue before nothing leaves on credit any more.")
    sbo_gate_rate = fields.Selection(
        [("payment", "Of the day of payment"), ("today", "Of today")], "Exchange Rate", required=True,
        default="payment", help="For money in another currency than the order.")

    _sbo_gate_positive = models.Constraint(
        "CHECK (sbo_gate_tolerance >= 0 AND sbo_gate_overdue_days >= 0)", "Tolerance and days cannot be negative.")

    @api.model
    def _sbo_may_decide(self):
        return True  # whoever may change the company
