from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, format_date

LIFECYCLES = [
    ("prospect", "Prospect"), ("new", "New Customer"), ("active", "Buying"), ("warning", "At Risk"),
    ("dormant", "Dormant"), ("lost", "Churned"),
]
GRADES = [("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]
BY_HAND = {"grade_manual", "grade_manual_until", "grade_manual_reason"}


class SboCustomerFigure(models.Model):
    """The purchase record (购买记录) of one customer in one company, as of the company's last night.

    A customer who has never ordered needs none: it is a prospect. The figures are written by SQL, people set only
    the grade by hand.
    """

    _name = "sbo.customer.figure"
    _description = "Purchase Record"
    _inherit = ["sbo.customer.figure.refresh"]
    _order = "amount_12m desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade",
                                 default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id")
    sbo_clerk_id = fields.Many2one(related="partner_id.sbo_clerk_id")
    amount_12m = fields.Monetary("Sales of 12 Months", readonly=True, default=0, help="Untaxed, confirmed orders.")
    order_count_12m = fields.Integer("Orders in 12 Months", readonly=True, default=0)
    first_order_on = fields.Date("First Order", readonly=True)
    last_order_on = fields.Date("Last Order", readonly=True)
    interval_days = fields.Float(
        "Own Interval", readonly=True, digits=(16, 2), aggregator="avg",
        help="Mean number of days between the customer's order days, from the third one on.")
    lifecycle = fields.Selection(LIFECYCLES, readonly=True, default="prospect")
    grade_auto = fields.Selection(GRADES, "Grade by Figures", readonly=True)
    grade_manual = fields.Selection(GRADES, "Grade by Hand")
    grade_manual_on = fields.Date("Set on", readonly=True)
    grade_manual_until = fields.Date("Valid Until", help="Empty: until somebody takes it back.")
    grade_manual_reason = fields.Char("Reason")
    grade_manual_by_id = fields.Many2one("res.users", "Set by", readonly=True, ondelete="restrict")
    grade = fields.Selection(GRADES, readonly=True, help="The grade by hand as long as it is valid, else by figures.")

    _customer_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)", "This customer already has a purchase record in this company.")
    _company_amount_idx = models.Index("(company_id, amount_12m)")

    @api.constrains("grade_manual", "grade_manual_reason", "grade_manual_until", "grade_manual_on", "partner_id")
    def _check_by_hand(self):
        for figure in self:
            if figure.grade_manual and not (figure.grade_manual_reason or "").strip():
                raise ValidationError(self.env._("Say why %s gets its grade by hand.", figure.partner_id.display_name))
            until = figure.grade_manual and figure.grade_manual_until
            if until and until < figure.grade_manual_on:
                raise ValidationError(self.env._("A grade by hand cannot end before it begins."))
            if figure.partner_id != figure.partner_id.commercial_partner_id:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact of %(customer)s: the grade belongs to the customer.",
                    contact=figure.partner_id.display_name,
                    customer=figure.partner_id.commercial_partner_id.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        plain = [{name: value for name, value in vals.items() if name not in BY_HAND} for vals in vals_list]
        for vals in plain:
            self._check_only_by_hand(set(vals) - {"partner_id", "company_id"})
        figures = super().create(plain)
        for figure, vals in zip(figures, vals_list, strict=True):
            if by_hand := {name: vals[name] for name in BY_HAND & set(vals)}:
                figure.write(by_hand)
        return figures

    def write(self, vals):
        """A grade by hand is dated, signed and noted in the history, through whatever door it comes."""
        if BY_HAND.isdisjoint(vals):
            self._check_only_by_hand(vals)
            return super().write(vals)
        self._check_only_by_hand(set(vals) - BY_HAND)
        former, reason = {figure: figure.grade for figure in self}, vals.get("grade_manual_reason")
        if not vals.get("grade_manual", True):
            vals = dict(vals, grade_manual_until=False, grade_manual_reason=False)
        today = self._local_day(fields.Datetime.now())
        result = super().write(dict(vals, grade_manual_on=today, grade_manual_by_id=self.env.uid))
        for figure in self:
            super(SboCustomerFigure, figure).write({
                "grade": figure.grade_manual or figure.grade_auto,
                **({} if figure.grade_manual else {"grade_manual_on": False, "grade_manual_by_id": False}),
            })
        self._log_by_hand(former, reason)
        self.env["res.partner"].invalidate_model(["sbo_grade", "sbo_grade_words"])
        return result

    @api.model
    def action_grade_now(self):
        """Figures and grades as of now, in the middle of a month, too."""
        if not self.env.user.has_group("sales_back_office.sbo_group_supervisor"):
            raise AccessError(self.env._("Only a back-office supervisor grades customers before the month is over."))
        self._refresh(companies=self.env.company, grade=True)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_customer(self):
        """Open the customer this record is about."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "res.partner", "res_id": self.partner_id.id,
                "views": [[False, "form"]]}

    @api.model
    def _set_by_hand(self, partners, vals):
        """Set the grade of customers of ``env.company`` by hand, with or without a purchase record yet."""
        known = self.search([("partner_id", "in", partners.ids), ("company_id", "=", self.env.company.id)])
        known.write(vals)
        new = self.create([dict(vals, partner_id=partner.id) for partner in partners - known.partner_id])
        return known | new

    def _check_only_by_hand(self, names):
        """Figures are counted, not entered: people write nothing but the grade by hand."""
        if names and not self.env.su:
            raise AccessError(self.env._(
                "A purchase record is counted from the orders every night; only a supervisor's grade is set by hand."))

    def _log_by_hand(self, former, reason):
        # Superuser: the history is written by the system, nobody enters it.
        self.env["sbo.grade.change"].sudo().create([
            {"partner_id": figure.partner_id.id, "company_id": figure.company_id.id, "old_grade": former[figure],
             "new_grade": figure.grade, "changed_at": fields.Datetime.now(), "kind": "manual",
             "user_id": self.env.uid, "until": figure.grade_manual_until, "reason": reason}
            for figure in self
        ])

    def _by_hand_in_words(self):
        """Who set the grade, until when and why, in one line."""
        self.ensure_one()
        words = self.env._("%(who)s, %(day)s: %(reason)s", who=self.grade_manual_by_id.name,
                           day=format_date(self.env, self.grade_manual_on), reason=self.grade_manual_reason)
        until = self.grade_manual_until
        if not until:
            return words
        return self.env._("%(words)s (until %(day)s)", words=words, day=format_date(self.env, until))

    @api.model
    def _sql_join(self, partner, company_id, alias) -> SQL:
        """LEFT JOIN of the purchase records of one company, for queries of other areas.

        :param partner: SQL of the id of the customer
        :param alias: name of the joined table in the query
        """
        return SQL(
            "LEFT JOIN sbo_customer_figure %(alias)s ON %(partner_id)s = %(partner)s AND %(company_id)s = %(company)s",
            alias=SQL.identifier(alias), partner_id=SQL.identifier(alias, "partner_id"), partner=partner,
            company_id=SQL.identifier(alias, "company_id"), company=company_id)
