from odoo import fields, models


class SboOrderFollowPolicy(models.AbstractModel):
    """What a company has decided about the time after an order is taken: limits, papers, signed notes."""

    _name = "sbo.order.follow.policy"
    _description = "Order Follow-Up Policy"

    sbo_issue_reply_hours = fields.Float(
        "Hours to the First Reply", default=4,
        help="Working hours within which the customer hears from us about an issue with the order.")
    sbo_issue_result_days = fields.Integer(
        "Days to the Result", default=3,
        help="Working days within which the customer is told the solution of an issue.")
    sbo_delivery_copies = fields.Integer(
        "Copies of the Delivery Notice", default=4,
        help="In this order: sales, finance, warehouse, customer, further copies.")
    sbo_delivery_priced = fields.Integer(
        "Copies with Prices", default=2, help="So many of the first copies show prices; the others do not.")
    sbo_signed_required = fields.Boolean(
        "Delivery Notes Come Back Signed", default=True,
        help="Deliveries are followed until the note that the customer signed is back.")
    sbo_signed_from = fields.Date(
        "Notes Asked for From", default=fields.Date.context_today,
        help="Notes of deliveries from before this day are not waited for: nobody could enter them then. The day of "
        "installation, or of the upgrade that brought signed notes.")
