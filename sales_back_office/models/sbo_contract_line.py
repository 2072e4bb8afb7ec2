from odoo import fields, models


class SboContractLine(models.Model):
    """A price or quantity that a contract binds for one product: what is ordered and delivered keeps within it."""

    _name = "sbo.contract.line"
    _description = "Agreed Price and Quantity"
    _order = "contract_id, sequence, id"

    contract_id = fields.Many2one("sbo.contract", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one("product.product", required=True, index=True)
    uom_id = fields.Many2one("uom.uom", "Unit", compute="_compute_uom_id", store=True, readonly=False, precompute=True)
    quantity = fields.Float("At Most", digits="Product Unit", help="No more than this is ordered; 0: any quantity.")
    price = fields.Monetary("Agreed Price", help="Of one unit, before discount of nothing less is sold; 0: any price.")

    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.uom_id or line.product_id.uom_id
