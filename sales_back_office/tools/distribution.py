"""Who is next when customers are shared out 5:3:2. No ORM here.

The rule is the quota method of Balinski and Young: only those count as candidates who stay, with one more, within
their share of all that has been given out; of these the one comes next who is furthest below in proportion.
Nobody is ever one whole customer away from the plan, which "always the furthest below" does not promise.
"""

from collections.abc import Hashable, Mapping
from fractions import Fraction


def planned(weights: Mapping[Hashable, int], total: int) -> dict:
    """What each should have of a total, exactly.

    >>> planned({"a": 5, "b": 3, "c": 2}, 10)
    {'a': Fraction(5, 1), 'b': Fraction(3, 1), 'c': Fraction(2, 1)}
    """
    whole = sum(weights.values())
    return {who: Fraction(weight * total, whole) for who, weight in weights.items()}


def percent(weights: Mapping[Hashable, int]) -> dict:
    """Each weight as percent of all of them; zero when there is nothing.

    >>> percent({"a": 5, "b": 3, "c": 2})
    {'a': 50.0, 'b': 30.0, 'c': 20.0}
    """
    whole = sum(weights.values())
    return {who: 100.0 * weight / whole if whole else 0.0 for who, weight in weights.items()}


def next_share(weights: Mapping[Hashable, int], counts: Mapping[Hashable, int], away=frozenset()):
    """Who gets the next one, or None when everybody is away; of equals, the first one.

    >>> next_share({"a": 5, "b": 3, "c": 2}, {"a": 2, "b": 1, "c": 0})
    'c'
    >>> next_share({"a": 5, "b": 3, "c": 2}, {"a": 2, "b": 1, "c": 0}, away={"c"})
    'b'
    """
    given = sum(counts.get(who, 0) for who in weights)
    plan = planned(weights, given + 1)
    present = [who for who in weights if who not in away]
    below = [who for who in present if counts.get(who, 0) < plan[who]]

    def urgency(who):
        count = counts.get(who, 0)
        return Fraction(weights[who], count + 1), plan[who] - count

    return max(below or present, key=urgency, default=None)
