from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL
from stdnum import get_cc_module
from stdnum.cn import uscc


class SboResPartnerChecks(models.AbstractModel):
    """What the customers area looks for in customers (DOMAIN 1.2 A)."""

    _name = "sbo.res.partner.checks"
    _description = "Checks on Customers"
    _inherit = ["sbo.checked.mixin"]

    sbo_verified_on = fields.Date(
        "Last Verified", copy=False, tracking=True, help="When the file was last compared with reality.")
    sbo_code_invalid = fields.Boolean(
        "Code Does Not Validate", compute="_compute_sbo_code_invalid", store=True,
        help="The tax or social credit code has a wrong length, character or check digit. It is told, never refused.")

    @api.depends("vat", "country_id", "is_company")
    def _compute_sbo_code_invalid(self):
        """Companies only; countries whose code nobody can check count as valid."""
        for partner in self:
            code = (partner.vat or "").strip()
            partner.sbo_code_invalid = bool(
                partner.is_company and len(code) > 1 and not self._sbo_code_valid(code, partner.country_id.code))

    def action_sbo_verified(self):
        """Checked today, nothing changed."""
        self.check_access("write")
        self.write({"sbo_verified_on": fields.Date.context_today(self)})

    def _sbo_query_not_verified(self, check, ids=None) -> SQL:
        """Customers with a clerk and an order in the X days before a month's last working moment, not verified
        in it although it is over (DOMAIN A1.3). The month before stays open until the customer is verified.
        """
        months = self._sbo_finished_months(check)
        if not months:
            return SQL(
                "SELECT NULL::integer AS res_id, '' AS key, NULL::integer AS user_id, NULL::timestamp AS due_at, "
                "NULL::timestamp AS done_at, 1.0 AS quantity, '{}'::jsonb AS evidence WHERE FALSE")
        return SQL(
            """SELECT p.id AS res_id, b.key, NULL::integer AS user_id, b.due_at, NULL::timestamp AS done_at,
                      1.0 AS quantity, jsonb_build_object('verified', p.sbo_verified_on) AS evidence
                 FROM (SELECT DISTINCT c.commercial_partner_id AS customer_id, m.key, m.first_day, m.due_at
                         FROM (VALUES %(months)s) m(key, first_day, due_at)
                         JOIN sale_order o ON o.date_order <= m.due_at
                          AND o.date_order > m.due_at - %(days)s * interval '1 day'
                         JOIN res_partner c ON c.id = o.partner_id
                        WHERE o.state = 'sale' AND o.company_id = %(company)s) b
                 JOIN res_partner p ON p.id = b.customer_id
                WHERE (p.sbo_verified_on IS NULL OR p.sbo_verified_on < b.first_day)
                  AND p.active AND p.sbo_clerk_id IS NOT NULL %(narrow)s""",
            months=SQL(", ").join(SQL("(%s, %s::date, %s::timestamp)", *month) for month in months),
            company=check.env.company.id, days=check.parameter,
            narrow=self._sbo_sql_narrow(SQL("p.id"), ids),
        )

    @api.model
    def _sbo_finished_months(self, check):
        """[(key, first day, last working moment)] of this month and the one before, if that moment is over."""
        today = fields.Datetime.context_timestamp(check, check._as_of()).date()
        firsts = [today.replace(day=1) - relativedelta(months=back) for back in (1, 0)]
        calendar = check._calendar()
        rows = self.env.execute_query(SQL(
            """SELECT date_trunc('month', date)::date, MAX(end_at) FROM sbo_working_day
                WHERE calendar_id = %s AND date >= %s AND date < %s GROUP BY 1 ORDER BY 1""",
            calendar.id, firsts[0], firsts[1] + relativedelta(months=1)))
        return [(first.strftime("%Y-%m"), first, end) for first, end in rows
                if end <= check._as_of() + timedelta(seconds=1)]

    @api.model
    def _sbo_code_valid(self, code, country):
        """Whether a code passes its country's check (GB 32100 for China), by python-stdnum."""
        if (country or "CN") == "CN":
            return uscc.is_valid(code)
        module = get_cc_module(country.lower(), "vat")
        bare = code.upper().removeprefix(country)
        return module is None or module.is_valid(code) or module.is_valid(bare)
