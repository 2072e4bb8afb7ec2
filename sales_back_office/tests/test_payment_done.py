from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_payment import MISSING, SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentDoneGoods(SboPaymentCommon):
    """Goods that have left: nobody takes more along behind their back, and nobody calls them anything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirmed(policy="prepaid")
        cls._allot(cls._payment(4000), cls.order)
        cls.picking = cls._pick(cls.order, 4)
        cls.picking.with_user(cls.stock_user).with_context(skip_sms=True).button_validate()
        if cls.picking.state != "done":  # the wizard asks what becomes of the rest
            cls.picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        cls.line = cls.picking.move_line_ids
        cls.move = cls.line.move_id

    def _refused(self, action, words, user=None):
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            action(self.env(user=(user or self.stock_user).id))
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            (self.move.state, self.line.state, self.line.quantity, self.order.order_line.qty_delivered),
            ("done", "done", 4, 4))

    def test_a_line_does_not_say_itself_whether_it_is_done(self):
        for state in ("assigned", "draft", "cancel", "done"):
            self._refused(lambda env, s=state: self.line.with_env(env).write({"state": s, "quantity": 5}),
                          "state of a line is that of its transfer")
        self._refused(lambda env: self.move.with_env(env).write(
            {"move_line_ids": [(1, self.line.id, {"state": "assigned"})]}), "state of a line")

    def test_a_line_that_is_taken_for_an_open_one_is_judged_all_the_same(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move_line SET state = 'assigned' WHERE id = %s", [self.line.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, MISSING), self.env.cr.savepoint():
            self.line.with_user(self.stock_user).write({"quantity": 5})

    def test_a_line_that_comes_with_a_state_of_its_own(self):
        values = {"move_id": self.move.id, "product_id": self.product.id, "quantity": 1,
                  "picking_id": self.picking.id, "location_id": self.line.location_id.id,
                  "location_dest_id": self.line.location_dest_id.id}
        self._refused(lambda env: env["stock.move.line"].create({**values, "state": "draft"}), MISSING)
        self._refused(lambda env: env["stock.move.line"].with_context(default_state="draft").create(values), MISSING)

    def test_a_done_move_stays_done(self):
        words = "has left for the customer and stays done"
        for user in (self.stock_user, self.salesperson, self.stock_manager):
            for state in ("cancel", "draft", "assigned"):
                self._refused(lambda env, s=state: self.move.with_env(env).write({"state": s}), words, user)
        self._refused(lambda env: self.picking.with_env(env).write({"state": "draft"}), words)
        self._stays(self.order, 4)

    def test_a_done_line_stays_in_its_move(self):
        rest = self.order.picking_ids.move_ids.filtered(lambda move: move.state != "done")
        self.assertTrue(rest)
        self._refused(lambda env: self.line.with_env(env).write({"move_id": rest.id}), "stays done")
        self._refused(lambda env: self.line.with_env(env).write({"move_id": False}), "stays done")

    def test_what_is_no_delivery_is_nobodys_business(self):
        """Open deliveries are cancelled as ever, and goods inside the house may be called what they are."""
        rest = self.order.picking_ids - self.picking
        rest.with_user(self.stock_user).action_cancel()
        self.assertEqual(rest.move_ids.state, "cancel")
        free = self._confirmed(policy="none")
        self._ship(free).move_ids.with_user(self.stock_user).write({"state": "cancel"})

    def test_another_shelf_after_a_special_release(self):
        order = self._confirmed(policy="prepaid")
        self._ask(order).with_user(self.manager).action_give()
        line = self._ship(order).move_line_ids
        shelf = self.env["stock.location"].create({"name": "Shelf 2", "location_id": line.location_id.id})
        self.env["stock.quant"]._update_available_quantity(self.product, shelf, 10)
        line.with_user(self.stock_user).location_id = shelf
        self.assertEqual((line.location_id, line.quantity, order.order_line.qty_delivered), (shelf, 10, 10))
        with self.assertRaisesRegex(UserError, MISSING), self.env.cr.savepoint():
            line.with_user(self.stock_user).write({"location_id": shelf.id, "quantity": 11})

    def test_from_the_suppliers_shelf_to_ours(self):
        """What has counted as the supplier's own delivery becomes goods of ours that left."""
        order = self._confirmed(policy="prepaid")
        self._ask(order).with_user(self.manager).action_give()
        line = self._ship(order).move_line_ids
        ours = line.location_id
        line.with_user(self.stock_user).location_id = self.env.ref("stock.stock_location_suppliers")
        with self.assertRaisesRegex(UserError, MISSING), self.env.cr.savepoint():
            line.with_user(self.stock_user).location_id = ours


@tagged("post_install", "-at_install")
class TestPaymentOthersDeliveries(SboPaymentCommon):
    """A context that names deliveries which the user may not see."""

    def test_they_are_neither_judged_nor_named(self):
        hidden, unpaid, paid = (self._confirmed(policy="prepaid") for _n in range(3))
        self._allot(self._payment(10000), paid)
        pickings = self._pick(hidden) | self._pick(unpaid) | self._pick(paid)
        self.env["ir.rule"].create({
            "name": "Not this one", "model_id": self.env["ir.model"]._get_id("stock.picking"),
            "domain_force": str([("id", "!=", pickings[0].id)])})
        self.env.flush_all()
        together = pickings.with_user(self.stock_user).with_context(
            skip_sms=True, skip_backorder=True, button_validate_picking_ids=pickings.ids)
        with self.assertRaisesRegex(UserError, MISSING) as caught, self.env.cr.savepoint():
            together[2].button_validate()
        self.assertIn(pickings[1].name, str(caught.exception))
        self.assertNotIn(pickings[0].name, str(caught.exception))
        self.env.invalidate_all()
        together[2].with_context(button_validate_picking_ids=[pickings[0].id, pickings[2].id]).button_validate()
        self.assertEqual(pickings.mapped("state"), ["assigned", "assigned", "done"])
