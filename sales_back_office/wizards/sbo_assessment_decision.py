from odoo import fields, models


class SboAssessmentDecision(models.TransientModel):
    """Asks for the words of an exemption, an appeal or the decision on one."""

    _name = "sbo.assessment.decision"
    _description = "Decision on a Deduction"

    decision = fields.Selection(
        [
            ("exempt", "Exempt"),
            ("appeal", "Appeal"),
            ("accept", "Accept the Appeal"),
            ("reject", "Reject the Appeal"),
        ],
        required=True,
        readonly=True,
    )
    deduction_id = fields.Many2one(
        "sbo.assessment.deduction", required=True, readonly=True, ondelete="cascade"
    )
    arithmetic = fields.Char(related="deduction_id.arithmetic")
    text = fields.Text("Reason", required=True)

    def action_done(self):
        self.ensure_one()
        getattr(self.deduction_id, f"action_{self.decision}")(self.text)
        return {"type": "ir.actions.act_window_close"}
