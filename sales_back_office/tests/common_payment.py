from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import Form

from .common_checks import SboCheckCommon

MISSING = "Nothing leaves before the money is there"


class SboPaymentCommon(SboCheckCommon):
    """Orders of 10 000.00 whose goods lie ready, and the ways in which money comes in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({
            "sbo_payment_policy": False, "sbo_gate_partial": "shipped", "sbo_gate_tolerance": 0,
            "sbo_gate_overdue_days": 0, "sbo_gate_rate": "payment"})
        cls.accountant = cls._user("sbo_accountant", "account.group_account_invoice,base.group_partner_manager")
        cls.stock_user = cls._user("sbo_stock_user", "stock.group_stock_user")
        cls.stock_manager = cls._user("sbo_stock_manager", "stock.group_stock_manager")
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1)
        cls.customer = cls._customer("Prepaying Customer", clerk=cls.clerk, salesperson=cls.salesperson)
        cls.product = cls._product("Machine", 1000, invoice_policy="order")
        cls.spare = cls._product("Spare Part", 50, invoice_policy="order")
        stock = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1).lot_stock_id
        for product in (cls.product, cls.spare):
            cls.env["stock.quant"]._update_available_quantity(product, stock, 10000)
        cls.seventy = cls.env["account.payment.term"].create({
            "name": "70 % before shipping", "sbo_payment_policy": "deposit_credit", "sbo_deposit_percent": 70})

    @classmethod
    def _today(cls):
        """Where the company is: in the evening of UTC it is tomorrow there."""
        return cls.company._sbo_today()

    @classmethod
    def _confirmed(cls, quantity=10, price=1000, policy=None, percent=0, **vals):
        """A confirmed order of machines, by default under the term “70 % before shipping”."""
        if policy:
            vals.update(sbo_payment_policy=policy, sbo_deposit_percent=percent)
        else:
            vals.setdefault("payment_term_id", cls.seventy.id)
        vals.setdefault("order_line", [Command.create(
            {"product_id": cls.product.id, "product_uom_qty": quantity, "price_unit": price, "tax_ids": False})])
        order = cls.env["sale.order"].create({
            "partner_id": cls.customer.id, "user_id": cls.salesperson.id, "sbo_clerk_id": cls.clerk.id, **vals})
        order.action_confirm()
        return order

    @classmethod
    def _pick(cls, order, quantity=None):
        """The order's open delivery, with these goods (by default all) picked."""
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))[:1]
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
        picking.move_ids.picked = True
        return picking

    @classmethod
    def _ship(cls, order, quantity=None, user=None):
        picking = cls._pick(order, quantity)
        picking = picking.with_user(user or cls.stock_user).with_context(skip_backorder=True, skip_sms=True)
        picking.button_validate()
        return picking.with_env(cls.env)

    def _stays(self, order, quantity=None, words=MISSING):
        """The delivery is refused in these words, and nothing has left."""
        picking = self._pick(order, quantity)
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, words) as caught, self.env.cr.savepoint():
            picking.with_user(self.stock_user).with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.env.invalidate_all()
        self.assertEqual(picking.state, "assigned")
        return str(caught.exception)

    @classmethod
    def _invoice(cls, orders, percent=None):
        """The posted invoice of orders, or of a down payment."""
        if percent:
            wizard = cls.env["sale.advance.payment.inv"].with_context(
                active_model="sale.order", active_ids=orders.ids).create(
                {"advance_payment_method": "percentage", "amount": percent})
            invoice = wizard._create_invoices(orders)
        else:
            invoice = orders._create_invoices(final=True)
        invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, invoices, amount=None, **vals):
        """Money registered on invoices, or given back on credit notes."""
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids).create(
            {"journal_id": cls.bank.id, "group_payment": True, **({"amount": amount} if amount else {}), **vals})
        return wizard._create_payments()

    @classmethod
    def _refund(cls, invoice, amount):
        """A credit note over an amount, and the money paid back."""
        wizard = cls.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids).create({"journal_id": invoice.journal_id.id})
        note = cls.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.invoice_line_ids.filtered(lambda line: line.display_type == "product")[1:].unlink()
        note.invoice_line_ids[:1].write({"quantity": 1, "price_unit": amount})
        note.action_post()
        cls._pay(note)
        return note

    @classmethod
    def _payment(cls, amount, kind="inbound", partner=None, **vals):
        """A payment that has come in for nothing in particular."""
        payment = cls.env["account.payment"].create({
            "payment_type": kind, "partner_type": "customer", "partner_id": (partner or cls.customer).id,
            "amount": amount, "journal_id": cls.bank.id, **vals})
        payment.action_post()
        return payment

    @classmethod
    def _allot(cls, payment, order, amount=None, user=None):
        return cls.env["sbo.payment.allotment"].with_user(user or cls.accountant).create(
            {"payment_id": payment.id, "order_id": order.id, "amount": amount or payment.amount})

    def _ask(self, order, user=None, **vals):
        """A special release for the open delivery of an order, as a clerk asks for it in the form."""
        picking = self._pick(order)
        action = picking.with_user(user or self.clerk).action_sbo_ask_release()
        form = Form(self.env["sbo.payment.release"].with_user(user or self.clerk).with_context(**action["context"]))
        form.reason = "The customer's line stands still"
        form.promised_on = vals.pop("promised_on", Date.add(self._today(), days=3))
        form.expires_on = vals.pop("expires_on", Date.add(self._today(), days=1))
        for name, value in vals.items():
            form[name] = value
        return form.save().with_env(self.env)

    def _money(self, order):
        """(received, shipped, needed, missing, state) as a salesperson sees them."""
        self.env.invalidate_all()
        order = order.with_user(self.salesperson)
        return (order.sbo_received, order.sbo_shipped, order.sbo_needed, order.sbo_missing, order.sbo_gate_state)
