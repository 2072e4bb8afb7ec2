"""Relative moments of a rule ("today -30d") read at any moment, not only now.

Odoo 19 reads such words against the clock of the machine. A past month can be judged only when
"today" means the day it is judged for, so the engine puts dates in their place before it searches.
The grammar is Odoo's own (``odoo.tools.date_utils.parse_date``); a test holds both equal.
"""

import re
from datetime import date, datetime, timedelta, timezone

from dateutil.relativedelta import relativedelta

UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years", "H": "hours", "M": "minutes", "S": "seconds"}
MIDNIGHT = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
LOWER = {
    "hour": {"minute": 0, "second": 0, "microsecond": 0},
    "minute": {"second": 0, "microsecond": 0},
    "second": {"microsecond": 0},
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UTC = timezone.utc


def is_relative(value) -> bool:
    """Whether a value of a domain is a relative moment rather than an ISO date."""
    return isinstance(value, str) and bool(value.split()) and not re.match(r"\d+-", value)


def resolve(value: str, as_of: datetime, tz, week_start: int = 0) -> date | datetime:
    """The date (of ``today …``) or naive UTC datetime (of ``now …``) that the words mean.

    :param as_of: the moment that counts as now, naive UTC
    :param tz: the time zone in which days begin (pytz or zoneinfo)
    :param week_start: first day of the week, 0 = Monday
    :raise ValueError: a term that is not of the grammar
    """
    terms = value.split()
    local = as_of.replace(tzinfo=UTC).astimezone(tz)
    first = terms.pop(0) if terms and terms[0] in ("today", "now") else "now"
    moment = local.date() if first == "today" else local.replace(tzinfo=None)
    for term in terms:
        moment = _step(moment, term, week_start)
    return to_utc(moment, tz) if isinstance(moment, datetime) else moment


def to_utc(local: datetime, tz) -> datetime:
    """A naive local moment as naive UTC."""
    aware = tz.localize(local) if hasattr(tz, "localize") else local.replace(tzinfo=tz)
    return aware.astimezone(UTC).replace(tzinfo=None)


def _step(moment, term: str, week_start: int):
    operator, rest = term[0], term[1:]
    if operator not in "+-=" or len(term) < 3:
        raise ValueError(f"Invalid term {term!r}")
    if rest in WEEKDAYS or rest == "week_start":
        weekday = week_start if rest == "week_start" else WEEKDAYS.index(rest)
        return _to_weekday(moment, operator, weekday, week_start)
    unit = UNITS.get(term[-1])
    if unit is None:
        raise ValueError(f"Invalid term {term!r}")
    if operator != "=":
        return moment + relativedelta(**{unit: int(term[:-1])})
    single = unit.removesuffix("s")
    if single == "week":
        raise ValueError(f"Invalid term {term!r}")
    if isinstance(moment, datetime):
        moment = moment.replace(**LOWER.get(single, MIDNIGHT))
    return moment + relativedelta(**{single: int(rest[:-1])})


def _to_weekday(moment, operator: str, weekday: int, week_start: int):
    offset = (weekday - week_start) % 7 - (moment.weekday() - week_start) % 7
    if operator == "+" and offset < 0:
        offset += 7
    elif operator == "-" and offset > 0:
        offset -= 7
    elif operator == "=" and isinstance(moment, datetime):
        moment = moment.replace(**MIDNIGHT)
    return moment + timedelta(offset)
