from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import working_time

HORIZON = timedelta(days=731)
MARGIN = timedelta(days=31)


class SboWorkingDay(models.Model):
    """One opening interval of a working calendar (工作日): a morning, an afternoon, a shift.

    The table turns working time into plain joins. It is derived: rebuilt per calendar whenever its
    hours, company-wide days off or extra working days change, before anybody reads it again.
    """

    _name = "sbo.working.day"
    _description = "Working Day"
    _order = "calendar_id, start_at"
    _log_access = False

    calendar_id = fields.Many2one(
        "resource.calendar", string="Working Hours", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True)
    start_at = fields.Datetime("Opens", required=True, readonly=True)
    end_at = fields.Datetime("Closes", required=True, readonly=True)
    seconds = fields.Integer(required=True, readonly=True)
    seconds_before = fields.Integer(required=True, readonly=True, aggregator=None)
    day_no = fields.Integer("Working Day No.", required=True, readonly=True, aggregator=None)
    day_seconds = fields.Integer(required=True, readonly=True, aggregator=None)
    day_before = fields.Integer(required=True, readonly=True, aggregator=None)
    hours = fields.Float(compute="_compute_hours")
    extra = fields.Boolean("Extra Working Day", readonly=True)

    _start_uniq = models.UniqueIndex("(calendar_id, start_at)")
    _end_idx = models.Index("(calendar_id, end_at)")
    _date_idx = models.Index("(calendar_id, date)")
    _day_idx = models.Index("(calendar_id, day_no)")

    @api.depends("seconds")
    def _compute_hours(self):
        for opening in self:
            opening.hours = opening.seconds / 3600

    @api.depends("hours", "extra")
    def _compute_display_name(self):
        for opening in self:
            hours = f"{opening.hours:.4g}"
            opening.display_name = self.env._("%s h (extra)", hours) if opening.extra else self.env._("%s h", hours)

    @api.model
    def _cron_extend(self):
        """Nightly: keep two years ahead of today, for each calendar in use."""
        self._ensure(self.env["resource.calendar"]._sbo_in_use())

    def flush_model(self, fnames=None):
        # Calendars that changed are this table's pending writes.
        self._rebuild_pending()
        return super().flush_model(fnames)

    @api.model
    def _ensure(self, calendars, date_from=None, date_to=None):
        """Make the table cover these calendars from `date_from` to `date_to`, and at least two
        years around today. Costs nothing when it does already."""
        self._rebuild_pending()
        today = fields.Date.today()
        low = min(fields.Date.to_date(date_from) or today, today - HORIZON)
        high = max(fields.Date.to_date(date_to) or today, today + HORIZON)
        short = calendars.sudo().filtered(
            lambda calendar: (
                not calendar.sbo_built_from or calendar.sbo_built_from > low or calendar.sbo_built_to < high
            )
        )
        if short:
            # A margin, so that a moving today does not rebuild every night.
            self._rebuild(short, low - MARGIN, high + MARGIN)

    @api.model
    def _mark(self, calendars):
        """Rebuild these calendars, if anybody uses them, before the table is read again, at the latest
        on commit."""
        self._mark_from(calendars.sudo().filtered("sbo_built_from"))

    @api.model
    def _mark_from(self, calendars, date_from=None):
        """Like `_mark`, for calendars that come into use or are needed from an earlier day on."""
        if not calendars:
            return
        precommit = self.env.cr.precommit
        if "sbo.working.day" not in precommit.data:
            precommit.add(self.sudo()._rebuild_pending)
        pending = precommit.data.setdefault("sbo.working.day", {})
        for calendar in calendars:
            days = (pending.get(calendar.id), date_from)
            pending[calendar.id] = min(filter(None, days), default=None)

    @api.model
    def _rebuild_pending(self):
        pending = self.env.cr.precommit.data.pop("sbo.working.day", None)
        if pending:
            today = fields.Date.today()
            low = min(filter(None, [today - HORIZON, *pending.values()]))
            calendars = self.env["resource.calendar"].browse(pending).exists()
            self._rebuild(calendars, low, today + HORIZON)

    @api.model
    def _rebuild(self, calendars, date_from=None, date_to=None):
        """Write the openings of `calendars` anew, for what they covered and the range asked for."""
        calendars = calendars.sudo().with_context(active_test=False)
        # One rebuild of a calendar at a time; the second one sees what the first one wrote.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM resource_calendar WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                calendars.ids,
            )
        )
        rows = []
        for calendar in calendars:
            low = min(filter(None, (date_from, calendar.sbo_built_from)))
            high = max(filter(None, (date_to, calendar.sbo_built_to)))
            # Whole weeks: flexible hours are spread over the week the range begins with.
            low -= timedelta(days=low.weekday())
            rows += [(calendar.id, *opening) for opening in self._openings(calendar, low, high)]
            calendar.write({"sbo_built_from": low, "sbo_built_to": high})
        self._write_rows(calendars, rows)

    @api.model
    def _write_rows(self, calendars, rows):
        columns = list(zip(*rows, strict=True)) or [()] * 5
        self.env.cr.execute(SQL("DELETE FROM sbo_working_day WHERE calendar_id = ANY(%s)", calendars.ids))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sbo_working_day (calendar_id, date, start_at, end_at, extra,
                                             seconds, seconds_before, day_no, day_seconds, day_before)
                SELECT calendar_id, date, start_at, end_at, extra, seconds,
                       SUM(seconds) OVER calendar - seconds,
                       DENSE_RANK() OVER (PARTITION BY calendar_id ORDER BY date),
                       SUM(seconds) OVER (PARTITION BY calendar_id, date),
                       SUM(seconds) OVER (PARTITION BY calendar_id, date ORDER BY start_at) - seconds
                  FROM (SELECT *, EXTRACT(EPOCH FROM end_at - start_at)::integer AS seconds
                          FROM unnest(%s::int[], %s::date[], %s::timestamp[], %s::timestamp[], %s::bool[])
                               AS given(calendar_id, date, start_at, end_at, extra)) opening
                WINDOW calendar AS (PARTITION BY calendar_id ORDER BY start_at)
                """,
                *map(list, columns),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _openings(self, calendar, date_from, date_to):
        """The openings of one calendar as (local date, start, end, extra), clean and in order."""
        zone = pytz.timezone(calendar.tz or "UTC")
        low = zone.localize(datetime.combine(date_from, time.min))
        high = zone.localize(datetime.combine(date_to + timedelta(days=1), time.min))
        extra = calendar._sbo_extra_workdays(date_from, date_to)
        leaves = calendar._sbo_leave_domain()
        worked = calendar._work_intervals_batch(low, high, domain=leaves, tz=zone)[False]
        regular = [(start.date(), start, end) for start, end, _meta in worked if start.date() not in extra]
        added = [
            (day, zone.localize(start), zone.localize(end))
            for day, weekday in extra.items()
            for start, end in calendar._sbo_weekday_hours(day, weekday)
        ]
        naive = [
            (day, *(moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in bounds))
            for day, *bounds in regular + added
        ]
        return [(*opening, opening[0] in extra) for opening in working_time.clean(naive)]

    @api.model
    def _sql_seconds(self, calendar_sql, moment_sql):
        """Working seconds from the calendar's origin to the moment. No calendar means round the clock."""
        return SQL(
            """(CASE WHEN %(calendar)s IS NULL THEN EXTRACT(EPOCH FROM %(moment)s) ELSE COALESCE((
                SELECT wd.seconds_before + LEAST(wd.seconds, EXTRACT(EPOCH FROM %(moment)s - wd.start_at))
                  FROM sbo_working_day wd
                 WHERE wd.calendar_id = %(calendar)s AND wd.start_at <= %(moment)s
                 ORDER BY wd.start_at DESC LIMIT 1), 0) END)::double precision""",
            calendar=calendar_sql,
            moment=moment_sql,
            to_flush=self._fields["start_at"],
        )

    @api.model
    def _sql_late_seconds(self, calendar_sql, due_sql, end_sql):
        """Working seconds by which the end is later than the due moment; never negative."""
        return SQL(
            "GREATEST(0, %s - %s)",
            self._sql_seconds(calendar_sql, end_sql),
            self._sql_seconds(calendar_sql, due_sql),
        )

    @api.model
    def _sql_days(self, calendar_sql, moment_sql):
        """Working days from the calendar's origin to the moment, a begun day as the share that is over."""
        return SQL(
            """(CASE WHEN %(calendar)s IS NULL THEN EXTRACT(EPOCH FROM %(moment)s) / 86400 ELSE COALESCE((
                SELECT wd.day_no - 1 + (wd.day_before + LEAST(wd.seconds,
                       EXTRACT(EPOCH FROM %(moment)s - wd.start_at)))::numeric / wd.day_seconds
                  FROM sbo_working_day wd
                 WHERE wd.calendar_id = %(calendar)s AND wd.start_at <= %(moment)s
                 ORDER BY wd.start_at DESC LIMIT 1), 0) END)::numeric""",
            calendar=calendar_sql,
            moment=moment_sql,
            to_flush=self._fields["start_at"],
        )

    @api.model
    def _sql_late_days(self, calendar_sql, due_sql, end_sql):
        """Working days by which the end is later than the due moment, to six decimals; never negative."""
        return SQL(
            "GREATEST(0, ROUND(%s - %s, 6))::double precision",
            self._sql_days(calendar_sql, end_sql),
            self._sql_days(calendar_sql, due_sql),
        )

    @api.model
    def _sql_due(self, calendar_sql, start_sql, seconds_sql):
        """The moment that lies so many working seconds after the start. A start outside the hours
        waits for the next opening; beyond the table, or without a calendar, the clock just runs on."""
        return SQL(
            """COALESCE((
                SELECT GREATEST(%(start)s, wd.start_at
                                + (%(target)s - wd.seconds_before) * INTERVAL '1 second')
                  FROM sbo_working_day wd
                 WHERE wd.calendar_id = %(calendar)s AND wd.end_at > %(start)s
                   AND wd.seconds_before + wd.seconds >= %(target)s
                 ORDER BY wd.end_at LIMIT 1), %(start)s + %(seconds)s * INTERVAL '1 second')""",
            calendar=calendar_sql,
            start=start_sql,
            seconds=seconds_sql,
            target=SQL("(%s + %s)", self._sql_seconds(calendar_sql, start_sql), seconds_sql),
            to_flush=self._fields["start_at"],
        )

    @api.model
    def _sql_due_days(self, calendar_sql, start_sql, days_sql):
        """Closing time of the Nth working day after the local day of the start."""
        return SQL(
            """COALESCE((
                SELECT MAX(wd.end_at) FROM sbo_working_day wd
                 WHERE wd.calendar_id = %(calendar)s AND wd.day_no = %(days)s + COALESCE((
                       SELECT begun.day_no
                         FROM sbo_working_day begun
                        WHERE begun.calendar_id = %(calendar)s
                          AND begun.date <= (%(start)s AT TIME ZONE 'UTC' AT TIME ZONE (
                              SELECT rc.tz FROM resource_calendar rc WHERE rc.id = %(calendar)s))::date
                        ORDER BY begun.date DESC LIMIT 1), 0)
                ), %(start)s + %(days)s * INTERVAL '1 day')""",
            calendar=calendar_sql,
            start=start_sql,
            days=days_sql,
            to_flush=self._fields["start_at"],
        )
