from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon


@tagged("post_install", "-at_install")
class TestOrdersProgress(SboDeliveriesCommon):
    """An open order is looked at every three working days; each time that nobody does is one that counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("order_progress_missing")

    def _note(self, orders, moment, user=None, **vals):
        env = self.env(user=user or self.clerk)
        env = env(context=dict(env.context, sbo_as_of=at(moment)))
        env["sbo.order.progress.entry"].create(
            {"order_ids": orders.ids, "stage": "production", "note": "half done", **vals}).action_apply()

    def _found(self, order):
        return self._findings(order, self.check)

    def test_an_entry_for_many_orders(self):
        orders = self._promised() + self._promised()
        action = orders.with_user(self.clerk).action_sbo_progress()
        self.assertEqual(action["context"]["default_order_ids"], orders.ids)
        self._note(orders, "2026-03-03 10:00")
        for order in orders:
            entry = order.sbo_progress_ids
            self.assertEqual((entry.user_id, entry.date, entry.note), (self.clerk, at("2026-03-03 10:00"), "half done"))
            self.assertEqual((entry.partner_id, entry.clerk_id), (self.customer, self.clerk))
        quotation = self._order(self.customer, self.product)
        with self.assertRaisesRegex(UserError, "not confirmed"):
            self._note(quotation, "2026-03-03 10:00")

    def test_three_working_days_without_an_entry(self):
        order = self._promised(confirmed="2026-03-02 09:00")
        self._run(self.check, "2026-03-05 17:00")
        self.assertFalse(self._found(order), "Monday; Tuesday, Wednesday, Thursday are not over")
        self._run(self.check, "2026-03-06 02:00")
        found = self._found(order)
        self.assertEqual((found.due_at, found.quantity, found.user_id), (at("2026-03-05 18:00"), 1, self.clerk))
        self._run(self.check, "2026-03-11 02:00")
        self.assertEqual(found.quantity, 2, "Friday, Monday, Tuesday: the second entry is missing")
        self.assertEqual(found.evidence["missing_entries"], 2)

    def test_old_orders_get_their_days_from_when_the_check_looks(self):
        order = self._promised(confirmed="2026-03-02 09:00")
        self.check.look_from = "2026-03-10"
        self._run(self.check, "2026-03-13 17:00")
        self.assertFalse(self._found(order), "Tuesday; Wednesday, Thursday, Friday are not over")
        self._run(self.check, "2026-03-14 02:00")
        self.assertEqual((self._found(order).due_at, self._found(order).quantity), (at("2026-03-13 18:00"), 1))

    def test_an_entry_ends_the_gap(self):
        order = self._promised(confirmed="2026-03-02 09:00")
        self._run(self.check, "2026-03-06 02:00")
        self._note(order, "2026-03-06 10:00")
        self._run(self.check, "2026-03-07 02:00")
        found = self._found(order)
        self.assertEqual((len(found), found.closed_at), (1, at("2026-03-06 10:00")))
        self._run(self.check, "2026-03-11 17:00")
        self.assertEqual(len(self._found(order)), 1, "three working days from the entry are not over")
        self._run(self.check, "2026-03-12 02:00")
        self.assertEqual(self._is_open(self._found(order)), [False, True], "a new gap is a new case")

    def test_entries_in_time_leave_nothing(self):
        order = self._promised(confirmed="2026-03-02 09:00")
        for moment in ("2026-03-04 10:00", "2026-03-06 10:00", "2026-03-11 10:00"):
            self._note(order, moment)
        self._run(self.check, "2026-03-13 02:00")
        self.assertFalse(self._found(order))

    def test_nobody_follows_what_has_left(self):
        order = self._promised(confirmed="2026-03-02 09:00")
        self._delivery(order, done_at=at("2026-03-04 10:00"))
        self._run(self.check, "2026-03-20 02:00")
        self.assertFalse(self._found(order))
        late = self._promised(confirmed="2026-03-02 09:00", qty=2)
        self._delivery(late, qty=1, done_at=at("2026-03-04 10:00"))
        self._delivery(late, done_at=at("2026-03-06 10:00"))
        self._run(self.check, "2026-03-21 02:00")
        found = self._found(late)
        self.assertEqual((len(found), found.quantity, found.closed_at), (1, 1, at("2026-03-06 10:00")))

    def test_each_month_has_its_own_case(self):
        order = self._promised(confirmed="2026-03-25 09:00")
        self._run(self.check, "2026-04-10 02:00")
        found = self._found(order)
        self.assertEqual([(one.due_at, one.quantity) for one in found], [
            (at("2026-03-30 18:00"), 1), (at("2026-04-02 18:00"), 2)])

    def test_services_are_not_followed(self):
        service = self._product("Service", type="service", is_storable=False)
        order = self._promised(product=service)
        self._run(self.check, "2026-03-20 02:00")
        self.assertFalse(self._found(order))

    def test_a_company_that_works_round_the_clock(self):
        self.company.resource_calendar_id = False
        self.company.partner_id.tz = "Asia/Shanghai"
        order = self._promised(confirmed="2026-03-02 09:00")
        self._run(self.check, "2026-03-06 02:00")
        self.assertEqual(self._found(order).due_at, at("2026-03-06 00:00"), "the third day is over")

    def test_entries_are_proof(self):
        order = self._promised()
        self._note(order, "2026-03-03 10:00")
        entry = order.sbo_progress_ids.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "moment"):
            entry.write({"date": at("2026-03-09 10:00")})
        with self.assertRaises(UserError):
            entry.sudo().unlink()
        with self.assertRaises(AccessError):
            entry.with_user(self.auditor).write({"note": "x"})
        made = self.env["sbo.order.progress"].with_user(self.clerk).create(
            {"order_id": order.id, "stage": "ready", "date": at("2026-01-01 10:00"), "user_id": self.manager.id})
        self.assertNotEqual(made.date, at("2026-01-01 10:00"))
        self.assertEqual(made.user_id, self.clerk)

    def test_own_orders_of_a_salesperson(self):
        order = self._promised()
        self._note(order, "2026-03-03 10:00", self.salesperson)
        self.assertEqual(order.sbo_progress_ids.user_id, self.salesperson)
        order.user_id = self.manager
        entries = self.env["sbo.order.progress"].with_user(self.salesperson)
        self.assertFalse(entries.search([("order_id", "=", order.id)]))
