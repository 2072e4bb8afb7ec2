from odoo.fields import Command, Date
from odoo.tests import tagged

from .common_contracts_schedule import SboScheduleCommon


@tagged("post_install", "-at_install")
class TestContractSums(SboScheduleCommon):
    """Added up over the register, the figures are those of Odoo's own documents, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        coins = cls.env["product.pricelist"].create({"name": "Coins", "currency_id": cls.coin.id})
        cls.contracts = cls.env["sbo.contract"].union(*(cls._contract(1000) for _number in range(3)))
        cls.foreign = cls._contract(1000, currency_id=cls.coin.id)
        first, second, third = cls.contracts
        cls.shared = cls._shared_order(first, second, third)
        cls.orders = cls.shared | cls._under(first, 7, 33.33) | cls._under(second, 3, 99.99) | cls._under(third, 2, 50)
        cls.coins = cls._under(cls.foreign, 3, 40, pricelist_id=coins.id)

    @classmethod
    def _shared_order(cls, *contracts, price=100.01):
        """One order for several contracts, a line of goods under each."""
        return cls._under(contracts[0], order_line=[Command.create(
            {"product_id": cls.product.id, "product_uom_qty": 1, "price_unit": price, "tax_ids": False,
             "sbo_contract_id": contract.id}) for contract in contracts])

    def _invoices(self, orders):
        return orders.order_line.invoice_lines.move_id.filtered(lambda move: move.state == "posted")

    def _sums(self, *names, contracts=None):
        rows = self._row(contracts or self.contracts)
        return [round(sum(rows.mapped(name)), 2) for name in names]

    def _assert_sums(self, message):
        """Ordered, delivered, invoiced, receivable, overdue of all: of the documents."""
        lines = self.orders.order_line.filtered(lambda line: not line.is_downpayment and not line.display_type)
        invoices = self._invoices(self.orders)
        told = [sum(self.orders.filtered(lambda order: order.state == "sale").mapped("amount_total")),
                sum(line.qty_delivered * line.price_unit for line in lines),
                sum(invoices.mapped("amount_total_in_currency_signed")),
                sum(invoices.mapped("amount_residual_signed"))]
        self.assertEqual(self._sums("ordered", "delivered", "invoiced", "receivable"),
                         [round(value, 2) for value in told], message)

    def test_each_cent_of_shared_documents_once(self):
        self._assert_sums("ordered")
        advance = self._invoice(self.shared, percent=33.33)
        self._assert_sums("a down payment of a third")
        self._pay(advance, 50.01)
        self._assert_sums("part of it is paid")
        self._pay(advance)
        self._assert_sums("all of it is paid")
        self._ship(self.shared)
        final = self._invoice(self.shared)
        self._assert_sums("the last invoice takes it off")
        for amount in (0.01, 77.77, 0.02):
            self._pay(final, amount)
            self._assert_sums(f"{amount} more is paid")
        (self._open(self._credit_note(final, 10.01)) | self._open(final)).reconcile()
        self._assert_sums("something is credited")
        self._pay(final)
        self._assert_sums("settled")
        rows = self._row(self.contracts)
        self.assertEqual(rows.mapped("ordered"), [333.32, 399.98, 200.01])
        self.assertEqual(sum(rows.mapped("invoiced")), 290.02)

    def test_what_is_settled_is_settled_under_each_contract(self):
        first, second, _third = self.contracts
        order = self._shared_order(first, second)
        self.orders |= order
        advance = self._invoice(order, percent=50)
        self.assertEqual(advance.amount_total, 100.01)
        self.assertEqual(self._sums("invoiced"), [100.01])
        self._pay(advance, 33.33)
        self._assert_sums("part is paid")
        self._pay(advance)
        self._ship(order)
        final = self._invoice(order)
        rows = self._row(first | second)
        self.assertEqual(rows.mapped("invoiced"), [100.01, 100.01], "what it put on, it takes off")
        self._pay(final)
        rows = self._row(first | second)
        self.assertEqual([rows.mapped("receivable"), rows.mapped("received")], [[0, 0], [100.01, 100.01]])

    def test_one_contract_alone_shows_what_it_shows_in_the_register(self):
        first, second, third = self.contracts
        orders = self._under(third, 1, 33.34) | self._under(first, 1, 33.33) | self._under(second, 1, 33.33)
        invoice = self._invoice(orders)
        self.assertEqual((len(invoice), invoice.amount_total), (1, 100))
        self._pay(invoice, 50.01)
        register = self._row(self.contracts).mapped("received")
        self.assertEqual(round(sum(register), 2), 50.01)
        self.assertEqual([self._figures(contract, "received") for contract in self.contracts], register)
        self._pay(invoice, 0.02)
        for contract in self.contracts:
            self.env.invalidate_all()
            receipts = self.env["sbo.contract.receipt"].search([("contract_id", "=", contract.id)])
            self.assertAlmostEqual(sum(receipts.mapped("amount")), self._figures(contract, "received"), 2)

    def test_returns_credit_notes_and_cancelled_orders(self):
        first, second, third = self.orders - self.shared
        self._return(self._ship(first), 2)
        self._assert_sums("some came back")
        invoice = self._invoice(first)
        self._pay(invoice, 100.01)
        note = self._credit_note(invoice, 66.66)
        self._assert_sums("credited, not reconciled yet")
        (self._open(note) | self._open(invoice)).reconcile()
        self._assert_sums("reconciled")
        self._ship(second, 1)
        second._action_cancel()
        third._action_cancel()
        self._assert_sums("one cancelled when some had left, one before anything had")

    def test_several_due_days(self):
        term = self.env["account.payment.term"].create({"name": "Thirds", "line_ids": [
            Command.create({"value": "percent", "value_amount": part, "nb_days": days})
            for part, days in ((33.33, 0), (33.33, 30), (33.34, 60))]})
        invoice = self.shared._create_invoices(final=True)
        invoice.write({"invoice_date": "2026-01-10", "invoice_payment_term_id": term.id})
        invoice.action_post()
        self._pay(invoice, 120.01, payment_date="2026-01-12")
        self._assert_sums("the first part and some of the second")
        overdue = sum(line.amount_residual for line in self._open(invoice)
                      if line.date_maturity < self.company._sbo_today())
        self.assertEqual(self._sums("overdue"), [round(overdue, 2)])
        self._pay(invoice, invoice.amount_residual, payment_date="2026-01-13")
        self.assertEqual(self._row(self.contracts).mapped("receivable"), [0, 0, 0])

    def test_two_currencies(self):
        """One coin is eight of the company's."""
        invoice = self.coins._create_invoices(final=True)
        invoice.invoice_date = "2026-02-10"
        invoice.action_post()
        self._pay(invoice, 20.05, payment_date=Date.to_date("2026-02-20"))
        home = self._invoice(self.shared)
        self._pay(home, 100.01)
        every = self.contracts | self.foreign
        invoices = invoice | home
        self.assertEqual(self._sums("invoiced_company", contracts=every),
                         [round(sum(invoices.mapped("amount_total_signed")), 2)])
        self.assertEqual(self._sums("receivable_company", contracts=every),
                         [round(sum(invoices.mapped("amount_residual_signed")), 2)])
        self.assertEqual(self._sums("received_company", contracts=every), [260.41])
