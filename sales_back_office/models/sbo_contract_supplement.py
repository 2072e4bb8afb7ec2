from odoo import fields, models


class SboContractSupplement(models.Model):
    """A supplement to a signed contract (补充协议): what it changes; signed, it is the contract's next version."""

    _name = "sbo.contract.supplement"
    _description = "Contract Supplement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "contract_id, id"

    contract_id = fields.Many2one("sbo.contract", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    name = fields.Char("Supplement No.", readonly=True, default="/", copy=False)
    subject = fields.Char(required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("review", "In Review"), ("approved", "Approved"), ("signed", "Signed"),
         ("cancelled", "Cancelled")], required=True, readonly=True, default="draft", index=True, copy=False)
    signed_on = fields.Date("Signed on", copy=False)
    version = fields.Integer(readonly=True, copy=False, help="The version of the contract that it has made.")
    before = fields.Json(readonly=True, copy=False)
    after = fields.Json(readonly=True, copy=False)
