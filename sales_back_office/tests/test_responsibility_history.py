from odoo.tests import tagged

from .common import SboCommon, at


@tagged("post_install", "-at_install")
class TestResponsibilityHistory(SboCommon):
    def test_smoke(self):
        customer = self._customer(clerk=self.clerk)
        order = self._order(customer, confirmed_at=at("2026-03-02 09:00"))
        self.assertEqual(order.sbo_clerk_id, self.clerk)
        self._delivery(order, done_at=at("2026-03-03 09:00"))
        customer.with_context(sbo_as_of=at("2030-03-02 09:00")).sbo_clerk_id = self.clerk2
        at_ = self.env["sbo.responsibility"]._users_at
        self.assertEqual(at_(customer, at("2029-03-02 09:00"))[customer.id], self.clerk)
        self.assertEqual(at_(customer, at("2031-03-02 09:00"))[customer.id], self.clerk2)
        self.assertEqual(self.calendar._sbo_plan(at("2026-03-06 17:00"), hours=2), at("2026-03-09 09:30"))
        self.assertEqual(self.calendar._sbo_plan(at("2026-03-06 17:00"), days=1), at("2026-03-09 18:00"))
        self.assertEqual(self.calendar._sbo_late_hours(at("2026-03-06 17:00"), at("2026-03-09 09:30")), 2)
