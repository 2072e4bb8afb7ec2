from datetime import datetime, time

from odoo import api, fields, models

from ..tools import moments
from .sbo_document_flow import STEP

BATCH = 500


class SboDocumentExpected(models.AbstractModel):
    """Papers that should be on file and are not yet: every signed contract, every delivery note that came back signed.

    They are entered by themselves, so that the list of papers to file knows what is missing.
    """

    _name = "sbo.document.expected"
    _description = "Document: Expected Papers"

    expected = fields.Boolean(
        "Entered by Itself", readonly=True, copy=False, help="Because its record was signed.")

    @api.model
    def _make_expected(self, companies=None):
        """Enter what is missing of every class that is expected; in batches, each one kept.

        :return: how many
        """
        kinds = self.env["sbo.document.class"].sudo().search([("expected", "=", True), ("record_model", "!=", False)])
        count = 0
        for kind in kinds.filtered(lambda one: not companies or one.company_id in companies):
            count += self._make_expected_of(kind)
        return count

    @api.model
    def _make_expected_of(self, kind):
        company = kind.company_id
        since = self._expected_since(company)
        model = self.env[kind.record_model].sudo().with_company(company)
        query = model._sbo_papers_due(company, since)
        self.env.flush_all()
        ids = [row[0] for row in self.env.execute_query(query)] if query else []
        for start in range(0, len(ids), BATCH):
            records = model.browse(ids[start:start + BATCH])
            self._expect(kind, records)
            if not self.env.context.get("sbo_no_commit"):
                self.env["ir.cron"]._commit_progress()
        return len(ids)

    @api.model
    def _expect(self, kind, records):
        """Enter the papers of these records, due so many working days after they were signed."""
        documents = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True).create(
            records._sbo_documents_vals(kind))
        starts = [self._noon(kind.company_id, document.date) for document in documents]
        documents._set_due(starts)
        documents.with_context(sbo_step=STEP, tracking_disable=True).write({"expected": True})
        return documents

    @api.model
    def _expected_since(self, company):
        """Papers signed before are none of the check's business: a firm does not file its past in one night."""
        check = self.env.ref("sales_back_office.sbo_check_document_filing_late", raise_if_not_found=False)
        return check.sudo().with_company(company)._since_day() if check else company.sudo().sbo_check_from

    @api.model
    def _noon(self, company, day):
        """Noon of a local day: working days are counted from the day after it."""
        zone = self.env(context=dict(self.env.context, tz=company._sbo_tz())).tz
        return moments.to_utc(datetime.combine(day, time(12)), zone)

    def _set_due(self, starts=None):
        """Until when these must be filed, by the days of their class.

        :param starts: when each was signed or entered (naive UTC); now by default
        """
        starts = dict(zip(self.ids, starts or [fields.Datetime.now()] * len(self), strict=True))
        for kind, documents in self.grouped("class_id").items():
            due = self.env["sbo.deadline"]._plan(
                kind.company_id, [starts[document.id] for document in documents], days=kind.file_days)
            for document, moment in zip(documents, due, strict=True):
                # Superuser: a time limit is nobody's to write.
                document.sudo().with_context(sbo_step=STEP, tracking_disable=True).write({"file_due_at": moment})
