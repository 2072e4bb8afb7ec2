from odoo import fields, models
from odoo.exceptions import UserError

MODELS = ("sbo.contract", "sbo.contract.supplement")


class SboContractStep(models.TransientModel):
    """Asks for the reason of a step of a contract or supplement, or of an obligation noted as done."""

    _name = "sbo.contract.step"
    _description = "Reason of a Step"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(readonly=True)
    step = fields.Char(required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Hand the reason to the record's own step, which checks the rights."""
        self.ensure_one()
        if (self.res_model, self.step) == ("sbo.contract.milestone", "done"):
            self.env[self.res_model].browse(self.res_ids or []).action_done(reason=self.reason)
            return {"type": "ir.actions.act_window_close"}
        steps = self.env[self.res_model]._transitions() if self.res_model in MODELS else {}
        if not steps.get(self.step, (None, None, None, False))[3]:
            raise UserError(self.env._("There is nothing to do."))
        getattr(self.env[self.res_model].browse(self.res_ids or []), f"action_{self.step}")(self.reason)
        return {"type": "ir.actions.act_window_close"}
