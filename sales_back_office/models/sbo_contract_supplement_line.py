from odoo import api, fields, models


class SboContractSupplementLine(models.Model):
    """A price or quantity as a supplement wants it: of a product of the contract, or of one more; or dropped."""

    _name = "sbo.contract.supplement.line"
    _description = "Price and Quantity in a Supplement"
    _inherit = ["sbo.contract.supplement.part", "sbo.contract.price"]
    _order = "supplement_id, sequence, id"
    _check_company_auto = True
    _part, _names = "line_ids", ("product_id", "uom_id", "quantity", "price")

    origin_id = fields.Many2one("sbo.contract.line", "In the Contract", compute="_compute_origin_id")

    _product_uniq = models.UniqueIndex("(supplement_id, product_id)", "A product has one line in a supplement.")

    @api.depends("product_id", "supplement_id.contract_id")
    def _compute_origin_id(self):
        for item in self:
            lines = item.supplement_id.contract_id.line_ids
            item.origin_id = lines.filtered(lambda line, product=item.product_id: line.product_id == product)[:1]

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Start from what the contract says about it."""
        if self.origin_id:
            self.update({name: self.origin_id[name] for name in ("uom_id", "quantity", "price")})
