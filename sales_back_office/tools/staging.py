"""Intermediate results the planner can count."""
from contextlib import contextmanager

from odoo.tools import SQL


@contextmanager
def staged(cr, name, query, keys):
    """Keep the rows of a query in a temporary table of this name while the block runs.

    The planner takes a long WITH for one row and compares everything with everything; a table with statistics
    of its own is joined as it should be, however many people and records there are.

    :param keys: columns that others are joined by
    """
    table = SQL.identifier(name)
    cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))
    cr.execute(SQL("ANALYZE %s (%s)", table, SQL(", ").join(map(SQL.identifier, keys))))
    yield
    # Not after an error: the rollback takes the table with it.
    cr.execute(SQL("DROP TABLE %s", table))
