from odoo import api, models
from odoo.tools import SQL

from .sbo_assessment_flow import OPEN_STATES

NOW = SQL("now() AT TIME ZONE 'UTC'")
# Columns of a deduction that follow the finding as long as the sheet is open.
LIVE = (
    "line_id", "sequence", "origin_rule_id", "check_id", "res_model", "res_id", "res_name",
    "due_at", "closed_at", "quantity", "units_total", "units_before", "units",
    "per_unit", "cap", "points_before", "points", "state",
)  # fmt: skip
DELAY = SQL("('delay_hour', 'delay_day')")
BOUND = (
    "rule_id", "criterion_id", "origin_rule_id", "kind", "per_unit", "cap", "rule_sequence", "check_id", "unit",
)  # fmt: skip
BOUND_TYPES = ("integer", "integer", "integer", "text", "numeric", "numeric", "integer", "integer", "text")
KEY = ("assessment_id", "rule_id", "finding_id")
FIXED = ("user_id", "company_id", "exempt")

# A deduction of row `d` that nothing found bears out any more.
STALE = SQL(
    """NOT EXISTS (SELECT FROM priced p WHERE p.assessment_id = d.assessment_id
                      AND p.rule_id = d.rule_id AND p.finding_id = d.finding_id)"""
)


class SboAssessmentCase(models.AbstractModel):
    """Turns findings into deductions: which rule, how many units, what was charged before, how many points.

    One statement, in named steps: sheet, bound, found, charged, earlier, cases, priced, then what is written from them.
    """

    _name = "sbo.assessment.case"
    _description = "Assessment: Cases"

    @api.model
    def _write_cases(self, sheets, start, end, until, calendar):
        """Write the deductions of open sheets of one period, company and standard.

        :param start: naive UTC bounds of the period, `end` excluded
        :param until: the moment up to which open cases are charged
        :param calendar: whose working time measures a delay
        """
        open_sheets = self._lock_open(sheets)
        if not open_sheets:
            return
        self.env.cr.execute(
            SQL(
                """WITH sheet AS MATERIALIZED (%(sheet)s),
                bound AS MATERIALIZED (%(bound)s),
                found AS MATERIALIZED (%(found)s),
                charged AS MATERIALIZED (%(charged)s),
                earlier AS MATERIALIZED (%(earlier)s),
                cases AS MATERIALIZED (%(cases)s),
                priced AS MATERIALIZED (%(priced)s),
                written AS (%(write)s),
                gone AS (
                    DELETE FROM sbo_assessment_deduction d USING sheet
                     WHERE d.assessment_id = sheet.id AND d.appeal_state IS NULL AND NOT d.exempt AND %(stale)s),
                withdrawn AS (
                    UPDATE sbo_assessment_deduction d SET state = 'withdrawn', units = 0, points = 0 FROM sheet
                     WHERE d.assessment_id = sheet.id AND d.appeal_state <> '' AND NOT d.exempt AND %(stale)s)
                %(examined)s""",
                # Both as arrays: the planner knows how long they are, and nothing about rows just inserted.
                sheet=self._sql_rows(("id", "user_id"), ("integer", "integer"), open_sheets),
                bound=self._sql_rows(BOUND, BOUND_TYPES, self._get_bound(sheets.standard_id)),
                found=self._sql_found(sheets, start, end),
                charged=self._sql_charged(start),
                earlier=self._sql_earlier(sheets[0]),
                cases=self._sql_cases(sheets, until, calendar),
                priced=self._sql_priced(),
                write=self._sql_write(),
                stale=STALE,
                examined=self._sql_examined(),
            )
        )

    @api.model
    def _lock_open(self, sheets):
        """The sheets among these that may move, held until the end of the transaction: (id, user)."""
        return self.env.execute_query(
            SQL(
                """SELECT id, user_id FROM sbo_assessment WHERE id = ANY(%s) AND state = ANY(%s)
                    ORDER BY id FOR NO KEY UPDATE""",
                sheets.ids,
                list(OPEN_STATES),
            )
        )

    @api.model
    def _get_bound(self, standard):
        """The rules of a standard with the checks they listen to, a row for each pair."""
        return self.env.execute_query(
            SQL(
                """SELECT r.id, r.criterion_id, COALESCE(r.origin_id, r.id), r.kind, r.points, r.cap, r.sequence,
                          c.id, c.unit
                     FROM sbo_standard_rule r JOIN sbo_check c ON c.code = ANY(string_to_array(r.check_code, ','))
                    WHERE r.standard_id = %s""",
                standard.id,
            )
        )

    @api.model
    def _sql_rows(self, names, types, rows) -> SQL:
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        return SQL(
            "SELECT * FROM unnest(%s) AS given(%s)",
            SQL(", ").join(
                SQL("%s::%s[]", list(values), SQL(kind)) for values, kind in zip(columns, types, strict=True)
            ),
            SQL(", ").join(map(SQL.identifier, names)),
        )

    @api.model
    def _sql_found(self, sheets, start, end) -> SQL:
        """Findings of the period, whatever became of them; of a delay also those that run on from before."""
        return SQL(
            """SELECT sheet.id AS assessment_id, sheet.user_id, b.*, f.company_id, f.id AS finding_id,
                      f.res_model, f.res_id, f.res_name, f.due_at, f.quantity,
                      CASE WHEN f.closed_at < %(end)s THEN f.closed_at END AS closed_at,
                      f.state = 'confirmed' AND f.cause = 'clerk' AS counted,
                      f.state <> 'waived' AND (f.cause = 'undetermined'
                                               OR f.state <> 'confirmed' AND f.cause = 'clerk') AS pending
                 FROM sbo_finding f
                 JOIN sheet ON sheet.user_id = f.user_id
                 JOIN bound b ON b.check_id = f.check_id
                WHERE f.company_id = %(company)s AND f.due_at < %(end)s
                  AND (f.due_at >= %(start)s OR f.closed_at IS NULL OR f.closed_at >= %(start)s)
                  AND (f.due_at >= %(start)s OR b.kind IN %(delay)s)""",
            company=sheets.company_id.id,
            start=start,
            end=end,
            delay=DELAY,
        )

    @api.model
    def _sql_cases(self, sheets, until, calendar) -> SQL:
        """Those that cost points or may, with all their units and what earlier periods have charged."""
        return SQL(
            """SELECT f.*, l.id AS line_id, l.sequence * 1000 + f.rule_sequence AS sequence,
                      COALESCE(mine.exempt, FALSE) AS exempt, %(units)s AS units_total,
                      COALESCE(earlier.units, 0) AS units_before, COALESCE(earlier.points, 0) AS points_before
                 FROM found f
                 JOIN sbo_assessment_line l
                      ON l.assessment_id = f.assessment_id AND l.criterion_id = f.criterion_id
                 LEFT JOIN sbo_assessment_deduction mine ON mine.assessment_id = f.assessment_id
                      AND mine.rule_id = f.rule_id AND mine.finding_id = f.finding_id
                 LEFT JOIN earlier
                      ON earlier.finding_id = f.finding_id AND earlier.origin_rule_id = f.origin_rule_id
                WHERE f.counted OR f.pending""",
            units=self._sql_units(until, calendar, sheets.standard_id.begun_hour),
        )

    @api.model
    def _sql_units(self, until, calendar, begun) -> SQL:
        """Whole units of row `f`; tools/scoring.py says the same."""
        openings = self.env["sbo.working.day"]
        args = (
            SQL("%s::integer", calendar.id or None),
            SQL("f.due_at"),
            SQL("LEAST(f.closed_at, %s::timestamp)", until),
        )
        return SQL(
            """CASE f.kind
                 WHEN 'delay_hour' THEN %(whole)s(ROUND((%(seconds)s / 3600)::numeric, 6))
                 WHEN 'delay_day' THEN %(whole)s(ROUND((%(days)s)::numeric, 6))
                 WHEN 'shortfall' THEN GREATEST(0, %(counted)s)
                 WHEN 'missed' THEN 1
                 ELSE CASE WHEN f.unit IN ('case', 'piece') THEN GREATEST(1, %(counted)s) ELSE 1 END
               END::integer""",
            counted=SQL("FLOOR(ROUND(f.quantity::numeric, 4))"),
            whole=SQL("CEIL") if begun else SQL("FLOOR"),
            seconds=openings._sql_late_seconds(*args),
            days=openings._sql_late_days(*args),
        )

    @api.model
    def _sql_charged(self, start) -> SQL:
        """Deductions of all times for the cases that run on from before the period."""
        return SQL(
            """SELECT d.assessment_id, d.finding_id, d.origin_rule_id, d.units, d.points, d.state
                 FROM sbo_assessment_deduction d
                WHERE d.finding_id IN (SELECT finding_id FROM found WHERE due_at < %s)""",
            start,
        )

    @api.model
    def _sql_earlier(self, sheet) -> SQL:
        """What the newest versions of earlier periods' sheets have charged for the same case."""
        return SQL(
            """SELECT d.finding_id, d.origin_rule_id,
                      SUM(d.units) FILTER (WHERE d.state <> 'withdrawn') AS units,
                      SUM(d.points) FILTER (WHERE d.state IN ('counted', 'pending')) AS points
                 FROM charged d JOIN sbo_assessment p ON p.id = d.assessment_id
                WHERE p.company_id = %(company)s AND p.period_type = %(kind)s AND p.period_end < %(first)s
                  AND NOT EXISTS (SELECT FROM sbo_assessment n WHERE n.corrects_id = p.id)
                GROUP BY d.finding_id, d.origin_rule_id""",
            company=sheet.company_id.id,
            kind=sheet.period_type,
            first=sheet.period_start,
        )

    @api.model
    def _sql_priced(self) -> SQL:
        """Units left for this period and their points; what is missed counts once; no units, no row."""
        return SQL(
            """SELECT u.*,
                      CASE WHEN u.exempt THEN 'exempt' WHEN u.counted THEN 'counted'
                           ELSE 'pending' END AS state,
                      LEAST(u.units * u.per_unit,
                            CASE WHEN u.cap > 0 THEN GREATEST(0, u.cap - u.points_before) END) AS points
                 FROM (SELECT c.*, CASE WHEN c.kind = 'missed' AND NOT c.exempt AND row_number() OVER (
                                     PARTITION BY c.assessment_id, c.rule_id
                                     ORDER BY c.exempt, NOT c.counted, c.due_at, c.finding_id) > 1 THEN 0
                                   ELSE GREATEST(0, c.units_total - c.units_before) END AS units
                         FROM cases c) u
                WHERE u.units > 0 OR u.kind = 'missed' OR u.exempt"""
        )

    @api.model
    def _sql_write(self) -> SQL:
        columns = (*KEY, *FIXED, *LIVE)
        new = [SQL.identifier("excluded", name) for name in LIVE]
        return SQL(
            """INSERT INTO sbo_assessment_deduction AS d
                      (%(columns)s, create_uid, create_date, write_uid, write_date)
               SELECT %(values)s, %(uid)s, %(now)s, %(uid)s, %(now)s FROM priced
               ON CONFLICT (assessment_id, rule_id, finding_id) DO UPDATE
                  SET %(sets)s, write_uid = excluded.write_uid, write_date = excluded.write_date
                WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(SQL.identifier("priced", name) for name in columns),
            sets=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value) for name, value in zip(LIVE, new, strict=True)
            ),
            old=SQL(", ").join(SQL.identifier("d", name) for name in LIVE),
            new=SQL(", ").join(new),
            uid=self.env.uid,
            now=NOW,
        )

    @api.model
    def _sql_examined(self) -> SQL:
        """How many cases were looked at, visible also where it is none (检查件数)."""
        return SQL(
            """UPDATE sbo_assessment_line l SET examined = n.number FROM (
                 SELECT l.id, COUNT(DISTINCT f.finding_id) AS number
                   FROM sheet JOIN sbo_assessment_line l ON l.assessment_id = sheet.id
                   LEFT JOIN found f ON f.assessment_id = l.assessment_id AND f.criterion_id = l.criterion_id
                  GROUP BY l.id) n WHERE l.id = n.id AND l.examined IS DISTINCT FROM n.number"""
        )
