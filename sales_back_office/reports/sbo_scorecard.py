from odoo import api, models

# Who signs the sheet, in order: (label key, field of the signer, field of the moment)
SIGNERS = (
    ("assessee", "acknowledged_by_id", "acknowledged_at"),
    ("assessor", "confirmed_by_id", "confirmed_at"),
    ("approver", "approved_by_id", "approved_at"),
)


class SboScorecard(models.AbstractModel):
    """Figures of the assessment sheet on paper (绩效考核评分表, F26), for one person or many in one file."""

    _name = "report.sales_back_office.sbo_scorecard"
    _description = "Scorecard"

    @api.model
    def _get_report_values(self, docids, data=None):
        sheets = self.env["sbo.assessment"].browse(docids)
        cards = self._get_cards(sheets)
        return {"doc_ids": docids, "doc_model": sheets._name, "docs": sheets, "cards": cards}

    @api.model
    def _get_cards(self, sheets):
        """One card per sheet: sections with their criteria, each with its deductions and subtotals.

        Called by the report; the number of queries does not grow with the sheets. Override to add rows.
        """
        sheets.check_access("read")
        deductions = sheets.deduction_ids.grouped("line_id")
        # Superuser: the sheet's own deductions, whose findings may have gone to somebody else since.
        why = {d.id: self.env["sbo.evidence"]._as_text(d.sudo().finding_id) for d in sheets.deduction_ids}
        nothing = self.env["sbo.assessment.deduction"]
        return [
            {
                "sheet": sheet,
                "why": why,
                "sections": [
                    self._get_section(section, lines, deductions, nothing)
                    for section, lines in sheet.line_ids.grouped("section_id").items()
                ],
                "signers": self._get_signers(sheet),
                "appeals": sheet.deduction_ids.filtered(lambda d: d.appeal_state or d.state == "exempt"),
            }
            for sheet in sheets
        ]

    @api.model
    def _get_section(self, section, lines, deductions, nothing):
        return {
            "section": section,
            "rows": [self._get_row(line, deductions.get(line, nothing)) for line in lines],
            "points": sum(lines.mapped("points")),
            "examined": sum(lines.mapped("examined")),
            "self": sum(lines.mapped("self_score")),
            "finance": sum(lines.mapped("finance_score")),
            "final": sum(lines.mapped("final")),
        }

    @api.model
    def _get_row(self, line, deductions):
        """A criterion with what it lost. What is missed once, however many cases, is written out once."""
        again = deductions.filtered(
            lambda d: d.rule_id.kind == "missed" and not d.units and d.state in ("counted", "pending")
        )
        return {"line": line, "deductions": deductions - again, "again": len(again)}

    @api.model
    def _get_signers(self, sheet):
        labels = {
            "assessee": self.env._("Assessee"),
            "assessor": self.env._("Assessor"),
            "approver": self.env._("Approved by"),
        }
        return [{"label": labels[key], "user": sheet[user], "at": sheet[at]} for key, user, at in SIGNERS]
