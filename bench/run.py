#!/usr/bin/env python3
"""Measure the addon beside hand-written SQL and beside Odoo without it; `./dev bench` starts this. See README.md."""
import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import assessment  # noqa: E402
import contracts  # noqa: E402
import customers  # noqa: E402
import desk  # noqa: E402
import documents  # noqa: E402
import execution  # noqa: E402
import harness  # noqa: E402
import night  # noqa: E402
import orders  # noqa: E402
import policies  # noqa: E402
import report  # noqa: E402
import risks  # noqa: E402
from databases import Databases  # noqa: E402

from devkit.odoo import Odoo  # noqa: E402

MEASURES = ("night", "assessment", "desk", "execution", "policies", "orders", "customers", "risks", "contracts",
            "documents")
FEW, MANY = 50, 500
# These bring their own records and need no ledger of findings; those are measured with few and with many people.
ALONE = {"risks", "contracts", "documents"}
BOTH = {"night", "assessment", "desk"}


def main():
    options = arguments()
    odoo = Odoo()
    databases = Databases(odoo, options.scale, options.salespeople, options.today)
    plain = databases.plain(options.fresh)
    installed = databases.installed()
    few = databases.staffed(installed, FEW)
    many = databases.staffed(installed, MANY) if BOTH & set(options.measures) else None
    odoo.drop(installed)
    harness.open_odoo()
    rows = []
    for row in measurements(options, odoo, plain, few, many):
        rows.append(row)
        print("{what}: {ours_ms:,.0f} ms against {reference_ms:,.0f}, ratio {ratio:.2f}".format(**row), flush=True)
    [[orders_count]] = odoo.sql(plain, "SELECT COUNT(*) FROM sale_order WHERE state = 'sale'")
    [[findings]] = odoo.sql(few, "SELECT COUNT(*) FROM sbo_finding")
    facts = dict(report.machine(odoo, plain), scale=options.scale, orders=orders_count, findings=findings,
                 install=databases.install_seconds)
    print("\n" + report.write(HERE / "results", rows, facts))
    for database in filter(None, (few, many)):
        odoo.drop(database)


def measurements(options, odoo, plain, few, many):
    """All rows of the table, one after the other."""
    for database, people in ((few, FEW), (many, MANY)):
        if not database or ALONE.issuperset(options.measures):
            continue
        nights = night.measure(database, options.today, options.rounds, people)
        if "night" in options.measures:
            yield from nights
        else:
            night.prepare(database, options.today)
        if "assessment" in options.measures:
            yield assessment.measure(database, options.today, options.rounds, people)
        if "desk" in options.measures:
            yield from desk.measure(database, options.rounds, people)
    once = {
        "execution": lambda: execution.measure(few, options.rounds),
        "orders": lambda: orders.measure(few, plain, options.rounds),
        # after the others: from then on every order must be verified
        "policies": lambda: policies.measure(few, plain),
        "customers": lambda: customers.filled(odoo, few, options.today, options.rounds),
        "risks": lambda: risks.measure(odoo, few, options.rounds),
        "contracts": lambda: contracts.filled(odoo, few, options.today, options.rounds),
        "documents": lambda: documents.filled(odoo, few, int(documents.COUNT * options.scale), options.rounds),
    }
    for name, measure in once.items():
        if name in options.measures:
            yield from measure()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="measure", help=f"some of {', '.join(MEASURES)}; all by default")
    parser.add_argument("--scale", type=float, default=1, help="1: 200,000 confirmed orders")
    parser.add_argument("--salespeople", type=int, default=50)
    parser.add_argument("--today", default="2026-11-21", help="the last day of the fill")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measure after the first one")
    parser.add_argument("--fresh", action="store_true", help="fill anew, also where a filled database is there")
    options = parser.parse_args()
    if unknown := set(options.measures) - set(MEASURES):
        parser.error(f"no such measure: {', '.join(unknown)}")
    options.measures = options.measures or MEASURES
    return options


if __name__ == "__main__":
    main()
