from odoo import fields, models


class SboOrderPolicy(models.AbstractModel):
    """What a company has decided about its orders: limits that verification looks at."""

    _name = "sbo.order.policy"
    _description = "Order Policy"

    sbo_discount_limit = fields.Float(
        "Discount Limit", help="Percent; discounts above it are pointed out when an order is verified. 0: none is.")
    sbo_floor_margin = fields.Float(
        "Least Margin", help="Percent of the price that must be left above cost; below, the price is under the floor.")
