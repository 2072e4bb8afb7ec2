from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_contract_flow import LIVE
from .sbo_contract_steps import CLERK, REVIEW, SALES, STEP

STATES = [
    ("draft", "Draft"), ("review", "In Review"), ("approved", "Approved"), ("signed", "Signed by Both"),
    ("cancelled", "Cancelled")]
# step: (from, to, who, whether a reason is asked for)
TRANSITIONS = {
    "submit": (("draft",), "review", SALES, False),
    "approve": (("review",), "approved", REVIEW, False),
    "send_back": (("review", "approved"), "draft", REVIEW, False),
    "withdraw": (("review", "approved"), "draft", SALES, False),
    "sign": (("approved",), "signed", CLERK, False),
    "cancel": (("draft", "review", "approved"), "cancelled", SALES, True),
}


class SboContractSupplemented(models.AbstractModel):
    """The way of a supplement: its own review, its own signature; signed, it makes the contract's next version."""

    _name = "sbo.contract.supplemented"
    _description = "Supplement: Flow"
    _inherit = ["sbo.contract.steps"]
    _closed = frozenset({"state", "name", "version", "before", "after", "reviewed_content", "drafter_ids"})

    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, copy=False, tracking=True)
    version = fields.Integer(readonly=True, copy=False, help="The version of the contract that it has made.")
    before = fields.Json(readonly=True, copy=False)
    after = fields.Json(readonly=True, copy=False)
    reviewed_content = fields.Json(readonly=True, copy=False)

    # === steps === #

    def action_submit(self):
        """Have it reviewed, like the contract."""
        for supplement in self:
            if not supplement.diff_html:
                raise UserError(self.env._("“%s” changes nothing.", supplement.display_name))
            supplement._refuse_ended()
            supplement._take("submit")
            supplement._give_number()
            supplement._own().reviewed_content = supplement._content()
            self.env["sbo.contract.review"]._begin(supplement.contract_id, supplement=supplement)

    def action_withdraw(self, reason=None):
        """Back to draft, to change it; it is reviewed anew."""
        self._take("withdraw", reason, reviewed_content=False)
        self._end_reviews(reason or self._step_names()["withdraw"])

    def action_sign(self):
        """Both have signed: the contract says now what the supplement says."""
        for supplement in self:
            supplement.contract_id._lock()
            supplement._refuse_ended()
            if supplement.state == "approved":
                supplement._refuse_unproven()
                supplement._refuse_changed()
            supplement._take("sign")
            supplement._own()._apply()

    def action_cancel(self, reason=None):
        """It will not be signed."""
        if not (reason or "").strip():
            return self._ask_reason("cancel")
        self._take("cancel", reason)
        self._end_reviews(reason)

    # === the review's answer === #

    def _reviewed(self, review):
        """Called by the review when all have approved, as whoever gave the last opinion."""
        self._take("approve", by_review=True)

    def _sent_back(self, review, text):
        """Called by the review when the supplement must be changed; the text says what."""
        self._take("send_back", text, by_review=True, reviewed_content=False)

    def _end_reviews(self, text):
        for supplement in self:
            # Superuser: whoever may take the supplement back ends its review.
            self.env["sbo.contract.review"].sudo()._end(supplement.contract_id, supplement, text)

    @api.model
    def _transitions(self):
        return TRANSITIONS

    # === inner === #

    def _refuse_ended(self):
        contract = self.contract_id
        if contract.state not in LIVE:
            raise UserError(self.env._(
                "“%(contract)s” is “%(state)s”: it is not supplemented any more.", contract=contract.display_name,
                state=contract._state_name()))

    def _refuse_changed(self):
        """No signature under anything else than what was approved.

        Our own reminders may come and go meanwhile, obligations be done, and the next ones of a series be made.
        """
        reviewed, now = self.reviewed_content, self._content()
        if not reviewed:
            return
        known = {row["id"] for row in reviewed["milestones"]} - set(self.contract_id.milestone_ids.filtered(
            "done_on").ids) | {None}
        reviewed, now = ({**content, "milestones": [
            row for row in content["milestones"] if row["kind"] != "other" and row["id"] in known]}
            for content in (reviewed, now))
        if not self.env["sbo.contract"]._contents_same(now, reviewed):
            raise UserError(self.env._(
                "“%s” is not what was reviewed any more: take it back to draft and have it reviewed anew.",
                self.display_name))

    def _give_number(self):
        """The contract's number and the next one of its supplements."""
        self.contract_id._lock()
        if self.name == "/":
            # Superuser: supplements of the contract, whoever sees them.
            taken = self.sudo().search_count([("contract_id", "=", self.contract_id.id), ("name", "!=", "/")])
            self._own().name = f"{self.contract_id.name}/S{taken + 1}"

    def _apply(self):
        """Write into the contract what was agreed, and keep how it was and how it is."""
        contract = self.contract_id
        before = contract._content()
        contract.write({name: self[name] for name in contract._agreed()})
        self.line_ids._apply()
        self.milestone_ids._apply()
        contract.version += 1
        self.write({"before": before, "after": contract._content(), "version": contract.version})
        contract.message_post(body=self.diff_html)

    def _same_content(self, content):
        """Whether the contract would still become what was reviewed then."""
        return self.env["sbo.contract"]._contents_same(self._content(), content)

    def _own(self):
        """Superuser and marked as a step: the fields themselves are closed to everybody."""
        return self.sudo().with_context(sbo_step=STEP)
