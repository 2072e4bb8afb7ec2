from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import periods


class SboAssessmentStart(models.TransientModel):
    """Starts a period: makes the sheets of the people chosen, or brings them up to date where they exist."""

    _name = "sbo.assessment.start"
    _description = "Start an Assessment Period"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    standard_id = fields.Many2one(
        "sbo.standard",
        compute="_compute_standard_id",
        store=True,
        readonly=False,
        domain="[('state', '=', 'in_use'), ('company_id', 'in', [company_id, False])]",
    )
    period_type = fields.Selection(
        lambda self: self.env["sbo.assessment"]._fields["period_type"]._description_selection(self.env),
        required=True,
        default="month",
    )
    day = fields.Date("Any Day of It", required=True, default=fields.Date.context_today)
    period_start = fields.Date("From", compute="_compute_bounds")
    period_end = fields.Date("Until", compute="_compute_bounds")
    user_ids = fields.Many2many(
        "res.users",
        string="People",
        compute="_compute_user_ids",
        store=True,
        readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="By default the clerks of the company who lead nobody.",
    )

    @api.depends("company_id")
    def _compute_standard_id(self):
        for wizard in self:
            wizard.standard_id = self.env["sbo.standard"]._get_current(wizard.company_id)

    @api.depends("period_type", "day")
    def _compute_bounds(self):
        for wizard in self:
            known = wizard.period_type and wizard.day
            wizard.period_start, wizard.period_end = (
                periods.bounds(wizard.period_type, wizard.day) if known else (False, False)
            )

    @api.depends("company_id")
    def _compute_user_ids(self):
        for wizard in self:
            wizard.user_ids = self.env["sbo.assessment"]._get_people(wizard.company_id)

    def action_start(self):
        self.ensure_one()
        if not self.standard_id:
            raise UserError(self.env._("No standard is in use yet. Put one in use first."))
        if not self.user_ids:
            raise UserError(self.env._("Choose the people to assess: nobody has the role of a clerk here."))
        sheets = self.env["sbo.assessment"]._run(
            self.standard_id, self.period_start, self.period_end, self.user_ids, self.company_id
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_assessment_action")
        return dict(action, domain=[("id", "in", sheets.ids)], context={})
