from odoo import fields, models


class SboFindingDecision(models.TransientModel):
    """The words that go with a decision on findings: an objection, or the reason of a waiver."""

    _name = "sbo.finding.decision"
    _description = "Decision on Findings"

    finding_ids = fields.Many2many("sbo.finding", required=True)
    decision = fields.Selection([("dispute", "Dispute"), ("waive", "Waive")], required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Dispute or waive the chosen findings with these words."""
        self.ensure_one()
        decide = self.finding_ids.action_dispute if self.decision == "dispute" else self.finding_ids.action_waive
        decide(self.reason)
        return {"type": "ir.actions.act_window_close"}
