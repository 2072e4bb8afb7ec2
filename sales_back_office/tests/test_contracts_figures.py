from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_contracts_schedule import SboScheduleCommon


@tagged("post_install", "-at_install")
class TestContractFigures(SboScheduleCommon):
    """How far a contract is carried out, added up from the documents."""

    def test_nothing_yet(self):
        contract = self._contract()
        self.assertEqual(
            self._figures(contract, "contracted", "ordered", "delivered", "invoiced", "received", "rest"),
            [10000, 0, 0, 0, 0, 10000])
        self.assertEqual(self._figures(contract, "collection_rate", "performance", "next_due_on"), [0, 0, False])

    def test_from_order_to_money(self):
        contract = self._contract()
        order = self._under(contract)
        self.assertEqual(self._figures(contract, "ordered", "delivered", "rest"), [10000, 0, 10000])
        self._ship(order, 4)
        self.assertEqual(self._figures(contract, "delivered", "not_invoiced", "rest"), [4000, 4000, 6000])
        self.assertAlmostEqual(self._figures(contract, "performance"), 0.4)
        invoice = self._invoice(order)
        self.assertEqual(self._figures(contract, "invoiced", "not_invoiced", "receivable"), [10000, 0, 10000])
        self.assertEqual(self._figures(contract, "invoiced_on"), invoice.invoice_date)
        payment = self._pay(invoice, 2500)
        self.assertEqual(self._figures(contract, "received", "receivable"), [2500, 7500])
        self.assertEqual(self._figures(contract, "received_on"), payment.date)
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self._figures(contract, "received", "receivable"), [0, 10000])

    def test_what_comes_back_is_not_delivered(self):
        contract = self._contract()
        picking = self._ship(self._under(contract))
        self._return(picking, 3)
        self.assertEqual(self._figures(contract, "delivered", "rest", "ordered"), [7000, 3000, 10000])
        self._return(picking, 1, to_refund=False)
        self.assertEqual(self._figures(contract, "delivered"), 7000, "it is sent again")

    def test_a_cancelled_order_is_not_ordered(self):
        contract = self._contract()
        order, other = self._under(contract, 4), self._under(contract, 3)
        self._ship(other, 1)
        for cancelled in (order, other):
            cancelled._action_cancel()
        self.assertEqual(self._figures(contract, "ordered", "delivered"), [0, 1000], "what has left has left")
        draft = self.env["sale.order"].create({
            "partner_id": self.customer.id, "sbo_contract_id": contract.id,
            "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 1})]})
        self.assertEqual((draft.order_line.sbo_contract_id, self._figures(contract, "ordered")), (contract, 0))

    def test_a_credit_note(self):
        contract = self._contract()
        invoice = self._invoice(self._under(contract))
        self._pay(invoice, 8000)
        note = self._credit_note(invoice, 3000)
        self.assertEqual(self._figures(contract, "invoiced", "received", "receivable"), [7000, 8000, -1000])
        (self._open(note) | self._open(invoice)).reconcile()
        self.assertEqual(self._figures(contract, "invoiced", "received", "receivable"), [7000, 8000, -1000],
                         "a credit note is no money")
        self._pay(note)
        self.assertEqual(self._figures(contract, "received", "receivable"), [7000, 0], "paid back")

    def test_a_credit_note_that_names_no_order(self):
        contract = self._contract()
        invoice = self._invoice(self._under(contract))
        rebate = self.env["account.move"].create({
            "move_type": "out_refund", "partner_id": self.customer.id, "invoice_date": invoice.invoice_date,
            "invoice_line_ids": [Command.create({"name": "Rebate", "price_unit": 500, "tax_ids": False})]})
        rebate.action_post()
        self.assertEqual(self._figures(contract, "invoiced", "received"), [10000, 0])
        (self._open(rebate) | self._open(invoice)).reconcile()
        self.assertEqual(self._figures(contract, "invoiced", "received", "receivable"), [9500, 0, 9500])
        self._pay(invoice)
        self.assertEqual(self._figures(contract, "invoiced", "received", "receivable"), [9500, 9500, 0])

    def test_down_payment_is_not_counted_twice(self):
        contract = self._contract()
        order = self._under(contract)
        advance = self._invoice(order, percent=30)
        self.assertEqual(self._figures(contract, "ordered", "invoiced"), [10000, 3000])
        self._pay(advance)
        self._ship(order)
        self.assertEqual(self._figures(contract, "received", "not_invoiced"), [3000, 10000])
        final = self._invoice(order)
        self.assertEqual(final.amount_total, 7000)
        self.assertEqual(self._figures(contract, "invoiced", "received", "receivable", "not_invoiced"),
                         [10000, 3000, 7000, 0])

    def test_one_order_for_two_contracts(self):
        first, second = self._contract(6000), self._contract(4000)
        order = self._under(first, order_line=[Command.create(
            {"product_id": self.product.id, "product_uom_qty": quantity, "price_unit": 1000, "tax_ids": False,
             **({"sbo_contract_id": second.id} if quantity == 4 else {})}) for quantity in (6, 4)])
        self.assertEqual((self._figures(first, "ordered"), self._figures(second, "ordered")), (6000, 4000))
        advance = self._invoice(order, percent=20)
        self._pay(advance)
        self.assertEqual(self._figures(first, "invoiced", "received"), [1200, 1200])
        self.assertEqual(self._figures(second, "invoiced", "received"), [800, 800])
        invoice = self._invoice(order)
        self._pay(invoice, 3000)
        self.assertEqual(self._figures(first, "invoiced", "received"), [6000, 3000])
        self.assertEqual(self._figures(second, "invoiced", "received"), [4000, 2000])

    def test_an_order_partly_outside_any_contract(self):
        contract = self._contract(6000)
        order = self._under(contract, order_line=[Command.create(
            {"product_id": self.product.id, "product_uom_qty": quantity, "price_unit": 1000, "tax_ids": False})
            for quantity in (6, 4)])
        order.order_line[1].sbo_contract_id = False
        self._pay(self._invoice(order), 5000)
        self.assertEqual(self._figures(contract, "ordered", "invoiced", "received"), [6000, 6000, 3000])

    def test_one_invoice_for_two_contracts(self):
        first, second = self._contract(), self._contract()
        orders = self._under(first, 8) | self._under(second, 2)
        invoice = self._invoice(orders)
        self.assertEqual(len(invoice), 1)
        self._pay(invoice, 500)
        self.assertEqual((self._figures(first, "received"), self._figures(second, "received")), (400, 100))

    def test_a_credit_note_of_one_pays_the_other(self):
        first, second = self._contract(), self._contract()
        one, two = self._invoice(self._under(first)), self._invoice(self._under(second))
        self._pay(one)
        note = self._credit_note(one, 4000)
        (self._open(note) | self._open(two)).reconcile()
        self.assertEqual(self._figures(first, "invoiced", "received", "receivable"), [6000, 6000, 0])
        self.assertEqual(self._figures(second, "invoiced", "received", "receivable"), [10000, 4000, 6000])

    def test_money_meant_for_an_order(self):
        contract = self._contract()
        order = self._under(contract)
        payment = self._payment(4000)
        self._allot(payment, order)
        self.assertEqual(self._figures(contract, "received", "receivable"), [4000, -4000], "paid in advance")
        self._open(payment.move_id | self._invoice(order)).reconcile()
        self.assertEqual(self._figures(contract, "received", "receivable"), [4000, 6000])

    def test_a_bounced_bill_brings_nothing(self):
        contract = self._contract()
        invoice = self._invoice(self._under(contract))
        self._pay(invoice).action_reject()
        self.assertEqual(self._figures(contract, "received", "receivable"), [0, 10000])
        later = at("2100-01-01 12:00")
        self.assertEqual(self._figures(contract, "overdue", sbo_as_of=later), 10000)

    def test_prices_without_taxes(self):
        tax = self.env["account.tax"].create({"name": "VAT 13", "amount": 13, "type_tax_use": "sale"})
        lines = [Command.create({"product_id": self.product.id, "product_uom_qty": 10, "price_unit": 1000,
                                 "tax_ids": tax.ids})]
        names = ("ordered", "delivered", "invoiced", "received", "receivable")
        for included, expected in ((False, [10000, 5000, 10000, 5000, 5000]),
                                   (True, [11300, 5650, 11300, 5650, 5650])):
            contract = self._contract(tax_included=included)
            order = self._under(contract, order_line=lines)
            self._ship(order, 5)
            self._pay(self._invoice(order), 5650)
            self.assertEqual(self._figures(contract, *names), expected)
            self._allot(self._payment(1130), self._under(contract, order_line=lines))
            self.assertEqual(self._figures(contract, "received"), expected[3] + (1130 if included else 1000))

    def test_two_currencies(self):
        """One coin is eight of the company's; from February on it is ten."""
        self.coin.rate_ids = [Command.create({"name": "2026-02-01", "rate": 0.1})]
        pricelist = self.env["product.pricelist"].create({"name": "Coins", "currency_id": self.coin.id})
        contract = self._contract(1000, currency_id=self.coin.id)
        order = self._under(contract, 10, 50, pricelist_id=pricelist.id)
        order.date_order = at("2026-01-10 12:00")
        home = self._under(contract, 1, 400)
        home.date_order = at("2026-01-10 12:00")
        self.assertEqual(self._figures(contract, "ordered", "ordered_company"), [550, 4400])
        self.assertEqual(self._figures(contract, "contracted", "contracted_company"), [1000, 8000])
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-02-10"
        invoice.action_post()
        self._pay(invoice, 200, payment_date="2026-02-20")
        self.assertEqual(self._figures(contract, "invoiced", "invoiced_company"), [500, 5000])
        self.assertEqual(self._figures(contract, "received", "received_company"), [200, 2000])
        other = home._create_invoices()
        other.invoice_date = "2026-01-20"
        other.action_post()
        self._pay(other)
        self.assertEqual(self._figures(contract, "invoiced", "received", "receivable"), [550, 250, 300])
        self.assertEqual(self._figures(contract, "invoiced_company", "received_company"), [5400, 2400])

    def test_overdue_and_since_when(self):
        contract = self._contract()
        order = self._under(contract)
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-03-02"
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = "2026-03-31"
        invoice.action_post()
        self._pay(invoice, 4000, payment_date="2026-03-20")
        names = ("receivable", "due", "overdue", "overdue_since")
        days = {"2026-03-01": [0, 0, 0, False], "2026-03-10": [10000, 0, 0, False], "2026-03-30": [6000, 0, 0, False],
                "2026-03-31": [6000, 6000, 0, False],
                "2026-04-01": [6000, 6000, 6000, invoice.invoice_date_due]}
        for day, expected in days.items():
            self.assertEqual(self._figures(contract, *names, sbo_as_of=at(f"{day} 12:00")), expected, day)
        self.assertAlmostEqual(self._figures(contract, "collection_rate", sbo_as_of=at("2026-04-01 12:00")), 0.4)
        self._allot(self._payment(1000, date="2026-04-02"), self._under(contract, 1))
        self.assertEqual(self._figures(contract, "overdue", sbo_as_of=at("2026-04-01 12:00")), 6000)
        self.assertEqual(self._figures(contract, "overdue", sbo_as_of=at("2026-04-03 12:00")), 5000,
                         "money that is there and matched with nothing yet")

    def test_as_of_a_past_day(self):
        contract = self._contract()
        order = self._under(contract)
        order.date_order = at("2026-03-02 09:00")
        first = self._ship(order, 4)
        first.date_done = first.move_ids.date = at("2026-03-10 09:00")
        back = self._return(first, 1)
        back.date_done = back.move_ids.date = at("2026-03-20 09:00")
        names = ("ordered", "delivered", "not_invoiced")
        for day, expected in {"2026-03-01": [0, 0, 0], "2026-03-02": [10000, 0, 0], "2026-03-10": [10000, 4000, 4000],
                              "2026-03-20": [10000, 3000, 3000]}.items():
            self.assertEqual(self._figures(contract, *names, sbo_as_of=at(f"{day} 23:00")), expected, day)
        self.assertEqual(self._figures(contract, *names), [10000, 3000, 3000])

    def test_money_meant_then_matched_as_of_the_day_between(self):
        contract = self._contract()
        order = self._under(contract)
        payment = self._payment(4000, date="2026-03-10")
        self._allot(payment, order)
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-04-10"
        invoice.action_post()
        self._open(payment.move_id | invoice).reconcile()
        for day, expected in {"2026-03-09": [0, 0], "2026-03-10": [4000, -4000], "2026-04-10": [4000, 6000]}.items():
            self.assertEqual(self._figures(contract, "received", "receivable", sbo_as_of=at(f"{day} 12:00")), expected)
