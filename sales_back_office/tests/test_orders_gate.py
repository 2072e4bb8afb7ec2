from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_orders import SboOrdersCommon

UNVERIFIED = "before it is verified against the customer's paper"


@tagged("post_install", "-at_install")
class TestOrdersGate(SboOrdersCommon):
    """An order that must be verified is not confirmed by any door, whoever stands before it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._class()

    def _own(self, **vals):
        return self._entered(self.salesperson, **vals).with_user(self.salesperson)

    def test_button_and_batch(self):
        order, other = self._own(), self._own()
        self._refused(UNVERIFIED, order.action_confirm)
        text = self._refused(UNVERIFIED, (order | other).action_confirm)
        self.assertIn(order.name, text)
        self.assertIn(other.name, text, "all are named at once")

    def test_plain_write(self):
        self._refused(UNVERIFIED, self._own().write, {"state": "sale"})

    def test_from_cancelled(self):
        order = self._own()
        order.write({"state": "cancel"})
        self._refused(UNVERIFIED, order.write, {"state": "sale"})

    def test_created_confirmed(self):
        self._refused(UNVERIFIED, lambda: self._own(state="sale"))

    def test_import(self):
        result = self.env["sale.order"].with_user(self.salesperson).load(
            ["partner_id/.id", "state", "order_line/product_id/.id", "order_line/product_uom_qty"],
            [[str(self.customer.id), "Sales Order", str(self.product.id), "3"]])
        self.assertFalse(result["ids"])
        self.assertIn("verified", str(result["messages"]))

    def test_direct_method(self):
        order = self._own()
        self._refused(UNVERIFIED, order.with_context(send_email=True).action_confirm)
        self.assertFalse(order.picking_ids, "no goods are asked for")

    def test_claims_do_not_help(self):
        order = self._own(sbo_verification_state="done")
        self.assertFalse(order.sbo_verification_state)
        self._refused(UNVERIFIED, order.action_confirm)
        with self.assertRaises(AccessError):
            self.env["sbo.order.verification"].with_user(self.salesperson).create(
                {"order_id": order.id, "company_id": self.company.id, "user_id": self.clerk.id, "state": "done"})

    def test_superuser_too(self):
        self._refused(UNVERIFIED, self._own().sudo().action_confirm)

    def test_signed_on_the_portal_waits(self):
        order = self._own(sbo_clerk_id=self.clerk2.id)
        order.sudo()._validate_order()
        self.assertEqual(order.state, "draft", "signature kept, not confirmed")
        activity = order.sudo().activity_ids
        self.assertEqual((activity.user_id, "verify and confirm" in activity.summary), (self.clerk2, True))
        self._verify(order.with_env(self.env), self.clerk2)
        order.sudo()._validate_order()
        self.assertEqual(order.state, "sale")

    def test_paid_online_waits(self):
        order = self._own().with_env(self.env)
        order.write({"require_payment": True, "prepayment_percent": 1})
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        transaction = self.env["payment.transaction"].create({
            "provider_id": provider.id, "payment_method_id": method.id, "reference": "SBO-1", "state": "done",
            "amount": order.amount_total, "currency_id": order.currency_id.id, "partner_id": self.customer.id,
            "sale_order_ids": [Command.set(order.ids)]})
        self.assertFalse(transaction._check_amount_and_confirm_order())
        self.assertEqual((order.state, len(order.activity_ids)), ("draft", 1))

    def test_a_check_that_stops_confirmations_is_not_the_customers_business(self):
        """Not even one that looks at confirmed orders only."""
        self.rule.active = False
        for state in ("draft", "sale"):
            check = self._check(f"[('client_order_ref', '=', False), ('state', '=', '{state}')]", "sale.order",
                                name="Reference missing", block_action="confirm")
            order = self._own(sbo_clerk_id=self.clerk2.id)
            order.sudo()._validate_order()
            held = state == "sale"  # when it is asked, the order is confirmed
            self.assertEqual((order.state, order.sudo().activity_ids.user_id),
                             ("draft", self.clerk2) if held else ("sale", self.env["res.users"]))
            self.assertFalse(self._findings(order, check))

    def test_without_class_nothing_is_asked(self):
        self.rule.active = False
        order = self._own()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_an_open_difference_stops_even_then(self):
        self.rule.active = False
        order = self._own()
        sheet = self._verify(order.with_env(self.env), quantity=12)
        self._refused("differs from the customer's paper", order.action_confirm)
        sheet.difference_ids.action_paper_wrong("misprint")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_goods_that_are_called_a_deposit_or_an_expense(self):
        """Odoo delivers them all the same."""
        for name in ("is_downpayment", "is_expense"):
            order = self._own()
            self._verify(order.with_env(self.env))
            order.env["sale.order.line"].create(
                {"order_id": order.id, "product_id": self.other.id, "product_uom_qty": 100, name: True})
            self._refused("changed after it had been verified|verify", order.action_confirm)

    def test_changed_behind_the_sheet(self):
        """What is compared is the order itself, not a mark on it."""
        order = self._own()
        self._verify(order.with_env(self.env))
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET price_unit = 1 WHERE order_id = %s", [order.id])
        self.env.invalidate_all()
        self._refused("changed after it had been verified", order.action_confirm)


@tagged("post_install", "-at_install")
class TestOrdersClass(SboOrdersCommon):
    """Which orders a class means."""

    def _is(self, order, rule):
        order.invalidate_recordset(["sbo_order_class_id"])
        return order.sbo_order_class_id == rule

    def test_amount(self):
        rule = self._class(amount_from=1000)
        self.assertTrue(self._is(self._entered(lines=[(10, 100)]), rule))
        self.assertFalse(self._is(self._entered(lines=[(10, 99)]), rule))

    def test_amount_in_company_currency(self):
        rule = self._class(amount_from=1000)
        currency = self.env["res.currency"].create({"name": "SBO", "symbol": "S", "rate_ids": [
            Command.create({"name": "2020-01-01", "rate": 10})]})
        pricelist = self.env["product.pricelist"].create({"name": "SBO", "currency_id": currency.id})
        order = self._entered(lines=[(10, 100)], pricelist_id=pricelist.id)
        self.assertFalse(self._is(order, rule), "1000 of them are 100 of ours")

    def test_categories_below_and_special_products(self):
        above = self.env["product.category"].create({"name": "Above"})
        below = self.env["product.category"].create({"name": "Below", "parent_id": above.id})
        rule = self._class(category_ids=[Command.set(above.ids)], product_ids=[Command.set(self.other.ids)])
        self.assertFalse(self._is(self._entered(), rule))
        self.assertTrue(self._is(self._entered(lines=[(self.other, 1, 1)]), rule))
        self.product.categ_id = below
        self.assertTrue(self._is(self._entered(), rule))

    def test_customers_and_their_contacts(self):
        rule = self._class(partner_ids=[Command.set(self.customer.ids)])
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self.assertTrue(self._is(self._entered(partner_id=contact.id), rule))
        self.assertFalse(self._is(self._entered(partner_id=self._customer("Other").id), rule))

    def test_first_class_wins(self):
        small = self._class(name="Small", verify=False, sequence=20)
        big = self._class(name="Big", amount_from=1000, sequence=10)
        order = self._entered(lines=[(1, 10)])
        self.assertTrue(self._is(order, small))
        order.action_confirm()
        self.assertTrue(self._is(self._entered(lines=[(10, 100)]), big))

    def test_second_company_has_its_own(self):
        self._class(company_id=self.company2.id)
        order = self._entered()
        self.assertFalse(order.sbo_order_class_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestOrdersGateCost(SboOrdersCommon):
    """What the gate costs a confirmation."""

    def _cost(self, count, hook="_sbo_refuse_confirmation"):
        orders = self.env["sale.order"].union(*(self._entered() for _n in range(count)))
        for order in orders if self.env["sbo.order.class"].search([]) else ():
            self._verify(order)
        asked, door = [], getattr(self.registry["sale.order"], hook)

        def counted(records):
            records.env.flush_all()
            before = self.cr.sql_log_count
            door(records)
            asked.append(self.cr.sql_log_count - before)

        self.env.flush_all()
        self.env.invalidate_all()
        self.patch(self.registry["sale.order"], hook, counted)
        orders.action_confirm()
        self.patch(self.registry["sale.order"], hook, door)
        return sum(asked)

    def test_nothing_without_a_class(self):
        self._cost(1)
        self.assertEqual([self._cost(1), self._cost(5)], [0, 0])

    def test_a_fixed_number_with_one(self):
        self._class(amount_from=1)
        self._cost(1)
        few, many = self._cost(2), self._cost(20)
        self.assertEqual(few, many, "it does not grow with the number of orders")
        self.assertLessEqual(many, 12)

    def test_comparisons_do_not_grow_with_the_lines(self):
        def queries(count):
            products = self.env["product.product"].union(*(self._product(f"P{n}") for n in range(count)))
            order = self._entered(lines=[(product, 1, 100) for product in products])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order._sbo_compare()
            return self.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(40), queries(4) + 2)
