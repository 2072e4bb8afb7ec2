"""The arithmetic of the assessment, without the ORM: units, points, scores, grades, pay.

The set-based run says the same in SQL; a test holds both equal on random months. Amounts are ``Decimal``
with two places, so that no total is ever rounded across the boundary of a grade.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
CENT = Decimal("0.01")
HUNDRED = Decimal(100)
PAY_RULES = ("coefficient", "score", "coefficient_score")


class Charge(NamedTuple):
    """What one case costs in one period."""

    units: int
    points: Decimal


class Grade(NamedTuple):
    """One row of the table of grades."""

    name: str
    min_score: Decimal
    coefficient: Decimal


def whole_units(seconds, unit_seconds, begun: bool = False) -> int:
    """Full units of lateness; with ``begun``, a begun unit counts as a full one (不足一小时按一小时计).

    >>> whole_units(7199, 3600), whole_units(7199, 3600, begun=True), whole_units(7200, 3600, begun=True)
    (1, 2, 2)
    """
    if seconds <= 0:
        return 0
    full, rest = divmod(Decimal(seconds), Decimal(unit_seconds))
    return int(full) + (1 if begun and rest else 0)


def charge(units_total: int, units_before: int, per_unit, cap=ZERO, points_before=ZERO) -> Charge:
    """Units and points of a case in this period: what was charged before comes off, the cap spans all.

    >>> charge(10, 4, Decimal(1), cap=Decimal(8), points_before=Decimal(4))
    Charge(units=6, points=Decimal('4.00'))
    """
    units = max(0, units_total - units_before)
    points = units * Decimal(per_unit)
    if cap:
        points = min(points, max(ZERO, Decimal(cap) - Decimal(points_before)))
    return Charge(units, points.quantize(CENT))


def criterion_score(points, lost) -> Decimal:
    """A criterion never falls below zero (各单项分扣完为止).

    >>> criterion_score(Decimal(5), Decimal(7))
    Decimal('0')
    """
    return max(ZERO, Decimal(points) - Decimal(lost))


def final_score(points, score, adjustment=ZERO) -> Decimal:
    """The supervisor's correction stays between zero and the criterion's points."""
    return max(ZERO, min(Decimal(points), Decimal(score) + Decimal(adjustment)))


def grade(total, grades: Iterable[Grade], veto: bool = False) -> Grade:
    """The highest grade whose lowest score the total reaches; a veto (一票否决) leaves the lowest one.

    >>> table = [Grade("A", Decimal(90), Decimal("1.2")), Grade("D", ZERO, Decimal("0.5"))]
    >>> grade(Decimal("89.99"), table).name, grade(Decimal(90), table).name
    ('D', 'A')
    >>> grade(Decimal(99), table, veto=True).name
    'D'
    """
    ordered = sorted(grades, key=lambda row: row.min_score)
    if veto:
        return ordered[0]
    return [row for row in ordered if row.min_score <= total][-1]


def pay(rule: str, base, coefficient, total, attended: int, working: int) -> Decimal:
    """Recommended performance pay (绩效工资), pro rata by attended working days, two decimals.

    >>> pay("coefficient", Decimal(1000), Decimal("1.2"), Decimal(93), 11, 22)
    Decimal('600.00')
    """
    amount, divisor = Decimal(base), Decimal(1)
    if rule != "score":
        amount *= Decimal(coefficient)
    if rule != "coefficient":
        amount, divisor = amount * Decimal(total), HUNDRED
    if working:
        amount, divisor = amount * min(attended, working), divisor * working
    return (amount / divisor).quantize(CENT, ROUND_HALF_UP)
