from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

CLERK = "sales_back_office.sbo_group_clerk"
SUPERVISOR = "sales_back_office.sbo_group_supervisor"
STATES = [("open", "Not Done"), ("done", "Done"), ("cancelled", "Cancelled")]
# step: (from, to, who). Feeds the buttons, the guard and its sentence.
TRANSITIONS = {
    "done": (("open",), "done", "owner"),
    "cancel": (("open",), "cancelled", "setter"),
    "reopen": (("done", "cancelled"), "open", "leader"),
}
SET = {"name", "user_id", "due_on"}
# Marks our own steps in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboFindingMeasure(models.Model):
    """One measure against a risk of a contract (应对措施): what is done, by whom, until when, and what came of it."""

    _name = "sbo.finding.measure"
    _description = "Measure"
    _inherit = ["sbo.closed.mixin", "mail.thread", "mail.activity.mixin"]
    _closed = frozenset({"state", "done_at", "done_by_id", "result"})
    _order = "due_on, id"

    finding_id = fields.Many2one(
        "sbo.finding", "Risk Flag", required=True, index=True, ondelete="cascade",  # a finding is never deleted
        domain=[("contract_id", "!=", False), ("closed_at", "=", False)])
    contract_id = fields.Many2one(related="finding_id.contract_id", store=True, index="btree_not_null")
    company_id = fields.Many2one(related="finding_id.company_id", store=True, index=True)
    level = fields.Selection(related="finding_id.severity")
    name = fields.Char("Measure", required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users", "Owner", required=True, index=True, ondelete="restrict", tracking=True,
        domain=[("share", "=", False)], default=lambda self: self.env.user)
    due_on = fields.Date("Due", required=True, index=True, tracking=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True, copy=False)
    late = fields.Boolean("Overdue", compute="_compute_late", search="_search_late")
    done_at = fields.Datetime("Done at", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    result = fields.Text("What Came of It", tracking=True, copy=False, help="What came of it.")
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    @api.depends("state", "due_on")
    def _compute_late(self):
        for measure in self:
            company = measure.company_id or self.env.company
            measure.late = measure.state == "open" and bool(measure.due_on) and measure.due_on < company._sbo_today()

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "open") & Domain("due_on", "<", self.env.company._sbo_today())
        return Domain.TRUE if set(value) == {True, False} else late if True in value else ~late

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_allowed_actions(self):
        for measure in self:
            measure.allowed_actions = ",".join(step for step in TRANSITIONS if not measure._refusal(step))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        flags = self.env["sbo.finding"].browse([vals.get("finding_id") for vals in vals_list])
        for vals, flag in zip(vals_list, flags, strict=True):
            self._check_flag(flag)
            for name in set(vals) & {"state", "done_at", "done_by_id", "result"}:
                del vals[name]
        measures = super().create(vals_list)
        measures._ask_owners()
        return measures

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP:
            self._check_editable(vals)
        result = super().write(vals)
        if {"user_id", "due_on", "name"} & set(vals):
            todo = self.filtered(lambda measure: measure.state == "open")
            todo._drop_activities()
            todo._ask_owners()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A measure stays on record. Cancel it if it is not needed."))

    # === actions === #

    def action_done(self, result=None):
        """It is done; the owner says what came of it, here or in the field before."""
        for measure in self:
            words = (result or measure.result or "").strip()
            if not words:
                raise UserError(self.env._("Write down what came of “%s” first: Result.", measure.name))
            measure._step("done", done_at=fields.Datetime.now(), done_by_id=self.env.uid, result=words)

    def action_cancel(self):
        """It is not needed any more."""
        self._step("cancel")

    def action_reopen(self):
        """It was not done, or is needed after all."""
        self._step("reopen", done_at=False, done_by_id=False)

    # === guards === #

    def _check_flag(self, flag):
        flag.check_access("read")
        if not flag.contract_id or flag.closed_at:
            raise UserError(self.env._("A measure is taken against an open risk flag; “%s” is none.",
                                       flag.display_name or "-"))
        if not self.env.su and flag._report_refusal():
            raise AccessError(self.env._("“%s”: the back office or the contract's salesperson sets measures.",
                                         flag.display_name))

    def _check_editable(self, vals):
        """What was agreed is changed by who has set it, or by who leads; its owner writes what came of it."""
        changed = set(vals) - set(self.env["mail.activity.mixin"]._fields) - set(self.env["mail.thread"]._fields)
        for measure in self if not self.env.su else ():
            allowed = set()
            if measure.state == "open":
                allowed = {"result"} | (SET if self._sets(measure) else set())
            if changed - allowed:
                raise AccessError(self.env._(
                    "“%s”: what is to be done, by whom and until when is changed by who has set it or by a supervisor, "
                    "while it is open; its state by its steps.", measure.name))

    def _sets(self, measure):
        leads = self.env.user.has_group(SUPERVISOR)
        if measure.user_id == self.env.user and measure.create_uid != self.env.user:
            return False
        return leads or measure.create_uid == self.env.user

    def _refusal(self, step):
        """Why this user may not take this step, in words; empty when allowed."""
        self.ensure_one()
        sources, _target, who = TRANSITIONS[step]
        leads = self.env.user.has_group(SUPERVISOR)
        own = self.user_id == self.env.user
        if self.state not in sources:
            return self.env._("it is %s", dict(self._fields["state"]._description_selection(self.env))[self.state])
        if who == "owner" and not (own or leads):
            return self.env._("its owner or a supervisor does that")
        if who == "setter" and not self._sets(self):
            return self.env._("who has set it or a supervisor does that")
        if who == "leader" and (own or not leads):
            return self.env._("a supervisor who does not own it does that")
        return ""

    def _step(self, step, **values):
        self.check_access("read")
        for measure in self:
            reason = measure._refusal(step)
            if reason:
                raise UserError(self.env._("“%(measure)s” cannot go this step: %(reason)s.",
                                           measure=measure.name, reason=reason))
        # Superuser: the step was checked above, the fields themselves are closed to everybody.
        self.sudo().with_context(sbo_step=STEP).write({"state": TRANSITIONS[step][1], **values})
        self._drop_activities()
        if step == "reopen":
            self._ask_owners()

    # === activities === #

    def _ask_owners(self):
        # Superuser: whoever sets a measure asks its owner, whose to-dos are not theirs to write.
        for measure in self.sudo():
            measure.activity_schedule(
                "mail.mail_activity_data_todo", date_deadline=measure.due_on, user_id=measure.user_id.id,
                summary=measure.name)

    def _drop_activities(self):
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # as above
