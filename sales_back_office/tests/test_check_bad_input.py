from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import at
from .common_checks import SboCheckCommon

LEDGER = "odoo.addons.sales_back_office.models.sbo_check_ledger"


@tagged("post_install", "-at_install")
class TestCheckBadInput(SboCheckCommon):
    """A rule that cannot run is refused when it is saved, in words that a clerk understands."""

    def _refused(self, words, domain="[]", model="res.partner", **vals):
        with self.assertRaises(ValidationError) as caught:
            self._check(domain, model, **vals)
        text = str(caught.exception)
        self.assertRegex(text, words)
        for jargon in ("Traceback", "object at", "psycopg", "<", "SELECT", "LINE 1"):
            self.assertNotIn(jargon, text)

    def test_conditions_that_cannot_be_read(self):
        self._refused("cannot run. The condition cannot be read: .*was never closed", "[('name', '=', 'x')")
        self._refused("only plain values can stand in it", "[('name', '=', context_today())]")
        self._refused("only plain values can stand in it", "[('name', '=', uid)]")
        self._refused("a list of conditions is expected", "'name'")
        self._refused("The condition cannot be read", "['&', ('name', '=', 'x')]")
        self._refused("The condition cannot be read", "[('name', 'resembles', 'x')]")

    def test_fields_that_do_not_exist(self):
        self._refused("There is no field “colour”", "[('colour', '=', 'red')]")
        self._refused("There is no field “parent_id.colour”", "[('parent_id.colour', '=', 'red')]")
        self._refused("There is no field “colour”", "[('child_ids', 'any', [('colour', '=', 'red')])]")
        self._refused("There is no field “boss_id”", responsible_path="boss_id")
        self._refused("There is no field “parent_id.boss_id”", responsible_path="parent_id.boss_id")
        self._refused("There is no field “some_day”", due_path="some_day")
        self._refused("There is no field “weight”", evidence_fields="ref, weight")

    def test_fields_of_the_wrong_kind(self):
        self._refused("The field “parent_id” does not name a user", responsible_path="parent_id")
        self._refused("The field “name” does not name a user", responsible_path="name")
        self._refused("The field “name” is not a date", due_path="name")
        self._refused("“child_ids.user_id” leads to several records", responsible_path="child_ids.user_id")

    def test_relative_dates_that_mean_nothing(self):
        for word in ("today -3x", "yesterday", "today 3d", "=1w"):
            words = f"“{word}” is not a date. Write 2026-03-31, or words such as today"
            self._refused(words, f"[('write_date', '<', '{word}')]")
        self._check("[('write_date', '<', 'today -3d'), ('create_date', '>', '=monday -1w')]")

    def test_records_that_carry_no_findings(self):
        self._refused("“Country” cannot be checked: its records do not carry findings", model="res.country")

    def test_built_in_checks_are_named_by_areas_only(self):
        self._refused("has no built-in check “unlink”", kind="method", method="unlink")
        self._refused("has no built-in check “_sbo_query_nothing”", kind="method", method="_sbo_query_nothing")

    def test_targets(self):
        partners = self.env["ir.model"]._get_id("res.partner")
        vals = {"kind": "target", "model": "res.users", "responsible_path": False}
        self._refused("Say what the target counts", **vals)
        vals.update(target_model_id=partners, target_user_path="user_id")
        self._refused("The field “parent_id” does not name a user", **{**vals, "target_user_path": "parent_id"})
        self._refused("The field “name” is not a date", **vals, target_date_path="name")
        self._refused("The field “name” is not a figure", **vals, target_sum_path="name")

    def test_changing_a_good_rule_into_a_bad_one(self):
        check = self._check("[('ref', '=', 'S1')]").with_user(self.supervisor)
        with self.assertRaisesRegex(ValidationError, "There is no field “colour”"):
            check.domain = "[('colour', '=', 'red')]"

    def test_code_is_given_once(self):
        check = self._check()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._check(code=check.code)


@tagged("post_install", "-at_install")
class TestCheckBroken(SboCheckCommon):
    """A check that fails is marked with its error, the others go on, and the next good run clears it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(clerk=cls.clerk, ref="S1")
        cls.bad = cls._check("[('ref', '=', 'S1')]", sequence=1)
        cls.good = cls._check("[('ref', '=', 'S1')]", sequence=2)

    def _break(self, check, domain="[('gone', '=', 1)]"):
        # As after an upgrade that takes a field away: nobody has saved the rule since.
        check.flush_recordset()
        self.env.cr.execute("UPDATE sbo_check SET domain = %s WHERE id = %s", (domain, check.id))
        check.invalidate_recordset()

    def _run_both(self, moment):
        with mute_logger(LEDGER):
            (self.bad | self.good)._run(at(moment), self.company)

    def test_others_go_on(self):
        self._break(self.bad)
        self._run_both("2026-03-03 02:00")
        self.assertTrue(self.bad.broken)
        self.assertIn("There is no field “gone”", self.bad.error)
        self.assertFalse(self.good.broken)
        self.assertEqual(self._findings(self.customer).check_id, self.good)
        self.assertEqual(self.bad.run_ids.mapped(lambda run: (run.state, run.error)), [("failed", self.bad.error)])
        self.assertEqual(self.good.run_ids.mapped(lambda run: (run.state, run.added)), [("done", 1)])

    def test_failing_does_not_end_what_is_open(self):
        self._run_both("2026-03-03 02:00")
        self._break(self.bad)
        self._run_both("2026-03-04 02:00")
        self.assertEqual(self._is_open(self._findings(self.customer, self.bad)), [True])

    def test_next_good_run_clears_it(self):
        self._break(self.bad)
        self._run_both("2026-03-03 02:00")
        self._break(self.bad, "[('ref', '=', 'S1')]")
        self._run_both("2026-03-04 02:00")
        self.assertEqual((self.bad.broken, self.bad.error), (False, False))
        self.assertEqual(len(self._findings(self.customer, self.bad)), 1)

    def test_run_now_tells_the_failure(self):
        self._break(self.bad)
        with mute_logger(LEDGER):
            action = self.bad.with_user(self.supervisor).action_run_now()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn(f"“{self.bad.name}” failed. There is no field “gone”", action["params"]["message"])

    def test_a_broken_check_stops_nobody(self):
        self.bad.block_action = False
        check = self._check("[('client_order_ref', '=', False)]", "sale.order", block_action="confirm")
        order = self._order(self.customer)
        with self.assertRaises(UserError):
            order.action_confirm()
        self._break(check)
        with mute_logger(LEDGER):
            self._order(self.customer).action_confirm()
        self.assertTrue(check.broken, "whoever meets it first marks it")
        self.assertIn(check, self.env["sbo.check"].search([("broken", "=", True)]))

    def test_an_archived_or_deleted_check_stops_nobody(self):
        check = self._check("[]", "sale.order", block_action="confirm")
        check.active = False
        self._order(self.customer).with_context(active_test=False).action_confirm()
        check.active = True
        with self.assertRaises(UserError):
            self._order(self.customer).action_confirm()
        check.with_user(self.supervisor).unlink()
        self._order(self.customer).action_confirm()

    def test_only_supervisors_run_and_change_checks(self):
        for user in (self.clerk, self.salesperson, self.auditor):
            with self.assertRaises(AccessError):
                self.good.with_user(user).action_run_now()
            with self.assertRaises(AccessError):
                self.good.with_user(user).active = False
