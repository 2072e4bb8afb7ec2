import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import freeze_time, tagged
from openpyxl import load_workbook

from .common import at
from .common_contracts_schedule import SboScheduleCommon


@tagged("post_install", "-at_install")
class TestContractSummary(SboScheduleCommon):
    """The month is over: its summary goes out by itself, once, and stays as it was sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("UPDATE sbo_contract SET signed_on = NULL, active = FALSE")
        cls.env.cr.execute("DELETE FROM sbo_contract_summary")
        cls.env.invalidate_all()
        cls.company.sbo_summary_user_ids = [Command.set((cls.manager | cls.accountant).ids)]
        cls.contract = cls._contract()
        order = cls._under(cls.contract)
        order.date_order = at("2026-02-10 09:00")
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-02-12"
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = "2026-03-20"
        invoice.action_post()
        cls._pay(invoice, 1000, payment_date="2026-02-20")
        cls._pay(invoice, 2000, payment_date="2026-03-10")
        cls._pay(invoice, 3000, payment_date="2026-04-01")

    def _run(self, moment="2026-04-01 02:00"):
        """The job at a Shanghai moment."""
        with freeze_time(at(moment)):
            self.env["sbo.contract.summary"]._plan()
            tried = []
            while summary := self.env["sbo.contract.summary"]._take(tried):
                summary._prepare_guarded()
                tried.append(summary.id)
        return self.env["sbo.contract.summary"].search([("company_id", "=", self.company.id)])

    def _mails(self, summaries):
        return self.env["mail.mail"].search([("model", "=", "sbo.contract.summary"), ("res_id", "in", summaries.ids)])

    def test_month_and_quarter_go_out_when_they_are_over(self):
        summaries = self._run()
        self.assertEqual(sorted(summaries.mapped("kind")), ["month", "quarter"], "no contract was signed in 2025")
        month = summaries.filtered(lambda item: item.kind == "month")
        self.assertFalse(month.error)
        self.assertEqual([str(month.period_start), str(month.period_end)], ["2026-03-01", "2026-03-31"])
        self.assertEqual((month.contract_count, month.received, month.receivable, month.overdue), (1, 2000, 7000, 7000))
        quarter = summaries.filtered(lambda item: item.kind == "quarter")
        self.assertEqual((quarter.received, quarter.name), (3000, "Contract Summary Q1 2026"))
        self.assertEqual(month.recipient_ids, self.manager | self.accountant)
        mail = self._mails(month)
        self.assertEqual((len(mail), mail.attachment_ids), (1, month.pdf_id | month.workbook_id))
        for user in self.manager | self.accountant:
            self.assertIn(user.email, mail.email_to)
        sheet = load_workbook(io.BytesIO(month.workbook_id.raw)).active
        self.assertIn("March 2026", sheet.cell(2, 1).value)
        self.assertEqual(sheet.cell(5, 1).value, self.contract.name)

    def test_what_was_filed_away_since_belongs_to_its_period(self):
        self.contract.write({"state": "filed"})
        month = self._run().filtered(lambda item: item.kind == "month")
        self.assertEqual((month.contract_count, month.received), (1, 2000))

    def test_nobody_gets_it_twice(self):
        summaries = self._run()
        sent = self._mails(summaries)
        self.assertEqual(self._run("2026-04-02 02:00"), summaries)
        self.assertEqual(self._mails(summaries), sent)

    def test_killed_half_way_nothing_has_been_sent(self):
        with patch.object(self.env.registry["sbo.contract.summary"], "_mail", side_effect=RuntimeError("killed")), \
                self.assertLogs("odoo.addons.sales_back_office", "ERROR"):
            summaries = self._run()
        self.assertFalse(summaries.filtered("prepared_at") or self._mails(summaries))
        self.assertEqual(set(summaries.mapped("tries")), {1})
        self.assertEqual(len(self._mails(self._run())), 2, "the next turn tries again")

    def test_the_job_commits_them_one_by_one(self):
        cron = self.env.ref("sales_back_office.sbo_cron_contract_summary")
        with freeze_time(at("2026-04-01 02:00")), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        summaries = self.env["sbo.contract.summary"].search([("company_id", "=", self.company.id)])
        self.assertEqual((len(summaries.filtered("mailed_at")), len(self._mails(summaries))), (2, 2))

    def test_what_failed_too_often_waits_for_a_supervisor(self):
        with patch.object(self.env.registry["sbo.contract.summary"], "_mail", side_effect=RuntimeError("no way")), \
                self.assertLogs("odoo.addons.sales_back_office", "ERROR"):
            summaries = [self._run() for _n in range(6)][-1]
        self.assertEqual((set(summaries.mapped("tries")), set(summaries.mapped("error"))), ({5}, {"no way"}))
        self.assertFalse(self._run().filtered("mailed_at"))
        with self.assertRaises(AccessError):
            summaries.with_user(self.accountant).action_retry()
        summaries.with_user(self.supervisor).action_retry()
        self.assertTrue(all(self._run().mapped("mailed_at")))

    def test_what_was_sent_stays(self):
        month = self._run().filtered(lambda item: item.kind == "month")
        self.contract.sudo().order_ids.order_line.invoice_lines.move_id.line_ids.remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual(month.received, 2000)
        with self.assertRaises(UserError):
            month.unlink()
        for user in (self.manager, self.supervisor, self.auditor, self.accountant):
            self.assertTrue(month.with_user(user).action_download_paper() if month.pdf_id else True)
            with self.assertRaises(AccessError):
                month.with_user(user).write({"received": 1})
        for user in (self.clerk, self.salesperson, self.outsider):
            with self.assertRaises(AccessError):
                month.with_user(user).read(["received"])
        self.assertFalse(self.env["sbo.contract.summary"].with_user(self.company2_clerk).has_access("read"))

    def test_a_correction_is_a_new_version(self):
        month = self._run().filtered(lambda item: item.kind == "month")
        with self.assertRaises(AccessError):
            month.with_user(self.accountant)._correct("Wrong")
        action = month.with_user(self.supervisor).action_correct()
        wizard = self.env[action["res_model"]].with_user(self.supervisor).with_context(**action["context"]).create(
            {"reason": "A payment was missing"})
        version = self.env["sbo.contract.summary"].browse(wizard.action_apply()["res_id"])
        self.assertEqual((version.version, version.reason), (2, "A payment was missing"))
        self._run()
        self.assertTrue(version.mailed_at)
        self.env.invalidate_all()
        self.assertTrue(month.superseded)
        self.assertFalse(version.superseded)
        self.assertEqual(self.env["sbo.contract.summary"].search(
            [("kind", "=", "month"), ("superseded", "=", False)]), version)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sales_back_office.sbo_contract_summary_paper", version.ids)[0].decode()
        self.assertIn("A payment was missing", html)

    def test_without_recipients_whoever_leads_gets_it(self):
        self.company.sbo_summary_user_ids = False
        users = self.company._sbo_summary_users()
        self.assertIn(self.manager, users)
        self.assertNotIn(self.clerk, users)

    def test_a_company_without_contracts_gets_none(self):
        self._run()
        self.assertFalse(self.env["sbo.contract.summary"].search([("company_id", "=", self.company2.id)]))
        self.company.sbo_summary_quarter = self.company.sbo_summary_year = False
        kinds = self._run("2026-07-01 02:00").filtered(lambda item: item.period_end > Date.to_date("2026-04-01"))
        self.assertEqual(kinds.mapped("kind"), ["month"])

    def test_chosen_in_the_settings(self):
        settings = self.env["res.config.settings"].create({})
        settings.sbo_summary_user_ids = self.supervisor
        settings.execute()
        self.assertEqual(self.company._sbo_summary_users(), self.supervisor)
        arch = self.env["res.config.settings"].get_view()["arch"]
        self.assertIn("sbo_summary_user_ids", arch)
