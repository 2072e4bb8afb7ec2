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
