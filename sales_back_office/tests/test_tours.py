from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import SboCommon, at


@tagged("post_install", "-at_install")
class TestTours(SboCommon, HttpCase):
    """What the roles do on an ordinary day, in a real browser."""

    def test_clerk_morning(self):
        self._order(clerk=self.clerk, confirmed_at=at("2026-03-02 09:00"), commitment_date=at("2026-03-05 12:00"))
        self.env["sbo.check"].search([("code", "=", "delivery_late")])._run(as_of=at("2026-03-10 20:00"))
        self.start_tour("/odoo/back-office", "sbo_clerk_morning", login="sbo_clerk")
        finding = self.env["sbo.finding"].search([("user_id", "=", self.clerk.id)])
        self.assertEqual(finding.state, "disputed")

    def test_supervisor_month_end(self):
        self.clerk.name = "Tour Clerk"
        order = self._order(
            clerk=self.clerk, confirmed_at=at("2026-03-02 09:00"), commitment_date=at("2026-03-05 12:00"))
        self._delivery(order, done_at=at("2026-03-09 10:00"))
        check = self.env["sbo.check"].search([("code", "=", "delivery_late")])
        check.default_cause = "clerk"
        check._run(as_of=at("2026-03-31 20:00"))
        standard = self.env.ref("sales_back_office.sbo_standard")
        if standard.state == "draft":
            standard.action_use()
        self.start_tour("/odoo/back-office", "sbo_supervisor_month_end", login="sbo_supervisor")
        sheet = self.env["sbo.assessment"].search(
            [("user_id", "=", self.clerk.id), ("period_start", "=", "2026-03-01")])
        self.assertEqual((sheet.state, sheet.points_lost, sheet.total), ("self_review", 2, 98))

    def test_clerk_assigns_and_salesperson_takes_over(self):
        self.env["sbo.assignment.rule"].search([]).active = False
        region = self.env["sbo.region"].create({"name": "East"})
        self.env["sbo.assignment.rule"].create({
            "name": "Region East", "region_ids": [Command.set(region.ids)],
            "share_ids": [Command.create({"user_id": self.salesperson.id, "weight": 5})]})
        customer = self._customer("Tour Newcomer", clerk=self.clerk, sbo_region_id=region.id)
        self.start_tour("/odoo/customer-assignments", "sbo_assign_customer", login="sbo_clerk")
        self.assertEqual(customer.user_id, self.salesperson)
        self.start_tour("/odoo/customers-to-take-over", "sbo_take_over_customer", login="sbo_salesperson")
        self.assertEqual(customer.sbo_assignment_ids.state, "acknowledged")
