from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCheckTargets(SboCheckCommon):
    """A target figure: what a clerk should have reached in each week or month, and did not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sbo_check_from = "2026-03-02"  # a Monday
        cls.check = cls._target(parameter=5)

    @classmethod
    def _target(cls, **vals):
        return cls._check(**{
            "model": "res.users", "kind": "target", "domain": "[('is_company', '=', True)]", "unit": "piece",
            "target_model_id": cls.env["ir.model"]._get_id("res.partner"), "target_user_path": "sbo_clerk_id",
            "target_date_path": "create_date", "responsible_path": False, **vals})

    def _won(self, clerk, *moments):
        for moment in moments:
            customer = self._customer(clerk=clerk)
            customer.flush_recordset()
            self.env.cr.execute(
                "UPDATE res_partner SET create_date = %s WHERE id = %s", (at(moment), customer.id))
            customer.invalidate_recordset()

    def _missing(self, clerk, check=None):
        return {finding.key: finding.quantity for finding in self._findings(clerk, check or self.check)}

    def test_shortfall_of_finished_weeks(self):
        self._won(self.clerk, "2026-03-02 00:10", "2026-03-04 10:00", "2026-03-08 23:50", "2026-03-09 00:10")
        self._won(self.clerk2, *["2026-03-05 10:00"] * 5)
        self._run(self.check, "2026-03-08 23:59")
        self.assertFalse(self._missing(self.clerk), "the week is not over")
        self._run(self.check, "2026-03-09 02:00")
        self.assertEqual(self._missing(self.clerk), {"2026-W10": 2}, "three of five, by local days")
        self.assertFalse(self._missing(self.clerk2), "reached")
        found = self._findings(self.clerk, self.check)
        self.assertEqual((found.user_id, found.res_name), (self.clerk, self.clerk.name))
        self.assertEqual((found.due_at, found.closed_at), (at("2026-03-09 00:00"), at("2026-03-09 00:00")))
        self.assertEqual(found.evidence, {
            "target": 5, "reached": 3, "period_from": "2026-03-02", "period_to": "2026-03-08"})

    def test_twice_adds_nothing_and_each_week_is_one(self):
        self._run(self.check, "2026-03-16 02:00")
        self._run(self.check, "2026-03-17 02:00")
        self._run(self.check, "2026-03-23 02:00")
        self.assertEqual(self._missing(self.clerk), {"2026-W10": 5, "2026-W11": 5, "2026-W12": 5})
        self.assertEqual(len(self._findings(self.clerk, self.check)), 3)

    def test_pro_rata_to_working_days(self):
        self._holiday("2026-03-05", "2026-03-06")
        self._run(self.check, "2026-03-09 02:00")
        self.assertEqual(self._missing(self.clerk), {"2026-W10": 3}, "three of five days, three of five customers")

    def test_a_week_of_holidays_has_no_target(self):
        self._holiday("2026-03-02", "2026-03-08")
        self._run(self.check, "2026-03-09 02:00")
        self.assertFalse(self._missing(self.clerk))

    def test_without_pro_rata_the_figure_stands(self):
        self._holiday("2026-03-05", "2026-03-06")
        check = self._target(parameter=5, target_prorate=False)
        self._run(check, "2026-03-09 02:00")
        self.assertEqual(self._missing(self.clerk, check), {"2026-W10": 5})

    def test_monthly_sum_of_a_field(self):
        check = self._target(
            parameter=500, domain="[('state', '=', 'sale')]", target_prorate=False, target_period="month",
            target_model_id=self.env["ir.model"]._get_id("sale.order"), target_date_path="date_order",
            target_sum_path="amount_untaxed")
        self.company.sbo_check_from = "2026-03-01"
        customer = self._customer(clerk=self.clerk)
        self._order(customer, price=180, confirmed_at=at("2026-03-31 23:00"))
        self._order(customer, price=1000, confirmed_at=at("2026-04-01 01:00"))
        self._run(check, "2026-04-01 02:00")
        self.assertEqual(self._missing(self.clerk, check), {"2026-03": 320})

    def test_a_started_week_before_the_first_day_is_not_charged(self):
        self.company.sbo_check_from = "2026-03-04"
        self._run(self.check, "2026-03-16 02:00")
        self.assertEqual(self._missing(self.clerk), {"2026-W11": 5})

    def test_weeks_from_the_day_of_the_check(self):
        self.check.look_from = "2026-03-09"
        self._run(self.check, "2026-03-16 02:00")
        self.assertEqual(self._missing(self.clerk), {"2026-W11": 5})

    def test_clerks_only_and_of_this_company(self):
        self._run(self.check, "2026-03-09 02:00")
        people = self.supervisor | self.manager | self.auditor | self.salesperson | self.company2_clerk
        self.assertFalse(self._findings(people, self.check))

    def test_own_figure_is_not_passed_to_the_deputy(self):
        self._absence(self.clerk, at("2026-03-08 00:00"), at("2026-03-10 00:00"), deputy=self.clerk2)
        self._run(self.check, "2026-03-09 02:00")
        self.assertEqual(self._findings(self.clerk, self.check).user_id, self.clerk)

    def test_figures_of_years_ago(self):
        self.company.sbo_check_from = "1998-05-04"
        self._run(self.check, "1998-05-11 02:00")
        self.assertEqual(self._missing(self.clerk), {"1998-W19": 5})
