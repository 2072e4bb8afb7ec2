"""The customer's paper against the order, row by row (F03), without the ORM.

A row is what one of both says about one product; quantity and price come rounded, so that equal is equal.
"""

import datetime
from collections.abc import Hashable
from typing import NamedTuple

FIELDS = ("product", "quantity", "price", "date")


class Row(NamedTuple):
    """One row of the paper, or one line of the order."""

    key: Hashable
    product: int | bool
    quantity: float
    price: float
    date: datetime.date | bool = False


def pair(paper: list[Row], order: list[Row], known: dict) -> list[tuple[Row | None, Row | None]]:
    """Which row of the paper is which line of the order.

    What is ``known`` (key of the paper -> key of the order) stays together. Others are matched by product and
    quantity, then by product, then in their order; what is left over stands alone.
    """
    lines = {row.key: row for row in order}
    free = [row for row in paper if lines.get(known.get(row.key)) is None]
    pairs = [(row, lines.pop(known[row.key])) for row in paper if row not in free]
    for same in (_same_product_and_quantity, _same_product, _any):
        for row in list(free):
            found = next((line for line in lines.values() if same(row, line)), None)
            if found is not None:
                free.remove(row)
                pairs.append((row, lines.pop(found.key)))
    return pairs + [(row, None) for row in free] + [(None, line) for line in lines.values()]


def differences(paper: Row | None, order: Row | None) -> list[str]:
    """What is not the same: names of FIELDS, ``missing`` (not in the order) or ``surplus`` (not on the paper).

    A paper without a date says nothing about it.
    """
    if order is None:
        return ["missing"]
    if paper is None:
        return ["surplus"]
    found = [name for name in FIELDS if getattr(paper, name) != getattr(order, name)]
    return [name for name in found if name != "date" or paper.date]


def _same_product_and_quantity(paper, order):
    return paper.product == order.product and paper.quantity == order.quantity


def _same_product(paper, order):
    return paper.product == order.product


def _any(_paper, _order):
    return True
