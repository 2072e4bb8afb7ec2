import pytz
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import clock, periods
from .sbo_assessment_flow import OPEN_STATES

NOW = SQL("now() AT TIME ZONE 'UTC'")


class SboAssessmentRun(models.AbstractModel):
    """Makes and counts the sheets of a period: so many statements, however many people and findings.

    Every statement looks at open sheets only; a sheet from the confirmation on is out of its reach.
    """

    _name = "sbo.assessment.run"
    _description = "Assessment: Run"

    @api.model
    def _run(self, standard, period_start, period_end=None, users=None, company=None, as_of=None):
        """Make the missing sheets of a period and count all open ones; running it twice adds nothing.

        :param standard: the sbo.standard in use
        :param period_start: first day; `period_end` is the end of that month unless given
        :param users: the people to assess, by default the clerks of the company who lead nobody
        :param as_of: the moment to judge at (naive UTC), now by default
        :return: the sheets of these people, in their newest version
        """
        company = company or self.env.company
        period_end = period_end or periods.bounds("month", period_start)[1]
        kind = self._period_kind(period_start, period_end)
        users = self._get_people(company) if users is None else users
        if standard.state != "in_use":
            raise UserError(self.env._("“%s” is not in use. Put it in use first.", standard.display_name))
        self.env.flush_all()
        self._insert_sheets(standard, kind, period_start, period_end, users, company)
        sheets = self.search(
            [
                ("user_id", "in", users.ids),
                ("company_id", "=", company.id),
                ("period_type", "=", kind),
                ("period_start", "=", period_start),
                ("corrected_by_ids", "=", False),
            ]
        )
        self._insert_lines(sheets.ids)
        sheets._refresh(as_of)
        return sheets

    @api.model
    def _refresh_findings(self, findings):
        """Count the open sheets that these findings concern; the ledger calls it after every decision."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id FROM sbo_assessment a WHERE a.state = ANY(%(open)s) AND (
                     a.user_id IN (SELECT user_id FROM sbo_finding WHERE id = ANY(%(ids)s))
                     OR a.id IN (SELECT assessment_id FROM sbo_assessment_deduction
                                  WHERE finding_id = ANY(%(ids)s)))""",
                open=list(OPEN_STATES),
                ids=findings.ids,
            )
        )
        # Superuser: whoever decides on a finding moves the sheet it is on, which may not be theirs to see.
        self.sudo().browse([row[0] for row in rows])._refresh()

    def _refresh(self, as_of=None):
        """Count these sheets from the ledger, in order of time: later ones carry on from earlier ones."""
        # Superuser: counting reads the calendars and settings of the company; a clerk may ask for it.
        sheets = self.sudo().filtered(lambda sheet: sheet.state in OPEN_STATES)
        self.env.flush_all()
        as_of = as_of or clock.now(self.env)

        groups = sheets.sorted(lambda sheet: (sheet.period_start, sheet.period_end, sheet.id)).grouped(
            lambda sheet: (sheet.period_start, sheet.period_end, sheet.company_id, sheet.standard_id)
        )
        for group in groups.values():
            group._charge(as_of)
            group._sum_up(as_of)
        sheets._forget()

    def _count_again(self):
        """After an exemption or an appeal: open sheets from the ledger, frozen ones from what they hold."""
        open_sheets = self.filtered(lambda sheet: sheet.state in OPEN_STATES)
        open_sheets._refresh()
        (self - open_sheets)._add_up()

    def _add_up(self):
        """Sums, grade and pay from the deductions already on the sheets; a locked sheet is left alone."""
        self.env.flush_all()
        self._sum_up()
        self._forget()

    # === sheets and lines === #

    @api.model
    def _period_kind(self, first, last):
        kinds = sorted(periods.KINDS, key=lambda kind: kind != "month")
        kind = next((kind for kind in kinds if periods.bounds(kind, first) == (first, last)), None)
        if not kind:
            raise UserError(
                self.env._("%(first)s to %(last)s is no period that can be assessed.", first=first, last=last)
            )
        return kind

    @api.model
    def _insert_sheets(self, standard, kind, first, last, users, company):
        working_days = self._count_working_days(company, first, last)
        values = {
            "user_id": SQL("u.id"),
            "company_id": SQL("%s", company.id),
            "standard_id": SQL("%s", standard.id),
            "period_type": SQL("%s", kind),
            "period_start": SQL("%s::date", first),
            "period_end": SQL("%s::date", last),
            "version": SQL("1"),
            "state": SQL("'draft'"),
            "working_days": SQL("%s", working_days),
            "attended_days": SQL("%s", working_days),
            "pay_base": self._sql_last_pay_base(company, first),
            **self._empty_sheet(),
        }
        self._insert(
            "sbo_assessment",
            values,
            SQL(
                """unnest(%s::integer[]) AS u(id) WHERE NOT EXISTS (
                     SELECT FROM sbo_assessment a WHERE a.user_id = u.id AND a.company_id = %s
                       AND a.period_type = %s AND a.period_start = %s)""",
                users.ids,
                company.id,
                kind,
                first,
            ),
        )

    @api.model
    def _sql_last_pay_base(self, company, first) -> SQL:
        """The base stays as it was on the person's last sheet."""
        return SQL(
            """COALESCE((SELECT p.pay_base FROM sbo_assessment p
                WHERE p.user_id = u.id AND p.company_id = %s AND p.period_start < %s
                ORDER BY p.period_start DESC, p.version DESC LIMIT 1), 0)""",
            company.id,
            first,
        )

    @api.model
    def _empty_sheet(self):
        numbers = ("points_lost", "points_pending", "score", "bonus", "total", "coefficient", "pay")
        flags = ("veto", "self_rated", "finance_rated", "not_assessed")
        return {**{name: SQL("0") for name in numbers}, **{name: SQL("FALSE") for name in flags}}

    @api.model
    def _insert_lines(self, sheet_ids):
        zero = SQL("0")
        numbers = ("examined", "lost", "pending", "self_score", "finance_score", "adjustment")
        values = {
            "assessment_id": SQL("a.id"),
            "user_id": SQL("a.user_id"),
            "company_id": SQL("a.company_id"),
            "period_start": SQL("a.period_start"),
            "criterion_id": SQL("c.id"),
            "section_id": SQL("c.section_id"),
            "sequence": SQL("row_number() OVER (PARTITION BY a.id ORDER BY s.sequence, s.code, c.sequence, c.code)"),
            "points": SQL("c.points"),
            "score": SQL("c.points"),
            "final": SQL("c.points"),
            **{name: zero for name in numbers},
        }
        self._insert(
            "sbo_assessment_line",
            values,
            SQL(
                """sbo_assessment a JOIN sbo_standard_section s ON s.standard_id = a.standard_id
                   JOIN sbo_standard_criterion c ON c.section_id = s.id
                  WHERE a.id = ANY(%s) AND a.state = ANY(%s)""",
                list(sheet_ids),
                list(OPEN_STATES),
            ),
        )

    @api.model
    def _insert(self, table, values, source):
        """INSERT … SELECT with all columns the ORM keeps; what is already there stays."""
        values = dict(
            values,
            create_uid=SQL("%s", self.env.uid),
            write_uid=SQL("%s", self.env.uid),
            create_date=NOW,
            write_date=NOW,
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s ON CONFLICT DO NOTHING",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(values.values()),
                source,
            )
        )

    @api.model
    def _count_working_days(self, company, first, last):
        calendar = company._sbo_calendar()
        if not calendar:
            return periods.weekdays(first, last)
        openings = self.env["sbo.working.day"].sudo()  # derived data, read for the company as a whole
        openings._ensure(calendar, first, last)
        openings.flush_model()
        [[days]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT date) FROM sbo_working_day
                    WHERE calendar_id = %s AND date BETWEEN %s AND %s""",
                calendar.id,
                first,
                last,
            )
        )
        return days

    # === deductions === #

    def _charge(self, as_of):
        """Bring the deductions and the numbers of cases of these sheets in line: one period, company, standard."""
        sheet = self[0]
        start, end = periods.utc_bounds(sheet.period_start, sheet.period_end, self._zone(sheet.company_id))
        calendar = sheet.company_id._sbo_calendar()
        self._ensure_openings(calendar, start, end)
        self.env["sbo.assessment.case"]._write_cases(self, start, end, min(as_of, end), calendar)

    @api.model
    def _zone(self, company):
        return pytz.timezone(company._sbo_tz())

    def _ensure_openings(self, calendar, start, end):
        """Working days must reach back to the oldest case that is still running."""
        [[oldest]] = self.env.execute_query(
            SQL(
                """SELECT MIN(due_at) FROM sbo_finding
                    WHERE user_id = ANY(%s) AND due_at < %s AND (closed_at IS NULL OR closed_at >= %s)""",
                self.user_id.ids,
                end,
                start,
            )
        )
        openings = self.env["sbo.working.day"]
        openings._ensure(calendar, min(start, oldest or start), end)
        openings.flush_model()
