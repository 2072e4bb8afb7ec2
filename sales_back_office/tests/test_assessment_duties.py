from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .assessment_common import APRIL_5, AssessmentCommon
from .common import at

RESULTS = ("total", "score", "points_lost", "coefficient", "pay", "grade_id", "state", "standard_id", "user_id")
STEPS = {
    "action_send": "draft",
    "action_confirm": "self_review",
    "action_note_refusal": "confirmed",
    "action_approve": "appeal",
    "action_lock": "approved",
    "action_reopen": "self_review",
    "action_correct": "locked",
}


@tagged("post_install", "-at_install")
class TestDuties(AssessmentCommon):
    """Nobody confirms, approves, exempts or locks their own sheet, by any door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._finding("A1.1", "2026-03-03 10:00")
        cls.sheet = cls._run()

    def _own_sheet(self, user, state):
        """The sheet of somebody who leads, in the given state."""
        sheet = self._run(users=user)
        sheet.sudo().state = state
        return sheet.with_user(user).with_context(sbo_as_of=at("2026-05-05 12:00"))

    def test_nobody_steps_on_the_own_sheet(self):
        for user in (self.clerk, self.supervisor, self.manager):
            for step, state in STEPS.items():
                with self.subTest(user=user.login, step=step):
                    with self.env.cr.savepoint(flush=False) as savepoint:
                        sheet = self._own_sheet(user, state)
                        with self.assertRaises(UserError):
                            getattr(sheet, step)()
                        savepoint.rollback()
                    self.env.invalidate_all()

    def test_roles_of_the_steps(self):
        self.sheet.with_user(self.supervisor).action_send()
        with self.assertRaisesRegex(UserError, "only"):
            self.sheet.with_user(self.supervisor).action_hand_in()
        with self.assertRaises(UserError):
            self.sheet.with_user(self.clerk2).action_hand_in()
        self.sheet.with_user(self.supervisor).action_confirm()
        with self.assertRaises(UserError):
            self.sheet.with_user(self.manager).action_sign()
        self.sheet.with_user(self.clerk).action_sign()
        for step in ("action_approve", "action_lock", "action_note_refusal", "action_correct"):
            with self.assertRaises(UserError):
                getattr(self.sheet.with_user(self.supervisor), step)()

    def test_results_cannot_be_written_by_anybody(self):
        for user in (self.clerk, self.supervisor, self.manager, self.auditor, self.salesperson):
            for name in RESULTS:
                value = {"state": "locked", "grade_id": False, "user_id": user.id}.get(name, 100)
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    self.sheet.with_user(user).write({name: value})

    def test_judgement_is_not_for_the_assessed(self):
        own = self._own_sheet(self.supervisor, "self_review")
        for vals in (
            {"bonus": 5, "bonus_reason": "I am good"},
            {"attended_days": 1},
            {"interview_note": "None"},
            {"line_ids": [Command.update(own.line_ids[0].id, {"adjustment": 1, "adjustment_reason": "!"})]},
        ):
            with self.assertRaises(UserError):
                own.write(vals)
        own.line_ids[0].self_score = 3
        own.self_comment = "This much is mine to write"

    def test_clerk_does_not_rate_before_being_asked(self):
        with self.assertRaises(UserError):
            self.sheet.with_user(self.clerk).line_ids[0].self_score = 10
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.clerk).self_comment = "Too early"

    def test_lines_and_deductions_are_not_written_by_hand(self):
        line, deduction = self._line(self.sheet, "A1"), self.sheet.deduction_ids
        for user in (self.clerk, self.supervisor, self.manager):
            for record, vals in (
                (line, {"lost": 0}),
                (line, {"final": 10}),
                (deduction, {"points": 0}),
                (deduction, {"state": "exempt", "exempt": True}),
            ):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                    record.with_user(user).write(vals)
            with self.assertRaises(UserError):
                deduction.with_user(user).unlink()
            with self.assertRaises(UserError):
                deduction.with_user(user).copy()
            with self.assertRaises(UserError):
                self.sheet.with_user(user).copy()

    def test_exemption_and_appeal_are_for_others_to_decide(self):
        case = self._finding("A1.1", "2026-03-03 10:00", user=self.manager)
        own = self._own_sheet(self.manager, "draft")
        deduction = self._deduction(own, case)
        with self.assertRaisesRegex(UserError, "own sheet"):
            deduction.action_exempt("I am the manager")
        own.sudo().state = "appeal"
        deduction.sudo().appeal_state = "open"
        with self.assertRaisesRegex(UserError, "own sheet"):
            deduction.action_accept("I am the manager")
        with self.assertRaises(UserError):
            self.sheet.deduction_ids.with_user(self.clerk).action_exempt("Mine")

    def test_run_and_setters_cannot_be_called_from_outside(self):
        for name in ("_run", "_refresh", "_set", "_add_up", "_refresh_findings"):
            self.assertTrue(name.startswith("_"), "methods with an underscore are closed to RPC")
            self.assertTrue(hasattr(self.sheet, name))

    def test_clerk_sees_the_own_sheet_only(self):
        self._run(users=self.clerk2)
        for model in ("sbo.assessment", "sbo.assessment.line", "sbo.assessment.deduction"):
            found = self.env[model].with_user(self.clerk).search([])
            self.assertEqual(found.user_id, self.clerk if found else found.user_id)
        self.assertEqual(self.env["sbo.assessment"].with_user(self.clerk).search([]), self.sheet)
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.clerk2).read(["total"])
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.salesperson).read(["total"])
        for user in (self.supervisor, self.manager, self.auditor):
            self.assertEqual(len(self.env["sbo.assessment"].with_user(user).search([])), 2)

    def test_pay_is_not_for_clerks(self):
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.clerk).read(["pay_base"])
        self.sheet.with_user(self.auditor).read(["pay_base", "pay"])

    def test_second_company_sees_nothing(self):
        for model in ("sbo.assessment", "sbo.assessment.line", "sbo.assessment.deduction"):
            self.assertFalse(self.env[model].with_user(self.company2_clerk).search([]))
        manager2 = self._user(
            "sbo_manager2",
            "sales_back_office.sbo_group_manager",
            company_id=self.company2.id,
            company_ids=[Command.set(self.company2.ids)],
        )
        self.assertFalse(self.env["sbo.assessment"].with_user(manager2).search([]))
        with self.assertRaises(AccessError):
            self.sheet.with_user(manager2).action_confirm()
        self.standard.action_retire()
        mine = self._standard("Only here", company_id=self.company.id)
        self.assertNotIn(mine, self.env["sbo.standard"].with_user(manager2).search([]))

    def test_findings_count_in_their_own_company(self):
        person = self.company2_clerk
        person.sudo().company_ids = [Command.link(self.company.id)]
        self._finding("A1.1", "2026-03-03 10:00", user=person)
        here = self._run(users=person)
        there = self._run(users=person, company=self.company2)
        self.assertEqual((here.points_lost, there.points_lost), (1, 0))

    def test_people_are_the_clerks_who_lead_nobody(self):
        people = self.sheets._get_people(self.company)
        self.assertIn(self.clerk, people)
        for user in (self.supervisor, self.manager, self.auditor, self.salesperson, self.company2_clerk):
            self.assertNotIn(user, people)

    def test_my_sheet_is_made_on_the_spot_and_live(self):
        self._finding("A1.1", "2026-04-02 10:00")
        action = self.sheets.with_user(self.clerk).with_context(sbo_as_of=APRIL_5).action_my_sheet()
        sheet = self.sheets.browse(action["res_id"])
        self.assertEqual((sheet.user_id, str(sheet.period_start)), (self.clerk, "2026-04-01"))
        self.assertEqual(sheet.total, 99)
        self.assertFalse(self.sheets.with_user(self.manager).action_my_sheet().get("res_id"))

    def test_wizard_starts_a_month(self):
        wizard = self.env["sbo.assessment.start"].with_user(self.supervisor)
        with self.assertRaises(AccessError):
            wizard.with_user(self.clerk).create({})
        wizard = wizard.create({"day": "2026-02-14"})
        self.assertEqual(wizard.standard_id, self.standard)
        self.assertIn(self.clerk, wizard.user_ids)
        self.assertEqual((str(wizard.period_start), str(wizard.period_end)), ("2026-02-01", "2026-02-28"))
        sheets = self.sheets.search(wizard.action_start()["domain"])
        self.assertEqual(sheets.user_id, wizard.user_ids)
