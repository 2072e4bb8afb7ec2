import base64
from urllib.parse import quote

from odoo import fields, models


class SboContractExport(models.TransientModel):
    """The performance schedule as a workbook, until it has been downloaded."""

    _name = "sbo.contract.export"
    _description = "Performance Schedule as a Workbook"

    workbook = fields.Binary(attachment=False, readonly=True)

    def _download(self, figures):
        """The action that downloads the schedule of these rows."""
        report = self.env["report.sales_back_office.sbo_contract_schedule"]
        export = self.create({"workbook": base64.b64encode(report._get_workbook([report._get_table(figures)]))})
        name = f"{self.env._('Performance Schedule')} {self.env.company._sbo_today()}.xlsx"
        return {
            "type": "ir.actions.act_url", "target": "download",
            "url": f"/web/content/{self._name}/{export.id}/workbook?download=true&filename={quote(name)}",
        }
