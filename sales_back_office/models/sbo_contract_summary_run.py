import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools import periods

_logger = logging.getLogger(__name__)
TRIES = 5
TODO = [("prepared_at", "=", False), ("tries", "<", TRIES)]
PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SboContractSummaryRun(models.AbstractModel):
    """How contract summaries come about: planned when a period is over, prepared and mailed one by one.

    A summary, its files and its mail are one transaction: whoever is killed half-way has written nothing, and nobody
    gets a summary twice. Several workers share the work by row locks.
    """

    _name = "sbo.contract.summary.run"
    _description = "Contract Summary: Job"

    def _cron_summaries(self):
        """Plan what is over, and work it off."""
        commit = self.env["ir.cron"]._commit_progress
        self._plan()
        commit(remaining=self.search_count(TODO))
        tried = []
        while True:
            try:
                summary = self._take(tried)
                if not summary:
                    break
                summary._prepare_guarded()
                tried.append(summary.id)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                continue
            if not commit(1):
                break

    @api.model
    def _plan(self):
        """One row for each company and kind of period that has just ended, unless it is there already."""
        rows = []
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            for kind in company._sbo_summary_kinds():
                start, end = periods.preceding(kind, company._sbo_today())
                if company.sbo_check_from and end < company.sbo_check_from:
                    continue
                rows.append((company.id, kind, start, end))
        if not rows:
            return
        self.env["sbo.contract"].flush_model(["company_id", "signed_on"])
        self.flush_model()
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.env.execute_query(SQL(
            """INSERT INTO sbo_contract_summary (company_id, kind, period_start, period_end, version, tries, create_uid,
                                                 write_uid, create_date, write_date)
               SELECT p.company_id, p.kind, p.first, p.last, 1, 0, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                      now() AT TIME ZONE 'UTC'
                 FROM unnest(%(companies)s::integer[], %(kinds)s::varchar[], %(starts)s::date[], %(ends)s::date[])
                      AS p(company_id, kind, first, last)
                WHERE EXISTS (SELECT FROM sbo_contract c WHERE c.company_id = p.company_id AND c.signed_on <= p.last)
                ON CONFLICT DO NOTHING RETURNING id""",
            uid=self.env.uid, companies=columns[0], kinds=columns[1], starts=columns[2], ends=columns[3]))
        self.invalidate_model(flush=False)

    @api.model
    def _take(self, tried=()):
        """One summary that nobody else is preparing.

        :param tried: ids of those that this run has had already: what failed waits for the next one
        """
        todo = self.search([*TODO, ("id", "not in", list(tried))], order="id")
        return todo.try_lock_for_update(limit=1).filtered_domain(TODO)

    def _prepare_guarded(self):
        """Prepare one; what goes wrong with it does not stop the others."""
        try:
            with self.env.cr.savepoint():
                self._prepare()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as failure:
            _logger.exception("contract summary %s", self.id)
            self.env.invalidate_all(flush=False)
            self.write({"tries": self.tries + 1, "error": str(failure)})

    def _prepare(self):
        """Figures, files and mail, as of the last moment of the period."""
        self.ensure_one()
        users = self.company_id._sbo_summary_users()
        lang = users[:1].lang or self.company_id.partner_id.lang or self.env.lang
        summary = self.with_company(self.company_id).with_context(lang=lang, tz=self.company_id._sbo_tz())
        paper = summary.env["report.sales_back_office.sbo_contract_summary_paper"]
        found = paper._get_figures(summary)
        total = found["groups"][0]["rows"][0]
        # Before the files: the paper is printed from what is kept.
        summary.write({
            "figures": found["kept"], "contract_count": total["contracts"], "received": total["received_period"],
            "receivable": total["receivable"], "overdue": total["overdue"], "prepared_at": fields.Datetime.now(),
            "tries": summary.tries + 1, "error": False})
        summary.workbook_id = summary._attach(f"{summary.name}.xlsx", found["workbook"], XLSX)
        summary.pdf_id = summary._print()
        if users:
            summary._mail(users)

    def _print(self):
        """The paper as an attachment; a machine that cannot print sends the workbook alone."""
        try:
            content, kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "sales_back_office.sbo_contract_summary_report", self.ids)
        except UserError as failure:
            self.error = str(failure)
            return self.env["ir.attachment"]
        return self._attach(f"{self.name}.{kind}", content, PDF if kind == "pdf" else "text/html")

    def _attach(self, name, content, mimetype):
        return self.env["ir.attachment"].create({
            "name": name.replace("/", "-"), "raw": content, "mimetype": mimetype, "res_model": self._name,
            "res_id": self.id})

    def _mail(self, users):
        """One mail to all recipients, in the same transaction as the note that it was mailed."""
        body = self.env["ir.qweb"]._render(
            "sales_back_office.sbo_contract_summary_mail",
            {"summary": self, "url": f"{self.get_base_url()}/odoo/contract-summaries/{self.id}"}, lang=self.env.lang)
        self.env["mail.mail"].create({
            "subject": f"{self.company_id.name}: {self.name}", "body_html": body, "auto_delete": False,
            "email_to": ", ".join(users.mapped("email_formatted")), "model": self._name, "res_id": self.id,
            "email_from": self.company_id.email_formatted or self.env.user.email_formatted,
            "attachment_ids": [(4, attachment.id) for attachment in self.pdf_id | self.workbook_id]})
        self.write({"mailed_at": fields.Datetime.now(), "recipient_ids": [(6, 0, users.ids)]})
