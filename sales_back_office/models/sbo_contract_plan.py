from odoo import api, fields, models


class SboContractPlan(models.AbstractModel):
    """The payment plan of a contract (付款计划): whether its payments sum up to what the contract is worth."""

    _name = "sbo.contract.plan"
    _description = "Contract: Payment Plan"
    _inherit = ["sbo.contract.terms"]

    plan_amount = fields.Monetary("Planned Payments", compute="_compute_plan", help="With all repetitions to come.")
    plan_rest = fields.Monetary("Not Planned", compute="_compute_plan")
    plan_warning = fields.Char(compute="_compute_plan")

    @api.depends("amount", "milestone_ids.planned_amount", "milestone_ids.kind")
    @api.depends_context("lang")
    def _compute_plan(self):
        for contract in self:
            payments = contract.milestone_ids.filtered(lambda item: item.kind == "payment")
            contract.plan_amount = sum(payments.mapped("planned_amount"))
            contract.plan_rest = contract.amount - contract.plan_amount
            # Percents are rounded one by one.
            cents = contract.currency_id.rounding * len(payments)
            contract.plan_warning = bool(payments) and abs(contract.plan_rest) > cents and self.env._(
                "The payment plan does not sum up to the contract's amount.")
