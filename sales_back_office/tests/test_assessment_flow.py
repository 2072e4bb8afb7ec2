from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .assessment_common import APRIL_5, MAY_5, AssessmentCommon


@tagged("post_install", "-at_install")
class TestFlow(AssessmentCommon):
    """From the live draft to the lock, with exemptions, appeals and corrections that stay visible."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._finding("A1.1", "2026-03-03 10:00", quantity=2)
        cls.sheet = cls._run()

    def test_whole_way(self):
        sheet = self._walk(self.sheet, "locked")
        self.assertEqual(sheet.confirmed_by_id, self.supervisor)
        self.assertEqual(sheet.acknowledged_by_id, self.clerk)
        self.assertEqual((sheet.approved_by_id, sheet.locked_by_id), (self.manager, self.manager))

    def test_each_next_person_has_a_to_do(self):
        sheet = self._walk(self.sheet, "self_review")
        self.assertEqual(sheet.activity_ids.user_id, self.clerk)
        sheet.with_user(self.clerk).action_hand_in()
        self.assertEqual(sheet.activity_ids.user_id, self.supervisor)
        sheet.with_user(self.supervisor).action_confirm()
        self.assertEqual(sheet.activity_ids.user_id, self.clerk)

    def test_self_rating(self):
        sheet = self._walk(self.sheet, "self_review")
        mine = sheet.with_user(self.clerk)
        first = sheet.line_ids[0]
        mine.write({"self_comment": "A good month", "line_ids": [Command.update(first.id, {"self_score": 9})]})
        self.assertTrue(sheet.self_rated)
        self.assertEqual((sheet.self_score, sheet.total), (9, 98), "the own rating does not move the result")
        with self.assertRaises(ValidationError):
            mine.line_ids[0].self_score = 11

    def test_supervisor_corrects_a_criterion_with_a_reason(self):
        line = self._line(self.sheet, "A1").with_user(self.supervisor)
        with self.assertRaises(ValidationError):
            line.adjustment = 1
        line.write({"adjustment": 1, "adjustment_reason": "One error was in the customer's own paper"})
        self.assertEqual((line.score, line.final, self.sheet.total), (8, 9, 99))
        line.write({"adjustment": 5})
        self.assertEqual(line.final, 10, "never above the points of the criterion")

    def test_undecided_findings_stop_the_confirmation(self):
        self._finding("A1.1", "2026-03-05 10:00", state="candidate")
        sheet = self._walk(self.sheet, "self_review")
        with self.assertRaisesRegex(UserError, "nobody has decided"):
            sheet.with_user(self.supervisor).action_confirm()
        sheet.with_user(self.supervisor).action_confirm_findings()
        sheet.with_user(self.supervisor).action_confirm()
        self.assertEqual(sheet.total, 97)

    def test_confirmed_sheet_is_not_moved_by_findings_any_more(self):
        sheet = self._walk(self.sheet, "confirmed")
        self._finding("A1.1", "2026-03-06 10:00")
        self.case.sudo().write({"state": "waived"})
        sheet.action_refresh()
        self._run()
        self.assertEqual(sheet.total, 98)
        sheet.with_user(self.supervisor).action_reopen()
        self.assertEqual((sheet.total, sheet.state, sheet.confirmed_by_id.id), (99, "draft", False))

    def test_exemption_changes_the_total_and_stays_visible(self):
        deduction = self._deduction(self.sheet, self.case).with_user(self.supervisor)
        deduction.action_exempt("The system was down")
        self.assertEqual((deduction.state, deduction.points, self.sheet.total), ("exempt", 2, 100))
        self._run()
        self.assertEqual((deduction.exempt_reason, self.sheet.total), ("The system was down", 100))
        deduction.action_charge()
        self.assertEqual((deduction.state, self.sheet.total), ("counted", 98))

    def test_appeal_is_decided_by_the_manager_and_stays_visible(self):
        sheet = self._walk(self.sheet, "appeal")
        deduction = self._deduction(sheet, self.case)
        with self.assertRaisesRegex(UserError, "only"):
            deduction.with_user(self.supervisor).action_appeal("Not mine to say")
        deduction.with_user(self.clerk).with_context(sbo_as_of=APRIL_5).action_appeal("The price was agreed")
        with self.assertRaisesRegex(UserError, "appeal nobody has decided"):
            sheet.with_user(self.manager).with_context(sbo_as_of=MAY_5).action_approve()
        with self.assertRaises(UserError):
            deduction.with_user(self.supervisor).action_accept("Right")
        deduction.with_user(self.manager).action_accept("Right")
        self.assertEqual((sheet.total, deduction.state, deduction.appeal_state), (100, "exempt", "accepted"))
        self.assertEqual((deduction.appeal_text, deduction.appeal_outcome), ("The price was agreed", "Right"))

    def test_rejected_appeal_leaves_the_points(self):
        sheet = self._walk(self.sheet, "appeal")
        deduction = self._deduction(sheet, self.case)
        deduction.with_user(self.clerk).with_context(sbo_as_of=APRIL_5).action_appeal("I disagree")
        deduction.with_user(self.manager).action_reject("The mail says otherwise")
        self.assertEqual((sheet.total, deduction.state, deduction.appeal_state), (98, "counted", "rejected"))

    def test_appeal_period(self):
        sheet = self._walk(self.sheet, "appeal")  # signed on Sunday: five working days, to Friday the 10th
        self.assertEqual(str(sheet.appeal_deadline), "2026-04-10 10:00:00")
        with self.assertRaisesRegex(UserError, "appeal period"):
            sheet.with_user(self.manager).with_context(sbo_as_of=APRIL_5).action_approve()
        with self.assertRaisesRegex(UserError, "appeal period is over"):
            deduction = self._deduction(sheet, self.case).with_user(self.clerk).with_context(sbo_as_of=MAY_5)
            deduction.action_appeal("Too late")

    def test_refused_signature_does_not_stop_the_flow(self):
        sheet = self._walk(self.sheet, "confirmed")
        sheet.with_user(self.manager).with_context(sbo_as_of=APRIL_5).action_note_refusal()
        self.assertEqual((sheet.state, sheet.acknowledged_by_id.id), ("appeal", False))
        self.assertTrue(sheet.appeal_deadline)

    def test_locked_is_frozen_for_ever(self):
        sheet = self._walk(self.sheet, "locked")
        before = sheet.read() + sheet.line_ids.read() + sheet.deduction_ids.read()
        self.case.sudo().write({"state": "waived", "quantity": 7, "cause": "customer"})
        self._finding("A1.1", "2026-03-07 10:00")
        self.env["res.partner"].browse(self.case.res_id).name = "Another name"
        self._run()
        sheet._refresh()
        sheet._add_up()
        sheet.invalidate_recordset()
        self.assertEqual(sheet.read() + sheet.line_ids.read() + sheet.deduction_ids.read(), before)

    def test_locked_refuses_even_the_superuser(self):
        sheet = self._walk(self.sheet, "locked").sudo()
        for record, vals in (
            (sheet, {"total": 100}),
            (sheet, {"state": "draft"}),
            (sheet.line_ids[0], {"final": 1}),
            (sheet.deduction_ids[0], {"points": 0}),
        ):
            with self.assertRaises(UserError):
                record.write(vals)
        for record in (sheet, sheet.line_ids[0], sheet.deduction_ids[0]):
            with self.assertRaises(UserError):
                record.unlink()

    def test_correction_is_a_new_version(self):
        deduction = self._deduction(self.sheet, self.case)
        deduction.with_user(self.supervisor).action_exempt("The system was down")
        old = self._walk(self.sheet, "locked")
        late = self._finding("A1.1", "2026-03-09 10:00")
        old.with_user(self.manager).with_context(sbo_as_of=MAY_5).action_correct()
        new = old.corrected_by_ids
        self.assertEqual((new.version, new.state, new.total), (2, "draft", 99))
        self.assertEqual(self._deduction(new, self.case).exempt_reason, "The system was down")
        self.assertTrue(self._deduction(new, late))
        self.assertEqual((old.total, old.state), (100, "locked"))
        self.assertEqual(self._run(), new, "the newest version stands for the month")
        newest = self.env["sbo.assessment"].search([("corrected_by_ids", "=", False)])
        self.assertEqual(newest & (old | new), new)

    def test_next_month_carries_on_from_the_corrected_version(self):
        case = self._finding("B1.1", "2026-03-31 16:00")  # 2 h in March
        old = self._walk(self._run(), "locked")
        case.sudo().write({"due_at": "2026-03-31 07:00:00"})  # 15:00 in Shanghai: 3 h in March
        old.with_user(self.manager).with_context(sbo_as_of=MAY_5).action_correct()
        april = self._run(month=old.period_end.replace(month=4, day=1), as_of=MAY_5)
        self.assertEqual(self._deduction(april, case).units_before, 3)

    def test_bonus_and_veto_need_a_reason(self):
        sheet = self.sheet.with_user(self.supervisor)
        with self.assertRaises(ValidationError):
            sheet.bonus = 1
        with self.assertRaises(ValidationError):
            sheet.write({"bonus": 5.5, "bonus_reason": "Praise"})
        sheet.write({"bonus": 5, "bonus_reason": "Written praise by a customer"})
        self.assertEqual(sheet.total, 103)
        with self.assertRaises(ValidationError):
            sheet.veto = True
        sheet.write({"veto": True, "veto_reason": "Falsified data"})
        self.assertEqual((sheet.grade_id.name, sheet.coefficient, sheet.total), ("D", 0.5, 103))

    def test_draft_can_be_deleted_nothing_else(self):
        self._run(users=self.clerk2).with_user(self.supervisor).unlink()
        sheet = self._walk(self.sheet, "self_review")
        with self.assertRaises(UserError):
            sheet.with_user(self.supervisor).unlink()
        with self.assertRaises(AccessError):
            sheet.with_user(self.clerk).unlink()
