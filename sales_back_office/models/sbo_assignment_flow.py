from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from ..tools import clock

CLERK = "sales_back_office.sbo_group_clerk"
# action: (from, to, who may). Feeds the buttons, the guards and their sentences.
# "receiver" is the salesperson, or on his behalf and with a note whoever leads him.
TRANSITIONS = {
    "assign": (("received",), "assigned", "clerk"),
    "acknowledge": (("assigned",), "acknowledged", "receiver"),
    "send_back": (("assigned",), "wrong", "receiver"),
    "recall": (("assigned",), "cancelled", "clerk"),
    "cancel": (("received",), "cancelled", "supervisor"),
    "reassign": (("acknowledged",), "acknowledged", "clerk"),
    "withdraw": (("acknowledged",), "acknowledged", "clerk"),
}
STATES = [
    ("received", "Received"),
    ("assigned", "Assigned"),
    ("acknowledged", "Acknowledged"),
    ("wrong", "Sent Back"),
    ("cancelled", "Cancelled"),
]
TICKS = ("background_ok", "contact_ok", "preferences_ok")


class SboAssignmentFlow(models.AbstractModel):
    """The way of a customer from the clerk to the salesperson, and who may take which step."""

    _name = "sbo.assignment.flow"
    _description = "Assignment: Flow"
    _inherit = ["sbo.assignment.clock"]

    state = fields.Selection(
        STATES, required=True, readonly=True, default="received", index=True, tracking=True, copy=False,
        group_expand=True)
    outcome = fields.Selection(
        [("pending", "Pending"), ("accepted", "Accepted"), ("wrong", "Wrong Information")], required=True,
        readonly=True, default="pending", copy=False)
    assigned_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    acknowledged_by_id = fields.Many2one("res.users", "Answered By", readonly=True, copy=False)
    answer_note = fields.Text("Answer", readonly=True, copy=False, help="What is wrong, or why somebody else answered.")
    cancel_reason = fields.Text(readonly=True, copy=False)
    background_ok = fields.Boolean("Background Known", copy=False)
    contact_ok = fields.Boolean("Contact Made", copy=False)
    preferences_ok = fields.Boolean("Preferences Known", copy=False)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")
    can_answer = fields.Boolean(compute="_compute_allowed_actions")

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, each between commas, for the buttons."""
        for record in self:
            allowed = [action for action in TRANSITIONS if not record._refusal(action)]
            record.allowed_actions = f",{','.join(allowed)},"
            record.can_answer = "acknowledge" in allowed

    # === steps of the clerk === #

    def action_assign(self, user_id=None, basis=None):
        """Give these customers to one salesperson, named by the clerk."""
        if not user_id:
            return self._ask("assign")
        user = self.env["res.users"].browse(user_id)
        self._check_action("assign")
        rules = self._take_turns("assign")
        words = (basis or "").strip() or self.env._("named by %s", self.env.user.name)
        self._give({record: (user, words, rules.get(record.id), False) for record in self})

    def action_assign_by_rule(self):
        """Give each customer to whoever is next in the distribution rule that covers it."""
        self._check_action("assign")
        rules = self._take_turns("assign")
        uncovered = self.filtered(lambda record: record.id not in rules)
        if uncovered:
            raise UserError(self.env._(
                "No distribution rule covers %s: assign it by name, or ask a supervisor to widen a rule.",
                uncovered[0].partner_id.display_name))
        choices = {}
        for rule, records in self.sorted("id").grouped(lambda record: rules[record.id]).items():
            picked = rule._pick(records)
            choices.update({record: (*picked[record], rule, True) for record in records})
        self._give(choices)

    def action_recall(self, reason=None):
        """Take back what the salesperson has not answered yet; the customer waits to be assigned again."""
        reason = (reason or "").strip()
        if not reason:
            return self._ask("recall")
        self._step("recall", cancel_reason=reason, cancelled_at=clock.now(self.env))
        for former, records in self.grouped("from_user_id").items():
            records._set_salesperson(former)
        self._follow_up(background=reason)

    def action_cancel(self, reason=None):
        """A supervisor decides that there is nobody to assign: a mistake, a duplicate, a customer kept by the house."""
        reason = (reason or "").strip()
        if not reason:
            return self._ask("cancel")
        self._step("cancel", cancel_reason=reason, cancelled_at=clock.now(self.env))

    def action_reassign(self, user_id=None, basis=None):
        """Give acknowledged customers to another salesperson: a new assignment each, this one stays as it is."""
        if not user_id:
            return self._ask("reassign")
        self._check_action("reassign")
        new = self._follow_up(kind="adjust")
        new.action_assign(user_id, basis)
        return new

    def action_withdraw(self, reason=None):
        """Take acknowledged customers back from their salesperson; they wait to be assigned again."""
        reason = (reason or "").strip()
        if not reason:
            return self._ask("withdraw")
        self._check_action("withdraw")
        new = self._follow_up(kind="withdraw", background=reason)
        self._set_salesperson(self.env["res.users"])
        return new

    # === steps of the salesperson === #

    def action_acknowledge(self, note=None):
        """The salesperson has taken the customer over: everything ticked, nothing missing."""
        self._check_action("acknowledge")
        note = (note or "").strip()
        if not note and self._on_behalf():
            return self._ask("acknowledge")
        for record in self:
            if record._missing_ticks():
                raise UserError(self.env._(
                    "“%(assignment)s” is not complete: tick what you have received (%(missing)s), or send it back as "
                    "wrong information.",
                    assignment=record.display_name, missing=", ".join(record._missing_ticks())))
        self._step("acknowledge", outcome="accepted", acknowledged_at=clock.now(self.env),
                   acknowledged_by_id=self.env.uid, answer_note=note)

    def action_send_back(self, reason=None):
        """The salesperson says what is wrong: this one ends, the clerk corrects it and assigns again."""
        reason = (reason or "").strip()
        if not reason:
            return self._ask("send_back")
        self._step("send_back", outcome="wrong", acknowledged_at=clock.now(self.env),
                   acknowledged_by_id=self.env.uid, answer_note=reason)
        new = self._follow_up(background=reason)
        new._ask_clerk(self.env._("Correct what the salesperson has sent back, then assign it again"))

    # === guards === #

    def _on_behalf(self):
        return any(record.user_id != self.env.user for record in self)

    def _missing_ticks(self):
        """What the receiver has not ticked yet, in words."""
        self.ensure_one()
        missing = [self._fields[name]._description_string(self.env) for name in TICKS if not self[name]]
        return missing + self.item_ids.filtered(lambda item: not item.ticked).mapped("display_name")

    def _refusal(self, action):
        """Why this user may not take this step, in words; empty when allowed."""
        self.ensure_one()
        sources, _target, who = TRANSITIONS[action]
        if who == "receiver":
            reason = self._receiver_refusal()
        elif who == "supervisor":
            allowed = self.env.user.has_group("sales_back_office.sbo_group_supervisor")
            reason = "" if allowed else self.env._("it takes a back-office supervisor")
        else:
            reason = "" if self.env.user.has_group(CLERK) else self.env._("it takes a back-office clerk")
        if not reason and self.state not in sources:
            reason = self.env._("it is %s", self._state_label())
        if not reason and action in ("reassign", "withdraw") and self.next_ids:
            reason = self.env._("a later assignment has taken its place")
        return reason

    def _receiver_refusal(self):
        if self.user_id == self.env.user:
            return ""
        if not self.env["sbo.served.mixin"]._sbo_may_dispatch():
            return self.env._("only %s, or on their behalf a back-office supervisor or a sales manager, answers",
                              self.user_id.name or "-")
        if self.assigned_by_id == self.env.user:
            return self.env._("who has handed it over does not acknowledge it")
        return ""

    def _check_action(self, action):
        self.check_access("read")
        for record in self:
            reason = record._refusal(action)
            if reason and action == "assign" and record.assigned_at:
                raise UserError(self.env._(
                    "“%(assignment)s” has been given to %(user)s already, by %(clerk)s on %(moment)s.",
                    assignment=record.display_name, user=record.user_id.name, clerk=record.assigned_by_id.name,
                    moment=format_datetime(self.env, record.assigned_at, dt_format="short")))
            if reason:
                raise UserError(self.env._("“%(assignment)s” cannot go this step: %(reason)s.",
                                           assignment=record.display_name, reason=reason))

    def _state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _take_turns(self, action):
        """Of several people assigning at once one goes first: lock the rules, then the assignments, each by number.

        Who comes second waits, begins again on what the first one has left (Odoo repeats the request), and is told.
        :return: {assignment id: the rule that covers its customer}
        """
        rules = self._covering_rules()
        self.env["sbo.assignment.rule"].union(*rules.values())._take_turn()
        self.flush_model()
        self.env.cr.execute(SQL("SELECT id FROM sbo_assignment WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))
        self.invalidate_recordset(["state", "user_id", "assigned_at"])
        self._check_action(action)
        return rules

    def _step(self, action, **values):
        """Take a step of the table for all these, or say why not."""
        self._check_action(action)
        # Superuser: the step was checked above, the fields themselves are closed to everybody.
        self.sudo().with_context(tracking_disable=True).write(dict(values, state=TRANSITIONS[action][1]))
        self._log_step(action, values.get("answer_note") or values.get("cancel_reason"))
        self._close_activities()

    def _log_step(self, action, words=None):
        """One note on each: the history that people read."""
        titles = {
            "acknowledge": self.env._("Acknowledged."), "send_back": self.env._("Sent back as wrong information."),
            "recall": self.env._("Taken back before it was acknowledged."), "cancel": self.env._("Cancelled."),
        }
        body = " ".join(filter(None, [titles[action], words]))
        # Superuser: a step leaves its note whoever may take it.
        self.sudo()._message_log_batch(bodies={record.id: body for record in self})

    def _ask(self, decision):
        titles = {
            "assign": self.env._("Assign"), "reassign": self.env._("Give to Another Salesperson"),
            "recall": self.env._("Take Back"), "cancel": self.env._("Cancel"), "withdraw": self.env._("Withdraw"),
            "acknowledge": self.env._("Acknowledge on Behalf"), "send_back": self.env._("Send Back"),
        }
        self._check_action(decision)
        return {
            "type": "ir.actions.act_window", "name": titles[decision], "res_model": "sbo.assignment.decision",
            "view_mode": "form", "target": "new",
            "context": {"default_decision": decision, "default_assignment_ids": self.ids},
        }
