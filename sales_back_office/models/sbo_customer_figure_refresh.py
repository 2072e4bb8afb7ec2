import logging

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import clock
from ..tools.staging import staged

_logger = logging.getLogger(__name__)
FIGURES = ("amount_12m", "order_count_12m", "first_order_on", "last_order_on", "interval_days", "lifecycle")


class SboCustomerFigureRefresh(models.AbstractModel):
    """How purchase records come from the orders: a few statements per company, whatever the number of customers.

    Everything is as of a moment, in the company's time zone: a past day can be looked at as it was.
    """

    _name = "sbo.customer.figure.refresh"
    _description = "Purchase Records: Refresh"

    # === nights === #

    def _cron_refresh(self):
        """Nightly: purchase records of every company, and the grades in the first night of a month."""
        companies = self.env["res.company"].search([("active", "=", True)])
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(companies))
        for company in companies:
            self._refresh(companies=company)
            if not commit(1):
                break

    @api.model
    def _refresh(self, as_of=None, companies=None, grade=False):
        """Bring the purchase records up to a moment; grade as well when the month has not been graded yet.

        :param as_of: the moment that counts as now, naive UTC
        :param grade: grade in any case
        """
        as_of = as_of or clock.now(self.env)
        self.env.flush_all()
        for company in companies or self.env.company:
            figures = self._in_company(company)
            day = figures._local_day(as_of)
            due = grade or not company.sbo_graded_on or company.sbo_graded_on < day.replace(day=1)
            counts = figures._write_figures(as_of, day, due)
            figures._end_expired(as_of, day)
            if due:
                figures._write_grades(as_of)
                company.sudo().sbo_graded_on = day
            company.sudo().sbo_figures_on = day
            _logger.info("purchase records of %s as of %s: %s", company.name, day, counts)
        self.env["sbo.customer.figure"].invalidate_model()
        self.env["sbo.grade.change"].invalidate_model()
        self.env["res.partner"].invalidate_model()

    # === the statements === #

    def _write_figures(self, as_of, day, grade=False):
        """Write what has changed: how many (changed, new, without orders any more).

        :param grade: customers who are new here get their grade at once, not by a second update of the row
        """
        with staged(self.env.cr, "sbo_figure_now", self._sql_figures(as_of, day), ["partner_id"]):
            # Not ON CONFLICT DO UPDATE: that locks and rewrites every row, changed or not.
            return self._change_figures(), self._add_figures(as_of, grade), self._clear_figures()

    def _change_figures(self):
        sets = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), SQL.identifier("n", name)) for name in FIGURES)
        self.env.cr.execute(SQL(
            """UPDATE sbo_customer_figure f
                  SET %(sets)s, write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                 FROM sbo_figure_now n
                WHERE f.company_id = %(company)s AND f.partner_id = n.partner_id
                  AND (%(old)s) IS DISTINCT FROM (%(new)s)""",
            sets=sets, old=self._sql_columns("f", FIGURES), new=self._sql_columns("n", FIGURES),
            company=self.env.company.id, uid=self.env.uid))
        return self.env.cr.rowcount

    def _add_figures(self, as_of, grade):
        grades = self._sql_reached(SQL("SELECT * FROM sbo_figure_now")) if grade else SQL(
            "SELECT *, NULL AS reached FROM sbo_figure_now")
        [(count,)] = self.env.execute_query(SQL(
            """WITH added AS (
                   INSERT INTO sbo_customer_figure (partner_id, company_id, %(columns)s, grade_auto, grade,
                                                    create_uid, write_uid, create_date, write_date)
                   SELECT n.partner_id, %(company)s, %(new)s, n.reached, n.reached, %(uid)s, %(uid)s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM (%(grades)s) n
                    WHERE NOT EXISTS (SELECT FROM sbo_customer_figure f
                                       WHERE f.company_id = %(company)s AND f.partner_id = n.partner_id)
                   ON CONFLICT (partner_id, company_id) DO NOTHING
                RETURNING partner_id, company_id, NULL AS old_grade, grade),
               logged AS (%(log)s)
               SELECT COUNT(*) FROM added""",
            columns=SQL(", ").join(map(SQL.identifier, FIGURES)), new=self._sql_columns("n", FIGURES), grades=grades,
            log=self._sql_log(SQL("added"), as_of, "automatic"), company=self.env.company.id, uid=self.env.uid))
        return count

    def _clear_figures(self):
        """Customers whose orders have all been cancelled are prospects again."""
        self.env.cr.execute(SQL(
            """UPDATE sbo_customer_figure f
                  SET amount_12m = 0, order_count_12m = 0, first_order_on = NULL, last_order_on = NULL,
                      interval_days = NULL, lifecycle = 'prospect', write_uid = %(uid)s,
                      write_date = now() AT TIME ZONE 'UTC'
                WHERE f.company_id = %(company)s AND f.lifecycle <> 'prospect'
                  AND NOT EXISTS (SELECT FROM sbo_figure_now n WHERE n.partner_id = f.partner_id)""",
            company=self.env.company.id, uid=self.env.uid))
        return self.env.cr.rowcount

    def _sql_figures(self, as_of, day, ids=None) -> SQL:
        """Purchase records of the customers of ``env.company`` who have ordered: partner_id and FIGURES.

        :param ids: only these customers, all when None
        """
        company = self.env.company
        interval = SQL("CASE WHEN s.days >= 3 THEN ROUND((s.last_on - s.first_on)::numeric / (s.days - 1), 2) END")
        return SQL(
            """SELECT s.partner_id, ROUND(COALESCE(s.amount, 0), %(digits)s) AS amount_12m,
                      COALESCE(s.orders, 0)::integer AS order_count_12m, s.first_on AS first_order_on,
                      s.last_on AS last_order_on, %(interval)s AS interval_days, %(lifecycle)s AS lifecycle
                 FROM (SELECT d.partner_id, SUM(d.amount) FILTER (WHERE d.day > %(since)s) AS amount,
                              SUM(d.orders) FILTER (WHERE d.day > %(since)s) AS orders,
                              MIN(d.day) AS first_on, MAX(d.day) AS last_on, COUNT(*) AS days
                         FROM (%(days)s) d GROUP BY 1) s""",
            digits=company.currency_id.decimal_places, since=day - relativedelta(years=1), interval=interval,
            lifecycle=self._sql_lifecycle(day, interval), days=self._sql_order_days(as_of, ids))

    def _sql_order_days(self, as_of, ids) -> SQL:
        """What a customer ordered on each local day, in company currency at the order's own rate."""
        return SQL(
            """SELECT c.commercial_partner_id AS partner_id,
                      (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
                      SUM(o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1)) AS amount, COUNT(*) AS orders
                 FROM sale_order o JOIN res_partner c ON c.id = o.partner_id
                WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order <= %(as_of)s %(narrow)s
                GROUP BY 1, 2""",
            tz=self.env.company._sbo_tz(), company=self.env.company.id, as_of=as_of,
            narrow=SQL("AND c.commercial_partner_id = ANY(%s)", list(ids)) if ids is not None else SQL())

    def _sql_lifecycle(self, day, interval) -> SQL:
        """Where a customer ``s`` stands on a day, by the company's days since the first and the last order."""
        policy = self.env.company.sudo()
        silent = SQL("(%s - s.last_on)", day)
        habit = SQL("WHEN %s > 2 * (%s) THEN 'warning'", silent, interval) if policy.sbo_own_interval else SQL()
        return SQL(
            """CASE WHEN %(silent)s > %(dormant)s THEN 'lost' WHEN %(silent)s > %(warning)s THEN 'dormant'
                    %(habit)s
                    WHEN %(day)s - s.first_on <= %(new)s THEN 'new'
                    WHEN %(silent)s > %(active)s THEN 'warning' ELSE 'active' END""",
            silent=silent, habit=habit, day=day, new=policy.sbo_days_new, active=policy.sbo_days_active,
            warning=policy.sbo_days_warning, dormant=policy.sbo_days_dormant)

    def _write_grades(self, as_of):
        """Grade the customers of ``env.company`` by their share; a grade by hand goes first as long as it is valid."""
        self._log_grades(as_of, "automatic", SQL(
            """SELECT r.id, r.grade AS old_grade, r.reached AS grade_auto,
                      COALESCE(r.grade_manual, r.reached) AS grade, r.grade_manual, r.grade_manual_on,
                      r.grade_manual_until, r.grade_manual_reason, r.grade_manual_by_id
                 FROM (%s) r""",
            self._sql_reached(SQL("SELECT * FROM sbo_customer_figure WHERE company_id = %s", self.env.company.id))))

    def _sql_reached(self, figures) -> SQL:
        """Purchase records with the grade their sales have ``reached``: A until the first share is full.

        Customers with equal sales have equal grades; without sales in the 12 months it is C, without any order none.
        """
        policy = self.env.company.sudo()
        return SQL(
            """SELECT f.*, CASE WHEN f.lifecycle = 'prospect' THEN NULL WHEN f.amount_12m <= 0 THEN 'c'
                                WHEN f.better < %(a)s * f.total THEN 'a' WHEN f.better < %(b)s * f.total THEN 'b'
                                ELSE 'c' END AS reached
                 FROM (SELECT *, SUM(GREATEST(amount_12m, 0)) OVER (ORDER BY amount_12m DESC)
                                 - SUM(GREATEST(amount_12m, 0)) OVER (PARTITION BY amount_12m) AS better,
                              SUM(GREATEST(amount_12m, 0)) OVER () AS total
                         FROM (%(figures)s) x) f""",
            a=policy.sbo_share_a / 100, b=policy.sbo_share_b / 100, figures=figures)

    def _end_expired(self, as_of, day):
        """Grades by hand whose time is over give way to the figures; the history keeps them."""
        self._log_grades(as_of, "expired", SQL(
            """SELECT id, grade AS old_grade, grade_auto, grade_auto AS grade, NULL AS grade_manual,
                      NULL::date AS grade_manual_on, NULL::date AS grade_manual_until, NULL AS grade_manual_reason,
                      NULL::integer AS grade_manual_by_id
                 FROM sbo_customer_figure WHERE company_id = %s AND grade_manual_until < %s""",
            self.env.company.id, day))

    def _log_grades(self, as_of, kind, graded):
        """Write new grades where they differ, and the history of every customer whose grade has moved."""
        names = ("grade_auto", "grade", "grade_manual", "grade_manual_on", "grade_manual_until", "grade_manual_reason",
                 "grade_manual_by_id")
        self.env.cr.execute(SQL(
            """WITH moved AS (
                   UPDATE sbo_customer_figure f
                      SET %(sets)s, write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                     FROM (%(graded)s) g
                    WHERE g.id = f.id AND (%(old)s) IS DISTINCT FROM (%(new)s)
                RETURNING f.partner_id, f.company_id, g.old_grade, f.grade)
               %(log)s""",
            sets=SQL(", ").join(SQL("%s = %s", SQL.identifier(name), SQL.identifier("g", name)) for name in names),
            old=self._sql_columns("f", names), new=self._sql_columns("g", names), graded=graded, uid=self.env.uid,
            log=self._sql_log(SQL("moved"), as_of, kind)))

    def _sql_log(self, source, as_of, kind) -> SQL:
        """The history of the customers of a subquery whose grade is not what it was."""
        return SQL(
            """INSERT INTO sbo_grade_change (partner_id, company_id, old_grade, new_grade, changed_at, kind,
                                             create_uid, write_uid, create_date, write_date)
               SELECT partner_id, company_id, old_grade, grade, %(as_of)s, %(kind)s, %(uid)s, %(uid)s,
                      now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                 FROM %(source)s WHERE old_grade IS DISTINCT FROM grade""",
            source=source, as_of=as_of, kind=kind, uid=self.env.uid)

    # === helpers === #

    @api.model
    def _sql_columns(self, alias, names) -> SQL:
        return SQL(", ").join(SQL.identifier(alias, name) for name in names)

    def _in_company(self, company):
        return self.sudo().with_company(company).with_context(tz=company._sbo_tz(), lang=None)

    def _local_day(self, as_of):
        """The day of the company in which a moment lies."""
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self.env.company._sbo_tz()), as_of).date()

    def _sql_top_products(self, as_of, day, ids, limit) -> SQL:
        """(customer, product, amount) of what each of these customers bought most of in 12 months, best first."""
        return SQL(
            """SELECT partner_id, product_id, amount FROM (
                 SELECT c.commercial_partner_id AS partner_id, l.product_id,
                        SUM(l.price_subtotal / COALESCE(NULLIF(o.currency_rate, 0), 1)) AS amount,
                        row_number() OVER (PARTITION BY c.commercial_partner_id ORDER BY
                            SUM(l.price_subtotal / COALESCE(NULLIF(o.currency_rate, 0), 1)) DESC, l.product_id) AS place
                   FROM sale_order o
                   JOIN res_partner c ON c.id = o.partner_id
                   JOIN sale_order_line l ON l.order_id = o.id
                  WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order <= %(as_of)s
                    AND (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date > %(since)s
                    AND c.commercial_partner_id = ANY(%(ids)s) AND l.product_id IS NOT NULL
                  GROUP BY 1, 2) x WHERE place <= %(limit)s ORDER BY partner_id, place""",
            company=self.env.company.id, as_of=as_of, tz=self.env.company._sbo_tz(),
            since=day - relativedelta(years=1), ids=list(ids), limit=limit)
