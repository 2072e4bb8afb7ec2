"""Periods of the trade: which days belong together, and when they begin and end in a company's time zone.

Nothing else in the addon knows what a five-day period (五日报) or a quarter is. No ORM here.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone

KINDS = ("day", "five_day", "week", "month", "quarter", "half_year", "year")
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
FIVE_DAYS_A_MONTH = 6
ONE_DAY = timedelta(days=1)
UTC = timezone.utc


def bounds(kind: str, day: date) -> tuple[date, date]:
    """First and last day of the period of this kind that holds the day.

    >>> bounds("month", date(2024, 2, 10))
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> bounds("five_day", date(2026, 2, 27))
    (datetime.date(2026, 2, 26), datetime.date(2026, 2, 28))
    """
    if kind == "day":
        return day, day
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if kind == "five_day":
        return _five_day_bounds(day)
    months = MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _add_months(first, months) - ONE_DAY


def number(kind: str, day: date) -> int:
    """Ordinal of the period: five-day periods count within their month, all others within the year.

    A week belongs to the year of its Thursday, as ISO 8601 has it.
    """
    if kind == "day":
        return day.timetuple().tm_yday
    if kind == "five_day":
        return min(FIVE_DAYS_A_MONTH, (day.day - 1) // 5 + 1)
    if kind == "week":
        return day.isocalendar()[1]
    return (day.month - 1) // MONTHS[kind] + 1


def following(kind: str, day: date) -> tuple[date, date]:
    """The period after the one that holds the day."""
    return bounds(kind, bounds(kind, day)[1] + ONE_DAY)


def preceding(kind: str, day: date) -> tuple[date, date]:
    """The period before the one that holds the day."""
    return bounds(kind, bounds(kind, day)[0] - ONE_DAY)


def between(kind: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Every period of this kind that shares a day with first..last, in order."""
    period = bounds(kind, first)
    while period[0] <= last:
        yield period
        period = following(kind, period[0])


def utc_bounds(first: date, last: date, tz) -> tuple[datetime, datetime]:
    """The naive UTC moments between which the local days first..last lie; the end is excluded.

    :param tz: a pytz or zoneinfo time zone
    """
    return _local_midnight(first, tz), _local_midnight(last + ONE_DAY, tz)


def local_day(moment: datetime, tz) -> date:
    """The calendar day a naive UTC moment falls on in the time zone."""
    return moment.replace(tzinfo=UTC).astimezone(tz).date()


def weekdays(first: date, last: date) -> int:
    """Mondays to Fridays from first to last, both included: the guess where no calendar is kept."""
    return sum((first + timedelta(days=n)).weekday() < 5 for n in range((last - first).days + 1))


def _five_day_bounds(day: date) -> tuple[date, date]:
    n = number("five_day", day)
    first = day.replace(day=(n - 1) * 5 + 1)
    if n == FIVE_DAYS_A_MONTH:
        return first, bounds("month", day)[1]
    return first, first + timedelta(days=4)


def _add_months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + years, month=month + 1)


def _local_midnight(day: date, tz) -> datetime:
    midnight = datetime.combine(day, time.min)
    if hasattr(tz, "localize"):  # pytz refuses to be set as tzinfo
        aware = tz.localize(midnight)
    else:
        aware = midnight.replace(tzinfo=tz)
    return aware.astimezone(UTC).replace(tzinfo=None)
