from odoo.tests import tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon


@tagged("post_install", "-at_install")
class TestOrdersInvoiceDue(SboDeliveriesCommon):
    """What was shipped is invoiced two working days after the day that settlement sets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("invoice_late")
        cls.product.invoice_policy = "delivery"
        cls.terms = {name: cls.env["account.payment.term"].create({"name": name, "sbo_invoice_trigger": name})
                     for name in ("shipping", "signed", "month_end", "payment_day")}
        cls.terms["payment_day"].line_ids.write({"delay_type": "days_after", "nb_days": 30})

    def _left(self, trigger="shipping", qty=5, shipped=None, done="2026-03-04 10:00", order=None):
        order = order or self._promised(qty=qty, payment_term_id=self.terms[trigger].id)
        return self._delivery(order, qty=shipped, done_at=at(done))

    def _found(self, picking, moment):
        self._run(self.check, moment)
        return self._findings(picking, self.check)

    def test_not_invoiced_two_working_days_after_shipping(self):
        picking = self._left()
        self.assertFalse(self._found(picking, "2026-03-06 17:00"))
        found = self._found(picking, "2026-03-10 02:00")
        self.assertEqual((found.due_at, found.user_id, found.quantity), (at("2026-03-06 18:00"), self.clerk, 1))
        self._invoice(picking.sale_id, "2026-03-10")
        found = self._found(picking, "2026-03-11 02:00")
        self.assertEqual((found.closed_at, found.quantity), (at("2026-03-11 00:00"), 2), "Monday and Tuesday late")
        self.assertEqual(found.evidence["invoiced"], "2026-03-10")

    def test_in_time_on_the_last_day(self):
        picking = self._left()
        self._invoice(picking.sale_id, "2026-03-06")
        self.assertFalse(self._found(picking, "2026-03-20 02:00"))

    def test_a_draft_is_no_invoice(self):
        picking = self._left()
        picking.sale_id._create_invoices()
        self.assertTrue(self._found(picking, "2026-03-10 02:00"))

    def test_invoiced_in_advance(self):
        self.product.invoice_policy = "order"
        order = self._promised(qty=5, payment_term_id=self.terms["shipping"].id)
        self._invoice(order, "2026-03-02")
        picking = self._left(order=order)
        self.assertFalse(self._found(picking, "2026-03-20 02:00"))

    def test_parts_are_invoiced_one_by_one(self):
        first = self._left(qty=5, shipped=3)
        order = first.sale_id
        self._invoice(order, "2026-03-05")
        second = self._left(order=order, done="2026-03-05 16:00")
        self._run(self.check, "2026-03-20 02:00")
        self.assertFalse(self._findings(first, self.check), "three were shipped and three invoiced")
        self.assertEqual(self._is_open(self._findings(second, self.check)), [True])
        self._invoice(order, "2026-03-19")
        self._run(self.check, "2026-03-21 02:00")
        self.assertEqual(self._is_open(self._findings(second, self.check)), [False])

    def test_what_came_back_needs_no_invoice(self):
        picking = self._left()
        self._return(picking, 5, at("2026-03-05 10:00"))
        self.assertFalse(self._found(picking, "2026-03-20 02:00"))

    def test_a_credit_note_takes_the_invoice_back(self):
        picking = self._left()
        invoice = self._invoice(picking.sale_id, "2026-03-05")
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}], cancel=False)
        refund.action_post()
        self.assertFalse(self._found(picking, "2026-03-05 23:00"))
        found = self._found(picking, "2026-03-10 02:00")
        self.assertFalse(found, "it was invoiced in time; why it was credited is another matter")

    def test_when_the_customer_has_signed(self):
        picking = self._left("signed")
        self.assertFalse(self._found(picking, "2026-03-20 02:00"), "nobody has signed yet")
        picking.sbo_signed_on = "2026-03-20"
        self.assertEqual(self._found(picking, "2026-03-26 02:00").due_at, at("2026-03-24 18:00"))

    def test_monthly_settlement(self):
        picking = self._left("month_end")
        self.assertFalse(self._found(picking, "2026-04-02 17:00"))
        self.assertEqual(self._found(picking, "2026-04-03 02:00").due_at, at("2026-04-02 18:00"))

    def test_on_the_agreed_payment_day(self):
        picking = self._left("payment_day")
        self.assertEqual(self._found(picking, "2026-04-20 02:00").due_at, at("2026-04-07 18:00"),
                         "4 March and 30 days is Friday 3 April; two working days from then")

    def test_half_past_midnight_belongs_to_the_local_day(self):
        picking = self._left(done="2026-03-05 00:30")
        self.assertEqual(self._found(picking, "2026-03-10 02:00").due_at, at("2026-03-09 18:00"))

    def test_free_of_charge_is_not_invoiced(self):
        order = self._promised(price=0, payment_term_id=self.terms["shipping"].id)
        self.assertFalse(self._found(self._left(order=order), "2026-03-20 02:00"))
