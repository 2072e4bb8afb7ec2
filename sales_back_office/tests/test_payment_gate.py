from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged

from .common_payment import MISSING, SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentDoors(SboPaymentCommon):
    """Every way in which goods become done, tried by everybody who may try: none lets unpaid goods out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirmed(policy="prepaid")
        cls.both = cls.env["res.users"].browse(
            (cls.salesperson | cls.stock_user | cls.stock_manager | cls.accountant | cls.manager).ids)
        # nobody of them is kept out for want of a right to the warehouse
        cls.both.write({"group_ids": [Command.link(cls.env.ref("stock.group_stock_user").id)]})

    def _refused(self, action, words=MISSING):
        """Refused for everybody, nothing has left."""
        for user in self.both:
            self.env.flush_all()
            with self.subTest(user=user.login):
                with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                    action(user)
                    self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(sum(self.order.order_line.mapped("qty_delivered")), 0)

    def test_button(self):
        picking = self._pick(self.order)
        self._refused(lambda user: picking.with_user(user).button_validate())

    def test_button_without_anything_picked(self):
        picking = self.order.picking_ids
        picking.action_assign()
        self._refused(lambda user: picking.with_user(user).button_validate())

    def test_with_a_backorder_and_without(self):
        picking = self._pick(self.order, 4)
        for context in ({"skip_backorder": True}, {"skip_backorder": True, "picking_ids_not_to_backorder": picking.ids},
                        {"skip_backorder": True, "cancel_backorder": True}):
            self._refused(lambda user, c=context: picking.with_user(user).with_context(**c).button_validate())

    def test_backorder_wizard(self):
        picking = self._pick(self.order, 4)

        def by_wizard(user):
            action = picking.with_user(user).with_context(skip_sms=True).button_validate()
            wizard = Form.from_action(self.env(user=user.id), action).save()
            wizard.process()

        self._refused(by_wizard)

    def test_direct_methods(self):
        picking = self._pick(self.order)
        self._refused(lambda user: picking.with_user(user)._action_done())
        self._refused(lambda user: picking.move_ids.with_user(user)._action_done())
        self._refused(lambda user: picking.move_ids.with_user(user).sudo()._action_done(cancel_backorder=True))

    def test_state_by_hand(self):
        picking = self._pick(self.order)
        words = "cannot be set to done by hand"
        self._refused(lambda user: picking.move_ids.with_user(user).write({"state": "done"}), words)
        self._refused(lambda user: picking.with_user(user).write({"state": "done"}), words)
        marked = picking.move_ids.with_context(sbo_gate=True)
        self._refused(lambda user: marked.with_user(user).write({"state": "done"}), words)

    def _load(self, user, model, record, field, value):
        """Import a value; what stands against it is told as an import tells it."""
        name = f"{model.replace('.', '_')}_{record.id}"
        if not self.env.ref(f"sbo.{name}", raise_if_not_found=False):
            self.env["ir.model.data"].create({"module": "sbo", "name": name, "model": model, "res_id": record.id})
        result = self.env[model].with_user(user).load(["id", field], [[f"sbo.{name}", value]])
        if result["messages"]:
            raise UserError(str(result["messages"]))

    def test_load(self):
        move = self._pick(self.order).move_ids
        self._refused(lambda user: self._load(user, "stock.move", move, "state", "Done"), "by hand")
        self._refused(lambda user: self._load(user, "stock.picking", move.picking_id, "state", "Done"), "by hand")

    def test_wrong_place_on_the_way(self):
        """A step inside the warehouse whose lines are sent to the customer."""
        warehouse = self.order.warehouse_id
        warehouse.delivery_steps = "pick_ship"
        order = self._confirmed(policy="prepaid")
        pick = order.picking_ids.filtered(lambda p: p.picking_type_code == "internal")
        self.assertTrue(pick)
        pick.action_assign()
        pick.move_line_ids.location_dest_id = self.env.ref("stock.stock_location_customers")
        pick.move_ids.picked = True
        self._refused(lambda user: pick.with_user(user).button_validate())

    def test_done_quantity_raised(self):
        order = self._confirmed(policy="prepaid")
        self._allot(self._payment(4000), order)
        picking = self._ship(order, 4)
        line = picking.move_line_ids
        values = {"move_id": line.move_id.id, "product_id": self.product.id, "quantity": 1, "picking_id": picking.id,
                  "product_uom_id": line.product_uom_id.id, "location_id": line.location_id.id,
                  "location_dest_id": line.location_dest_id.id}
        raisers = (
            lambda user: line.with_user(user).write({"quantity": 5}),
            lambda user: line.with_user(user).write({"product_uom_id": self.env.ref("uom.product_uom_dozen").id}),
            lambda user: self.env["stock.move.line"].with_user(user).create(values),
            lambda user: self.env["stock.move.line"].with_user(user).create({**values, "move_id": False}),
            lambda user: line.move_id.with_user(user).write({"quantity": 5}),
            lambda user: self._load(user, "stock.move.line", line, "quantity", "5"),
            lambda user: self._load(user, "stock.move", line.move_id, "move_line_ids/quantity", "1"),
        )
        for number, action in enumerate(raisers):
            with self.subTest(door=number):
                self._refused(action)
                self.assertEqual(order.order_line.qty_delivered, 4)
        line.with_user(self.stock_user).quantity = 3
        line.with_user(self.stock_user).quantity = 4
        self.assertEqual(order.order_line.qty_delivered, 4, "up to what is paid for, it may be corrected")

    def test_done_inside_and_then_sent_out(self):
        order = self._confirmed(policy="prepaid")
        move = order.picking_ids.move_ids
        place = self.env["stock.location"].create({"name": "Dock", "location_id": move.location_id.id})
        move.location_dest_id = place
        move.quantity, move.picked = 10, True
        move.with_user(self.stock_user)._action_done()
        self.assertEqual(move.state, "done", "inside the house everything goes on")
        customers = self.env.ref("stock.stock_location_customers")
        for action in (lambda: move.with_user(self.stock_user).write({"location_dest_id": customers.id}),
                       lambda: move.move_line_ids.with_user(self.stock_user).write({"location_dest_id": customers.id})):
            with self.assertRaisesRegex(UserError, MISSING), self.env.cr.savepoint():
                action()
                self.env.flush_all()
            self.env.invalidate_all()

    def test_goods_cut_off_from_their_order(self):
        """They stay with it; a move that came to lose its order line is still of the order it was made for."""
        picking = self._pick(self.order)
        self._refused(lambda user: picking.move_ids.with_user(user).write({"sale_line_id": False}), "stays with")
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET sale_line_id = NULL WHERE picking_id = %s", [picking.id])
        self.env.invalidate_all()
        self._refused(lambda user: picking.with_user(user).with_context(skip_sms=True).button_validate())

    def test_goods_nobody_ordered(self):
        order = self._confirmed(policy="prepaid")
        self._allot(self._payment(10000), order)
        picking = self._pick(order)
        self.env["stock.move.line"].create({
            "picking_id": picking.id, "product_id": self.spare.id, "quantity": 3, "picked": True,
            "location_id": picking.location_id.id, "location_dest_id": picking.location_dest_id.id})
        with self.assertRaisesRegex(UserError, "150.00 are missing"):
            picking.with_user(self.stock_user).with_context(skip_sms=True).button_validate()

    def test_last_of_several_steps(self):
        self.order.warehouse_id.delivery_steps = "pick_pack_ship"
        order = self._confirmed(policy="prepaid")
        for _step in ("pick", "pack"):
            inside = order.picking_ids.filtered(lambda p: p.state == "assigned" and p.picking_type_code == "internal")
            inside.move_ids.picked = True
            inside.with_user(self.stock_user).with_context(skip_sms=True).button_validate()
        out = order.picking_ids.filtered(lambda p: p.picking_type_code == "outgoing")
        out.move_ids.picked = True
        self._refused(lambda user: out.with_user(user).button_validate())
        self.assertEqual((out.state, order.order_line.qty_delivered), ("assigned", 0))

    def test_scheduler(self):
        picking = self._pick(self.order)
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(picking.state, "assigned")

    def test_batch_names_all_that_are_refused(self):
        other = self._confirmed(policy="prepaid")
        paid = self._confirmed(policy="prepaid")
        self._allot(self._payment(10000), paid)
        pickings = self._pick(self.order) | self._pick(other, 2) | self._pick(paid)
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            pickings.with_user(self.stock_user).with_context(
                skip_backorder=True, skip_sms=True, picking_ids_not_to_backorder=pickings[1].ids).button_validate()
        text = str(caught.exception)
        self.assertIn(pickings[0].name, text)
        self.assertIn(pickings[1].name, text)
        self.assertNotIn(pickings[2].name, text)
        self.env.invalidate_all()
        self.assertEqual(set(pickings.mapped("state")), {"assigned"}, "the whole call is refused")

    def test_two_deliveries_in_one_call_cannot_spend_the_same_money(self):
        order = self._confirmed(policy="prepaid")
        self._allot(self._payment(6000), order)
        first = self._pick(order, 5)
        first.move_ids._split(5)
        second = first.copy({"move_ids": False})
        rest = self.env["stock.move"].create(first.move_ids._split(5))
        rest.picking_id = second
        rest._action_confirm(merge=False)
        first.move_ids.quantity = rest.quantity = 5
        (first | second).move_ids.picked = True
        with self.assertRaisesRegex(UserError, second.name), self.env.cr.savepoint():
            (first | second).with_user(self.stock_user).with_context(skip_sms=True).button_validate()
        self.env.invalidate_all()
        first.with_user(self.stock_user).with_context(skip_sms=True, skip_backorder=True).button_validate()
        self.assertEqual(first.state, "done", "one of them is paid for")


@tagged("post_install", "-at_install")
class TestPaymentPolicy(SboPaymentCommon):
    """Which policy counts, what it asks for, and who says so."""

    def test_the_narrower_one_wins(self):
        self.company.sbo_payment_policy = "prepaid"
        order = self._confirmed(payment_term_id=False)
        self.assertEqual(order.sbo_gate_policy, "prepaid")
        order = self._confirmed()
        self.assertEqual((order.sbo_gate_policy, order.sbo_gate_percent), ("deposit_credit", 70))
        self.customer.write({"sbo_payment_policy": "deposit", "sbo_deposit_percent": 30})
        order = self._confirmed()
        self.assertEqual((order.sbo_gate_policy, order.sbo_gate_percent), ("deposit", 30))
        self.assertEqual(self._confirmed(policy="cod").sbo_gate_policy, "cod")

    def test_settled_at_confirmation(self):
        order = self._confirmed()
        order.with_user(self.salesperson).payment_term_id = False
        self.customer.sbo_payment_policy = "none"
        self.assertEqual(order.sbo_gate_policy, "deposit_credit")
        draft = order.copy()
        self.assertEqual(draft.sbo_gate_policy, "none")
        self.customer.sbo_payment_policy = "prepaid"
        draft.action_confirm()
        self.assertEqual(draft.sbo_gate_policy, "prepaid", "as it is on the day of confirmation")

    def test_who_decides(self):
        order = self._confirmed()
        for user in (self.salesperson, self.clerk, self.supervisor):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    order.with_user(user).sbo_payment_policy = "none"
                with self.assertRaises(AccessError):
                    self.customer.with_user(user).sbo_payment_policy = "none"
                with self.assertRaises(AccessError):
                    order.copy().with_user(user).write({"sbo_payment_policy": "cod"})
                with self.assertRaises(AccessError):
                    self.env["res.partner"].with_user(user).create({"name": "X", "sbo_payment_policy": "none"})
        with self.assertRaises(AccessError):
            order.with_user(self.manager).sbo_gate_policy = "none"
        order.with_user(self.manager).sbo_payment_policy = "cod"
        self.assertEqual(order.sbo_gate_policy, "cod")
        self._ship(order)

    def test_an_order_created_with_a_policy(self):
        self.company.sbo_payment_policy = "prepaid"
        order = self.env["sale.order"].with_user(self.salesperson).create(
            {"partner_id": self.customer.id, "sbo_gate_policy": "none"})
        self.assertEqual(order.sbo_gate_policy, "prepaid")

    def test_partial_deliveries_by_what_is_shipped(self):
        order = self._confirmed(policy="prepaid")
        self._allot(self._payment(4000), order)
        self._stays(order, 5)
        self._ship(order, 4)
        self.assertEqual(self._money(order), (4000, 4000, 10000, 6000, "partial"))
        self._stays(order, 1)
        self._allot(self._payment(6000), order)
        self._ship(order)

    def test_partial_deliveries_by_the_whole_order(self):
        self.company.sbo_gate_partial = "whole"
        order = self._confirmed(policy="prepaid")
        self._allot(self._payment(9999), order)
        self._stays(order, 1)
        self._allot(self._payment(1), order)
        self._ship(order, 1)

    def test_deposit_rest_before_delivery(self):
        order = self._confirmed(policy="deposit", percent=30)
        self._allot(self._payment(2999), order)
        self._stays(order, 1)
        self._allot(self._payment(1), order)
        self._ship(order, 3)
        self._stays(order, 1)
        self._allot(self._payment(7000), order)
        self._ship(order)

    def test_services_are_paid_with_the_last_delivery(self):
        service = self.env["product.product"].create({"name": "Freight", "type": "service", "taxes_id": False})
        order = self._confirmed(policy="prepaid", order_line=[
            Command.create({"product_id": self.product.id, "product_uom_qty": 10, "price_unit": 100, "tax_ids": False}),
            Command.create({"product_id": service.id, "product_uom_qty": 1, "price_unit": 50, "tax_ids": False})])
        self._allot(self._payment(1000), order)
        self._ship(order, 9)
        self._stays(order, words="50.00 are missing")
        self._allot(self._payment(50), order)
        self._ship(order)

    def test_tax_units_and_discounts(self):
        tax = self.env["account.tax"].create({"name": "13 %", "amount": 13})
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._confirmed(policy="prepaid", order_line=[Command.create({
            "product_id": self.product.id, "product_uom_qty": 2, "product_uom_id": dozen.id, "price_unit": 1200,
            "discount": 50, "tax_ids": [Command.set(tax.ids)]})])
        self.assertAlmostEqual(order.amount_total, 1356)
        self._allot(self._payment(678), order)
        self._stays(order, 13)
        self._ship(order, 12)
        self.assertEqual(self._money(order)[1], 678)

    def test_a_return_makes_room(self):
        order = self._confirmed(policy="prepaid")
        self._allot(self._payment(5000), order)
        picking = self._ship(order, 5)
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking").create({})
        wizard.product_return_moves.quantity = 2
        back = wizard._create_return()
        back.move_ids.write({"quantity": 2, "picked": True, "to_refund": True})
        back.with_user(self.stock_user).with_context(skip_sms=True).button_validate()
        self.assertEqual((back.state, self._money(order)[1]), ("done", 3000))
        self._stays(order, 3)
        self._ship(order, 2)

    def test_nothing_asked(self):
        for policy in ("none", "cod"):
            self._ship(self._confirmed(policy=policy))
        order = self._confirmed(payment_term_id=False)
        self.assertFalse(order.sbo_gate_policy)
        self._ship(order)
        self.assertEqual(self._money(order)[4], "not_needed")

    def test_everything_before_the_door_goes_on(self):
        self.order_steps = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.order_steps.delivery_steps = "pick_pack_ship"
        order = self._confirmed(policy="prepaid")
        for step in ("pick", "pack"):
            picking = order.picking_ids.filtered(lambda p: p.state in ("assigned", "confirmed"))[:1]
            picking.action_assign()
            picking.move_ids.picked = True
            picking.with_user(self.stock_user).with_context(skip_sms=True).button_validate()
            self.assertEqual(picking.state, "done", step)
        out = order.picking_ids.filtered(lambda p: p.picking_type_code == "outgoing")
        self.assertEqual(out.state, "assigned", "reserved and ready")
        self._stays(order)

    def test_credit_limit(self):
        customer = self._customer("Credit Customer", clerk=self.clerk, salesperson=self.salesperson)
        vals = {"partner_id": customer.id, "policy": "credit"}
        order = self._confirmed(quantity=3, **vals)
        self._stays(order, words="the limit is")
        customer.credit_limit = 3000
        self._ship(order, 1)
        other = self._confirmed(quantity=1, **vals)
        text = self._stays(other, words="the customer owes")
        self.assertIn("4,000.00", text)
        self.assertEqual(self._money(other)[3:], (1000, "blocked"))
        invoice = self._invoice(order)
        self._stays(other, words="the customer owes")
        self._pay(invoice, 1000)
        self._ship(other)

    def test_overdue(self):
        customer = self._customer("Monthly Customer", clerk=self.clerk, salesperson=self.salesperson)
        vals = {"partner_id": customer.id, "policy": "monthly", "quantity": 1}
        invoice = self._invoice(self._confirmed(**vals))
        order = self._confirmed(**vals)
        invoice.line_ids.filtered("date_maturity").date_maturity = Date.subtract(self._today(), days=10)
        self.company.sbo_gate_overdue_days = 10
        self._ship(order)
        order = self._confirmed(**vals)
        self.company.sbo_gate_overdue_days = 9
        self._stays(order, words="overdue since")
        self._pay(invoice)
        self._ship(order)
