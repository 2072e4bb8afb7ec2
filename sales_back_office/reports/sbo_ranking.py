from odoo import api, models


class SboRanking(models.AbstractModel):
    """Figures of the manager's ranking: the sheets of a period, best first, with their section scores."""

    _name = "report.sales_back_office.sbo_ranking"
    _description = "Ranking"

    @api.model
    def _get_report_values(self, docids, data=None):
        sheets = self.env["sbo.assessment"].browse(docids)
        tables = self._get_tables(sheets)
        return {"doc_ids": docids, "doc_model": sheets._name, "docs": sheets, "tables": tables}

    @api.model
    def _get_tables(self, sheets):
        """One table per company, period and standard; people who were not assessed stand last.

        Called by the report; the number of queries does not grow with the sheets.
        """
        sheets.check_access("read")
        groups = sheets.grouped(lambda s: (s.company_id, s.period_start, s.period_type, s.standard_id))
        return [self._get_table(*key, group) for key, group in groups.items()]

    @api.model
    def _get_table(self, company, _start, _kind, standard, sheets):
        sections = standard.section_ids
        ordered = sheets.sorted(lambda sheet: (sheet.not_assessed, -sheet.total, sheet.user_id.name or ""))
        assessed = ordered.filtered(lambda sheet: not sheet.not_assessed)
        return {
            "company": company,
            "period": sheets[0]._period_label(),
            "standard": standard,
            "sections": sections,
            "rows": [{"sheet": sheet, "scores": self._get_scores(sheet, sections)} for sheet in ordered],
            "average": sum(assessed.mapped("total")) / len(assessed) if assessed else 0.0,
            "pay": sum(assessed.mapped("pay")) if self._shows_pay() else 0.0,
            "shows_pay": self._shows_pay(),
            "signers": [self.env._("Prepared by"), self.env._("Reviewed by"), self.env._("Approved by")],
            "open": ordered.filtered(lambda sheet: sheet.state != "locked"),
        }

    @api.model
    def _get_scores(self, sheet, sections):
        lines = sheet.line_ids.grouped("section_id")
        return [sum(lines[section].mapped("final")) if section in lines else 0.0 for section in sections]

    @api.model
    def _shows_pay(self):
        return self.env["sbo.assessment"]._has_field_access(self.env["sbo.assessment"]._fields["pay"], "read")
