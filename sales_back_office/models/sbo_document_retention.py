from datetime import date

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from .sbo_document_class import STARTS
from .sbo_document_flow import KEPT, STEP

BATCH = 1000


class SboDocumentRetention(models.AbstractModel):
    """How long a document is kept (保管期限): from which day, for how many years, and what comes then.

    Terms are the least that the rules on firms' archives ask for; a contract's begins when it has been fulfilled.
    """

    _name = "sbo.document.retention"
    _description = "Document: Retention"

    permanent = fields.Boolean(
        compute="_compute_retention_terms", store=True, readonly=False, precompute=True, tracking=True,
        help="Kept for ever.")
    retention_years = fields.Integer(
        "Years Kept", compute="_compute_retention_terms", store=True, readonly=False, precompute=True, tracking=True,
        aggregator=None)
    retention_start = fields.Selection(
        STARTS, "Counted from", compute="_compute_retention_terms", store=True, readonly=False, precompute=True,
        tracking=True)
    retention_from = fields.Date(
        "Term Begins", readonly=True, copy=False, help="Empty: what it is counted from has not happened yet.")
    keep_until = fields.Date(
        "Kept until", readonly=True, copy=False, index="btree_not_null", tracking=True,
        help="Empty: for ever, or not yet known.")
    appraisal_note = fields.Text("Appraisal", tracking=True, copy=False, help="What was found when its term was over.")

    _term_idx = models.Index("(company_id, keep_until) WHERE state = 'filed'")
    _unknown_idx = models.Index(
        "(res_model, res_id) WHERE state = 'filed' AND keep_until IS NULL AND permanent IS NOT TRUE")
    _years_positive = models.Constraint("CHECK (retention_years >= 0)", "Years cannot be negative.")

    @api.depends("class_id")
    def _compute_retention_terms(self):
        for document in self:
            permanent, years = document.class_id._kept() if document.class_id else (False, 0)
            document.permanent, document.retention_years = permanent, years
            document.retention_start = document.class_id.retention_start

    def write(self, vals):
        result = super().write(vals)
        asked = {"permanent", "retention_years", "retention_start", "date", "res_model", "res_id"} & set(vals)
        if asked and self.env.context.get("sbo_step") is not STEP:
            self.filtered(lambda document: document.state in KEPT)._set_retention()
        return result

    def action_destruction(self):
        """Put these, whose term is over, on a new destruction list."""
        return self.env["sbo.destruction"]._open_with(self)

    @api.model
    def _cron_retention(self):
        """Nightly: papers that should be on file, terms that begin, terms that are over."""
        self._make_expected()
        commit = self.env["ir.cron"]._commit_progress
        last = 0
        while True:
            # Terms that wait for something to happen; archived drafts have none.
            waiting = self.sudo().search([
                ("id", ">", last), ("state", "=", "filed"), ("keep_until", "=", False), ("permanent", "=", False),
                ("retention_start", "=", "fulfilled"), ("res_id", "!=", False)], order="id", limit=BATCH)
            if not waiting:
                break
            last = waiting[-1].id
            waiting._set_retention()
            if not commit(len(waiting)):
                return
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            self._expire(company)
            if not commit(1):
                return

    # === the term === #

    def _set_retention(self):
        """Work out until when these are kept, and whether that day is over; two statements for any number."""
        kept = self.filtered(lambda document: document.state in KEPT)
        if not kept:
            return
        starts, rows = kept._term_starts(), []
        for document in kept:
            start = starts.get(document.id)
            until = start + relativedelta(years=document.retention_years) if start and not document.permanent else None
            today = document.company_id._sbo_today()
            state = "appraisal" if until and until < today else "filed"
            rows.append((document.id, start, until, state))
        ids, begins, ends, states = (list(column) for column in zip(*rows, strict=True))
        self.flush_model()
        self.env.cr.execute(SQL(
            """UPDATE sbo_document d SET retention_from = n.start, keep_until = n.until, state = n.state
                 FROM unnest(%s::integer[], %s::date[], %s::date[], %s::varchar[]) AS n(id, start, until, state)
                WHERE d.id = n.id
                  AND (d.retention_from, d.keep_until, d.state) IS DISTINCT FROM (n.start, n.until, n.state)""",
            ids, begins, ends, states))
        self.invalidate_model(["retention_from", "keep_until", "state"])

    def _term_starts(self):
        """{document id: the day from which its term counts}, for those where it has happened."""
        starts, waiting = {}, self.browse()
        for document in self:
            if document.retention_start == "filed":
                starts[document.id] = document.filed_on
            elif document.retention_start == "dated":
                starts[document.id] = document.date
            elif document.retention_start == "fulfilled":
                waiting |= document
            else:
                starts[document.id] = date(document.date.year, 12, 31)
        # Superuser: whoever files need not read the contract.
        for model, documents in waiting.sudo().filtered("res_id").grouped("res_model").items():
            if model in self.env and getattr(self.env[model], "_sbo_filed", False):
                ended = self.env[model].sudo().browse(documents.mapped("res_id")).exists()._sbo_fulfilled_on()
                for document in documents:
                    if ended.get(document.res_id):
                        starts[document.id] = date(ended[document.res_id].year, 12, 31)
        return {key: day for key, day in starts.items() if day}

    @api.model
    def _expire(self, company, day=None):
        """What is over goes on the appraisal list: one statement."""
        self.flush_model()
        self.env.cr.execute(SQL(
            """UPDATE sbo_document SET state = 'appraisal', write_date = now() AT TIME ZONE 'UTC'
                WHERE company_id = %s AND state = 'filed' AND keep_until < %s""",
            company.id, day or company._sbo_today()))
        self.invalidate_model(["state"])
        return self.env.cr.rowcount
