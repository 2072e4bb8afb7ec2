from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import SboCommon, at


@tagged("post_install", "-at_install")
class TestResponsibilityRights(SboCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_manager = cls._user("sbo_sales_manager", "sales_team.group_sale_manager,base.group_partner_manager")

    def _give(self, user, record, clerk=None):
        record.with_user(user).write({"sbo_clerk_id": (clerk or self.clerk2).id})
        return record.sbo_clerk_id

    def test_clerk_of_a_confirmed_order_is_changed_by_supervisors_only(self):
        order = self._order(
            self._customer(clerk=self.clerk), user_id=self.salesperson.id, confirmed_at=at("2026-03-02 09:00")
        )
        for user in (self.salesperson, self.clerk):
            with self.assertRaisesRegex(AccessError, "is confirmed: only a back-office supervisor"):
                self._give(user, order)
        self.assertEqual(self._give(self.supervisor, order), self.clerk2)
        self.assertEqual(self._give(self.sales_manager, order, self.clerk), self.clerk)

    def test_salesperson_may_choose_the_clerk_of_a_quotation(self):
        order = self._order(self._customer(clerk=self.clerk), user_id=self.salesperson.id)
        self.assertEqual(self._give(self.salesperson, order), self.clerk2)

    def test_form_that_sends_the_same_clerk_again_is_not_refused(self):
        order = self._order(
            self._customer(clerk=self.clerk), user_id=self.salesperson.id, confirmed_at=at("2026-03-02 09:00")
        )
        order.with_user(self.salesperson).write({"sbo_clerk_id": self.clerk.id, "note": "Call first"})
        self.assertIn("Call first", order.note)

    def test_customer_is_handed_over_by_those_who_serve_it(self):
        customer = self._customer(clerk=self.clerk, salesperson=self.salesperson)
        stranger = self._user("sbo_stranger", "sales_back_office.sbo_group_clerk")
        with self.assertRaisesRegex(AccessError, "is served by sbo_clerk .*: only that clerk"):
            self._give(stranger, customer)
        for user in (self.clerk, self.salesperson, self.supervisor, self.manager, self.sales_manager):
            customer.sudo().sbo_clerk_id = self.clerk
            self.assertEqual(self._give(user, customer), self.clerk2)

    def test_refusal_stands_for_the_whole_selection(self):
        mine, theirs = self._customer(clerk=self.clerk), self._customer(clerk=self.clerk2)
        with self.assertRaises(AccessError):
            self._give(self.clerk, mine | theirs, self.supervisor)
        self.assertEqual((mine.sbo_clerk_id, theirs.sbo_clerk_id), (self.clerk, self.clerk2))

    def test_customer_of_nobody_can_be_taken(self):
        customer = self._customer()
        self.assertEqual(self._give(self.clerk, customer, self.clerk), self.clerk)

    def test_supervisor_assigns_clerks_to_salespeople_and_nothing_else(self):
        self.salesperson.with_user(self.supervisor).write({"sbo_clerk_id": self.clerk.id})
        self.assertEqual(self.salesperson.sbo_clerk_id, self.clerk)
        with self.assertRaises(AccessError):
            self.salesperson.with_user(self.supervisor).write({"sbo_clerk_id": False, "name": "Renamed"})
        with self.assertRaises(AccessError):
            self.salesperson.with_user(self.clerk).write({"sbo_clerk_id": self.clerk2.id})
        with self.assertRaises(AccessError):
            self.company2_clerk.with_user(self.supervisor).write({"sbo_clerk_id": self.clerk.id})

    def test_outsider_opens_customer_order_and_delivery(self):
        order = self._order(self._customer(clerk=self.clerk), confirmed_at=at("2026-03-02 09:00"))
        Form(order.partner_id.with_user(self.outsider))
        seller = self._user("sbo_seller", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(Form(order.with_user(seller)).sbo_clerk_id, self.clerk)
        Form(order.picking_ids.with_user(self._user("sbo_keeper", "stock.group_stock_user")))

    def test_auditor_opens_the_documents_behind_findings(self):
        order = self._order(self._customer(clerk=self.clerk), confirmed_at=at("2026-03-02 09:00"))
        picking = self._delivery(order)
        invoice = order._create_invoices()
        invoice.action_post()
        product = order.order_line.product_id
        for record in (order.partner_id, order, picking, invoice, product, product.product_tmpl_id):
            self.env.invalidate_all()
            Form(record.with_user(self.auditor))
            with self.assertRaises(AccessError):
                record.with_user(self.auditor).write({"name": "X"})

    def test_supervisor_keeps_public_holidays(self):
        holiday = self._holiday("2026-05-01")
        holiday.with_user(self.supervisor).name = "Labour Day"
        with self.assertRaises(AccessError):
            holiday.with_user(self.clerk).name = "Mine"
