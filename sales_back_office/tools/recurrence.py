"""Days of things that come again every so many days, weeks or months. No ORM here."""

from datetime import date

from dateutil.relativedelta import relativedelta

UNITS = {"day": "days", "week": "weeks", "month": "months"}


def following(first: date, last: date, every: int, unit: str, until: date) -> list[date]:
    """The days after ``last`` of a series that began on ``first``, until a day.

    Counted from the first day each time: after 31 January come 28 February and 31 March.
    """
    days, number = [], 1
    while (day := first + relativedelta(**{UNITS[unit]: every * number})) <= until:
        if day > last:
            days.append(day)
        number += 1
    return days
