from odoo import api, models


class SboLeaverList(models.AbstractModel):
    """What one leaver has handed over: the customers with their salesperson, and those served as a clerk."""

    _name = "report.sales_back_office.sbo_leaver_list"
    _description = "List of a Leaver"

    @api.model
    def _get_report_values(self, docids, data=None):
        leavers = self.env["sbo.leaver"].browse(docids)
        handover = self.env["report.sales_back_office.sbo_handover_list"]
        lists = []
        for leaver in leavers:
            leaver.check_access("read")
            # Superuser: as the list of handovers itself.
            card = handover._get_list(leaver.company_id.sudo(), leaver.user_id.sudo(), leaver.assignment_ids.sudo())
            lists.append(dict(card, served=leaver.moved_served_ids.sudo(), clerk=leaver.clerk_successor_id.sudo()))
        return {"doc_ids": docids, "doc_model": leavers._name, "docs": leavers, "lists": lists}
