from odoo import api, models
from odoo.tools import SQL

NOW = SQL("now() AT TIME ZONE 'UTC'")


class SboAssessmentSum(models.AbstractModel):
    """Adds a sheet up: scores of the criteria, total, grade, coefficient and recommended pay."""

    _name = "sbo.assessment.sum"
    _description = "Assessment: Sums"

    def _sum_up(self, as_of=None):
        """Lines from their deductions, then totals, grade, coefficient and pay from the lines."""
        ids = self.ids
        self.env.cr.execute(
            SQL(
                """UPDATE sbo_assessment_line l
                      SET lost = n.lost, pending = n.pending, score = n.score, final = n.final,
                          write_uid = %(uid)s, write_date = %(now)s
                     FROM (SELECT l.id, d.lost, d.pending, s.score,
                                  GREATEST(0, LEAST(l.points, s.score + l.adjustment)) AS final
                             FROM sbo_assessment_line l
                             JOIN sbo_assessment a ON a.id = l.assessment_id AND a.state <> 'locked',
                          LATERAL (SELECT COALESCE(SUM(points) FILTER (WHERE state = 'counted'), 0) AS lost,
                                          COALESCE(SUM(points) FILTER (WHERE state = 'pending'), 0) AS pending
                                     FROM sbo_assessment_deduction WHERE line_id = l.id) d,
                          LATERAL (SELECT GREATEST(0, l.points - d.lost) AS score) s
                            WHERE l.assessment_id = ANY(%(ids)s)) n
                    WHERE l.id = n.id AND (l.lost, l.pending, l.score, l.final)
                          IS DISTINCT FROM (n.lost, n.pending, n.score, n.final)""",
                ids=ids,
                uid=self.env.uid,
                now=NOW,
            )
        )
        self.env.cr.execute(self._sql_totals(ids, as_of))

    def _sql_totals(self, ids, as_of) -> SQL:
        return SQL(
            """WITH summed AS (
                 SELECT a.id, a.standard_id, s.pay_rule, a.veto, COALESCE(a.pay_base, 0)::numeric AS base,
                        a.attended_days, a.working_days,
                        a.attended_days < LEAST(s.min_days, a.working_days) AS not_assessed,
                        SUM(l.points - l.score) AS lost, SUM(l.pending) AS pending, SUM(l.final) AS score,
                        SUM(l.final) + COALESCE(a.bonus, 0) AS total
                   FROM sbo_assessment a
                   JOIN sbo_standard s ON s.id = a.standard_id
                   JOIN sbo_assessment_line l ON l.assessment_id = a.id
                  WHERE a.id = ANY(%(ids)s) AND a.state <> 'locked' GROUP BY a.id, s.id
               ), graded AS (
                 SELECT t.*, CASE WHEN t.not_assessed THEN NULL ELSE g.id END AS grade_id,
                        CASE WHEN t.not_assessed THEN 0 ELSE g.coefficient END AS coefficient
                   FROM summed t JOIN LATERAL (
                     SELECT g.id, g.coefficient FROM sbo_standard_grade g
                      WHERE g.standard_id = t.standard_id AND (t.veto OR g.min_score <= t.total)
                      ORDER BY CASE WHEN t.veto THEN g.min_score ELSE -g.min_score END LIMIT 1) g ON TRUE)
               UPDATE sbo_assessment a
                  SET points_lost = g.lost, points_pending = g.pending, score = g.score, total = g.total,
                      grade_id = g.grade_id, coefficient = g.coefficient, not_assessed = g.not_assessed,
                      pay = %(pay)s, refreshed_at = COALESCE(%(as_of)s, a.refreshed_at),
                      write_uid = %(uid)s, write_date = %(now)s
                 FROM graded g WHERE g.id = a.id""",
            ids=ids,
            pay=self._sql_pay(),
            as_of=as_of,
            uid=self.env.uid,
            now=NOW,
        )

    @api.model
    def _sql_pay(self) -> SQL:
        """The pay of row `g`; tools/scoring.py says the same. Divided last, so that cents are exact."""
        return SQL(
            """CASE WHEN g.not_assessed THEN 0 ELSE ROUND(
                 g.base
                 * CASE WHEN g.pay_rule = 'score' THEN 1 ELSE g.coefficient END
                 * CASE WHEN g.pay_rule = 'coefficient' THEN 1 ELSE g.total END
                 * CASE WHEN g.working_days > 0 THEN LEAST(g.attended_days, g.working_days) ELSE 1 END
                 / (CASE WHEN g.pay_rule = 'coefficient' THEN 1 ELSE 100 END
                    * GREATEST(g.working_days, 1)), 2) END"""
        )

    def _forget(self):
        """What was written past the ORM must be read again."""
        for model in ("sbo.assessment", "sbo.assessment.line", "sbo.assessment.deduction"):
            self.env[model].invalidate_model(flush=False)
