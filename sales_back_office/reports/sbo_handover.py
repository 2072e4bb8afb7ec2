from odoo import api, models


class SboHandover(models.AbstractModel):
    """The handover form on paper (客户信息分配/交接单, F02): one page per assignment, many in one file."""

    _name = "report.sales_back_office.sbo_handover"
    _description = "Customer Handover"

    @api.model
    def _get_report_values(self, docids, data=None):
        assignments = self.env["sbo.assignment"].browse(docids)
        return {"doc_ids": docids, "doc_model": assignments._name, "docs": assignments,
                "cards": self._get_cards(assignments)}

    @api.model
    def _get_cards(self, assignments):
        """One card per assignment, called by the report; the number of queries does not grow with them.

        Figures are those of the packet where there is one: what was handed over, not what has become of it.
        """
        assignments.check_access("read")
        # Superuser: products and receivables of the customer that the form names, whoever hands it over.
        records = assignments.sudo()
        products, live = {}, {}
        for company, group in records.grouped("company_id").items():
            partners = group.partner_id.with_company(company)
            products.update(partners._sbo_top_products())
            live.update({(company.id, key): value for key, value in partners._sbo_handover_figures().items()})
        return [{
            "doc": record,
            "items": {item.kind: item for item in record.item_ids},
            "live": live[record.company_id.id, record.partner_id.id],
            "products": products.get(record.partner_id.id, ""),
            "contact": record.partner_id.child_ids.filtered(lambda child: child.type == "contact")[:1],
            "signers": self._get_signers(record),
        } for record in records]

    @api.model
    def _get_signers(self, record):
        """Who hands over, who receives, who watches (移交人、接收人、监交人)."""
        return [
            {"label": self.env._("Handed over by"), "user": record.from_user_id or record.assigned_by_id,
             "at": record.assigned_at},
            {"label": self.env._("Received by"), "user": record.outcome == "accepted" and record.user_id or False,
             "at": record.outcome == "accepted" and record.acknowledged_at},
            {"label": self.env._("Witnessed by"), "user": False, "at": False},
        ]
