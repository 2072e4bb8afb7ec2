"""Marks the queries of checks that weigh each case by how bad it is."""


def graded(method):
    """The query of this check returns one column more, ``severity``: the level that the rule gives to the case.

    The level of an open finding follows it upwards by itself, never down.
    """
    method._sbo_graded = True
    return method


def is_graded(model, name):
    """Whether a method of a model, or one that it overrides, is marked as graded."""
    return any(getattr(vars(cls).get(name), "_sbo_graded", False) for cls in type(model).mro())
