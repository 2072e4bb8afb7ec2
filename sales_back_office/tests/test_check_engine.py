from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCheckEngine(SboCheckCommon):
    """How the ledger follows the facts: found once, changed, ended, found again; decisions stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Story Customer", clerk=cls.clerk, ref="S1", city="Wuxi")
        cls.check = cls._check("[('ref', '=', 'S1')]", evidence_fields="city, ref")

    def _found(self):
        return self._findings(self.customer, self.check)

    def test_twice_adds_nothing(self):
        self.assertEqual(self._run(self.check, "2026-03-03 02:00"), {"added": 1, "changed": 0, "closed": 0})
        self.assertEqual(self._run(self.check, "2026-03-03 02:00"), {"added": 0, "changed": 0, "closed": 0})
        self.assertEqual(self._run(self.check, "2026-03-04 02:00"), {"added": 0, "changed": 0, "closed": 0})
        found = self._found()
        self.assertEqual((found.opened_at, found.due_at), (at("2026-03-03 02:00"), at("2026-03-03 02:00")))
        self.assertEqual((found.origin, found.area, found.severity), ("auto", "customers", "2"))

    def test_changed_facts_change_the_open_finding(self):
        self._run(self.check, "2026-03-03 02:00")
        self.customer.city = "Suzhou"
        self.assertEqual(self._run(self.check, "2026-03-04 02:00")["changed"], 1)
        self.assertEqual(self._found().evidence, {"city": "Suzhou", "ref": "S1"})

    def test_ends_with_its_cause_and_comes_back_as_new(self):
        self._run(self.check, "2026-03-03 02:00")
        first = self._found()
        self.customer.ref = "S2"
        self.assertEqual(self._run(self.check, "2026-03-04 02:00")["closed"], 1)
        self.assertEqual(first.closed_at, at("2026-03-04 02:00"))
        self.customer.ref = "S1"
        self.assertEqual(self._run(self.check, "2026-03-05 02:00")["added"], 1)
        self.assertEqual(self._is_open(self._found()), [False, True])
        self.assertEqual(first.closed_at, at("2026-03-04 02:00"), "what has ended stays ended")

    def test_waived_stays_until_its_cause_ends(self):
        self._run(self.check, "2026-03-03 02:00")
        first = self._found()
        first.with_user(self.supervisor).action_waive("agreed with the customer")
        self.assertEqual(self._run(self.check, "2026-03-04 02:00")["added"], 0, "a waived trouble is not told again")
        self.assertEqual((first.state, first.closed_at), ("waived", False))
        self.customer.ref = "S2"
        self._run(self.check, "2026-03-05 02:00")
        self.assertEqual((first.state, first.closed_at), ("waived", at("2026-03-05 02:00")))
        self.customer.ref = "S1"
        self._run(self.check, "2026-03-06 02:00")
        self.assertEqual(self._found()[1].state, "candidate", "back again: the old waiver does not cover it")

    def test_judged_facts_do_not_move(self):
        self._run(self.check, "2026-03-03 02:00")
        found = self._found()
        found.with_user(self.supervisor).action_confirm()
        self.customer.with_context(sbo_as_of=at("2026-03-01 09:00")).sbo_clerk_id = self.clerk2
        self.customer.city = "Suzhou"
        self._run(self.check, "2026-03-04 02:00")
        self.assertEqual(found.evidence["city"], "Wuxi", "the snapshot that was judged stays")
        self.assertEqual(found.user_id, self.clerk, "and so does the person")
        self.customer.ref = "S2"
        self._run(self.check, "2026-03-05 02:00")
        self.assertEqual((found.state, found.closed_at), ("confirmed", at("2026-03-05 02:00")))

    def test_an_earlier_moment_is_refused(self):
        self._run(self.check, "2026-03-05 02:00")
        with self.assertRaisesRegex(UserError, f"{self.check.name} has already been run for 2026-03-04 18:00"):
            self._run(self.check, "2026-03-04 02:00")
        self.assertFalse(self._found().closed_at, "the ledger of today is as it was")

    def test_one_record_now(self):
        other = self._customer("Other", clerk=self.clerk, ref="S1")
        self.customer.with_user(self.clerk).action_sbo_check_now()
        self.assertEqual(len(self._found()), 1)
        self.assertFalse(self._findings(other, self.check), "only the record that was asked for")
        self.customer.ref = "S2"
        self.customer.with_user(self.clerk).action_sbo_check_now()
        self.assertTrue(self._found().closed_at, "put right and checked: it is off the desk at once")

    def test_preview_writes_nothing(self):
        action = self.check.with_user(self.supervisor).action_preview()
        self.assertEqual(action["domain"], [("id", "in", self.customer.ids)])
        self.assertIn("1 records", action["name"])
        self.assertFalse(self._found())

    def test_run_now_says_what_it_found(self):
        action = self.check.with_user(self.supervisor).action_run_now()
        self.assertIn("1 new findings, 0 closed", action["params"]["message"])
        self.assertEqual(len(self._found()), 1)
        self.assertEqual(self.check.run_ids.mapped("state"), ["done"] * len(self.check.run_ids))

    def test_archived_records_are_looked_at(self):
        self.customer.active = False
        self.assertEqual(self._run(self.check, "2026-03-03 02:00")["added"], 1, "a rule says itself if it wants not")

    def test_check_with_findings_is_kept(self):
        self._run(self.check, "2026-03-03 02:00")
        check = self.check.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "archive it instead"):
            check.unlink()
        with self.assertRaisesRegex(UserError, "make a new check instead"):
            check.model_id = self.env["ir.model"]._get("sale.order")

    def test_copy_gets_a_code_of_its_own(self):
        check = self.check.with_user(self.supervisor)
        codes = {check.code, check.copy().code, check.copy().code}
        self.assertEqual(len(codes), 3)


@tagged("post_install", "-at_install")
class TestCheckLateness(SboCheckCommon):
    """Delays are counted in the company's working time and grow until they end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order(
            cls._customer(clerk=cls.clerk), confirmed_at=at("2026-03-02 09:00"),
            commitment_date=at("2026-03-06 17:00"), client_order_ref="S1")
        cls.rule = {"model": "sale.order", "domain": "[('client_order_ref', '=', 'S1')]", "due_path": "commitment_date"}

    def _quantities(self, unit, *moments):
        check = self._check(unit=unit, **self.rule)
        result = []
        for moment in moments:
            self._run(check, moment)
            result.append(self._findings(self.order, check).quantity)
        return result

    def test_hours_grow_over_the_weekend_only_while_people_work(self):
        moments = ("2026-03-06 17:30", "2026-03-06 22:00", "2026-03-08 12:00", "2026-03-09 09:00", "2026-03-09 15:00")
        self.assertEqual(self._quantities("hour", *moments), [0.5, 1, 1, 1.5, 6])

    def test_days_are_working_days(self):
        # Friday 17:00 is one hour before the end of a day of eight.
        moments = ("2026-03-06 18:00", "2026-03-08 12:00", "2026-03-09 12:30", "2026-03-10 18:00")
        self.assertEqual(self._quantities("day", *moments), [0.13, 0.13, 0.56, 2.13])

    def test_holidays_do_not_count(self):
        self._holiday("2026-03-09", "2026-03-10")
        self.assertEqual(self._quantities("hour", "2026-03-11 09:00"), [1.5])

    def test_not_late_yet_is_nothing(self):
        self.assertEqual(self._quantities("hour", "2026-03-05 02:00"), [0])

    def test_lateness_of_years_ago(self):
        self.company.sbo_check_from = "1998-01-01"
        self.order.commitment_date = at("1998-05-04 17:00")
        self.assertEqual(self._quantities("hour", "1998-05-05 09:30"), [2])

    def test_a_date_is_over_when_its_local_day_is_over(self):
        check = self._check(model="sale.order", domain=self.rule["domain"], unit="hour", due_path="validity_date")
        self.order.validity_date = "2026-03-05"
        self._run(check, "2026-03-06 09:30")
        found = self._findings(self.order, check)
        self.assertEqual(found.due_at, at("2026-03-06 00:00"))
        self.assertEqual(found.quantity, 1)
