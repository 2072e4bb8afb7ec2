from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import at
from .test_orders_change import ChangeCase


@tagged("post_install", "-at_install")
class TestOrdersOneReason(ChangeCase):
    """A changed date stands on the change sheet and in the promise log: whoever has said why is not asked again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.findings = cls._shipped("order_entry_error")

    def _moved(self, user=None, **vals):
        """A confirmed order whose date is put off, its sheet and its line in the log."""
        order = self._sold(commitment_date=at("2026-03-05 17:00"))
        order.with_user(user or self.clerk).write({"commitment_date": at("2026-03-09 17:00"), **vals})
        self._next()
        return order, order.sbo_change_ids, order.sbo_promise_ids

    def test_sheet_and_log_belong_together(self):
        _order, sheet, line = self._moved()
        self.assertEqual(line.change_id, sheet)
        self.assertFalse(sheet.reason or line.reason, "asked for, not guessed")

    def test_said_on_the_sheet(self):
        _order, sheet, line = self._moved()
        sheet.with_user(self.clerk).write({"reason": "supply", "note": "The board comes later"})
        self.assertEqual((line.reason, line.note), ("shortage", "The board comes later"))
        sheet.with_user(self.supervisor).reason = "customer"
        self.assertEqual((line.reason, line.untold), ("customer", False), "the log follows the corrected sheet")

    def test_said_in_the_log(self):
        _order, sheet, line = self._moved()
        line.with_user(self.clerk).write({"reason": "production", "note": "Varnish line stopped"})
        self.assertEqual(
            (sheet.reason, sheet.note, sheet.state), ("supply", "Varnish line stopped", "explained"))
        self.assertEqual(sheet.explained_by_id, self.clerk)

    def test_said_with_the_new_date(self):
        order = self._sold(commitment_date=at("2026-03-05 17:00"))
        line = self.env["sbo.order.promise"].with_user(self.clerk).create(
            {"order_id": order.id, "new_date": at("2026-03-09 17:00"), "reason": "customer"})
        self.assertEqual((order.sbo_change_ids, order.sbo_change_ids.reason), (line.change_id, "customer"))

    def test_the_log_knows_better(self):
        _order, sheet, line = self._moved()
        line.with_user(self.clerk).reason = "quality"
        sheet.with_user(self.supervisor).reason = "internal"
        self.assertEqual(line.reason, "quality", "what was said there is finer than the sheet, and stays")

    def test_one_word_does_not_explain_two_changes(self):
        order, sheet, line = self._moved(
            payment_term_id=self.env.ref("account.account_payment_term_45days").id)
        line.with_user(self.clerk).reason = "production"
        self.assertFalse(sheet.reason, "why the payment term was changed was not said")
        sheet.with_user(self.clerk).reason = "agreement"
        self.assertEqual((order.sbo_promise_ids.reason, sheet.reason), ("production", "agreement"))

    def test_two_dates_in_one_transaction(self):
        order = self._sold(commitment_date=at("2026-03-05 17:00"))
        order.commitment_date = at("2026-03-09 17:00")
        order.commitment_date = at("2026-03-12 17:00")
        self.assertEqual(len(order.sbo_promise_ids), 2)
        self.assertEqual(order.sbo_promise_ids.change_id, order.sbo_change_ids)

    def test_who_may_not_fill_the_sheet_does_not_fill_it_by_the_log(self):
        _order, sheet, line = self._moved()
        line.with_user(self.clerk2).reason = "entry_error"
        self.assertFalse(sheet.reason)
        self.assertFalse(self._findings(sheet.order_id, self.findings))

    def test_an_entry_error_said_in_the_log_is_a_finding(self):
        _order, sheet, line = self._moved(user=self.salesperson)
        line.with_user(self.salesperson).reason = "entry_error"
        self.assertEqual(sheet.reason, "entry_error")
        self.assertEqual(self._findings(sheet.order_id, self.findings).user_id, self.clerk)

    def test_the_dialog_asks_for_a_date(self):
        order = self._sold(commitment_date=at("2026-03-05 17:00"))
        with self.assertRaisesRegex(UserError, "forecast or a new date"):
            self.env["sbo.order.promise"].with_user(self.clerk).create(
                {"order_id": order.id, "new_date": False, "forecast": False})
        order.with_user(self.clerk).commitment_date = False
        self.assertFalse(order.sbo_promise_ids.new_date, "a date that is taken away is logged")
