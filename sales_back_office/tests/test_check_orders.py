from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCheckOrderWithoutDate(SboCheckCommon):
    """A confirmed order with goods to deliver has a promised date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("order_no_promised_date")
        cls.customer = cls._customer(clerk=cls.clerk)

    def test_found_until_the_date_is_entered(self):
        order = self._order(self.customer, confirmed_at=at("2026-03-02 09:00"))
        self._run(self.check, "2026-03-03 02:00")
        found = self._findings(order, self.check)
        self.assertEqual(found.user_id, self.clerk)
        self.assertEqual(found.due_at, at("2026-03-02 09:00"), "due since the order was confirmed")
        self.assertEqual(found.evidence["amount_total"], 100)
        order.commitment_date = at("2026-03-20 17:00")
        self._run(self.check, "2026-03-04 02:00")
        self.assertEqual(found.closed_at, at("2026-03-04 02:00"))

    def test_quotation_service_and_delivered_order_need_none(self):
        quotation = self._order(self.customer)
        service = self._order(
            self.customer, self._product(type="service", is_storable=False), confirmed_at=at("2026-03-02 09:00"))
        delivered = self._order(self.customer, confirmed_at=at("2026-03-02 09:00"))
        self._delivery(delivered)
        self._run(self.check, "2026-03-03 02:00")
        self.assertFalse(self._findings(quotation | service | delivered, self.check))

    def test_an_order_of_tomorrow_is_not_missed_today(self):
        order = self._order(self.customer, confirmed_at=at("2026-03-10 09:00"))
        self._run(self.check, "2026-03-03 02:00")
        self.assertFalse(self._findings(order, self.check), "on 3 March this order did not exist")


@tagged("post_install", "-at_install")
class TestCheckBelowPricelist(SboCheckCommon):
    """A confirmed line is not cheaper than the pricelist, within the tolerance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("order_below_pricelist")
        cls.customer = cls._customer(clerk=cls.clerk)
        cls.product = cls._product(price=100)

    def _sold(self, price=None, **vals):
        order = self._order(self.customer, self.product, price=price, **vals)
        order.action_confirm()
        order.date_order = at("2026-03-02 09:00")
        return order

    def _found(self, order, moment="2026-03-03 02:00"):
        self._run(self.check, moment)
        return self._findings(order, self.check)

    def test_lower_price_and_discount(self):
        low, fair = self._sold(price=90), self._sold()
        self._found(fair)
        cut = self._sold()
        cut.order_line.discount = 15
        self.assertFalse(self._found(fair))
        self.assertEqual(self._found(low).evidence["difference"], -10)
        found = self._found(cut)
        self.assertEqual((found.evidence["price"], found.evidence["list_price"]), (85, 100))
        self.assertEqual(found.key, str(cut.order_line.id))

    def test_higher_price_is_fine(self):
        self.assertFalse(self._found(self._sold(price=130)))

    def test_the_pricelist_of_the_order_is_the_measure(self):
        pricelist = self.env["product.pricelist"].create({
            "name": "Dealers", "item_ids": [Command.create(
                {"compute_price": "percentage", "percent_price": 20, "applied_on": "3_global"})]})
        agreed = self._sold(pricelist_id=pricelist.id)
        self.assertEqual(agreed.order_line.sbo_pricelist_price, 80)
        self.assertFalse(self._found(agreed), "the dealer's price is the price")
        below = self._sold(price=75, pricelist_id=pricelist.id)
        self.assertEqual(self._found(below).evidence["difference"], -5)

    def test_later_pricelists_do_not_judge_earlier_orders(self):
        order = self._sold()
        self.product.list_price = 150
        self.assertFalse(self._found(order), "what the pricelist said when the line was entered counts")

    def test_tolerance(self):
        self.check.parameter = 10
        self.assertFalse(self._found(self._sold(price=90)), "ten percent are allowed")
        self.assertTrue(self._found(self._sold(price=89.9)))

    def test_rounding_is_no_discount(self):
        self.product.list_price = 33.33
        order = self._sold(price=33.325)
        self.assertFalse(self._found(order), "half a cent is rounding")
        self.assertTrue(self._found(self._sold(price=33.31)))

    def test_each_line_is_a_finding_of_its_own(self):
        lines = [Command.create({"product_id": self.product.id, "price_unit": price}) for price in (80, 100, 70)]
        order = self._sold(order_line=lines)
        low = order.order_line.filtered(lambda line: line.price_unit < 100)
        found = self._found(order)
        self.assertEqual(set(found.mapped("key")), {str(line.id) for line in low})
        low[0].price_unit = 100
        found = self._found(order, "2026-03-04 02:00")
        self.assertEqual(
            {finding.key for finding in found if finding.closed_at}, {str(low[0].id)}, "only the corrected line ends")

    def test_quotations_and_cancelled_orders_are_not_judged(self):
        quotation = self._order(self.customer, self.product, price=50)
        cancelled = self._sold(price=50)
        found = self._found(cancelled)
        self.assertTrue(found)
        cancelled._action_cancel()
        self._run(self.check, "2026-03-04 02:00")
        self.assertTrue(found.closed_at)
        self.assertFalse(self._findings(quotation, self.check))
