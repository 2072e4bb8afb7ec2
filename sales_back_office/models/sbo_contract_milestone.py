from odoo import fields, models

KINDS = [("payment", "Payment"), ("delivery", "Delivery"), ("other", "Other Obligation")]


class SboContractMilestone(models.Model):
    """One thing that a contract obliges a party to by a day (履约节点): a payment of its plan, a delivery, any other."""

    _name = "sbo.contract.milestone"
    _description = "Contract Obligation"
    _inherit = ["sbo.contract.milestone.progress"]
    _order = "due_on, id"

    contract_id = fields.Many2one("sbo.contract", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    kind = fields.Selection(KINDS, required=True, default="payment")
    name = fields.Char("Obligation", required=True)
    user_id = fields.Many2one("res.users", "Person in Charge", index=True)
    due_on = fields.Date("Due", required=True, index=True)
    amount = fields.Monetary(help="What is to be paid, in the contract's currency.")
    product_id = fields.Many2one("product.product")
    quantity = fields.Float(digits="Product Unit")
    done_on = fields.Date("Done", readonly=True, copy=False)
