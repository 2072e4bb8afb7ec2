"""Northwind's customers: files, recency, frequency and money, lifecycle and grades as of the data's last day."""

import json
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from real_data import ROOT, answers, needs_real_data, rows

CENT = Decimal("0.01")
LAST, YEAR_BEFORE = date(1998, 5, 6), date(1997, 5, 6)
COUNTRIES = {"UK": "United Kingdom", "USA": "United States"}
# The two purchase records side by side, a year apart; nothing is kept.
TWO_YEARS = """
import json, sys
sys.path.insert(0, {root!r})
from datetime import date
from loader import northwind
def records(day):
    return {{figure.partner_id.ref: [figure.amount_12m, figure.order_count_12m, str(figure.last_order_on)]
            for figure in northwind.grade(env, date.fromisoformat(day)) if figure.last_order_on}}
print(json.dumps([records({before!r}), records({last!r})]))
"""

pytestmark = needs_real_data


def bought(since, until):
    """{customer: [(day, money)]} of the orders after a day and up to another, from the files alone."""
    money = defaultdict(Decimal)
    for line in rows("order_lines.csv"):
        price = Decimal(line["UnitPrice"]) * Decimal(line["Quantity"]) * (1 - Decimal(line["Discount"]))
        money[line["OrderID"]] += price.quantize(CENT, ROUND_HALF_UP)
    found = defaultdict(list)
    for row in rows("orders.csv"):
        day = date.fromisoformat(row["OrderDate"])
        if since < day <= until:
            found[row["CustomerID"]].append((day, money[row["OrderID"]]))
    return found


def lifecycle(orders):
    """Of a customer with these (day, money), by the days that a company begins with."""
    days = [day for day, _money in orders]
    silent = (LAST - max(days)).days
    if silent > 365:
        return "lost"
    if silent > 180:
        return "dormant"
    if (LAST - min(days)).days <= 90:
        return "new"
    return "warning" if silent > 90 else "active"


def grades():
    """{customer: grade}: the best ones until 80 percent of the sales of 12 months are reached, then until 95."""
    sales = {ref: sum(money for _day, money in orders) for ref, orders in bought(YEAR_BEFORE, LAST).items()}
    total = sum(sales.values())
    found = {}
    for ref in bought(date.min, LAST):
        better = sum(money for money in sales.values() if money > sales.get(ref, 0))
        share = better / total if ref in sales else 1
        found[ref] = "a" if share < Decimal("0.8") else "b" if share < Decimal("0.95") else "c"
    return found


@pytest.fixture(scope="module")
def two_years(odoo, loaded):
    """Purchase records as of 6 May 1997 and 6 May 1998: together the whole history."""
    said = odoo.shell(loaded, TWO_YEARS.format(root=str(ROOT), before=str(YEAR_BEFORE), last=str(LAST)))
    return json.loads(said.splitlines()[-1])


def test_recency_frequency_and_money_are_the_answers(two_years):
    """Two records a year apart hold every order once, as the data are less than two years long."""
    before, last = two_years
    nothing = [0, 0, None]
    found = {
        ref: (
            (LAST - date.fromisoformat(last[ref][2])).days,
            last[ref][1] + before.get(ref, nothing)[1],
            Decimal(str(last[ref][0])).quantize(CENT) + Decimal(str(before.get(ref, nothing)[0])).quantize(CENT),
        )
        for ref in last
    }
    assert found == {
        row["CustomerID"]: (int(row["recency_days"]), int(row["frequency"]), Decimal(row["monetary"]))
        for row in answers("customer_rfm")
    }


def test_twelve_months_are_those_of_the_files(facts):
    found = facts("""
        SELECT p.ref, f.amount_12m::text, f.order_count_12m, f.first_order_on, f.last_order_on
          FROM sbo_customer_figure f JOIN res_partner p ON p.id = f.partner_id""")
    year, ever = bought(YEAR_BEFORE, LAST), bought(date.min, LAST)
    assert {ref: (Decimal(amount).quantize(CENT), *more) for ref, amount, *more in found} == {
        ref: (
            sum((money for _day, money in year[ref]), Decimal(0)).quantize(CENT),
            len(year[ref]),
            min(day for day, _money in orders),
            max(day for day, _money in orders),
        )
        for ref, orders in ever.items()
    }


def test_own_interval_is_the_mean_distance_of_order_days(facts):
    found = dict(facts("""
        SELECT p.ref, f.interval_days::text FROM sbo_customer_figure f JOIN res_partner p ON p.id = f.partner_id"""))
    for ref, orders in bought(date.min, LAST).items():
        days = sorted({day for day, _money in orders})
        expected = Decimal((days[-1] - days[0]).days) / (len(days) - 1) if len(days) >= 3 else None
        if expected is None:
            assert not float(found[ref] or 0), ref
        else:
            assert abs(Decimal(found[ref]) - expected) <= CENT / 2, ref


def test_lifecycles(facts):
    found = dict(facts("""
        SELECT p.ref, f.lifecycle FROM sbo_customer_figure f JOIN res_partner p ON p.id = f.partner_id"""))
    assert found == {ref: lifecycle(orders) for ref, orders in bought(date.min, LAST).items()}
    assert {"active", "warning", "dormant"} <= set(found.values())


def test_grades(facts):
    found = dict(facts("""
        SELECT p.ref, f.grade FROM sbo_customer_figure f JOIN res_partner p ON p.id = f.partner_id"""))
    assert found == grades()
    assert set(found.values()) == {"a", "b", "c"}
    changes = facts("""
        SELECT p.ref, c.old_grade, c.new_grade, c.kind FROM sbo_grade_change c
          JOIN res_partner p ON p.id = c.partner_id""")
    assert sorted(changes) == sorted((ref, None, grade, "automatic") for ref, grade in found.items())


def test_company_knows_as_of_when(facts):
    assert facts("SELECT sbo_figures_on, sbo_graded_on FROM res_company WHERE sbo_figures_on IS NOT NULL") == [
        (LAST, LAST)]


def test_files(facts):
    """Number, address, phone, contact, region by country, who brought the customer in and when."""
    found = facts("""
        SELECT p.ref, p.sbo_is_customer, p.phone, p.city, r.name->>'en_US', p.sbo_filed_on, p.sbo_collector_id IS NULL,
               (SELECT MIN(c.name) FROM res_partner c WHERE c.parent_id = p.id)
          FROM res_partner p LEFT JOIN sbo_region r ON r.id = p.sbo_region_id
         WHERE p.is_company AND p.ref = ANY(%s)""", [row["CustomerID"] for row in rows("customers.csv")])
    ever = bought(date.min, LAST)
    assert sorted(found) == sorted(
        (
            row["CustomerID"],
            True,
            row["Phone"],
            row["City"],
            COUNTRIES.get(row["Country"], row["Country"]),
            min(day for day, _money in ever[row["CustomerID"]]) if row["CustomerID"] in ever else date(1996, 1, 1),
            row["CustomerID"] not in ever,
            row["ContactName"],
        )
        for row in rows("customers.csv")
    )
