from odoo import fields, models

from ..models.sbo_order_promise import HOW


class SboOrderIssueStep(models.TransientModel):
    """The words that go with a step of an issue, and when and how the customer heard of it."""

    _name = "sbo.order.issue.step"
    _description = "Step of an Order Issue"

    issue_ids = fields.Many2many("sbo.order.issue", required=True)
    step = fields.Selection(
        [("reply", "Answer the Customer"), ("solve", "Report the Result"), ("cancel", "Cancel"), ("reopen", "Reopen")],
        required=True, default="reply")
    how = fields.Selection(HOW, "By Means of", default="call")
    moment = fields.Datetime("Date and Time", required=True, default=lambda self: fields.Datetime.now())
    text = fields.Text("What Was Said", required=True)

    def action_apply(self):
        """Take the step for the chosen issues with these words."""
        self.ensure_one()
        talked = self.step in ("reply", "solve")
        self.issue_ids._take_step(self.step, self.text, talked and self.how or None, talked and self.moment or None)
        return {"type": "ir.actions.act_window_close"}
