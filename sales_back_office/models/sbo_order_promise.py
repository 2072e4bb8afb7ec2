from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import clock

REASONS = [
    ("customer", "Asked for by the Customer"),
    ("shortage", "Shortage"),
    ("production", "Production"),
    ("purchase", "Purchase"),
    ("quality", "Quality"),
    ("logistics", "Logistics"),
    ("payment", "Payment Not Received"),
    ("entry_error", "Entry Error"),
    ("other", "Other"),
]
# What a reason of the log is called on the change sheet, and the other way round.
ON_SHEET = {
    "customer": "customer", "entry_error": "entry_error", "payment": "other", "other": "other",
    **dict.fromkeys(("shortage", "production", "purchase", "quality", "logistics"), "supply"),
}
IN_LOG = {"customer": "customer", "entry_error": "entry_error", "supply": "shortage"}
HOW = [("call", "Call"), ("email", "E-Mail"), ("message", "Message"), ("visit", "Visit"), ("other", "Other")]
# What stays as it was written: the rest is how the customer was told, and why.
FIXED = {"order_id", "promised", "forecast", "new_date", "noted_at", "user_id"}


class SboOrderPromise(models.Model):
    """One change of what a customer was promised, or may expect (交期承诺): the date before, the one after, why,
    and when the customer was told.

    Written by itself whenever the delivery date of a confirmed order changes, through whatever door; a forecast
    alone can be noted without changing the promise.
    """

    _name = "sbo.order.promise"
    _description = "Delivery Promise"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "order_id"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade", check_company=True,
        domain=[("state", "=", "sale")])
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True)
    clerk_id = fields.Many2one("res.users", "Back-Office Clerk", readonly=True, index="btree_not_null")
    promised = fields.Datetime(readonly=True, help="The date that stood until then.")
    forecast = fields.Datetime(
        help="When the goods are expected to leave by what we know today. The promise stays as it is.")
    new_date = fields.Datetime(help="The date promised from now on; it becomes the order's delivery date.")
    days_slipped = fields.Integer(
        "Days Later", compute="_compute_days_slipped", store=True, precompute=True, aggregator="max",
        help="Calendar days by which the new date, else the forecast, is later than what was promised.")
    reason = fields.Selection(REASONS, "Why", tracking=True)
    note = fields.Char("Remark")
    noted_at = fields.Datetime("Noted", required=True, readonly=True, default=lambda self: clock.now(self.env))
    user_id = fields.Many2one(
        "res.users", "Noted By", required=True, readonly=True, default=lambda self: self.env.user)
    told_how = fields.Selection(HOW, "By Means of", tracking=True)
    told_at = fields.Datetime("Customer Told", tracking=True, help="When the customer heard of the new date.")
    told_by_id = fields.Many2one("res.users", readonly=True)
    change_id = fields.Many2one(
        "sbo.order.change", "Change Sheet", readonly=True, index="btree_not_null", ondelete="set null",
        help="The sheet that was written when the date was changed; the reason is given once for both.")
    untold = fields.Boolean(
        "Customer Does Not Know", compute="_compute_untold", store=True, precompute=True,
        help="The date slipped, the customer did not ask for it and has not been told of it.")

    _order_idx = models.Index("(order_id, id)")

    @api.depends("promised", "forecast", "new_date")
    def _compute_days_slipped(self):
        for promise in self:
            later = promise.new_date or promise.forecast
            company = promise.company_id or promise.order_id.company_id or self.env.company
            local = promise.with_context(tz=company._sbo_tz())
            promise.days_slipped = (
                fields.Datetime.context_timestamp(local, later).date()
                - fields.Datetime.context_timestamp(local, promise.promised).date()
            ).days if later and promise.promised else 0

    @api.depends("days_slipped", "told_at", "reason")
    def _compute_untold(self):
        for promise in self:
            promise.untold = promise.days_slipped > 0 and not promise.told_at and promise.reason != "customer"

    @api.model_create_multi
    def create(self, vals_list):
        """A row with a new date moves the order's promise; rows written for such a move are marked by the context."""
        orders = self.env["sale.order"].browse([vals["order_id"] for vals in vals_list])
        for vals, order in zip(vals_list, orders, strict=True):
            vals.setdefault("promised", order.commitment_date)
            if not self.env.su:  # the log's own lines know the date before, people cannot choose it
                vals.update(promised=order.commitment_date, user_id=self.env.uid, noted_at=clock.now(self.env),
                            change_id=False)
            vals.update(
                company_id=order.company_id.id, clerk_id=order.sbo_clerk_id.id,
                partner_id=order.partner_id.commercial_partner_id.id)
            self._add_told(vals)
        self._check_dates(vals_list, orders)
        promises = super().create(vals_list)
        for promise in promises.filtered("new_date"):
            if promise.order_id.commitment_date != promise.new_date:
                promise.order_id._sbo_keep_promise(promise)
        promises._log_contact()
        return promises

    def write(self, vals):
        if FIXED & set(vals) or ("change_id" in vals and not self.env.su):
            raise UserError(self.env._(
                "The dates of a promise stay as they were noted, so that it can be seen later what the customer was "
                "told; note the next change as a new line."))
        if "told_how" in vals or "told_at" in vals:
            vals = dict(vals)
            self._add_told(vals)
        untold = self.filtered(lambda promise: not promise.told_at)
        result = super().write(vals)
        untold._log_contact()
        if vals.get("reason"):
            self._tell_sheet()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What a customer was promised is kept; note a new line when it has changed."))

    def action_told(self):
        """The customer knows: told now, by the means chosen or a call."""
        for promise in self.filtered(lambda one: not one.told_at):
            promise.write({"told_how": promise.told_how or "call", "told_at": clock.now(self.env)})

    def action_open_order(self):
        """Open the order of this line."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id,
                "views": [[False, "form"]]}

    # === the change sheet of the same date === #

    def _tell_sheet(self):
        for promise in self.filtered("reason"):
            # Superuser: whether the user may say it on the sheet is asked there.
            promise.sudo().change_id._take_reason(ON_SHEET[promise.reason], promise.note)

    def _take_reason(self, former):
        """Take over the reason of the sheet, unless the log knows better than what the sheet said before."""
        for promise in self.filtered("change_id.reason"):
            if not promise.reason or promise.reason == IN_LOG.get(former, "other" if former else None):
                reason = promise.change_id.reason
                promise.write({"reason": IN_LOG.get(reason, "other"), "note": promise.note or promise.change_id.note})

    def _add_told(self, vals):
        """Who says that the customer was told, and now unless said otherwise; nobody is told in the future."""
        now = clock.now(self.env)
        if vals.get("told_how") and not vals.get("told_at"):
            vals["told_at"] = now
        if vals.get("told_at"):
            vals["told_by_id"] = self.env.uid
            if fields.Datetime.to_datetime(vals["told_at"]) > now:
                raise UserError(self.env._("The customer cannot have been told in the future."))

    def _log_contact(self):
        """What the customer was told stands in the log of contacts, too."""
        # Superuser: whoever may note a promise has made a contact, whether or not they may log by hand.
        self.env["sbo.contact.log"].sudo().create([
            {"order_id": promise.order_id.id, "kind": promise.told_how or "other", "subject": "order",
             "result": "sent" if promise.told_how == "email" else "reached", "date": promise.told_at,
             "user_id": promise.told_by_id.id,
             "note": promise.note or self.env._(
                 "Delivery date: %s", format_datetime(self.env, promise.new_date or promise.forecast))}
            for promise in self.filtered("told_at")])

    def _check_dates(self, vals_list, orders):
        for vals, order in zip(vals_list, orders, strict=True):
            # The log's own lines also say that a date was taken away; people name one.
            if not (vals.get("forecast") or vals.get("new_date") or (self.env.su and "new_date" in vals)):
                raise UserError(self.env._("Enter a forecast or a new date for %s.", order.display_name))
            if order.state != "sale":
                raise UserError(self.env._(
                    "%s is not confirmed: its delivery date is simply changed on the quotation.", order.display_name))
