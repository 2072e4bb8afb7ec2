from lxml import html
from odoo.tests import freeze_time, tagged

from .common import at
from .common_loans import SboLoanCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestLoanPapers(SboLoanCommon):
    """The loan slip to sign, and the register of a period (F18)."""

    def _text(self, report, records, user=None):
        content, kind = self.env["ir.actions.report"].with_user(user or self.clerk)._render_qweb_html(
            f"sales_back_office.{report}", records.ids)
        self.assertEqual(kind, "html")
        return " ".join(html.fromstring(content).text_content().split())

    def _register(self, date_from, date_to, user=None):
        return self.env["sbo.loan.register"].with_user(user or self.clerk).create(
            {"date_from": date_from, "date_to": date_to})

    def test_slip(self):
        loan = self._lend(self.contract, kind="copy", copy_for="opening a bank account")
        text = self._text("sbo_loan_slip", loan)
        for words in (loan.name, "Contract A", self.borrower.name, "Talks with the customer", "opening a bank account",
                      "do not pass them on", "Internal"):
            self.assertIn(words, text)

    def test_register_of_a_period(self):
        early = self._lend(self.contract, moment="2026-02-02 09:00")
        back = self._lend(self.letter, self.borrower2, "2026-02-03 09:00")
        self._back(back, "2026-02-05 09:00")
        with freeze_time(at("2026-03-02 09:00")):
            self.env["sbo.loan.reminder"]._remind(self.company)
        self._back(early, "2026-03-02 10:00", pages_back=11)
        late = self._lend(self.report)
        march = self._text("sbo_loan_register", self._register("2026-03-01", "2026-03-31"))
        for words in (early.name, late.name, "Something Missing (11/12)", "03/02/2026 E-mail", "1 still out"):
            self.assertIn(words, march)
        self.assertNotIn(back.name, march, "it came back in February")
        february = self._text("sbo_loan_register", self._register("2026-02-01", "2026-02-28"), self.auditor)
        self.assertIn(back.name, february)
        self.assertNotIn(late.name, february)
        self.assertIn("Nothing was out", self._text("sbo_loan_register", self._register("2020-01-01", "2020-01-31")))

    def test_register_budget(self):
        self.company.sbo_loan_items = 0
        register = self._register("2026-03-01", "2026-03-31")
        paper = self.env["report.sales_back_office.sbo_loan_register"].with_user(self.clerk)

        def cost(count):
            for number in range(count):
                self._lend(self._document(f"P{number}"))
            with counted(self.env) as statements:
                for row in paper._get_list(register)["rows"]:
                    self.assertTrue(row["title"] and row["loan"].borrower_id.name)
            return len(statements)

        cost(1)
        self.assertEqual(cost(2), cost(20))

    def test_pdf(self):
        loan = self._lend(self.contract)
        with self.allow_pdf_render():
            for report, record in (
                    ("sbo_loan_slip", loan), ("sbo_loan_register", self._register("2026-03-01", "2026-03-31"))):
                content, kind = self.env["ir.actions.report"].with_user(self.clerk).with_context(
                    force_report_rendering=True)._render_qweb_pdf(f"sales_back_office.{report}", record.ids)
                self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))
