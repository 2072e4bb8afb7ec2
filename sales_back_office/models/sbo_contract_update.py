from odoo import fields, models


class SboContractUpdate(models.Model):
    """One look through the schedule of one contract (一览表更新): who, when, for which month, with the day's figures."""

    _name = "sbo.contract.update"
    _description = "Schedule Update"
    _order = "updated_at desc, id desc"

    contract_id = fields.Many2one("sbo.contract", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    updated_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
