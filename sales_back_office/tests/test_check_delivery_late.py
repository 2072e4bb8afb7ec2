from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCheckDeliveryLate(SboCheckCommon):
    """Deliveries against the promised local day: late, still open, partial, moved, cancelled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("delivery_late")
        cls.customer = cls._customer(clerk=cls.clerk)

    def _promised(self, promised="2026-03-05 17:00", qty=1):
        return self._order(self.customer, qty=qty, confirmed_at=at("2026-03-02 09:00"), commitment_date=at(promised))

    def _found(self, order):
        return self._findings(order, self.check)

    def test_delivered_after_the_promised_day(self):
        order = self._promised()
        self._delivery(order, done_at=at("2026-03-09 10:00"))
        self._run(self.check, "2026-03-10 02:00")
        found = self._found(order)
        self.assertEqual(len(found), 1, "a late delivery is one finding, however it ended")
        self.assertEqual(found.user_id, self.clerk)
        self.assertEqual(found.res_name, order.name)
        self.assertEqual(found.due_at, at("2026-03-05 17:00"))
        self.assertEqual(found.closed_at, at("2026-03-09 10:00"), "the trouble ended when the goods left")
        self.assertEqual(found.evidence, {"promised": "2026-03-05", "delivered": "2026-03-09", "days_late": 4})
        self.assertEqual((found.state, found.cause), ("candidate", "undetermined"))

    def test_not_delivered_although_the_day_is_over(self):
        order = self._promised()
        self._run(self.check, "2026-03-05 23:59")
        self.assertFalse(self._found(order), "the promised day is not over yet")
        self._run(self.check, "2026-03-06 00:01")
        found = self._found(order)
        self.assertEqual(self._is_open(found), [True])
        self.assertEqual(found.evidence["days_late"], 1)
        self._run(self.check, "2026-03-09 02:00")
        self.assertEqual(self._found(order), found)
        self.assertEqual(found.evidence["days_late"], 4, "an open finding shows how late it is today")

    def test_open_finding_ends_with_the_delivery(self):
        order = self._promised()
        self._run(self.check, "2026-03-07 02:00")
        self._delivery(order, done_at=at("2026-03-09 10:00"))
        counts = self._run(self.check, "2026-03-12 02:00")
        self.assertEqual((counts["added"], counts["closed"]), (0, 0))
        found = self._found(order)
        self.assertEqual(found.closed_at, at("2026-03-09 10:00"), "ended by the goods, not by the night that saw it")
        self.assertEqual(found.opened_at, at("2026-03-07 02:00"))
        self._run(self.check, "2026-03-13 02:00")
        self.assertEqual(self._found(order), found, "a delivery that has ended is told once")

    def test_delivered_on_the_promised_day_is_on_time(self):
        order = self._promised("2026-03-05 09:00")
        self._delivery(order, done_at=at("2026-03-05 23:30"))
        self._run(self.check, "2026-03-10 02:00")
        self.assertFalse(self._found(order), "the day was promised, not the hour")

    def test_early_morning_belongs_to_the_local_day(self):
        # 2026-03-06 00:00 to 07:59 in Shanghai is still 2026-03-05 in UTC.
        early = self._promised("2026-03-06 07:30")
        self._delivery(early, done_at=at("2026-03-06 16:00"))
        late = self._promised("2026-03-05 16:00")
        self._delivery(late, done_at=at("2026-03-06 00:30"))
        self._run(self.check, "2026-03-10 02:00")
        self.assertFalse(self._found(early), "promised early in the morning, delivered the same local day")
        self.assertEqual(self._found(late).evidence["days_late"], 1, "half past midnight is the next day")

    def test_the_last_part_counts(self):
        order = self._promised(qty=5)
        self._delivery(order, qty=2, done_at=at("2026-03-04 10:00"))
        self._run(self.check, "2026-03-06 02:00")
        found = self._found(order)
        self.assertEqual(self._is_open(found), [True], "a backorder is open, the order is late")
        self._delivery(order, done_at=at("2026-03-07 10:00"))
        self._run(self.check, "2026-03-09 02:00")
        self.assertEqual(found.closed_at, at("2026-03-07 10:00"))

    def test_cancelled_backorder_is_not_waited_for(self):
        order = self._promised(qty=5)
        self._delivery(order, qty=2, done_at=at("2026-03-04 10:00"))
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self._run(self.check, "2026-03-10 02:00")
        self.assertFalse(self._found(order))

    def test_cancelled_order_ends_its_finding(self):
        order = self._promised()
        self._run(self.check, "2026-03-06 02:00")
        order._action_cancel()
        counts = self._run(self.check, "2026-03-09 02:00")
        self.assertEqual(counts["closed"], 1)
        self.assertEqual(self._found(order).closed_at, at("2026-03-09 02:00"))

    def test_promise_moved_ahead_ends_it_and_broken_again_is_new(self):
        order = self._promised()
        self._run(self.check, "2026-03-06 02:00")
        order.commitment_date = at("2026-03-12 17:00")
        self._run(self.check, "2026-03-07 02:00")
        self.assertEqual(self._is_open(self._found(order)), [False], "a new promise is being kept so far")
        self._run(self.check, "2026-03-13 02:00")
        found = self._found(order)
        self.assertEqual(self._is_open(found), [False, True])
        self.assertEqual(found[1].due_at, at("2026-03-12 17:00"))

    def test_promise_changed_after_delivery_is_not_charged_twice(self):
        order = self._promised()
        self._delivery(order, done_at=at("2026-03-09 10:00"))
        self._run(self.check, "2026-03-10 02:00")
        order.commitment_date = at("2026-03-06 17:00")
        self._run(self.check, "2026-03-11 02:00")
        self.assertEqual(len(self._found(order)), 1, "the same late delivery stays one finding")

    def test_without_promise_the_deadline_of_the_deliveries_counts(self):
        order = self._order(self.customer, confirmed_at=at("2026-03-02 09:00"))
        order.picking_ids.date_deadline = at("2026-03-04 12:00")
        order.picking_ids.move_ids.date_deadline = at("2026-03-04 12:00")
        self._run(self.check, "2026-03-05 02:00")
        self.assertEqual(self._found(order).due_at, at("2026-03-04 12:00"))

    def test_a_past_moment_sees_what_was_open_then(self):
        order = self._promised()
        self._delivery(order, done_at=at("2026-03-20 10:00"))
        self._run(self.check, "2026-03-10 02:00")
        found = self._found(order)
        self.assertEqual(self._is_open(found), [True], "on 10 March nothing had left")
        self.assertEqual(found.evidence, {"promised": "2026-03-05", "delivered": None, "days_late": 5})

    def test_returns_and_receipts_are_no_deliveries(self):
        order = self._promised()
        self._delivery(order, done_at=at("2026-03-05 10:00"))
        back = self.env["stock.return.picking"].with_context(
            active_id=order.picking_ids.id, active_model="stock.picking").create({})
        back.product_return_moves.quantity = 1
        back.action_create_returns()
        self._run(self.check, "2026-03-20 02:00")
        self.assertFalse(self._found(order), "goods coming back do not make the delivery late")

    def test_older_than_the_first_day_is_not_looked_at(self):
        self.company.sbo_check_from = "2026-03-06"
        order = self._promised()
        self._run(self.check, "2026-03-10 02:00")
        self.assertFalse(self._found(order), "what was due before the house began is not held against anybody")

    def test_a_check_that_looks_from_a_later_day(self):
        order = self._promised()
        self.company.sbo_check_from = "2026-03-02"
        self.check.look_from = "2026-03-06"
        self._run(self.check, "2026-03-10 02:00")
        self.assertFalse(self._found(order), "due before people could know of the rule")
        self.company.sbo_check_from = "2026-03-09"
        self.check.look_from = "2026-03-05"
        self._run(self.check, "2026-03-11 02:00")
        self.assertFalse(self._found(order), "the company's own day is the later one")
        self.company.sbo_check_from = "2026-03-02"
        self._run(self.check, "2026-03-12 02:00")
        self.assertTrue(self._found(order))
