from datetime import date

from odoo.tests import tagged

from ..tools import clock, periods
from .assessment_common import APRIL, APRIL_5, MARCH, MAY_5, AssessmentCommon
from .common import at


@tagged("post_install", "-at_install")
class TestMonth(AssessmentCommon):
    """A month counted by hand, rule by rule."""

    def test_month_by_hand(self):
        self._finding("A1.1", "2026-03-03 10:00", quantity=2)
        self._finding("A1.2", "2026-03-04 10:00", quantity=9)  # hours are no occurrences: one
        self._finding("A2.1", "2026-03-08 23:00", quantity=3)
        self._finding("A3.1", "2026-03-09 10:00", "2026-03-09 16:20")  # 4 h 50 min: 4, capped at 3
        self._finding("A3.1", "2026-03-10 17:00", "2026-03-11 09:50")  # 2 h 20 min: 2
        self._finding("A4.1", "2026-03-12 18:00", "2026-03-17 12:00")  # Friday, Monday, half of Tuesday: 2
        self._finding("A5.1", "2026-03-31 18:00")
        self._finding("A5.1", "2026-03-31 18:00")  # missed counts once
        for day in (2, 3, 4, 5):
            self._finding("A6.1", f"2026-03-0{day} 12:00")  # 4 points, the criterion has 2
        sheet = self._run()
        finals = {line.criterion_id.code: line.final for line in sheet.line_ids}
        self.assertEqual(finals, {"A1": 7, "A2": 7, "A3": 5, "A4": 8, "A5": 7, "A6": 0, "B1": 40, "B2": 8})
        self.assertEqual((sheet.total, sheet.points_lost, sheet.points_pending), (82, 18, 0))
        self.assertEqual((sheet.grade_id.name, sheet.coefficient), ("B", 1.0))
        self.assertEqual(self._line(sheet, "A6").examined, 4)
        self.assertEqual(self._line(sheet, "B2").examined, 0)
        self.assertEqual(sheet.attended_days, 22)

    def test_arithmetic_is_told(self):
        case = self._finding("A3.1", "2026-03-09 10:00", "2026-03-09 16:20")
        deduction = self._deduction(self._run(), case)
        self.assertEqual(deduction.arithmetic, "4 full working hours late; 4 × 1 = 4; at most 3 per case: 3")
        self.assertEqual(deduction.rule_id.text, "Rule A3.1 within 4 working hours")
        self.assertEqual(deduction.res_name, case.res_name)

    def test_second_run_adds_nothing(self):
        self._finding("A1.1", "2026-03-03 10:00")
        self._finding("A3.1", "2026-03-30 10:00")
        first = self._run()
        before = first.read() + first.line_ids.read() + first.deduction_ids.read()
        second = self._run()
        self.assertEqual(first, second)
        self.assertEqual(first.read() + first.line_ids.read() + first.deduction_ids.read(), before)

    def test_open_case_is_charged_to_the_end_of_the_month_and_only_the_rest_next_month(self):
        case = self._finding("B1.1", "2026-03-30 17:00")  # 1 h on the 30th, 8 h on the 31st
        march = self._run(MARCH, as_of=APRIL_5)
        self.assertEqual(self._deduction(march, case).units, 9)
        self.assertEqual(self._line(march, "B1").lost, 4.5)
        april = self._run(APRIL, as_of=at("2026-04-02 12:00"))  # 8 h on the 1st, 3.5 h on the 2nd
        rest = self._deduction(april, case)
        self.assertEqual((rest.units_total, rest.units_before, rest.units, rest.points), (20, 9, 11, 5.5))
        case.write({"closed_at": at("2026-04-02 15:00")})
        self._run(APRIL, as_of=MAY_5)
        self.assertEqual((rest.units_total, rest.units), (22, 13))
        self.assertFalse(self._deduction(self._run(date(2026, 5, 1), as_of=MAY_5), case))

    def test_cap_spans_the_months(self):
        case = self._finding("A3.1", "2026-03-31 15:00")  # 3 h to the end of March
        march, april = self._run(MARCH), self._run(APRIL)
        self.assertEqual(self._deduction(march, case).points, 3)
        self.assertEqual(self._deduction(april, case).points, 0)
        self.assertIn("at most 3 per case, 3 charged before: 0", self._deduction(april, case).arithmetic)

    def test_partial_units_wait_for_the_next_month(self):
        case = self._finding("B1.1", "2026-03-31 16:30")  # 1.5 h in March
        march = self._run(MARCH)
        self.assertEqual(self._deduction(march, case).units, 1)
        case.write({"closed_at": at("2026-04-01 09:00")})  # 2 h in all
        self.assertEqual(self._deduction(self._run(APRIL), case).units, 1)

    def test_begun_unit_counts_when_the_standard_says_so(self):
        self.standard.action_retire()
        begun = self._standard("Begun", begun_hour=True)
        begun.action_use()
        case = self._finding("B1.1", "2026-03-09 10:00", "2026-03-09 11:01")
        self.assertEqual(self._deduction(self._run(standard=begun), case).units, 2)

    def test_candidates_and_disputes_are_pending_waived_and_foreign_causes_never_count(self):
        self._finding("A1.1", "2026-03-03 10:00", state="candidate")
        self._finding("A1.1", "2026-03-03 10:00", state="disputed")
        self._finding("A1.1", "2026-03-03 10:00", state="candidate", cause="undetermined")
        self._finding("A1.1", "2026-03-03 10:00", cause="undetermined")
        self._finding("A1.1", "2026-03-03 10:00", state="waived")
        self._finding("A1.1", "2026-03-03 10:00", cause="warehouse")
        self._finding("A1.1", "2026-03-03 10:00", state="candidate", cause="customer")
        line = self._line(self._run(), "A1")
        self.assertEqual((line.lost, line.pending, line.final, line.examined), (0, 4, 10, 7))

    def test_month_begins_and_ends_at_midnight_of_the_company(self):
        self._finding("A1.1", "2026-03-01 00:00")
        self._finding("A1.1", "2026-03-31 23:59")
        self._finding("A1.1", "2026-02-28 23:59")
        self._finding("A1.1", "2026-04-01 00:00")
        self.assertEqual(self._line(self._run(), "A1").lost, 2)

    def test_findings_of_others_stay_with_them(self):
        self._finding("A1.1", "2026-03-03 10:00", user=self.clerk2)
        sheets = self._run(users=self.clerk | self.clerk2)
        self.assertEqual({sheet.user_id: sheet.points_lost for sheet in sheets}, {self.clerk: 0, self.clerk2: 1})

    def test_decision_on_a_finding_moves_the_live_sheet(self):
        case = self._finding("A1.1", "2026-03-03 10:00", state="candidate")
        sheet = self._run()
        self.assertEqual((sheet.points_lost, sheet.points_pending), (0, 1))
        case.with_user(self.supervisor).action_confirm()
        self.assertEqual((sheet.points_lost, sheet.points_pending), (1, 0))
        case.with_user(self.supervisor).action_waive("The customer had moved")
        self.assertEqual((sheet.points_lost, sheet.deduction_ids), (0, sheet.deduction_ids.browse()))

    def test_finding_that_changes_hands_moves_both_sheets(self):
        case = self._finding("A1.1", "2026-03-03 10:00")
        mine, theirs = self._run(users=self.clerk), self._run(users=self.clerk2)
        case.sudo().user_id = self.clerk2
        self.assertEqual((mine.points_lost, theirs.points_lost), (0, 1))

    def test_one_rule_listens_to_several_checks(self):
        self.standard.action_retire()
        both = self._standard("Both")
        rule = both.rule_ids.filtered(lambda r: r.code == "A1.1")
        rule.check_code = " test_a1_1 , test_a1_2,not_yet_there"
        both.rule_ids.filtered(lambda r: r.code == "A1.2").unlink()
        both.action_use()
        self.assertEqual(rule.check_code, "test_a1_1,test_a1_2,not_yet_there")
        self._finding("A1.1", "2026-03-03 10:00")
        self._finding("A1.2", "2026-03-03 10:00")
        self.assertEqual(self._line(self._run(standard=both), "A1").lost, 2)

    def test_next_version_of_the_standard_does_not_charge_a_case_again(self):
        case = self._finding("B1.1", "2026-03-30 17:00")
        self._run(MARCH)
        version2 = self.standard.browse(self.standard.action_new_version()["res_id"])
        version2.action_use()
        april = self._run(APRIL, as_of=at("2026-04-01 18:00"), standard=version2)
        rest = self._deduction(april, case)
        self.assertEqual((rest.units_before, rest.units), (9, 8))

    def test_few_days_attended_is_not_assessed(self):
        sheet = self._run()
        sheet.with_user(self.supervisor).attended_days = 9
        self.assertEqual((sheet.not_assessed, sheet.grade_id.name, sheet.coefficient), (True, False, 0))
        self.assertFalse(sheet.rank)
        sheet.with_user(self.supervisor).attended_days = 10
        self.assertEqual((sheet.not_assessed, sheet.grade_id.name), (False, "A"))

    def test_pay_follows_the_standard_and_the_attendance(self):
        self._finding("A1.1", "2026-03-03 10:00", quantity=7)
        sheet = self._run()
        sheet.with_user(self.supervisor).write({"pay_base": 1000, "attended_days": 11})
        self.assertEqual((sheet.total, sheet.pay), (93, 600))
        for rule, expected in (("score", 465), ("coefficient_score", 558)):
            self.standard.action_retire()
            self.standard = self._standard(rule, pay_rule=rule)
            self.standard.action_use()
            sheet.with_user(self.supervisor).unlink()
            sheet = self._run(standard=self.standard)
            sheet.with_user(self.supervisor).write({"pay_base": 1000, "attended_days": 11})
            self.assertEqual(sheet.pay, expected)

    def test_base_is_taken_over_from_the_month_before(self):
        self._run(MARCH).with_user(self.supervisor).pay_base = 1500
        self.assertEqual(self._run(APRIL).pay_base, 1500)

    def test_other_periods_are_assessed_too(self):
        first, last = periods.bounds("quarter", MARCH)
        self._finding("A1.1", "2026-01-05 10:00")
        sheet = self.sheets._run(self.standard, first, last, self.clerk, as_of=APRIL_5)
        self.assertEqual((sheet.period_type, sheet.points_lost), ("quarter", 1))

    def test_night_starts_the_month_and_brings_open_sheets_up_to_date(self):
        last = self._run()
        self.env.cr.execute("UPDATE sbo_assessment SET total = 1 WHERE id = %s", [last.id])
        cron = self.env.ref("sales_back_office.sbo_assessment_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(last.total, 100)
        today = periods.local_day(clock.now(self.env), self.sheets._zone(self.company))
        current = self.sheets.search([("period_start", "=", periods.bounds("month", today)[0])])
        self.assertTrue({self.clerk, self.clerk2} <= set(current.user_id))
        self.assertNotIn(self.supervisor, current.user_id)
