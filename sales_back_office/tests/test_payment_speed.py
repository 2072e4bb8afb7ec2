import doctest
from contextlib import ExitStack
from decimal import Decimal
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL

from ..tools import payment_gate as tool
from .common_payment import SboPaymentCommon

CENTS = st.integers(0, 10**6).map(lambda n: Decimal(n) / 100)
PERCENTS = st.integers(0, 100).map(Decimal)
QUANTITIES = st.integers(1, 50).map(Decimal)


@tagged("post_install", "-at_install")
class TestPaymentTool(BaseCase):
    """The arithmetic of the gate, without a database."""

    def test_examples_in_the_docstrings(self):
        self.assertEqual(doctest.testmod(tool).failed, 0)

    @given(st.sampled_from(["prepaid", "deposit", "deposit_credit"]), PERCENTS, st.booleans(), QUANTITIES, CENTS,
           st.lists(QUANTITIES, min_size=1, max_size=5))
    def test_more_goods_never_need_less_money(self, policy, percent, whole, ordered, price, parcels):
        terms = tool.Terms(policy, percent, whole)
        lines = {1: tool.Line(ordered, Decimal(0), ordered * price)}
        deliveries = [tool.Delivery(n, {1: quantity}) for n, quantity in enumerate(parcels)]
        rows = tool.judge(terms, ordered * price, Decimal(0), lines, deliveries)
        needed = [row[1] for row in rows]
        self.assertEqual(needed, sorted(needed))
        self.assertTrue(all(amount >= 0 for amount in needed))

    @given(PERCENTS, QUANTITIES, CENTS, CENTS)
    def test_all_at_once_or_in_parts_comes_to_the_same(self, percent, ordered, price, service):
        total = ordered * price + service
        for policy in ("prepaid", "deposit", "deposit_credit"):
            terms = tool.Terms(policy, percent)
            lines = {1: tool.Line(ordered, Decimal(0), ordered * price)}
            once = tool.judge(terms, total, Decimal(0), lines, [tool.Delivery("all", {1: ordered})])
            parts = tool.judge(terms, total, Decimal(0), lines, [
                tool.Delivery("first", {1: ordered / 2}), tool.Delivery("rest", {1: ordered - ordered / 2})])
            self.assertEqual(once[-1][1], parts[-1][1])
            self.assertLessEqual(once[-1][1], total)


@tagged("post_install", "-at_install")
class TestPaymentSpeed(SboPaymentCommon):
    """What the gate costs, and that its two ways of adding up agree."""

    def _orders(self, count, **vals):
        return self.env["sale.order"].union(*(self._confirmed(**vals) for _n in range(count)))

    def _cost(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _judged(self, orders):
        """Queries of judging the deliveries of these orders, beside what validating them reads anyway."""
        for order in orders:
            self._pick(order)
        moves = orders.picking_ids.move_ids

        def read():
            moves.move_line_ids.product_id.uom_id.mapped("factor")
            moves.sale_line_id.order_id.mapped("state")
            (moves.location_id | moves.location_dest_id).mapped("usage")
            moves.picking_type_id.mapped("code")

        return self._cost(lambda: (read(), self.env["sbo.payment.gate"]._check_leaving(moves))) - self._cost(read)

    def _cost_of_gate(self, action, orders):
        """Queries of an action on one order more than on another one with the gate taken out."""
        def cost(order):
            action(order)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        with ExitStack() as without:
            for model, name, value in (
                    ("sbo.payment.gate", "_check_leaving", {}), ("sbo.payment.gate", "_check_gone", None),
                    ("sbo.payment.gate", "_check_raised", None), ("sbo.payment.gate", "_refuse_direct", None),
                    ("sbo.payment.gate", "_refuse_moved", None),
                    ("sale.order", "_sbo_find_policy", (False, 0))):
                without.enter_context(patch.object(
                    self.env.registry[model], name, lambda *args, _value=value, **kwargs: _value))
            self.env.flush_all()
            before = self.cr.sql_log_count
            plain = cost(orders[0])
        self.env.flush_all()
        before = self.cr.sql_log_count
        return cost(orders[1]) - plain

    def _quotations(self, count, **vals):
        return self.env["sale.order"].create([{
            "partner_id": self.customer.id, "user_id": self.salesperson.id, "payment_term_id": False,
            "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 2})], **vals,
        } for _n in range(count)])

    def _validate(self, orders):
        pickings = self.env["stock.picking"].browse(orders.picking_ids.ids)
        pickings.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def _ready(self, orders):
        for order in orders:
            self._pick(order)
        self.env.flush_all()
        for order in orders:  # both start from the same memory
            order.picking_ids.move_ids.move_line_ids.mapped("state")
        return orders

    def test_without_a_policy_the_gate_costs_next_to_nothing(self):
        """Confirming and validating together: three queries at most."""
        warm = self._quotations(2)
        warm.action_confirm()
        self._validate(self._ready(warm))
        confirmed = self._quotations(2)
        confirming = self._cost_of_gate(lambda order: order.action_confirm(), confirmed)
        validating = self._cost_of_gate(self._validate, self._ready(confirmed))
        self.assertLessEqual(max(confirming, 0) + max(validating, 0), 3, (confirming, validating))

    def test_with_a_policy_validating_costs_a_fixed_number(self):
        def cost(number):
            orders = self._orders(number, policy="prepaid")
            for order in orders:
                self._allot(self._payment(10000), order)
            others = self._orders(number, policy="prepaid")
            self._ready(orders | others)
            return self._cost_of_gate(self._validate, (others, orders))

        cost(1)
        one, ten = cost(1), cost(10)
        self.assertLessEqual(one, 15)
        self.assertLessEqual(ten, one + 2, (one, ten))

    def test_deliveries_are_judged_by_a_fixed_number_of_queries(self):
        few, many = self._orders(2, policy="prepaid"), self._orders(20, policy="prepaid")
        for order in few | many:
            self._allot(self._payment(10000), order)
        self._judged(few)
        first, second = self._judged(few), self._judged(many)
        self.assertLessEqual(second, first + 1)
        self.assertLessEqual(second, 8)

    def test_credit_is_asked_once_for_each_customer(self):
        few, many = self._orders(2, policy="monthly"), self._orders(20, policy="monthly")
        self._judged(few)
        self.assertLessEqual(self._judged(many), self._judged(few) + 1)

    def test_credit_of_many_customers_is_asked_once(self):
        def orders(number):
            return self.env["sale.order"].union(*(
                self._confirmed(policy="monthly", partner_id=self._customer(f"Customer {n} of {number}").id)
                for n in range(number)))

        few, many = orders(2), orders(20)
        names = ["sbo_gate_state", "sbo_missing"]
        self._cost(lambda: few.read(names))
        first = self._cost(lambda: few.read(names))
        self.assertLessEqual(self._cost(lambda: many.read(names)), first + 1)
        self.assertLessEqual(self._judged(many), self._judged(few) + 1)

    def test_lists(self):
        few, many = (self.env["sale.order"].browse(self._orders(n, policy="prepaid").ids) for n in (2, 20))
        names = ["sbo_gate_state", "sbo_received", "sbo_missing"]
        self._cost(lambda: few.with_user(self.salesperson).read(names))
        first = self._cost(lambda: few.with_user(self.salesperson).read(names))
        self.assertLessEqual(self._cost(lambda: many.with_user(self.salesperson).read(names)), first + 1)
        pickings = self.env["stock.picking"].with_user(self.stock_user)
        few, many = pickings.browse(few.picking_ids.ids), pickings.browse(many.picking_ids.ids)
        first = self._cost(lambda: few.read(["sbo_gate_state"]))
        self.assertLessEqual(self._cost(lambda: many.read(["sbo_gate_state"])), first + 1)

    def test_search(self):
        unpaid, paid = self._confirmed(policy="prepaid"), self._confirmed(policy="prepaid")
        free = self._confirmed(policy="none")
        self._allot(self._payment(10000), paid)
        orders = self.env["sale.order"].with_user(self.salesperson)
        mine = [("id", "in", (unpaid | paid | free).ids)]
        self.assertEqual(orders.search([*mine, ("sbo_gate_state", "=", "unpaid")]).ids, unpaid.ids)
        self.assertEqual(orders.search([*mine, ("sbo_gate_state", "=", "free")]).ids, paid.ids)
        self.assertEqual(orders.search([*mine, ("sbo_gate_state", "=", "not_needed")]).ids, free.ids)
        self.assertEqual(orders.search([*mine, ("sbo_gate_state", "!=", "unpaid")]), (paid | free).with_user(
            self.salesperson).sorted("id", reverse=True))

    def test_sql_adds_up_like_the_tool(self):
        """Orders at every stage: what the checks see is what the gate says."""
        service = self.env["product.product"].create({"name": "Freight", "type": "service", "taxes_id": False})
        orders = self.env["sale.order"]
        for whole in ("shipped", "whole"):
            self.company.sbo_gate_partial = whole
            for policy, percent in (("prepaid", 0), ("deposit", 30), ("deposit_credit", 70)):
                for left in (0, 3, 7):
                    order = self._confirmed(policy=policy, percent=percent, order_line=[
                        Command.create({"product_id": self.product.id, "product_uom_qty": 7, "price_unit": 33.33,
                                        "tax_ids": False}),
                        Command.create({"product_id": service.id, "product_uom_qty": 1, "price_unit": 9.99,
                                        "tax_ids": False})])
                    self._allot(self._payment(order.amount_total), order)
                    if left:
                        self._ship(order, left)
                    orders |= order
            self.env.flush_all()
            money = self.env["sbo.payment.money"]
            rows = self.env.execute_query_dict(money._sql_money(SQL("SELECT unnest(%s)", orders.ids)))
            rows = {row["order_id"]: row for row in rows}
            gate = self.env["sbo.payment.gate"]
            for facts, lines, _deliveries in gate._cases(orders.ids, (), ()):
                [(_key, needed, _missing)] = gate._rows(facts, lines, [tool.Delivery("now", {})])
                if facts["id"] in rows:
                    self.assertAlmostEqual(rows[facts["id"]]["needed"], float(needed), 2)
                    self.assertAlmostEqual(rows[facts["id"]]["received"], float(facts["received"]), 2)
            self.assertEqual(len(rows), len(orders) * 2 // 3)

    def test_execution_list(self):
        paid, part, unpaid = (self._confirmed(policy="prepaid") for _n in range(3))
        free = self._confirmed(policy="none")
        self._allot(self._payment(10000), paid)
        self._allot(self._payment(1), part)
        self.env.flush_all()
        rows = self.env["sbo.order.execution"].browse((paid | part | unpaid | free).ids)
        self.assertEqual(rows.mapped("paid"), ["done", "part", "todo", "none"])
        self.assertEqual(unpaid.picking_ids._sbo_gate_text(), {unpaid.picking_ids.id: "Not Paid"})
