from odoo import api, fields, models
from odoo.exceptions import UserError

# step: (method, what goes with it)
STEPS = {
    "submit": ("action_submit", ("reason", "moment")),
    "win": ("action_win", ("amount", "result_on", "note")),
    "lose": ("action_lose", ("reason", "result_on", "note")),
    "reject": ("action_reject", ("reason", "result_on", "note")),
    "withdraw": ("action_withdraw", ("reason", "result_on")),
    "reopen": ("action_reopen", ("reason",)),
    "forfeit_bond": ("action_forfeit_bond", ("reason",)),
}


class SboTenderStep(models.TransientModel):
    """Asks for what goes with a step of a tender: why, when, for how much."""

    _name = "sbo.tender.step"
    _description = "Step of a Tender"

    step = fields.Selection("_selection_step", required=True, readonly=True)
    tender_ids = fields.Many2many("sbo.tender", "sbo_tender_step_rel", "step_id", "tender_id", required=True)
    currency_id = fields.Many2one(related="tender_ids.currency_id")
    reason = fields.Text()
    moment = fields.Datetime(
        "Submitted on", default=fields.Datetime.now, help="When the tenderer has really taken the bid.")
    result_on = fields.Date(
        "Known on", default=lambda self: self.env.company._sbo_today(), help="The day of the notice.")
    amount = fields.Monetary("Awarded Amount", compute="_compute_amount", store=True, readonly=False)
    note = fields.Text("Competitors' Prices", compute="_compute_note", store=True, readonly=False)

    @api.model
    def _selection_step(self):
        return list(self._titles().items())

    @api.depends("tender_ids")
    def _compute_amount(self):
        for step in self:
            step.amount = step.tender_ids.price if len(step.tender_ids) == 1 else 0

    @api.depends("tender_ids")
    def _compute_note(self):
        for step in self:
            step.note = step.tender_ids.competitor_note if len(step.tender_ids) == 1 else False

    def action_apply(self):
        """Hand the words to the tenders' own method, which checks the rights."""
        self.ensure_one()
        method, names = STEPS[self.step]
        if "reason" in names and not (self.reason or "").strip():
            raise UserError(self.env._("Write down the reason: it stays with the tender."))
        if "amount" in names and self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("Enter for how much it was awarded."))
        getattr(self.tender_ids, method)(**{name: self[name] or None for name in names})
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _titles(self):
        return {
            "submit": self.env._("Accepted after the Deadline"),
            "win": self.env._("Won"),
            "lose": self.env._("Not Won"),
            "reject": self.env._("Bid Rejected"),
            "withdraw": self.env._("Withdraw the Bid"),
            "reopen": self.env._("Take Back the Result"),
            "forfeit_bond": self.env._("Bid Bond Lost"),
        }
