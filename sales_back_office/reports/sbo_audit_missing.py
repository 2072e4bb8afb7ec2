from odoo import api, models


class SboAuditMissing(models.AbstractModel):
    """What a pack could not hold, on paper (缺件清单): for whoever looks for it, and for the auditor."""

    _name = "report.sales_back_office.sbo_audit_missing"
    _description = "Missing Papers of an Audit Pack"

    @api.model
    def _get_report_values(self, docids, data=None):
        packs = self.env["sbo.audit.pack"].browse(docids)
        packs.check_access("read")
        found = self.env["sbo.audit.pack.line"].search(
            [("pack_id", "in", packs.ids), ("kind", "in", ("missing", "left_out"))])
        lines = found.grouped("pack_id")
        return {"doc_ids": docids, "doc_model": packs._name, "docs": packs, "cards": [{
            "pack": pack, "lines": lines.get(pack, found.browse()),
            "signers": [{"label": self.env._("Prepared by"), "user": pack.prepared_by_id, "at": pack.snapshot_at},
                        {"label": self.env._("Reviewed by"), "user": False, "at": False},
                        {"label": self.env._("Received by"), "user": False, "at": False}],
        } for pack in packs]}
