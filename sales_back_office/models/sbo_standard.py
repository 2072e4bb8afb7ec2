from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

FULL_POINTS = 100.0
# Marks our own change of state in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboStandard(models.Model):
    """One version of an assessment standard (考核标准): what each miss costs, 100 points in all."""

    _name = "sbo.standard"
    _description = "Assessment Standard"
    _inherit = ["sbo.standard.part", "mail.thread"]
    _order = "state desc, name, version desc, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    version = fields.Integer(default=1, readonly=True, copy=False)
    origin_id = fields.Many2one("sbo.standard", "First Version", readonly=True, copy=False, index="btree_not_null")
    company_id = fields.Many2one("res.company", help="Empty: the standard serves every company.")
    state = fields.Selection(
        [("draft", "Draft"), ("in_use", "In Use"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    pay_rule = fields.Selection(
        [
            ("coefficient", "Base × coefficient"),
            ("score", "Base × score ÷ 100"),
            ("coefficient_score", "Base × coefficient × score ÷ 100"),
        ],
        "Performance Pay",
        default="coefficient",
        required=True,
        help="How the recommended pay follows from the result, pro rata by attended working days.",
    )
    min_days = fields.Integer(
        "Least Working Days",
        default=10,
        help="Whoever attended fewer working days in the period is not assessed.",
    )
    appeal_days = fields.Integer(
        "Appeal Period",
        default=5,
        help="Working days after the signature in which the clerk may appeal; approval waits for their end.",
    )
    max_bonus = fields.Float("Highest Bonus", default=5.0, digits=(8, 2))
    begun_hour = fields.Boolean(
        "A Begun Unit Counts",
        help="Off: only full hours or days of delay cost points. On: a begun one counts as full.",
    )
    section_ids = fields.One2many("sbo.standard.section", "standard_id", "Sections", copy=True)
    criterion_ids = fields.One2many("sbo.standard.criterion", "standard_id", "Criteria")
    rule_ids = fields.One2many("sbo.standard.rule", "standard_id", "Rules")
    grade_ids = fields.One2many("sbo.standard.grade", "standard_id", "Grades", copy=True)
    points_total = fields.Float("Points", compute="_compute_points_total", digits=(8, 2))
    warning = fields.Text(compute="_compute_warning")

    _version_uniq = models.UniqueIndex(
        "(COALESCE(origin_id, id), version)", "This standard already has a version of that number."
    )
    _days_positive = models.Constraint(
        "CHECK (min_days >= 0 AND appeal_days >= 0 AND max_bonus >= 0)",
        "Working days, appeal period and bonus cannot be negative.",
    )

    @api.depends("section_ids.points")
    def _compute_points_total(self):
        for standard in self:
            standard.points_total = sum(standard.section_ids.mapped("points"))

    @api.depends("name", "version")
    def _compute_display_name(self):
        for standard in self:
            standard.display_name = self.env._("%(name)s, version %(n)s", name=standard.name, n=standard.version)

    @api.depends("rule_ids.check_code", "points_total", "grade_ids.min_score")
    def _compute_warning(self):
        for standard in self:
            standard.warning = "\n".join(standard._get_warnings()) or False

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("state", "draft") != "draft" for vals in vals_list):
            raise UserError(self.env._("A standard begins as a draft; put it in use with its button."))
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and self.env.context.get("sbo_step") is not STEP:
            raise UserError(self.env._("Put a standard in use or retire it with its buttons."))
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for vals in vals_list:
                vals["name"] = self.env._("%s (copy)", vals["name"])
        return vals_list

    def action_use(self):
        """Put the version in use: from now on it is frozen, and the version before it retires."""
        self._check_manager()
        for standard in self:
            if standard.state == "in_use":
                continue
            standard._check_complete()
            standard._same_standard().filtered(lambda other: other.state == "in_use")._set_state("retired")
            standard._set_state("in_use")
        return True

    def action_retire(self):
        self._check_manager()
        self.filtered(lambda standard: standard.state == "in_use")._set_state("retired")
        return True

    def action_new_version(self):
        """A draft with the next number that starts as this version ends."""
        self.ensure_one()
        self._check_manager()
        new = self.copy(
            {
                "name": self.name,
                "origin_id": (self.origin_id or self).id,
                "version": max(self._same_standard().mapped("version")) + 1,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_view_unchecked_rules(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rules without a check"),
            "res_model": "sbo.standard.rule",
            "view_mode": "list,form",
            "domain": [("id", "in", self._get_unchecked_rules().ids)],
        }

    @api.model
    def _get_current(self, company):
        """The version in use for a company: its own before the shared one, the newest first."""
        return self.search(
            [("state", "=", "in_use"), ("company_id", "in", [company.id, False])],
            order="company_id, id desc",
            limit=1,
        )

    def _standards(self):
        return self

    def _same_standard(self):
        """All versions of this standard, whatever their state."""
        first = self.origin_id or self
        return first | self.search([("origin_id", "=", first.id)])

    def _set_state(self, state):
        """State changes pass here only: write() refuses them."""
        return self.with_context(sbo_step=STEP).write({"state": state})

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("sales_back_office.sbo_group_manager"):
            raise UserError(self.env._("Only a back-office manager puts a standard in use, changes or retires it."))

    def _check_draft(self):
        frozen = self.filtered(lambda standard: standard.state != "draft")
        if frozen:
            raise UserError(
                self.env._(
                    "%(standard)s is in use or retired and cannot change: people were or are assessed by it. "
                    "Make a new version and change that.",
                    standard=frozen[0].display_name,
                )
            )

    def _check_complete(self):
        """What a standard must be before people are assessed by it."""
        self.ensure_one()
        if float_compare(self.points_total, FULL_POINTS, precision_digits=2):
            raise ValidationError(
                self.env._(
                    "The criteria of %(standard)s add up to %(points)s points; a standard has 100.",
                    standard=self.display_name,
                    points=f"{self.points_total:g}",
                )
            )
        if not self.grade_ids or min(self.grade_ids.mapped("min_score")) > 0:
            raise ValidationError(
                self.env._("%s needs grades down to a score of 0, so that every total has one.", self.display_name)
            )

    def _get_unchecked_rules(self):
        known = {check.code for check in self.env["sbo.check"].sudo().search([])}  # clerks may not read checks
        return self.rule_ids.filtered(lambda rule: not set(rule._get_codes()) & known)

    def _get_warnings(self):
        """Sentences about what is unfinished, shown on top of the form; extend it to add your own."""
        warnings = []
        if float_compare(self.points_total, FULL_POINTS, precision_digits=2):
            warnings.append(self.env._("The criteria add up to %s points; 100 are needed.", f"{self.points_total:g}"))
        unchecked = self._get_unchecked_rules()
        if unchecked:
            warnings.append(
                self.env._(
                    "%(count)s rules have no check and cost no points until one exists: %(rules)s.",
                    count=len(unchecked),
                    rules=", ".join(unchecked.mapped("code")),
                )
            )
        return warnings

    @api.model
    def _guarded_fields(self):
        """Those of the chatter stay free; the state has its own guard and its own way."""
        return super()._guarded_fields() - set(self.env["mail.thread"]._fields) - {"state"}
