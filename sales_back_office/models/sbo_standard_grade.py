from odoo import fields, models


class SboStandardGrade(models.Model):
    """A grade of a standard (等级): from which score on, and the coefficient of the performance pay."""

    _name = "sbo.standard.grade"
    _description = "Grade of an Assessment Standard"
    _inherit = ["sbo.standard.part"]
    _order = "standard_id, min_score desc, id"

    standard_id = fields.Many2one("sbo.standard", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, translate=True)
    min_score = fields.Float("From Score", required=True, digits=(8, 2))
    coefficient = fields.Float(required=True, default=1.0, digits=(8, 2))

    _score_uniq = models.Constraint("UNIQUE (standard_id, min_score)", "Two grades cannot begin at the same score.")
    _score_positive = models.Constraint(
        "CHECK (min_score >= 0 AND coefficient >= 0)", "Scores and coefficients cannot be negative."
    )
