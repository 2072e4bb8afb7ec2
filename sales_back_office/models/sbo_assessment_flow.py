from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import clock

CLERK = "sales_back_office.sbo_group_clerk"
SUPERVISOR = "sales_back_office.sbo_group_supervisor"
MANAGER = "sales_back_office.sbo_group_manager"
# action: (from, to, group, whose sheet). Feeds the buttons, the guards and their sentences.
TRANSITIONS = {
    "send": (("draft",), "self_review", SUPERVISOR, "other"),
    "hand_in": (("self_review",), "self_review", CLERK, "own"),
    "confirm": (("self_review",), "confirmed", SUPERVISOR, "other"),
    "sign": (("confirmed",), "appeal", CLERK, "own"),
    "note_refusal": (("confirmed",), "appeal", MANAGER, "other"),
    "approve": (("appeal",), "approved", MANAGER, "other"),
    "lock": (("approved",), "locked", MANAGER, "other"),
    "reopen": (("self_review", "confirmed", "appeal"), "draft", SUPERVISOR, "other"),
    "correct": (("locked",), "locked", MANAGER, "other"),
}
STATES = [
    ("draft", "Draft"),
    ("self_review", "Self-Rating"),
    ("confirmed", "Confirmed"),
    ("appeal", "Appeal Period"),
    ("approved", "Approved"),
    ("locked", "Locked"),
]
OPEN_STATES = ("draft", "self_review")
JUDGEMENT = {
    "attended_days",
    "pay_base",
    "bonus",
    "bonus_reason",
    "veto",
    "veto_reason",
    "finance_rated",
    "interview_note",
    "improvement_plan",
    "line_ids",
    "deduction_ids",
}
INTERVIEW = {"interview_note", "improvement_plan", "line_ids", "deduction_ids"}
# What a plain write may change, by state: everything else comes with an action or from the run.
EDITABLE = {
    "own": {"self_review": {"self_comment", "line_ids", "deduction_ids"}},
    "other": {"draft": JUDGEMENT, "self_review": JUDGEMENT, "confirmed": INTERVIEW, "appeal": INTERVIEW},
}
# Marks our own writes in the context. It is this object that counts, and no RPC call can send it.
STEP = object()
SUMMED = {"attended_days", "pay_base", "bonus", "veto"}


class SboAssessmentFlow(models.AbstractModel):
    """The way of a sheet from the live draft to the lock, and who may take which step."""

    _name = "sbo.assessment.flow"
    _description = "Assessment: Flow and Separation of Duties"

    version = fields.Integer(readonly=True, default=1, aggregator=None)
    corrects_id = fields.Many2one("sbo.assessment", readonly=True, index="btree_not_null")
    corrected_by_ids = fields.One2many("sbo.assessment", "corrects_id", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", index=True, tracking=True)
    assessor_id = fields.Many2one("res.users", readonly=True)
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    confirmed_at = fields.Datetime(readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", "Signed By", readonly=True)
    acknowledged_at = fields.Datetime("Signed At", readonly=True)
    appeal_deadline = fields.Datetime(readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_at = fields.Datetime(readonly=True)
    locked_by_id = fields.Many2one("res.users", readonly=True)
    locked_at = fields.Datetime(readonly=True)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")
    can_judge = fields.Boolean(compute="_compute_allowed_actions")

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_allowed_actions(self):
        """Names of the actions this user may take now, for the buttons."""
        supervisor = self.env.user.has_group(SUPERVISOR)
        for sheet in self:
            sheet.can_judge = supervisor and sheet._whose() == "other" and sheet.state in OPEN_STATES
            sheet.allowed_actions = ",".join(
                action for action in TRANSITIONS if not sheet._refusal(action) and not sheet.corrected_by_ids
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Sheets are made by starting a period, not one by one."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("sbo_step") is STEP:
            return super().write(vals)
        self._check_editable(vals)
        result = super().write(vals)
        if SUMMED & set(vals):
            self._add_up()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(sheet.state != "draft" or sheet.version > 1 for sheet in self):
            raise UserError(self.env._("Only a draft can be deleted. What people have worked on is kept."))

    def action_send(self):
        """Ask the clerk for the self-rating, with the figures of this moment."""
        self._check_action("send")
        self._refresh()
        self._step("send", assessor_id=self.env.uid)
        self._ask_for(lambda sheet: sheet.user_id, self.env._("Rate yourself and object to what you see differently"))

    def action_hand_in(self):
        """The clerk has finished the self-rating."""
        self._step("hand_in", self_rated=True)
        self._ask_for(lambda sheet: sheet.assessor_id, self.env._("Confirm the sheet: the self-rating is done"))

    def action_confirm(self):
        """The assessor stands by the result; nothing undecided may be left."""
        self._check_action("confirm")
        self._refresh()
        waiting = self.filtered(lambda sheet: "pending" in sheet.deduction_ids.mapped("state"))
        if waiting:
            raise UserError(
                self.env._(
                    "“%(sheet)s” still has findings nobody has decided on. Confirm or waive them first, "
                    "and give each its cause.",
                    sheet=waiting[0].display_name,
                )
            )
        self._step("confirm", confirmed_by_id=self.env.uid, confirmed_at=clock.now(self.env))
        self._ask_for(lambda sheet: sheet.user_id, self.env._("Sign your assessment after the interview"))

    def action_sign(self):
        """The clerk has seen the result; the appeal period begins."""
        for sheet in self:
            sheet._step(
                "sign",
                acknowledged_by_id=self.env.uid,
                acknowledged_at=clock.now(self.env),
                appeal_deadline=sheet._get_appeal_deadline(),
            )
        self._ask_for(lambda sheet: sheet._get_manager(), self.env._("Approve after the appeal period"), deadline=True)

    def action_note_refusal(self):
        """The clerk does not sign: noted by the manager, and the appeal period begins all the same."""
        for sheet in self:
            sheet._step("note_refusal", appeal_deadline=sheet._get_appeal_deadline())
            sheet.message_post(body=self.env._("The signature was refused."))

    def action_approve(self):
        """The manager approves, after the appeal period and every appeal decided."""
        self._check_action("approve")
        for sheet in self:
            if "open" in sheet.deduction_ids.mapped("appeal_state"):
                raise UserError(self.env._("“%s” has an appeal nobody has decided on.", sheet.display_name))
            if sheet.appeal_deadline and clock.now(self.env) < sheet.appeal_deadline:
                raise UserError(
                    self.env._(
                        "The appeal period of “%(sheet)s” runs until %(deadline)s; approve it after that.",
                        sheet=sheet.display_name,
                        deadline=fields.Datetime.context_timestamp(sheet, sheet.appeal_deadline).strftime(
                            "%Y-%m-%d %H:%M"
                        ),
                    )
                )
        self._step("approve", approved_by_id=self.env.uid, approved_at=clock.now(self.env))

    def action_lock(self):
        """From here on the sheet never changes."""
        self._step("lock", locked_by_id=self.env.uid, locked_at=clock.now(self.env))

    def action_reopen(self):
        """Back to the live draft: signatures fall, exemptions and appeals stay visible."""
        self._step(
            "reopen",
            confirmed_by_id=False,
            confirmed_at=False,
            acknowledged_by_id=False,
            acknowledged_at=False,
            appeal_deadline=False,
        )
        self._refresh()

    def action_correct(self):
        """A corrected version of a locked sheet; the old one stays as it is."""
        self._check_action("correct")
        new = self._make_correction()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Corrected Sheets"),
            "res_model": self._name,
            "view_mode": "form" if len(new) == 1 else "list,form",
            "res_id": new.id if len(new) == 1 else False,
            "domain": [("id", "in", new.ids)],
        }

    # === guards === #

    def _check_editable(self, vals):
        """A plain write changes what the person may judge in this state; a locked sheet never changes."""
        changed = set(vals) - set(self.env["mail.activity.mixin"]._fields) - set(self.env["mail.thread"]._fields)
        if not changed:
            return
        self._check_not_locked()
        if self.env.su:
            return
        for sheet in self:
            forbidden = changed - EDITABLE[sheet._whose()].get(sheet.state, set())
            if sheet._whose() == "other" and not self.env.user.has_group(SUPERVISOR):
                forbidden = changed
            if forbidden:
                raise AccessError(
                    self.env._(
                        "“%(sheet)s” is %(state)s: you cannot change %(fields)s there. Nobody assesses their "
                        "own work, and results change by findings, exemptions and appeals only.",
                        sheet=sheet.display_name,
                        state=sheet._state_label(),
                        fields=", ".join(
                            sorted(self._fields[name]._description_string(self.env) for name in forbidden)
                        ),
                    )
                )

    def _check_not_locked(self):
        locked = self.filtered(lambda sheet: sheet.state == "locked")
        if locked:
            raise UserError(
                self.env._(
                    "“%s” is locked and never changes. A manager can make a corrected version of it.",
                    locked[0].display_name,
                )
            )

    def _whose(self):
        return "own" if self.user_id.id == self.env.uid else "other"

    def _state_label(self, state=None):
        return dict(self._fields["state"]._description_selection(self.env))[state or self.state]

    def _refusal(self, action):
        """Why this user may not take this step on this sheet, in words; empty when allowed."""
        self.ensure_one()
        sources, _target, group, whose = TRANSITIONS[action]
        if self._whose() != whose:
            if whose == "own":
                return self.env._("only %s can do this", self.user_id.name)
            return self.env._("nobody decides on their own sheet")
        if not self.env.user.has_group(group):
            return self.env._("it takes the role %s", self._role_name(group))
        if self.state not in sources:
            return self.env._("it is %s", self._state_label())
        return ""

    @api.model
    def _role_name(self, group):
        # The id from the cache: buttons ask this for every sheet of a list. Roles are not for clerks to read.
        return self.env["res.groups"].sudo().browse(self.env["ir.model.data"]._xmlid_to_res_id(group)).name

    def _check_action(self, action):
        self.check_access("read")
        for sheet in self:
            reason = sheet._refusal(action)
            if reason:
                raise UserError(
                    self.env._(
                        "“%(sheet)s” cannot go this step: %(reason)s.",
                        sheet=sheet.display_name,
                        reason=reason,
                    )
                )

    def _step(self, action, **values):
        """Take a step of the table for all these sheets, or say why not."""
        self._check_action(action)
        self._set(dict(values, state=TRANSITIONS[action][1]))
        self._close_activities()

    def _set(self, vals):
        """Our own steps write here, past the guard of plain writes but not past the lock."""
        self._check_not_locked()
        # Superuser: the step was checked above, the fields themselves are closed to everybody.
        return self.sudo().with_context(sbo_step=STEP).write(vals)

    # === who is next === #

    def _ask_for(self, who, summary, deadline=False):
        """One activity per sheet for the person whose turn it is."""
        activity_type = self.env.ref("sales_back_office.sbo_activity_assessment", raise_if_not_found=False)
        model_id = self.env["ir.model"]._get_id(self._name)
        values = [
            {
                "activity_type_id": activity_type.id,
                "res_model_id": model_id,
                "res_id": sheet.id,
                "user_id": who(sheet).id,
                "summary": summary,
                "date_deadline": (deadline and sheet.appeal_deadline or clock.now(self.env)).date(),
            }
            for sheet in self
            if activity_type and who(sheet)
        ]
        # Superuser: the next person's to-do list is not ours to write otherwise.
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(values)

    def _close_activities(self):
        # Superuser: the to-do belongs to whoever was asked.
        self.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("sales_back_office.sbo_activity_assessment")
        ).action_feedback()

    def _get_manager(self):
        """Who is asked to approve: a manager of the company who is not assessed here."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids  # roles are not for clerks to read
        managers = managers.filtered(
            lambda user: user.active and self.company_id in user.company_ids and user not in self.user_id
        )
        return (managers - self.env.ref("base.user_root"))[:1]

    def _get_appeal_deadline(self):
        days = self.standard_id.appeal_days
        if not days:
            return clock.now(self.env)
        calendar = self.company_id.sudo()._sbo_calendar()  # settings of the company
        return calendar._sbo_plan(clock.now(self.env), days=days)
