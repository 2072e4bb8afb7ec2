import doctest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from ..tools import periods, scoring

CENTS = st.integers(0, 20000).map(lambda n: Decimal(n) / 100)
COEFFICIENTS = st.sampled_from([Decimal("1.2"), Decimal("0.8")])
UNITS = st.integers(0, 500)
TABLE = [
    scoring.Grade("A", Decimal(90), Decimal("1.2")),
    scoring.Grade("B", Decimal(80), Decimal("1.0")),
    scoring.Grade("C", Decimal(60), Decimal("0.8")),
    scoring.Grade("D", Decimal(0), Decimal("0.5")),
]


@tagged("post_install", "-at_install")
class TestScoring(BaseCase):
    """The arithmetic of the assessment, without a database."""

    def test_examples_in_the_docstrings(self):
        for module in (scoring, periods):
            self.assertEqual(doctest.testmod(module).failed, 0)

    @given(st.integers(0, 10**7), st.sampled_from([3600, 28800]))
    def test_whole_units(self, seconds, unit):
        full = scoring.whole_units(seconds, unit)
        begun = scoring.whole_units(seconds, unit, begun=True)
        self.assertLessEqual(full * unit, seconds)
        self.assertGreaterEqual(begun * unit, seconds)
        self.assertIn(begun - full, (0, 1))

    @given(st.lists(UNITS, min_size=1, max_size=6).map(sorted), CENTS, CENTS)
    def test_months_together_charge_what_one_would(self, totals, each, cap):
        """A case that grows over months costs as much as if it were charged at the end in one go."""
        units, points = 0, Decimal(0)
        for total in totals:
            charge = scoring.charge(total, units, each, cap, points)
            units, points = units + charge.units, points + charge.points
        once = scoring.charge(totals[-1], 0, each, cap)
        self.assertEqual((units, points), once)
        if cap:
            self.assertLessEqual(points, cap)

    @given(CENTS, CENTS, st.integers(-2000, 2000).map(lambda n: Decimal(n) / 100))
    def test_scores_stay_between_zero_and_the_points(self, points, lost, adjustment):
        score = scoring.criterion_score(points, lost)
        self.assertTrue(0 <= score <= points)
        self.assertTrue(0 <= scoring.final_score(points, score, adjustment) <= points)

    @given(st.integers(0, 10500).map(lambda n: Decimal(n) / 100))
    def test_no_rounding_up_across_a_boundary(self, total):
        low = {"A": 90, "B": 80, "C": 60, "D": 0}
        high = {"A": 106, "B": 90, "C": 80, "D": 60}
        name = scoring.grade(total, TABLE).name
        self.assertTrue(low[name] <= total < high[name])
        self.assertEqual(scoring.grade(total, TABLE, veto=True).name, "D")

    @given(CENTS, COEFFICIENTS, CENTS, st.integers(1, 31), st.integers(0, 31))
    def test_pay_is_pro_rata_and_has_two_decimals(self, base, coefficient, total, working, attended):
        for rule in scoring.PAY_RULES:
            pay = scoring.pay(rule, base, coefficient, total, attended, working)
            full = scoring.pay(rule, base, coefficient, total, working, working)
            self.assertEqual(pay, pay.quantize(scoring.CENT))
            self.assertTrue(0 <= pay <= full)
        self.assertEqual(scoring.pay("coefficient", base, 1, total, working, working), base)
        self.assertEqual(scoring.pay("score", base, coefficient, 100, working, working), base)
