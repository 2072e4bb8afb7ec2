from odoo.tests import tagged

from .assignment_common import AssignmentCommon
from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCustomersAssignmentChecks(AssignmentCommon, SboCheckCommon):
    """Late to assign, late to be taken over, sent back: what the clerk answers for (A3.1, A3.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late = cls._shipped("customer_assignment_late")
        cls.handover = cls._shipped("customer_handover_late")
        cls.wrong = cls._shipped("customer_handover_wrong")

    def _found(self, check, assignment):
        finding = self._findings(assignment, check)
        return [(one.quantity, bool(one.closed_at), one.user_id) for one in finding]

    def test_the_hours_run_on_until_it_is_assigned(self):
        assignment = self._newcomer(moment="2026-03-02 09:00")
        self._run(self.late, "2026-03-02 14:00")
        self.assertFalse(self._found(self.late, assignment), "not due yet")
        self._run(self.late, "2026-03-02 16:30")
        self.assertEqual(self._found(self.late, assignment), [(2, False, self.clerk)])
        self._as(assignment, self.clerk, "2026-03-03 09:30").action_assign(self.salesperson.id)
        self._run(self.late, "2026-03-04 20:00")
        self.assertEqual(self._found(self.late, assignment), [(4.5, True, self.clerk)])
        finding = self._findings(assignment, self.late)
        self.assertEqual((finding.due_at, finding.closed_at), (at("2026-03-02 14:30"), at("2026-03-03 09:30")))
        self.assertEqual((finding.cause, finding.unit), ("clerk", "hour"))

    def test_late_and_over_before_the_night(self):
        assignment = self._assigned(moment="2026-03-02 16:30")
        self._run(self.late, "2026-03-02 20:00")
        self.assertEqual(self._found(self.late, assignment), [(2, True, self.clerk)])

    def test_as_of_an_earlier_day_nothing_of_the_future_is_known(self):
        assignment = self._assigned(moment="2026-03-05 09:00")
        self._run(self.late, "2026-03-02 16:30")
        self.assertEqual(self._found(self.late, assignment), [(2, False, self.clerk)])

    def test_the_deputy_answers(self):
        self._absence(self.clerk, at("2026-03-02 08:00"), at("2026-03-03 18:00"), deputy=self.clerk2)
        assignment = self._newcomer(moment="2026-03-02 09:00")
        self._run(self.late, "2026-03-02 20:00")
        self.assertEqual(self._findings(assignment, self.late).user_id, self.clerk2)

    def test_in_time_is_no_finding(self):
        assignment = self._acknowledged()
        for check in (self.late, self.handover, self.wrong):
            self._run(check, "2026-03-20 20:00")
            self.assertFalse(self._found(check, assignment))

    def test_not_taken_over_in_time(self):
        assignment = self._assigned(moment="2026-03-02 10:00")
        self._run(self.handover, "2026-03-03 11:00")
        finding = self._findings(assignment, self.handover)
        self.assertEqual((finding.cause, finding.user_id, finding.due_at),
                         ("undetermined", self.clerk, at("2026-03-03 10:00")))
        self._as(assignment, self.salesperson, "2026-03-03 15:00").action_send_back("No phone")
        self._run(self.handover, "2026-03-03 20:00")
        self.assertEqual(finding.closed_at, at("2026-03-03 15:00"), "an answer is an answer")

    def test_sent_back_until_the_corrected_one_is_acknowledged(self):
        first = self._assigned(moment="2026-03-02 10:00")
        self._as(first, self.salesperson, "2026-03-02 11:00").action_send_back("No phone")
        second = first.next_ids
        self._as(second, self.clerk, "2026-03-02 14:00").action_assign(self.salesperson.id)
        self._as(second, self.salesperson, "2026-03-02 15:00").action_send_back("Still none")
        self._run(self.wrong, "2026-03-02 20:00")
        self.assertEqual(self._found(self.wrong, first | second), [(1, False, self.clerk)] * 2)
        third = second.next_ids
        self._as(third, self.clerk, "2026-03-03 09:00").action_assign(self.salesperson.id)
        self._tick(third, self.salesperson)
        self._as(third, self.salesperson, "2026-03-03 10:00").action_acknowledge()
        self._run(self.wrong, "2026-03-03 20:00")
        findings = self._findings(first | second, self.wrong)
        self.assertEqual(set(findings.mapped("closed_at")), {at("2026-03-03 10:00")})
        self.assertIn("No phone", findings.filtered(lambda item: item.res_id == first.id).evidence_text)

    def test_cancelled_is_nobodys_delay(self):
        assignment = self._newcomer(moment="2026-03-02 09:00")
        self._as(assignment, self.supervisor, "2026-03-02 16:00").action_cancel("A joke")
        self._run(self.late, "2026-03-02 20:00")
        self.assertFalse(self._found(self.late, assignment))

    def test_only_the_own_company_and_the_chosen_records(self):
        assignment, other = self._newcomer("A"), self._newcomer("B")
        self._run(self.late, "2026-03-02 20:00", company=self.company2)
        self.assertFalse(self._findings(assignment | other, self.late))
        self._run(self.late, "2026-03-02 20:00", ids=assignment.ids)
        self.assertEqual(self._findings(assignment | other, self.late).mapped("res_id"), assignment.ids)
        self.assertEqual(assignment.with_user(self.clerk).sbo_finding_count, 1)
