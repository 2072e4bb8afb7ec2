from odoo import api, fields, models


class SboContractPrice(models.AbstractModel):
    """What is agreed about one product: a price, a quantity, or both; of a contract, or as a supplement proposes it."""

    _name = "sbo.contract.price"
    _description = "Price and Quantity of One Product"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one("res.currency")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one("product.product", required=True, index=True, ondelete="restrict", check_company=True,
                                 domain=[("sale_ok", "=", True)])
    uom_id = fields.Many2one("uom.uom", "Unit", compute="_compute_uom_id", store=True, readonly=False, precompute=True,
                             required=True, ondelete="restrict")
    quantity = fields.Float("At Most", digits="Product Unit", help="No more than this is ordered; 0: any quantity.")
    price = fields.Monetary(
        "Agreed Price", help="Of one unit, after discounts: nothing is sold for less; 0: any price.")

    _positive = models.Constraint("CHECK (quantity >= 0 AND price >= 0)", "Prices and quantities are not negative.")

    @api.depends("product_id")
    def _compute_uom_id(self):
        for line in self:
            if line.product_id and (not line.uom_id or line.product_id != line._origin.product_id):
                line.uom_id = line.product_id.uom_id
