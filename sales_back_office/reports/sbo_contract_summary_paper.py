from odoo import api, models

from ..models.sbo_contract_flow import BINDING

# So many contracts stand on paper, those with most overdue first; all are in the workbook.
LISTED = 240
FLOWS = ("ordered", "delivered", "invoiced", "received")
STANDS = ("contracted", "delivered", "received", "receivable", "overdue")


class SboContractSummaryPaper(models.AbstractModel):
    """The contract summary of a period on paper: in all, by salesperson, by class, and the contracts one by one.

    What happened in the period is the figure at its end less the figure before it began.
    """

    _name = "report.sales_back_office.sbo_contract_summary_paper"
    _description = "Contract Summary on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        summaries = self.env["sbo.contract.summary"].browse(docids)
        summaries.check_access("read")
        schedule = self.env["report.sales_back_office.sbo_contract_schedule"]
        return {"doc_ids": docids, "doc_model": summaries._name, "docs": summaries,
                "summaries": [self._get_paper(summary, schedule) for summary in summaries], **schedule._get_words()}

    @api.model
    def _get_paper(self, summary, schedule):
        """What the paper shows, from what the summary keeps."""
        kept = summary.figures
        pages = schedule._get_pages(kept["table"])
        for page in pages:
            page.update(number=page["number"] + 1, of=len(pages) + 1)
        return {
            "company": kept["table"]["company"], "currency": kept["table"]["currency"], "title": summary.name,
            "heading": kept["table"]["heading"], "groups": kept["groups"], "pages": len(pages) + 1, "list": pages,
            "version": summary.version, "reason": summary.reason, "left_out": kept["left_out"],
        }

    @api.model
    def _get_figures(self, summary):
        """Figures of a period: groups, what the summary keeps as JSON, the workbook. Two readings of the schedule."""
        before, end = summary._moments()
        # What is in memory may be as of another moment.
        self.env["sbo.contract.figure"].invalidate_model()
        figures = self.env["sbo.contract.figure"].with_context(sbo_as_of=end, active_test=False).search([
            ("company_id", "=", summary.company_id.id), ("signed_on", "<=", summary.period_end),
            ("state", "in", BINDING)]).sorted(lambda row: (-row.overdue_company, row.id))
        earlier = figures._figures_at(figures.ids, [f"{name}_company" for name in FLOWS], before)
        rows = [self._get_row(row, earlier[row.id]) for row in figures]
        groups = self._get_groups(summary, figures, rows)
        schedule = self.env["report.sales_back_office.sbo_contract_schedule"]
        table = schedule._get_table(figures, summary._period_label())
        workbook = schedule._get_workbook([table])
        figures.invalidate_model()
        kept = {"table": {**table, "rows": table["rows"][:LISTED]}, "groups": groups,
                "left_out": len(table["rows"]) > LISTED}
        return {"groups": groups, "kept": kept, "workbook": workbook}

    @api.model
    def _get_row(self, row, earlier):
        """One contract in the company's currency: where it stands, and what happened in the period."""
        return {
            "contracts": 1, **{name: row[f"{name}_company"] for name in STANDS},
            **{f"{name}_period": row[f"{name}_company"] - earlier[f"{name}_company"] for name in FLOWS}}

    @api.model
    def _get_groups(self, summary, figures, rows):
        """[{label, rows}]: in all, by salesperson, by class. Hook: more groups by override."""
        result = [{"label": self.env._("In All"), "rows": [self._get_sum(self.env._("All Contracts"), rows, True)]}]
        # Superuser: names only, of whoever sells and of classes.
        named = figures.sudo()
        for label, keys in ((self.env._("By Salesperson"), [row.user_id.name for row in named]),
                            (self.env._("By Class"), [row.class_id.name for row in named])):
            found = {}
            for key, row in zip(keys, rows, strict=True):
                found.setdefault(key or "–", []).append(row)
            sums = [self._get_sum(key, found[key]) for key in sorted(found)]
            result.append({"label": label, "rows": [*sums, self._get_sum(self.env._("Total"), rows, True)]})
        return result

    @api.model
    def _get_sum(self, label, rows, total=False):
        names = ("contracts", *STANDS, *(f"{name}_period" for name in FLOWS))
        sums = {name: round(sum(row[name] for row in rows), 2) for name in names}
        come = sums["received"] + sums["overdue"]
        return {"label": label, "total": total, **sums, "rate": sums["received"] / come if come > 0 else False}
