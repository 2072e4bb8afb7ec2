from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare

from .sbo_assessment_flow import OPEN_STATES, SUPERVISOR


class SboAssessmentLine(models.Model):
    """One criterion (考核项目) on one person's sheet: its points, what was looked at, what was lost."""

    _name = "sbo.assessment.line"
    _description = "Criterion of an Assessment Sheet"
    _order = "assessment_id, sequence, criterion_id, id"

    # begins _criterion_uniq
    assessment_id = fields.Many2one("sbo.assessment", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="assessment_id.user_id", store=True, index=True)
    company_id = fields.Many2one(related="assessment_id.company_id", store=True)
    period_start = fields.Date(related="assessment_id.period_start", store=True)
    state = fields.Selection(related="assessment_id.state")
    criterion_id = fields.Many2one("sbo.standard.criterion", required=True, readonly=True, ondelete="restrict")
    section_id = fields.Many2one("sbo.standard.section", required=True, readonly=True, ondelete="restrict")
    sequence = fields.Integer(readonly=True)
    points = fields.Float(readonly=True, digits=(8, 2))
    examined = fields.Integer(readonly=True, help="Findings of the period, whatever became of them.")
    lost = fields.Float(readonly=True, digits=(8, 2))
    pending = fields.Float(readonly=True, digits=(8, 2))
    score = fields.Float(readonly=True, digits=(8, 2), help="Points less what was lost, never below zero.")
    self_score = fields.Float("Self", digits=(8, 2))
    finance_score = fields.Float("Finance", digits=(8, 2))
    adjustment = fields.Float("Supervisor ±", digits=(8, 2))
    adjustment_reason = fields.Char("Reason")
    final = fields.Float("Result", readonly=True, digits=(8, 2))
    deduction_ids = fields.One2many("sbo.assessment.deduction", "line_id", "Deductions")
    can_rate_self = fields.Boolean(compute="_compute_can_rate")
    can_assess = fields.Boolean(compute="_compute_can_rate")

    _criterion_uniq = models.Constraint("UNIQUE (assessment_id, criterion_id)", "A criterion is on a sheet once.")

    @api.depends("criterion_id", "assessment_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.criterion_id.display_name

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_can_rate(self):
        supervisor = self.env.user.has_group(SUPERVISOR)
        for line in self:
            own = line.user_id.id == self.env.uid
            line.can_rate_self = own and line.state == "self_review"
            line.can_assess = supervisor and not own and line.state in OPEN_STATES

    @api.constrains("self_score", "finance_score", "adjustment", "adjustment_reason")
    def _check_scores(self):
        for line in self:
            for score in (line.self_score, line.finance_score):
                if score < 0 or float_compare(score, line.points, precision_digits=2) > 0:
                    raise ValidationError(
                        self.env._(
                            "%(criterion)s has %(points)s points.",
                            criterion=line.display_name,
                            points=f"{line.points:g}",
                        )
                    )
            if line.adjustment and not line.adjustment_reason:
                raise ValidationError(self.env._("Say why you correct the score of %s.", line.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The criteria of a sheet are those of its standard."))
        lines = super().create(vals_list)
        lines.assessment_id._check_not_locked()
        return lines

    def write(self, vals):
        self.assessment_id._check_not_locked()
        if not self.env.su:
            self._check_editable(vals)
        result = super().write(vals)
        if "self_score" in vals:
            self.assessment_id._set({"self_rated": True})
        if "finance_score" in vals:
            self.assessment_id._set({"finance_rated": True})
        if "adjustment" in vals:
            self.assessment_id._add_up()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.assessment_id._check_not_locked()

    def _check_editable(self, vals):
        for line in self:
            allowed = set()
            if line.can_rate_self:
                allowed = {"self_score"}
            elif line.can_assess:
                allowed = {"finance_score", "adjustment", "adjustment_reason"}
            if set(vals) - allowed:
                raise UserError(
                    self.env._(
                        "You cannot change this on %s: people rate themselves during the self-rating only, "
                        "and nobody assesses their own work.",
                        line.assessment_id.display_name,
                    )
                )
