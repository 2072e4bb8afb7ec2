from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common_customers import SboCustomerCommon


@tagged("post_install", "-at_install")
class TestCustomersLifecycle(SboCustomerCommon):
    """Where a customer stands, at the borders of the company's days."""

    def _lifecycle(self, *days_ago):
        """Lifecycle on 31 March 2026 of a customer with orders so many days before."""
        customer = self._customer(clerk=self.clerk)
        for days in days_ago:
            self._sold(customer, 10, f"{date(2026, 3, 31) - timedelta(days=days)} 09:00")
        self._as_of("2026-03-31")
        return self._figure(customer).lifecycle or customer.sbo_lifecycle

    def test_borders(self):
        for days_ago, expected in (
            ((), "prospect"), ((0,), "new"), ((90,), "new"), ((91,), "warning"), ((91, 0), "active"),
            ((90, 0), "new"), ((500, 90), "active"), ((500, 91), "warning"), ((500, 180), "warning"),
            ((500, 181), "dormant"), ((500, 365), "dormant"), ((500, 366), "lost"), ((366,), "lost"),
        ):
            with self.subTest(days_ago=days_ago):
                self.assertEqual(self._lifecycle(*days_ago), expected)

    def test_own_days_of_the_company(self):
        self.company.write({"sbo_days_new": 10, "sbo_days_active": 20, "sbo_days_warning": 30, "sbo_days_dormant": 40})
        for days_ago, expected in (((10,), "new"), ((11,), "active"), ((21,), "warning"), ((31,), "dormant"),
                                   ((41,), "lost")):
            self.assertEqual(self._lifecycle(*days_ago), expected)

    def test_own_interval(self):
        habit = (180, 170, 160, 150)  # every ten days, silent for 150
        self.assertEqual(self._lifecycle(100, 90, 80, 21), "active")
        self.assertEqual(self._lifecycle(*habit), "warning")
        self.company.sbo_own_interval = True
        self.assertEqual(self._lifecycle(120, 110, 100, 75), "warning", "every 15 days, silent for 75")
        self.assertEqual(self._lifecycle(120, 100, 80, 40), "active", "26.67 days: 40 is not more than twice that")
        self.assertEqual(self._lifecycle(120, 60), "active", "two orders are no habit")
        self.assertEqual(self._lifecycle(60, 60, 50), "new", "two order days are no habit either")
        self.assertEqual(self._lifecycle(300, 290, 280), "dormant", "worse than a warning stays worse")

    def test_settings_are_checked_in_words(self):
        for vals in (
            {"sbo_days_active": 180}, {"sbo_days_warning": 365}, {"sbo_days_new": 0}, {"sbo_share_a": 0},
            {"sbo_share_a": 96}, {"sbo_share_b": 101}, {"sbo_contact_days_a": 91}, {"sbo_contact_days_c": 80},
            {"sbo_assign_hours": 0},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.company.write(vals)


@tagged("post_install", "-at_install")
class TestCustomersGrades(SboCustomerCommon):
    """Grades by the share of sales, once a month; by hand with a reason, for a time."""

    def _customers(self, *amounts):
        """Customers who have bought for these amounts in March 2026, in the order of the amounts."""
        customers = self.env["res.partner"]
        for number, amount in enumerate(amounts):
            customer = self._customer(f"Grade {number}", clerk=self.clerk)
            if amount is not None:
                self._sold(customer, amount, "2026-03-02 09:00")
            customers |= customer
        return customers

    def _grades(self, customers):
        return "".join(self._figure(customer).grade or "-" for customer in customers)

    def test_shares(self):
        customers = self._customers(50, 20, 11, 10, 5, 4, None)
        self._as_of("2026-03-31")
        self.assertEqual(self._grades(customers), "aaabbc-", "A until 80 percent are reached, B until 95")

    def test_the_best_is_always_a(self):
        customers = self._customers(100)
        self._as_of("2026-03-31")
        self.assertEqual(self._grades(customers), "a")

    def test_equal_sales_are_graded_alike(self):
        customers = self._customers(*[10] * 10)
        self._as_of("2026-03-31")
        self.assertEqual(self._grades(customers), "a" * 10)
        more = self._customers(700, 75, 75, 50, 50, 50)
        self._as_of("2026-03-31", grade=True)
        # 1,100 in all: the three of 50 begin below 880, the ten of 10 begin above it and below 1,045
        self.assertEqual(self._grades(more), "aaaaaa")
        self.assertEqual(self._grades(customers), "b" * 10)

    def test_no_sales_in_twelve_months_is_c(self):
        customers = self._customers(100)
        old = self._customer("Old", clerk=self.clerk)
        self._sold(old, 1000, "2024-03-02 09:00")
        self._as_of("2026-03-31")
        self.assertEqual(self._grades(customers | old), "ac")

    def test_once_a_month(self):
        customers = self._customers(100, 10)
        self._as_of("2026-03-31")
        self.assertEqual((self._grades(customers), self.company.sbo_graded_on), ("ab", date(2026, 3, 31)))
        self._sold(customers[1], 5000, "2026-04-01 09:00")
        self.company.sbo_graded_on = "2026-04-01"
        self._as_of("2026-04-30")
        self.assertEqual(self._grades(customers), "ab", "graded this month already")
        self._as_of("2026-05-01")
        self.assertEqual(self._grades(customers), "ca")
        changes = self.env["sbo.grade.change"].search(
            [("partner_id", "in", customers.ids), ("old_grade", "!=", False)], order="partner_id")
        self.assertEqual(
            [(change.old_grade, change.new_grade, change.kind, change.user_id.id) for change in changes],
            [("a", "c", "automatic", False), ("b", "a", "automatic", False)])

    def test_supervisor_grades_in_between(self):
        customers = self._customers(100, 10)
        self.company.sbo_graded_on = fields.Date.today()
        figures = self.env["sbo.customer.figure"]
        with self.assertRaisesRegex(AccessError, "supervisor"):
            figures.with_user(self.clerk).action_grade_now()
        figures.with_user(self.supervisor).action_grade_now()
        self.assertNotIn("-", self._grades(customers))

    def test_by_hand_until_a_day(self):
        customers = self._customers(100, 10)
        self._as_of("2026-03-31")
        wizard = self.env["sbo.customer.grading"].with_user(self.supervisor).create({
            "partner_ids": customers[0].ids, "grade": "d", "until": "2099-04-15", "reason": "Does not pay"})
        wizard.action_apply()
        figure = self._figure(customers[0])
        self.assertEqual((figure.grade, figure.grade_auto, figure.grade_manual_by_id), ("d", "a", self.supervisor))
        self.assertEqual(customers[0].with_user(self.clerk).sbo_grade, "d")
        self.assertIn("Does not pay", customers[0].with_user(self.clerk).sbo_grade_words)
        self._as_of("2099-04-15", grade=True)
        self.assertEqual(figure.grade, "d", "the last day counts")
        self._as_of("2099-04-16")
        self.assertEqual((figure.grade, figure.grade_manual), (figure.grade_auto, False))
        changes = self.env["sbo.grade.change"].search([("partner_id", "=", customers[0].id)], order="changed_at, id")
        self.assertEqual(
            [(c.old_grade, c.new_grade, c.kind) for c in changes],
            [(False, "a", "automatic"), ("a", "d", "manual"), ("d", "c", "expired")])
        self.assertEqual((changes[1].user_id, changes[1].reason), (self.supervisor, "Does not pay"))

    def test_taking_it_back(self):
        customers = self._customers(100, 10)
        self._as_of("2026-03-31")
        figures = self.env["sbo.customer.figure"].with_user(self.supervisor)
        figures._set_by_hand(customers[1], {"grade_manual": "a", "grade_manual_reason": "A new branch"})
        self.assertEqual(self._grades(customers), "aa")
        figures._set_by_hand(customers[1], {"grade_manual": False, "grade_manual_reason": "It was not opened"})
        figure = self._figure(customers[1])
        self.assertEqual((figure.grade, figure.grade_manual_on, figure.grade_manual_reason), ("b", False, False))
        latest = self.env["sbo.grade.change"].search([("partner_id", "=", customers[1].id)], limit=1)
        self.assertEqual((latest.new_grade, latest.reason), ("b", "It was not opened"))

    def test_a_prospect_can_be_graded_by_hand(self):
        [customer] = self._customers(None)
        figures = self.env["sbo.customer.figure"].with_user(self.supervisor)
        figures._set_by_hand(customer, {"grade_manual": "d", "grade_manual_reason": "Blacklisted"})
        self._as_of("2026-03-31")
        figure = self._figure(customer)
        self.assertEqual((figure.grade, figure.lifecycle), ("d", "prospect"))

    def test_a_reason_is_asked_for(self):
        customers = self._customers(100)
        self._as_of("2026-03-31")
        figures = self.env["sbo.customer.figure"].with_user(self.supervisor)
        for reason in (False, " "):
            with self.assertRaisesRegex(ValidationError, "Say why"):
                figures._set_by_hand(customers, {"grade_manual": "d", "grade_manual_reason": reason})
        with self.assertRaisesRegex(ValidationError, "cannot end before"):
            figures._set_by_hand(customers, {
                "grade_manual": "d", "grade_manual_reason": "x", "grade_manual_until": "2020-01-01"})

    def test_doors(self):
        """By plain method call, as everybody who may not."""
        customers = self._customers(100)
        self._as_of("2026-03-31")
        by_hand = {"grade_manual": "d", "grade_manual_reason": "x"}
        figure = self._figure(customers)
        for user in (self.clerk, self.salesperson, self.auditor, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    figure.with_user(user).write(by_hand)
                with self.assertRaises(AccessError):
                    self.env["sbo.customer.figure"].with_user(user)._set_by_hand(customers, by_hand)
                with self.assertRaises(AccessError):
                    self.env["sbo.grade.change"].with_user(user).create({
                        "partner_id": customers.id, "company_id": self.company.id, "kind": "manual",
                        "changed_at": fields.Datetime.now()})
        supervisor = figure.with_user(self.supervisor)
        for vals in ({"amount_12m": 1}, {"grade": "a"}, dict(by_hand, grade_auto="a")):
            with self.assertRaisesRegex(AccessError, "counted from the orders"):
                supervisor.write(vals)
        with self.assertRaisesRegex(AccessError, "counted from the orders"):
            self.env["sbo.customer.figure"].with_user(self.supervisor).create(
                {"partner_id": self._customer().id, "amount_12m": 5})
        with self.assertRaises(AccessError):
            supervisor.unlink()

    def test_company_of_others_stays_theirs(self):
        customers = self._customers(100)
        self._as_of("2026-03-31")
        there = self.env["sbo.customer.figure"].with_user(self.company2_clerk).with_context(
            allowed_company_ids=self.company2.ids)
        self.assertFalse(there.search([("partner_id", "in", customers.ids)]))
        self.assertFalse(self.env["sbo.grade.change"].with_user(self.company2_clerk).with_context(
            allowed_company_ids=self.company2.ids).search([("partner_id", "in", customers.ids)]))
