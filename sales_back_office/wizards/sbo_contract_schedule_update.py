from odoo import fields, models


class SboContractScheduleUpdate(models.TransientModel):
    """The schedule of several contracts noted as looked through, with one remark."""

    _name = "sbo.contract.schedule.update"
    _description = "Schedule Updated"

    contract_ids = fields.Many2many("sbo.contract", required=True, readonly=True)
    remark = fields.Char()

    def action_apply(self):
        """Note it for each contract, with the figures of this moment."""
        self.ensure_one()
        self.env["sbo.contract.update"].create([
            {"contract_id": contract.id, "remark": self.remark} for contract in self.contract_ids])
        return {"type": "ir.actions.act_window_close"}
