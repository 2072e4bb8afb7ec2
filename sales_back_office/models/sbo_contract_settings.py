from odoo import fields, models


class SboContractSettings(models.AbstractModel):
    """The settings page of contracts and tenders: what the company has decided about risks, bonds and summaries."""

    _name = "sbo.contract.settings"
    _description = "Settings of Contracts and Tenders"

    company_id = fields.Many2one("res.company")
    sbo_risk_user_ids = fields.Many2many(related="company_id.sbo_risk_user_ids", readonly=False)
    sbo_bond_days_signed = fields.Integer(related="company_id.sbo_bond_days_signed", readonly=False)
    sbo_bond_days_result = fields.Integer(related="company_id.sbo_bond_days_result", readonly=False)
    sbo_bond_remind_days = fields.Integer(related="company_id.sbo_bond_remind_days", readonly=False)
    sbo_summary_user_ids = fields.Many2many(
        related="company_id.sbo_summary_user_ids", readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    sbo_summary_month = fields.Boolean(related="company_id.sbo_summary_month", readonly=False)
    sbo_summary_quarter = fields.Boolean(related="company_id.sbo_summary_quarter", readonly=False)
    sbo_summary_year = fields.Boolean(related="company_id.sbo_summary_year", readonly=False)
