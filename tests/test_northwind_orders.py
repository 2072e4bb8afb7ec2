"""Northwind's deliveries by the on-time report, against answers that were made without our code."""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("DEV_REAL_DATA") or ROOT.parent / "shared" / "data" / "northwind")
REPORT = """
import json
from datetime import datetime
report = env["sbo.on.time"].with_context(sbo_as_of=datetime(1998, 6, 1, 6, 59), tz="America/Los_Angeles")
lines = report.search([])
print("REPORT", json.dumps([
    [row["order_id"][1], row["user_id"][1], row["product_id"][0], row["outcome"], row["days_late"], row["qty_ordered"],
     row["qty_on_time"], row["qty_late"], row["qty_open"], str(row["promised_on"]), row["partner_id"][1]]
    for row in lines.read(["order_id", "user_id", "product_id", "outcome", "days_late", "qty_ordered", "qty_on_time",
                           "qty_late", "qty_open", "promised_on", "partner_id"])]))
print("LATE", json.dumps([
    [user.name, count] for user, count in report._read_group(
        [("outcome", "=", "late")], ["user_id"], ["order_id:count_distinct"])]))
print("MONTHS", json.dumps([
    [str(month)[:7], rate, count] for month, rate, count in report._read_group(
        [("outcome", "in", ("on_time", "late", "short", "open_late"))], ["promised_on:month"],
        ["on_time_rate:avg", "__count"])]))
"""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"real data folder missing: {FOLDER}")


def read(name):
    with open(FOLDER / name, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def said(odoo, loaded):
    """What the report says as of the end of May 1998, in the company's time."""
    lines = odoo.shell(loaded, REPORT).splitlines()
    return {word: json.loads(rest) for word, _space, rest in (line.partition(" ") for line in lines)
            if word in ("REPORT", "LATE", "MONTHS")}


@pytest.fixture(scope="module")
def lines(said):
    return said["REPORT"]


def test_every_line_of_every_order_is_there(lines):
    ordered = defaultdict(float)
    for row in read("order_lines.csv"):
        ordered[row["OrderID"]] += float(row["Quantity"])
    found = defaultdict(float)
    for line in lines:
        found[line[0]] += line[5]
    assert len(lines) == len(read("order_lines.csv"))
    assert found == ordered


def test_the_37_orders_delivered_late(lines):
    late = {line[0]: line[4] for line in lines if line[3] == "late"}
    assert late == {
        row["OrderID"]: int(row["days_late"]) for row in read("answers/late_orders.csv") if row["late"] == "True"
    }
    assert len(late) == 37


def test_late_and_still_open_per_employee(said, lines):
    """Delivered late, open and overdue, open and not due, and all orders: per employee, as distinct orders."""
    orders = defaultdict(lambda: defaultdict(set))
    for order, employee, _product, outcome, *_rest in lines:
        orders[employee][outcome].add(order)
        orders[employee]["orders"].add(order)
    for row in read("answers/late_per_employee_close_1998-05-31.csv"):
        mine = orders[row["Employee"]]
        found = {key: len(mine[key]) for key in ("orders", "late", "open_late", "open")}
        wanted = {"orders": int(row["orders"]), "late": int(row["late"]), "open_late": int(row["open_late"]),
                  "open": int(row["open"]) - int(row["open_late"])}
        assert found == wanted, row["Employee"]
    grouped = dict(said["LATE"])
    assert grouped == {
        row["Employee"]: int(row["late"]) for row in read("answers/late_per_employee.csv") if int(row["late"])
    }, "the pivot by salesperson says the same"


def test_quantities_are_on_one_side_of_the_promised_day(lines):
    shipped = {row["OrderID"] for row in read("orders.csv") if row["ShippedDate"]}
    for order, _user, _product, outcome, _days, ordered, on_time, late, still, *_rest in lines:
        wanted = {"late": (0, ordered, 0), "on_time": (ordered, 0, 0)}.get(outcome, (0, 0, ordered))
        assert (on_time, late, still) == wanted, order
        assert (order in shipped) == (outcome in ("late", "on_time")), order


def test_on_time_rate_per_promised_month(said):
    """By the files: lines promised in a month, and how many of them had left by their day."""
    counts = defaultdict(lambda: [0, 0])
    lines_of = defaultdict(int)
    for row in read("order_lines.csv"):
        lines_of[row["OrderID"]] += 1
    for row in read("orders.csv"):
        shipped = row["ShippedDate"]
        if not shipped and row["RequiredDate"] >= "1998-05-31":
            continue
        month = counts[row["RequiredDate"][:7]]
        month[0] += lines_of[row["OrderID"]]
        month[1] += lines_of[row["OrderID"]] * bool(shipped and shipped <= row["RequiredDate"])
    found = {month: (round(rate, 6), count) for month, rate, count in said["MONTHS"]}
    assert found == {month: (round(100 * good / due, 6), due) for month, (due, good) in counts.items()}
