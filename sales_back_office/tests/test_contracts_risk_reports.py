from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import at
from .common_contracts_risk import SboRiskCommon


@tagged("post_install", "-at_install")
class TestContractRiskReports(SboRiskCommon):
    """Who is told of a risk, by whom, with which proof; and what it costs to tell nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lawyer = cls._user("sbo_lawyer", "base.group_user")
        cls.company.sbo_risk_user_ids = cls.lawyer
        cls.contract = cls._contract()

    def _report(self, flag, when="2026-03-23 10:00", user=None, text="Please look", further=None):
        with freeze_time(at(when)):
            flag.with_user(user or self.clerk).action_report(text, further)
        self.env.invalidate_all()
        return flag.report_ids.user_id

    def _of_level(self, level):
        flag = self._flag(self.contract)
        flag.severity = level
        return flag

    # === whom === #

    def test_low_goes_to_the_salesperson(self):
        self.assertEqual(self._report(self._of_level("1")), self.salesperson)

    def test_each_level_tells_more(self):
        told = {level: self._of_level(level).with_user(self.clerk)._circle() for level in "1234"}
        self.assertIn(self.supervisor, told["2"] - told["1"])
        self.assertIn(self.manager, told["3"] - told["2"])
        self.assertEqual(told["4"] - told["3"], self.lawyer)
        for lower, higher in ("12", "23", "34"):
            self.assertLessEqual(told[lower], told[higher])

    def test_who_reports_knows_already(self):
        flag = self._of_level("1")
        told = flag.with_user(self.salesperson)._circle()
        self.assertNotIn(self.salesperson, told)
        self.assertIn(self.supervisor, told, "nobody else at this level: the next one is told")

    def test_further_people(self):
        flag = self._of_level("1")
        self.assertEqual(self._report(flag, further=self.outsider), self.salesperson | self.outsider)
        self.assertEqual(flag.with_user(self.outsider).check_code, "contract_expiring", "told means: may look")
        with self.assertRaises(AccessError):
            flag.with_user(self.lawyer).read(["severity"])

    # === proof === #

    def test_what_is_kept(self):
        flag = self._of_level("2")
        self._report(flag, text="The tender for next year is lost")
        report = flag.report_ids.filtered(lambda item: item.user_id == self.salesperson)
        self.assertEqual((report.reporter_id, report.reported_at, report.level, report.contract_id),
                         (self.clerk, at("2026-03-23 10:00"), "2", self.contract))
        message = report.message_id
        self.assertEqual(len(flag.report_ids.message_id), 1)
        self.assertEqual(message.author_id, self.clerk.partner_id)
        self.assertLessEqual(flag.report_ids.user_id.partner_id, message.notified_partner_ids)
        for words in ("The tender for next year is lost", self.contract.name, self.customer.name, "04/01/2026"):
            self.assertIn(words, message.body)
        self.assertTrue(report.with_user(self.clerk).mail_status)
        self.assertEqual((flag.reported_at, flag.unreported), (at("2026-03-23 10:00"), False))

    def test_proof_is_never_changed(self):
        flag = self._of_level("1")
        self._report(flag)
        report = flag.report_ids
        for user in (self.clerk, self.supervisor, self.manager):
            with self.assertRaises(UserError):
                report.with_user(user).write({"reported_at": "2026-03-20 00:00:00"})
            with self.assertRaises(UserError):
                report.with_user(user).unlink()
            with self.assertRaises(AccessError):
                report.with_user(user).create({
                    "finding_id": flag.id, "user_id": self.salesperson.id, "reporter_id": user.id, "level": "1",
                    "reported_at": "2026-03-20 00:00:00"})
            with self.assertRaises(AccessError):
                flag.with_user(user).write({"reported_at": "2026-03-20 00:00:00"})

    def test_by_the_dialog(self):
        flag = self._of_level("3")
        action = flag.with_user(self.clerk).action_report()
        self.assertFalse(flag.report_ids)
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]).create(
            {"text": "Now", "user_ids": [Command.link(self.auditor.id)]})
        self.assertIn(self.salesperson.name, wizard.told)
        self.assertIn(self.manager.name, wizard.told)
        wizard.action_apply()
        self.assertIn(self.auditor, flag.report_ids.user_id)

    def test_reported_again_after_a_raise(self):
        flag = self._of_level("1")
        self._report(flag)
        flag.write({"severity": "2", "raised_at": at("2026-03-24 20:00")})
        self.assertTrue(flag.unreported)
        self.assertIn(flag, self.env["sbo.finding"].search([("unreported", "=", True)]))
        self._report(flag, "2026-03-25 09:00")
        self.assertFalse(flag.unreported)
        self.assertIn(flag, self.env["sbo.finding"].search([("unreported", "=", False)]))
        self.assertEqual(len(flag.report_ids.message_id), 2)

    # === doors === #

    def test_who_may_report(self):
        flag = self._of_level("1")
        other = self._user("sbo_salesperson2", "sales_team.group_sale_salesman")
        for user in (other, self.outsider, self.company2_clerk):
            with self.assertRaises(UserError):
                flag.with_user(user).action_report("Mine")
        with self.assertRaisesRegex(UserError, "back office or the contract's salesperson"):
            flag.with_user(self.auditor).action_report("Seen")
        self.assertFalse(flag.report_ids)
        self._report(flag, user=self.salesperson)
        self.assertTrue(flag.reported_at)

    def test_what_is_over_is_not_reported(self):
        flag = self._of_level("1")
        flag.closed_at = at("2026-03-22 10:00")
        with self.assertRaisesRegex(UserError, "it is over"):
            flag.with_user(self.clerk).action_report("Late")
        check = self._check([("id", "=", self.contract.id)], model="sbo.contract")
        self._run(check, "2026-03-20 20:00")
        with self.assertRaisesRegex(UserError, "only risk flags"):
            self._findings(self.contract, check).with_user(self.clerk).action_report("No risk")

    # === not reported (D3.3) === #

    def _unreported(self, day="2026-03-31", hour="20:00"):
        check = self._shipped("contract_risk_unreported")
        self._run(check, f"{day} {hour}")
        self.assertFalse(check.broken, check.error)
        self.env.invalidate_all()
        return self._findings(self.contract, check)

    def test_unreported_is_a_finding_for_the_clerk(self):
        flag = self._flag(self.contract, day="2026-03-19")
        self.assertFalse(self._unreported("2026-03-20", "17:59"), "a working day is not over")
        found = self._unreported("2026-03-20", "18:01")
        self.assertEqual((found.user_id, found.key, found.due_at, found.severity, found.cause), (
            self.clerk, f"flag:{flag.id}", at("2026-03-20 18:00"), "3", "clerk"))
        self.assertFalse(found.contract_id, "an omission of a person is no risk of the contract")
        self.assertEqual((found.evidence["flag"], found.evidence["level"]), ("contract_expiring", "1"))
        self.assertIn("Contract ends soon", str(found.evidence_text))
        self._report(flag, "2026-03-23 09:00")
        self.assertEqual(self._unreported().closed_at, at("2026-03-23 09:00"), "late, and told once")

    def test_the_weekend_is_no_working_day(self):
        self._flag(self.contract, day="2026-03-20")
        self.assertFalse(self._unreported("2026-03-23", "17:00"))
        self.assertTrue(self._unreported("2026-03-23", "18:01"))

    def test_told_by_the_night_is_no_report(self):
        flag = self._flag(self.contract, day="2026-03-19")
        self.env["sbo.finding"]._tell_people(self.company, at("2026-03-19 21:00"))
        self.assertTrue(flag.notified_at)
        self.assertTrue(self._unreported())

    def test_reported_in_time(self):
        flag = self._flag(self.contract, day="2026-03-19")
        self._report(flag, "2026-03-20 17:00")
        self.assertFalse(self._unreported())

    def test_over_before_its_time(self):
        flag = self._flag(self.contract, day="2026-03-19")
        flag.closed_at = at("2026-03-20 12:00")
        self.assertFalse(self._unreported())

    def test_raised_and_not_reported_again(self):
        flag = self._flag(self.contract, day="2026-03-19")
        self._report(flag, "2026-03-20 10:00")
        flag.write({"levels": [{"at": "2026-03-23T12:00:00", "from": "1", "to": "3"}], "severity": "3",
                    "raised_at": at("2026-03-23 20:00")})
        found = self._unreported("2026-03-25")
        self.assertEqual((found.key, found.due_at, found.evidence["level"]), (
            f"flag:{flag.id}:1", at("2026-03-24 18:00"), "3"))

    def test_raised_while_unreported_is_one_omission(self):
        flag = self._flag(self.contract, day="2026-03-19")
        flag.write({"levels": [{"at": "2026-03-23T12:00:00", "from": "1", "to": "3"}], "severity": "3",
                    "raised_at": at("2026-03-23 20:00")})
        self.assertEqual(self._unreported("2026-03-26").mapped("key"), [f"flag:{flag.id}"])

    def test_lowered_is_nothing_to_report(self):
        flag = self._of_level("3")
        self._report(flag, "2026-03-23 09:00")
        flag.with_user(self.supervisor).action_lower("1", "Prolonged by word")
        self.assertFalse(self._unreported())

    def test_the_clerk_of_the_due_moment_answers(self):
        self._flag(self.contract, day="2026-03-19")
        self._absence(self.clerk, at("2026-03-20 08:00"), at("2026-03-21 08:00"), self.clerk2)
        self.assertEqual(self._unreported().user_id, self.clerk2)

    def test_what_is_waived_need_not_be_reported(self):
        flag = self._flag(self.contract, day="2026-03-19")
        flag.with_user(self.supervisor).action_waive("Known to all")
        self.assertFalse(self._unreported())

    def test_nobody_waives_or_lowers_a_flag_of_the_own_contract(self):
        flag = self._of_level("3")
        boss = flag.with_user(self.supervisor)
        self.assertTrue(boss.can_judge and boss.can_lower)
        for record, name in ((self.contract, "user_id"), (self.contract, "sbo_clerk_id"), (self.customer, "user_id")):
            before = record[name]
            record[name] = self.supervisor
            self.env.invalidate_all()
            self.assertFalse(boss.can_judge or boss.can_lower)
            for action, words in ((boss.action_waive, ("Known to me",)), (boss.action_lower, ("1", "Known to me"))):
                with self.assertRaisesRegex(UserError, "who does not answer for"), self.cr.savepoint():
                    action(*words)
            record[name] = before
        boss.invalidate_recordset()
        boss.action_waive("Known to all")
        self.contract.sbo_clerk_id = self.supervisor
        with self.assertRaisesRegex(UserError, "who does not answer for"):
            boss.action_reopen()

    def test_the_message_that_proves_a_report_stays(self):
        flag = self._of_level("2")
        self._report(flag)
        proof = flag.report_ids.message_id
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            proof.unlink()
        self.assertTrue(proof.exists())
        self.assertEqual(flag.report_ids.message_id, proof)
