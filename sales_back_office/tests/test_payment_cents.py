from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_payment import SboPaymentCommon


class SboCentsCommon(SboPaymentCommon):
    """Short ways to look at receivables and to reconcile."""

    @staticmethod
    def _open(moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled)

    def _received(self, *orders):
        self.env.invalidate_all()
        found = [order.with_user(self.salesperson).sbo_received for order in orders]
        return found if len(found) > 1 else found[0]

    def _online(self, amount, order=None, state="done", **vals):
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        number = self.env["payment.transaction"].search_count([])
        return self.env["payment.transaction"].create({
            "provider_id": provider.id, "payment_method_id": method.id, "reference": f"SBO-{number}", "state": state,
            "amount": amount, "currency_id": self.company.currency_id.id, "partner_id": self.customer.id,
            "sale_order_ids": [Command.set(order.ids if order else [])], **vals})

    def _credit_note(self, invoice, amount):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids).create({"journal_id": invoice.journal_id.id})
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.invoice_line_ids.filtered(lambda line: line.display_type == "product")[1:].unlink()
        note.invoice_line_ids[:1].write({"quantity": 1, "price_unit": amount})
        note.action_post()
        return note


@tagged("post_install", "-at_install")
class TestPaymentCents(SboCentsCommon):
    """Money in its rarer shapes: each cent once, and none lost."""

    def test_rejected(self):
        order = self._confirmed()
        payment = self._pay(self._invoice(order), 7000)
        self.assertEqual(self._received(order), 7000)
        payment.action_reject()
        self.assertEqual(self._received(order), 0, "the cheque has bounced, whatever is still reconciled")
        self._stays(order)

    def test_early_payment_discount(self):
        term = self.env["account.payment.term"].create({
            "name": "2 % in 10 days", "sbo_payment_policy": "prepaid", "early_discount": True,
            "discount_percentage": 2, "discount_days": 10, "early_pay_discount_computation": "included"})
        order = self._confirmed(payment_term_id=term.id)
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        self.assertEqual((payment.amount, invoice.amount_residual), (9800, 0))
        self.assertEqual(self._received(order), 10000, "the discount was granted: the invoice is paid")
        self._ship(order)

    def test_cash_rounding(self):
        for price, total in ((1000.04, 10000.4), (999.96, 9999.6)):
            order = self._confirmed(policy="prepaid", price=price)
            self.assertAlmostEqual(order.amount_total, total)
            invoice = order._create_invoices()
            invoice.invoice_cash_rounding_id = self.env["account.cash.rounding"].create({
                "name": "Whole", "rounding": 1, "strategy": "add_invoice_line", "rounding_method": "HALF-UP",
                "profit_account_id": self.company.expense_currency_exchange_account_id.id,
                "loss_account_id": self.company.expense_currency_exchange_account_id.id})
            invoice.action_post()
            self.assertEqual(invoice.amount_total, 10000)
            self._pay(invoice, 5000)
            self.assertAlmostEqual(self._received(order), total / 2, delta=0.01)
            self._pay(invoice)
            self.assertAlmostEqual(self._received(order), total, 2)
            self._ship(order)

    def test_overpaid(self):
        order, other = self._confirmed(), self._confirmed()
        payment = self._payment(12000)
        self._allot(payment, order, 12000)
        self._open(payment.move_id | self._invoice(order)).reconcile()
        self.assertEqual(self._received(order, other), [12000, 0], "10000 by the invoice, 2000 still for this order")
        self.env["sbo.payment.allotment"].search([("payment_id", "=", payment.id)]).action_archive()
        self._allot(payment, other, 2000)
        self.assertEqual(self._received(order, other), [10000, 2000])

    def test_refunded_online(self):
        order = self._confirmed()
        paid = self._online(7000, order)
        refund = self._online(-3000, source_transaction_id=paid.id, operation="refund")
        self.assertEqual(self._received(order), 4000)
        refund.state = "cancel"
        self.assertEqual(self._received(order), 7000)
        refund.state = "done"
        paid.payment_id = self._payment(7000)
        self.assertEqual(self._received(order), 4000)
        refund.payment_id = self._payment(3000, "outbound")
        self.assertEqual(self._received(order), 4000)
        self._open((paid | refund).payment_id.move_id).reconcile()
        self.assertEqual(self._received(order), 4000, "against each other they are the rest")
        self._stays(order)

    def test_captured_in_parts(self):
        order = self._confirmed()
        authorized = self._online(7000, order, state="pending")
        first = self._online(3000, source_transaction_id=authorized.id)
        self.assertEqual(self._received(order), 3000)
        second = self._online(4000, source_transaction_id=authorized.id)
        authorized.state = "done"
        self.assertEqual(self._received(order), 7000)
        first.payment_id, second.payment_id = self._payment(3000), self._payment(4000)
        self.assertEqual(self._received(order), 7000)
        self._online(-4000, source_transaction_id=second.id, operation="refund")
        self.assertEqual(self._received(order), 3000)

    def test_one_transaction_for_several_orders(self):
        first, second = self._confirmed(), self._confirmed(quantity=5)
        paid = self._online(9000, first | second)
        self.assertEqual(self._received(first, second), [6000, 3000])
        paid.payment_id = self._payment(9000)
        self.assertEqual(self._received(first, second), [6000, 3000])
        self._open(paid.payment_id.move_id | self._invoice(second)).reconcile()
        self.assertEqual(self._received(first, second), [4000, 5000], "9000 in all")

    def test_a_payment_of_another_company(self):
        order = self._confirmed()
        payment = self._payment(7000)
        self.env.cr.execute("UPDATE account_payment SET company_id = %s WHERE id = %s", [self.company2.id, payment.id])
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self._allot(payment, order, user=self.env.user)

    def test_what_is_written_off_by_hand_is_settled(self):
        order = self._confirmed()
        account = self.company.expense_currency_exchange_account_id
        self._pay(self._invoice(order), 9990, payment_difference_handling="reconcile", writeoff_account_id=account.id)
        self.assertEqual(self._received(order), 10000)


@tagged("post_install", "-at_install")
class TestPaymentWithoutEntry(SboCentsCommon):
    """With an accounting application payments have no journal entry: the bank's own entries are reconciled."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(
            self.env.registry["account.move"], "_get_invoice_in_payment_state", lambda move: "in_payment"))
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        self.bank.outbound_payment_method_line_ids.payment_account_id = False

    def _statement(self, amount, *invoices):
        """The bank tells of money, and it is reconciled with these invoices."""
        line = self.env["account.bank.statement.line"].create({
            "journal_id": self.bank.id, "amount": amount, "date": "2026-11-30", "payment_ref": "Transfer",
            "partner_id": self.customer.id})
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = invoices[0].line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable").account_id
        self._open(line.move_id | self.env["account.move"].union(*invoices)).reconcile()
        return line

    def test_registered_then_told_by_the_bank(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        payment = self._pay(invoice, 4000)
        self.assertFalse(payment.move_id)
        self.assertEqual(self._received(order), 4000)
        second = self._pay(invoice, 3000)
        self.assertEqual(self._received(order), 7000)
        self._statement(4000, invoice)
        self.assertEqual((payment.state, second.state), ("paid", "in_process"))
        self.assertEqual(self._received(order), 7000, "what the bank tells is what was registered")
        self._statement(2995, invoice)
        self.assertEqual(self._received(order), 7000, "the bank has kept a fee; it is the same money")
        self._statement(3005, invoice)
        self.assertEqual(self._received(order), 10000)

    def test_no_more_than_is_open(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        for _n in range(2):
            self._pay(invoice, 6000)
        self.assertEqual(self._received(order), 10000)

    def test_over_several_invoices(self):
        first, second = self._confirmed(), self._confirmed()
        invoices = self._invoice(first) | self._invoice(second)
        self._statement(9000, invoices[0])
        self.env.cr.execute("UPDATE account_partial_reconcile SET create_date = create_date - interval '1 hour'")
        self._pay(invoices, 11000)
        self.assertEqual(self._received(first, second), [10000, 10000], "none lost where an invoice was nearly paid")

    def test_partly_allotted_elsewhere(self):
        first, second = self._confirmed(), self._confirmed()
        payment = self._pay(self._invoice(first), 7000)
        self._allot(payment, second, 1000)
        self.assertEqual(self._received(first, second), [6000, 1000])
        self._allot(payment, first, 6000)
        self.assertEqual(self._received(first, second), [6000, 1000])

    def test_allotted_then_told_by_the_bank(self):
        order = self._confirmed()
        self._allot(self._payment(7000, date="2026-11-20"), order)
        self.assertEqual(self._received(order), 7000)
        self._statement(7000, self._invoice(order))
        self.assertEqual(self._received(order), 7000)

    def test_in_another_currency(self):
        coin = self.env["res.currency"].create({
            "name": "SBC", "symbol": "C", "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.001})]})
        order = self._confirmed()
        self._pay(self._invoice(order), 7, currency_id=coin.id)
        self.assertEqual(self._received(order), 7000)

    def test_paid_back(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        self._statement(10000, invoice)
        self.env.cr.execute("UPDATE account_partial_reconcile SET create_date = create_date - interval '1 hour'")
        self._pay(self._credit_note(invoice, 4000))
        self.assertEqual(self._received(order), 6000)


ORDERS = st.integers(0, 1)
SUMS = st.integers(1, 120).map(lambda n: n * 100.01)
STEPS = st.lists(st.one_of(
    st.tuples(st.just("pay"), ORDERS, SUMS),
    st.tuples(st.just("money"), ORDERS, SUMS),
    st.tuples(st.just("allot"), ORDERS, SUMS),
    st.tuples(st.just("back"), ORDERS, SUMS),
    st.tuples(st.just("credit"), ORDERS, SUMS),
    st.tuples(st.just("reconcile"), ORDERS, SUMS),
    st.tuples(st.just("loosen"), ORDERS, SUMS),
    st.tuples(st.just("cancel"), ORDERS, SUMS),
    st.tuples(st.just("archive"), ORDERS, SUMS),
), min_size=2, max_size=7)


@tagged("post_install", "-at_install")
class TestPaymentEachCentOnce(SboCentsCommon):
    """Invoices, payments, allotments, credit notes as they may come, added up once more payment by payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls._confirmed() | cls._confirmed(quantity=7)
        cls.invoices = cls.env["account.move"].union(*(cls._invoice(order) for order in cls.orders))
        cls.env.flush_all()

    @settings(max_examples=10, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_property(self, steps):
        with self.env.cr.savepoint() as savepoint:
            for kind, place, amount in steps:
                getattr(self, f"_do_{kind}")(place, round(amount, 2))
            self.assertEqual([round(x, 2) for x in self._received(*self.orders)], self._told_once_more())
            savepoint.close(rollback=True)
        self.env.invalidate_all()

    def _payments(self):
        return self.env["account.payment"].search(
            [("partner_id", "=", self.customer.id), ("state", "in", ("in_process", "paid"))], order="id")

    def _do_pay(self, place, amount):
        left = self.invoices[place].amount_residual
        if left:
            self._pay(self.invoices[place], min(amount, left))

    def _do_money(self, _place, amount):
        self._payment(amount)

    def _do_allot(self, place, amount):
        for payment in self._payments():
            mine = self.env["sbo.payment.allotment"].search([("payment_id", "=", payment.id)])
            free = round(payment.amount - sum(mine.mapped("amount")), 2)
            if free > 0 and self.orders[place] not in mine.order_id:
                self._allot(payment, self.orders[place], min(amount, free))
                return

    def _do_back(self, place, amount):
        self._allot(self._payment(amount, "outbound"), self.orders[place])

    def _do_credit(self, place, amount):
        note = self._credit_note(self.invoices[place], min(amount, self.invoices[place].amount_total))
        other = self._open(self.invoices[1 - place])
        if other:
            (self._open(note) | other).reconcile()

    def _do_reconcile(self, place, _amount):
        lines = self._open(self._payments().move_id).filtered(lambda line: line.balance < 0)[:1]
        invoice = self._open(self.invoices[place])
        if lines and invoice:
            (lines | invoice).reconcile()

    def _do_loosen(self, place, _amount):
        self.invoices[place].line_ids.remove_move_reconcile()

    def _do_cancel(self, place, _amount):
        payments = self._payments()
        if payments:
            payments[place % len(payments)].action_cancel()

    def _do_archive(self, place, _amount):
        self.env["sbo.payment.allotment"].search([("order_id", "=", self.orders[place].id)])[:1].action_archive()

    def _told_once_more(self):
        """By payments, and by what credit notes moved; every cent of a payment is in one place only."""
        result = dict.fromkeys(self.orders, 0.0)
        notes = self.env["account.move"].search(
            [("move_type", "=", "out_refund"), ("partner_id", "=", self.customer.id)])
        order_of = {move: move.line_ids.sale_line_ids.order_id for move in self.invoices | notes}
        for note in notes:
            for partial in note.line_ids.matched_debit_ids:
                result[order_of[note]] -= partial.amount
                result[order_of[partial.debit_move_id.move_id]] += partial.amount
        for payment in self._payments():
            sign = 1 if payment.payment_type == "inbound" else -1
            free, gone = payment.amount, dict.fromkeys(self.orders, 0.0)
            for partial in payment.move_id.line_ids.matched_debit_ids | payment.move_id.line_ids.matched_credit_ids:
                other = (partial.debit_move_id | partial.credit_move_id).move_id - payment.move_id
                free -= partial.amount
                gone[order_of[other]] += partial.amount
            for allotment in self.env["sbo.payment.allotment"].search([("payment_id", "=", payment.id)], order="id"):
                part = min(max(allotment.amount - gone[allotment.order_id], 0), max(free, 0))
                free -= part
                gone[allotment.order_id] += part
            self.assertGreaterEqual(round(free, 2), 0)
            self.assertLessEqual(round(sum(gone.values()), 2), payment.amount, "never more than has come")
            for order, amount in gone.items():
                result[order] += sign * amount
        return [round(result[order], 2) for order in self.orders]
