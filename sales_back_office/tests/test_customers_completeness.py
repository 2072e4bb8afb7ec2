from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SboCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestCustomerCompleteness(SboCommon):
    """What must be in a file is a list of the company; how complete a file is, follows from it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.customer.requirement"].search([]).active = False
        cls.code = cls._required("Code", "vat", companies_only=True)
        cls.phone = cls._required("Phone", "phone")
        cls.customer = cls._customer(clerk=cls.clerk)

    @classmethod
    def _required(cls, name, path, **vals):
        return cls.env["sbo.customer.requirement"].create({"name": name, "field_path": path, **vals})

    def _state(self, customer=None, user=None):
        self.env.invalidate_all()
        customer = (customer or self.customer).with_user(user or self.clerk)
        return customer.sbo_completeness, customer.sbo_missing

    def test_percent_and_words(self):
        self.assertEqual(self._state(), (0, "Code, Phone"))
        self.customer.phone = "0512-62881066"
        self.assertEqual(self._state(), (50, "Code"))
        self.customer.vat = "X1"
        self.assertEqual(self._state(), (100, False))

    def test_a_change_is_seen_in_the_same_breath(self):
        self.assertEqual(self.customer.sbo_completeness, 0)
        self.customer.phone = "0512-62881066"
        self.assertEqual(self.customer.sbo_completeness, 50)

    def test_persons_need_not_have_what_companies_must(self):
        person = self._customer(clerk=self.clerk, is_company=False)
        self.assertEqual(self._state(person), (0, "Phone"))

    def test_partners_who_are_no_customers_have_no_file(self):
        self.assertEqual(self._state(self.salesperson.partner_id), (0, False))

    def test_nothing_required_is_complete(self):
        (self.code | self.phone).active = False
        self.assertEqual(self._state(), (100, False))

    def test_by_customer_type(self):
        self._required("Authorisation", "sbo_licence_ids", customer_type="dealer", licence_kind="authorisation")
        self.assertNotIn("Authorisation", self._state()[1])
        self.customer.sbo_customer_type = "dealer"
        self.assertIn("Authorisation", self._state()[1])
        licence = {"partner_id": self.customer.id, "kind": "business"}
        self.env["sbo.licence"].create(licence)
        self.assertIn("Authorisation", self._state()[1], "a licence of another kind does not do")
        mine = self.env["sbo.licence"].create(dict(licence, kind="authorisation"))
        self.assertNotIn("Authorisation", self._state()[1])
        mine.active = False
        self.assertIn("Authorisation", self._state()[1], "nor does an archived one")

    def test_at_least_one_of_a_list(self):
        self._required("Contact with a phone", "child_ids.phone")
        self._required("Bank account", "bank_ids")
        self._required("Tag", "category_id")
        self.assertEqual(self._state()[0], 0)
        person = self.env["res.partner"].create({"name": "Person", "parent_id": self.customer.id, "phone": False})
        person.phone = False
        self.assertIn("Contact with a phone", self._state()[1])
        person.phone = "13912345678"
        self.env["res.partner.bank"].create({"partner_id": self.customer.id, "acc_number": "1"})
        self.customer.category_id = [Command.create({"name": "Key"})]
        self.assertEqual(self._state(), (60, "Code, Phone"))

    def test_fields_of_another_kind(self):
        self._required("Terms", "property_payment_term_id")
        self._required("Country code", "country_id.code")
        self._required("Latitude", "partner_latitude")
        self._required("Region", "sbo_region_id")
        self.assertEqual(self._state()[1], "Code, Phone, Terms, Country code, Latitude, Region")
        self.customer.write({"country_id": self.env.ref("base.cn").id, "partner_latitude": 31.3})
        self.customer.property_payment_term_id = self.env.ref("account.account_payment_term_30days")
        self.assertNotIn("Terms", self._state()[1])
        self.assertNotIn("Country code", self._state()[1])
        self.assertNotIn("Latitude", self._state()[1])

    def test_each_company_has_its_own_list(self):
        self.code.company_id = self.company2
        self.assertEqual(self._state(), (0, "Phone"))
        self.phone.company_id = self.company
        self.assertEqual(self._state(user=self.company2_clerk), (0, "Code"))

    def test_search(self):
        full = self._customer("Full", clerk=self.clerk, vat="X1", phone="0512-62881066")
        mine = [("id", "in", (full | self.customer).ids)]
        find = self.env["res.partner"].with_user(self.clerk).search
        self.assertEqual(find(mine + [("sbo_completeness", ">=", 100)]), full)
        self.assertEqual(find(mine + [("sbo_completeness", "<", 100)]), self.customer)
        self.assertEqual(find(mine + [("sbo_completeness", "=", 0)]), self.customer)
        self.assertEqual(find(mine + [("sbo_completeness", "!=", 0)]), full)
        self.customer.phone = "0512-62881066"
        self.assertEqual(find(mine + [("sbo_completeness", "=", 50)]), self.customer, "flushed before it is looked up")

    def test_a_salesperson_is_told_without_reading_the_list(self):
        with self.assertRaises(AccessError):
            self.env["sbo.customer.requirement"].with_user(self.salesperson).search([])
        self.assertEqual(self._state(user=self.salesperson), (0, "Code, Phone"))

    def test_a_wrong_field_is_refused_in_words(self):
        for path, words in {
            "nonsense": "no field “nonsense”", "vat.code": "single value", "child_ids.nonsense": "no field “nonsense”",
            "sbo_missing": "cannot be required", "child_ids.child_ids": "list within a list",
            "message_ids": "cannot be required", "image_1920": "cannot be required", "": "no field",
        }.items():
            with self.subTest(path=path), self.assertRaisesRegex((ValidationError, UserError), words):
                self._required("Wrong", path)
        with self.assertRaisesRegex(ValidationError, "sbo_licence_ids only"):
            self._required("Wrong", "vat", licence_kind="business")

    def test_what_is_shipped_can_be_looked_up(self):
        shipped = self.env["sbo.customer.requirement"].with_context(active_test=False).search([])
        self.assertGreater(len(shipped), 10)
        shipped.active = True
        self.assertFalse([item.name for item in shipped if item._path_fault()])
        self.assertIn("Business licence", self._state()[1])

    def test_one_query_for_any_number_of_customers(self):
        def read(count):
            customers = self.env["res.partner"].create([
                {"name": f"Q{n}", "is_company": True, "sbo_clerk_id": self.clerk.id} for n in range(count)])
            with counted(self.env) as statements:
                customers.with_user(self.clerk).read(["sbo_completeness", "sbo_missing"])
            return len(statements)

        read(1)
        self.assertEqual(read(5), read(50))

    def test_the_list_needs_no_more_queries_for_more_customers(self):
        view = self.env.ref("sales_back_office.sbo_customer_file_view_list")
        partners = self.env["res.partner"].with_user(self.clerk)
        arch = partners.get_view(view.id, "list")
        fields = {name: {} for name in arch["models"]["res.partner"] if name in partners._fields
                  and partners._fields[name].type not in ("one2many", "many2many")}
        self.assertIn("sbo_completeness", fields)

        def read(count):
            made = self.env["res.partner"].create([
                {"name": f"L{n}", "is_company": True, "sbo_clerk_id": self.clerk.id} for n in range(count)])
            with counted(self.env) as statements:
                partners.web_search_read([("id", "in", made.ids)], fields)
            return len(statements)

        read(1)
        self.assertEqual(read(5), read(50))
