import pytz
from babel.dates import format_skeleton
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse, get_lang

from ..tools import periods

KINDS = [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")]
SUPERVISOR = "sales_back_office.sbo_group_supervisor"


class SboContractSummary(models.Model):
    """The contract summary of one month, quarter or year (合同履行汇总): what it said when it was sent, as it was sent.

    It is prepared and mailed by itself when the period is over. Nothing in it is ever changed: a correction is a new
    version, with its reason.
    """

    _name = "sbo.contract.summary"
    _description = "Contract Summary"
    _inherit = ["sbo.contract.summary.run"]
    _order = "period_end desc, kind, version desc, id desc"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    period_start = fields.Date("From", required=True, readonly=True)
    period_end = fields.Date("To", required=True, readonly=True)
    version = fields.Integer(required=True, readonly=True, default=1)
    reason = fields.Char("Why Corrected", readonly=True)
    figures = fields.Json(readonly=True)
    contract_count = fields.Integer("Contracts", readonly=True)
    received = fields.Monetary("Received in the Period", readonly=True)
    receivable = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    pdf_id = fields.Many2one("ir.attachment", "Paper", readonly=True, ondelete="restrict")
    workbook_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    prepared_at = fields.Datetime("Prepared", readonly=True)
    mailed_at = fields.Datetime("Mailed", readonly=True)
    recipient_ids = fields.Many2many(
        "res.users", "sbo_contract_summary_user_rel", "summary_id", "user_id", string="Mailed to", readonly=True)
    tries = fields.Integer(readonly=True)
    error = fields.Char("Went Wrong", readonly=True)
    superseded = fields.Boolean(compute="_compute_superseded", search="_search_superseded")

    _period_uniq = models.Constraint(
        "UNIQUE (company_id, kind, period_start, version)", "There is a summary of this period already.")

    @api.depends("kind", "period_start", "version")
    @api.depends_context("lang")
    def _compute_name(self):
        for summary in self:
            name = self.env._("Contract Summary %s", summary._period_label())
            summary.name = self.env._("%(name)s, version %(version)s", name=name, version=summary.version) \
                if summary.version > 1 else name

    @api.depends("kind", "period_start", "version")
    def _compute_superseded(self):
        newest = {(company, kind, start): version for company, kind, start, version in self._read_group(
            [("company_id", "in", self.company_id.ids), ("period_start", "in", self.mapped("period_start"))],
            ["company_id", "kind", "period_start:day"], ["version:max"])}
        for summary in self:
            key = (summary.company_id, summary.kind, summary.period_start)
            summary.superseded = summary.version < newest.get(key, 0)

    def _search_superseded(self, operator, value):
        if operator != "in":
            return NotImplemented
        older = SQL(
            """(SELECT s.id FROM sbo_contract_summary s JOIN sbo_contract_summary n
                    ON n.company_id = s.company_id AND n.kind = s.kind AND n.period_start = s.period_start
                   AND n.version > s.version)""")
        return [("id", "in" if True in value else "not in", older)]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("A contract summary stays as it was sent. Make a corrected version instead."))

    # === actions === #

    def action_download_paper(self):
        """The summary on paper, as it was sent."""
        return self._download(self.pdf_id)

    def action_download_workbook(self):
        """All its contracts as a workbook, as it was sent."""
        return self._download(self.workbook_id)

    def action_correct(self):
        """Dialog: why a corrected version is made."""
        self.ensure_one()
        self._refuse_correction()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_contract_correction_action")
        return {**action, "context": {"default_summary_id": self.id}}

    def action_retry(self):
        """Have it prepared once more, after what went wrong has been put right."""
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._("A back-office supervisor has a contract summary prepared once more."))
        # Superuser: summaries are written by the system only; who may ask for it is checked above.
        self.sudo().filtered(lambda summary: not summary.prepared_at).tries = 0
        self.env.ref("sales_back_office.sbo_cron_contract_summary").sudo()._trigger()

    # === business === #

    def _correct(self, reason):
        """A new version of this summary, prepared and mailed with the next turn of the job."""
        self.ensure_one()
        self._refuse_correction()
        if not (reason or "").strip():
            raise UserError(self.env._("Say what was wrong: it stands on the corrected version."))
        # Superuser: summaries are written by the system only; who may ask for a correction is checked above.
        newest = self.sudo().search([
            ("company_id", "=", self.company_id.id), ("kind", "=", self.kind),
            ("period_start", "=", self.period_start)], limit=1, order="version desc")
        return newest.create({
            "kind": self.kind, "company_id": self.company_id.id, "period_start": self.period_start,
            "period_end": self.period_end, "version": newest.version + 1, "reason": reason.strip()}).with_env(self.env)

    def _refuse_correction(self):
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._("A back-office supervisor has a contract summary corrected."))
        if not self.prepared_at:
            raise UserError(self.env._(
                "%s has not been prepared yet: it will be with the next turn of its job.", self.name))

    def _period_label(self):
        """The period in words."""
        self.ensure_one()
        start = self.period_start
        if not start:
            return ""
        # Month before year or after it, as the language has it.
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_skeleton({"month": "yMMMM", "quarter": "yQQQ", "year": "y"}[self.kind], start, locale=locale)

    def _moments(self):
        """(last moment before the period, its last moment), naive UTC."""
        zone = pytz.timezone(self.company_id._sbo_tz())
        start, end = periods.utc_bounds(self.period_start, self.period_end, zone)
        return fields.Datetime.subtract(start, seconds=1), fields.Datetime.subtract(end, seconds=1)

    def _download(self, attachment):
        self.check_access("read")
        if not attachment:
            raise UserError(self.env._("There is no such file in this summary."))
        return {"type": "ir.actions.act_url", "target": "download",
                "url": f"/web/content/{attachment.id}?download=true"}
