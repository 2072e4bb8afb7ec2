from odoo import api, fields, models
from odoo.exceptions import UserError

# decision: (model, method that takes the words)
DECISIONS = {
    "paper_wrong": ("sbo.order.difference", "action_paper_wrong"),
    "condition": ("sbo.order.opinion", "action_condition"),
    "disagree": ("sbo.order.opinion", "action_disagree"),
    "acknowledge": ("sbo.order.notice", "action_acknowledge"),
    "overrule": ("sbo.order.opinion", "action_overrule"),
    "loan_refuse": ("sbo.loan", "action_refuse"),
    "loan_decline_renewal": ("sbo.loan", "action_decline_renewal"),
    "loan_not_found": ("sbo.loan.line", "action_not_found"),
    "loan_found": ("sbo.loan.line", "action_found"),
    "loan_settle": ("sbo.loan.line", "action_settle"),
    "loan_chase": ("sbo.loan.line", "action_chase"),
}


class SboOrderAnswer(models.TransientModel):
    """Asks for the words that go with a decision: on an order's papers, on a loan of documents."""

    _name = "sbo.order.answer"
    _description = "Words for a Decision"

    decision = fields.Selection("_selection_decision", required=True, readonly=True)
    record_ids = fields.Json(readonly=True)
    text = fields.Text("In Words", required=True)

    @api.model
    def _selection_decision(self):
        return list(self._titles().items())

    def action_apply(self):
        """Hand the words to the records' own method, which checks the rights."""
        self.ensure_one()
        if self.decision not in DECISIONS:
            raise UserError(self.env._("There is nothing to decide."))
        model, method = DECISIONS[self.decision]
        getattr(self.env[model].browse(self.record_ids or []), method)(self.text)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _titles(self):
        return {
            "paper_wrong": self.env._("The Paper Is Wrong"),
            "condition": self.env._("Agree with Condition"),
            "disagree": self.env._("Disagree"),
            "acknowledge": self.env._("Acknowledge with Answer"),
            "overrule": self.env._("Overrule a Department"),
            "loan_refuse": self.env._("Refuse a Loan"),
            "loan_decline_renewal": self.env._("Decline a Renewal"),
            "loan_not_found": self.env._("Not Found"),
            "loan_found": self.env._("Found Again"),
            "loan_settle": self.env._("Settle a Loss or Damage"),
            "loan_chase": self.env._("Called Back"),
        }

    @api.model
    def _ask(self, decision, records):
        """The window that asks for the words."""
        return {
            "type": "ir.actions.act_window", "name": self._titles()[decision], "res_model": self._name,
            "view_mode": "form", "target": "new",
            "context": {"default_decision": decision, "default_record_ids": records.ids},
        }
