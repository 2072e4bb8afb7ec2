from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_payment import MISSING, SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentReceived(SboPaymentCommon):
    """What counts as received, each cent once, on the order of 10 000.00 of which 70 % come before shipping."""

    def _received(self, order):
        return self._money(order)[0]

    def test_a_cent_short_and_there(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        self._pay(invoice, 6999.99)
        text = self._stays(order)
        self.assertIn("6,999.99", text)
        self.assertIn("0.01", text)
        self.assertIn("back-office manager can give a special release", text)
        self._pay(invoice, 0.01)
        self.assertEqual(self._ship(order).state, "done", "no hand has released it")

    def test_a_refund_blocks_the_next_delivery_again(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        self._pay(invoice)
        self._ship(order, 5)
        self._refund(invoice, 4000)
        self.assertEqual(self._received(order), 6000)
        self._stays(order)
        self._payment(1000)
        self._stays(order, words="1,000.00 are missing")
        self._allot(self._payment(1000), order)
        self._ship(order)

    def test_a_cancelled_payment_takes_its_money_back(self):
        order = self._confirmed()
        payment = self._pay(self._invoice(order), 7000)
        self._ship(order, 5)
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self._received(order), 0)
        self._stays(order)

    def test_down_payments(self):
        order = self._confirmed()
        first = self._invoice(order, percent=50)
        self._pay(first)
        self.assertEqual(self._received(order), 5000)
        self._stays(order)
        rest = self._invoice(order)
        self.assertEqual(rest.amount_total, 5000)
        self.assertEqual(self._received(order), 5000, "an invoice is no money")
        self._pay(rest, 2000)
        self.assertEqual(self._received(order), 7000)
        self._ship(order)

    def test_a_draft_invoice_and_an_unpaid_one_are_nothing(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        self.assertEqual(self._received(order), 0)
        self._pay(invoice, 7000)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(self._received(order), 0)

    def test_an_invoice_over_several_orders_is_split_by_its_lines(self):
        first, second = self._confirmed(), self._confirmed(quantity=5)
        invoice = self._invoice(first | second)
        self.assertEqual((len(invoice), invoice.amount_total), (1, 15000))
        self._pay(invoice, 1000)
        self.assertEqual((self._received(first), self._received(second)), (666.66, 333.33), "never a cent too much")
        self._pay(invoice)
        self.assertEqual((self._received(first), self._received(second)), (10000, 5000))

    def test_a_credit_note_used_for_another_order_moves_the_money(self):
        first, second = self._confirmed(), self._confirmed()
        paid, open_one = self._invoice(first), self._invoice(second)
        self._pay(paid)
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=paid.ids).create({"journal_id": paid.journal_id.id})
        note = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        note.action_post()
        self.assertEqual(self._received(first), 10000, "not given back yet")
        lines = (note | open_one).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        lines.reconcile()
        self.assertEqual((self._received(first), self._received(second)), (0, 10000))

    def test_a_credit_note_against_its_own_invoice_is_no_money(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids).create({"journal_id": invoice.journal_id.id})
        reversal.reverse_moves()
        note = invoice.reversal_move_ids
        if note.state == "draft":
            note.action_post()
        lines = (note | invoice).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled)
        lines.reconcile()
        self.assertEqual(self._received(order), 0)

    def test_foreign_currency(self):
        euro = self.env["res.currency"].create({"name": "SBF", "symbol": "F", "rate_ids": [
            Command.create({"name": "2020-01-01", "rate": 0.5}), Command.create({"name": "2026-03-01", "rate": 0.8})]})
        pricelist = self.env["product.pricelist"].create({"name": "Foreign", "currency_id": euro.id})
        order = self._confirmed(pricelist_id=pricelist.id)
        self.assertEqual((order.currency_id, order.amount_total), (euro, 10000))
        payment = self._payment(10000, date="2026-02-01")
        self._allot(payment, order)
        self.assertEqual(self._received(order), 5000, "at the rate of the day of payment")
        self.company.sbo_gate_rate = "today"
        self.assertEqual(self._received(order), 8000)
        invoice = self._invoice(order)
        self._pay(invoice, 1500, currency_id=euro.id)
        self.assertEqual(self._received(order), 9500, "what is reconciled counts in the invoice's currency")

    def test_tolerance(self):
        order = self._confirmed()
        self._allot(self._payment(6999), order)
        self._stays(order)
        self.company.sbo_gate_tolerance = 1
        self._ship(order)


@tagged("post_install", "-at_install")
class TestPaymentAllotted(SboPaymentCommon):
    """Money that accounting has confirmed before it is reconciled."""

    def _received(self, *orders):
        self.env.invalidate_all()
        return [order.sbo_received for order in orders]

    def test_never_more_than_the_payment(self):
        first, second = self._confirmed(), self._confirmed()
        payment = self._payment(10000)
        self._allot(payment, first, 6000)
        with self.assertRaisesRegex(ValidationError, "more than that"), self.env.cr.savepoint():
            self._allot(payment, second, 4000.01)
        allotment = self._allot(payment, second, 4000)
        self.assertEqual(allotment.free, 0)
        with self.assertRaises(ValidationError):
            allotment.amount = 4001
        self.assertEqual(self._received(first, second), [6000, 4000])

    def test_each_cent_once_when_it_is_reconciled(self):
        first, second, third = (self._confirmed() for _n in range(3))
        payment = self._payment(10000)
        self._allot(payment, first, 6000)
        self._allot(payment, second, 4000)

        def reconcile(order):
            lines = (payment.move_id | self._invoice(order)).line_ids
            lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()

        reconcile(first)
        self.assertEqual(self._received(first, second), [10000, 0], "all of it went into the first order's invoice")
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self._received(first, second), [6000, 4000])
        self._pay(self._invoice(third, percent=95), 9500)
        self.assertEqual(self._received(first, second, third), [6000, 4000, 9500])

    def test_partly_reconciled_elsewhere(self):
        first, second = self._confirmed(), self._confirmed(quantity=3)
        payment = self._payment(10000)
        self._allot(payment, first, 10000)
        lines = (payment.move_id | self._invoice(second)).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        self.assertEqual(self._received(first, second), [7000, 3000])

    def test_partly_reconciled_with_its_own_order(self):
        order = self._confirmed()
        payment = self._payment(8000)
        self._allot(payment, order)
        lines = (payment.move_id | self._invoice(order, percent=30)).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        self.assertEqual(self._received(order), [8000], "3000 by the invoice, 5000 still by the allotment")

    def test_money_paid_back(self):
        order = self._confirmed()
        self._allot(self._payment(7000), order)
        self._allot(self._payment(500, "outbound"), order)
        self.assertEqual(self._received(order), [6500])
        self._stays(order)

    def test_a_cancelled_payment_and_an_archived_allotment(self):
        order = self._confirmed()
        payment = self._payment(7000)
        allotment = self._allot(payment, order)
        payment.action_draft()
        self.assertEqual(self._received(order), [0])
        payment.action_post()
        self.assertEqual(self._received(order), [7000])
        allotment.with_user(self.accountant).action_archive()
        self.assertEqual(self._received(order), [0])
        self._stays(order)

    def test_what_was_confirmed_stays_on_record(self):
        allotment = self._allot(self._payment(100), self._confirmed())
        with self.assertRaises(UserError):
            allotment.order_id = self._confirmed()
        with self.assertRaises(UserError):
            allotment.unlink()

    def test_only_accounting_allots(self):
        order, payment = self._confirmed(), self._payment(7000)
        for user in (self.clerk, self.supervisor, self.manager, self.salesperson, self.stock_manager, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._allot(payment, order, user=user)
        with self.assertRaises(ValidationError):
            self._allot(self.env["account.payment"].create({
                "payment_type": "inbound", "partner_type": "customer", "partner_id": self.customer.id, "amount": 5,
                "journal_id": self.bank.id}), order)

    def test_online_transactions(self):
        order = self._confirmed()
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        transaction = self.env["payment.transaction"].create({
            "provider_id": provider.id, "payment_method_id": method.id, "reference": "SBO-GATE", "state": "done",
            "amount": 7000, "currency_id": order.currency_id.id, "partner_id": self.customer.id,
            "sale_order_ids": [Command.set(order.ids)]})
        self.assertEqual(self._received(order), [7000], "done, and no payment yet")
        transaction.payment_id = self._payment(7000)
        self.assertEqual(self._received(order), [7000], "now by its payment, once")
        lines = (transaction.payment_id.move_id | self._invoice(order)).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        self.assertEqual(self._received(order), [7000], "now by its reconciliation, once")
        transaction.state = "cancel"
        self.assertEqual(self._received(order), [7000])
        transaction.write({"payment_id": False, "state": "pending"})
        other = self._confirmed()
        transaction.sale_order_ids = other
        self.assertEqual(self._received(other), [0], "what is on its way has not come")
        self._stays(other, words=MISSING)
