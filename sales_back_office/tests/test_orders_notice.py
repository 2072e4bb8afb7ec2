from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from .common import at
from .common_orders import SboOrdersCommon


@tagged("post_install", "-at_install")
class TestOrdersNotice(SboOrdersCommon):
    """Departments are told of a confirmed order, and a named person says that it was seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member2 = cls._user("sbo_member2", "base.group_user")
        cls.warehouse = cls._department(
            members=cls.outsider | cls.member2, task="Reserve the goods", days_before=2, acknowledge_hours=4)

    def _confirmed(self, moment="2026-03-02 15:00", **vals):
        with freeze_time(at(moment)):
            order = self._entered(**vals)
            order.with_user(self.salesperson).action_confirm()
        return order

    def test_told_at_once_by_default(self):
        notice = self._confirmed(commitment_date=at("2026-03-10 12:00")).sbo_notice_ids
        self.assertEqual((notice.state, notice.department_id, notice.sent_by_id),
                         ("sent", self.warehouse, self.salesperson))
        self.assertEqual((notice.sent_at, notice.send_due_at), (at("2026-03-02 15:00"), at("2026-03-02 17:00")))
        self.assertEqual(notice.ack_due_at, at("2026-03-03 09:30"), "4 working hours: 3 today, 1 tomorrow")
        self.assertEqual((notice.task, str(notice.task_due_on)), ("Reserve the goods", "2026-03-06"))
        self.assertEqual(notice.order_id.sbo_notice_state, "sent")

    def test_members_get_one_mail(self):
        before = self.env["mail.mail"].search([]).ids
        with freeze_time(at("2026-03-02 15:00")):
            (self._entered() | self._entered() | self._entered()).action_confirm()
        mail = self.env["mail.mail"].search([("id", "not in", before), ("subject", "like", "order notices")])
        self.assertEqual((len(mail), mail.subject), (1, "Warehouse: 3 order notices to acknowledge"))
        self.assertIn("sbo_member2@example.com", mail.email_to)

    def test_by_hand_when_the_company_says_so(self):
        self.company.sbo_notice_auto = False
        order = self._confirmed()
        self.assertEqual((order.sbo_notice_ids.state, order.sbo_notice_state), ("to_send", "to_send"))
        check = self._shipped("order_notice_late")
        self._run(check, "2026-03-03 09:30")
        found = self._findings(order, check)
        self.assertEqual((found.quantity, bool(found.closed_at)), (2, False), "due 17:00, then 17-18 and 8:30-9:30")
        with self.assertRaises(AccessError):
            order.sbo_notice_ids.with_user(self.outsider).action_send()
        with freeze_time(at("2026-03-03 10:30")):
            order.with_user(self.clerk).action_sbo_send_notices()
        self.assertEqual(order.sbo_notice_state, "sent")
        self._run(check, "2026-03-03 12:00")
        self.assertEqual((found.quantity, found.closed_at), (3, at("2026-03-03 10:30")))

    def test_acknowledged_by_a_named_member(self):
        notice = self._confirmed().sbo_notice_ids
        for user in (self.supervisor, self.salesperson):
            with self.assertRaises(AccessError):
                notice.with_user(user).action_acknowledge()
        notice.with_user(self.outsider).action_acknowledge("lot 7, Thursday")
        self.assertEqual((notice.state, notice.acknowledged_by_id, notice.answer),
                         ("acknowledged", self.outsider, "lot 7, Thursday"))
        self.assertEqual(notice.order_id.sbo_notice_state, "acknowledged")
        self._refused("has acknowledged this already", notice.with_user(self.member2).action_acknowledge)

    def test_notices_are_no_ones_to_write(self):
        notice = self._confirmed().sbo_notice_ids
        for user in (self.outsider, self.clerk, self.supervisor):
            with self.assertRaises(AccessError):
                notice.with_user(user).write({"state": "acknowledged"})
        with self.assertRaises(AccessError):
            notice.order_id.with_user(self.clerk).write({"sbo_notice_state": "acknowledged"})

    def test_no_answer_escalates_once(self):
        notice = self._confirmed().sbo_notice_ids
        notices, activities = self.env["sbo.order.notice"], self.env["mail.activity"]
        with freeze_time(at("2026-03-03 09:00")):
            self.assertNotIn(notice, notices._cron_escalate())
        before = activities.search([]).ids
        with freeze_time(at("2026-03-03 10:00")):
            self.assertIn(notice, notices._cron_escalate())
            self.assertNotIn(notice, notices._cron_escalate())
        told = activities.search([("id", "not in", before)])
        self.assertEqual(told.user_id, self.manager)
        self.assertIn(notice.order_id.name, told.summary)
        check = self._shipped("order_notice_unanswered")
        self._run(check, "2026-03-03 10:30")
        found = self._findings(notice.order_id, check)
        self.assertEqual((found.user_id, found.quantity, found.cause), (self.manager, 1, "undetermined"))

    def test_who_is_concerned(self):
        above = self.env["product.category"].create({"name": "Above"})
        below = self.env["product.category"].create({"name": "Below", "parent_id": above.id})
        route = self.env["stock.route"].create({"name": "SBO", "sale_selectable": True})
        store = self.env["stock.warehouse"].create({"name": "SBO Store", "code": "SBOS"})
        lamps = self._department("Lamps", category_ids=[Command.set(above.ids)])
        routed = self._department("Routed", route_ids=[Command.set(route.ids)])
        stored = self._department("Stored", warehouse_ids=[Command.set(store.ids)])
        self._department("Silent", notified=False)
        everybody = self.warehouse

        def told(**vals):
            return self._confirmed(**vals).sbo_notice_ids.department_id

        self.assertEqual(told(), everybody)
        self.product.categ_id = below
        self.assertEqual(told(), everybody | lamps)
        self.product.route_ids = [Command.link(route.id)]
        self.assertEqual(told(warehouse_id=store.id), everybody | lamps | routed | stored)

    def test_routes_of_a_category_above(self):
        above = self.env["product.category"].create({"name": "Above"})
        self.product.categ_id = self.env["product.category"].create({"name": "Below", "parent_id": above.id})
        above.route_ids = self.env["stock.route"].create({"name": "SBO", "product_categ_selectable": True})
        routed = self._department("Routed", route_ids=[Command.set(above.route_ids.ids)])
        self.assertEqual(self._confirmed().sbo_notice_ids.department_id, self.warehouse | routed)

    def test_concerned_since_a_change(self):
        """A department that the order concerns through a new product is told of the order, with its task."""
        shades = self.env["product.category"].create({"name": "Shades"})
        self.other.categ_id = shades
        late = self._department("Shades", category_ids=[Command.set(shades.ids)], task="Sew the shades")
        order = self._confirmed()
        self.env.flush_all()
        order.with_user(self.salesperson).order_line = [
            Command.create({"product_id": self.other.id, "product_uom_qty": 2, "price_unit": 40})]
        order.with_user(self.salesperson).order_line[1].product_uom_qty = 3
        notice = order.sbo_notice_ids.filtered(lambda item: item.department_id == late)
        self.assertEqual((notice.kind, notice.task, notice.state), ("confirmed", "Sew the shades", "sent"))
        self.assertEqual(order.sbo_notice_ids.filtered(lambda item: item.kind == "changed").department_id,
                         self.warehouse, "who knew the order hears of the change")
        self.assertEqual(len(notice), 1, "told once")

    def test_second_company(self):
        self.warehouse.company_id = self.company2
        self.assertFalse(self._confirmed().sbo_notice_ids)

    def test_cancelled_orders_are_told_too(self):
        order = self._confirmed()
        order.with_user(self.salesperson)._action_cancel()
        self.assertEqual([(item.kind, item.state) for item in order.sbo_notice_ids.sorted("id")],
                         [("confirmed", "cancelled"), ("cancelled", "sent")])
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.sbo_notice_ids.filtered(lambda item: item.kind == "confirmed").mapped("state"),
                         ["cancelled", "sent"])

    def test_every_door_tells(self):
        order = self._entered()
        order.with_user(self.salesperson).write({"state": "sale"})
        self.assertEqual(order.sbo_notice_state, "sent")
        self.assertEqual(self._entered(state="sale").sbo_notice_state, "sent")

    def test_budget(self):
        def cost(count):
            orders = self.env["sale.order"].union(*(self._entered() for _n in range(count)))
            orders.write({"date_order": at("2026-03-02 15:00")})
            self.env.flush_all()
            self.env.invalidate_all()
            orders.mapped(lambda order: order._sbo_find_policy())  # of the payment gate: read while confirming
            orders.order_line.mapped("sbo_contract_id")  # of the contracts: lines are read while confirming
            before = self.cr.sql_log_count
            orders._sbo_confirmed()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(20)
        self.assertLessEqual(many, few + 2, "it does not grow with the number of orders")
        self.assertLessEqual(many, 40)
        self.warehouse.active = False
        cost(1)
        self.assertEqual((cost(1), cost(5)), (0, 0), "nothing is asked where there are no departments")
