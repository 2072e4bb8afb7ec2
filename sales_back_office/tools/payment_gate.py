"""Payment before delivery (款到发货), the arithmetic: what must be there before goods leave, without the ORM.

All amounts are Decimal, in the order's currency.
"""

from collections.abc import Hashable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
# a quantity this small is the rounding of a unit of measure, not goods
CRUMB = Decimal("0.000001")


def rounded(amount: Decimal, cent: Decimal) -> Decimal:
    """An amount as money is paid: in whole cents, of whatever size, halves up.

    >>> [str(rounded(Decimal("333.333"), Decimal(cent))) for cent in ("0.010000", "0.050000", "1.000000")]
    ['333.330000', '333.350000', '333.000000']
    """
    return (amount / cent).quantize(Decimal(1), ROUND_HALF_UP) * cent


class Terms(NamedTuple):
    """What the order must be paid before its goods leave."""

    policy: str
    percent: Decimal = Decimal(100)
    whole: bool = False  # asked for the whole order at once, not for what has been shipped
    cent: Decimal = Decimal("0.01")


class Line(NamedTuple):
    """Goods of an order line: ordered and already delivered, and what they cost with tax."""

    ordered: Decimal
    delivered: Decimal
    total: Decimal
    unit: Decimal = ZERO  # price of one, for goods that were not ordered

    def value(self, quantity: Decimal) -> Decimal:
        """What so many of it cost; more than was ordered is never cheaper than its price.

        >>> gift = Line(Decimal(1), ZERO, ZERO, Decimal(50))
        >>> [str(gift.value(Decimal(n))) for n in (1, 3)]
        ['0', '100']
        """
        if not self.ordered:
            return self.unit * quantity
        if quantity <= self.ordered:
            return self.total * quantity / self.ordered
        return self.total + (quantity - self.ordered) * max(self.total / self.ordered, self.unit)


class Delivery(NamedTuple):
    """What is about to leave: quantities by line, and the value of what is on no line."""

    key: Hashable
    going: dict
    extra: Decimal = ZERO


def needed(terms: Terms, total: Decimal, shipped: Decimal, complete: bool) -> Decimal:
    """What must have been received once goods worth ``shipped`` have left; ``complete``: nothing is left to ship.

    >>> thirty = Terms("deposit", Decimal(30))
    >>> [str(needed(thirty, Decimal(1000), Decimal(n), n == 900)) for n in (100, 500, 900)]
    ['300.00', '500.00', '1000.00']
    >>> str(needed(Terms("deposit_credit", Decimal(70)), Decimal(10000), Decimal(4000), False))
    '2800.00'
    >>> str(needed(Terms("prepaid", whole=True), Decimal(10000), Decimal(4000), False))
    '10000.00'
    """
    everything = max(total, shipped)
    goods = everything if complete or terms.whole else shipped
    share = terms.percent / 100
    amount = {
        "prepaid": goods,
        "deposit": max(goods, total * share),
        "deposit_credit": goods * share,
    }.get(terms.policy, ZERO)
    return rounded(max(amount, ZERO), terms.cent)


def judge(
    terms: Terms, total: Decimal, received: Decimal, lines: dict, deliveries: list[Delivery], extra: Decimal = ZERO
) -> list[tuple]:
    """(key, needed, missing) for deliveries that leave one after the other; ``extra`` has left on no line.

    >>> goods = {1: Line(Decimal(10), ZERO, Decimal(10000))}
    >>> seventy = Terms("deposit_credit", Decimal(70))
    >>> leave = [Delivery("out", {1: Decimal(10)})]
    >>> [str(judge(seventy, Decimal(10000), Decimal(m), goods, leave)[0][2]) for m in ("6999.99", "7000", "8000")]
    ['0.01', '0.00', '0.00']
    """
    left = {key: line.delivered for key, line in lines.items()}
    result = []
    for delivery in deliveries:
        for key, quantity in delivery.going.items():
            left[key] = left.get(key, ZERO) + quantity
        extra += delivery.extra
        shipped = extra + sum((lines[key].value(quantity) for key, quantity in left.items()), ZERO)
        complete = all(left[key] >= line.ordered - CRUMB for key, line in lines.items())
        amount = needed(terms, total, shipped, complete)
        result.append((delivery.key, amount, rounded(max(amount - received, ZERO), terms.cent)))
    return result
