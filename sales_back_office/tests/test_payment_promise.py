from odoo.tests import tagged
from odoo.tools import SQL

from .common_payment import SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentPromiseOnCredit(SboPaymentCommon):
    """Goods left beyond the customer's credit because payment was promised: it came, or it did not."""

    def _released(self, order):
        """Left on 1 March; payment promised for 5 March."""
        release = self._ask(order)
        release.with_user(self.manager).action_give()
        self._ship(order)
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """UPDATE sbo_payment_release SET promised_on = '2026-03-05', used_at = '2026-03-01 08:00:00'
                WHERE id = %s""", release.id))
        self.env.invalidate_all()
        return release

    def _overdue(self, quantity):
        """An invoice that the customer should have paid long ago."""
        invoice = self._invoice(self._confirmed(policy="none", quantity=quantity))
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE account_move_line SET date_maturity = '2026-01-01' WHERE move_id = %s", invoice.id))
        self.env.invalidate_all()
        return invoice

    def _found(self, release, moment):
        check = self._shipped("payment_promise_broken")
        self._run(check, moment)
        return self._findings(release).filtered(lambda finding: not finding.closed_at)

    def test_over_the_limit(self):
        order = self._confirmed(policy="credit")
        release = self._released(order)
        self.assertEqual((release.owed, release.state), (10000, "used"))
        self.assertFalse(self._found(release, "2026-03-05 18:00"), "the day is not over")
        finding = self._found(release, "2026-03-06 00:30")
        self.assertEqual(finding.user_id, self.clerk)
        self.assertEqual(finding.evidence["needed_amount"], f"10,000.00 {order.currency_id.name}")
        invoice = self._invoice(order)
        self._pay(invoice, 9999)
        finding = self._found(release, "2026-03-07 01:00")
        self.assertTrue(finding)
        self._pay(invoice)
        self.assertFalse(self._found(release, "2026-03-08 01:00"))

    def test_overdue(self):
        """Whoever had promised to pay an old invoice is not asked to pay the new one."""
        invoice = self._overdue(3)
        release = self._released(self._confirmed(policy="monthly"))
        self.assertEqual(release.owed, 3000)
        self.assertTrue(self._found(release, "2026-03-06 00:30"))
        self._pay(invoice)
        self.assertFalse(self._found(release, "2026-03-07 01:00"))

    def test_new_debts_do_not_break_a_promise_that_was_kept(self):
        invoice = self._overdue(3)
        release = self._released(self._confirmed(policy="monthly"))
        self._pay(invoice)
        self._overdue(4)
        self.assertFalse(self._found(release, "2026-03-07 01:00"))

    def test_the_credit_was_put_in_order_otherwise(self):
        release = self._released(self._confirmed(policy="credit"))
        self.customer.credit_limit = 20000
        self.assertFalse(self._found(release, "2026-03-07 01:00"))

    def test_money_that_was_promised_beside_it_counts_by_itself(self):
        release = self._released(self._confirmed(policy="prepaid"))
        self.assertEqual((release.needed, release.owed), (10000, 0))
        finding = self._found(release, "2026-03-06 00:30")
        self.assertEqual(len(finding), 1)
