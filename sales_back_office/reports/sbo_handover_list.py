from odoo import api, models


class SboHandoverList(models.AbstractModel):
    """Handovers as one list for signature (F02 as a list): what a leaver, or anybody, has handed over to whom."""

    _name = "report.sales_back_office.sbo_handover_list"
    _description = "List of Customer Handovers"

    @api.model
    def _get_report_values(self, docids, data=None):
        assignments = self.env["sbo.assignment"].browse(docids)
        return {"doc_ids": docids, "doc_model": assignments._name, "docs": assignments,
                "lists": self._get_lists(assignments)}

    @api.model
    def _get_lists(self, assignments):
        """One list per company and person who hands over; the number of queries does not grow with the lines."""
        assignments.check_access("read")
        # Superuser: receivables and orders of the customers named, whoever hands them over.
        records = assignments.sudo().sorted(lambda record: (record.user_id.name or "", record.name))
        return [
            self._get_list(company, user, group)
            for (company, user), group in records.grouped(lambda a: (a.company_id, a.from_user_id)).items()
        ]

    @api.model
    def _get_list(self, company, user, records):
        live = records.partner_id.with_company(company)._sbo_handover_figures()
        rows = []
        for record in records:
            items = {item.kind: item for item in record.item_ids}
            figures = live[record.partner_id.id]
            rows.append({
                "doc": record,
                "orders": items["orders"].quantity if "orders" in items else figures["orders"],
                "order_amount": items["orders"].amount if "orders" in items else figures["order_amount"],
                "receivable": items["receivable"].amount if "receivable" in items else figures["receivable"],
                "findings": items["findings"].quantity if "findings" in items else figures["findings"],
                "contacts": figures["contact_names"],
            })
        return {
            "company": company, "user": user, "rows": rows, "currency": company.currency_id, "served": [],
            "signers": [{"label": self.env._("Handed over by"), "user": user, "at": False},
                        {"label": self.env._("Received by"), "user": False, "at": False},
                        {"label": self.env._("Witnessed by"), "user": False, "at": False}],
        }
