from odoo.tests import tagged
from odoo.tools import SQL

from .common import at
from .common_orders import SboOrdersCommon


@tagged("post_install", "-at_install")
class TestOrdersEntry(SboOrdersCommon):
    """From receipt to entry: X working hours, then it is late."""

    def _received(self, received, entered):
        order = self._entered(sbo_received_at=received and at(received), sbo_clerk_id=self.clerk.id)
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE sale_order SET create_date = %s WHERE id = %s", at(entered), order.id))
        order.invalidate_recordset()
        return order

    def test_late_entry_counts_in_working_hours(self):
        late = self._received("2026-03-02 15:00", "2026-03-03 14:30")
        timely = self._received("2026-03-02 15:00", "2026-03-03 09:30")
        overnight = self._received("2026-03-01 23:00", "2026-03-02 13:30")
        unknown = self._received(False, "2026-03-03 14:30")
        check = self._shipped("order_entry_late")
        self.assertEqual((check.parameter, check.unit), (4, "hour"))
        self._run(check, "2026-03-04 09:00")
        found = self._findings(late, check)
        self.assertEqual((found.user_id, found.due_at, found.quantity),
                         (self.clerk, at("2026-03-03 09:30"), 3.5), "9:30-12:00 and 13:30-14:30")
        self.assertEqual(found.closed_at, at("2026-03-03 14:30"), "it has been entered since")
        self.assertFalse(self._findings(timely | overnight | unknown, check))
        self._run(check, "2026-03-05 09:00")
        self.assertEqual(len(self._findings(late, check)), 1, "told once")

    def test_the_limit_is_the_supervisors(self):
        order = self._received("2026-03-02 09:00", "2026-03-02 11:30")
        check = self._shipped("order_entry_late")
        self._run(check, "2026-03-03 09:00")
        self.assertFalse(self._findings(order, check))
        check.with_user(self.supervisor).parameter = 2
        self._run(check, "2026-03-03 10:00")
        self.assertEqual(self._findings(order, check).quantity, 0.5)

    def test_another_companys_orders_are_its_own(self):
        order = self._received("2026-03-02 09:00", "2026-03-04 09:00")
        check = self._shipped("order_entry_late")
        self._run(check, "2026-03-05 09:00", company=self.company2)
        self.assertFalse(self._findings(order, check))
