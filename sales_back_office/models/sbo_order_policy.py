from odoo import fields, models


class SboOrderPolicy(models.AbstractModel):
    """What a company has decided about its orders: who is told how, what verification points out."""

    _name = "sbo.order.policy"
    _description = "Order Policy"

    sbo_notice_auto = fields.Boolean(
        "Send Notices at Once", default=True, help="Off: the clerk sends them from the order, after a look at them.")
    sbo_notice_hours = fields.Float(
        "Hours to Notify", default=2, help="Working hours from confirmation until the departments must be told.")
    sbo_acknowledge_change_hours = fields.Float(
        "Hours to Acknowledge a Change", default=8, help="Working hours a person may take; departments have their own.")
    sbo_discount_limit = fields.Float(
        "Discount Limit", help="Percent; discounts above it are pointed out when an order is verified. 0: none is.")
    sbo_floor_margin = fields.Float(
        "Least Margin", help="Percent of the price that must be left above cost; below, the price is under the floor.")
