from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytz
from hypothesis import given
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from ..tools import periods

DAYS = st.dates(date(1990, 1, 1), date(2050, 12, 31))
KINDS = st.sampled_from(periods.KINDS)
ONE = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    """Every day lies in exactly one period of each kind, and the periods leave no gap."""

    @given(KINDS, DAYS)
    def test_every_day_has_one_period(self, kind, day):
        first, last = periods.bounds(kind, day)
        self.assertLessEqual(first, day)
        self.assertLessEqual(day, last)
        self.assertEqual(periods.bounds(kind, first), (first, last))
        self.assertEqual(periods.bounds(kind, last), (first, last))

    @given(KINDS, DAYS)
    def test_periods_follow_without_gap(self, kind, day):
        first, last = periods.bounds(kind, day)
        self.assertEqual(periods.following(kind, day)[0], last + ONE)
        self.assertEqual(periods.preceding(kind, day)[1], first - ONE)

    @given(KINDS, DAYS, st.integers(0, 400))
    def test_between_covers_the_range_in_order(self, kind, day, length):
        last = day + timedelta(days=length)
        found = list(periods.between(kind, day, last))
        self.assertTrue(found[0][0] <= day <= found[0][1])
        self.assertTrue(found[-1][0] <= last <= found[-1][1])
        for before, after in zip(found, found[1:], strict=False):
            self.assertEqual(after[0], before[1] + ONE)

    @given(DAYS)
    def test_five_day_periods_stay_in_their_month(self, day):
        first, last = periods.bounds("five_day", day)
        self.assertEqual(first.month, last.month)
        self.assertIn((last - first).days + 1, (3, 4, 5, 6))
        self.assertEqual(periods.number("five_day", day), min(6, (day.day - 1) // 5 + 1))

    @given(st.integers(1990, 2050))
    def test_a_year_has_72_five_day_periods(self, year):
        self.assertEqual(len(list(periods.between("five_day", date(year, 1, 1), date(year, 12, 31)))), 72)

    @given(DAYS, st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"]))
    def test_moments_of_a_period_are_those_of_its_local_days(self, day, name):
        for zone in (pytz.timezone(name), ZoneInfo(name)):
            start, end = periods.utc_bounds(day, day, zone)
            self.assertEqual(periods.local_day(start, zone), day)
            self.assertEqual(periods.local_day(end - timedelta(seconds=1), zone), day)
            self.assertEqual(periods.local_day(end, zone), day + ONE)

    def test_examples(self):
        cases = {
            ("five_day", date(2026, 2, 28)): (date(2026, 2, 26), date(2026, 2, 28), 6),
            ("week", date(2026, 3, 1)): (date(2026, 2, 23), date(2026, 3, 1), 9),
            ("quarter", date(2026, 5, 5)): (date(2026, 4, 1), date(2026, 6, 30), 2),
            ("half_year", date(2026, 7, 1)): (date(2026, 7, 1), date(2026, 12, 31), 2),
            ("year", date(2024, 2, 29)): (date(2024, 1, 1), date(2024, 12, 31), 1),
        }
        for (kind, day), (first, last, number) in cases.items():
            self.assertEqual(periods.bounds(kind, day), (first, last))
            self.assertEqual(periods.number(kind, day), number)
        self.assertEqual(periods.weekdays(date(2026, 3, 1), date(2026, 3, 31)), 22)

    def test_shanghai_month(self):
        start, end = periods.utc_bounds(date(2026, 3, 1), date(2026, 3, 31), pytz.timezone("Asia/Shanghai"))
        self.assertEqual((start, end), (datetime(2026, 2, 28, 16), datetime(2026, 3, 31, 16)))
