from odoo import api, fields, models


class SboStandardCriterion(models.Model):
    """A criterion of a standard (考核项目): what is rated, with its points; they never fall below zero."""

    _name = "sbo.standard.criterion"
    _description = "Criterion of an Assessment Standard"
    _inherit = ["sbo.standard.part"]
    _order = "standard_id, section_sequence, sequence, code, id"

    section_id = fields.Many2one("sbo.standard.section", required=True, ondelete="cascade", index=True)
    section_sequence = fields.Integer("Section Order", related="section_id.sequence", store=True)
    standard_id = fields.Many2one(related="section_id.standard_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    points = fields.Float(required=True, digits=(8, 2))
    rule_ids = fields.One2many("sbo.standard.rule", "criterion_id", "Rules", copy=True)

    _code_uniq = models.Constraint("UNIQUE (section_id, code)", "A section has one criterion of each code.")
    _points_positive = models.Constraint("CHECK (points >= 0)", "The points of a criterion cannot be negative.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for criterion in self:
            criterion.display_name = f"{criterion.code} {criterion.name}"
