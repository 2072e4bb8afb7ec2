from odoo import fields, models


class SboRiskPolicy(models.AbstractModel):
    """Whom a company tells of the risks of its contracts, beside salesperson, supervisor and manager."""

    _name = "sbo.risk.policy"
    _description = "Policy on Risks"

    sbo_risk_user_ids = fields.Many2many(
        "res.users", "sbo_company_risk_user_rel", "company_id", "user_id", string="Told of Critical Risks",
        domain=[("share", "=", False)],
        help="When a critical risk of a contract is reported, they are told beside the salesperson, the back office's "
        "supervisors and its managers: general manager, finance, legal counsel.")
