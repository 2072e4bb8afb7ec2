from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .sbo_tender_flow import OPEN, STEP, SUPERVISOR

# What was handed in: a bid that is with the tenderer does not change any more.
SUBMITTED_FACTS = {"project", "partner_id", "agency_id", "tender_ref", "company_id", "currency_id", "submission_at",
                   "price", "bond_amount", "bond_form", "papers_cost"}


class SboTenderPapers(models.AbstractModel):
    """The papers of a tender: those bought from the tenderer, and the bid documents (标书) made from them."""

    _name = "sbo.tender.papers"
    _description = "Tender: Papers"

    currency_id = fields.Many2one("res.currency")
    papers_cost = fields.Monetary("Price of the Papers", tracking=True, copy=False)
    papers_bought_on = fields.Date("Papers Bought on", tracking=True, copy=False)
    document_ids = fields.One2many(
        "sbo.tender.document", "tender_id", "Bid Documents", domain=[("current", "=", True)], copy=False)
    document_count = fields.Integer(compute="_compute_document_count", help="All versions of its documents.")
    completion = fields.Float(
        compute="_compute_completion", store=True, aggregator="avg",
        help="Average of the bid documents in their newest versions, in percent.")

    @api.depends("document_ids")
    def _compute_document_count(self):
        found = self.env["sbo.tender.document"].with_context(active_test=False)._read_group(
            [("tender_id", "in", self.ids)], ["tender_id"], ["__count"])
        counts = {tender.id: count for tender, count in found}
        for tender in self:
            tender.document_count = counts.get(tender._origin.id, 0)

    @api.depends("document_ids.progress", "document_ids.current", "document_ids.active")
    def _compute_completion(self):
        for tender in self:
            documents = tender.document_ids.filtered(lambda document: document.current and document.active)
            tender.completion = sum(documents.mapped("progress")) / len(documents) if documents else 0

    @api.constrains("papers_bought_on")
    def _check_papers_bought(self):
        for tender in self:
            if tender.papers_bought_on and tender.papers_bought_on > tender.company_id._sbo_today():
                raise ValidationError(self.env._(
                    "“%s”: the papers are noted when they have been bought, not before.", tender.display_name))

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP:
            for tender in self.filtered(lambda tender: tender.state not in OPEN):
                tender._check_submitted_kept(vals)
        return super().write(vals)

    def unlink(self):
        # Superuser: a draft goes with its documents, whoever owns them; their files would stay behind otherwise.
        drafts = self.filtered(lambda tender: tender.state == "draft").sudo().with_context(active_test=False)
        drafts.env["sbo.tender.document"].search([("tender_id", "in", drafts.ids)]).unlink()
        return super().unlink()

    def action_documents(self):
        """All versions of the bid documents."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_tender_document_action")
        action["domain"] = [("tender_id", "=", self.id)]
        action["context"] = {"default_tender_id": self.id, "active_test": False}
        return action

    def _check_submitted_kept(self, vals):
        """A typing error in what was handed in is corrected by somebody without a part in it.

        :raise UserError: somebody else tries
        """
        changed = sorted(
            self._fields[name]._description_string(self.env) for name in SUBMITTED_FACTS & set(vals)
            if self._differs(name, vals[name]))
        if changed and not self._may_correct(SUPERVISOR):
            raise UserError(self.env._(
                "“%(tender)s” was handed in as it is: %(fields)s cannot be changed any more. A back-office supervisor "
                "who has no part in it corrects a typing error.", tender=self.display_name, fields=", ".join(changed)))

    def _differs(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self)

    def _missing_papers(self):
        """What stops the submission, in words."""
        if (self.papers_until or self.papers_cost) and not self.papers_bought_on:
            return self.env._("the tender papers have not been bought: note the day, or clear their price and date.")
        documents = self.document_ids
        if not documents:
            return self.env._("it has no bid documents: enter what the bid consists of, with the files.")
        open_ones = documents.filtered(lambda document: document.progress < 100)
        if open_ones:
            return self.env._(
                "its documents are not complete: %s. Complete them, or archive what is no part of the bid.",
                ", ".join(f"{document.display_name} ({document.progress:g} %)" for document in open_ones))
        return ""

    def _missing_price(self):
        if self.currency_id.compare_amounts(self.price, 0) <= 0:
            return self.env._("our price is missing.")
        return ""

    def _step_taken(self, step):
        result = super()._step_taken(step)
        # Superuser: whoever takes the step need not be the owner of each document.
        documents = self.sudo().document_ids
        if step == "submit":
            documents._freeze()
        documents._plan_reminders()
        return result
