"""Two years of real sales, loaded, checked and assessed, against answers that were made without our code."""

import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader
from real_data import FOLDER, LOAD, ROOT, answers, needs_real_data, rows

CENT = Decimal("0.01")
LOCAL = "AT TIME ZONE 'UTC' AT TIME ZONE 'America/Los_Angeles'"
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

# What the answers know about; what else is wrong with the customers' files is not theirs to say.
ANSWERED = ("delivery_late", "order_below_pricelist", "customer_not_verified")
CONFIRM = """
supervisor = env["res.users"].search([("login", "=", "supervisor")])
deductions = env["sbo.assessment"].with_user(supervisor).search([]).deduction_ids
deductions.finding_id.filtered(lambda finding: finding.check_code in {codes!r}).action_confirm()
env.cr.commit()
"""
CLERKS = ["Back-Office Clerk 1", "Back-Office Clerk 2", "Back-Office Clerk 3"]

pytestmark = needs_real_data


def order_of(line):
    return next(row for row in rows("orders.csv") if row["OrderID"] == line["OrderID"])


def below_list():
    """Lines that are, after discount, cheaper than the products' list price."""
    lists = {row["ProductID"]: Decimal(row["UnitPrice"]) for row in rows("products.csv")}
    return [
        line
        for line in rows("order_lines.csv")
        if Decimal(line["UnitPrice"]) * (1 - Decimal(line["Discount"])) < lists[line["ProductID"]] - CENT / 2
    ]


def buying_customers(closing):
    """Who ordered within the 180 days before a month's last working day."""
    first = str(date.fromisoformat(closing) - timedelta(days=179))
    return {row["CustomerID"] for row in rows("orders.csv") if first <= row["OrderDate"] <= closing}


@pytest.fixture(scope="module")
def assessed(odoo, loaded, tmp_path_factory):
    """Checked and assessed as of the end of May 1998, twice: what each time wrote, and the scorecards."""
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
          FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id
         WHERE o.state = 'sale' GROUP BY 1, 2""")
    expected = {
        (row["EmployeeID"], row["month"]): (
            int(row["orders"]),
            int(row["lines"]),
            int(row["qty"]),
            Decimal(row["amount"]),
        )
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
        SELECT p.ref, MIN(o.date_order {LOCAL})::date::text, MAX(o.date_order {LOCAL})::date::text,
               COUNT(*)::text, ROUND(SUM(o.amount_untaxed)::numeric, 2)
          FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
         WHERE o.state = 'sale' GROUP BY p.ref""")
    expected = {
        (row["CustomerID"], row["first_order"], row["last_order"], row["frequency"], Decimal(row["monetary"]))
        for row in answers("customer_rfm")
    }
    assert set(found) == expected


def test_customers_belong_to_their_last_employee_and_that_ones_clerk(facts, employee):
    found = facts("""
        SELECT p.ref, p.user_id, p.sbo_clerk_id = u.sbo_clerk_id
          FROM res_partner p JOIN res_users u ON u.id = p.user_id WHERE p.ref IS NOT NULL""")
    assert {ref: employee[user] for ref, user, _same in found} == {
        row["CustomerID"]: row["EmployeeID"] for row in answers("customer_last_employee")
    }
    assert all(same for *_, same in found)


def test_every_customer_has_contact_address_and_country(facts):
    [[whole]] = facts("""
        SELECT COUNT(*) FROM res_partner p JOIN res_partner contact ON contact.parent_id = p.id
         WHERE p.is_company AND p.ref IS NOT NULL AND p.street IS NOT NULL AND p.country_id IS NOT NULL""")
    assert whole == len(rows("customers.csv"))


def test_stock_is_left_as_the_file_says(facts):
    found = facts(
        """
        SELECT p.default_code, SUM(q.quantity)::int FROM product_product p
          LEFT JOIN stock_quant q ON q.product_id = p.id
                AND q.location_id IN (SELECT lot_stock_id FROM stock_warehouse)
         WHERE p.default_code LIKE 'NW%%' GROUP BY 1""",
        (),
    )
    assert {int(code[2:]): quantity or 0 for code, quantity in found} == {
        int(row["ProductID"]): int(row["UnitsInStock"]) for row in rows("products.csv")
    }


def test_delivered_is_what_was_shipped_on_its_real_day(facts):
    found = facts(f"""
        SELECT o.name, (o.date_order {LOCAL})::date::text, (o.commitment_date {LOCAL})::date::text,
               (p.date_done {LOCAL})::date::text, p.state = 'done', p.scheduled_date = o.commitment_date
          FROM sale_order o JOIN stock_picking p ON p.sale_id = o.id""")
    expected = [
        (
            row["OrderID"],
            row["OrderDate"],
            row["RequiredDate"],
            row["ShippedDate"] or None,
            bool(row["ShippedDate"]),
            True,
        )
        for row in rows("orders.csv")
    ]
    assert sorted(found) == expected


def test_moves_are_dated_as_their_delivery(facts):
    found = facts("""
        SELECT COUNT(*), COUNT(*) FILTER (WHERE m.date = p.date_done),
               COUNT(*) FILTER (WHERE l.date = p.date_done),
               COUNT(*) FILTER (WHERE m.quantity = m.product_uom_qty)
          FROM stock_move m JOIN stock_picking p ON p.id = m.picking_id
          JOIN stock_move_line l ON l.move_id = m.id
         WHERE p.state = 'done'""")
    shipped = {row["OrderID"] for row in rows("orders.csv") if row["ShippedDate"]}
    assert found == [(sum(row["OrderID"] in shipped for row in rows("order_lines.csv")),) * 4]


def test_nothing_is_dated_on_the_day_of_loading(facts):
    today = "now() AT TIME ZONE 'UTC' - interval '1 day'"
    for table, column in (
        ("sale_order", "create_date"),
        ("sale_order", "date_order"),
        ("stock_picking", "date_done"),
        ("stock_picking", "scheduled_date"),
        ("stock_move", "date"),
        ("stock_move_line", "date"),
        ("stock_quant", "in_date"),
        ("sbo_responsibility", "date_from"),
    ):
        assert facts(f"SELECT COUNT(*) FROM {table} WHERE {column} > {today}") == [(0,)], f"{table}.{column}"
    assert facts("SELECT COUNT(*) FROM mail_mail") == [(0,)], "nobody was written to"


def test_late_orders_per_employee_from_the_records(facts, employee):
    found = facts(f"""
        SELECT user_id, COUNT(*), COUNT(shipped), COUNT(*) FILTER (WHERE shipped > promised),
               COUNT(*) FILTER (WHERE shipped IS NULL AND promised < '1998-05-31')
          FROM (SELECT o.user_id, (o.commitment_date {LOCAL})::date AS promised,
                       (MAX(p.date_done) {LOCAL})::date AS shipped
                  FROM sale_order o JOIN stock_picking p ON p.sale_id = o.id GROUP BY o.id) d GROUP BY 1""")
    names = ("orders", "done", "late", "open_late")
    assert {employee[user]: tuple(figures) for user, *figures in found} == {
        row["EmployeeID"]: tuple(int(row[name]) for name in names)
        for row in answers("late_per_employee_close_1998-05-31")
    }


def test_findings_are_the_late_orders(assessed, facts, employee):
    found = facts("""
        SELECT o.name, o.user_id, f.closed_at IS NOT NULL, (f.evidence->>'days_late')::int,
               f.user_id = o.sbo_clerk_id
          FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id JOIN sale_order o ON o.id = f.res_id
         WHERE c.code = 'delivery_late' AND f.res_model = 'sale.order'""")
    done = {name: days for name, _user, ended, days, _clerk in found if ended}
    assert done == {
        row["OrderID"]: int(row["days_late"]) for row in answers("late_orders") if row["late"] == "True"
    }
    assert len(done) == 37
    late = Counter(employee[user] for _name, user, ended, *_ in found if ended)
    still_open = Counter(employee[user] for _name, user, ended, *_ in found if not ended)
    for row in answers("late_per_employee_close_1998-05-31"):
        number = row["EmployeeID"]
        assert (late[number], still_open[number]) == (int(row["late"]), int(row["open_late"])), row[
            "Employee"
        ]
    assert all(same for *_, same in found), "the clerk of the order answers"


def test_findings_below_list_price(assessed, facts):
    """Against the price list of today, after discount; lines below it only by their discount included."""
    expected = {(line["OrderID"], int(line["ProductID"])) for line in below_list()}
    found = facts("""
        SELECT o.name, right(p.default_code, 2)::int, f.closed_at IS NULL
          FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id JOIN sale_order o ON o.id = f.res_id
          JOIN sale_order_line l ON l.id = f.key::int JOIN product_product p ON p.id = l.product_id
         WHERE c.code = 'order_below_pricelist'""")
    assert {(order, product) for order, product, _open in found} == expected
    assert len(found) == len(expected) and all(is_open for *_, is_open in found)
    cheap = {
        (row["OrderID"], int(row["ProductID"]))
        for row in answers("lines_price_not_list")
        if Decimal(row["UnitPrice"]) < Decimal(row["ListPrice"])
    }
    assert cheap <= expected


def test_findings_of_customers_not_verified(assessed, facts):
    """Whoever bought before the end of April and of May, as nobody has ever been verified."""
    found = facts("""
        SELECT f.key, p.ref FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id
          JOIN res_partner p ON p.id = f.res_id
         WHERE c.code = 'customer_not_verified'""")
    months = defaultdict(set)
    for month, ref in found:
        months[month].add(ref)
    assert months == {"1998-04": buying_customers("1998-04-30"), "1998-05": buying_customers("1998-05-29")}


def test_a_second_run_adds_nothing(assessed):
    assert assessed["first"] == assessed["second"]
    assert all(assessed["first"])


def test_the_sheets_of_may_hold_the_findings_of_may(assessed, facts):
    """Whatever was due in May, on the sheet of the clerk who answered; what ended or began elsewhere is not."""
    below = [line for line in below_list() if order_of(line)["OrderDate"].startswith("1998-05")]
    late = [
        row
        for row in rows("orders.csv")
        if row["RequiredDate"].startswith("1998-05")
        and (row["ShippedDate"] or "1998-05-31") > row["RequiredDate"]
    ]
    found = facts("""
        SELECT c.code, COUNT(*), COUNT(*) FILTER (WHERE a.user_id = f.user_id AND f.state = 'candidate')
          FROM sbo_assessment_deduction d JOIN sbo_assessment a ON a.id = d.assessment_id
          JOIN sbo_finding f ON f.id = d.finding_id JOIN sbo_check c ON c.id = f.check_id GROUP BY 1""")
    found = [row for row in found if row[0] in ANSWERED]
    expected = {
        "customer_not_verified": len(buying_customers("1998-05-29")),
        "order_below_pricelist": len(below),
        "delivery_late": len(late),
    }
    assert {code: count for code, count, _own in found} == expected
    assert all(count == own for _code, count, own in found)


def test_every_clerk_has_a_sheet_of_100_points_and_some_pending(assessed, facts):
    """Candidates cost nothing yet: nobody has judged them."""
    sheets = facts("""
        SELECT p.name, a.total, a.points_pending > 0, a.working_days
          FROM sbo_assessment a JOIN res_users u ON u.id = a.user_id JOIN res_partner p ON p.id = u.partner_id
         WHERE a.period_start = '1998-05-01' AND a.period_end = '1998-05-31' ORDER BY 1""")
    assert sheets == [(name, 100, True, 21) for name in CLERKS]


def test_scorecards_print_as_one_pdf_each_on_its_own_page(assessed):
    assert assessed["pdf"].read_bytes().startswith(b"%PDF")
    assert str(assessed["pdf"]) in assessed["said"], "it says where they are"
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(assessed["pdf"]).pages]
    starts = [page for page in pages if "Assessment Sheet" in page]
    assert len(starts) == len(CLERKS)
    for name, page in zip(CLERKS, starts, strict=True):
        assert page.index("Assessment Sheet") < 40, "at the top of a page"
        assert "May 1998" in page and name in page.replace("\ufb01", "fi").replace("\ufb03", "ffi")


def test_what_the_supervisor_confirms_costs_points(assessed, odoo, loaded, facts):
    """A1.3 is missed once, whatever the number of customers; causes not yet determined cost nothing."""
    odoo.shell(loaded, CONFIRM.format(codes=ANSWERED))
    assert facts("SELECT DISTINCT total, points_lost FROM sbo_assessment") == [(97, 3)]
    assert facts(
        "SELECT COUNT(*) FROM sbo_finding f JOIN sbo_assessment_deduction d ON d.finding_id = f.id "
        "JOIN sbo_check c ON c.id = f.check_id WHERE f.state <> 'confirmed' AND c.code = ANY(%s)",
        list(ANSWERED),
    ) == [(0,)]


def test_a_second_load_is_refused_in_one_sentence(odoo, loaded):
    done = odoo.shell(loaded, LOAD.format(root=str(ROOT), folder=str(FOLDER)), check=False)
    assert done.returncode == 1
    assert (
        done.stderr.strip().splitlines()[-1]
        == "This database already has 830 orders; load into an empty one."
    )
    assert "Traceback" not in done.stderr
