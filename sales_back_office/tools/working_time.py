"""Working time as arithmetic on opening intervals, without the ORM.

``sbo.working.day`` stores the intervals and answers the same questions in SQL; the tests hold
both to each other. Every moment is a naive UTC datetime, every length is in whole seconds.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

# A holiday that ends at 23:59:59 leaves one second of a round-the-clock day: no working time.
SLIVER = timedelta(minutes=1)


class Opening(NamedTuple):
    """One opening interval and where it stands in the calendar."""

    date: date
    start: datetime
    end: datetime
    seconds: int
    seconds_before: int
    day_no: int
    day_seconds: int
    day_before: int


def round_second(moment: datetime) -> datetime:
    """The nearest whole second: calendars write midnight as 23:59:59.999999."""
    return (moment + timedelta(microseconds=500000)).replace(microsecond=0)


def clean(intervals: list[tuple]) -> list[tuple]:
    """Sorted ``(local date, start, end)`` in whole seconds, touching ones kept apart, slivers dropped."""
    rounded = [(day, round_second(start), round_second(end)) for day, start, end in intervals]
    return sorted((item for item in rounded if item[2] - item[1] >= SLIVER), key=itemgetter(1))


def openings(intervals: list[tuple]) -> list[Opening]:
    """Number the days of cleaned ``(local date, start, end)`` and add up their seconds."""
    lengths = [int((end - start).total_seconds()) for _day, start, end in intervals]
    day_seconds, day_before, result, total = Counter(), Counter(), [], 0
    for (day, _start, _end), seconds in zip(intervals, lengths, strict=True):
        day_seconds[day] += seconds
    number = {day: day_no for day_no, day in enumerate(sorted(day_seconds), start=1)}
    for (day, start, end), seconds in zip(intervals, lengths, strict=True):
        before = day_before[day]
        result.append(Opening(day, start, end, seconds, total, number[day], day_seconds[day], before))
        day_before[day] += seconds
        total += seconds
    return result


def _last_begun(table: list[Opening], moment: datetime) -> Opening | None:
    return next((item for item in reversed(table) if item.start <= moment), None)


def _elapsed(item: Opening, moment: datetime) -> float:
    return min(item.seconds, (moment - item.start).total_seconds())


def seconds_at(table: list[Opening], moment: datetime) -> float:
    """Working seconds from the first opening to the moment."""
    item = _last_begun(table, moment)
    return item.seconds_before + _elapsed(item, moment) if item else 0


def late_seconds(table: list[Opening], due: datetime, end: datetime) -> float:
    """Working seconds by which ``end`` is later than ``due``; never negative."""
    return max(0, seconds_at(table, end) - seconds_at(table, due))


def days_at(table: list[Opening], moment: datetime) -> float:
    """Working days from the first opening to the moment, a begun day as the share of it that is over."""
    item = _last_begun(table, moment)
    return item.day_no - 1 + (item.day_before + _elapsed(item, moment)) / item.day_seconds if item else 0


def late_days(table: list[Opening], due: datetime, end: datetime) -> float:
    """Working days by which ``end`` is later than ``due``, to six decimals; never negative."""
    return max(0, round(days_at(table, end) - days_at(table, due), 6))


def due_after(table: list[Opening], start: datetime, seconds: float) -> datetime:
    """The moment that lies so many working seconds after ``start``.

    A start outside the hours waits for the next opening. Beyond the table the clock just runs on.
    """
    target = seconds_at(table, start) + seconds
    for item in table:
        if item.end > start and item.seconds_before + item.seconds >= target:
            return max(start, item.start + timedelta(seconds=target - item.seconds_before))
    return start + timedelta(seconds=seconds)


def due_after_days(table: list[Opening], start: datetime, start_date: date, days: int) -> datetime:
    """Closing time of the ``days``-th working day after the local date of ``start``."""
    begun = max((item.day_no for item in table if item.date <= start_date), default=0)
    ends = [item.end for item in table if item.day_no == begun + days]
    return max(ends) if ends else start + timedelta(days=days)
