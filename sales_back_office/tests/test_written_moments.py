from datetime import datetime

from odoo.tests import freeze_time, tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon

NOW = "2026-03-10 10:00"
# What JSON-RPC and XML-RPC can send: a text, and a plain moment.
CLAIMS = ("2026-03-02 01:00:00", datetime(2026, 3, 2, 1))


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestWrittenMoments(SboDeliveriesCommon):
    """What is written is dated by the clock, whatever moment a caller claims; what is read is read as of any moment."""

    def _claimed(self, record, claim, user=None):
        return record.with_user(user or self.clerk).with_context(sbo_as_of=claim)

    def _promised(self, **vals):
        return super()._promised("2026-03-12 17:00", **vals)

    def test_progress_of_an_order(self):
        for claim in CLAIMS:
            entry = self._claimed(self.env["sbo.order.progress"], claim).create(
                {"order_id": self._promised().id, "stage": "ready"})
            self.assertEqual(entry.date, at(NOW))

    def test_promise_and_when_the_customer_was_told(self):
        for claim in CLAIMS:
            order = self._promised()
            self._claimed(order, claim).commitment_date = at("2026-03-20 17:00")
            line = order.sbo_promise_ids
            self._claimed(line, claim).action_told()
            self.assertEqual((line.noted_at, line.told_at), (at(NOW), at(NOW)))

    def test_issue_and_its_reply(self):
        for claim in CLAIMS:
            issue = self._claimed(self.env["sbo.order.issue"], claim).create(
                {"order_id": self._promised().id, "kind": "shortage", "description": "Two are missing"})
            self._claimed(self.env["sbo.order.issue.step"], claim).create(
                {"issue_ids": issue.ids, "step": "reply", "text": "On Friday"}).action_apply()
            self.assertEqual((issue.opened_at, issue.replied_at), (at(NOW), at(NOW)))

    def test_signed_note(self):
        for claim in CLAIMS:
            picking = self._delivery(self._promised(), done_at=at("2026-03-09 10:00"))
            self._claimed(picking, claim).write({"sbo_signed_on": "2026-03-09"})
            self.assertEqual(picking.sbo_signed_noted_at, at(NOW))

    def test_who_answers_for_a_customer(self):
        for claim in CLAIMS:
            customer = self._customer(clerk=self.clerk)
            self._claimed(customer, claim, self.supervisor).sbo_clerk_id = self.clerk2
            last = self.env["sbo.responsibility"].search(
                [("res_model", "=", "res.partner"), ("res_id", "=", customer.id)], limit=1)
            self.assertEqual((last.user_id, last.date_from), (self.clerk2, at(NOW)))

    def test_a_newcomer(self):
        for claim in CLAIMS:
            customer = self._claimed(self.env["res.partner"], claim).create(
                {"name": "Newcomer", "is_company": True, "sbo_is_customer": True})
            assignment = self.env["sbo.assignment"].search([("partner_id", "=", customer.id)])
            self.assertEqual(assignment.received_at, at(NOW))

    def test_figures_are_read_as_of_any_moment(self):
        order = self._promised()
        for claim in ("2026-03-20 10:00:00", datetime(2026, 3, 20, 10)):
            self.assertTrue(self._claimed(order, claim).sbo_promise_untold, "the promised day is over by then")
        self.assertFalse(order.sbo_promise_untold)
