import os

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_audit_scope import STEP, SUPERVISOR

STATES = [
    ("draft", "Draft"),
    ("preparing", "Being Prepared"),
    ("ready", "Ready"),
    ("delivered", "Handed Over"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
# step: (from, to, group). Feeds the buttons, the guard and its sentence.
TRANSITIONS = {
    "prepare": (("draft",), "preparing", SUPERVISOR),
    "retry": (("preparing",), "preparing", SUPERVISOR),
    "deliver": (("ready",), "delivered", SUPERVISOR),
    "close": (("delivered",), "closed", SUPERVISOR),
    "rebuild": (("ready", "delivered"), None, SUPERVISOR),
    "cancel": (("draft", "preparing", "ready"), "cancelled", SUPERVISOR),
}
STEPPED = frozenset({
    "state", "name", "prepared_by_id", "snapshot_at", "index_head", "built_at", "attachment_id", "sha256", "size",
    "file_count",
    "paper_count", "missing_count", "left_out_count", "manager_only", "delivered_at", "delivered_by_id", "returned_on",
    "job_state", "job_cursor", "job_tries", "job_done", "job_total", "job_error"})
# What the snapshot was taken of, and what the receipt says.
SCOPED = frozenset({
    "company_id", "request_id", "date_from", "date_to", "partner_ids", "contract_ids", "class_ids"})
RECEIPT = frozenset({"recipient", "originals", "return_due_on"})


class SboAuditPack(models.Model):
    """What is handed over for an audit (审计资料包): one zip with an index and check sums, what is missing, a receipt.

    A scheduled action prepares it from a snapshot; building it again gives the same bytes.
    """

    _name = "sbo.audit.pack"
    _description = "Audit Pack"
    _inherit = [
        "sbo.audit.scope", "sbo.audit.snapshot", "sbo.audit.build", "sbo.closed.mixin", "sbo.checked.mixin",
        "mail.thread", "mail.activity.mixin"]
    _closed = STEPPED | {"line_ids"}
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Pack No.", required=True, readonly=True, copy=False, default="/")
    request_id = fields.Many2one(
        "sbo.audit.request", "Audit Request", index="btree_not_null", check_company=True, ondelete="restrict")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False)
    sbo_clerk_id = fields.Many2one(related="request_id.sbo_clerk_id")
    prepared_by_id = fields.Many2one("res.users", "Prepared by", readonly=True, copy=False)
    snapshot_at = fields.Datetime(
        "As of", readonly=True, copy=False, help="What was filed later, or changed, is not in the pack.")
    index_head = fields.Json(readonly=True, copy=False)
    built_at = fields.Datetime("Built", readonly=True, copy=False)
    line_ids = fields.One2many("sbo.audit.pack.line", "pack_id", "Content", readonly=True)
    file_count = fields.Integer("Files", readonly=True, copy=False)
    paper_count = fields.Integer("Documents on Paper", readonly=True, copy=False)
    missing_count = fields.Integer("Missing Papers", readonly=True, copy=False)
    left_out_count = fields.Integer(
        "Not Included", readonly=True, copy=False, help="Documents in the scope that the preparer may not read.")
    manager_only = fields.Boolean(
        "Managers Only", readonly=True, copy=False, help="It holds documents that supervisors do not read.")
    attachment_id = fields.Many2one("ir.attachment", "Zip", readonly=True, copy=False, ondelete="set null")
    sha256 = fields.Char("SHA-256 of the Zip", readonly=True, copy=False)
    size = fields.Float("Bytes", digits=(20, 0), readonly=True, copy=False)
    recipient = fields.Char(help="Who takes the pack, and signs for it.", tracking=True)
    originals = fields.Boolean(
        "With Originals", tracking=True, help="The papers themselves are handed over, too, and come back.")
    return_due_on = fields.Date("Originals Back by", tracking=True)
    delivered_at = fields.Datetime("Handed Over at", readonly=True, copy=False, tracking=True)
    delivered_by_id = fields.Many2one("res.users", "Handed Over by", readonly=True, copy=False)
    returned_on = fields.Date("Originals Back on", readonly=True, copy=False, tracking=True)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    @api.depends_context("uid")
    @api.depends("state", "job_state")
    def _compute_allowed_actions(self):
        for pack in self:
            pack.allowed_actions = ",".join(step for step in TRANSITIONS if not pack._refusal(step))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                for name in STEPPED:
                    vals.pop(name, None)
            company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].with_company(company).next_by_code(self._name) or "/"
        packs = super().create(vals_list)
        if not self.env.su and any(pack.state != "draft" or pack.attachment_id for pack in packs):
            packs._refuse_by_hand()
        return packs

    def write(self, vals):
        if self._steps_only(vals, STEPPED):
            self._refuse_by_hand()
        for pack in self:
            over = pack.state in ("delivered", "closed", "cancelled")
            if pack.state != "draft" and self._steps_only(vals, SCOPED | RECEIPT if over else SCOPED):
                raise UserError(self.env._(
                    "“%s” has been prepared: what it is about, and what was signed for, stays. Make a new pack.",
                    pack.name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if self.filtered(lambda pack: pack.state != "draft"):
            raise UserError(self.env._("A pack that was prepared is kept: it says who was given what. Cancel it."))

    # === actions === #

    def action_prepare(self):
        """Take a snapshot and build the zip in the background, with what the user may read."""
        self._go("prepare", prepared_by_id=self.env.uid, job_state="waiting")
        self._wake()

    def action_retry(self):
        """Go on after a failure."""
        self._go("retry", job_state="waiting", job_error=False, job_tries=0)
        self._wake()

    def action_rebuild(self):
        """Build the zip again from the snapshot: it must come out the same."""
        self._go("rebuild", job_state="waiting", job_error=False, job_tries=0, job_done=0)
        self._wake()

    def action_deliver(self):
        """It has been handed over; the receipt is kept beside it."""
        for pack in self:
            lacking = [] if pack.recipient else [self.env._("who takes it")]
            if pack.originals and not pack.return_due_on:
                lacking.append(self.env._("when the originals come back"))
            if lacking:
                raise UserError(self.env._(
                    "“%(pack)s” cannot be handed over yet: note %(lacking)s.", pack=pack.name,
                    lacking=", ".join(lacking)))
            if pack.originals:
                pack._refuse_lent()
        self._go("deliver", delivered_at=fields.Datetime.now(), delivered_by_id=self.env.uid)
        for pack in self:
            pack._keep_receipt()

    def action_close(self):
        """The originals are back, or there were none. The zip goes: what may be destroyed must not live on in it."""
        for pack in self:
            pack._go("close", **({"returned_on": pack.company_id._sbo_today()} if pack.originals else {}))
            pack._remove_zip()

    def action_cancel(self):
        """It is not needed."""
        self._go("cancel", job_state=False, job_cursor=False)
        for pack in self:
            pack._remove_zip()

    def action_download(self):
        """The zip."""
        self.ensure_one()
        self.check_access("read")
        if not self.attachment_id:
            raise UserError(self.env._("“%s” has no zip yet.", self.name))
        return {"type": "ir.actions.act_url", "target": "download",
                "url": f"/web/content/{self.attachment_id.id}?download=true"}

    def action_lines(self):
        """Its lines, of the kind in the context of the button."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_audit_pack_line_action")
        kind = self.env.context.get("sbo_kind")
        domain = [("pack_id", "in", self.ids)] + ([("kind", "=", kind)] if kind else [])
        return dict(action, domain=domain, context={})

    # === cron === #

    @api.model
    def _cron_build(self):
        """Work off the packs that wait; several workers may share it."""
        self._cron_work()

    # === steps === #

    @api.model
    def _transitions(self):
        return TRANSITIONS

    def _refusal(self, step):
        reason = super()._refusal(step)
        if not reason and step == "retry" and self.job_state != "failed":
            return self.env._("it is being prepared")
        if not reason and step == "rebuild" and self.job_state in ("waiting", "running"):
            return self.env._("it is being built")
        return reason

    def _go(self, step, **values):
        self.check_access("write" if step != "rebuild" else "read")
        self._lock()
        for pack in self:
            reason = pack._refusal(step)
            if reason:
                raise UserError(self.env._(
                    "“%(pack)s” cannot go this step: %(reason)s.", pack=pack.name, reason=reason))
        target = TRANSITIONS[step][1]
        self._step_write({**({"state": target} if target else {}), **values})

    def _job_write(self, vals):
        self._step_write(vals)

    def _wake(self):
        # Superuser: whoever prepares a pack need not be allowed to run scheduled actions.
        self.env.ref("sales_back_office.sbo_cron_audit_pack").sudo()._trigger()

    def _remove_zip(self):
        # Superuser: the step was checked; its lines and check sums stay.
        self.sudo().attachment_id.with_context(sbo_step=STEP).unlink()
        if os.path.exists(self._zip_path()):
            os.unlink(self._zip_path())

    @api.model
    def _note_reading(self, attachments):
        """Who takes the zip of a pack stands in its history; called where bytes leave."""
        # Superuser: the history writes itself, for auditors too.
        mine = attachments.sudo().filtered(lambda attachment: attachment.res_model == self._name)
        packs = self.sudo().search([("attachment_id", "in", mine.ids)]) if mine else self.browse()
        for pack in packs.sudo():
            pack._message_log(
                body=self.env._("Taken: %s.", pack.attachment_id.name), author_id=self.env.user.partner_id.id)

    def _keep_receipt(self):
        """The receipt as it was printed, beside the zip."""
        content, _kind = self.env["ir.actions.report"].sudo()._render_qweb_pdf(
            "sales_back_office.sbo_audit_receipt_action", self.ids)
        suffix = "pdf" if content.startswith(b"%PDF") else "html"
        self.env["ir.attachment"].sudo().create({
            "name": f"{self.env._('Receipt')} {self.name.replace('/', '-')}.{suffix}", "raw": content,
            "res_model": self._name, "res_id": self.id})

    def _refuse_by_hand(self):
        raise UserError(self.env._("The state and content of a pack come with its steps: prepare, hand over, close."))
