from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import float_to_time

HOURS_FIELDS = {
    "active", "attendance_ids", "company_id", "flexible_hours", "full_time_required_hours", "hours_per_day",
    "schedule_type", "two_weeks_calendar", "tz",
}  # fmt: skip


class ResourceCalendar(models.Model):
    """Working hours, with the days they come to: what is due when, and how late it is."""

    _inherit = "resource.calendar"

    # Which days sbo.working.day covers; empty while nobody asked for this calendar.
    sbo_built_from = fields.Date(readonly=True, copy=False)
    sbo_built_to = fields.Date("Working Days Known Until", readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if not HOURS_FIELDS.isdisjoint(vals):
            self.env["sbo.working.day"]._mark(self)
        return result

    def action_sbo_rebuild(self):
        """Button: compute the working days of these calendars again."""
        self.check_access("read")
        self.env["sbo.working.day"]._ensure(self)
        self.env["sbo.working.day"]._rebuild(self)
        return self.action_sbo_working_days()

    def action_sbo_working_days(self):
        """Open the working days of these calendars."""
        self.env["sbo.working.day"]._ensure(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_working_day_action")
        action["domain"] = [("calendar_id", "in", self.ids)]
        return action

    @api.model
    def _sbo_in_use(self):
        """The calendars whose working days are kept: those of the companies and those asked for once."""
        companies = self.env["res.company"].sudo().search([("resource_calendar_id", "!=", False)])
        return companies.resource_calendar_id | self.sudo().search([("sbo_built_from", "!=", False)])

    def _sbo_plan(self, moment, hours=0, days=0):
        """The moment (naive UTC) at which a time limit that starts at `moment` ends: closing time of
        the Nth working day after it, then so many working hours."""
        if days:
            moment = self._sbo_ask("_sql_due_days", moment, days)
        return self._sbo_ask("_sql_due", moment, hours * 3600) if hours or not days else moment

    def _sbo_late_hours(self, due, end):
        """Working hours by which `end` is later than `due`; 0 when it is not."""
        return self._sbo_ask("_sql_late_seconds", due, end) / 3600

    def _sbo_late_days(self, due, end):
        """Working days by which `end` is later than `due`, a part of a day as its share; 0 when it is not."""
        return self._sbo_ask("_sql_late_days", due, end)

    def _sbo_ask(self, name, moment, value):
        openings = self.env["sbo.working.day"].sudo()
        last = value if isinstance(value, datetime) else moment + timedelta(days=366)
        openings._ensure(self, min(moment, last).date(), max(moment, last).date())
        typed = SQL("%s::timestamp", value) if isinstance(value, datetime) else SQL("%s", value)
        calendar = SQL("%s::integer", self.id or None)
        query = getattr(openings, name)(calendar, SQL("%s::timestamp", moment), typed)
        return self.env.execute_query(SQL("SELECT %s", query))[0][0]

    def _sbo_companies(self):
        """The companies whose company-wide days count here: the calendar's own, else those that use it."""
        self.ensure_one()
        return self.company_id or self.env["res.company"].search([("resource_calendar_id", "=", self.id)])

    def _sbo_leave_domain(self):
        return [
            ("time_type", "=", "leave"),
            "|",
            ("calendar_id", "=", self.id),
            ("company_id", "in", [False, *self._sbo_companies().ids]),
        ]

    def _sbo_extra_workdays(self, date_from, date_to):
        """{date: weekday whose hours are worked}: a day of this very calendar beats a company-wide one."""
        days = self.env["sbo.extra.workday"].search(
            Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
            & Domain("company_id", "in", self._sbo_companies().ids)
            & Domain("calendar_id", "in", [False, self.id])
        )
        ranked = days.sorted(lambda day: bool(day.calendar_id))
        return {day.date: int(day.as_weekday) for day in ranked}

    def _sbo_weekday_hours(self, day, weekday):
        """The local (start, end) pairs worked on `day` when it counts as that weekday."""
        if self.flexible_hours:
            noon = datetime.combine(day, time(12))
            half = timedelta(hours=self.hours_per_day / 2)
            return [(noon - half, noon + half)]
        week = str(self.env["resource.calendar.attendance"].get_week_type(day))
        attendances = self.attendance_ids.filtered(
            lambda line: (
                line._is_work_period()
                and line.dayofweek == str(weekday)
                and (not self.two_weeks_calendar or line.week_type == week)
            )
        )
        return [
            tuple(datetime.combine(day, float_to_time(hour)) for hour in (line.hour_from, line.hour_to))
            for line in attendances
        ]
