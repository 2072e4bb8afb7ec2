from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


class BlockingCase(SboCheckCommon):
    """Orders need a customer reference before they are confirmed, or before they leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.check"].search([]).active = False
        cls.customer = cls._customer(clerk=cls.clerk)
        cls.product = cls._product()

    def _quotation(self, **vals):
        return self._order(self.customer, self.product, **vals)

    @classmethod
    def _stop(cls, action, **vals):
        return cls._check("[('client_order_ref', '=', False)]", "sale.order", name="Customer reference missing",
                          block_action=action, **vals)

    def _refused(self, action, *orders):
        with self.assertRaises(UserError) as caught:
            action()
        text = str(caught.exception)
        self.assertIn("Refused, because", text)
        self.assertIn("a supervisor waives the finding with a reason", text, "who can release it")
        for order in orders:
            self.assertIn(f"- {order.name}: Customer reference missing", text, "what, and why")
        return text


@tagged("post_install", "-at_install")
class TestCheckBlocksConfirmation(BlockingCase):
    """A blocking check meets every way in which an order can become confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._stop("confirm")

    def test_button(self):
        order = self._quotation().with_user(self.salesperson)
        order.sudo().user_id = self.salesperson
        self._refused(order.action_confirm, order)

    def test_plain_write(self):
        order = self._quotation()
        self._refused(lambda: order.with_user(self.clerk).write({"state": "sale"}), order)

    def test_created_as_confirmed(self):
        self._refused(lambda: self._quotation(state="sale"))
        self.assertEqual(self._quotation(state="sale", client_order_ref="PO 1").state, "sale")

    def test_several_at_once(self):
        good, bad, worse = self._quotation(client_order_ref="PO 1"), self._quotation(), self._quotation()
        text = self._refused((good | bad | worse).action_confirm, bad, worse)
        self.assertNotIn(good.name, text, "the good ones are not blamed")

    def test_good_order_passes(self):
        order = self._quotation(client_order_ref="PO 1").with_user(self.clerk)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_waiver_releases_and_its_end_stops_again(self):
        order = self._quotation(user_id=self.salesperson.id)
        self._refused(order.with_user(self.salesperson).action_confirm, order)
        check_now = self.env.ref("sales_back_office.sbo_check_now_order").with_user(self.salesperson)
        check_now.with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id).run()
        found = self._findings(order, self.check)
        self.assertEqual(found.user_id, self.clerk)
        self._refused(order.with_user(self.salesperson).action_confirm, order)
        found.with_user(self.supervisor).action_waive("the customer never gives one")
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")
        other = self._quotation()
        self._refused(other.action_confirm, other)

    def test_confirmed_orders_are_not_asked_again(self):
        order = self._quotation(client_order_ref="PO 1")
        order.action_confirm()
        order.client_order_ref = False
        order.write({"state": "sale", "note": "x"})
        self.assertEqual(order.state, "sale")

    def test_another_companys_check_stops_nobody_here(self):
        self.check.company_id = self.company2
        order = self._quotation().with_user(self.clerk)
        self.env.invalidate_all()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_switched_off_it_stops_nobody(self):
        self.check.with_user(self.supervisor).block_action = False
        self._quotation().action_confirm()
        self.check.with_user(self.supervisor).block_action = "confirm"
        order = self._quotation()
        self._refused(order.action_confirm, order)

    def test_a_method_check_can_stop_too(self):
        self.check.active = False
        self._check(kind="method", method="_sbo_query_below_pricelist", model="sale.order",
                    name="Customer reference missing", block_action="confirm")
        order = self._quotation(price=50)
        self._refused(order.action_confirm, order)
        self._quotation(price=100).action_confirm()


@tagged("post_install", "-at_install")
class TestCheckBlocksDelivery(BlockingCase):
    """A blocking check meets goods where they leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._stop("deliver")

    def _ready(self, **vals):
        order = self._quotation(**vals)
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        return order, picking

    def test_button(self):
        order, picking = self._ready()
        worker = self._user("sbo_worker", "stock.group_stock_user")
        self._refused(picking.with_user(worker).with_context(skip_sms=True).button_validate, order)

    def test_plain_write_of_a_move(self):
        order, picking = self._ready()
        self._refused(lambda: picking.move_ids.write({"state": "done"}), order)

    def test_done_moves(self):
        order, picking = self._ready()
        self._refused(picking.move_ids._action_done, order)

    def test_waiver_releases(self):
        order, picking = self._ready()
        order.action_sbo_check_now()
        self._findings(order, self.check).with_user(self.supervisor).action_waive("he calls for it")
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")

    def test_good_order_leaves(self):
        _order, picking = self._ready(client_order_ref="PO 1")
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")

    def test_receipts_and_returns_are_not_stopped(self):
        order, picking = self._ready(client_order_ref="PO 1")
        picking.with_context(skip_sms=True).button_validate()
        order.client_order_ref = False
        back = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking").create({})
        back.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(back.action_create_returns()["res_id"])
        returned.move_ids.write({"quantity": 1, "picked": True})
        returned.with_context(skip_sms=True).button_validate()
        self.assertEqual(returned.state, "done", "the goods come back, whatever the papers lack")

    def test_a_check_of_the_delivery_itself(self):
        self.check.active = False
        self._check("[('note', '=', False)]", "stock.picking", name="Packing note missing", block_action="deliver",
                    responsible_path="sale_id.sbo_clerk_id")
        _order, picking = self._ready()
        with self.assertRaisesRegex(UserError, f"- {picking.name}: Packing note missing"):
            picking.with_context(skip_sms=True).button_validate()


@tagged("post_install", "-at_install")
class TestCheckBlockingQueries(BlockingCase):
    """What confirmation costs: nothing without a blocking check, a fixed small number with one."""

    def _ours(self, count):
        """Queries of our doors while so many orders are confirmed, flushes of what Odoo has to write aside."""
        orders = self.env["sale.order"].union(*(self._quotation(client_order_ref="PO") for _n in range(count)))
        self.env.flush_all()
        self.env.invalidate_all()
        asked, door = [], self.registry["sale.order"]._sbo_block

        def counted(records, action):
            records.env.flush_all()
            before = self.cr.sql_log_count
            door(records, action)
            asked.append(self.cr.sql_log_count - before)

        with patch.object(self.registry["sale.order"], "_sbo_block", counted):
            orders.action_confirm()
        self.assertTrue(asked, "the door was passed")
        return sum(asked)

    def test_without_blocking_checks_nothing(self):
        self._ours(1)  # warm: which checks block is remembered
        self.assertEqual([self._ours(1), self._ours(5)], [0, 0])

    def test_with_one_check_a_fixed_number(self):
        self._stop("confirm")
        self._ours(1)
        one, many = self._ours(1), self._ours(5)
        self.assertEqual(one, many, "it does not grow with the number of orders")
        self.assertLessEqual(many, 10)


@tagged("post_install", "-at_install")
class TestCheckBlockingMoments(BlockingCase):
    """Blocking looks at the order as it is this moment, dates included."""

    def test_relative_dates(self):
        self._check("[('commitment_date', '<', 'now')]", "sale.order", name="Promise is over", block_action="confirm")
        order = self._quotation(commitment_date=at("2026-03-02 09:00"))
        with self.assertRaisesRegex(UserError, f"- {order.name}: Promise is over"):
            order.action_confirm()
        order = self._quotation(commitment_date=at("2099-03-02 09:00"))
        order.action_confirm()
        self.assertEqual(order.state, "sale")
