from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_destruction_flow import OPEN, STEP, STEPPED
from .sbo_document_flow import STEP as DOCUMENT_STEP

METHODS = [
    ("shred", "Shredding"), ("pulp", "Pulping"), ("burn", "Burning"), ("erase", "Erasing"),
    ("handed", "By a Service Firm")]


class SboDestruction(models.Model):
    """A destruction list (档案销毁清册, form F19): what was destroyed, who approved it, who watched. Kept for ever."""

    _name = "sbo.destruction"
    _description = "Destruction List"
    _inherit = ["sbo.destruction.flow", "sbo.closed.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _closed = STEPPED
    _check_company_auto = True

    name = fields.Char("List No.", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    head_id = fields.Many2one(
        "res.users", "Head of Appraisal", tracking=True, help="Who led the appraisal.")
    method = fields.Selection(METHODS, required=True, default="shred", tracking=True)
    note = fields.Text("Remark")
    line_ids = fields.One2many("sbo.destruction.line", "destruction_id", "Filed Documents")
    line_count = fields.Integer("Number of Documents", compute="_compute_line_count")
    blocked_count = fields.Integer("Not to Be Destroyed", compute="_compute_blocked_count")
    backup_until = fields.Date(
        "In Backups until", readonly=True, copy=False,
        help="The day when the last backup set with these files expires; until then they can be restored from it.")
    backup_expected = fields.Date("In Backups at Least until", compute="_compute_backup_expected")

    def _compute_line_count(self):
        counts = dict(self.env["sbo.destruction.line"]._read_group(
            [("destruction_id", "in", self.ids)], ["destruction_id"], ["__count"]))
        for record in self:
            record.line_count = counts.get(record._origin, 0)

    def _compute_blocked_count(self):
        # Superuser: what stands against it, whoever looks.
        lines = self._all_lines().filtered(lambda line: line.destruction_id.state in OPEN)
        blocked, by_list = lines.document_id._blockers(), lines.grouped("destruction_id")
        for record in self:
            record.blocked_count = sum(
                line.document_id.id in blocked for line in by_list.get(record._origin.sudo(), ()))

    def _compute_backup_expected(self):
        for record in self:
            record.backup_expected = record.backup_until or (record._sbo_backup_until() if record._origin else False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in STEPPED & set(vals):
                del vals[name]
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            # Superuser: numbers come from the sequence, whoever asks for one.
            vals["name"] = self.env["ir.sequence"].sudo().with_company(company).next_by_code("sbo.destruction") or "/"
        records = super().create(vals_list)
        if any(record.state != "draft" for record in records):
            records._refuse_by_hand()
        return records

    def write(self, vals):
        own = set(vals) - {*self.env["mail.thread"]._fields, *self.env["mail.activity.mixin"]._fields}
        if self.env.context.get("sbo_destruction_step") is not STEP and own:
            if own & STEPPED:
                self._refuse_by_hand()
            fixed = self.filtered(lambda record: record.state != "draft")
            if fixed and own - {"note"}:
                raise UserError(self.env._(
                    "“%s” has been approved: send it back to draft to change it.", fixed[0].name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A destruction list stays on record for ever. Cancel it if it is not needed."))

    # === actions === #

    def action_add_expired(self):
        """Put on it whatever is over, appraised, and stopped by nothing."""
        for record in self:
            over = self.env["sbo.document"].search([
                ("state", "=", "appraisal"), ("company_id", "=", record.company_id.id)])
            stopped = self.env["sbo.document"].browse(over._blockers())
            record._put(over - self.env["sbo.destruction.line"]._open_documents(over) - stopped)

    def action_documents(self):
        """The documents of the list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_action")
        return dict(action, domain=[("id", "in", self.line_ids.document_id.ids)], context={})

    @api.model
    def _open_with(self, documents):
        """A new list with these documents; called by the appraisal list. Returns the action that opens it."""
        company = documents.company_id or self.env.company
        if len(company) > 1:
            raise UserError(self.env._("A destruction list holds documents of its own company only."))
        record = self.create({"company_id": company.id})
        record._put(documents)
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": record.id,
                "views": [[False, "form"]]}

    def _put(self, documents):
        self.env["sbo.destruction.line"].create([
            {"destruction_id": self.id, "document_id": document.id} for document in documents])

    # === what happens === #

    def _destroy(self):
        """The documents are destroyed: their lines in the index stay, their files go, what keeps a copy is named."""
        self.ensure_one()
        # Superuser: the last witness need not be a clerk, nor read secret documents; everything was checked above.
        lines = self._all_lines()
        documents = lines.document_id._own()
        documents._lock()
        lines._name_copies()
        files = documents.file_ids.filtered("attachment_id")
        attachments = files.attachment_id
        files._own().write({"attachment_id": False, "destroyed_at": fields.Datetime.now()})
        attachments.with_context(sbo_step=DOCUMENT_STEP).unlink()
        documents.write({
            "state": "destroyed", "destroyed_on": self.company_id._sbo_today(), "destruction_id": self.id,
            "place_id": False})

    def _sbo_backup_until(self):
        """Hook: the day when the last backup set that holds these files expires, or False when there is none."""
        self.ensure_one()
        # Superuser: whoever signs the list need not see backups, nor secret documents.
        return self.env["sbo.backup"].sudo()._last_expiry(self._all_lines().document_id.file_ids) or False

    def _refuse_by_hand(self):
        raise UserError(self.env._("State and signatures of a destruction list come with its steps."))
