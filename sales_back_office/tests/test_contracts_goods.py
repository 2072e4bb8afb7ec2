from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_contracts_schedule import SboScheduleCommon


@tagged("post_install", "-at_install")
class TestContractGoods(SboScheduleCommon):
    """What counts as delivered and what is still to leave: discounts, freight, goods back, goods on top."""

    def _fulfilled(self, contract):
        """Why a contract is not fulfilled, nothing when it is."""
        self.env.invalidate_all()
        try:
            contract.with_user(self.clerk).action_fulfil()
        except UserError as refused:
            return str(refused)
        return ""

    def test_a_discount_goes_with_the_goods(self):
        contract = self._contract(9000)
        order = self._under(contract, order_line=self._with_discount(10, -1000))
        self._ship(order, 4)
        self.assertEqual(self._figures(contract, "ordered", "delivered", "not_invoiced", "rest"),
                         [9000, 3600, 3600, 5400])
        self.assertIn("Not delivered in full", self._fulfilled(contract))
        self._ship(order, 6)
        self.assertEqual(self._figures(contract, "delivered", "not_invoiced", "rest", "performance"),
                         [9000, 9000, 0, 1])
        self._pay(self._invoice(order))
        self.assertEqual(self._figures(contract, "invoiced", "not_invoiced"), [9000, 0])
        self.assertFalse(self._fulfilled(contract))

    def test_services_count_as_somebody_enters_them(self):
        contract = self._contract(12000)
        training = self._product("Training", 2000, type="service", invoice_policy="delivery", is_storable=False)
        order = self._under(contract, order_line=[*self._with_discount(10, 0), Command.create(
            {"product_id": training.id, "product_uom_qty": 1, "price_unit": 2000, "tax_ids": False})])
        self._ship(order, 10)
        self.assertEqual(self._figures(contract, "delivered", "rest"), [10000, 2000])
        order.order_line[-1].qty_delivered = 1
        self.assertEqual(self._figures(contract, "delivered", "rest"), [12000, 0])

    def test_what_came_back_and_was_credited_is_not_sent_again(self):
        contract = self._contract(5000)
        order = self._under(contract, 5)
        invoice = self._invoice(order)
        picking = self._ship(order, 5)
        self._return(picking, 1)
        self._pay(invoice, 4000)
        note = self._credit_note(invoice, 1000)
        (self._open(note) | self._open(invoice)).reconcile()
        self.assertEqual(self._figures(contract, "delivered", "receivable"), [4000, 0])
        self.assertFalse(self._fulfilled(contract))

    def test_part_of_what_is_open_came_back(self):
        contract = self._contract(5000)
        order = self._under(contract, 5)
        self._return(self._ship(order, 3), 1)
        self._pay(self._invoice(order))
        self.assertIn("Not delivered in full", self._fulfilled(contract), "two have not left yet")
        self._ship(order, 2)
        self.assertFalse(self._fulfilled(contract))

    def test_goods_on_top_are_with_taxes_as_the_contract_is(self):
        for override, with_tax, without in (("tax_excluded", 1130, 1000), ("tax_included", 1000, 1000 / 1.13)):
            tax = self.env["account.tax"].create({
                "name": f"VAT 13 {override}", "amount": 13, "type_tax_use": "sale", "price_include_override": override})
            for included, price in ((True, with_tax), (False, without)):
                contract = self._contract(tax_included=included)
                order = self._under(contract, 1)
                self._ship(order)
                line = self.env["sale.order.line"].create({
                    "order_id": order.id, "product_id": self.product.id, "product_uom_qty": 0, "price_unit": 1000,
                    "tax_ids": tax.ids, "sbo_contract_id": contract.id})
                self.env.flush_all()
                self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = 2 WHERE id = %s", [line.id])
                self.assertEqual(self._figures(contract, "ordered", "delivered"), [1000, 1000 + round(2 * price, 2)])

    def test_a_last_invoice_over_nothing_moves_money_between_contracts(self):
        first, second = self._contract(6000), self._contract(4000)
        goods = self._product("Sold as Delivered", 1000, invoice_policy="delivery")
        order = self._under(first, order_line=[Command.create(
            {"product_id": goods.id, "product_uom_qty": quantity, "price_unit": 1000, "tax_ids": False,
             "sbo_contract_id": contract.id}) for quantity, contract in ((6, first), (4, second))])
        self._pay(self._invoice(order, percent=60))
        self.assertEqual((self._figures(first, "invoiced"), self._figures(second, "invoiced")), (3600, 2400))
        order.order_line[0].move_ids.write({"quantity": 6, "picked": True})
        order.picking_ids.with_context(skip_backorder=True, skip_sms=True).button_validate()
        final = self._invoice(order)
        self.assertEqual(final.amount_total, 0)
        self.assertEqual((self._figures(first, "invoiced"), self._figures(second, "invoiced")), (6000, 0))

    def test_the_file_stays_open_while_money_is_owed(self):
        contract = self._contract(10000, retention_amount=1000, retention_due_on="2027-03-01")
        order = self._under(contract)
        self._ship(order)
        invoice = self._invoice(order)
        self._pay(invoice, 9000)
        contract.write({"original_filed_at": "2026-01-06 02:00:00"})
        self.assertFalse(self._fulfilled(contract))
        with self.assertRaisesRegex(UserError, "cannot be closed: .*1,000.00.* is still owed"):
            contract.with_user(self.clerk).action_file()
        note = self._credit_note(invoice, 1000)
        (self._open(note) | self._open(invoice)).reconcile()
        contract.with_user(self.clerk).action_file()
        self.assertEqual(contract.state, "filed")

    def test_what_somebody_stands_for_uses_up_no_money(self):
        contract = self._contract(1000, milestone_ids=[
            Command.create({"name": name, "kind": "payment", "due_on": due, "amount": amount})
            for name, due, amount in (("Deposit", "2026-03-01", 300), ("Rest", "2026-06-01", 700))])
        deposit, rest = contract.milestone_ids.sorted("id")
        deposit.with_user(self.supervisor).action_done("2026-03-02", "Set off against their claim")
        self._allot(self._payment(700), self._under(contract, 1))
        self.env.invalidate_all()
        self.assertEqual((deposit.progress, rest.progress, rest.reached), ("done", "done", 700))

    def _behind(self, contract, name):
        """The documents behind a figure, as a clerk opens them."""
        action = getattr(self._row(contract), f"action_schedule_{name}")()
        return self.env[action["res_model"]].with_user(self.clerk).search(action["domain"]).with_env(self.env)

    def test_due_and_overdue_open_the_invoices_that_are(self):
        contract, today = self._contract(), self.company._sbo_today()
        invoices = self.env["account.move"]
        for days in (-1, 0, 1):
            invoice = self._under(contract, 1)._create_invoices(final=True)
            invoice.write({"invoice_date": today - timedelta(days=20), "invoice_payment_term_id": False,
                           "invoice_date_due": today + timedelta(days=days)})
            invoice.action_post()
            invoices |= invoice
        note = self._credit_note(invoices[2], 100)
        self.assertEqual(self._behind(contract, "invoices"), invoices | note)
        self.assertEqual(self._behind(contract, "due"), invoices[:2])
        self.assertEqual(self._behind(contract, "overdue"), invoices[:1])
        self._pay(invoices[0])
        self.assertFalse(self._behind(contract, "overdue"))

    def test_rest_and_not_invoiced_open_their_orders(self):
        contract = self._contract()
        orders = self._under(contract, 2) | self._under(contract, 3) | self._under(contract, 4)
        self._ship(orders[0])
        self._ship(orders[1], 1)
        self._ship(orders[2])
        self._invoice(orders[2])
        self.assertEqual(self._behind(contract, "rest"), orders[1])
        self.assertEqual(self._behind(contract, "not_invoiced"), orders[:2])
