from lxml import html
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .assessment_common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestPapers(AssessmentCommon):
    """Scorecards and ranking on paper: each lost point with its rule, record, time and arithmetic."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._finding("A3.1", "2026-03-09 10:00", "2026-03-09 16:20")
        cls._finding("A1.1", "2026-03-10 10:00", user=cls.clerk2, quantity=12)
        cls.pair = cls._run(users=cls.clerk | cls.clerk2)

    def _page(self, report, sheets, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.supervisor)
        content, _kind = reports._render_qweb_html(f"sales_back_office.{report}_action", sheets.ids)
        return html.fromstring(content)

    def _text(self, page):
        return " ".join(page.text_content().split())

    def test_scorecard_explains_every_lost_point(self):
        text = self._text(self._page("sbo_scorecard", self.pair.filtered(lambda s: s.user_id == self.clerk)))
        self.assertIn("A3.1 Rule A3.1 within 4 working hours", text)
        self.assertIn(self.case.res_name, text)
        self.assertIn("03/09/2026", text)
        self.assertIn("4 full working hours late; 4 × 1 = 4; at most 3 per case: 3", text)
        self.assertIn("−3.00", text)
        self.assertIn("97.00", text)
        self.assertIn("March 2026", text)

    def test_many_scorecards_are_one_article(self):
        page = self._page("sbo_scorecard", self.pair)
        self.assertEqual(len(page.find_class("article")), 1)
        self.assertEqual(len(page.find_class("page")), 2)
        self.assertEqual(len(page.find_class("sbo-break")), 1, "a new page for each but the last")
        self.assertTrue(page.find_class("article")[0].xpath(".//style"), "the style goes with the article")

    def test_what_is_missed_once_is_written_out_once(self):
        for day in ("02", "03", "04"):
            self._finding("A5.1", f"2026-03-{day} 10:00")
        sheet = self._run()
        text = self._text(self._page("sbo_scorecard", sheet))
        self.assertEqual(text.count("Rule A5.1"), 1)
        self.assertIn("2 more, already counted in this period.", text)

    def test_scorecards_print_in_one_file(self):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for name in ("sbo_scorecard", "sbo_ranking"):
            with self.allow_pdf_render():
                content, kind = report._render_qweb_pdf(f"sales_back_office.{name}_action", self.pair.ids)
            self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    def test_exemptions_and_appeals_are_on_the_paper(self):
        sheet = self.pair.filtered(lambda s: s.user_id == self.clerk)
        sheet.deduction_ids.with_user(self.supervisor).action_exempt("The line was down")
        text = self._text(self._page("sbo_scorecard", sheet))
        self.assertIn("The line was down", text)
        self.assertIn("100.00", text)

    def test_clerk_prints_the_own_sheet_only(self):
        mine = self.pair.filtered(lambda s: s.user_id == self.clerk)
        self.assertIn("97.00", self._text(self._page("sbo_scorecard", mine, self.clerk)))
        with self.assertRaises(AccessError):
            self._page("sbo_scorecard", self.pair, self.clerk)

    def test_ranking(self):
        self.pair.with_user(self.supervisor).write({"pay_base": 1000})
        page = self._page("sbo_ranking", self.pair)
        rows = [[cell.text_content().strip() for cell in row.iter("td")] for row in page.xpath("//tbody/tr")]
        self.assertEqual(rows[0][:2], ["1", self.clerk.name])
        self.assertEqual(rows[1][:2], ["2", self.clerk2.name])
        self.assertIn("97.00", rows[0])
        self.assertIn("90.00", rows[1])
        self.assertEqual(self.pair.sorted("rank").mapped("rank"), [1, 2])
        self.assertIn("2,400.00", rows[2][-2])

    def test_deduction_opens_its_record_and_its_finding(self):
        deduction = self._deduction(self.pair, self.case).with_user(self.clerk)
        action = deduction.action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.case.res_id))
        self.assertEqual(deduction.action_open_finding()["res_id"], self.case.id)
