from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.graded import graded
from .common import at
from .common_contracts_risk import SboRiskCommon


@tagged("post_install", "-at_install")
class TestCheckLevels(SboRiskCommon):
    """The level of a finding: raised by its rule, lowered by a supervisor, raised again for a cause only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("contract_overdue")
        cls.contract = cls._contract()
        cls.level = "2"
        case = cls

        @graded
        def query(model, check, ids=None):
            """One case, of the level that the story says."""
            return SQL(
                """SELECT k.id AS res_id, '' AS key, NULL::integer AS user_id, NULL::timestamp AS due_at,
                          NULL::timestamp AS done_at, 1.0 AS quantity, jsonb_build_object('since', %s) AS evidence,
                          %s AS severity FROM sbo_contract k WHERE k.id = %s AND %s""",
                f"level {case.level}", case.level, case.contract.id, bool(case.level))

        cls.startClassPatcher(patch.object(
            cls.env.registry["sbo.contract"], "_sbo_query_overdue", query))

    def _at(self, level, day):
        """The flag after an evening on which the rule says this level."""
        type(self).level = level
        return self._look("contract_overdue", self.contract, day=day)

    def test_opens_at_the_level_of_the_rule(self):
        flag = self._at("3", "2026-03-10")
        self.assertEqual((flag.severity, flag.rule_severity, flag.raised_at), ("3", "3", False))
        self.assertEqual(flag.contract_id, self.contract)

    def test_rises_by_itself(self):
        flag = self._at("2", "2026-03-10")
        flag.with_user(self.supervisor).action_confirm()
        self.assertEqual(self._at("4", "2026-03-12"), flag)
        self.assertEqual((flag.severity, flag.rule_severity, flag.state), ("4", "4", "confirmed"))
        self.assertEqual(flag.raised_at, at("2026-03-12 20:00"))
        self.assertEqual(flag.levels, [{"at": "2026-03-12T12:00:00", "from": "2", "to": "4"}])
        self.assertEqual(flag.evidence, {"since": "level 4"}, "what has raised it, also when it was judged before")

    def test_never_falls_by_itself(self):
        flag = self._at("4", "2026-03-10")
        self._at("2", "2026-03-12")
        self.assertEqual((flag.severity, flag.rule_severity, flag.levels), ("4", "2", False))
        self._at("3", "2026-03-13")
        self.assertEqual((flag.severity, flag.rule_severity), ("4", "3"))
        self.assertFalse(flag.raised_at)

    def test_lowered_with_a_reason_it_stays_down(self):
        flag = self._at("3", "2026-03-10")
        flag.with_user(self.supervisor).action_lower("1", "Bank guarantee received")
        self.assertEqual((flag.severity, flag.lowered_rule), ("1", "3"))
        self.assertEqual([flag.levels[0][key] for key in ("from", "to", "by", "reason")],
                         ["3", "1", self.supervisor.id, "Bank guarantee received"])
        self.assertIn("Bank guarantee received", str(flag.message_ids[0].body))
        for day, level in (("2026-03-11", "3"), ("2026-03-12", "2"), ("2026-03-13", "3")):
            self._at(level, day)
            self.assertEqual(flag.severity, "1", "nothing new: the rule says no more than when it was lowered")
        self._at("4", "2026-03-14")
        self.assertEqual((flag.severity, flag.lowered_rule), ("4", False))
        self.assertEqual([entry["to"] for entry in flag.levels], ["1", "4"])

    def test_lowered_after_the_rule_had_fallen(self):
        flag = self._at("4", "2026-03-10")
        self._at("2", "2026-03-11")
        flag.with_user(self.supervisor).action_lower("1", "Half is paid")
        self._at("3", "2026-03-12")
        self.assertEqual(flag.severity, "3", "the rule says more than when it was lowered")

    def test_who_lowers_and_who_does_not(self):
        flag = self._at("3", "2026-03-10")
        for user in (self.clerk, self.clerk2, self.salesperson):
            with self.assertRaisesRegex(UserError, "supervisor"):
                flag.with_user(user).action_lower("1", "Not so bad")
        self.contract.user_id = self.supervisor
        with self.assertRaisesRegex(UserError, "does not answer"):
            flag.with_user(self.supervisor).action_lower("1", "My own contract")
        self.assertFalse(flag.with_user(self.supervisor).can_lower)
        self.assertTrue(flag.with_user(self.manager).can_lower)
        for values in ({"severity": "1"}, {"lowered_rule": "4"}, {"levels": []}, {"contract_id": False}):
            with self.assertRaises(AccessError):
                flag.with_user(self.manager).write(values)
        self.assertEqual(flag.severity, "3")

    def test_lowered_to_a_lower_level_only(self):
        flag = self._at("2", "2026-03-10").with_user(self.supervisor)
        for level in ("2", "3", "0", "x"):
            with self.assertRaisesRegex(UserError, "below the present one"):
                flag.action_lower(level, "Just so")
        action = flag.action_lower("1", "  ")
        self.assertEqual((action["res_model"], flag.severity), ("sbo.finding.decision", "2"), "asked for the reason")
        flag.env["sbo.finding.decision"].with_context(**action["context"]).create(
            {"level": "1", "reason": "Paid by tomorrow"}).action_apply()
        self.assertEqual(flag.severity, "1")
        with self.assertRaisesRegex(UserError, "lowest level"):
            flag.action_lower("1", "Again")

    def test_waived_at_a_lower_level_is_not_waived_at_a_higher_one(self):
        flag = self._at("2", "2026-03-10")
        flag.with_user(self.supervisor).action_waive("Known, small")
        self._at("2", "2026-03-11")
        self.assertEqual((flag.state, self.contract.risk_level), ("waived", False))
        self._at("3", "2026-03-12")
        self.assertEqual((flag.state, flag.severity, self.contract.risk_level), ("candidate", "3", "3"))

    def test_who_answers_is_told_again(self):
        flag = self._at("2", "2026-03-10")
        self.env["sbo.finding"]._tell_people(self.company, at("2026-03-10 21:00"))
        self.assertTrue(flag.notified_at)
        self._at("2", "2026-03-11")
        self.assertTrue(flag.notified_at)
        self._at("3", "2026-03-12")
        self.assertFalse(flag.notified_at)

    def test_ends_and_begins_anew(self):
        flag = self._at("4", "2026-03-10")
        self.assertFalse(self._at(None, "2026-03-11"))
        self.assertEqual(flag.closed_at, at("2026-03-11 20:00"))
        with self.assertRaisesRegex(UserError, "it is over"):
            flag.with_user(self.supervisor).action_lower("1", "Late")
        again = self._at("2", "2026-03-12")
        self.assertEqual((again != flag, again.severity), (True, "2"))

    def test_findings_that_are_no_flags_keep_the_level_of_their_check(self):
        customer = self._customer("Plain", clerk=self.clerk)
        check = self._check([("id", "=", customer.id)], severity="3")
        self._run(check, "2026-03-10 20:00")
        finding = self._findings(customer, check)
        self.assertEqual((finding.severity, finding.rule_severity, finding.contract_id.id), ("3", False, False))
        with self.assertRaisesRegex(UserError, "risk flag"):
            finding.with_user(self.supervisor).action_lower("1", "Not so bad")

    def test_a_check_becomes_a_risk_flag_and_is_none_any_more(self):
        check = self._check([("id", "=", self.contract.id)], model="sbo.contract", area="contracts")
        self._run(check, "2026-03-10 20:00")
        finding = self._findings(self.contract, check)
        self.assertFalse(finding.contract_id)
        check.risk = True
        self.assertEqual(finding.contract_id, self.contract)
        check.risk = False
        self.assertFalse(finding.contract_id)
        with self.assertRaises(ValidationError):
            self._check().risk = True

    def test_levels_by_the_limits_of_the_check(self):
        self.check.write({"severity": "2", "high_above": 7, "critical_above": 30})
        for figure, level in ((1, "2"), (7, "2"), (7.5, "3"), (30, "3"), (31, "4")):
            [[found]] = self.env.execute_query(SQL("SELECT %s", self.check._sql_level(SQL("%s::numeric", figure))))
            self.assertEqual(found, level, figure)
        self.check.write({"high_above": 0, "critical_above": 0})
        [[found]] = self.env.execute_query(SQL("SELECT %s", self.check._sql_level(SQL("99"))))
        self.assertEqual(found, "2", "0: never")
        self.assertTrue(self.check.graded)
        self.assertFalse(self._shipped("contract_expiring").graded)
