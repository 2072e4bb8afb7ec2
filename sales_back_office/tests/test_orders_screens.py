from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .test_orders_change import ChangeCase


@tagged("post_install", "-at_install")
class TestOrdersScreens(ChangeCase):
    """What the screens of orders offer, and to whom."""

    def test_verify_is_offered_to_who_may_verify(self):
        order = self._entered()
        offered = {user.login: order.with_user(user).sbo_can_verify
                   for user in (self.clerk, self.clerk2, self.salesperson, self.auditor)}
        self.assertEqual(offered, {
            "sbo_clerk": False, "sbo_clerk2": True, "sbo_salesperson": False, "sbo_auditor": False})
        self.assertFalse(self.env["sale.order"].with_user(self.clerk2).new({}).sbo_can_verify, "not entered yet")
        self._verify(order)
        self.assertFalse(order.with_user(self.clerk2).sbo_can_verify, "it is verified")

    def test_departments_are_asked_while_one_is_missing(self):
        department = self._department()
        self._class(product_ids=[Command.set(self.product.ids)], department_ids=[Command.set(department.ids)])
        order = self._entered()
        self.assertTrue(order.sbo_opinions_asked)
        order.with_user(self.clerk).action_sbo_ask_opinions()
        self.assertFalse(order.sbo_opinions_asked, "it is waited for")
        order.sbo_opinion_ids.with_user(self.outsider).action_agree()
        self.assertFalse(order.sbo_opinions_asked)
        order.order_line.with_user(self.clerk).product_uom_qty = 12
        order.invalidate_recordset(["sbo_opinions_asked"])
        self.assertTrue(order.sbo_opinions_asked, "it spoke of another quantity")

    def test_a_sheet_is_begun_again_by_who_may(self):
        order = self._entered()
        sheet = self._verify(order, quantity=11)
        again = [sheet.with_user(user).can_again for user in (self.clerk, self.clerk2, self.auditor)]
        self.assertEqual(again, [False, True, False])

    def test_a_change_in_one_line(self):
        order = self._sold()
        order.order_line.with_user(self.clerk).write({"product_uom_qty": 12, "discount": 5})
        self.assertEqual(order.sbo_change_ids.summary, "Quantity: 10 → 12, Discount: 0 → 5")

    def test_comparisons_in_the_readers_language(self):
        sheet = self._verify(self._entered(lines=((10, 90),)))
        found = sheet._comparisons()
        # As a checker has left it whose language is another one.
        sheet.sudo().comparison_rows = [
            {**row, "name": "Lager", "text": "in Ordnung" if row["ok"] else row["text"]} for row in found]
        self.assertEqual(sheet._comparisons(), found)
        self.assertIn("instead of", {row["code"]: row["text"] for row in found}["pricelist"])

    def test_told_from_the_list_of_those_who_do_not_know(self):
        order = self._sold(commitment_date=at("2026-03-05 17:00"))
        known = order.with_user(self.clerk).with_context(sbo_as_of=at("2026-03-04 10:00"))
        known.commitment_date = at("2026-03-09 17:00")
        self.assertTrue(known.sbo_promise_untold)
        self.assertIsNone(known.action_sbo_told_date(), "the log has the date: it is told")
        self.assertEqual(order.sbo_promise_ids.told_by_id, self.clerk)
        late = order.with_user(self.clerk).with_context(sbo_as_of=at("2026-03-12 10:00"))
        action = late.action_sbo_told_date()
        self.assertEqual((action["target"], action["context"]["default_told_how"]), ("new", "call"))
        self.assertFalse(action["context"]["default_forecast"], "the day is over: which one he was told is asked")
