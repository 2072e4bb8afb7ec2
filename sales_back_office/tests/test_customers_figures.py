from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ZONE, at
from .common_customers import SboCustomerCommon


@tagged("post_install", "-at_install")
class TestCustomersFigures(SboCustomerCommon):
    """What a customer has bought: counted from the confirmed orders, as of a day of the company."""

    def test_twelve_months_end_with_the_day(self):
        customer = self._customer(clerk=self.clerk)
        self._sold(customer, 1000, "2025-03-31 23:30")
        self._sold(customer, 100, "2025-04-01 00:30")
        self._sold(customer, 10, "2026-03-31 23:30")
        self._sold(customer, 1, "2026-04-01 00:30")
        self._as_of("2026-03-31")
        figure = self._figure(customer)
        self.assertEqual((figure.amount_12m, figure.order_count_12m), (110, 2), "1 April 2025 to 31 March 2026")
        self.assertEqual(figure.first_order_on, date(2025, 3, 31))
        self.assertEqual(figure.last_order_on, date(2026, 3, 31), "days begin in Shanghai, not in UTC")
        self.assertEqual(self.company.sbo_figures_on, date(2026, 3, 31))

    def test_only_confirmed_orders(self):
        customer = self._customer(clerk=self.clerk)
        self._sold(customer, 100, "2026-03-02 09:00")
        self._sold(customer, 30, "2026-03-03 09:00").state = "cancel"
        self._sold(customer, 7, "2026-03-04 09:00").state = "draft"
        self._as_of("2026-03-31")
        figure = self._figure(customer)
        self.assertEqual((figure.amount_12m, figure.order_count_12m, figure.last_order_on), (100, 1, date(2026, 3, 2)))

    def test_when_all_orders_are_cancelled(self):
        customer = self._customer(clerk=self.clerk)
        order = self._sold(customer, 100, "2026-03-02 09:00")
        self._as_of("2026-03-31")
        order.state = "cancel"
        self._as_of("2026-04-01")
        figure = self._figure(customer)
        self.assertEqual((figure.amount_12m, figure.order_count_12m, figure.lifecycle), (0, 0, "prospect"))
        self.assertFalse(figure.last_order_on)

    def test_contacts_buy_for_their_company(self):
        customer = self._customer(clerk=self.clerk)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
        self._sold(customer, 100, "2026-03-02 09:00")
        self._sold(contact, 10, "2026-03-03 09:00")
        self._as_of("2026-03-31")
        self.assertEqual(self._figure(customer).amount_12m, 110)
        self.assertFalse(self._figure(contact))
        self.assertFalse(contact.sbo_lifecycle, "a contact is no customer")

    def test_two_currencies(self):
        foreign = self.env["res.currency"].create({"name": "SBX", "symbol": "X", "rounding": 0.01})
        self.env["res.currency.rate"].create([
            {"currency_id": foreign.id, "name": day, "rate": rate, "company_id": self.company.id}
            for day, rate in (("2026-01-01", 2), ("2026-03-01", 4))])
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": foreign.id})
        customer = self._customer(clerk=self.clerk)
        self._sold(customer, 100, "2026-02-02 09:00", pricelist_id=pricelist.id)
        self._sold(customer, 100, "2026-03-02 09:00", pricelist_id=pricelist.id)
        self._sold(customer, 1, "2026-03-02 10:00")
        self._as_of("2026-03-31")
        self.assertEqual(self._figure(customer).amount_12m, 50 + 25 + 1, "each at the rate of its own day")

    def test_each_company_has_its_own_record(self):
        customer = self._customer(clerk=self.clerk)
        self._sold(customer, 100, "2026-03-02 09:00")
        self.env.user.company_ids |= self.company2
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company2.id)], limit=1)
        self._sold(customer, 7, "2026-03-02 09:00", company_id=self.company2.id, warehouse_id=warehouse.id)
        self._as_of("2026-03-31", self.company | self.company2)
        self.assertEqual(self._figure(customer).amount_12m, 100)
        self.assertEqual(self._figure(customer, self.company2).amount_12m, 7)
        self.assertEqual(customer.sbo_amount_12m, 100)
        self.assertEqual(customer.with_company(self.company2).sbo_amount_12m, 7)
        there = self.env["res.partner"].with_user(self.company2_clerk).with_context(
            allowed_company_ids=self.company2.ids)
        self.assertEqual(there.browse(customer.id).sbo_amount_12m, 7)
        self.assertEqual(there.search([("sbo_amount_12m", ">=", 7), ("id", "=", customer.id)]), customer)
        self.assertFalse(there.search([("sbo_amount_12m", ">=", 8), ("id", "=", customer.id)]))

    def test_only_changed_rows_are_written(self):
        buying, silent = self._customer("Buying", clerk=self.clerk), self._customer("Silent", clerk=self.clerk)
        for customer in (buying, silent):
            self._sold(customer, 100, "2026-03-02 09:00")
        self._as_of("2026-03-30")
        self._sold(buying, 50, "2026-03-31 09:00")
        figures = self.env["sbo.customer.figure"]._in_company(self.company)
        as_of = at("2026-03-31 23:59:59")
        self.env.flush_all()
        self.assertEqual(figures._write_figures(as_of, date(2026, 3, 31)), (1, 0, 0))
        self.assertEqual(figures._write_figures(as_of, date(2026, 3, 31)), (0, 0, 0))

    def test_a_number_of_queries_that_does_not_grow(self):
        def night(customers):
            for number in range(customers):
                self._sold(self._customer(f"Budget {number}", clerk=self.clerk), 10 + number, "2026-03-02 09:00")
            self.env.flush_all()
            self.env.cr.sql_log_count = 0
            before = self.env.cr.sql_log_count
            self._as_of("2026-03-31", grade=True)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        night(1)
        self.assertEqual(night(2), night(20))

    def test_page_of_customers_in_one_query(self):
        customers = self.env["res.partner"].union(*(self._customer(f"Page {n}", clerk=self.clerk) for n in range(20)))
        for customer in customers:
            self._sold(customer, 10, "2026-03-02 09:00")
        self._as_of("2026-03-31")
        names = ["sbo_amount_12m", "sbo_order_count_12m", "sbo_last_order_on", "sbo_lifecycle", "sbo_grade"]

        def queries(records):
            records = records.with_user(self.clerk)
            records.read(["name"])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before
        queries(customers)
        self.assertEqual(queries(customers[:2]), queries(customers))

    def test_night_job_serves_every_company(self):
        customer = self._customer(clerk=self.clerk)
        self._sold(customer, 100, "2026-03-02 09:00")
        with self.enter_registry_test_mode():
            self.env.ref("sales_back_office.sbo_customer_figure_cron").method_direct_trigger()
        self.assertEqual(self._figure(customer).order_count_12m, 1)
        self.assertTrue(self.company2.sbo_figures_on)


@tagged("post_install", "-at_install")
class TestCustomersFiguresSeen(SboCustomerCommon):
    """Sorting, grouping and searching by figures; the open form; who sees what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.large, cls.small = cls._customer("Large", clerk=cls.clerk), cls._customer("Small", clerk=cls.clerk)
        cls.none = cls._customer("None", clerk=cls.clerk)
        cls._sold(cls.large, 900, "2026-03-02 09:00")
        cls._sold(cls.large, 100, "2026-01-02 09:00")
        cls._sold(cls.small, 50, "2025-12-02 09:00")
        cls._as_of("2026-03-31", grade=True)
        cls.all = cls.large | cls.small | cls.none
        cls.mine = [("id", "in", cls.all.ids)]

    def _seen(self, domain, **kwargs):
        return self.env["res.partner"].with_user(self.salesperson).search([*self.mine, *domain], **kwargs)

    def test_search(self):
        self.assertEqual(self._seen([("sbo_grade", "=", "a")]), self.large)
        self.assertEqual(self._seen([("sbo_grade", "in", ["a", False])]), self.large | self.none)
        self.assertEqual(self._seen([("sbo_grade", "!=", "a")]), self.small | self.none)
        self.assertEqual(self._seen([("sbo_grade", "=", False)]), self.none)
        self.assertEqual(self._seen([("sbo_grade", "!=", False)]), self.large | self.small)
        self.assertEqual(self._seen([("sbo_amount_12m", ">=", 1000)]), self.large)
        self.assertEqual(self._seen([("sbo_amount_12m", "<", 1000)]), self.small | self.none)
        self.assertEqual(self._seen([("sbo_amount_12m", "=", 0)]), self.none)
        self.assertEqual(self._seen([("sbo_order_count_12m", "=", 2)]), self.large)
        self.assertEqual(self._seen([("sbo_lifecycle", "=", "prospect")]), self.none)
        self.assertEqual(self._seen([("sbo_lifecycle", "not in", ["prospect", "new"])]), self.small)
        self.assertEqual(self._seen([("sbo_last_order_on", ">=", "2026-01-01")]), self.large)
        self.assertEqual(self._seen([("sbo_last_order_on", "=", False)]), self.none)
        self.assertEqual(self._seen(["!", ("sbo_last_order_on", "<", "2026-01-01")]), self.large | self.none)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.large.id})
        found = self.env["res.partner"].search([("parent_id.sbo_grade", "=", "a"), ("id", "=", contact.id)])
        self.assertEqual(found, contact, "over a path")
        self.assertEqual(self.all.filtered_domain([("sbo_grade", "=", "a")]), self.large)

    def test_sort_and_group(self):
        self.assertEqual(self._seen([], order="sbo_amount_12m desc").mapped("name"), ["Large", "Small", "None"])
        self.assertEqual(self._seen([], order="sbo_last_order_on, id").mapped("name"), ["Small", "Large", "None"])
        partners = self.env["res.partner"].with_user(self.clerk)
        groups = partners.formatted_read_group(self.mine, ["sbo_lifecycle"], ["__count", "sbo_amount_12m:sum"])
        self.assertEqual(
            {group["sbo_lifecycle"]: (group["__count"], group["sbo_amount_12m:sum"]) for group in groups},
            {"new": (1, 1000), "warning": (1, 50), "prospect": (1, 0)})
        panel = partners.search_panel_select_multi_range("sbo_grade", search_domain=self.mine, enable_counters=True)
        self.assertEqual({value["id"]: value["__count"] for value in panel["values"] if value["__count"]},
                         {"a": 1, "c": 1})
        described = partners.fields_get(["sbo_grade", "sbo_amount_12m", "sbo_lifecycle", "sbo_last_order_on"])
        for name, field in described.items():
            self.assertTrue(field["sortable"] and field["groupable"] and field["searchable"], name)
        self.assertEqual(described["sbo_amount_12m"]["aggregator"], "sum")

    def test_open_form_counts_anew(self):
        self._sold(self.large, 5, "2026-04-01 09:00")
        form = self.large.with_user(self.salesperson).with_context(sbo_as_of=at("2026-04-02 09:00"), tz=ZONE)
        self.assertEqual((form.sbo_amount_12m, form.sbo_now_amount), (1000, 1005))
        self.assertEqual((form.sbo_now_count, form.sbo_now_last_on), (3, date(2026, 4, 1)))
        self.assertEqual(form.sbo_now_interval, 44.5, "89 days between the first and the third order day")
        self.assertEqual(form.sbo_now_lifecycle, "new")
        self.assertIn("SBO Product", form.sbo_now_products)
        self.assertIn("1,005", form.sbo_now_products)
        self.assertEqual(self.none.with_user(self.clerk).sbo_now_lifecycle, "prospect")

    def test_open_form_has_a_constant_number_of_queries(self):
        def queries():
            self.env.invalidate_all()
            form = self.large.with_user(self.clerk).with_context(sbo_as_of=at("2026-04-02 09:00"))
            form.read(["name"])
            before = self.env.cr.sql_log_count
            form.read(["sbo_now_amount", "sbo_now_count", "sbo_now_last_on", "sbo_now_interval", "sbo_now_products"])
            return self.env.cr.sql_log_count - before
        queries()
        few = queries()
        for number in range(20):
            self._sold(self.large, number, "2026-03-05 09:00", order_line=[
                (0, 0, {"product_id": self._product(f"P{n}").id, "price_unit": n}) for n in range(3)])
        self.env.flush_all()
        self.assertEqual(queries(), few)

    def test_who_sees_figures(self):
        for user in (self.clerk, self.supervisor, self.manager, self.auditor, self.salesperson):
            self.assertEqual(self.large.with_user(user).read(["sbo_amount_12m"])[0]["sbo_amount_12m"], 1000)
        outsider = self.large.with_user(self.outsider)
        with self.assertRaises(AccessError):
            outsider.read(["sbo_amount_12m"])
        with self.assertRaises(AccessError):
            outsider.search([("sbo_amount_12m", ">", 1)])
        with self.assertRaises(AccessError):
            outsider.search([], order="sbo_amount_12m")
        with self.assertRaises(AccessError):
            outsider.formatted_read_group([], ["sbo_grade"], ["__count"])

    def test_purchases_button(self):
        action = self.large.with_user(self.salesperson).action_sbo_purchases()
        found = self.env["sale.order"].search(action["domain"])
        self.assertEqual(found.partner_id, self.large)
        self.assertEqual(len(found), 2)
