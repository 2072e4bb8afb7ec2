from lxml import html
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .assignment_common import AssignmentCommon
from .common import at


@tagged("post_install", "-at_install")
class TestCustomersHandoverPaper(AssignmentCommon):
    """The handover on paper (F02): one form each, or one list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._acknowledged(name="Paper Customer", ref="F-77")
        cls.customer = cls.first.partner_id
        cls._order(cls.customer, cls._product("Bolt"), 3, confirmed_at=at("2026-03-02 09:00"))
        cls.env["res.partner"].create({"name": "Anna", "parent_id": cls.customer.id, "phone": "+86 10 1234 5678"})
        cls._as(cls.first, cls.clerk, "2026-03-04 09:00").action_reassign(cls.salesperson2.id, "moved to her region")
        cls.second = cls.first.next_ids

    def _page(self, report, records, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.clerk)
        content, _kind = reports._render_qweb_html(f"sales_back_office.{report}_action", records.ids)
        return html.fromstring(content)

    def _text(self, page):
        return " ".join(page.text_content().split())

    def test_every_field_of_the_form(self):
        text = self._text(self._page("sbo_handover", self.second))
        for word in (self.second.name, "Change of Salesperson", "Paper Customer (F-77)", "Other", "03/04/2026",
                     "moved to her region", self.salesperson.name, self.salesperson2.name, "Anna +86 10 1234 5678",
                     "Bolt", "Open Orders", "300.00", "Receivable", "Open Findings and Problems", "Pending",
                     "Handed over by", "Received by", "Witnessed by"):
            self.assertIn(word, text)

    def test_many_forms_are_one_article(self):
        page = self._page("sbo_handover", self.first | self.second)
        self.assertEqual(len(page.find_class("article")), 1)
        self.assertEqual(len(page.find_class("page")), 2)
        self.assertEqual(len(page.find_class("sbo-break")), 1)

    def test_the_list_adds_up(self):
        other = self._acknowledged(name="Second Customer")
        other.with_user(self.clerk).action_reassign(self.salesperson2.id)
        page = self._page("sbo_handover_list", self.second | other.next_ids)
        rows = [[" ".join(cell.text_content().split()) for cell in row.iter("td")] for row in page.xpath("//tbody/tr")]
        self.assertEqual([row[2] for row in rows], ["Paper Customer", "Second Customer", ""])
        self.assertEqual((rows[-1][1], rows[-1][7]), ("Total", "1"))
        self.assertIn("300.00", rows[-1][8])

    def test_a_leavers_list_has_both_sides(self):
        self.customer.sbo_clerk_id = self.clerk
        wizard = self.env["sbo.leaver"].with_user(self.supervisor).create({
            "user_id": self.salesperson2.id, "successor_id": self.salesperson3.id,
            "clerk_successor_id": self.clerk2.id})
        wizard.action_hand_over()
        text = self._text(self._page("sbo_leaver_list", wizard, self.supervisor))
        self.assertIn(f"Handed over by: {self.salesperson2.name}", text)
        self.assertIn("takes over from", text)
        clerks = self.env["sbo.leaver"].with_user(self.supervisor).create(
            {"user_id": self.clerk.id, "clerk_successor_id": self.clerk2.id})
        clerks.action_hand_over()
        text = self._text(self._page("sbo_leaver_list", clerks, self.supervisor))
        self.assertIn(f"from now on by {self.clerk2.name}", text)
        self.assertIn("F-77", text)

    def test_they_print(self):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        ids = (self.first | self.second).ids
        for name in ("sbo_handover", "sbo_handover_list"):
            with self.allow_pdf_render():
                content, kind = report._render_qweb_pdf(f"sales_back_office.{name}_action", ids)
            self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    def test_the_salesperson_prints_the_own_ones_only(self):
        self.assertIn("Bolt", self._text(self._page("sbo_handover", self.second, self.salesperson2)))
        with self.assertRaises(AccessError):
            self._page("sbo_handover", self.second, self.salesperson3)

    def test_as_many_queries_for_twenty_as_for_two(self):
        counts = []
        for count in (1, 2, 20):
            records = self.env["sbo.assignment"].union(*(self._assigned(name=f"P{n}") for n in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page("sbo_handover", records)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2] - counts[1], 5, counts)
