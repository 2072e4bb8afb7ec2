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
KEY = ("assessment_id", "rule_id", "finding_id")
FIXED = ("user_id", "company_id", "exempt")


class SboAssessmentCase(models.AbstractModel):
    """Turns findings into deductions: which rule, how many units, what was charged before, how many points.

    One statement, in named steps: sheet, bound, found, cases, priced, then what is written from them.
    """

    _name = "sbo.assessment.case"
    _description = "Assessment: Cases"

    @api.model
    def _write_cases(self, sheets, start, end, until, calendar):
        """Write the deductions of open sheets of one period and company.

        :param start: naive UTC bounds of the period, `end` excluded
        :param until: the moment up to which open cases are charged
        :param calendar: whose working time measures a delay
        """
        self.env.cr.execute(
            SQL(
                """WITH sheet AS MATERIALIZED (%(sheet)s),
                bound AS MATERIALIZED (%(bound)s),
                found AS MATERIALIZED (%(found)s),
                cases AS MATERIALIZED (%(cases)s),
                priced AS MATERIALIZED (%(priced)s),
                written AS (%(write)s),
                gone AS (
                    DELETE FROM sbo_assessment_deduction d USING sheet
                     WHERE d.assessment_id = sheet.id AND NOT d.exempt
                       AND d.appeal_state IS NULL AND %(stale)s),
                withdrawn AS (
                    UPDATE sbo_assessment_deduction d SET state = 'withdrawn', units = 0, points = 0
                      FROM sheet WHERE d.assessment_id = sheet.id AND NOT d.exempt
                       AND d.appeal_state IS NOT NULL AND d.state <> 'withdrawn' AND %(stale)s)
                %(examined)s""",
                sheet=self._sql_sheet(sheets),
                bound=self._sql_bound(),
                found=self._sql_found(start, end),
                cases=self._sql_cases(sheets, until, calendar),
                priced=self._sql_priced(),
                write=self._sql_write(),
                stale=SQL(
                    """NOT EXISTS (SELECT FROM priced p WHERE p.assessment_id = d.assessment_id
                                      AND p.rule_id = d.rule_id AND p.finding_id = d.finding_id)"""
                ),
                examined=self._sql_examined(),
            )
        )

    @api.model
    def _sql_sheet(self, sheets) -> SQL:
        return SQL(
            """SELECT a.id, a.user_id, a.company_id, a.standard_id, s.begun_hour AS begun
                 FROM sbo_assessment a JOIN sbo_standard s ON s.id = a.standard_id
                WHERE a.id = ANY(%s) AND a.state = ANY(%s)""",
            sheets.ids,
            list(OPEN_STATES),
        )

    @api.model
    def _sql_bound(self) -> SQL:
        """The rules of the sheets' standards with the checks they listen to."""
        return SQL(
            """SELECT r.id AS rule_id, r.standard_id, r.criterion_id, r.kind, r.points AS per_unit, r.cap,
                      COALESCE(r.origin_id, r.id) AS origin_rule_id, r.sequence,
                      r.kind IN ('delay_hour', 'delay_day') AS delay, c.id AS check_id, c.unit
                 FROM sbo_standard_rule r JOIN sbo_check c ON c.code = ANY(string_to_array(r.check_code, ','))
                WHERE r.standard_id IN (SELECT standard_id FROM sheet)"""
        )

    @api.model
    def _sql_found(self, start, end) -> SQL:
        """Findings of the period, whatever became of them; of a delay also those that run on from before."""
        return SQL(
            """SELECT sheet.id AS assessment_id, sheet.user_id, sheet.company_id, sheet.begun, b.rule_id,
                      b.criterion_id, b.origin_rule_id, b.kind, b.delay, b.per_unit, b.cap, b.check_id,
                      b.unit, b.sequence AS rule_sequence, f.id AS finding_id, f.res_model, f.res_id,
                      f.res_name, f.due_at, f.quantity,
                      CASE WHEN f.closed_at < %(end)s THEN f.closed_at END AS closed_at,
                      f.state = 'confirmed' AND f.cause = 'clerk' AS counted,
                      f.state <> 'waived' AND (f.cause = 'undetermined'
                                               OR f.state <> 'confirmed' AND f.cause = 'clerk') AS pending
                 FROM sheet
                 JOIN sbo_finding f ON f.user_id = sheet.user_id AND f.company_id = sheet.company_id
                 JOIN bound b ON b.standard_id = sheet.standard_id AND b.check_id = f.check_id
                WHERE f.due_at < %(end)s
                  AND (f.due_at >= %(start)s
                       OR b.delay AND (f.closed_at IS NULL OR f.closed_at >= %(start)s))""",
            start=start,
            end=end,
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
                 LEFT JOIN (%(earlier)s) earlier
                      ON earlier.finding_id = f.finding_id AND earlier.origin_rule_id = f.origin_rule_id
                WHERE f.counted OR f.pending""",
            units=self._sql_units(until, calendar),
            earlier=self._sql_earlier(sheets[0]),
        )

    @api.model
    def _sql_units(self, until, calendar) -> SQL:
        """Whole units of row `f`; tools/scoring.py says the same."""
        openings = self.env["sbo.working.day"]
        args = (
            SQL("%s::integer", calendar.id or None),
            SQL("f.due_at"),
            SQL("LEAST(f.closed_at, %s::timestamp)", until),
        )
        return SQL(
            """CASE f.kind
                 WHEN 'delay_hour' THEN %(hours)s
                 WHEN 'delay_day' THEN %(days)s
                 WHEN 'shortfall' THEN GREATEST(0, %(counted)s)
                 WHEN 'missed' THEN 1
                 ELSE CASE WHEN f.unit IN ('case', 'piece') THEN GREATEST(1, %(counted)s) ELSE 1 END
               END::integer""",
            counted=SQL("FLOOR(ROUND(f.quantity::numeric, 4))"),
            hours=self._sql_whole(SQL("%s / 3600", openings._sql_late_seconds(*args))),
            days=self._sql_whole(openings._sql_late_days(*args)),
        )

    @api.model
    def _sql_whole(self, amount) -> SQL:
        return SQL(
            "(SELECT CASE WHEN f.begun THEN CEIL(n) ELSE FLOOR(n) END FROM ROUND((%s)::numeric, 6) AS n)",
            amount,
        )

    @api.model
    def _sql_earlier(self, sheet) -> SQL:
        """What the newest versions of earlier periods' sheets have charged for the same case."""
        return SQL(
            """SELECT d.finding_id, d.origin_rule_id,
                      SUM(d.units) FILTER (WHERE d.state <> 'withdrawn') AS units,
                      SUM(d.points) FILTER (WHERE d.state IN ('counted', 'pending')) AS points
                 FROM sbo_assessment_deduction d JOIN sbo_assessment p ON p.id = d.assessment_id
                WHERE d.finding_id IN (SELECT finding_id FROM found WHERE delay)
                  AND p.company_id = %(company)s AND p.period_type = %(kind)s AND p.period_end < %(first)s
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
