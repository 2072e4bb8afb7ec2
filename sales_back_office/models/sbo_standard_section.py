from odoo import api, fields, models


class SboStandardSection(models.Model):
    """A section of a standard (考核类别), such as order processing; its points are those of its criteria."""

    _name = "sbo.standard.section"
    _description = "Section of an Assessment Standard"
    _inherit = ["sbo.standard.part"]
    _order = "standard_id, sequence, code, id"

    standard_id = fields.Many2one("sbo.standard", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    criterion_ids = fields.One2many("sbo.standard.criterion", "section_id", "Criteria", copy=True)
    points = fields.Float(compute="_compute_points", store=True, digits=(8, 2))

    _code_uniq = models.Constraint("UNIQUE (standard_id, code)", "A standard has one section of each code.")

    @api.depends("criterion_ids.points")
    def _compute_points(self):
        for section in self:
            section.points = sum(section.criterion_ids.mapped("points"))

    @api.depends("code", "name")
    def _compute_display_name(self):
        for section in self:
            section.display_name = f"{section.code} {section.name}"
