from odoo import api, fields, models
from odoo.tools import SQL

# Signed once, whatever came later.
BINDING = ("signed", "execution", "fulfilled", "terminated", "filed")
# The scans in fields of the contract: of the paper itself, and of who was allowed to sign it.
SCANS = ("signed_file", "our_letter", "their_letter")
ENDED = ("fulfilled", "terminated", "filed")


class SboFiledContract(models.AbstractModel):
    """The signed contract is filed; its term counts from the end of the year in which it was fulfilled."""

    _name = "sbo.filed.contract"
    _description = "Contract: Filed Documents"
    _inherit = ["sbo.filed.mixin"]
    _sbo_term_fields = frozenset({"state", "ended_on", "fulfilled_on"})

    def _sbo_paper_date(self):
        return self.signed_on or super()._sbo_paper_date()

    def _sbo_importance(self):
        day = self.signed_on or fields.Date.context_today(self)
        amount = self.currency_id._convert(self.amount, self.company_id.currency_id, self.company_id, day)
        return amount, bool(self.warranty_until or self.retention_amount)

    def _sbo_filed_attachments(self):
        # Superuser: whoever files may read the contract.
        return self.env["ir.attachment"].sudo().search([
            ("res_model", "=", self._name), ("res_id", "in", self.ids), ("res_field", "in", (False, *SCANS))],
            order="id")

    def _sbo_fulfilled_on(self):
        """When it was fulfilled or ended; contracts that do not note the day: the last day of their term."""
        ends = {}
        for contract in self.filtered(lambda contract: contract.state in ENDED):
            noted = next((contract[name] for name in ("fulfilled_on", "ended_on")
                          if name in self._fields and contract[name]), None)
            ends[contract.id] = noted or contract.date_end or contract.write_date.date()
        return ends

    def _sbo_paper_filed(self, documents):
        """The original is on file with it: that ends the contract's own time limit."""
        result = super()._sbo_paper_filed(documents)
        contracts = {contract.id: contract for contract in self}
        for document in documents.filtered(lambda document: document.class_id.record_model == self._name):
            contract = contracts.get(document.res_id)
            if contract and contract.state in BINDING and not contract.original_filed_at:
                vals = {"original_filed_at": document.filed_at, "original_filed_by_id": document.filed_by_id.id}
                if document.place_id:
                    vals["original_place"] = contract.original_place or document.place_id.complete_name
                    vals["original_returned_on"] = contract.original_returned_on or document.filed_on
                contract._own().write(vals)
        return result

    @api.model
    def _sbo_papers_due(self, company, since):
        """Signed contracts."""
        return SQL(
            """SELECT c.id FROM sbo_contract c
                WHERE c.company_id = %s AND c.state = ANY(%s) AND c.signed_on IS NOT NULL AND c.signed_on >= %s AND %s
                ORDER BY c.id""",
            company.id, list(BINDING), since or fields.Date.to_date("1970-01-01"),
            self._sbo_sql_without_paper(SQL("c.id")))
