from odoo import fields, models

LEVELS = [("1", "Low"), ("2", "Medium"), ("3", "High")]


class SboFindingDecision(models.TransientModel):
    """The words that go with a decision on findings: an objection, the reason of a waiver, of a lower level."""

    _name = "sbo.finding.decision"
    _description = "Decision on Findings"

    finding_ids = fields.Many2many("sbo.finding", required=True)
    decision = fields.Selection(
        [("dispute", "Dispute"), ("waive", "Waive"), ("lower", "Lower"), ("settle", "Settle")], required=True)
    level = fields.Selection(LEVELS, "New Level")
    reason = fields.Text(required=True)

    def action_apply(self):
        """Take the decision on the chosen findings with these words."""
        self.ensure_one()
        if self.decision == "lower":
            self.finding_ids.action_lower(self.level, self.reason)
        else:
            getattr(self.finding_ids, f"action_{self.decision}")(self.reason)
        return {"type": "ir.actions.act_window_close"}
