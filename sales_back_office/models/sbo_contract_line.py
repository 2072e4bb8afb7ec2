from odoo import fields, models


class SboContractLine(models.Model):
    """A price or quantity that a contract binds for one product: what is ordered and delivered keeps within it."""

    _name = "sbo.contract.line"
    _description = "Agreed Price and Quantity"
    _inherit = ["sbo.contract.part", "sbo.contract.price"]
    _order = "contract_id, sequence, id"
    _check_company_auto = True
    _content_fields = ("product_id", "uom_id", "quantity", "price")

    contract_id = fields.Many2one("sbo.contract", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")

    _product_uniq = models.UniqueIndex("(contract_id, product_id)", "A product has one line in a contract.")
