from odoo import api, fields, models
from odoo.exceptions import AccessError


class SaleOrder(models.Model):
    """A sales order, with the clerk who answers for it."""

    _name = "sale.order"
    _inherit = [
        "sale.order", "sbo.closed.mixin", "sbo.reckoned.mixin", "sbo.served.mixin", "sbo.sale.order.checks",
        "sbo.order.entry.checks", "sbo.order.entry",
        "sbo.order.comparisons", "sbo.order.opined", "sbo.order.verified", "sbo.order.noticed",
        "sbo.order.changed", "sbo.order.promises", "sbo.order.tracking", "sbo.contacted.mixin",
        "sbo.order.gated", "sbo.payment.checks", "sbo.order.contracted", "sbo.filed.order",
    ]
    _closed = frozenset({
        "sbo_verification_state", "sbo_notice_state", "sbo_gate_policy", "sbo_gate_percent", "sbo_gate_turn"})
    _reckoned = frozenset({
        "amount_untaxed", "amount_tax", "amount_total", "currency_rate", "invoice_status", "delivery_status"})
    _sbo_contact_field = "order_id"
    _sbo_contact_subject = "order"

    sbo_clerk_id = fields.Many2one(
        compute="_compute_sbo_clerk_id", store=True, readonly=False, precompute=True, copy=False
    )

    sbo_received = fields.Monetary(
        "Money Received", compute="_compute_sbo_gate", help="What counts as paid for this order.")
    sbo_shipped = fields.Monetary("Shipped", compute="_compute_sbo_gate", help="Value of what has left, tax included.")
    sbo_needed = fields.Monetary(
        "Needed", compute="_compute_sbo_gate", help="What must be received before the rest may leave.")
    sbo_missing = fields.Monetary("Missing Amount", compute="_compute_sbo_gate")

    @api.depends("partner_id", "user_id", "team_id")
    def _compute_sbo_clerk_id(self):
        # The customer's clerk is looked up, not depended on: handing a customer over must not
        # ripple through its orders.
        for order in self:
            clerk = order.sbo_clerk_id
            if order.state in ("draft", "sent"):
                clerk = (
                    order.partner_id.commercial_partner_id.sbo_clerk_id
                    or order.user_id.sbo_clerk_id
                    or order.team_id.sbo_clerk_id
                    or clerk
                )
            order.sbo_clerk_id = clerk

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._sbo_make_customers()
        orders.filtered(lambda order: order.state == "sale")._sbo_become_confirmed()
        return orders

    def write(self, vals):
        """Becoming a confirmed order is the door for checks that stop it: button, batch, RPC and import."""
        confirmed = self.filtered(lambda o: o.state != "sale") if vals.get("state") == "sale" else self.browse()
        result = super().write(vals)
        confirmed._sbo_become_confirmed()
        if "partner_id" in vals:
            self._sbo_make_customers()
        return result

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self._sbo_log_mail(message, msg_values)
        return result

    def _validate_order(self):
        """Signed on the portal, or paid online: an order that still waits for something of ours keeps its signature
        and its money, and the back office is told; everything else is confirmed.
        """
        held = self._sbo_held()
        held._sbo_tell_held()
        return super(SaleOrder, self - held)._validate_order() if self - held else None

    def _sbo_become_confirmed(self):
        if self:
            self._sbo_check_confirmation()
            self._sbo_confirmed()

    def _sbo_check_confirmation(self):
        """
        :raise UserError: a check or one of the areas refuses these orders, which are confirmed already
        """
        self._sbo_block("confirm")
        self._sbo_refuse_confirmation()

    def _sbo_check_clerk_change(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        if confirmed and not self._sbo_may_dispatch():
            raise AccessError(
                self.env._(
                    "%(order)s is confirmed: only a back-office supervisor or a sales manager "
                    "can still change its clerk.",
                    order=confirmed[0].display_name,
                )
            )

    def _sbo_contact_defaults(self):
        return {**super()._sbo_contact_defaults(), "order_id": self.id, "subject": "order"}

    def _sbo_make_customers(self):
        """Whoever orders is a customer, and somebody's from now on."""
        for company, orders in self.grouped("company_id").items():
            orders.partner_id.with_company(company).with_context(sbo_channel="order")._sbo_become_customer()
