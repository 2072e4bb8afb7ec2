from datetime import date, datetime, timedelta

import pytz
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from psycopg2.errors import UniqueViolation

from ..tools import working_time as wt
from .common import SboCommon, at

FROM, TO = date(2026, 1, 1), date(2026, 12, 31)


@tagged("post_install", "-at_install")
class TestWorkingTimeDays(SboCommon):
    def _ask(self, name, calendar, *values):
        """The SQL expression of that name on sbo.working.day, evaluated."""
        days = self.env["sbo.working.day"]
        values = [SQL("%s::timestamp", v) if isinstance(v, datetime) else SQL("%s", v) for v in values]
        query = getattr(days, name)(SQL("%s::integer", calendar.id or None), *values)
        return self.env.execute_query(SQL("SELECT %s", query))[0][0]

    def _table(self, calendar):
        self.env["sbo.working.day"]._ensure(calendar, FROM, TO)
        rows = self.env["sbo.working.day"].search([("calendar_id", "=", calendar.id)])
        columns = {"date": "date", "start": "start_at", "end": "end_at"}
        return [wt.Opening(*(row[columns.get(name, name)] for name in wt.Opening._fields)) for row in rows]

    def _hours(self, calendar, day):
        """The local opening hours of a date, as text."""
        self.env["sbo.working.day"]._ensure(calendar, FROM, TO)
        zone = pytz.timezone(calendar.tz)
        rows = self.env["sbo.working.day"].search([("calendar_id", "=", calendar.id), ("date", "=", day)])
        return [
            "-".join(pytz.utc.localize(moment).astimezone(zone).strftime("%H:%M") for moment in bounds)
            for bounds in rows.mapped(lambda row: (row.start_at, row.end_at))
        ]

    def _extra(self, day, **vals):
        return self.env["sbo.extra.workday"].create({"name": "Extra", "date": day, **vals})

    def test_ordinary_week(self):
        self.assertEqual(self._hours(self.calendar, "2026-03-02"), ["08:30-12:00", "13:30-18:00"])
        self.assertEqual(self._hours(self.calendar, "2026-03-07"), [])
        plan = self.calendar._sbo_plan
        self.assertEqual(plan(at("2026-03-06 16:00"), hours=4), at("2026-03-09 10:30"))
        self.assertEqual(plan(at("2026-03-07 10:00"), hours=0), at("2026-03-09 08:30"))
        self.assertEqual(plan(at("2026-03-06 23:30"), days=1), at("2026-03-09 18:00"))
        self.assertEqual(plan(at("2026-03-06 07:00"), days=1), at("2026-03-09 18:00"), "the local day counts")
        self.assertEqual(self.calendar._sbo_late_hours(at("2026-03-06 17:00"), at("2026-03-09 09:30")), 2)
        self.assertEqual(self.calendar._sbo_late_hours(at("2026-03-09 09:30"), at("2026-03-06 17:00")), 0)
        self.assertEqual(self.calendar._sbo_late_days(at("2026-03-06 18:00"), at("2026-03-10 18:00")), 2)

    def test_public_holiday_and_the_weekend_worked_for_it(self):
        self._holiday("2026-02-16", "2026-02-20")
        saturday = self._extra("2026-02-14", as_weekday="4")
        self.assertEqual(self._hours(self.calendar, "2026-02-18"), [])
        self.assertEqual(self._hours(self.calendar, "2026-02-14"), ["08:30-12:00", "13:30-18:00"])
        plan = self.calendar._sbo_plan
        self.assertEqual(plan(at("2026-02-13 17:00"), hours=9), at("2026-02-14 18:00"))
        self.assertEqual(plan(at("2026-02-13 17:00"), hours=10), at("2026-02-23 09:30"))
        saturday.unlink()
        self.assertEqual(plan(at("2026-02-13 17:00"), hours=2), at("2026-02-23 09:30"))

    def test_extra_working_day_beats_the_holiday_of_the_same_date(self):
        self._holiday("2026-05-04")
        self.assertEqual(self._hours(self.calendar, "2026-05-04"), [])
        self._extra("2026-05-04")
        self.assertEqual(self._hours(self.calendar, "2026-05-04"), ["08:30-12:00", "13:30-18:00"])
        row = self.env["sbo.working.day"].search(
            [("date", "=", "2026-05-04"), ("calendar_id", "=", self.calendar.id)], limit=1
        )
        self.assertTrue(row.extra)
        self.assertEqual(row.display_name, "3.5 h (extra)")

    def test_extra_working_day_of_one_calendar_leaves_the_others_alone(self):
        other = self._calendar(hours=((9, 17, "morning"),))
        self._extra("2026-03-07", calendar_id=other.id)
        self.assertEqual(self._hours(other, "2026-03-07"), ["09:00-17:00"])
        self.assertEqual(self._hours(self.calendar, "2026-03-07"), [])
        self._extra("2026-03-07", as_weekday="6")
        self.assertEqual(self._hours(other, "2026-03-07"), ["09:00-17:00"], "the calendar's own one counts")
        self.assertEqual(self._hours(self.calendar, "2026-03-07"), [], "nobody works on a Sunday")

    def test_extra_working_day_is_unique(self):
        self._extra("2026-03-07")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._extra("2026-03-07")
            self.env.flush_all()

    def test_extra_working_days_are_imported_as_a_list(self):
        rows = [["2026-02-14", "Spring Festival", "Friday"], ["2026-02-28", "Spring Festival", "Monday"]]
        result = self.env["sbo.extra.workday"].with_user(self.supervisor).load(
            ["date", "name", "as_weekday"], rows
        )  # fmt: skip
        self.assertFalse(result["messages"])
        self.assertEqual(self._hours(self.calendar, "2026-02-28"), ["08:30-12:00", "13:30-18:00"])

    def test_holiday_of_another_company_and_leave_of_a_person_change_nothing(self):
        theirs = self._holiday("2026-03-02")
        theirs.company_id = self.company2
        person = self.env["resource.resource"].create(
            {"name": "P", "user_id": self.clerk.id, "calendar_id": self.calendar.id}
        )
        self._holiday("2026-03-03", calendar=self.calendar).resource_id = person
        self.assertEqual(len(self._hours(self.calendar, "2026-03-02")), 2)
        self.assertEqual(len(self._hours(self.calendar, "2026-03-03")), 2)

    def test_changed_hours_are_known_before_anybody_reads(self):
        self.assertEqual(len(self._hours(self.calendar, "2026-03-02")), 2)
        monday = self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == "0")
        monday[1].hour_to = 17
        self.assertEqual(self._hours(self.calendar, "2026-03-02"), ["08:30-12:00", "13:30-17:00"])
        monday[1].unlink()
        self.assertEqual(self._hours(self.calendar, "2026-03-02"), ["08:30-12:00"])
        self.calendar.tz = "Europe/Berlin"
        self.assertEqual(self._table(self.calendar)[0].start.minute, 30)
        self.assertEqual(self._hours(self.calendar, "2026-03-02"), ["08:30-12:00"])

    def test_changes_are_written_with_the_transaction_too(self):
        self._hours(self.calendar, "2026-03-02")
        self._holiday("2026-03-02")
        self.env.cr.flush()
        self.env.cr.execute(
            "SELECT count(*) FROM sbo_working_day WHERE calendar_id = %s AND date = '2026-03-02'",
            [self.calendar.id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_summer_time(self):
        berlin = self._calendar("Europe/Berlin", weekdays=range(7), hours=((0, 24, "full_day"),))
        table = {item.date: item.seconds for item in self._table(berlin)}
        self.assertEqual(table[date(2026, 3, 28)], 24 * 3600)
        self.assertEqual(table[date(2026, 3, 29)], 23 * 3600)
        self.assertEqual(table[date(2026, 10, 25)], 25 * 3600)
        opens = self._calendar("Europe/Berlin")
        due = opens._sbo_plan(at("2026-03-27 17:00", "Europe/Berlin"), hours=2)
        self.assertEqual(due, at("2026-03-30 09:30", "Europe/Berlin"))
        self.assertEqual(opens._sbo_late_hours(at("2026-03-27 17:00", "Europe/Berlin"), due), 2)

    def test_flexible_two_weeks_and_empty_calendars(self):
        flexible = self._calendar(schedule_type="flexible", hours_per_day=8, full_time_required_hours=40)
        self._extra("2026-03-08", calendar_id=flexible.id)
        self.assertEqual(self._hours(flexible, "2026-03-08"), ["08:00-16:00"])
        self.assertTrue(flexible._sbo_plan(at("2026-03-02 09:00"), hours=4))
        fortnight = self._calendar()
        fortnight.switch_calendar_type()
        lines = fortnight.attendance_ids.filtered(lambda line: not line.display_type)
        second = lines.filtered(lambda line: line.week_type == "1")
        second.unlink()
        weeks = {len(self._hours(fortnight, day)) for day in ("2026-03-02", "2026-03-09")}
        self.assertEqual(weeks, {0, 2})
        empty = self._calendar(weekdays=())
        self.assertEqual(empty._sbo_late_hours(at("2026-03-02 09:00"), at("2026-03-03 09:00")), 0)
        self.assertEqual(empty._sbo_plan(at("2026-03-02 09:00"), hours=1), at("2026-03-02 10:00"))

    def test_company_without_calendar_works_round_the_clock(self):
        none = self.env["resource.calendar"]
        self.assertEqual(none._sbo_plan(at("2026-03-07 09:00"), hours=4), at("2026-03-07 13:00"))
        self.assertEqual(none._sbo_late_hours(at("2026-03-07 09:00"), at("2026-03-08 09:00")), 24)
        self.assertEqual(none._sbo_late_days(at("2026-03-07 09:00"), at("2026-03-08 09:00")), 1)
        self.company2.resource_calendar_id = False
        self.company2.partner_id.tz = "Asia/Tokyo"
        self.assertEqual((self.company2._sbo_calendar(), self.company2._sbo_tz()), (none, "Asia/Tokyo"))
        self.assertEqual(self.company._sbo_tz(), "Asia/Shanghai")

    def test_table_grows_with_what_is_asked_and_with_the_days(self):
        calendar = self._calendar()
        days = self.env["sbo.working.day"]
        with freeze_time("2026-03-02 10:00:00"):
            days._ensure(calendar)
            self.assertLessEqual(calendar.sbo_built_from, date(2024, 3, 2))
            self.assertGreaterEqual(calendar.sbo_built_to, date(2028, 3, 2))
            days._ensure(calendar, date(2019, 5, 1), date(2019, 6, 1))
            self.assertLessEqual(calendar.sbo_built_from, date(2019, 5, 1))
        with freeze_time("2026-06-02 10:00:00"):
            days._cron_extend()
        self.assertGreaterEqual(calendar.sbo_built_to, date(2028, 6, 1))
        self.assertLessEqual(calendar.sbo_built_from, date(2019, 5, 1))

    def test_asking_again_costs_nothing(self):
        days = self.env["sbo.working.day"]
        days._ensure(self.calendar, FROM, TO)
        with self.assertQueryCount(0):
            days._ensure(self.calendar, FROM, TO)

    def test_many_calendars_cost_one_write(self):
        calendars = self._calendar() | self._calendar("Europe/Berlin") | self._calendar("UTC")
        self.env["sbo.working.day"]._ensure(calendars, FROM, TO)
        for calendar in calendars:
            self.assertEqual(self._table(calendar), wt.openings([item[:3] for item in self._table(calendar)]))

    def test_ten_years_are_built_quickly(self):
        started = datetime.now()
        self.env["sbo.working.day"]._ensure(self._calendar(), date(2018, 1, 1), date(2028, 1, 1))
        self.assertLess(datetime.now() - started, timedelta(seconds=10), "takes about one second")

    def test_buttons_of_the_calendar(self):
        action = self.calendar.with_user(self.supervisor).action_sbo_rebuild()
        days = self.env[action["res_model"]].with_user(self.supervisor).search(action["domain"])
        self.assertEqual(days.calendar_id, self.calendar)

    def test_sql_tool_and_calendar_agree(self):
        """Property: three roads to the same working time, in two zones, over holidays and DST."""
        berlin = self._calendar("Europe/Berlin", weekdays=(0, 1, 3, 4, 5))
        night = self._calendar("UTC", weekdays=range(7), hours=((0, 6, "morning"), (18, 24, "afternoon")))
        for calendar in (self.calendar, berlin, night):
            self._holiday("2026-03-05", calendar=calendar)
            self._holiday("2026-10-01", "2026-10-07", calendar=calendar)
        tables = {calendar: self._table(calendar) for calendar in (self.calendar, berlin, night)}
        seconds = st.integers(0, 330 * 86400).map(lambda n: datetime(2026, 1, 5) + timedelta(seconds=n))

        @settings(max_examples=40, deadline=None)
        @given(st.sampled_from(list(tables)), seconds, st.integers(0, 15 * 86400), st.integers(0, 60 * 3600))
        def agree(calendar, start, length, limit):
            table, end = tables[calendar], start + timedelta(seconds=length)
            late = wt.late_seconds(table, start, end)
            self.assertEqual(self._ask("_sql_late_seconds", calendar, start, end), late)
            # Odoo's midnight of a shift lies a microsecond early.
            self.assertAlmostEqual(calendar.get_work_hours_count(start, end) * 3600, late, places=2)
            days = self._ask("_sql_late_days", calendar, start, end)
            self.assertAlmostEqual(days, wt.late_days(table, start, end), places=5)
            due = self._ask("_sql_due", calendar, start, limit)
            self.assertEqual(due, wt.due_after(table, start, limit))
            planned = calendar.plan_hours(limit / 3600, pytz.utc.localize(start), compute_leaves=True)
            gap = planned.astimezone(pytz.utc).replace(tzinfo=None) - due
            self.assertLess(abs(gap.total_seconds()), 0.01)
            local = pytz.utc.localize(start).astimezone(pytz.timezone(calendar.tz)).date()
            closing = self._ask("_sql_due_days", calendar, start, limit % 9 + 1)
            self.assertEqual(closing, wt.due_after_days(table, start, local, limit % 9 + 1))

        agree()

    def test_company_brings_its_calendar_into_use(self):
        idle, used = self._calendar(), self._calendar(company_id=self.company2.id)
        idle.attendance_ids = [Command.clear()]
        days = self.env["sbo.working.day"]
        self.assertFalse(days.search([("calendar_id", "in", (idle | used).ids)]))
        self.company2.write({"resource_calendar_id": used.id, "sbo_check_from": "2021-05-03"})
        self.assertEqual(days.search([("calendar_id", "in", (idle | used).ids)]).calendar_id, used)
        self.assertLessEqual(used.sbo_built_from, date(2021, 5, 3))
        self.assertEqual(self.env["resource.calendar"]._sbo_in_use() & (idle | used), used)
