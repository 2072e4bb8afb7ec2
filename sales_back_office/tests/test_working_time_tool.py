from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from ..tools import working_time as wt

DAY = date(2026, 3, 2)
MONDAY = datetime(2026, 3, 2)
HOURS = [(8.5, 12), (13.5, 18)]


def week(days=5):
    """Openings of `days` days in a row from Monday 2 March 2026."""
    return wt.openings(
        [
            (DAY + timedelta(days=day), *(MONDAY + timedelta(days=day, hours=hour) for hour in hours))
            for day in range(days)
            for hours in HOURS
        ]
    )


moments = st.integers(-2 * 86400, 9 * 86400).map(lambda second: MONDAY + timedelta(seconds=second))
inside = st.integers(-86400, 3 * 86400).map(lambda second: MONDAY + timedelta(seconds=second))


@tagged("post_install", "-at_install")
class TestWorkingTimeTool(BaseCase):
    def test_openings_add_up(self):
        table = week(2)
        self.assertEqual([item.seconds_before for item in table], [0, 12600, 28800, 41400])
        self.assertEqual([item.day_no for item in table], [1, 1, 2, 2])
        self.assertEqual({item.day_seconds for item in table}, {28800})
        self.assertEqual([item.day_before for item in table], [0, 12600, 0, 12600])

    def test_midnight_is_whole_and_slivers_are_no_working_time(self):
        almost = datetime(2026, 3, 2, 23, 59, 59, 999999)
        self.assertEqual(wt.round_second(almost), datetime(2026, 3, 3))
        sliver = (DAY, datetime(2026, 3, 2, 23, 59, 59), almost)
        shift = (DAY, datetime(2026, 3, 2, 20), almost)
        self.assertEqual(wt.clean([sliver, shift]), [(DAY, datetime(2026, 3, 2, 20), datetime(2026, 3, 3))])

    def test_due_moments(self):
        table = week()
        for start, hours, due in (
            ((2, 9), 0, (2, 9)),
            ((2, 12, 30), 0, (2, 13, 30)),
            ((2, 11), 1, (2, 12)),
            ((2, 11), 2, (2, 14, 30)),
            ((2, 17), 4, (3, 11, 30)),
            ((2, 20), 4, (3, 14)),
        ):
            start, due = datetime(2026, 3, *start), datetime(2026, 3, *due)
            self.assertEqual(wt.due_after(table, start, hours * 3600), due)

    def test_due_days_end_with_the_day(self):
        table = week()
        self.assertEqual(wt.due_after_days(table, datetime(2026, 3, 2, 9), DAY, 1), datetime(2026, 3, 3, 18))
        sunday = DAY - timedelta(days=1)
        self.assertEqual(wt.due_after_days(table, datetime(2026, 3, 1), sunday, 1), datetime(2026, 3, 2, 18))

    def test_late_days_count_shares_of_a_day(self):
        table = week()
        closing, noon = datetime(2026, 3, 2, 18), datetime(2026, 3, 2, 12)
        self.assertEqual(wt.late_days(table, closing, datetime(2026, 3, 3, 18)), 1)
        self.assertEqual(wt.late_days(table, closing, datetime(2026, 3, 3, 12)), 0.4375)
        self.assertEqual(wt.late_days(table, noon, datetime(2026, 3, 3, 12)), 1)

    def test_without_openings_nothing_is_late_and_the_clock_runs_on(self):
        self.assertEqual(wt.late_seconds([], MONDAY, MONDAY + timedelta(days=3)), 0)
        self.assertEqual(wt.due_after([], MONDAY, 3600), MONDAY + timedelta(hours=1))
        self.assertEqual(wt.due_after_days([], MONDAY, DAY, 2), MONDAY + timedelta(days=2))

    @given(moments, moments)
    def test_time_never_runs_backwards(self, one, other):
        table = week()
        low, high = sorted((one, other))
        self.assertLessEqual(wt.seconds_at(table, low), wt.seconds_at(table, high))
        self.assertLessEqual(wt.days_at(table, low), wt.days_at(table, high))
        self.assertEqual(wt.late_seconds(table, high, low), 0)
        self.assertLessEqual(wt.late_seconds(table, low, high), (high - low).total_seconds())

    @given(inside, st.integers(0, 8 * 3600))
    def test_due_moment_is_as_far_as_the_limit(self, start, seconds):
        table = week()
        due = wt.due_after(table, start, seconds)
        self.assertEqual(wt.late_seconds(table, start, due), seconds)
        self.assertTrue(any(item.start <= due <= item.end for item in table))

    @given(inside, st.integers(1, 3600), st.integers(1, 3600))
    def test_limits_add_up(self, start, first, second):
        table = week()
        two_steps = wt.due_after(table, wt.due_after(table, start, first), second)
        self.assertEqual(two_steps, wt.due_after(table, start, first + second))

    @given(moments)
    def test_days_follow_seconds(self, moment):
        table = week()
        self.assertAlmostEqual(wt.days_at(table, moment), wt.seconds_at(table, moment) / 28800)
