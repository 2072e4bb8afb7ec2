from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_orders import SboOrdersCommon


@tagged("post_install", "-at_install")
class TestOrdersOpinion(SboOrdersCommon):
    """Departments give their opinion before an order is confirmed, where its class asks for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member2 = cls._user("sbo_member2", "base.group_user")
        cls.warehouse = cls._department(members=cls.outsider | cls.member2)
        cls.finance = cls._department("Finance", members=cls.member2, sees_prices=True)
        cls.rule = cls._class(verify=False, department_ids=[Command.set((cls.warehouse | cls.finance).ids)])

    def _asked(self, order, department=None):
        order.with_user(self.salesperson).action_sbo_ask_opinions()
        return self._of(order, department or self.warehouse)

    def _of(self, order, department):
        return order.sbo_opinion_ids.filtered(lambda item: item.department_id == department)

    def _agree(self, order):
        self._asked(order).with_user(self.outsider).action_agree()
        self._of(order, self.finance).with_user(self.member2).action_agree()

    def test_not_before_all_have_spoken(self):
        order = self._entered()
        text = self._refused("has not given its opinion", order.with_user(self.salesperson).action_confirm)
        self.assertIn("Warehouse", text)
        self.assertIn("Finance", text)
        self._asked(order).with_user(self.outsider).action_agree()
        self._refused("Finance has not given its opinion", order.action_confirm)
        self._of(order, self.finance).with_user(self.member2).action_agree()
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_plain_write_meets_the_same_wall(self):
        self._refused("has not given its opinion", self._entered().with_user(self.salesperson).write, {"state": "sale"})

    def test_members_are_asked_and_answer(self):
        order = self._entered()
        opinion = self._asked(order)
        self.assertEqual(opinion.activity_ids.user_id, self.outsider | self.member2)
        self._refused("Only a member", opinion.with_user(self.supervisor).action_agree)
        opinion.with_user(self.outsider).action_condition("two lots")
        self.assertEqual((opinion.state, opinion.user_id, opinion.text), ("condition", self.outsider, "two lots"))
        self.assertFalse(opinion.activity_ids)

    def test_a_condition_lets_pass_a_no_does_not(self):
        order = self._entered()
        self._asked(order).with_user(self.outsider).action_condition("two lots")
        finance = self._of(order, self.finance)
        finance.with_user(self.member2).action_disagree("no credit")
        self._refused("Finance disagrees: no credit", order.action_confirm)
        finance.with_user(self.member2).action_agree()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_overruled_by_a_manager_only(self):
        order = self._entered()
        self._agree(order)
        opinion = self._of(order, self.finance)
        self._refused("does not disagree", opinion.with_user(self.manager).action_overrule, "why not")
        opinion.with_user(self.member2).action_disagree("no credit")
        self._refused("back-office manager", opinion.with_user(self.supervisor).action_overrule, "I want it")
        opinion.with_user(self.manager).action_overrule("the owner vouches")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_nobody_overrules_for_the_own_order(self):
        order = self._entered(self.manager)
        self._agree(order)
        opinion = self._of(order, self.finance)
        opinion.with_user(self.member2).action_disagree("no credit")
        self._refused("has not entered", opinion.with_user(self.manager).action_overrule, "I want it")

    def test_a_changed_order_is_asked_about_again(self):
        order = self._entered()
        self._agree(order)
        order.order_line.product_uom_qty = 99
        self._refused("before the order was changed", order.action_confirm)
        opinion = self._asked(order)
        self.assertEqual(opinion.state, "waiting")
        self._agree_waiting(order)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def _agree_waiting(self, order):
        self._of(order, self.warehouse).with_user(self.outsider).action_agree()
        self._of(order, self.finance).with_user(self.member2).action_agree()

    def test_verification_asks_by_itself(self):
        self.rule.verify = True
        order = self._entered()
        self._sheet(order)
        self.assertEqual(order.sbo_opinion_ids.department_id, self.warehouse | self.finance)

    def test_members_see_what_they_need(self):
        opinion = self._asked(self._entered(lines=[(7, 123)])).with_user(self.outsider)
        self.assertIn("Lamp", opinion.goods)
        self.assertNotIn("123", opinion.goods)
        finance = self._of(opinion.sudo().order_id, self.finance).with_user(self.member2)
        self.assertIn("123", finance.goods)
        self.assertFalse(self.env["sbo.order.opinion"].with_user(self.outsider).search(
            [("department_id", "=", self.finance.id)]))
        for vals in ({"state": "agree"}, {"text": "x"}):
            with self.assertRaises(AccessError):
                opinion.write(vals)

    def test_due_in_working_hours_and_late_ones_are_found(self):
        self.rule.opinion_hours = 4
        order = self._entered()
        opinion = self._asked(order)
        opinion.sudo().write({"asked_at": at("2026-03-02 15:30"), "due_at": at("2026-03-03 10:00")})
        self._of(order, self.finance).sudo().write({"due_at": at("2026-03-05 10:00")})
        check = self._shipped("order_opinion_late")
        self._run(check, "2026-03-03 12:00")
        found = self._findings(order, check)
        self.assertEqual((found.user_id, found.quantity, bool(found.closed_at)), (self.manager, 2, False))
        opinion.sudo().write({"given_at": at("2026-03-03 14:30"), "state": "agree"})
        self._run(check, "2026-03-04 12:00")
        self.assertEqual((found.quantity, found.closed_at), (3, at("2026-03-03 14:30")))

    def test_budget(self):
        def cost(count):
            orders = self.env["sale.order"].union(*(self._entered() for _n in range(count)))
            for order in orders:
                self._agree(order)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            orders._sbo_refuse_confirmation()
            return self.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(20)
        self.assertEqual(few, many)
