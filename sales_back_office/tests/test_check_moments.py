from datetime import datetime

import pytz
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tools.date_utils import parse_date

from ..tools import moments
from .common import SboCommon, at

NUMBERS = st.integers(0, 40).map(str)
STEPS = st.tuples(st.sampled_from("+-"), NUMBERS, st.sampled_from("dwmy")).map("".join)
CLOCK_STEPS = st.tuples(st.sampled_from("+-"), NUMBERS, st.sampled_from("HMS")).map("".join)
PARTS = st.sampled_from(["=1d", "=15d", "=28d", "=1m", "=6m", "=12m", "=2024y"])
CLOCK_PARTS = st.sampled_from(["=3H", "=0H", "=30M", "=0S"])
WEEKDAYS = st.tuples(st.sampled_from("+-="), st.sampled_from([*moments.WEEKDAYS, "week_start"])).map("".join)
DAYS = st.one_of(STEPS, PARTS, WEEKDAYS)
WORDS = st.one_of(
    st.tuples(st.just("today"), st.lists(DAYS, max_size=4)),
    st.tuples(st.sampled_from(["", "now"]), st.lists(st.one_of(DAYS, CLOCK_STEPS, CLOCK_PARTS), max_size=4)),
)


@tagged("post_install", "-at_install")
class TestCheckMoments(SboCommon):
    """"today", "now -3d", "=monday" mean at any moment what Odoo means by them now."""

    # Zones that never had summer time (Shanghai had until 1991): where the clocks change, Odoo's steps follow the
    # hour, ours the calendar.
    @settings(max_examples=500, deadline=None, database=None)
    @given(WORDS, st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)), st.sampled_from(["Etc/GMT-8", "UTC"]))
    def test_same_as_odoo_now(self, words, moment, zone):
        expression = " ".join(filter(None, [words[0], *words[1]]))
        if not expression:
            return
        env = self.env(context={"tz": zone})
        week_start = int(env["res.lang"]._get_data(code=env.user.lang).week_start) - 1
        moment = moment.replace(microsecond=0)
        with freeze_time(moment):
            expected = self._answer(lambda: self._naive(parse_date(expression, env)))
        found = self._answer(lambda: moments.resolve(expression, moment, pytz.timezone(zone), week_start))
        self.assertEqual(found, expected, f"{expression} at {moment} in {zone}")

    def _answer(self, read):
        try:
            return read()
        except (ValueError, OverflowError, TypeError):
            return "refused"

    def _naive(self, moment):
        if isinstance(moment, datetime) and moment.tzinfo:
            return moment.astimezone(pytz.utc).replace(tzinfo=None)
        return moment

    def test_the_day_begins_in_the_zone(self):
        zone = pytz.timezone("Asia/Shanghai")
        night = at("2026-03-03 01:00")
        self.assertEqual(str(moments.resolve("today", night, zone)), "2026-03-03")
        self.assertEqual(moments.resolve("now =0H", night, zone), at("2026-03-03 00:00"))

    def test_an_hour_of_today_is_a_local_hour(self):
        # Here Odoo forgets the zone: its "today +8H" is eight o'clock in UTC, wherever the company is.
        zone = pytz.timezone("Asia/Shanghai")
        self.assertEqual(moments.resolve("today +8H", at("2026-03-03 01:00"), zone), at("2026-03-03 08:00"))

    def test_dates_are_no_words(self):
        for value in ("2026-03-03", "2026-03-03 10:00:00", "", None, False, 3):
            self.assertFalse(moments.is_relative(value), value)
        for value in ("today", "now -3d", "-1m", "=monday"):
            self.assertTrue(moments.is_relative(value), value)
