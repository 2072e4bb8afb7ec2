from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import SboCommon, at
from .counted import counted


@tagged("post_install", "-at_install")
class TestCustomerFiling(SboCommon):
    """Whoever becomes a customer, by whatever door, gets a file: number, day, collector, region."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china = cls.env.ref("base.cn")
        cls.jiangsu, cls.hubei = cls.env.ref("base.state_cn_JS"), cls.env.ref("base.state_cn_HB")
        cls.env["sbo.region"].search([]).active = False
        cls.east = cls.env["sbo.region"].create({"name": "East", "state_ids": [Command.link(cls.jiangsu.id)]})
        cls.inland = cls.env["sbo.region"].create({"name": "Inland", "country_ids": [Command.link(cls.china.id)]})
        cls.sequence = cls.env.ref("sales_back_office.sbo_customer_file_sequence")

    def test_a_clerk_files_a_customer(self):
        customer = self.env["res.partner"].with_user(self.clerk).create(
            {"name": "New", "is_company": True, "sbo_clerk_id": self.clerk.id})
        self.assertTrue(customer.sbo_is_customer)
        self.assertRegex(customer.ref, r"^C\d{6}$")
        self.assertEqual(customer.sbo_filed_on, fields.Date.context_today(self.clerk))
        self.assertEqual(customer.sbo_collector_id, self.clerk)

    def test_suppliers_and_contacts_have_no_file(self):
        supplier = self.env["res.partner"].create({"name": "Supplier", "is_company": True, "supplier_rank": 1})
        customer = self._customer(clerk=self.clerk, salesperson=self.salesperson)
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
        self.assertEqual(buyer.user_id, self.salesperson, "the salesperson is taken from the company")
        for partner in supplier | buyer:
            self.assertFalse(partner.sbo_is_customer or partner.ref or partner.sbo_filed_on)

    def test_an_offer_makes_a_customer_of_the_company(self):
        house = self.env["res.partner"].create({"name": "House", "is_company": True})
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": house.id})
        order = self.env["sale.order"].with_user(self.salesperson).create({"partner_id": buyer.id})
        self.assertTrue(house.sbo_is_customer and house.ref)
        self.assertFalse(buyer.sbo_is_customer)
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        order.partner_id = other
        self.assertTrue(other.sbo_is_customer)

    def test_an_invoice_makes_a_customer(self):
        partner = self.env["res.partner"].create({"name": "Invoiced", "is_company": True})
        partner._increase_rank("customer_rank")
        self.assertTrue(partner.sbo_is_customer and partner.ref)

    def test_colleagues_are_no_customers(self):
        colleague = self.outsider.partner_id
        colleague.user_id = self.salesperson
        self._order(colleague)
        self.assertFalse(colleague.sbo_is_customer)

    def test_once_a_customer_always_a_customer(self):
        customer = self._customer(clerk=self.clerk)
        number = customer.ref
        customer.sbo_clerk_id = False
        self.assertTrue(customer.sbo_is_customer)
        customer.write({"user_id": self.salesperson.id, "customer_rank": 3})
        self.assertEqual(customer.ref, number)

    def test_a_number_that_is_there_stays(self):
        partner = self.env["res.partner"].create({"name": "Old ledger", "is_company": True, "ref": "KH-7"})
        partner.sbo_clerk_id = self.clerk
        self.assertEqual(partner.ref, "KH-7")

    def test_order_lines_are_told_apart_by_the_name(self):
        customer = self._customer("Golden Bridge")
        line = self._order(customer).order_line
        self.assertTrue(customer.ref)
        self.assertIn("(Golden Bridge)", line.display_name)
        self.assertNotIn(customer.ref, line.display_name)

    def test_numbers_taken_by_hand_are_passed_over(self):
        self._customer(clerk=self.clerk)
        ahead = [self.sequence.get_next_char(self.sequence.number_next_actual + step) for step in (0, 2)]
        self.env["res.partner"].create([{"name": ref, "ref": ref} for ref in ahead])
        new = self.env["res.partner"].create([
            {"name": f"N{n}", "is_company": True, "sbo_clerk_id": self.clerk.id} for n in range(3)])
        self.assertEqual(len(set(new.mapped("ref"))), 3)
        self.assertFalse(set(new.mapped("ref")) & set(ahead))

    def test_each_company_may_count_for_itself(self):
        self.sequence.copy({"prefix": "S-", "company_id": self.company2.id, "code": "sbo.customer.file"})
        mine = self._customer(clerk=self.clerk, company_id=self.company.id)
        theirs = self._customer(clerk=self.company2_clerk, company_id=self.company2.id)
        self.assertTrue(mine.ref.startswith("C"))
        self.assertTrue(theirs.ref.startswith("S-"))

    def test_without_a_sequence_there_is_no_number_and_no_error(self):
        self.env["ir.sequence"].search([("code", "=", "sbo.customer.file")]).unlink()
        self.assertFalse(self._customer(clerk=self.clerk).ref)

    def test_a_copy_is_another_customer(self):
        customer = self._customer(clerk=self.clerk)
        copy = customer.copy()
        copy.sbo_clerk_id = self.clerk
        self.assertNotEqual(copy.ref, customer.ref)
        supplier = self.env["res.partner"].create({"name": "Supplier", "ref": "L1"})
        self.assertEqual(supplier.copy().ref, "L1", "others are copied as Odoo does it")

    def test_a_form_that_is_being_filled_in_takes_no_number(self):
        before = self.sequence.number_next_actual
        form = self.env["res.partner"].new({"name": "Form", "is_company": True, "sbo_clerk_id": self.clerk.id})
        self.assertFalse(form.ref)
        self.assertEqual(self.sequence.number_next_actual, before)

    def test_old_customers_get_their_numbers_when_asked(self):
        customers = self._customer() | self._customer()
        customers.write({"sbo_is_customer": True})
        customers.ref = False
        self.assertFalse(customers[0].ref)
        customers.with_user(self.clerk).action_sbo_number()
        self.assertEqual(len(set(customers.mapped("ref")) - {False}), 2)

    def test_collector_is_a_person_of_sales(self):
        self.assertFalse(self._customer(clerk=self.clerk).sbo_collector_id, "the system brings nobody in")
        imported = self._customer(clerk=self.clerk, sbo_collector_id=self.clerk2.id)
        self.assertEqual(imported.sbo_collector_id, self.clerk2)

    def test_region_from_the_address(self):
        customer = self._customer(country_id=self.china.id, state_id=self.jiangsu.id)
        self.assertEqual(customer.sbo_region_id, self.east, "the state goes before the country")
        customer.state_id = self.hubei
        self.assertEqual(customer.sbo_region_id, self.inland)
        customer.sbo_region_id = self.east
        self.assertEqual(customer.sbo_region_id, self.east, "somebody says otherwise")
        customer.write({"state_id": False, "country_id": self.env.ref("base.fr").id})
        self.assertEqual(customer.sbo_region_id, self.east, "no region names France: it stays")

    def test_a_region_of_another_company_is_not_taken(self):
        self.east.company_id = self.company2
        mine = self._customer(state_id=self.jiangsu.id, country_id=self.china.id, company_id=self.company.id)
        theirs = self._customer(state_id=self.jiangsu.id, country_id=self.china.id, company_id=self.company2.id)
        self.assertEqual((mine.sbo_region_id, theirs.sbo_region_id), (self.inland, self.east))

    def test_a_region_is_filled_into_old_customers(self):
        old = self._customer(clerk=self.clerk, state_id=self.jiangsu.id, country_id=self.china.id)
        chosen = self._customer(clerk=self.clerk, state_id=self.jiangsu.id, country_id=self.china.id)
        old.sbo_region_id, chosen.sbo_region_id = False, self.inland
        self.east.with_user(self.supervisor).action_fill_customers()
        self.assertEqual((old.sbo_region_id, chosen.sbo_region_id), (self.east, self.inland))

    def test_partners_of_old_are_marked_by_one_statement(self):
        bought = self._customer("Bought")
        self._order(bought, confirmed_at=at("2026-03-02 09:00"))
        never = self._customer("Never")
        self.env.cr.execute(
            "UPDATE res_partner SET sbo_is_customer = NULL, sbo_filed_on = NULL WHERE id = ANY(%s)",
            [(bought | never).ids])
        self.env.invalidate_all()
        with counted(self.env) as statements:
            self.env["res.partner"]._sbo_fill_customers()
        self.assertEqual(len(statements), 1)
        self.assertTrue(bought.sbo_is_customer and bought.sbo_filed_on)
        self.assertFalse(never.sbo_is_customer)

    def test_budget_of_many_new_customers(self):
        def create(count):
            with counted(self.env) as statements:
                self.env["res.partner"].with_user(self.clerk).create([
                    {"name": f"B{n}", "is_company": True, "sbo_clerk_id": self.clerk.id} for n in range(count)])
                self.env.flush_all()
            return len([line for line in statements if "nextval('ir_seq" in line or "sbo_region" in line])

        create(1)
        self.assertEqual(create(3), create(30))
