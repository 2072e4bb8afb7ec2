from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import clock

USER = "base.group_user"
CLERK = "sales_back_office.sbo_group_clerk"
STATES = [
    ("open", "Open"),
    ("replied", "Customer Answered"),
    ("solved", "Solved"),
    ("cancelled", "Cancelled"),
]
# step: (from, to, group). Feeds the buttons, the guard and its sentence.
TRANSITIONS = {
    "reply": (("open", "replied"), "replied", USER),
    "solve": (("open", "replied"), "solved", USER),
    "cancel": (("open", "replied"), "cancelled", CLERK),
    "reopen": (("solved", "cancelled"), "replied", CLERK),
}
# Facts that come with a step only; a plain write cannot make a reply that nobody gave.
STEPPED = {"state", "opened_at", "reply_due_at", "result_due_at", "replied_at", "replied_by_id", "solved_at",
           "solved_by_id", "company_id", "order_id"}
# Marks our own writes in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboOrderIssueFlow(models.AbstractModel):
    """The way of an issue: open, customer answered, solved; each step with its words and its moment."""

    _name = "sbo.order.issue.flow"
    _description = "Order Issue: Flow"

    state = fields.Selection(STATES, required=True, readonly=True, default="open", index=True, tracking=True)
    opened_at = fields.Datetime(
        "Opened", required=True, default=lambda self: clock.now(self.env),
        help="When it became known in the house: the time limits start here.")
    opened_by_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)
    reply_due_at = fields.Datetime("Reply Due", readonly=True, index=True)
    replied_at = fields.Datetime(
        "First Reply", readonly=True, tracking=True, help="When the customer first heard of it.")
    replied_by_id = fields.Many2one("res.users", readonly=True)
    result_due_at = fields.Datetime("Result Due", readonly=True, index=True)
    solved_at = fields.Datetime("Result Reported", readonly=True, tracking=True,
                                help="When the customer was told the solution.")
    solved_by_id = fields.Many2one("res.users", readonly=True)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")
    reply_late = fields.Boolean(compute="_compute_late")
    result_late = fields.Boolean(compute="_compute_late")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, for the buttons."""
        for issue in self:
            issue.allowed_actions = ",".join(step for step in TRANSITIONS if not issue._refusal(step))

    @api.depends("reply_due_at", "replied_at", "result_due_at", "solved_at", "state")
    @api.depends_context("sbo_as_of")
    def _compute_late(self):
        now = clock.as_of(self.env)
        for issue in self:
            counted = issue.state != "cancelled"
            issue.reply_late = counted and issue.reply_due_at and (issue.replied_at or now) > issue.reply_due_at
            issue.result_late = counted and issue.result_due_at and (issue.solved_at or now) > issue.result_due_at

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP and STEPPED & set(vals):
            raise UserError(self.env._(
                "The state and the moments of an issue come with its steps: answer, solve, cancel or reopen it."))
        return super().write(vals)

    def message_post(self, **kwargs):
        """A message to the customer, sent from the button, is a reply; a note among colleagues is none."""
        message = super().message_post(**kwargs)
        if self.env.context.get("sbo_issue_reply"):
            customers = message.partner_ids.filtered(
                lambda partner: partner.commercial_partner_id == self.order_id.partner_id.commercial_partner_id)
            if customers:
                self.with_context(sbo_issue_reply=False)._take("reply", clock.now(self.env))
                self._log_contact("email", clock.now(self.env), message.subject or self.display_name, message)
        return message

    # === steps === #

    def action_mail_customer(self):
        """Write to the customer: what is sent from here counts as the first reply."""
        self.ensure_one()
        self._check_step("reply")
        template = self.env.ref("sales_back_office.sbo_order_issue_mail", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to the Customer"),
            "res_model": "mail.compose.message",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_model": self._name, "default_res_ids": self.ids, "default_composition_mode": "comment",
                "default_template_id": template.id if template else False, "force_email": True,
                "sbo_issue_reply": True,
            },
        }

    def _take_step(self, step, text, how=None, moment=None):
        """Take a step with its words, which stay in the chatter.

        :param how: by what means the customer heard of it
        :param moment: when that was (naive UTC), now by default
        """
        moment = moment or clock.now(self.env)
        labels = dict(self.env["sbo.order.issue.step"]._fields["step"]._description_selection(self.env))
        means = dict(self.env["sbo.order.issue.step"]._fields["how"]._description_selection(self.env))
        for issue in self:
            if moment > clock.now(self.env) or step in ("reply", "solve") and moment < issue.opened_at:
                raise UserError(self.env._(
                    "“%s”: the step cannot lie before the issue was opened, nor in the future.", issue.display_name))
            issue._take(step, moment, text)
            if step in ("reply", "solve"):
                issue._log_contact(how or "other", moment, text)
            when = fields.Datetime.context_timestamp(issue, moment).strftime("%Y-%m-%d %H:%M")
            head = " · ".join(filter(None, (labels[step], means.get(how), when)))
            issue.message_post(body=Markup("%s<br/>%s") % (head, text))

    def _take(self, step, moment, text=None):
        self._check_step(step)
        for issue in self:
            vals = {"state": TRANSITIONS[step][1]}
            if step in ("reply", "solve") and not issue.replied_at:
                vals.update(replied_at=moment, replied_by_id=self.env.uid)
            if step == "solve":
                vals.update(solved_at=moment, solved_by_id=self.env.uid, solution=text)
            elif step == "reopen":
                vals.update(state="replied" if issue.replied_at else "open", solved_at=False, solved_by_id=False)
            issue.with_context(sbo_step=STEP).write(vals)

    def _log_contact(self, how, moment, text, message=None):
        """What the customer was told stands in the log of contacts, too."""
        # Superuser: whoever may answer about an issue has made a contact, whether or not they may log by hand.
        self.env["sbo.contact.log"].sudo().create([
            {"order_id": issue.order_id.id, "picking_id": issue.picking_id.id, "kind": how, "subject": "order",
             "result": "sent" if how == "email" else "reached", "date": moment, "user_id": self.env.uid, "note": text,
             "message_id": message.id if message else False}
            for issue in self])

    def _refusal(self, step):
        """Why this user may not take this step, in words; empty when allowed."""
        sources, _target, group = TRANSITIONS[step]
        if not self.env.user.has_group(group) or not self.has_access("write"):
            return self.env._("only the back office does that")
        if self.state not in sources:
            return self.env._("it is “%s”", dict(self._fields["state"]._description_selection(self.env))[self.state])
        return ""

    def _check_step(self, step):
        self.check_access("read")
        for issue in self:
            reason = issue._refusal(step)
            if reason:
                raise (UserError if issue.state not in TRANSITIONS[step][0] else AccessError)(self.env._(
                    "“%(issue)s” cannot go this step: %(reason)s.", issue=issue.display_name, reason=reason))
