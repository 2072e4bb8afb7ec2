from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_datetime

MANAGER = "sales_back_office.sbo_group_manager"
SUPERVISOR = "sales_back_office.sbo_group_supervisor"
USER = "sales_team.group_sale_salesman"
STATES = [
    ("draft", "Draft"),
    ("preparing", "In Preparation"),
    ("submitted", "Submitted"),
    ("opened", "Bids Opened"),
    ("won", "Won"),
    ("lost", "Not Won"),
    ("rejected", "Bid Rejected"),
    ("withdrawn", "Withdrawn"),
]
# The bid is still being made; what is in it can change.
OPEN = ("draft", "preparing")
ENDED = ("won", "lost", "rejected", "withdrawn")
# step: (from, to, group, moment that is noted). Feeds the buttons, the guard and its sentence.
TRANSITIONS = {
    "prepare": (("draft",), "preparing", USER, None),
    "submit": (("preparing",), "submitted", USER, "submitted_at"),
    "open": (("submitted",), "opened", USER, "opened_at"),
    "win": (("opened",), "won", USER, "ended_at"),
    "lose": (("opened",), "lost", USER, "ended_at"),
    "reject": (("submitted", "opened"), "rejected", USER, "ended_at"),
    "withdraw": (("draft", "preparing", "submitted", "opened"), "withdrawn", USER, "ended_at"),
    # back to where it was before it ended
    "reopen": (ENDED, None, MANAGER, None),
}
# Facts that come with a step only; a plain write cannot submit a bid or win a tender.
STEPPED = {"state", "submitted_at", "opened_at", "ended_at", "result_on", "awarded_amount", "reason", "late_reason",
           "late_by_id"}
# Marks our own writes in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboTenderFlow(models.AbstractModel):
    """The way of a tender: bid made, submitted, opened, won or not; each step once, with its moment and its words."""

    _name = "sbo.tender.flow"
    _description = "Tender: Flow"
    _inherit = ["sbo.closed.mixin"]
    _closed = frozenset(STEPPED)

    currency_id = fields.Many2one("res.currency")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False,
        group_expand=True)
    submitted_at = fields.Datetime("Submitted on", readonly=True, copy=False, tracking=True)
    opened_at = fields.Datetime("Opened on", readonly=True, copy=False)
    ended_at = fields.Datetime("Result Noted", readonly=True, copy=False)
    result_on = fields.Date(
        "Result Known on", readonly=True, copy=False, tracking=True, index="btree_not_null",
        help="The day of the notice of the result; the bid bond of a tender that was not won is due back after it.")
    awarded_amount = fields.Monetary(readonly=True, copy=False, tracking=True)
    reason = fields.Text(
        readonly=True, copy=False, tracking=True, help="Why it was not won, was rejected or withdrawn.")
    late_reason = fields.Text("Why Submitted Late", readonly=True, copy=False, tracking=True)
    late_by_id = fields.Many2one("res.users", "Late Submission Noted by", readonly=True, copy=False)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, for the buttons."""
        writable = self._filtered_access("write")
        for tender in self:
            steps = TRANSITIONS if tender in writable else ()
            tender.allowed_actions = ",".join(step for step in steps if not tender._refusal(step))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{name: value for name, value in vals.items() if name not in STEPPED} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP and STEPPED & set(vals):
            raise UserError(self.env._(
                "The state, the result and the moments of a tender come with its steps: use the buttons to submit it, "
                "note the opening or the result."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        kept = self.filtered(lambda tender: tender.state != "draft")
        if kept:
            raise UserError(self.env._(
                "“%s” is in the register of tenders and stays there: withdraw it with a reason, and archive it if it "
                "is in the way.", kept[0].display_name))

    # === steps === #

    def action_prepare(self):
        """We take part: the bid is being made."""
        self._take("prepare")

    def action_submit(self, reason=None, moment=None):
        """The bid was handed in.

        :param reason: why after the deadline; only a back-office manager without a part in the tender gives one
        :param moment: when it really was, with a reason only; now by default
        """
        if not reason and len(self) == 1 and self._is_late() and self._may_correct(MANAGER):
            return self._ask_words("submit")
        values = {"late_reason": reason.strip(), "late_by_id": self.env.uid} if reason else {}
        self._take("submit", reason, fields.Datetime.to_datetime(moment) if reason else None, **values)

    def action_open(self):
        """The bids were opened."""
        self._take("open")

    def action_win(self, amount=None, result_on=None, note=None):
        """The tender is ours."""
        if not amount:
            return self._ask_words("win")
        self._end("win", None, result_on, note, awarded_amount=amount)

    def action_lose(self, reason=None, result_on=None, note=None):
        """Somebody else got it."""
        if not (reason or "").strip():
            return self._ask_words("lose")
        self._end("lose", reason, result_on, note)

    def action_reject(self, reason=None, result_on=None, note=None):
        """Our bid was declared invalid, or the tender void."""
        if not (reason or "").strip():
            return self._ask_words("reject")
        self._end("reject", reason, result_on, note)

    def action_withdraw(self, reason=None, result_on=None, note=None):
        """We do not take part any more."""
        if not (reason or "").strip():
            return self._ask_words("withdraw")
        self._end("withdraw", reason, result_on, note)

    def action_reopen(self, reason=None):
        """A result that was noted by mistake is taken back."""
        if not (reason or "").strip():
            return self._ask_words("reopen")
        self._take("reopen", reason, ended_at=False, result_on=False, awarded_amount=0, reason=False)

    def _end(self, step, reason, result_on, note, **values):
        for tender in self:
            tender._check_allowed(step)
        day = fields.Date.to_date(result_on)
        for company, tenders in self.grouped("company_id").items():
            today = company._sbo_today()
            known = day or today
            if known > today or any(
                    tender.submitted_at and known < tender._local_day(tender.submitted_at) for tender in tenders):
                raise UserError(self.env._("A result is known after the bid was submitted, and not in the future."))
            if note:
                values["competitor_note"] = note
            tenders._take(step, reason, reason=(reason or "").strip() or False, result_on=known, **values)

    def _take(self, step, words=None, moment=None, **values):
        """Take a step: who may, from where, what must be there; its words stay in the chatter.

        :raise UserError: one sentence: what is missing, and who can help
        """
        self.check_access("write")
        # Two people at once: the second one waits here, and then sees what the first one has done.
        self.env.cr.execute(SQL(
            "SELECT id FROM sbo_tender WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))
        self.invalidate_recordset(["state"])
        moment = moment or fields.Datetime.now()
        for tender in self:
            tender._check_step(step, moment, words)
        stamp = TRANSITIONS[step][3]
        for target, tenders in self.grouped(lambda tender: TRANSITIONS[step][1] or tender._state_before()).items():
            vals = {"state": target, **({stamp: moment} if stamp else {}), **values}
            # Superuser: the step was checked above, the fields themselves are closed to everybody.
            tenders.sudo().with_context(sbo_step=STEP).write(vals)
        for tender in self if words else ():
            tender.message_post(body=Markup("%s") % words.strip())
        self._step_taken(step)

    def _check_allowed(self, step):
        reason = self._refusal(step)
        if reason:
            raise (UserError if self.state not in TRANSITIONS[step][0] else AccessError)(self.env._(
                "“%(tender)s” cannot go this step: %(reason)s.", tender=self.display_name, reason=reason))

    def _check_step(self, step, moment, words):
        self._check_allowed(step)
        guard = getattr(self, f"_guard_{step}", None)
        missing = guard and guard(moment, words)
        if missing:
            raise UserError(self.env._("“%(tender)s”: %(missing)s", tender=self.display_name, missing=missing))

    def _refusal(self, step):
        """Why this user may not take this step, in words; empty when allowed."""
        sources, _target, group, _stamp = TRANSITIONS[step]
        if self.state not in sources:
            return self.env._("it is “%s”", dict(self._fields["state"]._description_selection(self.env))[self.state])
        if not self.env.user.has_group(group):
            return self.env._("only a back-office manager does that") if group == MANAGER else self.env._(
                "only sales and the back office do that")
        if step == "reopen" and not self._may_correct(MANAGER):
            return self.env._("nobody takes back the result of a tender that is their own: another manager does")
        return ""

    # === what must be there before a step: a sentence when it is not === #

    def _guard_prepare(self, _moment, _words):
        if not self.submission_at:
            return self.env._("enter until when the bid must be submitted, so that nobody misses it.")
        return ""

    def _guard_submit(self, moment, words):
        missing = self._missing_papers() or self._missing_bond() or self._missing_price()
        if missing:
            return missing
        if moment > fields.Datetime.now():
            return self.env._("a bid cannot have been submitted in the future.")
        if (self._is_late() or words) and not self._may_correct(MANAGER):
            return self.env._(
                "the deadline was %s. That the bid was accepted all the same is noted, with the reason, by a "
                "back-office manager who has no part in this tender.",
                format_datetime(self.env, self.submission_at, tz=self.company_id._sbo_tz()))
        return ""

    def _guard_open(self, moment, _words):
        if self.opening_at and moment < self.opening_at:
            return self.env._(
                "the bids are opened on %s; change the day if the tenderer has put it forward.",
                format_datetime(self.env, self.opening_at, tz=self.company_id._sbo_tz()))
        return ""

    def _guard_reopen(self, _moment, _words):
        contract = self.sudo().contract_id  # whoever takes back a result hears why not, even of a hidden contract
        if contract:
            return self.env._("%s was made of it; cancel or terminate the contract first.", contract.display_name)
        return ""

    # === who and when === #

    def _is_late(self):
        return bool(self.submission_at and fields.Datetime.now() > self.submission_at)

    def _may_correct(self, group):
        """Whether the user is of this group and has no part in this tender: nobody excuses themselves."""
        people = self.user_id | self.sbo_clerk_id | self.create_uid
        return self.env.su or self.env.user.has_group(group) and self.env.user not in people

    def _state_before(self):
        return "opened" if self.opened_at else "submitted" if self.submitted_at else "preparing"

    def _step_taken(self, step):
        """Hook: called after a step was taken; areas add what follows from it."""

    def _ask_words(self, step):
        """The window for what goes with a step."""
        self.check_access("write")
        for tender in self if step in TRANSITIONS else ():
            tender._check_allowed(step)
        return {
            "type": "ir.actions.act_window", "name": self.env["sbo.tender.step"]._titles()[step],
            "res_model": "sbo.tender.step", "views": [[False, "form"]], "target": "new",
            "context": {"default_step": step, "default_tender_ids": self.ids},
        }
