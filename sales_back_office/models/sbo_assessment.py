from babel.dates import format_skeleton
from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date
from odoo.tools.misc import babel_locale_parse, get_lang

from ..tools import clock, periods

PAY_GROUPS = "sales_back_office.sbo_group_supervisor,sales_back_office.sbo_group_auditor"


class SboAssessment(models.Model):
    """The assessment sheet (绩效考核评分表) of one person for one period: 100 points less what findings cost.

    Live while it is a draft; once confirmed, only exemptions and appeals move it; locked, nothing does.
    """

    _name = "sbo.assessment"
    _description = "Assessment Sheet"
    _inherit = [
        "sbo.assessment.flow",
        "sbo.assessment.run",
        "sbo.assessment.sum",
        "sbo.assessment.correction",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "period_start desc, total desc, user_id, version desc, id"
    _mail_post_access = "read"

    user_id = fields.Many2one("res.users", "Assessee", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    standard_id = fields.Many2one("sbo.standard", required=True, readonly=True, index=True, ondelete="restrict")
    period_type = fields.Selection(
        [
            ("day", "Day"),
            ("five_day", "Five Days"),
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half_year", "Half Year"),
            ("year", "Year"),
        ],
        required=True,
        readonly=True,
        default="month",
    )
    period_start = fields.Date("From", required=True, readonly=True)
    period_end = fields.Date("Until", required=True, readonly=True)
    line_ids = fields.One2many("sbo.assessment.line", "assessment_id", "Criteria")
    deduction_ids = fields.One2many("sbo.assessment.deduction", "assessment_id", "Deductions")
    period_name = fields.Char("Period", compute="_compute_period_name")
    points_lost = fields.Float(readonly=True, digits=(8, 2), aggregator="avg")
    points_pending = fields.Float("Pending", readonly=True, digits=(8, 2), aggregator="avg")
    score = fields.Float(readonly=True, digits=(8, 2), aggregator="avg", help="Sum of the criteria, without bonus.")
    bonus = fields.Float(digits=(8, 2), aggregator="avg", tracking=True)
    bonus_reason = fields.Char()
    total = fields.Float("Total Score", readonly=True, digits=(8, 2), aggregator="avg", tracking=True)
    grade_id = fields.Many2one("sbo.standard.grade", readonly=True, ondelete="restrict", index="btree_not_null")
    coefficient = fields.Float(readonly=True, digits=(8, 2), aggregator="avg")
    rank = fields.Integer(compute="_compute_rank", help="Place among the sheets of the same period and company.")
    veto = fields.Boolean(tracking=True, help="Caps the grade at the lowest one, whatever the total.")
    veto_reason = fields.Char()
    veto_proposed = fields.Boolean(compute="_compute_veto_proposed")
    self_rated = fields.Boolean("Self-Rating Done", readonly=True)
    finance_rated = fields.Boolean("Rated by Finance")
    self_score = fields.Float(compute="_compute_ratings", digits=(8, 2))
    finance_score = fields.Float(compute="_compute_ratings", digits=(8, 2))
    self_comment = fields.Text("Own Comment")
    interview_note = fields.Text("Interview")
    improvement_plan = fields.Text()
    working_days = fields.Integer(readonly=True, aggregator="avg")
    attended_days = fields.Integer(
        aggregator="avg",
        help="Working days the person was there; fewer than the standard asks for: not assessed.",
    )
    not_assessed = fields.Boolean(readonly=True)
    pay_base = fields.Monetary("Performance Pay Base", groups=PAY_GROUPS)
    pay = fields.Monetary("Recommended Pay", readonly=True, groups=PAY_GROUPS)
    refreshed_at = fields.Datetime("Data Until", readonly=True)

    _sheet_uniq = models.UniqueIndex(
        "(company_id, user_id, period_type, period_start, version)",
        "This person already has a sheet for this period.",
    )
    _period_order = models.Constraint("CHECK (period_start <= period_end)", "A period cannot end before it starts.")

    @api.depends("user_id", "period_start", "period_end", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for sheet in self:
            name = f"{sheet.user_id.name or ''} · {sheet._period_label()}"
            if sheet.version > 1:
                name = self.env._("%(name)s (version %(n)s)", name=name, n=sheet.version)
            sheet.display_name = name

    @api.depends("period_start", "period_end", "period_type")
    @api.depends_context("lang")
    def _compute_period_name(self):
        for sheet in self:
            sheet.period_name = sheet._period_label()

    @api.depends("total", "not_assessed")
    def _compute_rank(self):
        """Places of all sheets in one query; people who are not assessed have none."""
        self.flush_model(["total", "not_assessed", "period_start", "period_type", "company_id", "corrects_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id, place FROM (
                     SELECT a.id, rank() OVER (PARTITION BY a.company_id, a.period_type, a.period_start
                                               ORDER BY a.total DESC) AS place
                       FROM sbo_assessment a
                      WHERE NOT a.not_assessed
                        AND NOT EXISTS (SELECT FROM sbo_assessment n WHERE n.corrects_id = a.id)
                        AND (a.company_id, a.period_type, a.period_start) IN (
                            SELECT company_id, period_type, period_start
                              FROM sbo_assessment WHERE id = ANY(%(ids)s))
                   ) ranked WHERE id = ANY(%(ids)s)""",
                ids=self.ids,
            )
        )
        places = dict(rows)
        for sheet in self:
            sheet.rank = places.get(sheet.id, 0)

    @api.depends("deduction_ids.state", "veto")
    def _compute_veto_proposed(self):
        for sheet in self:
            grave = sheet.deduction_ids.filtered(lambda d: d.state == "counted" and d.rule_id.veto)
            sheet.veto_proposed = bool(grave) and not sheet.veto

    @api.depends("line_ids.self_score", "line_ids.finance_score")
    def _compute_ratings(self):
        for sheet in self:
            sheet.self_score = sum(sheet.line_ids.mapped("self_score"))
            sheet.finance_score = sum(sheet.line_ids.mapped("finance_score"))

    @api.constrains("bonus", "bonus_reason", "veto", "veto_reason", "attended_days")
    def _check_judgement(self):
        for sheet in self:
            if not 0 <= sheet.bonus <= sheet.standard_id.max_bonus:
                raise ValidationError(
                    self.env._("The bonus lies between 0 and %s.", f"{sheet.standard_id.max_bonus:g}")
                )
            if sheet.bonus and not sheet.bonus_reason:
                raise ValidationError(self.env._("Say what the bonus is for."))
            if sheet.veto and not sheet.veto_reason:
                raise ValidationError(self.env._("Say what the veto is for."))
            if not 0 <= sheet.attended_days <= sheet.working_days:
                raise ValidationError(self.env._("The period has %s working days.", sheet.working_days))

    def action_refresh(self):
        """Bring open sheets up to this moment; a clerk may do so with the own sheet."""
        self.check_access("read")
        self._refresh()
        return True

    def action_confirm_findings(self):
        """Confirm every candidate pending on these sheets (never one's own: the ledger refuses it)."""
        self.deduction_ids.filtered(lambda d: d.finding_id.state == "candidate").finding_id.action_confirm()
        return True

    @api.model
    def action_my_sheet(self):
        """The menu “My Sheet”: the own sheet of the current month, made on the spot if need be."""
        user, company = self.env.user, self.env.company
        first, last = self._get_current_month(company)
        domain = [("user_id", "=", user.id)]
        sheet = self.search([*domain, ("company_id", "=", company.id), ("period_start", "=", first)], limit=1)
        standard = self.env["sbo.standard"]._get_current(company)
        if not sheet and standard and user in self._get_people(company):
            sheet = self._run(standard, first, last, user, company)
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("My Sheet"),
            "res_model": self._name,
            "domain": domain,
            "context": {"create": False},
            "view_mode": "list,form",
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p>")
            % self.env._("You have no sheet: you are not assessed, or no standard is in use yet."),
        }
        if sheet:
            sheet._refresh()
            action.update(view_mode="form", res_id=sheet[0].id, views=[(False, "form")])
        return action

    @api.model
    def _cron_refresh(self):
        """Nightly: start the current month and bring every open sheet up to date, company by company."""
        companies = self.env["res.company"].search([("active", "=", True)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            sheets = self.with_company(company)
            first, last = self._get_current_month(company)
            standard = self.env["sbo.standard"].with_company(company)._get_current(company)
            if standard:
                sheets._run(standard, first, last, sheets._get_people(company), company)
            sheets.search([("company_id", "=", company.id), ("state", "in", ("draft", "self_review"))])._refresh()
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_people(self, company):
        """Who is assessed unless told otherwise: clerks of the company who lead nobody."""
        clerks = self.env.ref("sales_back_office.sbo_group_clerk")
        leaders = self.env.ref("sales_back_office.sbo_group_supervisor")
        # Superuser: who has which role is not for clerks to read.
        people = clerks.sudo().all_user_ids - leaders.sudo().all_user_ids
        return people.filtered(lambda user: user.active and company in user.company_ids)

    @api.model
    def _get_current_month(self, company):
        return periods.bounds("month", periods.local_day(clock.now(self.env), self._zone(company)))

    def _period_label(self):
        if self.period_type == "month" and self.period_start:
            # Month before year or after it, as the language has it.
            locale = babel_locale_parse(get_lang(self.env).code)
            return format_skeleton("yMMMM", self.period_start, locale=locale)
        return f"{format_date(self.env, self.period_start)} – {format_date(self.env, self.period_end)}"
