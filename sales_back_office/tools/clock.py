"""Which moment counts as now: the machine's, or the one that the context gives in its place as ``sbo_as_of``.

What is read may be read as of any moment, whoever asks. What is written is dated by the machine's clock: a moment of
the past is taken only from code of ours, which loads the past or tells a story in a test.
"""

from datetime import datetime

from odoo import fields


class Given(datetime):
    """A moment that code gives as now (naive UTC). It is this type that counts: RPC sends strings and datetimes."""

    @classmethod
    def at(cls, moment: datetime) -> "Given":
        return cls.combine(moment.date(), moment.time())


def now(env) -> datetime:
    """The moment that dates what is written, and decides what is due (naive UTC)."""
    moment = env.context.get("sbo_as_of")
    return moment if isinstance(moment, Given) else fields.Datetime.now()


def as_of(env) -> datetime:
    """The moment that figures are read for (naive UTC)."""
    return fields.Datetime.to_datetime(env.context.get("sbo_as_of")) or fields.Datetime.now()
