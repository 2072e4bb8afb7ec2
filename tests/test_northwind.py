"""Two years of real sales, loaded, checked and assessed, against answers that were made without our code."""
import csv
import json
import os
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("DEV_REAL_DATA") or ROOT.parent / "shared" / "data" / "northwind")
ZONE = "America/Los_Angeles"
LOCAL = "AT TIME ZONE 'UTC' AT TIME ZONE 'America/Los_Angeles'"
LOAD = """
import sys
sys.path.insert(0, {root!r})
from loader import northwind
northwind.load(env, {folder!r})
env.cr.commit()
"""
ASSESS = """
import json, sys
sys.path.insert(0, {root!r})
from loader import northwind
def counts():
    return [env[m].search_count([]) for m in ("sbo.finding", "sbo.assessment", "sbo.assessment.deduction")]
northwind.assess(env, "1998-05", {pdf!r})
first = counts()
northwind.assess(env, "1998-05", {pdf!r})
env.cr.commit()
print(json.dumps([first, counts()]))
"""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"real data folder missing: {FOLDER}")


def rows(name):
    with open(FOLDER / name, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def answers(name):
    return rows(f"answers/{name}.csv")


@pytest.fixture(scope="module")
def loaded(odoo):
    """The name of a database that the files were loaded into."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}northwind")
    odoo.shell(name, LOAD.format(root=str(ROOT), folder=str(FOLDER)))
    yield name
    odoo.drop(name)


@pytest.fixture(scope="module")
def facts(odoo, loaded):
    """A function for rows of a query on the loaded database."""
    return lambda statement, *params: odoo.sql(loaded, statement, params or None)


@pytest.fixture(scope="module")
def assessed(odoo, loaded, tmp_path_factory):
    """Checked and assessed as of the end of May 1998, twice: what each time had written, and the scorecards."""
    pdf = tmp_path_factory.mktemp("papers") / "scorecards.pdf"
    said = odoo.shell(loaded, ASSESS.format(root=str(ROOT), pdf=str(pdf)))
    first, second = json.loads(said.splitlines()[-1])
    return {"first": first, "second": second, "pdf": pdf, "said": said}


@pytest.fixture(scope="module")
def employee(facts):
    """EmployeeID of each user id."""
    number = {f"{row['FirstName']} {row['LastName']}": row["EmployeeID"] for row in rows("employees.csv")}
    users = facts("SELECT u.id, p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id")
    return {user: number[name] for user, name in users if name in number}


def test_sales_per_employee_and_month(facts, employee):
    found = facts(f"""
        SELECT o.user_id, to_char(o.date_order {LOCAL}, 'YYYY-MM'), COUNT(DISTINCT o.id), COUNT(l.id),
               SUM(l.product_uom_qty)::int, ROUND(SUM(l.price_subtotal)::numeric, 2)
          FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id WHERE o.state = 'sale' GROUP BY 1, 2""")
    expected = {
        (row["EmployeeID"], row["month"]):
            (int(row["orders"]), int(row["lines"]), int(row["qty"]), Decimal(row["amount"]))
        for row in answers("sales_per_employee_month")
    }
    assert {(employee[user], month): tuple(figures) for user, month, *figures in found} == expected


def test_order_totals_are_the_sum_of_their_lines(facts):
    [[wrong]] = facts("""
        SELECT COUNT(*) FROM sale_order o WHERE ROUND(o.amount_total::numeric, 2) <> (
            SELECT ROUND(SUM(price_subtotal)::numeric, 2) FROM sale_order_line l WHERE l.order_id = o.id)""")
    assert wrong == 0


def test_customers_last_purchase_and_counts(facts):
    found = facts(f"""
        SELECT p.ref, MIN(o.date_order {LOCAL})::date::text, MAX(o.date_order {LOCAL})::date::text, COUNT(*)::text,
               ROUND(SUM(o.amount_untaxed)::numeric, 2)
          FROM sale_order o JOIN res_partner p ON p.id = o.partner_id WHERE o.state = 'sale' GROUP BY p.ref""")
    expected = {
        (row["CustomerID"], row["first_order"], row["last_order"], row["frequency"], Decimal(row["monetary"]))
        for row in answers("customer_rfm")
    }
    assert set(found) == expected


def test_customers_belong_to_their_last_employee_and_that_ones_clerk(facts, employee):
    found = facts("""
        SELECT p.ref, p.user_id, p.sbo_clerk_id = u.sbo_clerk_id FROM res_partner p JOIN res_users u ON u.id = p.user_id
         WHERE p.ref IS NOT NULL""")
    assert {ref: employee[user] for ref, user, _same in found} == {
        row["CustomerID"]: row["EmployeeID"] for row in answers("customer_last_employee")}
    assert all(same for *_, same in found)


def test_every_customer_has_contact_address_and_country(facts):
    [[whole]] = facts("""
        SELECT COUNT(*) FROM res_partner p JOIN res_partner contact ON contact.parent_id = p.id
         WHERE p.is_company AND p.ref IS NOT NULL AND p.street IS NOT NULL AND p.country_id IS NOT NULL""")
    assert whole == len(rows("customers.csv"))


def test_stock_is_left_as_the_file_says(facts):
    found = facts("""
        SELECT p.default_code, SUM(q.quantity)::int FROM product_product p
          LEFT JOIN (SELECT * FROM stock_quant WHERE location_id IN (SELECT lot_stock_id FROM stock_warehouse)) q
                 ON q.product_id = p.id
         WHERE p.default_code LIKE 'NW%%' GROUP BY 1""", ())
    assert {int(code[2:]): quantity or 0 for code, quantity in found} == {
        int(row["ProductID"]): int(row["UnitsInStock"]) for row in rows("products.csv")}


def test_delivered_is_what_was_shipped_on_its_real_day(facts):
    found = facts(f"""
        SELECT o.name, (o.date_order {LOCAL})::date::text, (o.commitment_date {LOCAL})::date::text,
               MAX(p.date_done {LOCAL})::date::text, BOOL_AND(p.state = 'done'), COUNT(p.id),
               BOOL_AND(m.date {LOCAL}::date = p.date_done {LOCAL}::date)
          FROM sale_order o JOIN stock_picking p ON p.sale_id = o.id
          JOIN (SELECT picking_id, MAX(date) AS date FROM stock_move GROUP BY 1) m ON m.picking_id = p.id
         GROUP BY o.id""".replace(f"{LOCAL}::date", f"{LOCAL}"))
    expected = {
        row["OrderID"]: (row["OrderDate"], row["RequiredDate"], row["ShippedDate"] or None, bool(row["ShippedDate"]), 1)
        for row in rows("orders.csv")
    }
    assert {name: tuple(values) for name, *values, _moved in found} == expected
    assert all(moved is not False for *_, moved in found), "moves are dated as their delivery"


def test_nothing_is_dated_on_the_day_of_loading(facts):
    today = "now() AT TIME ZONE 'UTC' - interval '1 day'"
    for table, column in (("sale_order", "create_date"), ("sale_order", "date_order"), ("stock_picking", "date_done"),
                          ("stock_picking", "scheduled_date"), ("stock_move", "date"), ("stock_move_line", "date"),
                          ("stock_quant", "in_date"), ("sbo_responsibility", "date_from")):
        assert facts(f"SELECT COUNT(*) FROM {table} WHERE {column} > {today}") == [(0,)], f"{table}.{column}"
    assert facts("SELECT COUNT(*) FROM mail_mail") == [(0,)], "nobody was written to"


def test_late_orders_per_employee_from_the_records(facts, employee):
    found = facts(f"""
        SELECT user_id, COUNT(*), COUNT(shipped), COUNT(*) FILTER (WHERE shipped > promised),
               COUNT(*) FILTER (WHERE shipped IS NULL AND promised < '1998-05-31')
          FROM (SELECT o.user_id, (o.commitment_date {LOCAL})::date AS promised, (MAX(p.date_done) {LOCAL})::date AS shipped
                  FROM sale_order o JOIN stock_picking p ON p.sale_id = o.id GROUP BY o.id) d GROUP BY 1""")
    names = ("orders", "done", "late", "open_late")
    assert {employee[user]: tuple(figures) for user, *figures in found} == {
        row["EmployeeID"]: tuple(int(row[name]) for name in names)
        for row in answers("late_per_employee_close_1998-05-31")}


def test_findings_are_the_late_orders(assessed, facts, employee):
    found = facts("""
        SELECT o.name, o.user_id, f.closed_at IS NOT NULL, (f.evidence->>'days_late')::int, f.user_id = o.sbo_clerk_id
          FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id JOIN sale_order o ON o.id = f.res_id
         WHERE c.code = 'delivery_late' AND f.res_model = 'sale.order'""")
    done = {name: days for name, _user, ended, days, _clerk in found if ended}
    assert done == {row["OrderID"]: int(row["days_late"]) for row in answers("late_orders") if row["late"] == "True"}
    assert len(done) == 37
    late = Counter(employee[user] for _name, user, ended, *_ in found if ended)
    still_open = Counter(employee[user] for _name, user, ended, *_ in found if not ended)
    for row in answers("late_per_employee_close_1998-05-31"):
        number = row["EmployeeID"]
        assert (late[number], still_open[number]) == (int(row["late"]), int(row["open_late"])), row["Employee"]
    assert all(same for *_, same in found), "the clerk of the order answers"


def test_findings_below_list_price(assessed, facts):
    """Against the price list of today, after discount; lines below it only by their discount included."""
    lists = {row["ProductID"]: Decimal(row["UnitPrice"]) for row in rows("products.csv")}
    expected = set()
    for line in rows("order_lines.csv"):
        net = Decimal(line["UnitPrice"]) * (1 - Decimal(line["Discount"]))
        if net < lists[line["ProductID"]] - Decimal("0.005"):
            expected.add((line["OrderID"], int(line["ProductID"])))
    found = facts("""
        SELECT o.name, right(p.default_code, 2)::int, f.closed_at IS NULL
          FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id JOIN sale_order o ON o.id = f.res_id
          JOIN sale_order_line l ON l.id = f.key::int JOIN product_product p ON p.id = l.product_id
         WHERE c.code = 'order_below_pricelist'""")
    assert {(order, product) for order, product, _open in found} == expected
    assert len(found) == len(expected) and all(is_open for *_, is_open in found)
    cheap = {(row["OrderID"], int(row["ProductID"])) for row in answers("lines_price_not_list")
             if Decimal(row["UnitPrice"]) < Decimal(row["ListPrice"])}
    assert cheap <= expected


def test_findings_of_customers_not_verified(assessed, facts):
    """Whoever bought in the last 180 days, for April and for May, as nobody has ever been verified."""
    since = "1997-12-02"
    buying = {row["CustomerID"] for row in rows("orders.csv") if row["OrderDate"] >= since}
    found = facts("""
        SELECT f.key, p.ref FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id JOIN res_partner p ON p.id = f.res_id
         WHERE c.code = 'customer_not_verified'""")
    months = defaultdict(set)
    for month, ref in found:
        months[month].add(ref)
    assert months == {"1998-04": buying, "1998-05": buying}


def test_a_second_run_adds_nothing(assessed):
    assert assessed["first"] == assessed["second"]
    assert all(assessed["first"])


def test_a_second_load_is_refused_in_one_sentence(odoo, loaded):
    done = odoo.shell(loaded, LOAD.format(root=str(ROOT), folder=str(FOLDER)), check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == "This database already has 830 orders; load into an empty one."
    assert "Traceback" not in done.stderr
