from odoo.tests import tagged

from .common import at
from .common_closed import ClosedCommon
from .common_orders import SboOrdersCommon

LONG_AGO = at("2020-01-01 09:00")


@tagged("post_install", "-at_install")
class TestOrdersClosed(ClosedCommon, SboOrdersCommon):
    """Nobody answers a customer, hands one over, or speaks for a colleague by a default."""

    def test_nobody_has_answered_an_issue_by_a_default(self):
        closed = {"replied_at": LONG_AGO, "replied_by_id": self.clerk2.id, "solved_at": LONG_AGO,
                  "opened_by_id": self.clerk2.id, "reply_due_at": at("2030-01-01 09:00")}
        order = self._order(self.customer, confirmed_at=at("2026-03-02 09:00"))
        for issues in self._by_both(self.clerk, "sbo.order.issue", closed):
            issue = issues.create({"order_id": order.id, "kind": "quality", "description": "Scratched"})
            self._assert_open(issue, closed)
            self.assertEqual((issue.state, issue.opened_by_id), ("open", self.clerk))

    def test_nobody_has_taken_over_a_customer_by_a_default(self):
        closed = {"state": "acknowledged", "assigned_at": LONG_AGO, "acknowledged_at": LONG_AGO,
                  "user_id": self.outsider.id, "assigned_by_id": self.clerk2.id, "background_ok": True}
        partners = self.env["res.partner"].with_context(sbo_no_assignment=True)
        for number, assignments in enumerate(self._by_both(self.clerk, "sbo.assignment", closed)):
            partner = partners.create({"name": f"New {number}", "is_company": True})
            assignment = assignments.create({"partner_id": partner.id})
            self._assert_open(assignment, closed)
            self.assertEqual((assignment.state, assignment.user_id.id), ("received", False))

    def test_nobody_logs_a_contact_for_a_colleague_by_a_default(self):
        for logs in self._by_both(self.clerk, "sbo.contact.log", {"user_id": self.clerk2.id}):
            self.assertEqual(logs.create({"partner_id": self.customer.id}).user_id, self.clerk)
