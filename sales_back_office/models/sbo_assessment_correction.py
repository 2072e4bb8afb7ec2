from odoo import models
from odoo.tools import SQL


class SboAssessmentCorrection(models.AbstractModel):
    """Makes the next version of a locked sheet, which itself never changes."""

    _name = "sbo.assessment.correction"
    _description = "Assessment: Corrections"

    def _make_correction(self):
        """The next version of locked sheets, with their judgements, exemptions and appeals; counted anew."""
        self.env.flush_all()
        copied = (
            "user_id",
            "company_id",
            "standard_id",
            "period_type",
            "period_start",
            "period_end",
            "working_days",
            "attended_days",
            "pay_base",
            "bonus",
            "bonus_reason",
            "veto",
            "veto_reason",
            "self_rated",
            "finance_rated",
            "self_comment",
            "interview_note",
            "improvement_plan",
        )
        values = {
            **self._empty_sheet(),
            **{name: SQL.identifier("a", name) for name in copied},
            "version": SQL("a.version + 1"),
            "corrects_id": SQL("a.id"),
            "state": SQL("'draft'"),
        }
        self._insert("sbo_assessment", values, SQL("sbo_assessment a WHERE a.id = ANY(%s)", self.ids))
        new = self.search([("corrects_id", "in", self.ids)])
        self._insert_lines(new.ids)
        self._copy_judgements(new.ids)
        new._refresh()
        return new

    def _copy_judgements(self, ids):
        self.env.cr.execute(
            SQL(
                """UPDATE sbo_assessment_line l
                      SET self_score = o.self_score, finance_score = o.finance_score,
                          adjustment = o.adjustment, adjustment_reason = o.adjustment_reason
                     FROM sbo_assessment a JOIN sbo_assessment_line o ON o.assessment_id = a.corrects_id
                    WHERE l.assessment_id = a.id AND l.criterion_id = o.criterion_id AND a.id = ANY(%s)""",
                ids,
            )
        )
        skipped = {"id", "assessment_id", "line_id", "create_uid", "create_date", "write_uid", "write_date"}
        deduction = self.env["sbo.assessment.deduction"]
        columns = [name for name, field in deduction._fields.items() if field.store and name not in skipped]
        values = {
            **{name: SQL.identifier("d", name) for name in columns},
            "assessment_id": SQL("l.assessment_id"),
            "line_id": SQL("l.id"),
        }
        self._insert(
            "sbo_assessment_deduction",
            values,
            SQL(
                """sbo_assessment a JOIN sbo_assessment_deduction d ON d.assessment_id = a.corrects_id
                   JOIN sbo_assessment_line o ON o.id = d.line_id
                   JOIN sbo_assessment_line l ON l.assessment_id = a.id AND l.criterion_id = o.criterion_id
                  WHERE a.id = ANY(%s)""",
                ids,
            ),
        )
