from odoo import api, fields, models

DELAY_KINDS = ("delay_hour", "delay_day")
DELAY_CAP = 3.0


class SboStandardRule(models.Model):
    """A rule of deduction (扣分规则): which checks it listens to and how many points one unit costs."""

    _name = "sbo.standard.rule"
    _description = "Rule of Deduction"
    _inherit = ["sbo.standard.part"]
    _order = "standard_id, criterion_id, sequence, code, id"

    criterion_id = fields.Many2one("sbo.standard.criterion", required=True, ondelete="cascade", index=True)
    standard_id = fields.Many2one(related="criterion_id.standard_id", store=True, index=True)
    origin_id = fields.Many2one(
        "sbo.standard.rule",
        "Same Rule in the First Version",
        readonly=True,
        index="btree_not_null",
        help="Ties the versions of a rule together: a case charged under one is not charged under the next.",
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True, help="[X] stands for the parameter with its unit.")
    kind = fields.Selection(
        [
            ("occurrence", "Each occurrence"),
            ("shortfall", "Each one missing"),
            ("delay_hour", "Each working hour of delay"),
            ("delay_day", "Each working day of delay"),
            ("nonconformity", "Each item that does not conform"),
            ("missed", "Missed, once per period"),
        ],
        required=True,
        default="occurrence",
    )
    points = fields.Float("Points per Unit", required=True, default=1.0, digits=(8, 2))
    parameter = fields.Float("Parameter X", digits=(8, 2))
    parameter_unit = fields.Selection(
        [
            ("number", "(number)"),
            ("hour", "working hours"),
            ("day", "working days"),
            ("calendar_day", "days"),
            ("week", "weeks"),
            ("percent", "%"),
            ("clock", "o'clock"),
        ],
        "Unit of X",
    )
    cap = fields.Float(
        "Cap per Case",
        compute="_compute_cap",
        store=True,
        readonly=False,
        precompute=True,
        digits=(8, 2),
        help="The most points one case can cost, over all periods together. 0: no limit.",
    )
    check_code = fields.Char(
        "Checks",
        help="Codes of the checks whose findings fall under this rule, separated by commas. "
        "A code that no check has yet is no error: the rule waits for it.",
    )
    veto = fields.Boolean(help="A counted case asks the assessor to think of a veto (lowest grade).")
    text = fields.Char(compute="_compute_text")
    has_check = fields.Boolean("Has a Check", compute="_compute_has_check")

    _code_uniq = models.Constraint("UNIQUE (criterion_id, code)", "A criterion has one rule of each code.")
    _points_positive = models.Constraint("CHECK (points >= 0 AND cap >= 0)", "Points and cap cannot be negative.")

    @api.depends("kind")
    def _compute_cap(self):
        for rule in self:
            rule.cap = DELAY_CAP if rule.kind in DELAY_KINDS else 0.0

    @api.depends("name", "parameter", "parameter_unit")
    @api.depends_context("lang")
    def _compute_text(self):
        units = dict(self._fields["parameter_unit"]._description_selection(self.env))
        for rule in self:
            value = f"{rule.parameter:g}"
            if rule.parameter_unit and rule.parameter_unit != "number":
                space = "" if rule.parameter_unit == "percent" else " "
                value = f"{value}{space}{units[rule.parameter_unit]}"
            rule.text = (rule.name or "").replace("[X]", value)

    @api.depends("check_code")
    def _compute_has_check(self):
        codes = {code for rule in self for code in rule._get_codes()}
        # Superuser: a check of another company is a check all the same.
        known = set(self.env["sbo.check"].sudo().search([("code", "in", list(codes))]).mapped("code"))
        for rule in self:
            rule.has_check = bool(set(rule._get_codes()) & known)

    @api.depends("code", "text")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = f"{rule.code} {rule.text}"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._tidy(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._tidy(vals))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for rule, vals in zip(self, vals_list, strict=True):
            vals["origin_id"] = (rule.origin_id or rule).id
        return vals_list

    def _get_codes(self):
        self.ensure_one()
        return [code for code in (self.check_code or "").split(",") if code]

    @api.model
    def _tidy(self, vals):
        """Codes are stored without blanks, so that SQL may split them at the comma."""
        if vals.get("check_code"):
            codes = [code.strip() for code in vals["check_code"].split(",")]
            vals = dict(vals, check_code=",".join(code for code in codes if code))
        return vals
