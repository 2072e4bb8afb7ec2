from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import at
from .common_checks import SboCheckCommon

LEDGER = "odoo.addons.sales_back_office.models.sbo_check_ledger"


class NightCase(SboCheckCommon):
    """One customer, one check; the shipped checks sleep."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.check"].search([]).active = False
        cls.customer = cls._customer("Night Customer", clerk=cls.clerk, ref="S1")
        cls.check = cls._check("[('ref', '=', 'S1')]")
        cls.nights = cls.env["sbo.check.run"]

    def _night(self, cron="sbo_cron_checks"):
        with self.enter_registry_test_mode():
            self.env.ref(f"sales_back_office.{cron}").method_direct_trigger()

    def _activities(self, user):
        kind = self.env.ref("sales_back_office.sbo_activity_findings")
        return self.env["mail.activity"].search([("user_id", "=", user.id), ("activity_type_id", "=", kind.id)])

    def _mails(self, user):
        return self.env["mail.mail"].search([("email_to", "ilike", user.email), ("id", ">", self.last_mail)])

    def setUp(self):
        super().setUp()
        self.last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0


@tagged("post_install", "-at_install")
class TestFindingNight(NightCase):
    """The nightly run: planned once, resumed where it stopped, each check on its own."""

    def test_a_night(self):
        self._night()
        runs = self.nights.search([])
        companies = self.env["res.company"].search([])
        self.assertEqual(len(runs), 2 * len(companies), "the check and the telling, for each company")
        self.assertEqual(set(runs.mapped("state")), {"done"})
        found = self._findings(self.customer, self.check)
        self.assertEqual((len(found), bool(found.notified_at)), (1, True))
        self.assertEqual(sum(runs.mapped("added")), 1)
        self.assertEqual(len(set(runs.mapped("as_of"))), 1, "the whole night judges at one moment")

    def test_the_second_worker_finds_nothing_left(self):
        self._night()
        runs = self.nights.search([])
        self._night("sbo_cron_checks_second")
        self.assertEqual(self.nights.search([]), runs, "a night is planned once")
        self.assertEqual(len(self._findings(self.customer)), 1)

    def test_both_rows_do_the_same(self):
        crons = self.env.ref("sales_back_office.sbo_cron_checks") | self.env.ref(
            "sales_back_office.sbo_cron_checks_second")
        self.assertEqual(crons.mapped("code"), ["model._cron_night()"] * 2)
        self.assertEqual(set(crons.mapped("active")), {True})
        self.assertEqual({(cron.interval_number, cron.interval_type) for cron in crons}, {(1, "days")})

    def test_the_next_night_is_planned_again(self):
        self._night()
        first = self.nights.search([])
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._night()
        self.assertEqual(len(self.nights.search([])), 2 * len(first))

    def test_resumes_what_was_left(self):
        later = self._check("[('ref', '=', 'S1')]")
        self.nights._plan_night()
        run = self.nights.search([("check_id", "=", self.check.id), ("company_id", "=", self.company.id)])
        run._execute()
        judged_at = run.as_of
        self.assertFalse(self._findings(self.customer, later), "the worker was killed here")
        self._night()
        self.assertEqual(set(self.nights.search([]).mapped("state")), {"done"})
        self.assertEqual(self._findings(self.customer, later).opened_at, judged_at, "still that night's moment")
        self.assertEqual(len(self._findings(self.customer)), 2)

    def test_a_broken_check_does_not_stop_the_night(self):
        bad = self._check("[('ref', '=', 'S1')]", sequence=1)
        bad.flush_recordset()
        self.env.cr.execute("UPDATE sbo_check SET domain = %s WHERE id = %s", ("[('gone', '=', 1)]", bad.id))
        bad.invalidate_recordset()
        with mute_logger(LEDGER):
            self._night()
        self.assertTrue(bad.broken)
        self.assertEqual(set(bad.run_ids.mapped("state")), {"failed"})
        self.assertEqual(len(self._findings(self.customer, self.check)), 1)
        self.assertEqual(len(self._activities(self.clerk)), 1, "people are told of what the others found")

    def test_run_by_hand_between_planning_and_its_turn(self):
        self.nights._plan_night(fields.Datetime.now() - timedelta(hours=2))
        self.check._run(companies=self.env["res.company"].search([]))
        self._night()
        self.assertFalse(self.check.broken, "a supervisor's Run Now is no failure of the night")
        self.assertEqual(set(self.check.run_ids.mapped("state")), {"done"})
        self.assertEqual(self._is_open(self._findings(self.customer)), [True])

    def test_old_rows_go(self):
        self._night()
        old = self.nights.search([])
        with freeze_time(fields.Datetime.now() + timedelta(days=200)):
            self._night()
        self.assertFalse(old.exists())
        self.assertEqual(len(self._findings(self.customer)), 1, "the ledger itself is kept")


@tagged("post_install", "-at_install")
class TestFindingNotice(NightCase):
    """One activity and one mail per person and night, whatever the number of findings."""

    def test_one_for_many(self):
        for number in range(30):
            self._customer(f"Night {number}", clerk=self.clerk, ref="S1")
        self._customer("Other", clerk=self.clerk2, ref="S1")
        self._night()
        activity, mail = self._activities(self.clerk), self._mails(self.clerk)
        self.assertEqual((len(activity), len(mail)), (1, 1))
        self.assertIn("31 new findings", activity.summary)
        self.assertEqual(mail.subject, activity.summary)
        self.assertEqual(mail.body_html.count(self.check.name), 20, "the worst twenty are listed")
        self.assertIn("and 11 more", " ".join(mail.body_html.split()))
        self.assertIn("/odoo/findings", mail.body_html)
        self.assertIn("1 new findings", self._activities(self.clerk2).summary)
        self.assertFalse(self._activities(self.supervisor))

    def test_second_night_without_news_tells_nobody(self):
        self._night()
        self._activities(self.clerk).unlink()
        self._mails(self.clerk).unlink()
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._night()
        self.assertFalse(self._activities(self.clerk))
        self.assertFalse(self._mails(self.clerk))

    def test_news_bring_the_unfinished_activity_up_to_date(self):
        self._night()
        self._customer("News", clerk=self.clerk, ref="S1")
        self._customer("More News", clerk=self.clerk, ref="S1")
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._night()
        self.assertIn("2 new findings", self._activities(self.clerk).summary)
        self.assertEqual(len(self._mails(self.clerk)), 2)

    def test_deadline_is_the_companys_day(self):
        self.check._run(at("2026-03-03 02:05"), self.company)
        self.env["sbo.finding"]._tell_people(self.company, at("2026-03-03 02:05"))
        self.assertEqual(str(self._activities(self.clerk).date_deadline), "2026-03-03", "two at night is today here")

    def test_ended_waived_and_silent_ones_are_not_told(self):
        self._run(self.check, "2026-03-03 02:00")
        self._findings(self.customer).with_user(self.supervisor).action_waive("known")
        silent = self._check("[('ref', '=', 'S1')]", notify=False)
        self._run(silent, "2026-03-03 02:00")
        ended = self._check("[('ref', '=', 'S1')]")
        self._run(ended, "2026-03-03 02:00")
        ended.domain = "[('ref', '=', 'S2')]"
        self._run(ended, "2026-03-04 02:00")
        told = self.env["sbo.finding"]._tell_people(self.company, at("2026-03-04 02:05"))
        self.assertNotIn(self.clerk, told)

    def test_noted_by_hand_is_told_too(self):
        self._note(self.clerk2, res_name="Shouting on the phone")
        self._night()
        self.assertEqual(len(self._activities(self.clerk2)), 1)
        self.assertIn("Shouting on the phone", self._mails(self.clerk2).body_html)

    def test_escalation_once_after_days(self):
        self.check.escalate_days = 3
        self._run(self.check, "2026-03-03 02:00")
        tell = self.env["sbo.finding"]._tell_people
        self.assertEqual(tell(self.company, at("2026-03-03 02:05")), self.clerk)
        self.assertFalse(tell(self.company, at("2026-03-06 01:59")))
        told = tell(self.company, at("2026-03-06 02:05"))
        self.assertIn(self.supervisor, told)
        self.assertFalse(told & (self.clerk | self.manager), "supervisors, not managers, not the clerk again")
        self.assertIn("1 overdue ones passed on to you", self._activities(self.supervisor).summary)
        self.assertIn(self.clerk.name, self._mails(self.supervisor).body_html)
        self.assertFalse(tell(self.company, at("2026-03-09 02:05")), "once")

    def test_escalation_to_managers_or_one_person(self):
        self.check.write({"escalate_days": 1, "escalate_to": "manager", "notify": False})
        other = self._check("[('ref', '=', 'S1')]", notify=False, escalate_days=1, escalate_to="user",
                            escalate_user_id=self.auditor.id)
        for check in (self.check, other):
            self._run(check, "2026-03-03 02:00")
        told = self.env["sbo.finding"]._tell_people(self.company, at("2026-03-05 02:05"))
        self.assertIn(self.manager, told)
        self.assertIn(self.auditor, told)
        self.assertNotIn(self.supervisor, told)

    def test_the_other_company_tells_its_own(self):
        self._customer("There", clerk=self.company2_clerk, ref="S1", company_id=self.company2.id)
        self.check._run(at("2026-03-03 02:00"), self.company | self.company2)
        tell = self.env["sbo.finding"]._tell_people
        self.assertEqual(tell(self.company, at("2026-03-03 02:05")), self.clerk)
        self.assertEqual(tell(self.company2, at("2026-03-03 02:05")), self.company2_clerk)

    def test_everybody_reads_their_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.check.with_context(lang="zh_CN").name = "客户编号有误"
        self.clerk.lang = "zh_CN"
        self._customer("Other", clerk=self.clerk2, ref="S1")
        self._night()
        self.assertIn("客户编号有误", self._mails(self.clerk).body_html)
        self.assertNotIn("客户编号有误", self._mails(self.clerk2).body_html)
        self.assertIn(self.check.name, self._mails(self.clerk2).body_html)
