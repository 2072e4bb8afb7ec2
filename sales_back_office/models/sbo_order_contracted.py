from odoo import fields, models


class SboOrderContracted(models.AbstractModel):
    """An order under a contract: entered at any time, confirmed when the contract has been reviewed."""

    _name = "sbo.order.contracted"
    _description = "Order under a Contract"
    _inherit = ["sbo.order.hooks"]

    sbo_contract_id = fields.Many2one(
        "sbo.contract", "Contract", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True,
        copy=False, domain="[('partner_id', 'parent_of', partner_id), ('company_id', '=', company_id)]",
        help="The contract that this order is part of.")
