"""100,000 contracts: their performance schedule beside Odoo's own list of orders, and beside SQL written by hand."""
from decimal import Decimal
from pathlib import Path

from harness import environment, in_turn, row, sections, user_id
from odoo.tools import SQL

HERE = Path(__file__).resolve().parent
TARGET = 1.2
LIST = "sales_back_office.sbo_contract_figure_view_list"
ODOOS_LIST = "sale.view_order_tree"
LIVE = [("state", "in", ("signed", "execution"))]
SUMS = ("contracted", "ordered", "delivered", "invoiced", "received", "overdue")
# what: our order, Odoo's order
PAGES = {"first page": (None, None), "by overdue": ("overdue DESC, id", "amount_total DESC, id")}


def fill(odoo, database, today):
    """Put the orders of the fill under contracts, two under each."""
    for statement in sections(HERE / "contracts.sql")["contracts"]:
        odoo.sql(database, statement.replace(":today", f"'{today}'"))
    odoo.sql(database, "VACUUM (ANALYZE)")


def filled(odoo, database, today, rounds):
    """Fill it first, when its turn comes."""
    fill(odoo, database, today)
    yield from measure(database, rounds)


def measure(database, rounds):
    """The register as somebody opens it who sees all contracts, and all of it at once."""
    yield from register(database, rounds)


def register(database, rounds):
    """The schedule: a page, sorted by a figure, grouped, and all figures of all contracts."""
    uid = user_id(database, "clerk1")
    statements = sections(HERE / "contracts.sql")
    with environment(database) as env:
        env.cr.execute("SELECT COUNT(*) FROM sbo_contract")
        [contracts] = env.cr.fetchone()
        constants = {"day": env["sbo.contract.scope"]._day()}
    note = f"{contracts:,} contracts"
    for what, (order, odoos_order) in PAGES.items():
        ours, odoos, hand = in_turn(
            rounds, ours=_page(database, uid, "sbo.contract.figure", LIST, LIVE, order),
            odoos=_page(database, uid, "sale.order", ODOOS_LIST, [("state", "=", "sale")], odoos_order),
            hand=_by_hand(database, statements[what][0], constants))
        shown = [(record["id"], *(record[name] for name in SUMS)) for record in ours.result["records"]]
        _refuse_difference(what, shown, [(found[0], *found[3:]) for found in hand.result])
        yield row(f"performance schedule: 80, {what}", ours, odoos, TARGET, against="Odoo's own list of orders",
                  note=note)
        yield row(f"performance schedule: 80, {what}", ours, hand, None, note=note)
    ours, hand = in_turn(
        rounds, ours=_groups(database, uid), hand=_by_hand(database, statements["groups"][0], constants))
    _refuse_difference("groups", ours.result, hand.result)
    yield row("performance schedule: by salesperson", ours, hand, None, note=note)
    ours, hand = in_turn(
        rounds, ours=_whole(database), hand=_by_hand(database, statements["whole register"][0], constants))
    _refuse_difference("whole register", ours.result, [(found[0], *found[3:]) for found in hand.result])
    yield row("performance schedule: all figures of all contracts", ours, hand, None, note=note)


def _page(database, uid, model, view, domain, order):
    def work(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            records = env[model]
            shown = records.get_view(env.ref(view).id, "list")["models"][model]
            specification = {name: {"fields": {"display_name": {}}} if records._fields[name].relational else {}
                             for name in shown if name in records._fields}
            env.invalidate_all()
            with side.watch(env.cr):
                return records.web_search_read(domain, specification, limit=80, order=order, count_limit=10001)

    return work


def _groups(database, uid):
    def work(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            aggregates = [f"{name}_company:sum" for name in SUMS]
            with side.watch(env.cr):
                found = env["sbo.contract.figure"].formatted_read_group(LIVE, ["user_id"], ["__count", *aggregates])
            return [(group["user_id"] and group["user_id"][0] or None, group["__count"],
                     *(group[name] for name in aggregates)) for group in found]

    return work


def _whole(database):
    """What a night or a summary reads: one query, without the ORM."""
    def work(side):
        with environment(database) as env:
            query = env["sbo.contract.figures"]._sql_figures()
            with side.watch(env.cr):
                return env.execute_query(SQL("SELECT f.id, %s FROM (%s) f", SQL(", ").join(
                    SQL.identifier("f", name) for name in SUMS), query))

    return work


def _by_hand(database, statement, constants):
    def work(side):
        with environment(database) as env:
            with side.watch(env.cr):
                env.cr.execute(statement, constants)
                return env.cr.fetchall()

    return work


def _refuse_difference(what, ours, hand):
    """Both sides must say the same, or the measurement means nothing."""
    ours, hand = ({found[0]: [round(Decimal(str(value or 0)), 2) for value in found[1:]] for found in rows}
                  for rows in (ours, hand))
    different = [
        (key, ours.get(key), hand.get(key)) for key in ours.keys() | hand.keys() if ours.get(key) != hand.get(key)]
    if different:
        raise SystemExit(f"{what}: {len(different)} of {len(ours)} differ, such as {different[0]}")
