from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_contract_steps import CLERK, LEADER, REVIEW, SALES, STEP

STATES = [
    ("draft", "Draft"),
    ("review", "In Review"),
    ("approved", "Approved"),
    ("signed", "Signed by Both"),
    ("execution", "In Execution"),
    ("fulfilled", "Fulfilled"),
    ("terminated", "Terminated"),
    ("filed", "Filed Away"),
    ("cancelled", "Cancelled"),
]
# Bound by a signature and not ended yet: what schedule and risk flags look at.
LIVE = ("signed", "execution")
# Signed once, whatever came later.
BINDING = (*LIVE, "fulfilled", "terminated", "filed")
# step: (from, to, who, whether a reason is asked for). Feeds the buttons, the guard and its sentence.
TRANSITIONS = {
    "submit": (("draft",), "review", SALES, False),
    "approve": (("review",), "approved", REVIEW, False),
    "send_back": (("review", "approved"), "draft", REVIEW, False),
    "withdraw": (("review", "approved"), "draft", SALES, False),
    "sign": (("approved",), "signed", CLERK, False),
    "execute": (("signed",), "execution", CLERK, False),
    "fulfil": (LIVE, "fulfilled", CLERK, False),
    "terminate": (LIVE, "terminated", LEADER, True),
    "file": (("fulfilled", "terminated"), "filed", CLERK, False),
    "reopen": (("fulfilled", "terminated", "filed"), "execution", LEADER, True),
    "cancel": (("draft", "review", "approved"), "cancelled", SALES, True),
    "revive": (("cancelled",), "draft", LEADER, True),
}


class SboContractFlow(models.AbstractModel):
    """The way of a contract: draft, in review, approved, signed, in execution, fulfilled or terminated, filed.

    The review of form F06 is begun by ``sbo.contract.review._begin(contract, supplement=None)``, called by submit, and
    ended by ``sbo.contract.review._end(contract, supplement, text)``, called when the contract is taken back or
    cancelled. It answers by ``contract._reviewed(review)`` or ``contract._sent_back(review, text)``; both as any user.
    """

    _name = "sbo.contract.flow"
    _description = "Contract: Flow"
    _inherit = ["sbo.contract.steps"]
    _closed = frozenset({
        "state", "name", "number_id", "version", "ended_on", "end_reason", "reviewed_content", "signed_content",
        "file_due_at", "original_filed_at", "original_filed_by_id", "drafter_ids"})

    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False)
    ended_on = fields.Date("Ended on", readonly=True, copy=False, tracking=True,
                           help="When it was fulfilled or terminated.")
    end_reason = fields.Text("Why It Ended", readonly=True, copy=False)
    reviewed_content = fields.Json(readonly=True, copy=False, help="What was submitted for review.")
    signed_content = fields.Json(readonly=True, copy=False, help="What was signed: the first version.")

    @api.model_create_multi
    def create(self, vals_list):
        """Contracts that the system loads as signed already get what the steps would have given them."""
        if not self.env.su or all(vals.get("state", "draft") == "draft" for vals in vals_list):
            return super().create(vals_list)
        contracts = super(SboContractFlow, self.with_context(sbo_step=STEP)).create(vals_list).with_env(self.env)
        contracts.filtered(lambda contract: contract.state != "draft")._settle()
        return contracts

    # === steps === #

    def action_submit(self):
        """Have it reviewed: from here on it has its number and is not changed any more."""
        for contract in self:
            contract._refuse_incomplete()
            contract._take("submit")
            contract._give_number()
            contract._own().reviewed_content = contract._content()
            self.env["sbo.contract.review"]._begin(contract, supplement=None)

    def action_withdraw(self, reason=None):
        """Back to draft, to change it; it is reviewed anew."""
        self.filtered(lambda contract: contract.state == "approved")._refuse_confirmed_orders()
        self._take("withdraw", reason, reviewed_content=False)
        self._end_reviews(reason or self._step_names()["withdraw"])

    def action_sign(self):
        """Both have signed: from here on it is changed by supplements only."""
        for contract in self:
            contract._refuse_unsignable()
            contract._take("sign")
            contract._own().signed_content = contract._content()
            contract._plan_filing()
        self.filtered(lambda contract: contract._begun())._execute()

    def action_execute(self):
        """It is being performed; also by itself, with the first confirmed order or on its first day."""
        self._take("execute")

    def action_fulfil(self):
        """Everything that it obliged both to is done."""
        for contract in self:
            reasons = contract._unfulfilled()
            if reasons:
                raise UserError(self.env._(
                    "“%(contract)s” is not fulfilled: %(reasons)s", contract=contract.display_name,
                    reasons=" ".join(reasons)))
            contract._take("fulfil", ended_on=contract.company_id._sbo_today())

    def action_terminate(self, reason=None):
        """It ends before it is fulfilled."""
        if not (reason or "").strip():
            return self._ask_reason("terminate")
        for contract in self:
            contract._take("terminate", reason, ended_on=contract.company_id._sbo_today(), end_reason=reason)

    def action_file(self):
        """Nothing more is expected of it: its papers are complete and put away."""
        for contract in self:
            if not contract.original_filed_at:
                raise UserError(self.env._(
                    "“%s”: its signed original is not on file yet. File the original first.", contract.display_name))
            reasons = contract._unsettled()
            if reasons:
                raise UserError(self.env._(
                    "The file of “%(contract)s” cannot be closed: %(reasons)s", contract=contract.display_name,
                    reasons=" ".join(reasons)))
            contract._take("file")

    def action_reopen(self, reason=None):
        """It has not ended after all."""
        if not (reason or "").strip():
            return self._ask_reason("reopen")
        self._take("reopen", reason, ended_on=False, end_reason=False)

    def action_cancel(self, reason=None):
        """It will not be signed; the number stays, explained by the reason."""
        if not (reason or "").strip():
            return self._ask_reason("cancel")
        self._refuse_confirmed_orders()
        self._take("cancel", reason, end_reason=reason)
        self._end_reviews(reason)
        self._void_numbers(reason)

    def action_revive(self, reason=None):
        """A cancelled one is wanted after all: a draft again, with its number."""
        if not (reason or "").strip():
            return self._ask_reason("revive")
        self._take("revive", reason, end_reason=False)
        self._restore_numbers()

    @api.model
    def _cron_execute(self):
        """Signed contracts whose first day has come, company by company."""
        # Superuser: contracts of all companies.
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            self.sudo().search([("company_id", "=", company.id), ("state", "=", "signed"),
                                ("date_start", "<=", company._sbo_today())])._execute()

    # === the review's answer === #

    def _reviewed(self, review):
        """Called by the review when all have approved, as whoever gave the last opinion."""
        self._take("approve", by_review=True)

    def _sent_back(self, review, text):
        """Called by the review when the contract must be changed; the text says what."""
        self._take("send_back", text, by_review=True, reviewed_content=False)

    def _end_reviews(self, text):
        for contract in self:
            # Superuser: whoever may take the contract back ends its review.
            self.env["sbo.contract.review"].sudo()._end(contract, None, text)

    @api.model
    def _transitions(self):
        return TRANSITIONS

    # === guards === #

    def _refuse_incomplete(self):
        """What a review cannot do without."""
        if self.currency_id.compare_amounts(self.amount, 0) < 0 or (not self.amount and not self.line_ids):
            raise UserError(self.env._(
                "“%s” has neither an amount nor agreed prices: there is nothing to review.", self.display_name))

    def _refuse_unsignable(self):
        """No signature without approval, and none on anything else than what was approved."""
        if self.state != "approved":
            return  # the step says it
        gaps = self._signature_gaps()
        if gaps:
            raise UserError(self.env._("“%(contract)s” cannot be signed yet: %(gaps)s", contract=self.display_name,
                                       gaps=" ".join(gaps)))
        if self.reviewed_content and not self._same_content(self.reviewed_content):
            raise UserError(self.env._(
                "“%s” is not what was reviewed any more: take it back to draft and have it reviewed anew.",
                self.display_name))

    def _refuse_confirmed_orders(self):
        """What is ordered under it was agreed by what was approved.

        :raise UserError: an order is confirmed under one of these
        """
        orders = self._confirmed_orders()
        contract = self.filtered(lambda item: item in orders._sbo_contracts())[:1]
        if contract:
            confirmed = orders.filtered(lambda order: contract in order._sbo_contracts())
            raise UserError(self.env._(
                "“%(contract)s” has confirmed orders (%(orders)s): take them out of it, or cancel them, first.",
                contract=contract.display_name, orders=", ".join(confirmed.mapped("name"))))

    def _unsettled(self):
        """Hook: sentences about why an ended one is not filed away yet: from then on nobody watches it any more."""
        return []

    def _unfulfilled(self):
        """Hook: sentences about what is still open when somebody calls it fulfilled; areas add theirs."""
        items = self.milestone_ids
        left = items - items._met()
        if self.retention_amount:
            # Retention money is paid long after everything else: its flag looks at ended contracts too.
            left = left.filtered(lambda item: item.kind != "payment" or not self.retention_due_on
                                 or item.due_on < self.retention_due_on)
        return [self.env._("Obligations are open: %s.", ", ".join(left.mapped("name")))] if left else []

    # === by itself === #

    def _begun(self):
        """Whether a signed contract is being performed already."""
        return bool(self.date_start and self.date_start <= self.company_id._sbo_today()) \
            or bool(self._confirmed_orders())

    def _confirmed_orders(self):
        """Confirmed orders under these, or with a line under one of these."""
        # Superuser: orders that this user does not see count as well.
        return self.env["sale.order"].sudo().search([
            ("state", "=", "sale"), "|", ("sbo_contract_id", "in", self.ids),
            ("order_line.sbo_contract_id", "in", self.ids)]) if self else self.env["sale.order"]

    def _execute(self):
        """A signed contract goes into execution: its first order is confirmed, or its first day has come."""
        signed = self.filtered(lambda contract: contract.state == "signed")
        if signed:  # every confirmed order comes this way
            signed._own().write({"state": "execution"})

    def _settle(self):
        """Number, signed content and time limit of contracts that did not come here by steps."""
        for contract in self:
            contract._give_number(contract.signed_on)
            if contract.state in BINDING:
                contract._own().signed_content = contract._content()
        self.filtered(lambda contract: not contract.file_due_at)._plan_filing()

    def _own(self):
        """Superuser and marked as a step: the fields themselves are closed to everybody."""
        return self.sudo().with_context(sbo_step=STEP)
