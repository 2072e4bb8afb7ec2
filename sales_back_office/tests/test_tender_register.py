from lxml import html
from odoo.tests import Form, tagged

from .common import at
from .common_tenders import SboTendersCommon

REGISTER = "sales_back_office.sbo_tender_register"
PAID = {"bond_amount": 500, "bond_paid_on": "2026-03-02"}


@tagged("post_install", "-at_install")
class TestTenderRegister(SboTendersCommon):
    """The register of tenders (F23) on paper, and its figures on the screen."""

    def _tables(self, tenders, user=None):
        return self.env[f"report.{REGISTER}"].with_user(user or self.clerk)._get_tables(
            tenders.with_user(user or self.clerk))

    def _text(self, tenders):
        body = self.env["ir.actions.report"].with_user(self.clerk)._render_qweb_html(REGISTER, tenders.ids)[0]
        return " ".join(html.fromstring(body).text_content().split())

    def test_what_stands_on_it(self):
        tender = self._won(tender_ref="ZB-7", papers_cost=300, papers_bought_on="2026-03-02", **PAID)
        tender.with_user(self.clerk).competitor_note = "Oak and Sons 1 020"
        text = self._text(tender)
        for words in (tender.name, "Office furniture", "ZB-7", "Town Hall", "Technical part", "Oak and Sons 1 020",
                      "Won", "03/20/2026 09:00", "950.00", "300.00"):
            self.assertIn(words, text)

    def test_sums_are_those_of_the_tenders(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        dollar = self.company.currency_id
        tenders = self._won(**PAID) | self._lost(**PAID) | self._tender(price=70) | self._tender(
            price=30, currency_id=euro.id)
        [table] = self._tables(tenders)
        totals = {total["currency"]: total for total in table["totals"]}
        self.assertEqual(totals[dollar]["price"], 2070)
        self.assertEqual(totals[dollar]["awarded_amount"], 950)
        self.assertEqual(totals[dollar]["bond_amount"], 1000)
        self.assertEqual(totals[dollar]["bond_outstanding"], sum(tenders.mapped("bond_outstanding")))
        self.assertEqual(totals[euro]["price"], 30)
        self.assertEqual((table["won_rate"], str(table["day_from"])), (50, "2026-03-20"))
        self.assertEqual(dict(table["counts"]), {"Draft": 2, "Won": 1, "Not Won": 1})

    def test_share_of_those_won(self):
        tenders = self._won() | self._lost() | self._lost() | self._won()
        [[rate]] = self.env["sbo.tender"].with_user(self.manager)._read_group(
            [("id", "in", tenders.ids)], [], ["won_rate:avg"])
        self.assertEqual(rate, 50)

    def test_printed(self):
        tender = self._lost(**PAID)
        with self.allow_pdf_render():
            content, kind = self.env["ir.actions.report"].with_context(
                force_report_rendering=True)._render_qweb_pdf(REGISTER, tender.ids)
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    def test_many_take_no_more_queries(self):
        def cost(tenders):
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._text(tenders)
            return self.env.cr.sql_log_count - before

        few = self._prepared() | self._prepared()
        many = few.union(*(self._prepared() for _number in range(20)))
        cost(few)
        self.assertLessEqual(cost(many), cost(few) + 2)

    def test_steps_of_many_take_no_more_searches_for_todos(self):
        def cost(tenders):
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tenders._plan_reminders()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = self._tender() | self._tender()
        many = few.union(*(self._tender() for _number in range(20)))
        cost(few)
        self.assertLessEqual(cost(many), cost(few) + 1)

    def test_entered_in_the_form(self):
        with Form(self.env["sbo.tender"].with_user(self.clerk)) as form:
            form.project = "School desks"
            form.partner_id = self.customer
            form.submission_at = at("2026-03-20 09:00")
            form.price = 100
        tender = form.record
        self.assertEqual(tender.sbo_clerk_id, self.clerk)
        tender.action_prepare()
        with Form(tender) as form, form.document_ids.new() as line:
            line.name = "Price list"
            line.due_on = "2026-03-10"
        self.assertEqual(tender.document_ids.user_id, self.clerk)
        wizard = self.env["sbo.tender.step"].with_user(self.clerk).with_context(
            **tender.action_withdraw()["context"])
        with Form(wizard) as form:
            form.reason = "Too small for us"
        form.record.action_apply()
        self.assertEqual((tender.state, tender.reason), ("withdrawn", "Too small for us"))
