from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sbo_order_entry import adopt

REASONS = [
    ("customer", "Change by the Customer"),
    ("entry_error", "Entry Error"),
    ("supply", "Cannot Be Supplied as Ordered"),
    ("agreement", "Agreed Anew"),
    ("internal", "Our Own Wish"),
    ("other", "Other"),
]
# What a person fills in on a sheet that has written itself.
FILLED = {"reason", "note", "agreed_by", "agreed_at", "agreement_ids", "message_follower_ids", "activity_ids",
          "message_ids", "message_main_attachment_id"}
CAUSES = {"entry_error": "clerk", "customer": "customer", "supply": "purchase"}


class SboOrderChange(models.Model):
    """A change sheet (订单变更通知单): what one person changed in a confirmed order at one time, before and after.

    It writes itself; the reason is asked for and never guessed. Those who must know acknowledge it.
    """

    _name = "sbo.order.change"
    _description = "Order Change"
    _inherit = ["mail.thread", "sbo.order.change.record"]
    _order = "changed_at DESC, id DESC"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    user_id = fields.Many2one("res.users", "Change Made by", required=True, readonly=True, index=True)
    changed_at = fields.Datetime("Changed at", required=True, readonly=True, default=fields.Datetime.now)
    line_ids = fields.One2many("sbo.order.change.line", "change_id", readonly=True, string="Changes in Detail")
    summary = fields.Char("What Was Changed", compute="_compute_summary")
    reason = fields.Selection(REASONS, tracking=True, help="Entry error: counts against whoever entered the old value.")
    note = fields.Text("Why, in Words", tracking=True)
    state = fields.Selection(
        [("open", "Reason Missing"), ("explained", "Explained")], compute="_compute_state", store=True, index=True)
    explained_at = fields.Datetime(readonly=True)
    explained_by_id = fields.Many2one("res.users", "Explained by", readonly=True)
    agreed_by = fields.Char("Customer Agreed: Who", tracking=True)
    agreed_at = fields.Datetime("Customer Agreed: When", tracking=True)
    agreement_ids = fields.Many2many(
        "ir.attachment", "sbo_order_change_agreement_rel", "change_id", "attachment_id", string="Customer's Agreement",
        help="The customer's mail, message or signed change notice.")
    notice_ids = fields.One2many("sbo.order.notice", "change_id", readonly=True, string="Who Must Know")
    promise_ids = fields.One2many("sbo.order.promise", "change_id", readonly=True, string="Promise Log")
    unanswered = fields.Integer("Not Acknowledged", compute="_compute_unanswered")

    _open_idx = models.Index("(company_id, changed_at) WHERE reason IS NULL")

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        names = dict(self.env["sbo.order.change.line"]._fields["field"]._description_selection(self.env))
        for change in self:
            # Superuser: as far as the sheet itself may be read.
            change.summary = ", ".join(dict.fromkeys(
                f"{names[line.field]}: {line.old_value or '–'} → {line.new_value or '–'}"
                for line in change.sudo().line_ids))

    @api.depends("reason")
    def _compute_state(self):
        for change in self:
            change.state = "explained" if change.reason else "open"

    @api.depends("notice_ids.state")
    def _compute_unanswered(self):
        for change in self:
            # Superuser: the number only.
            notices = change.sudo().notice_ids
            change.unanswered = len(notices.filtered(lambda notice: notice.state in ("to_send", "sent")))

    @api.depends("order_id", "changed_at")
    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._("Change of %s", change.sudo().order_id.name or "")

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            if set(vals) - FILLED:
                raise AccessError(self.env._("A change sheet writes itself; only its reason and the customer's "
                                             "agreement are filled in."))
            self._refuse_filling(vals)
        if "agreement_ids" in vals:
            result = super().write({"agreement_ids": vals["agreement_ids"]})
            adopt(self, "agreement_ids")
            vals = {name: value for name, value in vals.items() if name != "agreement_ids"}
            if not vals:
                return result
        if "reason" not in vals:
            return super().write(vals)
        before = {change: change.reason for change in self}
        result = super().write({**vals, "explained_at": fields.Datetime.now(), "explained_by_id": self.env.uid})
        changed = self.filtered(lambda change: before[change] != change.reason).sudo()
        changed._follow_reason()
        for change in changed:
            change.promise_ids._take_reason(before[change])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_empty(self):
        if self.line_ids:
            raise UserError(self.env._("A change sheet is kept with its order."))

    # === actions === #

    def action_open_order(self):
        """The order that was changed."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id,
                "view_mode": "form"}

    def _refuse_filling(self, vals):
        """Who changed the order, or its clerk, says why; a reason once given is changed by a supervisor who has not
        entered what was wrong.
        """
        user = self.env.user
        supervisor = user.has_group("sales_back_office.sbo_group_supervisor")
        for change in self.filtered(lambda change: "reason" in vals and change.reason != vals["reason"]):
            order = change.sudo().order_id
            if change.reason and (not supervisor or user in change.sudo().line_ids.user_id):
                raise AccessError(self.env._(
                    "The reason is given already: a supervisor who did not enter the order can change it."))
            if not vals["reason"] and change.reason:
                raise UserError(self.env._("A change has a reason: choose another one."))
            if not supervisor and user not in change.user_id | order.sbo_clerk_id | order.user_id:
                raise AccessError(self.env._(
                    "Why the order was changed is said by %(user)s, the order's clerk or salesperson, or a supervisor.",
                    user=change.user_id.name))

    def _take_reason(self, reason, note=False):
        """The reason was given in the promise log: take it over where nothing but the date was changed."""
        for change in self.filtered(lambda item: not item.reason and item._only_date()):
            try:
                change._refuse_filling({"reason": reason})
            except AccessError:
                continue
            change.write({"reason": reason, "note": change.note or note})

    def _only_date(self):
        return set(self.line_ids.mapped("field")) == {"commitment_date"}

    def _follow_reason(self):
        """An entry error is a finding against whoever entered the old value; another reason is nobody's error."""
        keys = [f"change:{line.id}" for line in self.line_ids]
        findings = self.env["sbo.finding"].search([
            ("res_model", "=", "sale.order"), ("res_id", "in", self.order_id.ids), ("key", "in", keys),
            ("check_id.code", "=", "order_entry_error")])
        for change in self:
            own = findings.filtered(lambda item, change=change: item.res_id == change.order_id.id)
            own.filtered(lambda item: item.cause in CAUSES.values()).write(
                {"cause": CAUSES.get(change.reason, "undetermined")})
        self.env["sbo.order.verification"]._check_entry_of(self.order_id)
