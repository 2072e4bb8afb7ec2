from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common_payment import SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentDebtor(SboPaymentCommon):
    """One buys and another one is invoiced: goods leave on the credit of whoever is invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls._customer("Group Office", clerk=cls.clerk, salesperson=cls.salesperson, credit_limit=15000)
        cls.shop = cls._customer("Shop", clerk=cls.clerk, salesperson=cls.salesperson, credit_limit=1)

    def _on_group(self, **vals):
        return self._confirmed(
            policy="credit", partner_id=self.shop.id, partner_invoice_id=self.group.id, **vals)

    def test_the_limit_and_the_open_orders_are_those_of_the_debtor(self):
        first = self._on_group()
        self._ship(first, 5)
        second = self._confirmed(policy="credit", partner_id=self.group.id)
        self._stays(second, words="owes .*20,000.00 with what is ordered, the limit is .*15,000.00")
        self._stays(first, words="the limit is .*15,000.00")
        self._pay(self._invoice(first), 5000)
        self._ship(first)
        own = self._confirmed(policy="credit", partner_id=self.shop.id, quantity=1)
        self._stays(own, words="owes .*1,000.00 with what is ordered, the limit is .*1.00")

    def test_what_the_debtor_has_overdue(self):
        order = self._on_group(quantity=1)
        invoice = self._invoice(self._on_group(quantity=1))
        self._stays_when_overdue(invoice, order)

    def _stays_when_overdue(self, invoice, order):
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE account_move_line SET date_maturity = '2026-01-01' WHERE move_id = %s", invoice.id))
        self.env.invalidate_all()
        self._stays(order, words="1,000.00 of the customer are overdue")
        self._pay(invoice)
        self._ship(order)

    def test_two_deliveries_on_one_debtor_take_turns(self):
        order = self._on_group()
        self._ship(order)
        self.env.flush_all()
        turns = dict(self.env.execute_query(SQL(
            "SELECT id, sbo_gate_turn FROM res_partner WHERE id = ANY(%s)", (self.group | self.shop).ids)))
        self.assertTrue(turns[self.group.id])
        self.assertFalse(turns[self.shop.id])

    def test_not_invoiced_to_somebody_richer_by_a_salesperson(self):
        rich = self._customer("Rich Customer", clerk=self.clerk, salesperson=self.salesperson, credit_limit=10**6)
        order = self._confirmed(policy="credit", partner_id=self.shop.id)
        self._stays(order, words="the limit is")
        with self.assertRaisesRegex(AccessError, "its customer's credit"), self.env.cr.savepoint():
            order.with_user(self.salesperson).write({"partner_invoice_id": rich.id})
        self.env.invalidate_all()
        office = self.env["res.partner"].create({"name": "Invoices", "type": "invoice", "parent_id": self.shop.id})
        order.with_user(self.salesperson).write({"partner_invoice_id": office.id})
        self._stays(order, words="the limit is")
        order.with_user(self.manager).write({"partner_invoice_id": rich.id})
        self._ship(order)
