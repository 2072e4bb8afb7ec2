from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.graded import is_graded

CONTRACT = "sbo.contract"


class SboCheckLevel(models.AbstractModel):
    """How bad a case is: one level for all cases of a check, or a level of each case that rises with its figure.

    A check on contracts can be a risk flag (风险预警): its findings stand on the contract, are reported and answered
    by measures.
    """

    _name = "sbo.check.level"
    _description = "Check: Levels"

    risk = fields.Boolean(
        "Risk Flag", tracking=True,
        help="What this check finds on a contract is a risk that is reported to those who lead, not an error of a "
        "clerk.")
    graded = fields.Boolean("Level Rises", compute="_compute_graded")
    high_above = fields.Float(
        tracking=True, help="With a figure above this the case is at least of the level High; 0: never.")
    critical_above = fields.Float(
        tracking=True, help="With a figure above this the case is of the level Critical; 0: never.")

    @api.depends("kind", "method", "model_id")
    def _compute_graded(self):
        for check in self:
            check.graded = check._is_graded()

    @api.constrains("risk", "model_id")
    def _check_risk(self):
        for check in self:
            if check.risk and check.model != CONTRACT:
                raise ValidationError(self.env._("A risk flag stands on a contract; “%s” looks at other records.",
                                                 check.name))

    def write(self, vals):
        result = super().write(vals)
        if "risk" in vals:
            self._mark_flags()
        return result

    def _is_graded(self):
        """Whether the query of this check gives each case its own level."""
        return self.kind == "method" and self.model in self.env and is_graded(self.env[self.model], self.method)

    def _sql_level(self, figure) -> SQL:
        """The level of a case by its figure: that of the check, raised where the figure is above a limit of it."""
        steps = [(level, limit) for level, limit in (("4", self.critical_above), ("3", self.high_above))
                 if limit and level > self.severity]
        if not steps:
            return SQL("%s", self.severity)
        return SQL("CASE %s ELSE %s END", SQL(" ").join(
            SQL("WHEN %s > %s THEN %s", figure, limit, level) for level, limit in steps), self.severity)

    def _flagged(self):
        """Whether the findings of this check are risk flags of contracts."""
        return bool(self.risk and self.model == CONTRACT)

    def _mark_flags(self):
        """What has been found before becomes a flag of its contract, or is none any more."""
        self.env["sbo.finding"].flush_model()
        for check in self:
            self.env.cr.execute(SQL(
                "UPDATE sbo_finding SET contract_id = %s WHERE check_id = %s AND res_model = %s",
                SQL("res_id") if check._flagged() else SQL("NULL"), check.id, CONTRACT))
        self.env["sbo.finding"].invalidate_model(["contract_id"])
