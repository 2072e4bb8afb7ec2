from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sbo_payment_policy import FINANCE, LEADER

STATES = [
    ("asked", "Asked For"),
    ("given", "Released"),
    ("used", "Used"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
# action: (from, to, who). Feeds the buttons, the guards and their sentences.
TRANSITIONS = {
    "give": (("asked",), "given", "giver"),
    "refuse": (("asked",), "refused", "giver"),
    "withdraw": (("asked", "given"), "withdrawn", "either"),
}
ASKED = {"picking_id", "amount", "reason", "promised_on", "expires_on"}
# Marks our own steps in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboPaymentRelease(models.Model):
    """A special release (特批放行): one delivery leaves although money is missing, until a day, up to an amount.

    A clerk asks, somebody in accounting or a manager gives it, never the same person. What the customer has promised
    is looked at when the promised day is over.
    """

    _name = "sbo.payment.release"
    _description = "Special Release"
    _inherit = [
        "sbo.closed.mixin", "sbo.payment.promise", "sbo.checked.mixin", "mail.thread", "mail.activity.mixin"]
    _closed = frozenset({"state", "asked_by_id", "given_by_id", "given_at", "used_at", "needed", "owed"})
    _order = "id desc"
    _rec_name = "picking_id"

    picking_id = fields.Many2one("stock.picking", "Delivery Order", required=True, index=True, ondelete="restrict")
    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", related_sudo=True)
    sbo_clerk_id = fields.Many2one(related="order_id.sbo_clerk_id", related_sudo=True)
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="asked", index=True, tracking=True)
    amount = fields.Monetary(
        "Missing at Most", required=True, tracking=True,
        help="The delivery leaves while no more than this is missing. By default what is missing now.")
    missing = fields.Monetary("Missing Now", compute="_compute_missing")
    reason = fields.Text(required=True, tracking=True)
    promised_on = fields.Date(
        "Payment Promised", required=True, tracking=True, help="When the customer has promised to pay what is missing.")
    expires_on = fields.Date("Valid until", required=True, tracking=True, help="The last day the goods may leave.")
    expired = fields.Boolean(compute="_compute_expired")
    asked_by_id = fields.Many2one(
        "res.users", "Requested by", required=True, readonly=True, ondelete="restrict",
        default=lambda self: self.env.user)
    given_by_id = fields.Many2one("res.users", "Decided by", readonly=True, ondelete="restrict")
    given_at = fields.Datetime("Decided", readonly=True)
    answer = fields.Char(help="Why it is refused, or under which conditions it is given.")
    used_at = fields.Datetime("Goods Left", readonly=True)
    needed = fields.Monetary(readonly=True, help="What should have been received when the goods left.")
    owed = fields.Monetary(
        readonly=True, help="By how much the customer's credit was exceeded or overdue when the goods left.")
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    _open_uniq = models.UniqueIndex(
        "(picking_id, order_id) WHERE state IN ('asked', 'given')",
        "A special release for this delivery is already on its way.")
    _positive = models.Constraint("CHECK (amount > 0)", "A special release is for an amount.")

    @api.depends("picking_id", "state")
    def _compute_missing(self):
        # Superuser: what is missing is shown to people who may not read invoices.
        missing = self.env["sbo.payment.gate"].sudo()._missing_of(self.picking_id.sudo())
        for release in self:
            row = missing.get(release.picking_id.id, {}).get(release.order_id.id, {})
            release.missing = row.get("missing", 0)

    @api.depends("state", "expires_on")
    def _compute_expired(self):
        for release in self:
            release.expired = release.state in ("asked", "given") and bool(release.expires_on) \
                and release.expires_on < release.company_id._sbo_today()

    @api.depends_context("uid")
    @api.depends("state", "asked_by_id")
    def _compute_allowed_actions(self):
        for release in self:
            release.allowed_actions = ",".join(a for a in TRANSITIONS if not release._refusal(a))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete(vals)
        releases = super().create(vals_list)
        releases._ask_givers()
        return releases

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP:
            self._check_editable(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A special release stays on record. Withdraw it if it is not needed."))

    # === actions === #

    def action_give(self):
        """Let the delivery leave although money is missing."""
        self._step("give", given_by_id=self.env.uid, given_at=fields.Datetime.now())

    def action_refuse(self):
        """The goods stay until the money is there."""
        self._step("refuse", given_by_id=self.env.uid, given_at=fields.Datetime.now())

    def action_withdraw(self):
        """It is not needed any more, or should not have been given."""
        self._step("withdraw")

    # === guards === #

    def _complete(self, vals):
        """Who asks, for which order, and how much is missing now."""
        picking = self.env["stock.picking"].browse(vals.get("picking_id"))
        picking.check_access("read")
        rows = self.env["sbo.payment.gate"].sudo()._missing_of(picking.sudo()).get(picking.id, {})
        order = vals.get("order_id") or next(iter(sorted(rows, key=lambda key: -rows[key]["missing"])), None)
        if order not in rows:
            raise UserError(self.env._(
                "%s needs no special release: it is done, or its order asks for no payment.", picking.name or "-"))
        for name in set(vals) & set(self._fields) - ASKED - {"answer"}:
            del vals[name]
        if "amount" not in vals:
            vals["amount"] = rows[order]["missing"]
        vals.update(state="asked", asked_by_id=self.env.uid, order_id=order,
                    company_id=picking.company_id.id)

    def _check_editable(self, vals):
        """The request is changed by whoever asks, until it is decided; the answer by whoever decides."""
        changed = set(vals) - set(self.env["mail.activity.mixin"]._fields) - set(self.env["mail.thread"]._fields)
        for release in self:
            own = release.asked_by_id == self.env.user
            allowed = ASKED - {"picking_id"} if own and release.state == "asked" else set()
            if not own and release.state == "asked" and self._may_give():
                allowed = {"answer", "amount", "expires_on"}
            if changed - allowed:
                raise AccessError(self.env._(
                    "“%s”: whoever asked for the special release can change it until it is decided, whoever decides "
                    "only lowers its amount, its last day and says why.", release.display_name))
            if not own and vals.get("amount", 0) > release.amount:
                raise AccessError(self.env._("Whoever gives a special release cannot raise what was asked for."))

    def _may_give(self):
        return self.env.user.has_group(FINANCE) or self.env.user.has_group(LEADER)

    def _refusal(self, action):
        """Why this user may not take this step, in words; empty when allowed."""
        self.ensure_one()
        sources, _target, who = TRANSITIONS[action]
        own = self.asked_by_id == self.env.user
        if self.state not in sources:
            return self.env._("it is %s", dict(self._fields["state"]._description_selection(self.env))[self.state])
        if who == "giver" and not self._may_give():
            return self.env._("it takes somebody in accounting or a back-office manager")
        # Superuser: whose order it is decides about the right to release it.
        if who == "giver" and (own or self.order_id.sudo().user_id == self.env.user):
            return self.env._("nobody releases what they have asked for, or their own order")
        if who == "either" and not own and (self.state == "asked" or not self._may_give()):
            return self.env._("only who asked for it can do this, or who may give it once it is given")
        return ""

    def _step(self, action, **values):
        self.check_access("read")
        # Two people deciding at once: the second one waits here, and then sees what the first one has decided.
        self.env.cr.execute(SQL(
            "SELECT id FROM sbo_payment_release WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))
        self.invalidate_recordset(["state"])
        for release in self:
            reason = release._refusal(action)
            if reason:
                raise UserError(self.env._("“%(release)s” cannot go this step: %(reason)s.",
                                           release=release.display_name, reason=reason))
            if action == "give" and release.expired:
                raise UserError(self.env._("“%s” has expired: give it a later last day first.", release.display_name))
        # Superuser: the step was checked above, the fields themselves are closed to everybody.
        self.sudo().with_context(sbo_step=STEP).write({"state": TRANSITIONS[action][1], **values})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _ask_givers(self):
        """A to-do for whoever decides: the company's manager of the back office."""
        managers = self.env.ref(LEADER).sudo().all_user_ids  # roles are not for clerks to read
        for release in self.sudo():
            able = managers.filtered(
                lambda user, r=release: user.active and r.company_id in user.company_ids and user != r.asked_by_id
                and user != self.env.ref("base.user_root"))
            # whoever runs the database is asked only where nobody else leads the back office
            able = able.sorted(lambda user: user.has_group("base.group_system"))
            if able:
                release.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=able[0].id,
                    summary=self.env._("Decide on a special release"), note=release.reason)

    # === for the gate === #

    @api.model
    def _usable(self, picking_ids):
        """{(picking id, order id): the release given for it and still valid}."""
        found = self._valid([("picking_id", "in", list(picking_ids))])
        return {(release.picking_id.id, release.order_id.id): release for release in found}

    @api.model
    def _asked(self, picking_ids):
        """{picking: ids of its orders for which a release is on its way}."""
        # Superuser: a delivery says that somebody has asked, to whoever sees the delivery.
        found = self.sudo()._read_group(
            [("picking_id", "in", list(picking_ids)), ("state", "in", ("asked", "given"))],
            ["picking_id"], ["order_id:array_agg"])
        return {picking: set(orders) for picking, orders in found}

    @api.model
    def _released_orders(self, order_ids):
        """Ids of those orders with a release that can be used now."""
        return set(self._valid([("order_id", "in", list(order_ids))]).order_id.ids)

    @api.model
    def _valid(self, domain):
        # Superuser: whoever validates need not see releases.
        return self.sudo().search([*domain, ("state", "=", "given")]).filtered(lambda release: not release.expired)

    def _use(self, needed, owed):
        """The delivery has left by it: it is good for no other.

        :param needed: what should have been received for the order
        :param owed: by how much the customer's credit was exceeded or overdue
        """
        self.sudo().with_context(sbo_step=STEP).write(
            {"state": "used", "used_at": fields.Datetime.now(), "needed": needed, "owed": owed})
