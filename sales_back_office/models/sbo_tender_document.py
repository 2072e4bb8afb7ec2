from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .sbo_tender_flow import OPEN, STEP

KINDS = [
    ("technical", "Technical"),
    ("commercial", "Commercial"),
    ("qualification", "Qualification"),
    ("price", "Price Part"),
    ("other", "Other"),
]
# What comes with a step: a new version, the submission.
STEPPED = {"version", "previous_id", "current", "frozen_at", "checksum", "completed_at"}
# What the owner fills in who may not change the tender itself.
OWNER = {"progress", "file", "file_name", "note"}


class SboTenderDocument(models.Model):
    """One version of one part of a bid (标书): who makes it, until when, how far it is, and its file.

    A new version leaves the old one as it was; what was handed in never changes.
    """

    _name = "sbo.tender.document"
    _description = "Bid Document"
    _inherit = ["sbo.tender.reminders", "mail.thread", "mail.activity.mixin"]
    _order = "tender_id desc, sequence, version desc, id"
    _mail_post_access = "read"
    _sbo_reminder_triggers = frozenset({"user_id", "due_on", "progress", "active", "current", "frozen_at"})

    tender_id = fields.Many2one("sbo.tender", required=True, index=True, ondelete="cascade")
    tender_name = fields.Char("Project", related="tender_id.display_name", related_sudo=True)
    tender_state = fields.Selection(related="tender_id.state", related_sudo=True, string="Tender's State")
    company_id = fields.Many2one(related="tender_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="technical")
    name = fields.Char("Document", required=True)
    user_id = fields.Many2one(
        "res.users", "Owner", index=True, tracking=True, default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]", help="Who makes it.")
    due_on = fields.Date("Due", tracking=True, help="The last day to complete it.")
    progress = fields.Float("Complete (%)", tracking=True, aggregator="avg")
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    note = fields.Text("What Is in It", help="What is new in this version, or what is still missing.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        "sbo.tender.document", "Version before", readonly=True, copy=False, index="btree_not_null", ondelete="cascade")
    current = fields.Boolean("Newest Version", default=True, readonly=True, copy=False)
    completed_at = fields.Datetime("Completed on", readonly=True, copy=False)
    frozen_at = fields.Datetime("Submitted on", readonly=True, copy=False)
    checksum = fields.Char(
        "Fingerprint", readonly=True, copy=False, help="Of the file as it was handed in (SHA-1).")
    editable = fields.Boolean(compute="_compute_editable")

    _percent = models.Constraint("CHECK (progress BETWEEN 0 AND 100)", "A document is 0 to 100 % complete.")
    _next_uniq = models.UniqueIndex("(previous_id) WHERE previous_id IS NOT NULL", "There is a newer version already.")

    @api.depends("frozen_at", "current", "tender_id.state")
    def _compute_editable(self):
        for document in self:
            document.editable = not document._closed()

    @api.depends("name", "version")
    def _compute_display_name(self):
        for document in self:
            version = self.env._("version %s", document.version) if document.version > 1 else False
            document.display_name = " ".join(filter(None, (document.name, version)))

    @api.constrains("progress", "file")
    def _check_complete_with_file(self):
        filed = self._files()
        for document in self:
            if document.progress >= 100 and document.id not in filed:
                raise ValidationError(self.env._(
                    "“%s” is complete when its file is here: attach it first.", document.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("sbo_step") is not STEP:
            vals_list = [{name: value for name, value in vals.items() if name not in STEPPED} for vals in vals_list]
        tenders = self.env["sbo.tender"].browse({vals["tender_id"] for vals in vals_list if vals.get("tender_id")})
        tenders.check_access("write")
        # While a bid is being handed in nobody adds a document to it.
        self.env.cr.execute(SQL("SELECT id FROM sbo_tender WHERE id = ANY(%s) FOR SHARE", tenders.ids))
        for tender in tenders.sudo():
            if tender.state not in OPEN:
                raise UserError(self.env._(
                    "“%s” has been handed in or is over: no document is added to it any more.", tender.display_name))
        now = fields.Datetime.now()
        return super().create([
            {**vals, "completed_at": now} if vals.get("progress", 0) >= 100 else vals for vals in vals_list])

    def write(self, vals):
        if self.env.context.get("sbo_step") is STEP:
            return super().write(vals)
        if STEPPED & set(vals) or "tender_id" in vals:
            raise UserError(self.env._(
                "The version of a document and its submission come with the buttons; it stays with its tender."))
        self._check_owner(vals)
        result = super().write(vals)
        if "progress" in vals:
            done = self.filtered(lambda document: document.progress >= 100 and not document.completed_at)
            done._note({"completed_at": fields.Datetime.now()})
            self.filtered(lambda document: document.progress < 100)._note({"completed_at": False})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_empty(self):
        filed = self._files()
        for document in self.filtered(lambda document: document.tender_state != "draft"):
            if document.id in filed or document.version > 1 or document.frozen_at:
                raise UserError(self.env._(
                    "“%s” is kept with its file: archive it if it is no part of the bid any more.",
                    document.display_name))

    def _check_access(self, operation):
        """What was handed in or replaced is closed: for a write, a new file, a deletion alike."""
        result = super()._check_access(operation)
        if operation not in ("write", "unlink") or self.env.su:
            return result
        # Superuser: only to see which are closed.
        closed = self.browse(document.id for document in self.sudo() if document._closed())
        if not closed:
            return result
        if result:
            return result[0] | closed, result[1]
        return closed, lambda: AccessError(self.env._(
            "“%s” was handed in, replaced by a newer version, or its tender is over: it does not change any more. "
            "While the bid is being made, a change is a new version.", closed[0].sudo().display_name))

    # === actions === #

    def action_new_version(self):
        """Go on with a new version: the one before stays as it is, with its file."""
        self.ensure_one()
        self.check_access("write")
        self.env.cr.execute(SQL("SELECT id FROM sbo_tender_document WHERE id = %s FOR UPDATE", self.id))
        # Superuser: the owner may be somebody who does not see the tender.
        stepping = self.sudo().with_context(sbo_step=STEP)
        version = stepping.copy({
            "name": self.name, "version": self.version + 1, "previous_id": self.id, "progress": 0, "current": True})
        stepping.write({"current": False})
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": version.id,
                "views": [[False, "form"]]}

    # === steps of the tender === #

    def _freeze(self):
        """The bid is handed in: what is in it stays, with the fingerprint of each file."""
        sums = self._files()
        stepping = self.with_context(sbo_step=STEP)
        stepping.write({"frozen_at": fields.Datetime.now()})
        for document in stepping:
            document.checksum = sums.get(document.id)

    def _files(self):
        """{id: fingerprint of its file} of those that have one, without loading the files."""
        # Superuser: only whether there is one, and which.
        found = self.env["ir.attachment"].sudo().search_fetch(
            [("res_model", "=", self._name), ("res_field", "=", "file"), ("res_id", "in", self.ids)],
            ["res_id", "checksum"])
        return {attachment.res_id: attachment.checksum for attachment in found}

    # === guards === #

    def _closed(self):
        return bool(self.frozen_at) or not self.current or self.tender_state not in (*OPEN, False)

    def _check_owner(self, vals):
        """Who does not keep the tender fills in the own document, and nothing else of it."""
        if self.env.su or not set(vals) - OWNER - set(self.env["mail.activity.mixin"]._fields):
            return
        # Superuser: read which tenders these are; the right to change them is the user's own.
        tenders = self.sudo().tender_id.with_env(self.env)
        if tenders - tenders._filtered_access("write"):
            raise AccessError(self.env._(
                "The owner of a document attaches its file and says how far it is; the rest is decided by whoever "
                "keeps the tender."))

    def _note(self, vals):
        # Superuser: moments are closed to everybody, they follow from what was just written.
        self.sudo().with_context(sbo_step=STEP).write(vals)

    # === to-dos === #

    @api.model
    def _reminder_kinds(self):
        return ("document",)

    def _reminders(self):
        if not self.active or not self.due_on or self.progress >= 100 or self.sudo()._closed():
            return {}
        return {"document": (self.due_on, self.user_id)}
