from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import clock
from .sbo_assessment_flow import CLERK, MANAGER, SUPERVISOR

STATES = [("counted", "Counted"), ("pending", "Pending"), ("exempt", "Exempt"), ("withdrawn", "Withdrawn")]
# action: (states of the sheet, group, whose sheet)
ACTIONS = {
    "exempt": (("draft", "self_review", "confirmed", "appeal"), SUPERVISOR, "other"),
    "charge": (("draft", "self_review", "confirmed", "appeal"), SUPERVISOR, "other"),
    "appeal": (("appeal",), CLERK, "own"),
    "accept": (("appeal",), MANAGER, "other"),
    "reject": (("appeal",), MANAGER, "other"),
}


class SboAssessmentDeduction(models.Model):
    """A deduction (扣分): one finding under one rule on one sheet, with the arithmetic behind its points.

    Everything about the finding is kept as it was, so that a locked sheet reads the same for ever.
    """

    _name = "sbo.assessment.deduction"
    _description = "Deduction"
    _order = "assessment_id, sequence, due_at, id"

    # begins _case_uniq
    assessment_id = fields.Many2one("sbo.assessment", required=True, readonly=True, ondelete="cascade")
    line_id = fields.Many2one("sbo.assessment.line", required=True, readonly=True, ondelete="cascade", index=True)
    user_id = fields.Many2one(related="assessment_id.user_id", store=True, index=True)
    company_id = fields.Many2one(related="assessment_id.company_id", store=True)
    sheet_state = fields.Selection(related="assessment_id.state", string="State of the Sheet")
    sequence = fields.Integer(readonly=True)
    rule_id = fields.Many2one("sbo.standard.rule", required=True, readonly=True, ondelete="restrict", index=True)
    origin_rule_id = fields.Many2one("sbo.standard.rule", required=True, readonly=True, ondelete="restrict")
    finding_id = fields.Many2one("sbo.finding", readonly=True, ondelete="set null")  # begins _carry_idx
    check_id = fields.Many2one("sbo.check", readonly=True, ondelete="restrict")
    res_model = fields.Char("Record Type", readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", readonly=True, aggregator=None)
    res_name = fields.Char("Record", readonly=True)
    due_at = fields.Datetime("Due", readonly=True)
    closed_at = fields.Datetime("Ended", readonly=True, help="Empty: still open at the end of the period.")
    quantity = fields.Float(readonly=True)
    units_total = fields.Integer("Units in All", readonly=True)
    units_before = fields.Integer("Units Charged Before", readonly=True)
    units = fields.Integer(readonly=True)
    per_unit = fields.Float("Points per Unit", readonly=True, digits=(8, 2), aggregator=None)
    cap = fields.Float("Cap per Case", readonly=True, digits=(8, 2), aggregator=None)
    points_before = fields.Float("Points Charged Before", readonly=True, digits=(8, 2))
    points = fields.Float("Lost", readonly=True, digits=(8, 2))
    arithmetic = fields.Char(compute="_compute_arithmetic")
    state = fields.Selection(STATES, required=True, readonly=True)
    exempt = fields.Boolean(readonly=True)
    exempt_reason = fields.Char("Reason", readonly=True)
    exempt_by_id = fields.Many2one("res.users", "Exempted By", readonly=True)
    exempt_at = fields.Datetime(readonly=True)
    appeal_state = fields.Selection(
        [("open", "To Be Decided"), ("accepted", "Accepted"), ("rejected", "Rejected")],
        "Appeal",
        readonly=True,
    )
    appeal_text = fields.Text(readonly=True)
    appeal_at = fields.Datetime(readonly=True)
    appeal_outcome = fields.Text("Outcome", readonly=True)
    appeal_by_id = fields.Many2one("res.users", "Decided By", readonly=True)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    _case_uniq = models.Constraint(
        "UNIQUE (assessment_id, rule_id, finding_id)", "A finding counts once under one rule of a sheet."
    )
    _carry_idx = models.Index("(finding_id, origin_rule_id)")

    @api.depends("rule_id", "res_name")
    def _compute_display_name(self):
        for deduction in self:
            deduction.display_name = f"{deduction.rule_id.code} {deduction.res_name or ''}"

    @api.depends("units_total", "units_before", "units", "per_unit", "cap", "points_before", "points", "rule_id.kind")
    @api.depends_context("lang")
    def _compute_arithmetic(self):
        for deduction in self:
            deduction.arithmetic = deduction._explain()

    @api.depends_context("uid")
    @api.depends("state", "appeal_state", "assessment_id.state")
    def _compute_allowed_actions(self):
        for deduction in self:
            deduction.allowed_actions = ",".join(action for action in ACTIONS if not deduction._refusal(action))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Deductions come from findings. Note a finding by hand instead."))
        deductions = super().create(vals_list)
        deductions.assessment_id._check_not_locked()
        return deductions

    def write(self, vals):
        self.assessment_id._check_not_locked()
        if not self.env.su:
            raise AccessError(
                self.env._("A deduction changes with its finding, an exemption or an appeal, not by hand.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.assessment_id._check_not_locked()

    def action_open_record(self):
        """The record that cost the points."""
        self.ensure_one()
        if (
            not self.res_id
            or self.res_model not in self.env
            or not self.env[self.res_model].browse(self.res_id).exists()
        ):
            raise UserError(self.env._("“%s” does not exist any more; the sheet keeps its name.", self.res_name or ""))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_finding(self):
        self.ensure_one()
        if not self.finding_id:
            raise UserError(self.env._("The finding is in the archive; the sheet keeps what it said."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "sbo.finding",
            "res_id": self.finding_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_exempt(self, reason=None):
        """The assessor lets the points go, with a reason; the deduction stays on the sheet."""
        reason = self._reason(reason)
        if not reason:
            return self._ask("exempt")
        self._decide(
            "exempt",
            exempt=True,
            exempt_reason=reason,
            exempt_by_id=self.env.uid,
            exempt_at=clock.now(self.env),
            state="exempt",
        )

    def action_charge(self):
        """Take an exemption back."""
        self._decide("charge", exempt=False, exempt_reason=False, exempt_by_id=False, exempt_at=False, state="counted")

    def action_appeal(self, text=None):
        """The clerk appeals after the signature, in words, as long as the appeal period runs."""
        text = self._reason(text)
        if not text:
            return self._ask("appeal")
        self._decide("appeal", appeal_state="open", appeal_text=text, appeal_at=clock.now(self.env))

    def action_accept(self, outcome=None):
        """The manager accepts the appeal: the points come back."""
        outcome = self._reason(outcome)
        if not outcome:
            return self._ask("accept")
        self._decide(
            "accept",
            appeal_state="accepted",
            appeal_outcome=outcome,
            appeal_by_id=self.env.uid,
            exempt=True,
            exempt_reason=outcome,
            exempt_by_id=self.env.uid,
            exempt_at=clock.now(self.env),
            state="exempt",
        )

    def action_reject(self, outcome=None):
        """The manager rejects the appeal: the points stay lost."""
        outcome = self._reason(outcome)
        if not outcome:
            return self._ask("reject")
        self._decide("reject", appeal_state="rejected", appeal_outcome=outcome, appeal_by_id=self.env.uid)

    def _decide(self, action, **values):
        self.check_access("read")
        for deduction in self:
            reason = deduction._refusal(action)
            if reason:
                raise UserError(
                    self.env._("“%(deduction)s”: %(reason)s.", deduction=deduction.display_name, reason=reason)
                )
        # Superuser: the right was checked above, the fields themselves are closed to everybody.
        deductions = self.sudo()
        deductions.write(values)
        deductions.assessment_id._count_again()

    def _refusal(self, action):
        """Why this user may not do this with this deduction, in words; empty when allowed."""
        self.ensure_one()
        states, group, whose = ACTIONS[action]
        sheet = self.assessment_id
        if sheet._whose() != whose:
            if whose == "own":
                return self.env._("only %s can appeal", sheet.user_id.name)
            return self.env._("nobody decides on their own sheet")
        if not self.env.user.has_group(group):
            return self.env._("it takes the role %s", sheet._role_name(group))
        if sheet.state not in states:
            return self.env._("the sheet is %s", sheet._state_label())
        return self._refusal_by_state(action)

    def _refusal_by_state(self, action):
        sheet = self.assessment_id
        if action == "appeal":
            if self.appeal_state or self.state != "counted":
                return self.env._("there is nothing to appeal against, or the appeal has been made")
            if sheet.appeal_deadline and clock.now(self.env) > sheet.appeal_deadline:
                return self.env._("the appeal period is over")
        if action in ("accept", "reject") and self.appeal_state != "open":
            return self.env._("no appeal waits for a decision")
        if action == "exempt" and self.state not in ("counted", "pending"):
            return self.env._("it costs no points")
        if action == "charge" and self.state != "exempt":
            return self.env._("it is not exempt")
        return ""

    def _ask(self, decision):
        """Ask for the words in a dialog; that calls the action again with them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": dict(self.env["sbo.assessment.decision"]._fields["decision"]._description_selection(self.env))[
                decision
            ],
            "res_model": "sbo.assessment.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_decision": decision, "default_deduction_id": self.id},
        }

    @api.model
    def _reason(self, text):
        return text.strip() if isinstance(text, str) else ""

    def _explain(self):
        """How the points came about, in one line."""
        self.ensure_one()
        text = self._explain_units()
        if self.units_before:
            text += self.env._(" − %(n)s charged before = %(units)s", n=self.units_before, units=self.units)
        elif self.rule_id.kind == "missed" and not self.units:
            return self.env._("already counted in this period: 0")
        full = self.units * self.per_unit
        text += self.env._(
            "; %(units)s × %(each)s = %(points)s", units=self.units, each=f"{self.per_unit:g}", points=f"{full:g}"
        )
        if self.cap and self.points < full:
            values = {"cap": f"{self.cap:g}", "before": f"{self.points_before:g}", "points": f"{self.points:g}"}
            if self.points_before:
                text += self.env._("; at most %(cap)s per case, %(before)s charged before: %(points)s", **values)
            else:
                text += self.env._("; at most %(cap)s per case: %(points)s", **values)
        return text

    def _explain_units(self):
        units = self.units_total
        kind = self.rule_id.kind
        if kind == "delay_hour":
            return self.env._("%s full working hours late", units)
        if kind == "delay_day":
            return self.env._("%s full working days late", units)
        if kind == "shortfall":
            return self.env._("%s missing", units)
        if kind == "missed":
            return self.env._("missed")
        return self.env._("%s times", units) if units != 1 else self.env._("once")
