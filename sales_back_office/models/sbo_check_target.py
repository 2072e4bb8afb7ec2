from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

GRAIN = {"week": SQL("'1 week'::interval"), "month": SQL("'1 month'::interval")}
KEY_FORMAT = {"week": 'IYYY-"W"IW', "month": "YYYY-MM"}


class SboCheckTarget(models.AbstractModel):
    """A target figure as a check: what a person should have reached in each week or month, and did not.

    Counts records (or sums a field) per responsible and finished period; what is missing is a finding on the
    person, with the period as key, due at the period's end and ended there: it never opens twice.
    """

    _name = "sbo.check.target"
    _description = "Check: Target"

    def _target_sql(self, ids=None) -> SQL:
        """Shortfalls of all finished periods since the company's first day, one row per person and period."""
        tz = self.env.tz.zone
        grain = GRAIN[self.target_period]
        return SQL(
            """SELECT u.id AS res_id, to_char(p.day, %(format)s) AS key, u.id AS user_id, p.ends_at AS due_at,
                      p.ends_at AS done_at, FLOOR(p.goal - COALESCE(m.figure, 0)) AS quantity,
                      jsonb_build_object('target', p.goal, 'reached', COALESCE(m.figure, 0),
                                         'period_from', p.day::date, 'period_to', (p.day + %(grain)s)::date - 1)
                      AS evidence
                 FROM res_users u
                CROSS JOIN (%(periods)s) p
                 LEFT JOIN (%(measure)s) m ON m.user_id = u.id AND m.day = p.day
                WHERE u.id = ANY(%(people)s) AND u.company_id = %(company)s
                  AND FLOOR(p.goal - COALESCE(m.figure, 0)) > 0 %(narrow)s""",
            format=KEY_FORMAT[self.target_period], grain=grain, company=self.env.company.id,
            people=self._target_people().ids,
            periods=self._target_periods_sql(grain, tz),
            measure=self._target_measure_sql(tz),
            narrow=SQL("AND u.id = ANY(%s)", list(ids)) if ids is not None else SQL(),
        )

    def _target_periods_sql(self, grain, tz) -> SQL:
        """Finished periods: first local day, end (UTC) and the goal, pro rata to the working days when asked."""
        goal = SQL("%s::numeric", self.parameter)
        if self.target_prorate:
            calendar = self._calendar()
            nominal = 5.0 if self.target_period == "week" else 21.75
            goal = SQL(
                """ROUND(%s * LEAST(1, (SELECT COUNT(DISTINCT w.date) FROM sbo_working_day w
                    WHERE w.calendar_id = %s AND w.date >= d::date AND w.date < (d + %s)::date) / %s), 2)""",
                goal, calendar.id, grain, nominal)
        return SQL(
            """SELECT d AS day, (d + %(grain)s) AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' AS ends_at, %(goal)s AS goal
                 FROM generate_series(date_trunc(%(period)s, %(first)s::timestamp), %(last)s::timestamp, %(grain)s) d
                WHERE d >= %(first)s AND (d + %(grain)s) AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' <= %(as_of)s""",
            grain=grain, tz=tz, goal=goal, period=self.target_period, as_of=self._as_of(), last=self._as_of(),
            first=self._since_day() or self._as_of().date())

    def _target_measure_sql(self, tz) -> SQL:
        """The figure reached, per responsible and period."""
        model = self.env[self.target_model]
        query = self._target_query(model)
        user = self._sql_path(model, query, self.target_user_path)
        moment = self._sql_path(model, query, self.target_date_path)
        if self._path_field(model, self.target_date_path).type == "datetime":
            moment = SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", moment, tz)
        figure = SQL("COUNT(*)")
        if self.target_sum_path:
            figure = SQL("SUM(%s)", self._sql_path(model, query, self.target_sum_path))
        day = SQL("date_trunc(%s, %s::timestamp)", self.target_period, moment)
        rows = query.select(SQL("%s AS user_id", user), SQL("%s AS day", day), SQL("%s::numeric AS figure", figure))
        return SQL("%s GROUP BY 1, 2", rows)

    def _target_query(self, model):
        domain = self._resolved(self._literal_domain(), model)
        if "company_id" in model._fields:
            domain &= Domain("company_id", "in", [self.env.company.id, False])
        return model._search(domain, active_test=False, bypass_access=True)

    def _target_people(self):
        """Who has the target: the clerks, not those who lead them."""
        clerks = self.env.ref("sales_back_office.sbo_group_clerk").all_user_ids
        leaders = self.env.ref("sales_back_office.sbo_group_supervisor").all_user_ids
        return (clerks - leaders).filtered("active")
