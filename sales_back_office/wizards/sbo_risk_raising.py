from odoo import fields, models


class SboRiskRaising(models.TransientModel):
    """Notes a risk of a contract that no check can see (人工风险预警)."""

    _name = "sbo.risk.raising"
    _description = "Raise a Risk"

    contract_id = fields.Many2one("sbo.contract", required=True, readonly=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    check_id = fields.Many2one(
        "sbo.check", "Risk", required=True,
        domain="[('risk', '=', True), ('kind', '=', 'manual'), ('company_id', 'in', (company_id, False))]")
    level = fields.Selection(related="check_id.severity")
    description = fields.Text(related="check_id.description")
    note = fields.Text("What Happened", required=True)

    def action_apply(self):
        """Open the flag and show it: next it is reported."""
        self.ensure_one()
        flag = self.contract_id._raise_risk(self.check_id, self.note)
        return {"type": "ir.actions.act_window", "res_model": "sbo.finding", "res_id": flag.id, "view_mode": "form",
                "views": [[self.env.ref("sales_back_office.sbo_risk_view_form").id, "form"]]}
