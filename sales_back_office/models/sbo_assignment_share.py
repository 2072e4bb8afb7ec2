from odoo import api, fields, models


class SboAssignmentShare(models.Model):
    """One salesperson's share in a distribution rule: 5 of 5:3:2, and what has come of it (分配比例)."""

    _name = "sbo.assignment.share"
    _description = "Distribution Share"
    _order = "rule_id, sequence, id"
    _rec_name = "user_id"

    rule_id = fields.Many2one("sbo.assignment.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", required=True, index=True, ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    weight = fields.Integer("Share", required=True, default=1, aggregator=None)
    planned = fields.Float("Planned %", compute="_compute_figures", digits=(5, 1), aggregator=None)
    actual = fields.Float("Actual %", compute="_compute_figures", digits=(5, 1), aggregator=None)
    given = fields.Integer(compute="_compute_figures", help="Customers given in the counting period.")

    _weight = models.Constraint("CHECK (weight > 0)", "A share must be more than zero; take the line out instead.")
    _user_uniq = models.UniqueIndex("(rule_id, user_id)", "Everybody has one share in a rule.")

    @api.depends_context("sbo_as_of")
    @api.depends("weight", "active", "rule_id.share_ids.weight", "rule_id.share_ids.active", "rule_id.period")
    def _compute_figures(self):
        """Plan and reality of all rules in one query."""
        figures = self.rule_id._figures()
        for share in self:
            line = figures.get(share.rule_id.id, {}).get(share.user_id.id, {})
            share.planned = line.get("planned", 0)
            share.actual = line.get("actual", 0)
            share.given = line.get("given", 0)
