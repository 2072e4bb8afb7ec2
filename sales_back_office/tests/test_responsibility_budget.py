from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import SboCommon, at

OURS = ("sbo_responsibility", "sbo_absence", "sbo_working_day", "sbo_extra_workday")


@tagged("post_install", "-at_install")
class TestResponsibilityBudget(SboCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product()
        cls.customer = cls._customer(clerk=cls.clerk)

    @contextmanager
    def _queries(self):
        """The statements run inside, flush included, from an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        statements, execute = [], Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            statements.append(getattr(query, "code", query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", spy):
            yield statements
            self.env.flush_all()

    def _ours(self, statements):
        return [statement for statement in statements if any(name in str(statement) for name in OURS)]

    def _create_orders(self, count):
        line = {"product_id": self.product.id, "product_uom_qty": 1}
        vals = {"partner_id": self.customer.id, "order_line": [Command.create(line)]}
        return self.env["sale.order"].create([dict(vals) for _ in range(count)])

    def test_creating_orders_adds_one_insert(self):
        for count in (1, 10, 100):
            with self._queries() as statements:
                orders = self._create_orders(count)
            self.assertEqual(orders.sbo_clerk_id, self.clerk)
            ours = self._ours(statements)
            self.assertEqual(len(ours), 1, ours)

    def test_the_clerk_of_new_orders_costs_no_other_query(self):
        def nobody(orders):
            orders.sbo_clerk_id = False

        counts = []
        self._create_orders(1)
        for compute in (nobody, type(self.env["sale.order"])._compute_sbo_clerk_id):
            with patch.object(type(self.env["sale.order"]), "_compute_sbo_clerk_id", compute):
                with self._queries() as statements:
                    self._create_orders(10)
            counts.append(len(statements))
        self.assertLessEqual(counts[1] - counts[0], 1, "the history, and nothing else")

    def test_history_list_names_its_records_in_one_query_per_model(self):
        counts = []
        for count in (1, 10, 100):
            self._create_orders(count)
            self.env.flush_all()
            rows = self.env["sbo.responsibility"].search([("res_model", "=", "sale.order")], limit=count)
            with self._queries() as statements:
                rows.with_user(self.supervisor).web_read({"res_name": {}, "user_id": {"fields": {"name": {}}}})
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2])

    def test_confirming_an_order_adds_nothing(self):
        order = self._create_orders(1)
        with self._queries() as statements:
            order.action_confirm()
        self.assertFalse(self._ours(statements))

    def test_order_without_a_clerk_adds_nothing(self):
        self.customer.sbo_clerk_id = False
        with self._queries() as statements:
            self._create_orders(10)
        self.assertFalse(self._ours(statements))

    def test_saving_a_customer_adds_nothing(self):
        with self._queries() as statements:
            self.customer.write({"name": "Renamed", "phone": "+86 10 1234 5678"})
        self.assertFalse(self._ours(statements))

    def test_reassigning_costs_the_same_for_ten_and_a_hundred_customers(self):
        counts = []
        for count in (1, 10, 100):  # the first one warms up
            customers = self.env["res.partner"].create(
                [{"name": f"C{i}", "is_company": True, "sbo_clerk_id": self.clerk.id} for i in range(count)]
            )
            with self._queries() as statements:
                customers.with_user(self.supervisor).write({"sbo_clerk_id": self.clerk2.id})
            self.assertEqual(len(self._ours(statements)), 2)
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2])

    def test_who_answered_is_one_query_for_any_number(self):
        for count in (10, 100):
            orders = self._create_orders(count)
            with self._queries() as statements:
                users = self.env["sbo.responsibility"]._users_at(orders, at("2099-03-02 09:00"))
            self.assertEqual(set(users.values()), {self.clerk})
            self.assertEqual(len(statements), 1)
