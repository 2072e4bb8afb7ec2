from contextlib import suppress

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_payment import SboPaymentCommon


class NothingHasLeft(Exception):
    """Takes back a try that was not refused and moved nothing."""


@tagged("post_install", "-at_install")
class TestPaymentGoodsInDisguise(SboPaymentCommon):
    """Goods of an unpaid order booked as something else, by plain calls of people in the warehouse or in sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirmed(policy="prepaid", order_line=[
            Command.create({"product_id": cls.product.id, "product_uom_qty": 10, "price_unit": 1000, "tax_ids": False}),
            Command.create({"product_id": cls.spare.id, "product_uom_qty": 1, "price_unit": 0, "tax_ids": False})])
        cls.machine, cls.gift = cls.order.order_line
        cls.picking = cls._pick(cls.order)
        cls.move = cls.picking.move_ids.filtered(lambda move: move.product_id == cls.product)
        cls.supplier = cls.env.ref("stock.stock_location_suppliers")
        cls.customers = cls.env.ref("stock.stock_location_customers")

    def _walk(self, *steps, user=None):
        """These steps and the delivery after them are refused, or at least let none of the machines leave."""
        user = user or self.stock_user
        self.env.flush_all()
        stock = self.product.qty_available
        try:
            with self.env.cr.savepoint():
                for step in steps:
                    step(self.env(user=user.id))
                    self.env.flush_all()
                    self.env.invalidate_all()
                self.picking.with_user(self.stock_user).with_context(
                    skip_sms=True, skip_backorder=True).button_validate()
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual((self.product.qty_available, self.machine.qty_delivered), (stock, 0))
                raise NothingHasLeft
        except (UserError, NothingHasLeft) as error:
            text = str(error)
        self.env.invalidate_all()
        return text

    def test_cut_off_from_the_order(self):
        self._walk(lambda env: self.move.with_env(env).write({"sale_line_id": False}))
        self._walk(lambda env: self.picking.with_env(env).write({"sale_id": False}))
        self._walk(
            lambda env: self.picking.reference_ids.with_env(env).write({"sale_ids": [Command.clear()]}),
            lambda env: self.picking.move_ids.with_env(env).write({"sale_line_id": False}))
        self._walk(lambda env: self.move.with_env(env).write({"sale_line_id": False}), user=self.salesperson)

    def test_under_another_order_or_line(self):
        free = self._confirmed(policy="none")
        self._walk(lambda env: self.picking.with_env(env).write({"sale_id": free.id}))
        self._walk(lambda env: self.move.with_env(env).write({"sale_line_id": free.order_line.id}))
        self._walk(lambda env: self.move.with_env(env).write({"sale_line_id": self.gift.id}))
        self._walk(lambda env: self.machine.with_env(env).write({"order_id": free.id}), user=self.salesperson)
        self._walk(lambda env: self.order.with_env(env).write(
            {"order_line": [Command.unlink(self.machine.id)]}), user=self.salesperson)
        self._walk(lambda env: free.order_line.with_env(env).write(
            {"move_ids": [Command.link(self.move.id)]}), user=self.salesperson)

    def test_as_the_exchange_of_something_returned(self):
        self._walk(lambda env: self.move.with_env(env).write(
            {"origin_returned_move_id": self.move.id, "to_refund": False}))
        other = self._confirmed(policy="none")
        gone = self._ship(other)
        self._walk(lambda env: self.move.with_env(env).write(
            {"origin_returned_move_id": gone.move_ids.id, "to_refund": False}))
        self._walk(lambda env: env["stock.move"].create({
            "product_id": self.product.id, "product_uom_qty": 5, "product_uom": self.product.uom_id.id,
            "picking_id": self.picking.id, "location_id": self.picking.location_id.id, "quantity": 5, "picked": True,
            "location_dest_id": self.customers.id, "sale_line_id": self.machine.id,
            "origin_returned_move_id": gone.move_ids.id, "to_refund": False}),
            lambda env: self.move.with_env(env).write({"picked": False}))

    def test_as_coming_from_the_supplier(self):
        self._walk(lambda env: self.move.with_env(env).write({"location_id": self.supplier.id}))
        self._walk(lambda env: self.move.move_line_ids.with_env(env).write({"location_id": self.supplier.id}))
        self._walk(lambda env: self.move.with_env(env).write({"location_id": self.customers.id}))

    def test_as_another_product(self):
        values = {"picking_id": self.picking.id, "product_id": self.product.id, "quantity": 2, "picked": True,
                  "location_id": self.picking.location_id.id, "location_dest_id": self.customers.id}
        gift = self.picking.move_ids - self.move
        self._walk(lambda env: self.move.with_env(env).write({"picked": False}),
                   lambda env: env["stock.move.line"].create({**values, "move_id": gift.id}))
        self._walk(lambda env: self.move.with_env(env).write({"picked": False}), lambda env: env["stock.move"].create({
            "product_id": self.product.id, "product_uom_qty": 2, "product_uom": self.product.uom_id.id, "quantity": 2,
            "picked": True, "picking_id": self.picking.id, "location_id": self.picking.location_id.id,
            "location_dest_id": self.customers.id, "sale_line_id": self.gift.id}))

    def test_a_gift_leaves_free_but_only_what_was_given(self):
        gift = self.picking.move_ids - self.move
        self.move.picked = False
        gift.quantity = 3
        self.assertIn("100.00 are missing", self._walk())
        gift.quantity = 1
        self.picking.with_user(self.stock_user).with_context(skip_sms=True, skip_backorder=True).button_validate()
        self.assertEqual((self.picking.state, self.gift.qty_delivered), ("done", 1))

    def test_lines_that_are_done_before_their_move(self):
        values = {"move_id": self.move.id, "product_id": self.product.id, "quantity": 5, "state": "done",
                  "picking_id": self.picking.id, "location_id": self.picking.location_id.id,
                  "location_dest_id": self.customers.id}
        stock = self.product.qty_available
        self.env["stock.move.line"].with_user(self.stock_user).create(values)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.product.qty_available, stock)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.move.move_line_ids.with_user(self.stock_user).write({"state": "done"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.move.move_line_ids.with_user(self.stock_user)._action_done()

    def test_a_move_created_done(self):
        values = {"product_id": self.product.id, "product_uom_qty": 5, "product_uom": self.product.uom_id.id,
                  "location_id": self.picking.location_id.id, "location_dest_id": self.customers.id,
                  "sale_line_id": self.machine.id, "state": "done"}
        line = {"product_id": self.product.id, "quantity": 5, "location_id": self.picking.location_id.id,
                "location_dest_id": self.customers.id}
        for more in ({"quantity": 5}, {"move_line_ids": [Command.create(line)]}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.env["stock.move"].with_user(self.stock_user).create({**values, **more})
                self.env.flush_all()
            self.env.invalidate_all()

    def test_quantities_that_are_said_to_be_smaller(self):
        self._walk(lambda env: self.move.move_line_ids.with_env(env).write({"quantity_product_uom": 0}))

    def test_a_draft_move_that_is_picked_by_itself(self):
        move = self.env["stock.move"].create({
            "product_id": self.product.id, "product_uom_qty": 5, "product_uom": self.product.uom_id.id,
            "location_id": self.picking.location_id.id, "location_dest_id": self.customers.id,
            "picking_type_id": self.picking.picking_type_id.id, "sale_line_id": self.machine.id, "picked": True})
        stock = self.product.qty_available
        move.with_user(self.stock_user)._action_done()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((move.state, self.product.qty_available), ("confirmed", stock))

    def test_scrapped_at_the_customers(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["stock.scrap"].with_user(self.stock_user).create({
                "product_id": self.product.id, "scrap_qty": 1, "picking_id": self.picking.id,
                "location_id": self.picking.location_id.id, "scrap_location_id": self.customers.id}).action_validate()
            self.env.flush_all()

    def test_through_the_transit_of_another_company(self):
        transit = self.env["stock.location"].create({"name": "Between", "usage": "transit", "company_id": False})
        self._walk(lambda env: self.move.with_env(env).write({"location_dest_id": transit.id}))
        self._walk(lambda env: self.move.move_line_ids.with_env(env).write({"location_dest_id": transit.id}))

    def test_in_a_package_and_of_another_owner(self):
        self._walk(lambda env: self.picking.with_env(env).action_put_in_pack())
        self._walk(lambda env: self.move.move_line_ids.with_env(env).write({"owner_id": self.customer.id}))

    def test_under_another_kind_of_transfer(self):
        inside = self.env["stock.picking.type"].with_context(active_test=False).search(
            [("code", "=", "internal"), ("company_id", "=", self.company.id)], limit=1)
        self._walk(lambda env: self.picking.with_env(env).write({"picking_type_id": inside.id}))
        self._walk(lambda env: self.move.with_env(env).write({"picking_type_id": inside.id}))

    def test_delivered_without_the_money_and_then_linked(self):
        """What people link to an order afterwards counts as shipped: nothing more leaves."""
        paid = self._confirmed(policy="prepaid")
        self._allot(self._payment(10000), paid)
        delivery = self.env["stock.picking"].create({
            "picking_type_id": self.picking.picking_type_id.id, "partner_id": self.customer.id,
            "location_id": self.picking.location_id.id, "location_dest_id": self.customers.id,
            "move_ids": [Command.create({"product_id": self.product.id, "product_uom_qty": 5,
                         "product_uom": self.product.uom_id.id, "location_id": self.picking.location_id.id,
                         "location_dest_id": self.customers.id, "quantity": 5, "picked": True})]})
        delivery.with_user(self.stock_user).with_context(skip_sms=True).button_validate()
        delivery.move_ids.with_user(self.stock_user).sale_line_id = paid.order_line
        self.assertEqual(self._money(paid)[1], 5000)
        self._stays(paid, 6)


@tagged("post_install", "-at_install")
class TestPaymentOrderInDisguise(SboPaymentCommon):
    """An order that is made to ask for less by whoever sells it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirmed()

    def _refused(self, action, user=None):
        self.env.flush_all()
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            action(self.env(user=(user or self.salesperson).id))
            self.env.flush_all()
        self.env.invalidate_all()
        return str(caught.exception)

    def test_back_to_a_quotation_with_its_delivery_alive(self):
        for state in ("draft", "sent", "cancel"):
            self._refused(lambda env, s=state: self.order.with_env(env).write({"state": s}))
        self.order.with_user(self.salesperson)._action_cancel()
        self.assertEqual((self.order.state, self.order.picking_ids.state), ("cancel", "cancel"))
        self.order.with_user(self.salesperson).action_draft()
        self.order.with_user(self.salesperson).action_confirm()
        self.assertEqual(self.order.sbo_gate_policy, "deposit_credit")
        self._stays(self.order)

    def test_a_delivered_quantity_that_is_denied(self):
        self._allot(self._payment(3500), self.order)
        self._ship(self.order, 5)
        line = self.order.order_line.with_user(self.salesperson)
        for action in (lambda: line.write({"qty_delivered": 0}),
                       lambda: self.order.with_user(self.salesperson).write({"order_line": [Command.create({
                           "product_id": self.product.id, "product_uom_qty": 0, "price_unit": 1000, "tax_ids": False,
                           "qty_delivered": -5})]})):
            with suppress(UserError), self.env.cr.savepoint():
                action()
            self._stays(self.order, 5)

    def test_lines_that_are_called_a_deposit(self):
        with suppress(UserError), self.env.cr.savepoint():
            self.order.order_line.with_user(self.salesperson).write({"is_downpayment": True})
        self._stays(self.order)

    def test_pennies_that_round_to_nothing(self):
        order = self._confirmed(policy="prepaid", quantity=10000, price=0.4)
        self._pick(order)
        order.order_line.with_user(self.salesperson).write({"product_uom_qty": 0.01, "price_unit": 0.4})
        self.assertEqual(order.amount_total, 0)
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        picking.move_ids.quantity = 10000
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "4,000.00"):
            picking.with_user(self.stock_user).with_context(skip_sms=True, skip_backorder=True).button_validate()

    def test_a_price_that_falls_and_rises_again(self):
        """A lower price is a lower price; when it rises again nothing more leaves, and it is found at night."""
        order = self._confirmed(policy="prepaid")
        order.order_line.with_user(self.salesperson).price_unit = 0
        picking = self._ship(order, 5)
        order.order_line.with_user(self.salesperson).price_unit = 1000
        self._stays(order, 1, words="6,000.00 are missing")
        picking.date_done = "2026-03-03 02:00:00"
        check = self._shipped("shipped_before_payment")
        self._run(check, "2026-03-05 01:00")
        self.assertTrue(self._findings(order, check))

    def test_defaults_are_decisions_too(self):
        context = {"default_sbo_payment_policy": "none", "default_sbo_gate_policy": "none"}
        self.company.sbo_payment_policy = "prepaid"
        self._refused(lambda env: env["sale.order"].with_context(**context).create({"partner_id": self.customer.id}))
        self._refused(lambda env: env["res.partner"].with_context(**context).create({"name": "Favoured"}))
        self._refused(lambda env: env["sale.order"].with_context(default_order_line=[]).create(
            {"partner_id": self.customer.id, "sbo_payment_policy": "none"}))
        order = self.env["sale.order"].with_user(self.salesperson).with_context(
            default_sbo_gate_policy="none").create({"partner_id": self.customer.id})
        self.assertEqual(order.sbo_gate_policy, "prepaid")
        self.env["ir.default"].with_user(self.salesperson).set(
            "sale.order", "sbo_payment_policy", "none", user_id=True)
        self._refused(lambda env: env["sale.order"].create({"partner_id": self.customer.id}))

    def test_imported(self):
        result = self.env["sale.order"].with_user(self.salesperson).load(
            ["id", "sbo_payment_policy"], [[self.order.export_data(["id"])["datas"][0][0], "none"]])
        self.assertFalse(result["ids"])
        self.assertFalse(self.order.sbo_payment_policy)
        self.assertEqual(self.order.sbo_gate_policy, "deposit_credit")

    def test_on_somebody_elses_credit(self):
        poor = self._customer("Poor Customer", clerk=self.clerk, salesperson=self.salesperson)
        rich = self._customer("Rich Customer", clerk=self.clerk, salesperson=self.salesperson, credit_limit=10**6)
        order = self._confirmed(policy="credit", partner_id=poor.id)
        self._stays(order, words="the limit is")
        self._refused(lambda env: order.with_env(env).write({"partner_id": rich.id}))
        order.with_user(self.manager).partner_id = rich
        self._ship(order)

    def test_an_invoice_of_somebody_else(self):
        paid = self._confirmed()
        invoice = self._invoice(paid)
        self._pay(invoice)
        product_line = invoice.invoice_line_ids[0]
        self._refused(lambda env: self.order.order_line.with_env(env).write(
            {"invoice_lines": [Command.link(product_line.id)]}))
        self._refused(lambda env: self.order.with_env(env).write({"order_line": [Command.create({
            "product_id": self.product.id, "product_uom_qty": 0, "invoice_lines": [Command.link(product_line.id)]})]}))
        self.assertEqual(self._money(self.order)[0], 0)
        self.assertEqual(self._money(paid)[0], 10000)

    def test_a_day_longer_in_the_far_west(self):
        self.company.resource_calendar_id.tz = "Pacific/Kiritimati"
        release = self._ask(self.order)
        release.with_user(self.manager).action_give()
        self.env.flush_all()
        self.env.cr.execute("""UPDATE sbo_payment_release
            SET expires_on = (now() AT TIME ZONE 'Pacific/Kiritimati')::date - 1 WHERE id = %s""", [release.id])
        self.env.invalidate_all()
        picking = self._pick(self.order).with_user(self.stock_user)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            picking.with_context(skip_sms=True, tz="Pacific/Pago_Pago").button_validate()

    def test_nobody_from_outside(self):
        portal = self._user("sbo_portal", "base.group_portal", partner_id=self.customer.id)
        picking = self._pick(self.order)
        self.order.message_subscribe(self.customer.ids)
        for action in (lambda env: picking.with_env(env).button_validate(),
                       lambda env: picking.move_ids.with_env(env).write({"state": "done"}),
                       lambda env: picking.move_ids.move_line_ids.with_env(env).write({"picked": True}),
                       lambda env: env["sbo.payment.release"].create({
                           "picking_id": picking.id, "reason": "x", "promised_on": self._today(),
                           "expires_on": self._today()})):
            self._refused(action, user=portal)

    def test_a_delivery_of_two_orders_asks_for_both(self):
        other = self._confirmed()
        picking = self._pick(self.order)
        moves = self._pick(other).move_ids
        moves.picking_id = picking
        moves.move_line_ids.picking_id = picking
        clerk = picking.with_user(self.clerk)
        asked = self.env["sbo.payment.release"].with_user(self.clerk)
        for _n in range(2):
            values = clerk.action_sbo_ask_release()["context"]
            asked |= asked.create({
                "picking_id": picking.id, "order_id": values["default_order_id"], "reason": "x",
                "promised_on": self._today(), "expires_on": self._today()})
        self.assertEqual(asked.order_id, self.order | other)
        asked[0].with_user(self.manager).action_give()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            picking.with_user(self.stock_user).with_context(skip_sms=True).button_validate()
        asked[1].with_user(self.manager).action_give()
        picking.with_user(self.stock_user).with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
