from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import at
from .common_contracts_risk import SboRiskCommon


@tagged("post_install", "-at_install")
class TestContractRiskMeasures(SboRiskCommon):
    """What is done against a risk: set, reminded of, done, late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract()
        cls.startClassPatcher(freeze_time(at("2026-03-21 10:00")))

    def setUp(self):
        super().setUp()
        self.flag = self._flag(self.contract)

    def _measure(self, owner=None, user=None, **vals):
        return self.env["sbo.finding.measure"].with_user(user or self.clerk).create({
            "finding_id": self.flag.id, "name": "Offer a prolongation", "user_id": (owner or self.salesperson).id,
            "due_on": "2026-03-25", **vals})

    def test_set_and_done(self):
        measure = self._measure()
        activity = measure.sudo().activity_ids
        self.assertEqual((activity.user_id, str(activity.date_deadline)), (self.salesperson, "2026-03-25"))
        self.assertEqual((measure.contract_id, measure.state, self.flag.measure_summary),
                         (self.contract, "open", "0 of 1 done"))
        own = measure.with_user(self.salesperson)
        with self.assertRaisesRegex(UserError, "came of"):
            own.action_done()
        own.result = "Signed until 2027"
        own.action_done()
        self.assertEqual((measure.state, measure.done_by_id, measure.done_at), (
            "done", self.salesperson, at("2026-03-21 10:00")))
        self.assertFalse(measure.sudo().activity_ids)
        self.assertEqual(self.flag.measure_summary, "1 of 1 done")

    def test_set_from_the_flag(self):
        for user in (self.clerk, self.salesperson):
            action = self.flag.with_user(user).action_set_measure()
            form = Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))
            form.name, form.user_id, form.due_on = "Call the customer", self.salesperson, "2026-03-24"
            self.assertEqual(form.save().finding_id, self.flag)
        with self.assertRaises(UserError):
            self.flag.with_user(self.auditor).action_set_measure()

    def test_late(self):
        measure = self._measure(due_on="2026-03-20")
        self.assertTrue(measure.late)
        self.assertEqual(self.flag.late_measure_count, 1)
        measures = self.env["sbo.finding.measure"]
        self.assertIn(measure, measures.search([("late", "=", True)]))
        self.assertNotIn(measure, measures.search([("late", "=", False)]))
        self.assertFalse(self._measure(due_on="2026-03-21").late, "its day is not over")
        measure.with_user(self.salesperson).action_done("Done at last")
        self.assertFalse(measure.late)

    def test_late_is_a_finding_of_its_owner(self):
        self._measure()
        check = self._shipped("contract_measure_late")
        self._run(check, "2026-03-25 23:59")
        self.assertFalse(self._findings(self.contract, check))
        self._run(check, "2026-03-26 00:01")
        found = self._findings(self.contract, check)
        self.assertEqual((found.user_id, found.evidence["measure"]), (self.salesperson, "Offer a prolongation"))
        self.assertFalse(found.contract_id)

    def test_who_sets_measures(self):
        for user in (self.salesperson, self.supervisor):
            self._measure(user=user)
        other = self._user("sbo_salesperson2", "sales_team.group_sale_salesman")
        for user in (other, self.outsider, self.auditor):
            with self.assertRaises(UserError):
                self._measure(user=user)

    def test_its_owner_does_not_move_the_day(self):
        measure = self._measure()
        own = measure.with_user(self.salesperson)
        for values in ({"due_on": "2026-12-31"}, {"user_id": self.clerk.id}, {"name": "Nothing"}, {"state": "done"},
                       {"done_at": "2026-03-21 00:00:00"}, {"finding_id": False}):
            with self.assertRaises(AccessError):
                own.write(values)
        measure.with_user(self.clerk).due_on = "2026-03-27"
        self.assertEqual(str(measure.sudo().activity_ids.date_deadline), "2026-03-27")
        measure.with_user(self.supervisor).user_id = self.clerk
        self.assertEqual(measure.sudo().activity_ids.user_id, self.clerk)

    def test_steps_by_those_who_may(self):
        measure = self._measure()
        with self.assertRaisesRegex(UserError, "who has set it"):
            measure.with_user(self.salesperson).action_cancel()
        with self.assertRaisesRegex(UserError, "its owner"):
            measure.with_user(self.clerk).action_done("I think so")
        measure.with_user(self.clerk).action_cancel()
        self.assertFalse(measure.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "a supervisor"):
            measure.with_user(self.clerk).action_reopen()
        measure.with_user(self.supervisor).action_reopen()
        self.assertEqual((measure.state, len(measure.sudo().activity_ids)), ("open", 1))
        with self.assertRaises(UserError):
            measure.with_user(self.supervisor).unlink()

    def test_only_against_an_open_flag(self):
        self.flag.closed_at = at("2026-03-21 09:00")
        with self.assertRaisesRegex(UserError, "open risk flag"):
            self._measure()

    def test_its_owner_sees_measure_and_flag(self):
        measure = self._measure(owner=self.outsider)
        self.assertEqual(measure.with_user(self.outsider).name, "Offer a prolongation")
        self.assertEqual(self.flag.with_user(self.outsider).severity, "1")
        measure.with_user(self.outsider).action_done("Asked")
        self.assertEqual(measure.state, "done")
