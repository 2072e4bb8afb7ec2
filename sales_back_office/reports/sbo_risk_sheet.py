from odoo import api, fields, models

# 蓝 blue, 黄 yellow, 橙 orange, 红 red
COLOURS = {"1": "#9ec5fe", "2": "#ffe69c", "3": "#fd7e14", "4": "#dc3545"}


class SboRiskSheet(models.AbstractModel):
    """The risk warning sheet of contracts (合同风险预警单): a page for each contract of the chosen flags."""

    _name = "report.sales_back_office.sbo_risk_sheet"
    _description = "Risk Warning Sheet"

    @api.model
    def _get_report_values(self, docids, data=None):
        flags = self.env["sbo.finding"].browse(docids)
        flags.check_access("read")
        # Superuser: whoever may read the flag may print what it names, the contract and the people told.
        flags = flags.sudo()
        return {
            "docs": flags,
            "sheets": [{"contract": contract, "flags": mine.sorted(lambda flag: (not flag.closed_at, flag.severity),
                                                                   reverse=True)}
                       for contract, mine in flags.grouped("contract_id").items() if contract],
            "colours": COLOURS,
            "printed": fields.Datetime.now(),
            "evidence": self.env["sbo.evidence"]._rows,
        }
