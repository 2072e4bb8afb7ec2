from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sbo_audit_scope import CLERK, SUPERVISOR

STATES = [
    ("open", "To Be Handed Over"),
    ("delivered", "Handed Over"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
# step: (from, to, group). Feeds the buttons, the guard and its sentence.
TRANSITIONS = {
    "deliver": (("open",), "delivered", CLERK),
    "close": (("delivered",), "closed", SUPERVISOR),
    "reopen": (("delivered", "closed"), "open", SUPERVISOR),
    "cancel": (("open",), "cancelled", SUPERVISOR),
}
STEPPED = frozenset({"state", "delivered_at", "delivered_by_id", "closed_at", "name"})
# What a supervisor alone may move: whoever is late must not move the day, nor let documents go.
SUPERVISED = frozenset({
    "due_on", "hold", "company_id", "date_from", "date_to", "partner_ids", "contract_ids", "class_ids"})


class SboAuditRequest(models.Model):
    """What an auditor or an office asks to see (审计税务资料申请): who, by which letter, until when, who sees to it.

    While it is not closed, documents in its scope are not destroyed.
    """

    _name = "sbo.audit.request"
    _description = "Audit Request"
    _inherit = [
        "sbo.audit.scope", "sbo.closed.mixin", "sbo.served.mixin", "sbo.checked.mixin",
        "mail.thread.main.attachment", "mail.activity.mixin"]
    _closed = STEPPED
    _order = "due_on desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "asked_by", "letter_no"]

    name = fields.Char("Request No.", required=True, readonly=True, copy=False, default="/")
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("audit", "External Audit"), ("internal", "Internal Audit"), ("tax", "Tax Inspection"), ("court", "Court"),
         ("other", "Other")], required=True, default="audit", tracking=True)
    asked_by = fields.Char("Asked for by", required=True, tracking=True, help="The firm or office, and the person.")
    partner_id = fields.Many2one("res.partner", "Contact", check_company=True)
    letter_no = fields.Char("Letter No.", tracking=True)
    letter_on = fields.Date("Letter of")
    received_on = fields.Date("Received on", required=True, default=fields.Date.context_today, tracking=True)
    due_on = fields.Date("Due", required=True, tracking=True, index=True)
    description = fields.Text("What Is Asked for", required=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True, copy=False)
    hold = fields.Boolean(
        "Stops Destruction", default=True, tracking=True,
        help="While the request is not closed, no document in its scope is destroyed; without any scope, none at all.")
    delivery_note = fields.Text("What Was Handed Over", copy=False, help="When it was not an audit pack.")
    delivered_at = fields.Datetime("Handed Over at", readonly=True, copy=False, tracking=True)
    delivered_by_id = fields.Many2one("res.users", "Delivered by", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    late = fields.Boolean("Overdue", compute="_compute_late", search="_search_late")
    pack_ids = fields.One2many("sbo.audit.pack", "request_id", "Packs")
    pack_count = fields.Integer("Audit Packs", compute="_compute_pack_count")
    allowed_actions = fields.Char(compute="_compute_allowed_actions")
    fixed = fields.Boolean(compute="_compute_fixed", help="The due day and the scope are a supervisor's to change.")

    @api.depends("state", "due_on", "delivered_at")
    def _compute_late(self):
        for request in self:
            today = request.company_id._sbo_today() if request.company_id else fields.Date.today()
            delivered = request.delivered_at and fields.Datetime.context_timestamp(
                request.with_context(tz=request.company_id._sbo_tz()), request.delivered_at).date()
            request.late = request.state != "cancelled" and bool(request.due_on) and (
                delivered or today) > request.due_on

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self.search([("state", "!=", "cancelled"), ("due_on", "<", "today")]).filtered("late")
        return [("id", "in" if True in value else "not in", late.ids)]

    def _compute_pack_count(self):
        packs = self.env["sbo.audit.pack"]
        counts = dict(packs._read_group(
            [("request_id", "in", self.ids)], ["request_id"], ["__count"])) if packs.has_access("read") else {}
        for request in self:
            request.pack_count = counts.get(request, 0)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_actions(self):
        for request in self:
            request.allowed_actions = ",".join(step for step in TRANSITIONS if not request._refusal(step))

    @api.depends_context("uid")
    def _compute_fixed(self):
        supervises = self.env.user.has_group(SUPERVISOR)
        for request in self:
            request.fixed = bool(request._origin) and not supervises

    @api.depends("name", "asked_by")
    def _compute_display_name(self):
        for request in self:
            request.display_name = " ".join(filter(None, (request.name, request.asked_by)))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                for name in STEPPED:
                    vals.pop(name, None)
                if not self.env.user.has_group(SUPERVISOR):
                    vals["hold"] = True
            company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].with_company(company).next_by_code(self._name) or "/"
            vals.setdefault("sbo_clerk_id", self.env.uid if self.env.user.has_group(CLERK) else False)
        return super().create(vals_list)

    def write(self, vals):
        if self._steps_only(vals, STEPPED):
            raise UserError(self.env._("The state of a request comes with its steps: deliver, close, reopen, cancel."))
        if self._steps_only(vals, SUPERVISED) and not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._(
                "Only a back-office supervisor moves the due day of a request, or lets documents go while it is open."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The register of requests is kept. Cancel a request that was a mistake."))

    # === actions === #

    def action_deliver(self):
        """What was asked for has been handed over."""
        for request in self:
            # Superuser: a clerk does not open packs, and may know that one was handed over.
            handed = any(pack.state in ("delivered", "closed") for pack in request.sudo().pack_ids)
            if not handed and not (request.delivery_note or "").strip():
                raise UserError(self.env._(
                    "“%s” cannot be delivered yet: hand over one of its audit packs, or write what was handed over.",
                    request.display_name))
        self._go("deliver", delivered_at=fields.Datetime.now(), delivered_by_id=self.env.uid)

    def action_close(self):
        """Nothing is open any more; the documents may be destroyed when their time comes."""
        for request in self:
            # Superuser: packs for managers only count as well.
            out = request.sudo().pack_ids.filtered(lambda pack: pack.state == "delivered" and pack.originals)
            if out:
                raise UserError(self.env._(
                    "“%(request)s” cannot be closed: originals of %(pack)s are not back yet.",
                    request=request.display_name, pack=out[0].name))
        self._go("close", closed_at=fields.Datetime.now())

    def action_reopen(self):
        """More is asked for, or what was delivered is not all."""
        self._go("reopen", delivered_at=False, delivered_by_id=False, closed_at=False)

    def action_cancel(self):
        """It was a mistake, or was taken back."""
        self._go("cancel")

    def action_new_pack(self):
        """A pack with the scope of this request."""
        self.ensure_one()
        pack = self.env["sbo.audit.pack"].create({
            "request_id": self.id, "company_id": self.company_id.id, "date_from": self.date_from,
            "date_to": self.date_to, "partner_ids": self.partner_ids.ids, "contract_ids": self.contract_ids.ids,
            "class_ids": self.class_ids.ids, "recipient": self.asked_by})
        return {"type": "ir.actions.act_window", "res_model": pack._name, "res_id": pack.id, "view_mode": "form"}

    def action_packs(self):
        """The packs of this request."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_audit_pack_action")
        return dict(action, domain=[("request_id", "=", self.id)], context={"default_request_id": self.id})

    # === the ledger === #

    def _sbo_query_material_late(self, check, ids=None) -> SQL:
        """Requests delivered after their day, or not at all although it is over; late working days (DOMAIN F4)."""
        tz = check.env.tz.zone
        return SQL(
            """SELECT q.id AS res_id, '' AS key, NULL::integer AS user_id, q.due_at,
                      CASE WHEN q.delivered_at <= %(as_of)s THEN q.delivered_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('asked_by', q.asked_by, 'due_on', q.due_on, 'delivered_at', q.delivered_at)
                      AS evidence
                 FROM (SELECT r.*, (r.due_on + 1)::timestamp AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' AS due_at
                         FROM sbo_audit_request r
                        WHERE r.state <> 'cancelled' AND r.company_id = %(company)s %(narrow)s) q
                WHERE q.due_at < COALESCE(LEAST(q.delivered_at, %(as_of)s), %(as_of)s)""",
            tz=tz, as_of=check._as_of(), company=check.env.company.id, narrow=self._sbo_sql_narrow(SQL("r.id"), ids))

    def _sbo_query_material_missing(self, check, ids=None) -> SQL:
        """Papers that the last pack handed over for a request should have held and did not, one by one, until they
        are supplied (DOMAIN F4).
        """
        return SQL(
            """SELECT r.id AS res_id, 'line:' || l.id AS key, NULL::integer AS user_id, p.delivered_at AS due_at,
                      CASE WHEN l.supplied_at <= %(as_of)s THEN l.supplied_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('missing', concat_ws(' ', l.file_code, l.title, l.name)) AS evidence
                 FROM sbo_audit_request r
                 JOIN sbo_audit_pack p ON p.id = (
                      SELECT MAX(o.id) FROM sbo_audit_pack o
                       WHERE o.request_id = r.id AND o.state IN ('delivered', 'closed')
                         AND o.delivered_at <= %(as_of)s)
                 JOIN sbo_audit_pack_line l ON l.pack_id = p.id AND l.kind = 'missing'
                WHERE r.state <> 'cancelled' AND r.company_id = %(company)s %(narrow)s""",
            as_of=check._as_of(), company=check.env.company.id, narrow=self._sbo_sql_narrow(SQL("r.id"), ids))

    # === steps === #

    @api.model
    def _transitions(self):
        return TRANSITIONS

    def _go(self, step, **values):
        self.check_access("read")
        self._lock()
        for request in self:
            reason = request._refusal(step)
            if reason:
                raise UserError(self.env._(
                    "“%(request)s” cannot go this step: %(reason)s.", request=request.display_name, reason=reason))
        self._step_write({"state": TRANSITIONS[step][1], **values})
