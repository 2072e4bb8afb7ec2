from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_amount


class SboPaymentAllotment(models.Model):
    """Money that finance has confirmed for an order (到账确认) before it is reconciled with an invoice.

    As far as the payment is reconciled later, the reconciliation counts instead: each cent once.
    """

    _name = "sbo.payment.allotment"
    _description = "Payment Allotted to an Order"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "payment_id"
    _check_company_auto = True

    payment_id = fields.Many2one(
        "account.payment", required=True, index=True, ondelete="restrict", check_company=True, tracking=True,
        domain="[('partner_type', '=', 'customer'), ('state', 'in', ('in_process', 'paid'))]",
        help="A payment of the customer; money paid back to the customer takes away from the order.")
    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="restrict", check_company=True, tracking=True,
        domain="[('state', 'in', ('draft', 'sent', 'sale'))]")
    company_id = fields.Many2one(related="payment_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", related_sudo=True)
    payer_id = fields.Many2one(related="payment_id.partner_id", string="Paid by", related_sudo=True)
    currency_id = fields.Many2one(related="payment_id.currency_id", related_sudo=True)
    date = fields.Date(related="payment_id.date", store=True, related_sudo=True)
    bank_reference = fields.Char(related="payment_id.memo", string="Reference", related_sudo=True)
    amount = fields.Monetary(
        required=True, tracking=True, compute="_compute_amount", store=True, readonly=False, precompute=True,
        help="In the currency of the payment. Proposed: what the order lacks, as far as the payment reaches.")
    free = fields.Monetary("Not Allotted", compute="_compute_free", help="Left of the payment for other orders.")
    note = fields.Char()
    active = fields.Boolean(default=True, tracking=True)

    _once_uniq = models.UniqueIndex(
        "(payment_id, order_id) WHERE active",
        "This payment is already allotted to this order: change the amount there.")
    _positive = models.Constraint("CHECK (amount > 0)", "An allotted amount is more than nothing.")

    @api.depends("payment_id", "order_id")
    def _compute_amount(self):
        rest = self._rest()
        for allotment in self:
            if allotment._origin:
                allotment.amount = allotment.amount  # what was confirmed stays
                continue
            # Superuser: accounting sees what an order lacks without the right to read orders.
            order, payment = allotment.order_id.sudo(), allotment.payment_id.sudo()
            missing = order.sbo_needed - order.sbo_received
            lacks = missing > 0 and payment.payment_type == "inbound" and payment.currency_id == order.currency_id
            allotment.amount = min(rest[allotment], missing) if lacks else rest[allotment]

    @api.depends("payment_id", "amount")
    def _compute_free(self):
        rest = self._rest()
        for allotment in self:
            allotment.free = rest[allotment] - allotment.amount

    @api.constrains("payment_id", "order_id", "amount", "active")
    def _check_amount(self):
        """Never more than the payment, however many people allot it at once.

        The payment's row is changed, not only locked: whoever waited has to begin again with what the first one wrote.
        """
        payments = self.payment_id.sudo()  # a manager confirms money without being an accountant
        self.flush_model()
        self.env.cr.execute(SQL(
            """WITH turn AS (SELECT id FROM account_payment WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
               UPDATE account_payment p SET write_date = p.write_date FROM turn WHERE turn.id = p.id""", payments.ids))
        rows = self.env.execute_query(SQL(
            """SELECT payment_id, SUM(amount) FROM sbo_payment_allotment WHERE active AND payment_id = ANY(%s)
                GROUP BY payment_id""", payments.ids))
        for payment_id, amount in rows:
            payment = payments.browse(payment_id)
            if payment.currency_id.compare_amounts(amount, payment.amount) > 0:
                raise ValidationError(self.env._(
                    "%(payment)s is %(amount)s; %(allotted)s are more than that.", payment=payment.display_name,
                    amount=format_amount(self.env, payment.amount, payment.currency_id),
                    allotted=format_amount(self.env, amount, payment.currency_id)))
        for payment in payments:
            if payment.partner_type != "customer" or payment.state not in ("in_process", "paid"):
                raise ValidationError(self.env._(
                    "%s is no confirmed payment of a customer.", payment.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        allotments = super().create(vals_list)
        allotments._take_turn()
        return allotments

    def write(self, vals):
        if {"payment_id", "order_id"} & vals.keys():
            raise UserError(self.env._(
                "Archive this allotment and make another one: what was confirmed stays on record."))
        self._take_turn()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._(
            "What finance has confirmed stays on record; archive it and its money counts no more."))

    def _take_turn(self):
        """A delivery that is leaving right now is judged before or after this, not half-way."""
        if self.order_id:
            self.env["sbo.payment.gate"].sudo()._take_turn(self.order_id.ids)

    def _rest(self):
        """{allotment: what of its payment is not allotted by others}"""
        # Superuser: what is left of a payment is the same for everybody, whichever allotments and payments he may see.
        taken = dict(self.sudo()._read_group(
            [("payment_id", "in", self.payment_id.ids)], ["payment_id"], ["amount:sum"]))
        rest = {}
        for allotment in self:
            payment, own = allotment.payment_id.sudo(), allotment._origin
            others = taken.get(payment._origin, 0) - (own.amount if own.active else 0)
            rest[allotment] = max(payment.amount - others, 0)
        return rest
