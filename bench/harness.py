"""Opening databases, timing two sides in turn, and the figures that come of it."""
import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

import odoo.sql_db
import odoo.tools
from odoo import api
from odoo.modules.registry import Registry


def open_odoo():
    """Read ODOO_RC, as the server does."""
    odoo.tools.config.parse_config(["--log-level=error", "--max-cron-threads=0"], setup_logging=True)


@contextmanager
def environment(database, uid=api.SUPERUSER_ID, context=None):
    """A fresh transaction as an RPC call has it, rolled back at the end."""
    with Registry(database).cursor() as cr:
        try:
            yield api.Environment(cr, uid, context or {})
        finally:
            cr.rollback()


def leave(database):
    """Close what this process has open there: nobody may be connected to a database that is copied."""
    odoo.sql_db.close_db(database)


def user_id(database, login):
    """Id of the user with this login."""
    with environment(database) as env:
        return env["res.users"].search([("login", "=", login)]).id


@dataclass
class Side:
    """One of the ways that are compared: seconds and queries of each round, and what the rounds returned."""

    name: str
    seconds: list = field(default_factory=list)
    queries: list = field(default_factory=list)
    result: object = None

    @contextmanager
    def watch(self, cr):
        """Time what is done inside, including what the transaction still has to write."""
        gc.collect()
        count, started = cr.sql_log_count, time.perf_counter()
        yield
        cr.flush()
        self.seconds.append(time.perf_counter() - started)
        self.queries.append(cr.sql_log_count - count)

    @property
    def first(self):
        """The first call in this process: registry, caches and views are cold."""
        return self.seconds[0]

    @property
    def median(self):
        """Median of the calls after the first one."""
        return median(self.seconds[1:])

    @property
    def query_count(self):
        """Median number of statements of the warm calls."""
        return int(median(self.queries[1:]))


def in_turn(rounds, **works):
    """Run every work once to warm up and then ``rounds`` times, one after the other and in changing order.

    :param works: name=function(side), which does its own preparation and times ``with side.watch(cr)``
    :return: list of Side
    """
    sides = [Side(name) for name in works]
    for number in range(rounds + 1):
        for side in sides if number % 2 else sides[::-1]:
            side.result = works[side.name](side)
    return sides


def row(what, ours, reference, target=None, **more):
    """One line of the result table."""
    return {
        "what": what, "ours_ms": ours.median * 1000, "reference_ms": reference.median * 1000,
        "against": "SQL", "ratio": ours.median / reference.median, "target": target, "queries": ours.query_count,
        "reference_queries": reference.query_count, "first_call_ms": ours.first * 1000,
        "rounds": len(ours.seconds) - 1, **more,
    }


def sections(path):
    """The statements of an SQL file by section; ``$name`` stands for the text of another section."""
    parts = dict(part.split(" ===\n", 1) for part in path.read_text().split("-- === ")[1:])
    texts = {name: text.strip() for name, text in parts.items()}
    filled = {}
    for name, text in texts.items():
        while any(f"${other}" in text for other in texts):
            for other in texts:
                text = text.replace(f"${other}", texts[other])
        filled[name] = [statement for statement in text.split(";\n") if statement.strip()]
    return filled


def same_shape(cr, tables):
    """For every table sbo_… an empty bench_… with the same columns, indexes and foreign keys among them."""
    twins = {table: table.replace("sbo_", "bench_") for table in tables}
    cr.execute(f"DROP TABLE IF EXISTS {', '.join(twins.values())} CASCADE")
    for table, twin in twins.items():
        cr.execute(f"CREATE TABLE {twin} (LIKE {table} INCLUDING ALL)")
    for table, twin in twins.items():
        cr.execute("SELECT pg_get_constraintdef(oid), confrelid::regclass::text FROM pg_constraint "
                   "WHERE conrelid = %s::regclass AND contype = 'f'", [table])
        for definition, target in cr.fetchall():
            definition = definition.replace(f"REFERENCES {target}(", f"REFERENCES {twins.get(target, target)}(")
            cr.execute(f"ALTER TABLE {twin} ADD {definition}")
