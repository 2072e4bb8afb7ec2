from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# A new file may be filled in for so long before anybody complains.
FILING_DAYS = 7
NOTHING = SQL(
    "SELECT NULL::integer AS res_id, '' AS key, NULL::integer AS user_id, NULL::timestamp AS due_at, "
    "NULL::timestamp AS done_at, 1.0 AS quantity, '{}'::jsonb AS evidence WHERE FALSE")


class SboCustomerFileChecks(models.AbstractModel):
    """What the checks look for in customer files: gaps, expired licences, files that do not conform (DOMAIN A2.1)."""

    _name = "sbo.customer.file.checks"
    _description = "Checks on Customer Files"

    sbo_repeated = fields.Boolean(
        "Filed Before", compute="_compute_sbo_repeated", search="_search_sbo_repeated",
        help="The same customer was on file already, unless a supervisor has waived the finding about it.")

    def _compute_sbo_repeated(self):
        """One query for any number of customers."""
        repeated = self.search([("id", "in", self.ids), ("sbo_repeated", "=", True)])
        for partner in self:
            partner.sbo_repeated = partner._origin in repeated

    def _search_sbo_repeated(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        self.flush_model()
        self.env["sbo.finding"].flush_model()
        # The check of that name knows which of two customers is the later one; it asks for the company only.
        return Domain("id", "in", SQL(
            """(SELECT d.res_id FROM (%s) d
                 WHERE NOT EXISTS (SELECT 1 FROM sbo_finding f JOIN sbo_check k ON k.id = f.check_id
                                    WHERE k.code = 'customer_duplicate' AND f.res_model = 'res.partner'
                                      AND f.res_id = d.res_id AND f.key = d.key AND f.state = 'waived'))""",
            self._sbo_query_duplicate(self.env["sbo.check"])))

    def _sbo_query_customer_incomplete(self, check, ids=None) -> SQL:
        """Customers filed more than a week ago whose file is filled in to less than X percent."""
        today = fields.Datetime.context_timestamp(check, check._as_of()).date()
        items = self.env["sbo.customer.requirement"]._in_force()
        return SQL(
            """SELECT p.id AS res_id, '' AS key, NULL::integer AS user_id, NULL::timestamp AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('complete', %(share)s, 'missing', to_jsonb(%(missing)s)) AS evidence
                 FROM res_partner p
                WHERE p.sbo_is_customer AND p.active AND p.sbo_filed_on < %(before)s
                  AND %(share)s < %(limit)s %(narrow)s""",
            share=self._sbo_sql_completeness("p", items), missing=self._sbo_sql_missing("p", items),
            before=today - timedelta(days=FILING_DAYS), limit=check.parameter,
            narrow=self._sbo_sql_narrow(SQL("p.id"), ids))

    def _sbo_query_licence_expired(self, check, ids=None) -> SQL:
        """Licences past their last day that no other of the same kind has taken over from; due the day after."""
        day_after = SQL(
            "((l.valid_until + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", check.env.tz.zone)
        return SQL(
            """SELECT l.partner_id AS res_id, l.id::text AS key, NULL::integer AS user_id, %(due)s AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('licence_kind', l.kind, 'licence_number', l.name,
                                         'valid_until', l.valid_until) AS evidence
                 FROM sbo_licence l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE l.active AND p.active AND %(due)s <= %(as_of)s %(narrow)s
                  AND NOT EXISTS (SELECT 1 FROM sbo_licence n
                                   WHERE n.partner_id = l.partner_id AND n.kind = l.kind AND n.active
                                     AND (n.valid_until IS NULL OR n.valid_until > l.valid_until))""",
            due=day_after, as_of=check._as_of(), narrow=self._sbo_sql_narrow(SQL("l.partner_id"), ids))

    def _sbo_query_file_nonconforming(self, check, ids=None) -> SQL:
        """Of each clerk's customers X are looked at for each finished month; what their files lack, one row an item.

        The sample is drawn by a hash of month and customer, among those whom the clerk answered for at the month's
        last working moment: the same every night, for everybody, and nobody can choose it.
        """
        months = self._sbo_finished_months(check)
        if not months:
            return NOTHING
        return SQL(
            """SELECT s.id AS res_id, s.month || ':' || i.item AS key, NULL::integer AS user_id, s.due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('nonconforming', i.item, 'sampled', s.sampled, 'month', s.month) AS evidence
                 FROM (%(sample)s) s
                 JOIN res_partner p ON p.id = s.id
                CROSS JOIN LATERAL (VALUES %(items)s) i(item, is_missing)
                WHERE s.place <= %(size)s AND p.active AND i.is_missing %(narrow)s""",
            sample=self._sbo_sql_sample(check, months), size=int(check.parameter),
            items=SQL(", ").join(SQL("(%s, %s)", item, sql) for item, sql in self._sbo_nonconformities().items()),
            narrow=self._sbo_sql_narrow(SQL("s.id"), ids))

    @api.model
    def _sbo_sql_sample(self, check, months) -> SQL:
        """id, month, due_at, place in the clerk's sample, how many are sampled: each customer in each month."""
        self.env["sbo.responsibility"].flush_model()
        self.env["sbo.absence"].flush_model()
        holder = self.env["sbo.responsibility"]._sql_at(
            "res.partner", SQL("c.id"), SQL("m.due_at"), SQL("c.sbo_clerk_id"), alias="sample")
        return SQL(
            """SELECT d.id, d.month, d.due_at,
                      ROW_NUMBER() OVER (PARTITION BY d.month, d.user_id ORDER BY md5(d.month || d.id::text)) AS place,
                      LEAST(%(size)s, COUNT(*) OVER (PARTITION BY d.month, d.user_id)) AS sampled
                 FROM (SELECT c.id, m.month, m.due_at, %(user)s AS user_id
                         FROM res_partner c
                        CROSS JOIN (VALUES %(months)s) m(month, first_day, due_at)
                        %(joins)s
                        WHERE c.sbo_is_customer AND c.create_date <= m.due_at
                          AND (c.company_id IS NULL OR c.company_id = %(company)s)) d
                WHERE d.user_id IS NOT NULL""",
            size=int(check.parameter), user=holder[1], joins=holder[0], company=check.env.company.id,
            months=SQL(", ").join(SQL("(%s, %s::date, %s::timestamp)", *month) for month in months))

    @api.model
    def _sbo_nonconformities(self):
        """{item: SQL that is true when the file ``p`` of the sample ``s`` lacks it}; areas add theirs by override."""
        licence = SQL(
            """NOT EXISTS (SELECT 1 FROM sbo_licence l WHERE l.partner_id = p.id AND l.active AND l.kind = 'business'
                              AND (l.valid_until IS NULL OR l.valid_until >= s.due_at::date))""")
        contact = SQL(
            """NOT EXISTS (SELECT 1 FROM res_partner n WHERE n.parent_id = p.id AND n.active AND n.type = 'contact'
                              AND NOT COALESCE(n.is_company, FALSE))""")
        # Whoever has never ordered has nothing to be graded by.
        grade = SQL(
            """EXISTS (SELECT 1 FROM sbo_customer_figure f WHERE f.partner_id = p.id AND f.company_id = %s
                          AND f.first_order_on IS NOT NULL AND f.grade IS NULL)""", self.env.company.id)
        company = SQL("COALESCE(p.is_company, FALSE)")
        return {
            "industry": SQL("%s AND p.industry_id IS NULL", company),
            "region": SQL("p.sbo_region_id IS NULL AND EXISTS (SELECT 1 FROM sbo_region WHERE active)"),
            "size": SQL("%s AND p.sbo_size IS NULL", company),
            "grade": grade,
            "licence": SQL("%s AND %s", company, licence),
            "contact": SQL("%s AND %s", company, contact),
            "number": SQL("COALESCE(p.ref, '') = ''"),
            "invoicing": SQL("%s AND (COALESCE(p.vat, '') = '' OR COALESCE(p.sbo_invoice_title, '') = '')", company),
        }

    @api.model
    def _sbo_item_words(self):
        """{item: what is wrong, in the reader's words} for :meth:`_sbo_nonconformities`."""
        return {
            "industry": self.env._("No industry"),
            "region": self.env._("No region"),
            "size": self.env._("No size"),
            "grade": self.env._("No grade"),
            "licence": self.env._("No valid business licence"),
            "contact": self.env._("No contact person"),
            "number": self.env._("No file number"),
            "invoicing": self.env._("No tax code or no invoice title"),
        }
