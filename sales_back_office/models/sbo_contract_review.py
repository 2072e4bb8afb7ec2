from odoo import fields, models


class SboContractReview(models.Model):
    """One review of a contract or of a supplement before it is signed (合同评审表, form F06)."""

    _name = "sbo.contract.review"
    _description = "Contract Review"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "contract_id, id desc"

    contract_id = fields.Many2one("sbo.contract", required=True, readonly=True, index=True, ondelete="restrict")
    supplement_id = fields.Many2one("sbo.contract.supplement", readonly=True, index="btree_not_null", ondelete="restrict")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("open", "Open"), ("approved", "Approved"), ("rejected", "Sent Back"), ("superseded", "Superseded")],
        required=True, readonly=True, default="open", index=True)
