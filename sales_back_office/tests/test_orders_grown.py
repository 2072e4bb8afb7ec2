from odoo.tests import tagged

from .common_orders import SboOrdersCommon


@tagged("post_install", "-at_install")
class TestOrdersGrown(SboOrdersCommon):
    """Small when it was confirmed, large afterwards: the second person is asked for after all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._class(amount_from=5000)
        cls.check = cls.env.ref("sales_back_office.sbo_check_order_grown_unverified")

    def _confirmed(self):
        order = self._entered(lines=[(10, 100)])
        order.action_confirm()
        return order

    def _found(self, order):
        self.check._run(companies=self.company, ids=order.ids)
        return self.env["sbo.finding"].search([
            ("check_id", "=", self.check.id), ("res_id", "=", order.id), ("closed_at", "=", False)])

    def test_an_order_raised_into_a_verified_class_is_found_until_it_is_verified(self):
        order = self._confirmed()
        order.order_line.with_user(self.clerk).product_uom_qty = 20
        self.assertFalse(order.sbo_verification_state, "2,000 go unverified")
        order.order_line.with_user(self.clerk).product_uom_qty = 60
        self.assertEqual(order.sbo_verification_state, "grown")
        self.assertEqual(self._found(order).user_id, self.clerk)
        self.assertEqual(self.env["sbo.order.execution"].browse(order.id).verified, "todo")
        self._refused("somebody else must verify", order.with_user(self.clerk).action_sbo_verify)
        self.assertEqual(self._verify(order).state, "done")
        self.assertEqual(order.sbo_verification_state, "done")
        self.assertFalse(self._found(order))

    def test_a_difference_of_a_grown_order_is_corrected(self):
        order = self._confirmed()
        order.order_line.with_user(self.clerk).product_uom_qty = 60
        sheet = self._verify(order, quantity=50)
        self.assertEqual((sheet.state, order.sbo_verification_state), ("difference", "difference"))
        order.order_line.with_user(self.clerk).product_uom_qty = 50
        self.assertEqual((sheet.state, order.sbo_verification_state), ("done", "done"))

    def test_a_supervisor_lets_the_goods_wait(self):
        self.check.block_action = "deliver"
        order = self._confirmed()
        order.order_line.with_user(self.clerk).product_uom_qty = 60
        move = order.picking_ids.move_ids[:1]
        move.write({"quantity": 60, "picked": True})
        self._refused(self.check.name, order.picking_ids.button_validate)
        self._verify(order)
        order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "done")

    def test_a_verified_order_and_one_of_no_class_are_left_alone(self):
        order = self._entered(lines=[(60, 100)])
        self._verify(order)
        order.action_confirm()
        order.order_line.with_user(self.clerk).product_uom_qty = 70
        self.assertEqual(order.sbo_verification_state, "done")


@tagged("post_install", "-at_install")
class TestOrdersSeenBlind(SboOrdersCommon):
    """Who opens the order while checking it blind leaves a mark."""

    FORM = {"name": {}, "order_line": {"fields": {"price_unit": {}}}}

    def test_the_form_leaves_a_mark_on_the_sheet(self):
        self._class(blind=True)
        order = self._entered()
        sheet = self._sheet(order)
        self._refused("stays hidden", sheet.action_open_order)
        order.with_user(self.clerk).web_read(self.FORM)
        order.with_user(self.clerk2).web_read({"name": {}})
        self.assertFalse(sheet.seen_at, "others may look, and the sheet itself reads the name")
        order.with_user(self.clerk2).web_read(self.FORM)
        self.assertTrue(sheet.seen_at)
        self.assertIn("opened the order", sheet.message_ids[0].body)
        messages = len(sheet.message_ids)
        order.with_user(self.clerk2).web_read(self.FORM)
        self.assertEqual(len(sheet.message_ids), messages, "once is enough")

    def test_nobody_pays_for_it_where_nobody_checks_blind(self):
        self.env["sbo.order.class"].with_context(active_test=False).search([]).blind = False
        self._class()
        order = self._entered()
        sheet = self._sheet(order)
        order.with_user(self.clerk2).web_read(self.FORM)
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.assertFalse(self.env["sbo.order.class"]._any_blind())
        self.assertFalse(sheet.seen_at)
