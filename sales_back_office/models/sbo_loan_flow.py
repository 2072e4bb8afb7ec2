from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sbo_loan_gate import GROUPS

CLERK = "sales_back_office.sbo_group_clerk"
STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("out", "Out"),
    ("returned", "Given Back"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
# step: (from, to, who). Feeds the buttons, the guard and its sentences.
# Without a target, the items say where the loan stands.
TRANSITIONS = {
    "request": (("draft",), "requested", "own"),
    "approve": (("requested", "approved"), "approved", "approver"),
    "refuse": (("requested",), "refused", "approver"),
    "cancel": (("draft", "requested", "approved"), "cancelled", "own"),
    "lend": (("draft", "requested", "approved", "out"), None, "clerk"),
    "ask_renewal": (("out",), None, "own"),
    "renew": (("out",), None, "approver"),
    "decline_renewal": (("out",), None, "approver"),
    "take_back": (("out",), None, "clerk"),
    "chase": (("out",), None, "clerk"),
}
# What people enter, and until when: later, only what is noted while handing out.
ASKED = {"borrower_id", "borrower_type", "kind", "purpose", "request_text", "line_ids", "phone", "department",
         "copy_for", "letter", "id_shown", "sbo_clerk_id", "scan"}
LATER = {"phone", "department", "copy_for", "letter", "id_shown", "sbo_clerk_id", "scan"}


class SboLoanFlow(models.AbstractModel):
    """The way of a loan: asked for, approved by whom its secrecy asks for, handed out, renewed, brought back."""

    _name = "sbo.loan.flow"
    _description = "Loan of Documents: Flow"

    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False, group_expand=True)
    requested_by_id = fields.Many2one(
        "res.users", "Requested by", readonly=True, copy=False, default=lambda self: self.env.user)
    requested_at = fields.Datetime("Requested at", readonly=True, copy=False, help="Who asked first is first in line.")
    approved_by_id = fields.Many2one("res.users", "Approved or Refused by", readonly=True, copy=False, tracking=True)
    approved_at = fields.Datetime("Approved or Refused at", readonly=True, copy=False)
    approved_rank = fields.Integer(
        readonly=True, copy=False, default=-1, aggregator=None, help="0 a clerk, 1 a supervisor, 2 a manager.")
    refused_reason = fields.Text("Why Refused", readonly=True, copy=False)
    lent_at = fields.Datetime("Last Handed Out", readonly=True, copy=False)
    renewal_asked_at = fields.Datetime("Renewal Asked for", readonly=True, copy=False, tracking=True)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")
    can_change = fields.Boolean(compute="_compute_can_change")

    @api.depends_context("uid")
    @api.depends("state", "borrower_id", "line_ids.state", "approved_rank", "renewal_asked_at")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, for the buttons."""
        terms = self._loan_terms()
        for loan in self:
            loan.allowed_actions = ",".join(
                step for step in TRANSITIONS if not loan._refusal(step, terms.get(loan._origin.id, 0)))

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_change(self):
        """What is asked for is changed by whoever asks until it is requested, by a clerk until it is decided."""
        clerk = self._rank() >= 0
        for loan in self:
            loan.can_change = loan.state == "draft" or (clerk and loan.state == "requested")

    def write(self, vals):
        if not self.env.su:
            self._check_editable(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A loan stays in the register. Cancel it if it is not needed."))

    # === actions === #

    def action_request(self):
        """Ask for the documents."""
        self._request()
        self._ask_approvers()

    def action_approve(self):
        """The borrower may have it; an item that is there can be fetched at once, for the others they wait in line."""
        self._approve()
        self.line_ids.sudo()._tell_next(self.company_id.sudo())

    def action_refuse(self, text=None):
        """The borrower does not get it; with the reason."""
        self._check_step("refuse")
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("loan_refuse", self)
        self._take("refuse", refused_reason=text.strip(), approved_by_id=self.env.uid,
                   approved_at=fields.Datetime.now(), closed_at=fields.Datetime.now())
        self.line_ids._put(state="cancelled")
        self._done_with_activities()
        for loan in self:
            loan.sudo().message_post(body=text.strip(), partner_ids=loan.borrower_id.ids)

    def action_cancel(self):
        """It is not needed any more; whoever is next in line is told."""
        self._check_step("cancel")
        lines = self.line_ids.sudo()
        back = lines.filtered(lambda line: line.state != "waiting")
        if back:
            raise UserError(self.env._(
                "%s has been handed out before: cancel the single items that nobody needs any more.",
                back[0].loan_id.name))
        lines._put(state="cancelled", told_at=False, hold_until=False)
        self._take("cancel", closed_at=fields.Datetime.now())
        self._done_with_activities()
        lines._tell_next(self.company_id.sudo())

    def action_lend(self):
        """Hand out what is there; what is not stays in line. A clerk who may approve does both in one go."""
        for loan in self.filtered(lambda loan: loan.state in ("draft", "requested")):
            if loan.state == "draft":
                loan._request()
            loan._approve()
        self._check_step("lend")
        waiting = self.line_ids.filtered(lambda line: line.state == "waiting")
        refused = waiting._lend(all_or_nothing=False)
        return refused and {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"type": "warning", "sticky": True, "title": self.env._("Not handed out"),
                       "message": "\n".join(refused), "next": {"type": "ir.actions.act_window_close"}}}

    def action_take_back(self):
        """Open the desk with all that is out of these loans."""
        self._check_step("take_back")
        return self.env["sbo.loan.desk"]._open(self.line_ids.filtered(lambda line: line.state == "out"))

    # === guards === #

    def _is_own(self):
        """Whether the user is the borrower."""
        return self.borrower_id == self.env.user.partner_id

    def _rank(self):
        """What the user may approve: -1 nothing, else as the secrecy levels call it."""
        return max((rank for rank, group in enumerate(GROUPS) if self.env.user.has_group(group)), default=-1)

    def _refusal(self, step, needed=0):
        """Why this user may not take this step, in words; empty when allowed.

        :param needed: the rank it takes to approve what is in the loan
        """
        self.ensure_one()
        sources, _target, who = TRANSITIONS[step]
        again = step == "approve" and self.state == "approved" and self.approved_rank >= needed
        if self.state not in sources or again:
            return self.env._("it is %s", dict(self._fields["state"]._description_selection(self.env))[self.state])
        if step == "lend" and "waiting" not in self.line_ids.mapped("state"):
            return self.env._("there is nothing left to hand out")
        if step == "decline_renewal" and not self.renewal_asked_at:
            return self.env._("nobody has asked to renew it")
        own, rank = self._is_own(), self._rank()
        if who == "own" and not (own or rank >= 0 or self.requested_by_id == self.env.user):
            return self.env._("only the borrower, whoever asked for it, or a clerk can do this")
        if who == "clerk" and (rank < 0 or own):
            return self.env._("only a clerk who is not the borrower can do this")
        if who == "approver" and own:
            return self.env._("nobody approves what they borrow themselves")
        if who == "approver" and rank < needed:
            return self.env._("its secrecy asks for a %s", self.env["sbo.loan.gate"]._role(needed))
        return ""

    def _check_step(self, step):
        """Two people at once: the second one waits here, and then sees what the first one has done."""
        self.check_access("read")
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "SELECT id FROM sbo_loan WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.ids))
        self.invalidate_recordset(["state", "renewal_asked_at"])
        terms = self._loan_terms()
        for loan in self:
            reason = loan._refusal(step, terms.get(loan.id, 0))
            if reason:
                raise UserError(self.env._("“%(loan)s” cannot go this step: %(reason)s.",
                                           loan=loan.display_name, reason=reason))

    def _check_editable(self, vals):
        """Whoever asks changes the request until it is sent, a clerk until it is decided; then only what is noted."""
        changed = set(vals) - set(self.env["mail.activity.mixin"]._fields) - set(self.env["mail.thread"]._fields)
        clerk = self._rank() >= 0
        for loan in self:
            allowed = ASKED if loan.can_change else LATER if clerk else set()
            if not clerk:
                allowed = allowed - {"borrower_id", "borrower_type", "sbo_clerk_id", "id_shown"}
            if changed - allowed:
                raise AccessError(self.env._(
                    "“%s”: the borrower changes a loan until it is requested, a clerk until it is decided; its state "
                    "comes "
                    "with its steps, and nobody passes it on to somebody else.", loan.display_name))

    def _check_complete(self):
        if not self.line_ids and not (self.request_text or "").strip():
            raise UserError(self.env._("Say what is wanted: choose documents, or describe them in words."))
        self.env["sbo.loan.gate"]._refuse_overdue(self.borrower_id.sudo(), self.company_id)
        self._check_items(self.sudo().line_ids)
        if self.kind == "copy" and not (self.copy_for or "").strip():
            raise UserError(self.env._("Say what the copy is for: it is stamped “only for … use”."))

    def _check_items(self, lines):
        """What the terms of the items never allow is said when it is asked for, not at the desk."""
        gate = self.env["sbo.loan.gate"]
        terms = gate._terms(lines)
        for line in lines:
            reason = gate._refuse_item(line) or gate._refuse_terms(line.loan_id, dict(terms[line.id], rank=-1))
            if reason:
                raise UserError(self.env._("%(item)s: %(reason)s.", item=line.item, reason=reason))

    def _check_outsiders(self):
        """Auditors, tax officers and other outsiders show who they are, and read where the paper is kept."""
        for loan in self.filtered(lambda loan: loan.borrower_type != "inside"):
            if not (loan.letter or "").strip() or not loan.id_shown:
                raise UserError(self.env._(
                    "%s comes from outside: note the letter of introduction and that an ID was shown.",
                    loan.borrower_id.name))

    def _loan_terms(self):
        """{loan id: rank it takes to approve it}: the strictest of its items."""
        # Superuser: documents the user may not read count all the same.
        lines = self._origin.sudo().line_ids.filtered(lambda line: line.state in ("waiting", "out"))
        terms = self.env["sbo.loan.gate"]._terms(lines) if lines else {}
        return {loan.id: max((terms[line.id]["rank"] for line in lines if line.loan_id == loan), default=0)
                for loan in self._origin}

    # === steps === #

    def _request(self):
        self._check_step("request")
        for loan in self:
            loan._check_complete()
        self._take("request", requested_at=fields.Datetime.now())

    def _approve(self):
        self._check_step("approve")
        terms = self._loan_terms()
        for loan in self:
            loan._check_items(loan.sudo().line_ids.filtered(lambda line: line.state == "waiting"))
            loan._take("approve", approved_by_id=self.env.uid, approved_at=fields.Datetime.now(),
                       approved_rank=max(loan._rank(), terms.get(loan.id, 0)))
        self._done_with_activities()

    def _take(self, step, **values):
        # Superuser: the step was checked, the fields themselves are closed to everybody.
        self.sudo().write({"state": TRANSITIONS[step][1], **values})

    def _follow_lines(self):
        """Where the loans stand, by what has become of their items; two writes at most."""
        targets = {}
        for loan in self.sudo():
            open_lines = loan.line_ids.filtered("unsettled")
            if open_lines.filtered(lambda line: line.out_at and line.state != "waiting"):
                target = "out"
            elif open_lines:
                target = "approved"
            else:
                target = "returned" if loan.line_ids.filtered("out_at") else "cancelled"
            if target != loan.state:
                targets.setdefault(target, self.sudo().browse())
                targets[target] |= loan
        for target, loans in targets.items():
            done = target in ("returned", "cancelled")
            loans.write(
                {"state": target, "closed_at": fields.Datetime.now() if done else False,
                 **({"renewal_asked_at": False} if done else {})})
            if done:
                loans._done_with_activities()
