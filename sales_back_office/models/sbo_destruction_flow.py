from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sbo_document_flow import CLERK, LEADER

STATES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("witnessed", "Witnessed Before"),
    ("destroyed", "Destroyed"),
    ("cancelled", "Cancelled"),
]
OPEN = ("draft", "approved", "witnessed")
# step: (from, to, who). Feeds the buttons, the guard and its sentence. A witness' step ends with the second signature.
TRANSITIONS = {
    "approve": (("draft",), "approved", "approver"),
    "send_back": (("approved", "witnessed"), "draft", "approver"),
    "witness_before": (("approved",), "witnessed", "witness"),
    "witness_after": (("witnessed",), "destroyed", "witness"),
    "cancel": (("draft", "approved", "witnessed"), "cancelled", "clerk"),
}
STEPPED = frozenset({
    "name", "state", "prepared_by_id", "prepared_on", "approved_by_id", "approved_on", "before1_at", "before2_at",
    "after1_at", "after2_at", "destroyed_on", "backup_until"})
# Marks our own writes in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboDestructionFlow(models.AbstractModel):
    """The way of a destruction list: prepared, approved by somebody else, seen by two witnesses before and after.

    Rules on firms' archives (会计档案管理办法, art. 18): the witnesses sign before and after, and what is not settled
    is taken off the list.
    """

    _name = "sbo.destruction.flow"
    _description = "Destruction List: Flow"

    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False)
    prepared_by_id = fields.Many2one(
        "res.users", "Prepared by", required=True, readonly=True, copy=False, default=lambda self: self.env.uid)
    prepared_on = fields.Date(readonly=True, copy=False, default=fields.Date.context_today)
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False, tracking=True)
    approved_on = fields.Date("Approved on", readonly=True, copy=False)
    witness1_id = fields.Many2one(
        "res.users", "First Witness", tracking=True, copy=False, domain="[('share', '=', False)]",
        help="Watches the destruction; not whoever has prepared or approved the list.")
    witness2_id = fields.Many2one(
        "res.users", "Second Witness", tracking=True, copy=False, domain="[('share', '=', False)]")
    before1_at = fields.Datetime("First Witness, before", readonly=True, copy=False)
    before2_at = fields.Datetime("Second Witness, before", readonly=True, copy=False)
    after1_at = fields.Datetime("First Witness, after", readonly=True, copy=False)
    after2_at = fields.Datetime("Second Witness, after", readonly=True, copy=False)
    destroyed_on = fields.Date("Destroyed on", readonly=True, copy=False)
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    @api.depends_context("uid")
    @api.depends("state", "witness1_id", "witness2_id", "before1_at", "before2_at", "after1_at", "after2_at")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, for the buttons."""
        for record in self:
            record.allowed_actions = ",".join(step for step in TRANSITIONS if not record._refusal(step))

    # === steps === #

    def action_approve(self):
        """Everything on it may be destroyed: approved by somebody who has not prepared it."""
        for record in self._begin("approve"):
            lines = record._all_lines()
            if not lines:
                raise UserError(self.env._("“%s” is empty: put expired documents on it first.", record.name))
            record._refuse_same_witness(self.env.user)
            record._refuse_blocked()
            lines._snapshot()
            record._take("approve", approved_by_id=self.env.uid, approved_on=record.company_id._sbo_today())
            record._ask_witnesses()

    def action_send_back(self):
        """Something is wrong with it: it is prepared anew, and approved and witnessed anew."""
        for record in self._begin("send_back"):
            record._note_signed_after()
            record._take("send_back", approved_by_id=False, approved_on=False, before1_at=False, before2_at=False,
                         after1_at=False, after2_at=False)

    def action_witness_before(self):
        """I have compared the papers with the list before they are destroyed."""
        for record in self._begin("witness_before"):
            record._refuse_own_hands()
            record._refuse_blocked()
            record._sign("before")
            if record.before1_at and record.before2_at:
                record._take("witness_before")

    def action_witness_after(self):
        """I have seen that they are destroyed. With the second signature their files go as well."""
        for record in self._begin("witness_after"):
            record._refuse_own_hands()
            record._refuse_blocked()
            record._sign("after")
            if record.after1_at and record.after2_at:
                record._destroy()
                record._take("witness_after", destroyed_on=record.company_id._sbo_today(),
                             backup_until=record._sbo_backup_until())

    def action_cancel(self):
        """The list is given up; its documents stay on file, and go on another one."""
        for record in self._begin("cancel"):
            record._take("cancel")

    # === guards === #

    def _preparers(self):
        """Who has begun the list, and who has put papers on it."""
        # Superuser: whoever looks does not see every line.
        return (self.sudo().prepared_by_id | self._all_lines().create_uid).sudo(False)

    def _all_lines(self):
        """Every line of these lists, as superuser; those of secret papers, too, which not everybody sees on the list.

        Searched for: the field holds what the one who read it first may see.
        """
        return self.env["sbo.destruction.line"].sudo().search([("destruction_id", "in", self.ids)])

    def _refusal(self, step):
        """Why this user may not take this step, in words; empty when allowed."""
        self.ensure_one()
        sources, _target, who = TRANSITIONS[step]
        user = self.env.user
        if self.state not in sources:
            return self.env._("it is “%s”", dict(self._fields["state"]._description_selection(self.env))[self.state])
        if who == "witness":
            return self._witness_refusal("before" if step == "witness_before" else "after")
        if who == "approver" and not user.has_group(LEADER):
            return self.env._("it takes a back-office supervisor or manager")
        if step == "approve" and user in self._preparers():
            return self.env._("nobody approves what they have prepared")
        if who == "clerk" and not user.has_group(CLERK):
            return self.env._("only the back office does that")
        if step in ("send_back", "cancel") and self._signed_after() and (step == "cancel" or not self._is_blocked()):
            return self.env._("a witness has signed that the papers are destroyed")
        return ""

    def _signed_after(self):
        """Witnesses who have signed that the papers are destroyed."""
        return self.env["res.users"].union(*(
            self[f"witness{place}_id"] for place in (1, 2) if self[f"after{place}_at"]))

    def _is_blocked(self):
        """Whether something has come up that stops the destruction; then its files at least are still to be saved."""
        # Superuser: what stands against it, whoever asks.
        return bool(self._all_lines().document_id._blockers())

    def _note_signed_after(self):
        """Sent back though a witness has signed: that it was signed stays on record."""
        signed = self._signed_after()
        if signed:
            self.sudo().message_post(body=self.env._(
                "Sent back after %s had signed that the papers are destroyed: something stands against it.",
                ", ".join(signed.mapped("name"))))

    def _witness_refusal(self, when):
        place = self._witness_place()
        if not place:
            return self.env._("only its two witnesses sign it")
        return self.env._("you have signed it already") if self[f"{when}{place}_at"] else ""

    def _witness_place(self):
        """Which witness the user is, 1 or 2; nothing when none."""
        return 1 if self.witness1_id == self.env.user else 2 if self.witness2_id == self.env.user else None

    def _begin(self, step):
        """Lock the lists and refuse the step where this user may not take it.

        Two people signing at once: the second one waits, and begins anew with what the first has done.
        """
        self.check_access("read")
        self.flush_model()
        self.env.cr.execute(SQL("SELECT id FROM sbo_destruction WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))
        for record in self:
            reason = record._refusal(step)
            if reason:
                raise UserError(self.env._(
                    "“%(list)s” cannot go this step: %(reason)s.", list=record.name, reason=reason))
        return self

    def _take(self, step, **values):
        # Superuser: the step was checked above, the fields themselves are closed to everybody.
        self.sudo().with_context(sbo_destruction_step=STEP).write({"state": TRANSITIONS[step][1], **values})

    def _sign(self, when):
        # Superuser: as above. The signature is that of the user, and of no one else.
        self.sudo().with_context(sbo_destruction_step=STEP).write(
            {f"{when}{self._witness_place()}_at": fields.Datetime.now()})
        self.sudo().activity_feedback(["mail.mail_activity_data_todo"], user_id=self.env.uid)

    def _refuse_same_witness(self, approver):
        for record in self:
            pair = record.witness1_id | record.witness2_id
            if len(pair) < 2 or pair & (record._preparers() | approver):
                raise UserError(self.env._(
                    "“%s” needs two different witnesses, neither of whom has prepared or approved it.", record.name))

    def _refuse_own_hands(self):
        """It takes four people's word, whatever way the list has come: looked at anew before each signature."""
        self._refuse_same_witness(self.approved_by_id)
        if not self.approved_by_id or self.approved_by_id in self._preparers():
            raise UserError(self.env._(
                "“%(list)s” cannot go this step: %(reason)s.", list=self.name,
                reason=self.env._("nobody approves what they have prepared")))

    def _refuse_fixed_lines(self):
        fixed = self.filtered(lambda record: record.state != "draft")
        if fixed:
            raise UserError(self.env._("“%s” has been approved: send it back to draft to change it.", fixed[0].name))

    def _refuse_blocked(self):
        """Nothing is destroyed that anything still depends on."""
        # Superuser: what stands against it, whoever asks.
        lines = self._all_lines()
        blocked = lines.document_id._blockers()
        for line in lines:
            if line.document_id.id in blocked:
                raise UserError(self.env._(
                    "“%(document)s” cannot be destroyed. %(reason)s Take it off the list; a supervisor sends an "
                    "approved list back to draft for that.",
                    document=line.document_id.sudo(False)._name_at_desk(),
                    reason=" ".join(blocked[line.document_id.id])))

    def _ask_witnesses(self):
        # Superuser: a to-do for whoever has to watch.
        for record in self.sudo():
            for user in record.witness1_id | record.witness2_id:
                record.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=user.id,
                    summary=self.env._("Watch the destruction, and sign before and after"))
