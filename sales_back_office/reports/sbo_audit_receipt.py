from odoo import api, models


class SboAuditReceipt(models.AbstractModel):
    """The receipt for an audit pack (审计资料签收单): what was handed over, by what check sum it is known, when
    originals come back, who signs.
    """

    _name = "report.sales_back_office.sbo_audit_receipt"
    _description = "Receipt for an Audit Pack"

    @api.model
    def _get_report_values(self, docids, data=None):
        packs = self.env["sbo.audit.pack"].browse(docids)
        return {"doc_ids": docids, "doc_model": packs._name, "docs": packs, "cards": self._get_cards(packs)}

    @api.model
    def _get_cards(self, packs):
        """One card per pack, called by the report; the number of queries does not grow with them."""
        packs.check_access("read")
        lines = self.env["sbo.audit.pack.line"]
        classes, papers, missing = {}, {}, {}
        for pack, name, kind, documents, files, size in lines._read_group(
                [("pack_id", "in", packs.ids), ("kind", "in", ("file", "paper"))], ["pack_id", "class_name", "kind"],
                ["document_id:count_distinct", "__count", "size:sum"]):
            row = classes.setdefault(pack, {}).setdefault(name or "", {"files": 0, "size": 0, "papers": 0})
            if kind == "file":
                row.update(files=files, size=size)
            else:
                row["papers"] = documents
        for line in lines.search([("pack_id", "in", packs.ids), ("kind", "in", ("paper", "missing"))]):
            (papers if line.kind == "paper" else missing).setdefault(line.pack_id, []).append(line)
        return [{
            "pack": pack, "classes": sorted(classes.get(pack, {}).items()),
            "papers": papers.get(pack, []) if pack.originals else [], "missing": missing.get(pack, []),
            "signers": [
                {"label": self.env._("Handed over by"), "user": pack.delivered_by_id, "at": pack.delivered_at},
                {"label": self.env._("Received by"), "user": False, "at": False},
                {"label": self.env._("Originals back, received by"), "user": False, "at": False}],
        } for pack in packs]
