from odoo import api, models


class SboTenderRegister(models.AbstractModel):
    """Figures of the register of tenders (投标项目登记表, F23): the chosen tenders, by company, with their sums."""

    _name = "report.sales_back_office.sbo_tender_register"
    _description = "Register of Tenders"

    @api.model
    def _get_report_values(self, docids, data=None):
        tenders = self.env["sbo.tender"].browse(docids)
        return {"doc_ids": docids, "doc_model": tenders._name, "docs": tenders, "tables": self._get_tables(tenders)}

    @api.model
    def _get_tables(self, tenders):
        """One table per company, in the order of the deadlines; the number of queries does not grow with the tenders.

        Called by the report.
        """
        tenders.check_access("read")
        ordered = tenders.sorted(lambda tender: (tender.submission_at or tender.create_date, tender.id))
        return [self._get_table(company, found) for company, found in ordered.grouped("company_id").items()]

    @api.model
    def _get_table(self, company, tenders):
        days = [tender._local_day(tender.submission_at) for tender in tenders if tender.submission_at]
        counts = {state: len(found) for state, found in tenders.grouped("state").items()}
        decided = sum(counts.get(state, 0) for state in ("won", "lost", "rejected"))
        return {
            "company": company,
            "zone": company._sbo_tz(),
            "tenders": tenders,
            "day_from": min(days, default=False),
            "day_to": max(days, default=False),
            "totals": [self._get_total(currency, found) for currency, found in tenders.grouped("currency_id").items()],
            "counts": [
                (label, counts[state])
                for state, label in tenders._fields["state"]._description_selection(self.env) if state in counts],
            "won_rate": 100 * counts.get("won", 0) / decided if decided else False,
            "signers": [self.env._("Prepared by"), self.env._("Reviewed by"), self.env._("Approved by")],
        }

    @api.model
    def _get_total(self, currency, tenders):
        names = ("papers_cost", "bond_amount", "bond_returned_amount", "bond_outstanding", "price", "awarded_amount")
        return {"currency": currency, **{name: sum(tenders.mapped(name)) for name in names}}
