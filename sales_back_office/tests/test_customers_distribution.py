import doctest

from hypothesis import given
from hypothesis import strategies as st
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from ..tools import distribution
from .assignment_common import AssignmentCommon
from .common import at


@tagged("post_install", "-at_install")
class TestDistributionTool(BaseCase):
    """The arithmetic of 5:3:2."""

    def test_examples_of_the_tool(self):
        self.assertFalse(doctest.testmod(distribution).failed)

    @given(st.lists(st.integers(1, 100), min_size=1, max_size=9), st.integers(1, 120))
    def test_nobody_is_ever_a_whole_customer_away_from_the_plan(self, weights, rounds):
        weights, counts = dict(enumerate(weights)), {}
        for given_out in range(1, rounds + 1):
            who = distribution.next_share(weights, counts)
            counts[who] = counts.get(who, 0) + 1
            for person, plan in distribution.planned(weights, given_out).items():
                self.assertLess(abs(plan - counts.get(person, 0)), 1)

    @given(st.lists(st.integers(1, 20), min_size=2, max_size=6), st.lists(st.integers(0, 30), min_size=6, max_size=6))
    def test_whoever_has_been_passed_over_catches_up(self, weights, before):
        weights, counts = dict(enumerate(weights)), dict(enumerate(before[:len(weights)]))
        total = sum(counts.values()) * sum(weights.values()) + sum(weights.values())
        while sum(counts.values()) < total:
            who = distribution.next_share(weights, counts)
            counts[who] += 1
        for person, plan in distribution.planned(weights, total).items():
            self.assertLess(abs(plan - counts[person]), 1)

    @given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.sets(st.integers(0, 4)))
    def test_who_is_away_gets_nothing(self, weights, away):
        who = distribution.next_share(dict(enumerate(weights)), {}, away)
        self.assertNotIn(who, away)
        self.assertEqual(who is None, away.issuperset(range(len(weights))))


@tagged("post_install", "-at_install")
class TestCustomersDistribution(AssignmentCommon):
    """Customers shared out by a rule, and the choice explained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.assignment.rule"].search([]).active = False
        cls.east = cls.env["sbo.region"].create({"name": "East"})
        cls.rule = cls._rule(region_ids=[Command.set(cls.east.ids)])

    def _ten(self, count=10, **vals):
        partners = self._at("2026-03-02 09:00")["res.partner"].create([
            {"name": f"East {n}", "is_company": True, "sbo_is_customer": True, "sbo_region_id": self.east.id, **vals}
            for n in range(count)])
        return self._of(partners)

    def test_ten_customers_five_three_two(self):
        assignments = self._ten()
        self._as(assignments, self.clerk, "2026-03-02 10:00").action_assign_by_rule()
        counts = {user: len(found) for user, found in assignments.grouped("user_id").items()}
        self.assertEqual(counts, {self.salesperson: 5, self.salesperson2: 3, self.salesperson3: 2})
        self.assertEqual(assignments.rule_id, self.rule)
        self.assertEqual(assignments[0].basis, "next by share in Region East: 0 % of 50 %")
        shares = self._as(self.rule.share_ids, self.clerk, "2026-03-02 11:00")
        self.assertEqual(shares.mapped("given"), [5, 3, 2])
        self.assertEqual(shares.mapped("planned"), [50, 30, 20])
        self.assertEqual(shares.mapped("actual"), [50, 30, 20])
        self.assertEqual(assignments.mapped("partner_id.user_id"), assignments.mapped("user_id"))

    def test_one_by_one_is_the_same_as_all_at_once(self):
        together, apart = self._ten(7), self.env["sbo.assignment"]
        self._as(together, self.clerk, "2026-03-02 10:00").action_assign_by_rule()
        rule = self._rule(name="Again", sequence=0, region_ids=[Command.set(self.east.ids)])
        for assignment in self._ten(7):
            self._as(assignment, self.clerk, "2026-03-02 10:00").action_assign_by_rule()
            apart |= assignment
        self.assertEqual(apart.rule_id, rule)
        self.assertEqual([a.user_id for a in together], [a.user_id for a in apart])

    def test_a_customer_given_by_name_counts_too(self):
        first = self._ten(1)
        self._as(first, self.clerk, "2026-03-02 10:00").action_assign(self.salesperson.id, "asked for him")
        self.assertEqual((first.rule_id, first.by_rule), (self.rule, False))
        second = self._ten(1)
        self._as(second, self.clerk, "2026-03-02 10:00").action_assign_by_rule()
        self.assertEqual((second.user_id, second.by_rule), (self.salesperson2, True))

    def test_the_absent_are_passed_over_and_catch_up(self):
        self._absence(self.salesperson, at("2026-03-02 08:00"), at("2026-03-06 18:00"))
        assignments = self._ten(5)
        self._as(assignments, self.clerk, "2026-03-02 10:00").action_assign_by_rule()
        self.assertNotIn(self.salesperson, assignments.user_id)
        self.assertIn("passed over: sbo_salesperson", assignments[0].basis)
        self.assertIn("away until 03/06/2026", assignments[0].basis)
        later = self._ten(5)
        self._as(later, self.clerk, "2026-03-09 10:00").action_assign_by_rule()
        self.assertEqual(later.user_id, self.salesperson, "his five of ten")

    def test_nobody_is_there(self):
        for user in (self.salesperson, self.salesperson2, self.salesperson3):
            self._absence(user, at("2026-03-02 08:00"), at("2026-03-06 18:00"))
        with self.assertRaisesRegex(UserError, "Nobody in the rule “Region East”"):
            self._as(self._ten(1), self.clerk, "2026-03-02 10:00").action_assign_by_rule()

    def test_no_rule_covers_it(self):
        with self.assertRaisesRegex(UserError, "No distribution rule covers Westerner"):
            self._newcomer("Westerner").with_user(self.clerk).action_assign_by_rule()

    def test_region_industry_and_size(self):
        industry = self.env["res.partner.industry"].create({"name": "SBO"})
        narrow = self._rule(name="Large in the industry", sequence=0, size_large=True,
                            industry_ids=[Command.set(industry.ids)])
        large, small = self._ten(1, sbo_size="large", industry_id=industry.id), self._ten(1, sbo_size="small")
        both = large | small
        both.with_user(self.clerk).action_assign_by_rule()
        self.assertEqual((large.rule_id, small.rule_id), (narrow, self.rule))
        narrow.active = False
        other = self._ten(1, sbo_size="large", industry_id=industry.id)
        other.with_user(self.clerk).action_assign_by_rule()
        self.assertEqual(other.rule_id, self.rule)

    def test_a_new_period_begins_at_zero(self):
        self.rule.period = "month"
        self._as(self._ten(3), self.clerk, "2026-03-31 17:00").action_assign_by_rule()
        self.assertEqual(sum(self._as(self.rule.share_ids, self.clerk, "2026-03-31 18:00").mapped("given")), 3)
        april = self._as(self.rule.share_ids, self.clerk, "2026-04-01 00:00")
        self.assertEqual(sum(april.mapped("given")), 0, "the company's midnight, not London's")
        self.rule.period = "ever"
        april.invalidate_recordset()
        self.assertEqual(sum(april.mapped("given")), 3)

    def test_sent_back_does_not_count(self):
        assignment = self._ten(1)
        self._as(assignment, self.clerk, "2026-03-02 10:00").action_assign_by_rule()
        assignment.with_user(self.salesperson).action_send_back("Wrong")
        self.assertEqual(sum(self._as(self.rule.share_ids, self.clerk, "2026-03-03 10:00").mapped("given")), 0)

    def test_a_customer_does_not_go_back_to_whom_it_is_taken_from(self):
        assignment = self._acknowledged(sbo_region_id=self.east.id)
        wizard = self.env["sbo.assignment.decision"].with_user(self.clerk).create(
            {"decision": "reassign", "choice": "rule", "assignment_ids": [Command.set(assignment.ids)]})
        wizard.action_apply()
        self.assertNotEqual(assignment.next_ids.user_id, self.salesperson)

    def test_a_rule_that_was_used_is_kept(self):
        self._ten(1).with_user(self.clerk).action_assign_by_rule()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.rule.with_user(self.supervisor).unlink()

    def test_shares_of_all_rules_in_one_query(self):
        rules = self.rule | self._rule(name="Second") | self._rule(name="Third")
        self.env.flush_all()
        self.env.invalidate_all()
        rules.share_ids.mapped("weight")
        with self.assertQueryCount(4):
            rules.share_ids.mapped("actual")

    def test_ten_times_the_customers_cost_no_more_queries(self):
        counts = []
        for count in (1, 10, 100):
            assignments = self._ten(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            assignments.with_user(self.clerk).action_assign_by_rule()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2] - counts[1], 5, counts)
