from datetime import timedelta

from lxml import html
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SboCommon, at
from .counted import counted

REPORT = "sales_back_office.sbo_customer_paper_action"


@tagged("post_install", "-at_install")
class TestCustomerPaper(SboCommon):
    """The customer file on paper (F01): all that the form lists, many in one document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(
            "Hengda", clerk=cls.clerk, salesperson=cls.salesperson, ref="K-7", vat="91320500MA1XK7QR2U",
            sbo_customer_type="dealer", sbo_size="large", sbo_legal_representative="Zhou", street="88 Xinghai Street",
            sbo_invoice_title="Hengda Ltd", sbo_invoice_phone="0512-1", sbo_carrier="SF", sbo_freight_by="customer",
            sbo_preferences="Batch number on every carton", sbo_registered_on="2011-06-20",
            sbo_business_scope="Parts", country_id=cls.env.ref("base.cn").id)
        cls.env["res.partner"].create([
            {"name": "Chen Lili", "parent_id": cls.customer.id, "function": "Buyer", "phone": "13912345678"},
            {"name": "Warehouse 2", "parent_id": cls.customer.id, "type": "delivery", "street": "5 Fengting Avenue"}])
        cls.env["res.partner.bank"].create({"partner_id": cls.customer.id, "acc_number": "6222 0001"})
        cls.env["sbo.licence"].create({"partner_id": cls.customer.id, "name": "L-99", "valid_until": "2020-01-31"})
        cls._order(cls.customer, cls._product("Gauge"), price=1250, confirmed_at=at("2026-03-02 09:00")).write(
            {"date_order": fields.Datetime.now() - timedelta(days=1)})

    def _page(self, partners, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.clerk)
        return html.fromstring(reports._render_qweb_html(REPORT, partners.ids)[0])

    def _text(self, *args):
        return " ".join(self._page(*args).text_content().split())

    def test_all_that_the_form_lists(self):
        text = self._text(self.customer)
        for words in (
            "Customer File", "Form F01", "K-7", "Hengda", "91320500MA1XK7QR2U", "Dealer", "Large", "Zhou", "06/20/2011",
            "88 Xinghai Street", "Hengda Ltd", "6222 0001", "Chen Lili", "Buyer", "13912345678", "5 Fengting Avenue",
            "SF", "Batch number on every carton", "L-99", "01/31/2020", "Expired", "1,250.00", "Gauge", "Parts",
            self.clerk.name, self.salesperson.name, "Filed by", "Supervisor", "File 1 of 1", "Missing:",
        ):
            self.assertIn(words, text)

    def test_credit_limit_is_on_it_for_whoever_prints_it(self):
        self.assertNotIn("54,321.00", self._text(self.customer))
        self.customer.credit_limit = 54321
        self.assertIn("54,321.00", self._text(self.customer, self.salesperson))

    def test_many_files_are_one_article(self):
        both = self.customer | self._customer("Empty", clerk=self.clerk)
        page = self._page(both)
        self.assertEqual(len(page.find_class("article")), 1)
        self.assertEqual(len(page.find_class("sbo-break")), 1)
        self.assertIn("File 2 of 2", page.text_content())

    def test_a_contact_prints_the_file_of_its_company(self):
        self.assertIn("K-7", self._text(self.customer.child_ids[0]))

    def test_prints(self):
        report = self.env["ir.actions.report"].with_user(self.auditor).with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, kind = report._render_qweb_pdf(REPORT, self.customer.ids)
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    def test_not_those_of_another_company(self):
        self.customer.company_id = self.company
        with self.assertRaises(AccessError):
            self._page(self.customer, self.company2_clerk)

    def test_queries_do_not_grow(self):
        def render(count):
            customers = self.env["res.partner"].create([
                {"name": f"P{n}", "is_company": True, "sbo_clerk_id": self.clerk.id} for n in range(count)])
            self.env["res.partner"].create([{"name": "C", "parent_id": customer.id} for customer in customers])
            with counted(self.env) as statements:
                self._page(customers)
            return len(statements)

        render(1)
        self.assertEqual(render(3), render(30))
