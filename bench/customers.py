"""100,000 customers: their list with purchase columns beside Odoo's own, their purchase records beside plain SQL."""
from datetime import datetime, timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta
from harness import environment, in_turn, row, same_shape, sections, user_id

HERE = Path(__file__).resolve().parent
LIST_TARGET, REFRESH_TARGET = 1.2, 2.0
FIGURES = ("partner_id, company_id, amount_12m, order_count_12m, first_order_on, last_order_on, interval_days, "
           "lifecycle, grade_auto, grade")
CHANGES = "partner_id, company_id, old_grade, new_grade, changed_at, kind"
TABLES = {"sbo_customer_figure": FIGURES, "sbo_grade_change": CHANGES}
SCRIPTS = ("first night", "steady night")


def fill(odoo, database):
    """Make the customers of the fill five times as many, sharing its orders."""
    for statement in sections(HERE / "customers.sql")["many customers"]:
        odoo.sql(database, statement)
    odoo.sql(database, "VACUUM (ANALYZE)")


def filled(odoo, database, today, rounds):
    """Fill it first, when its turn comes."""
    fill(odoo, database)
    yield from measure(database, today, rounds)


def measure(database, today, rounds):
    """The refresh first, because the list shows what it has written."""
    end = datetime.fromisoformat(today) + timedelta(hours=15)
    with environment(database) as env:
        same_shape(env.cr, list(TABLES))
        env.cr.commit()
    for script, as_of in zip(SCRIPTS, (end - timedelta(days=1), end), strict=True):
        _prove_equal(database, script, as_of)
        yield _refresh(database, script, as_of, rounds)
        _keep(database, script, as_of)
    yield from _lists(database, rounds)


# --------------------------------------------------------------------- the refresh
def _refresh(database, script, as_of, rounds):
    def ours(side):
        with environment(database) as env:
            _prepare(env, script)
            with side.watch(env.cr):
                env["sbo.customer.figure"]._refresh(as_of)

    def hand(side):
        with environment(database) as env:
            _prepare(env, script)
            with side.watch(env.cr):
                _by_hand(env, script, as_of)

    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    with environment(database) as env:
        env.cr.execute("SELECT COUNT(*) FROM res_partner WHERE sbo_is_customer")
        [customers] = env.cr.fetchone()
    return row(f"purchase records, {script}", ours_side, hand_side, REFRESH_TARGET, note=f"{customers:,} customers")


def _prepare(env, script):
    """Empty tables for the first night, which is the first of a month, too; the night after grades nobody."""
    if script == "first night":
        for table in TABLES:
            env.cr.execute(f"TRUNCATE {table}, {table.replace('sbo_', 'bench_')}")
        env.company.sbo_graded_on = False
        env.flush_all()


def _by_hand(env, script, as_of):
    company = env.company
    figures = env["sbo.customer.figure"]._in_company(company)
    day = figures._local_day(as_of)
    values = {"company": company.id, "tz": company._sbo_tz(), "as_of": as_of, "day": day,
              "since": day - relativedelta(years=1)}
    for statement in sections(HERE / "customers.sql")[script]:
        env.cr.execute(statement, values, log_exceptions=False)


def _prove_equal(database, script, as_of):
    """Both ways write the same rows, or the measurement means nothing."""
    with environment(database) as env:
        _prepare(env, script)
        _by_hand(env, script, as_of)
        env["sbo.customer.figure"]._refresh(as_of)
        for table, columns in TABLES.items():
            ours = f"SELECT {columns} FROM {table}"
            hand = f"SELECT {columns} FROM {table.replace('sbo_', 'bench_')}"
            env.cr.execute(f"SELECT COUNT(*) FROM (({ours} EXCEPT ALL {hand}) UNION ALL ({hand} EXCEPT ALL {ours})) d")
            [differences] = env.cr.fetchone()
            if differences:
                raise SystemExit(f"{script}: {differences} rows differ between {table} and the one by hand")


def _keep(database, script, as_of):
    """Commit this night in both tables, as the state that the next one finds."""
    with environment(database) as env:
        _prepare(env, script)
        _by_hand(env, script, as_of)
        env["sbo.customer.figure"]._refresh(as_of)
        env.cr.commit()
        env.cr._cnx.autocommit = True
        for table in TABLES:
            env.cr.execute(f"VACUUM (ANALYZE) {table}, {table.replace('sbo_', 'bench_')}")
        env.cr._cnx.autocommit = False


# --------------------------------------------------------------------- the list
def _lists(database, rounds):
    """What the client asks for: the first page of our customers, and of Odoo's own list of the same customers."""
    uid = user_id(database, "clerk1")
    ours = ("sales_back_office.sbo_customer_file_view_list", [("sbo_is_customer", "=", True)])
    odoos = ("base.view_partner_tree", [("customer_rank", ">", 0)])
    for what, our_order, odoos_order in (
        ("first page", None, None), ("by sales of 12 months", "sbo_amount_12m DESC, id", "country_id DESC, id"),
        ("by last order", "sbo_last_order_on DESC, id", "country_id DESC, id"),
    ):
        ours_side, odoos_side = in_turn(rounds, ours=_page(database, uid, *ours, our_order),
                                        odoos=_page(database, uid, *odoos, odoos_order))
        if ours_side.result != odoos_side.result:
            raise SystemExit(f"{what}: {ours_side.result} customers are not {odoos_side.result}")
        yield row(f"list 80 of the customers, {what}", ours_side, odoos_side, LIST_TARGET,
                  against="Odoo's own list", note=f"sorted by {odoos_order.split()[0]} there" if odoos_order else "")


def _page(database, uid, view, domain, order):
    def work(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            partners = env["res.partner"]
            shown = partners.get_view(env.ref(view).id, "list")["models"]["res.partner"]
            specification = {name: _shown(partners._fields[name]) for name in shown if name in partners._fields}
            env.invalidate_all()
            with side.watch(env.cr):
                found = partners.web_search_read(domain, specification, limit=80, order=order, count_limit=10001)
            return found["length"]

    return work


def _shown(field):
    return {"fields": {"display_name": {}}} if field.relational else {}
