from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

from .sbo_payment_policy import CREDIT, GATED, POLICIES

STATES = [
    ("not_needed", "No Check"),
    ("unpaid", "Not Paid"),
    ("partial", "Partly Paid"),
    ("free", "Free to Ship"),
    ("released", "Special Release"),
    ("blocked", "Credit Exceeded"),
]
# Marks our own writes in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboOrderGated(models.AbstractModel):
    """An order whose goods leave when the money is there (款到发货): its policy, and where the money stands.

    The policy is settled when the order is confirmed: a payment term or customer changed later moves it no more.
    """

    _name = "sbo.order.gated"
    _description = "Payment Gate of an Order"
    _inherit = ["sbo.payment.policy", "sbo.order.hooks"]

    sbo_payment_policy = fields.Selection(string="Own Policy", copy=False, tracking=True)
    sbo_deposit_percent = fields.Float(copy=False)
    sbo_gate_policy = fields.Selection(
        POLICIES, "Payment before Delivery", compute="_compute_sbo_gate_policy", store=True, precompute=True,
        copy=False, help="What must be there before goods leave: the order's own policy, else that of the customer, of "
        "the payment term, of the company. Settled at confirmation.")
    sbo_gate_percent = fields.Float(
        "Percent before Delivery", compute="_compute_sbo_gate_policy", store=True, precompute=True, copy=False,
        digits=(5, 2))
    sbo_gate_turn = fields.Integer("Turn at the Gate", readonly=True, copy=False)
    sbo_allotment_ids = fields.One2many("sbo.payment.allotment", "order_id", "Payments Allotted", readonly=True)
    sbo_release_ids = fields.One2many("sbo.payment.release", "order_id", "Special Releases", readonly=True)
    sbo_gate_state = fields.Selection(
        STATES, "Payment", compute="_compute_sbo_gate", search="_search_sbo_gate_state",
        help="Whether all that is left of the order may leave.")
    sbo_gate_why = fields.Char("Why It Stays", compute="_compute_sbo_gate")

    @api.depends("partner_id", "payment_term_id", "sbo_payment_policy", "sbo_deposit_percent")
    def _compute_sbo_gate_policy(self):
        for order in self:
            if order.state in ("draft", "sent") or order.sbo_payment_policy:
                order.sbo_gate_policy, order.sbo_gate_percent = order._sbo_find_policy()
            else:
                order.sbo_gate_policy, order.sbo_gate_percent = order.sbo_gate_policy, order.sbo_gate_percent

    @api.depends("order_line", "state", "sbo_gate_policy")
    @api.depends_context("uid")
    def _compute_sbo_gate(self):
        # Superuser: salespeople and clerks see the state and the amounts without the right to read invoices.
        gated = self.filtered(lambda order: order._origin.id and order.sbo_gate_policy in GATED)
        rows = self.env["sbo.payment.gate"].sudo()._state_of(gated._origin) if gated else {}
        for order in self:
            row = rows.get(order._origin.id, {})
            order.sbo_gate_state = row.get("state", "not_needed")
            order.sbo_gate_why = row.get("why", "")
            for name in ("received", "shipped", "needed", "missing"):
                order[f"sbo_{name}"] = row.get(name, 0)

    def _search_sbo_gate_state(self, operator, value):
        """Computed for the confirmed orders with a policy, in so many queries."""
        if operator != "in":
            return NotImplemented
        # Superuser: the state is seen by people who may not read invoices; the orders found are filtered afterwards.
        gated = self.sudo().search([("sbo_gate_policy", "in", GATED), ("state", "=", "sale")])
        rows = self.env["sbo.payment.gate"].sudo()._state_of(gated) if gated else {}
        domain = Domain("id", "in", [order for order, row in rows.items() if row["state"] in value])
        if {"not_needed", False} & set(value):
            domain |= Domain("sbo_gate_policy", "not in", GATED) | Domain("state", "!=", "sale")
        return domain

    # === CRUD === #

    def _auto_init(self):
        # Orders from before the installation leave as ever; nothing is computed for them.
        for name, kind in (("sbo_gate_policy", "varchar"), ("sbo_gate_percent", "numeric")):
            if self._auto and not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        settled = ("sbo_gate_policy", "sbo_gate_percent", "sbo_gate_turn")
        for vals in vals_list:
            for name in settled:
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if {"sbo_gate_policy", "sbo_gate_percent", "sbo_gate_turn"} & vals.keys() \
                and self.env.context.get("sbo_step") is not STEP:
            raise AccessError(self.env._(
                "The policy of an order follows from its own, its customer and its payment term."))
        if "currency_id" in vals:
            self._sbo_refuse_other_currency(vals["currency_id"])
        owing = {}
        if {"partner_id", "partner_invoice_id"} & vals.keys():
            owing = {order: order._sbo_debtor() for order in self
                     if order.state == "sale" and order.sbo_gate_policy in CREDIT}
        left = self.browse()
        if vals.get("state", "sale") != "sale":
            left = self.filtered(lambda order: order.state == "sale" and order.sbo_gate_policy in GATED)
        result = super().write(vals)
        self._sbo_refuse_other_credit(owing)
        if left:
            # Superuser: whoever sells need not see every move.
            self.env["sbo.payment.gate"].sudo()._refuse_alive(left)
        return result

    # === actions === #

    def action_sbo_allotments(self):
        """The payments that finance has confirmed for this order."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_payment_allotment_action")
        return {**action, "domain": [("order_id", "in", self.ids)],
                "context": {"default_order_id": self[:1].id, "active_test": False}}

    # === moments === #

    def _sbo_confirmed(self):
        result = super()._sbo_confirmed()
        for order in self:
            policy, percent = order._sbo_find_policy()
            if (policy, percent) != (order.sbo_gate_policy, order.sbo_gate_percent):
                order.with_context(sbo_step=STEP).write({"sbo_gate_policy": policy, "sbo_gate_percent": percent})
        return result

    def _sbo_refuse_other_currency(self, currency_id):
        """The same figures in a weaker currency are less money: the currency is settled at confirmation."""
        moved = self.filtered(lambda order: order.state == "sale" and order.sbo_gate_policy in GATED
                              and order.currency_id.id != currency_id)
        if moved and not self.env.su:
            raise AccessError(self.env._(
                "%s is confirmed in its currency, which follows from its pricelist: cancel the order and enter it anew "
                "to sell in another one.", moved[0].display_name))

    def _sbo_debtor(self):
        """On whose credit goods leave: whoever is invoiced, as Odoo's own credit counts it."""
        return self.partner_invoice_id.commercial_partner_id

    def _sbo_refuse_other_credit(self, owing):
        """What was confirmed on a customer's credit does not leave on somebody else's by a salesperson's hand.

        :param owing: {order: on whose credit it was}
        """
        moved = [order for order, debtor in owing.items() if order._sbo_debtor() != debtor]
        if moved and not self._sbo_may_decide():
            raise AccessError(self.env._(
                "%s is confirmed on its customer's credit: only somebody in accounting or a back-office manager can "
                "give it to another customer.", moved[0].display_name))

    def _sbo_find_policy(self):
        """(policy, percent) that this order has now: the narrowest one that is set."""
        self.ensure_one()
        # Superuser: what the customer must pay is no secret from whoever enters the order.
        order = self.sudo()
        holders = (order, order.partner_id.commercial_partner_id.with_company(order.company_id),
                   order.payment_term_id, order.company_id)
        holder = next((holder for holder in holders if holder.sbo_payment_policy), order)
        return holder.sbo_payment_policy, holder.sbo_deposit_percent
