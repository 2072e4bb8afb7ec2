from odoo import fields, models


class ProductTemplate(models.Model):
    """A product, with the least that is sold of it."""

    _inherit = "product.template"

    sbo_min_quantity = fields.Float(
        "Least Sold Quantity", digits="Product Unit", help="Orders below it are pointed out when they are verified.")
