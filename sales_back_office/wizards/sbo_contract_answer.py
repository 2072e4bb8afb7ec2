from odoo import api, fields, models
from odoo.exceptions import UserError

# decision: (model, method that takes the words, whether words are needed)
DECISIONS = {
    "condition": ("sbo.contract.opinion", "action_condition", True),
    "disagree": ("sbo.contract.opinion", "action_disagree", True),
    "approve": ("sbo.contract.opinion", "action_approve", False),
    "refuse": ("sbo.contract.opinion", "action_refuse", True),
    "take_back": ("sbo.contract.opinion", "action_take_back", True),
    "overrule": ("sbo.contract.opinion", "action_overrule", True),
    "close": ("sbo.contract.review.line", "action_close", True),
    "accept": ("sbo.contract.review.line", "action_accept", True),
}


class SboContractAnswer(models.TransientModel):
    """Asks for the words that go with a decision on a contract under review."""

    _name = "sbo.contract.answer"
    _description = "Words for a Contract Review"

    decision = fields.Selection("_selection_decision", required=True, readonly=True)
    record_ids = fields.Json(readonly=True)
    needed = fields.Boolean(compute="_compute_needed")
    text = fields.Text("In Words")

    @api.depends("decision")
    def _compute_needed(self):
        for answer in self:
            answer.needed = DECISIONS.get(answer.decision, (None, None, True))[2]

    @api.model
    def _selection_decision(self):
        return list(self._titles().items())

    def action_apply(self):
        """Hand the words to the records' own method, which checks the rights."""
        self.ensure_one()
        if self.decision not in DECISIONS:
            raise UserError(self.env._("There is nothing to decide."))
        model, method, needed = DECISIONS[self.decision]
        if needed and not (self.text or "").strip():
            raise UserError(self.env._("Say it in words."))
        getattr(self.env[model].browse(self.record_ids or []), method)(self.text)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _titles(self):
        return {
            "condition": self.env._("Agree with Condition"),
            "disagree": self.env._("Disagree"),
            "approve": self.env._("Approve with Conclusion"),
            "refuse": self.env._("Send Back"),
            "take_back": self.env._("Take Back an Answer"),
            "overrule": self.env._("Overrule a Department"),
            "close": self.env._("Required Change Made"),
            "accept": self.env._("Accept a Risk"),
        }

    @api.model
    def _ask(self, decision, records):
        """The window that asks for the words."""
        return {
            "type": "ir.actions.act_window", "name": self._titles()[decision], "res_model": self._name,
            "views": [[False, "form"]], "target": "new",
            "context": {"default_decision": decision, "default_record_ids": records.ids},
        }
