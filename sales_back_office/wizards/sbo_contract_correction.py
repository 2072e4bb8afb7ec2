from odoo import fields, models


class SboContractCorrection(models.TransientModel):
    """Why a contract summary is sent once more in a corrected version."""

    _name = "sbo.contract.correction"
    _description = "Corrected Contract Summary"

    summary_id = fields.Many2one("sbo.contract.summary", required=True, readonly=True, ondelete="cascade")
    reason = fields.Char("What Was Wrong", required=True)

    def action_apply(self):
        """Have the new version prepared and mailed."""
        self.ensure_one()
        version = self.summary_id._correct(self.reason)
        # Superuser: a supervisor need not be allowed to start jobs.
        self.env.ref("sales_back_office.sbo_cron_contract_summary").sudo()._trigger()
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract.summary", "res_id": version.id,
                "views": [[False, "form"]]}
