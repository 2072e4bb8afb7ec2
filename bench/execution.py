"""The list "where is every open order" beside Odoo's own list of orders, and beside SQL written by hand."""
from decimal import Decimal
from pathlib import Path

from harness import environment, in_turn, row, sections, user_id

HERE = Path(__file__).resolve().parent
TARGET = 1.2
LIST = "sales_back_office.sbo_order_execution_view_list"
ODOOS_LIST = "sale.view_order_tree"
OPEN = [("is_open", "=", True)]
SHIPPING = [("delivery_status", "in", ("pending", "started", "partial"))]
# what: domain and order of our list, domain and order of Odoo's
PAGES = {
    "first page": (OPEN, None, [("state", "=", "sale")], None),
    "by days late": ([*OPEN, ("shipped", "in", ("todo", "part"))], "days_late DESC, id",
                     SHIPPING, "commitment_date DESC, id"),
    "by customer": (OPEN, "partner_id, id", [("state", "=", "sale")], "partner_id, id"),
    "payment missing": ([*OPEN, ("paid", "in", ("todo", "part", "stop"))], None, SHIPPING, None),
    "customer does not know": ([*OPEN, ("order_id.sbo_promise_untold", "=", True)], None, SHIPPING, None),
}

GROUPS = {"clerk": ("clerk_id", "user_id"), "next step": ("next_step", "invoice_status")}


def measure(database, rounds):
    """As somebody opens it who sees all orders: page by page; sorted, filtered and grouped."""
    uid = user_id(database, "sales10")
    statements = sections(HERE / "execution.sql")
    with environment(database) as env:
        env.cr.execute("SELECT COUNT(*) FROM bench_open")
        [orders] = env.cr.fetchone()
        constants = {"signed_from": env.company.sbo_signed_from}
    for what, (domain, order, odoos_domain, odoos_order) in PAGES.items():
        works = {"ours": _page(database, uid, "sbo.order.execution", LIST, domain, order),
                 "odoos": _page(database, uid, "sale.order", ODOOS_LIST, odoos_domain, odoos_order)}
        if what in statements:
            works["hand"] = _by_hand(database, statements[what][0], constants)
        ours, odoos, *hand = in_turn(rounds, **works)
        yield row(f"where is every order: 80, {what}", ours, odoos, TARGET, against="Odoo's own list",
                  note=f"{orders:,} to ship")
        for side in hand:
            _refuse_difference(what, [_as_shown(record) for record in ours.result["records"]], side.result)
            yield row(f"where is every order: 80, {what}", ours, side, None)
    for what, (groupby, odoos_groupby) in GROUPS.items():
        ours, odoos, hand = in_turn(
            rounds, ours=_groups(database, uid, "sbo.order.execution", LIST, OPEN, groupby),
            odoos=_groups(database, uid, "sale.order", ODOOS_LIST, [("state", "=", "sale")], odoos_groupby),
            hand=_by_hand(database, statements[f"groups by {what}"][0], constants))
        _refuse_difference(what, [_as_group(group, groupby) for group in ours.result], hand.result)
        yield row(f"where is every order: grouped by {what}", ours, odoos, None, against="Odoo's own list",
                  note=f"by {odoos_groupby} there, plain columns")
        yield row(f"where is every order: grouped by {what}", ours, hand, None, note=f"{len(ours.result)} groups")


def _as_shown(record):
    """What the hand-written SQL says of an order."""
    names = ("verified", "notified", "paid", "shipped", "signed", "invoiced", "collected", "issue_count")
    return (record["id"], *(record[name] for name in names), Decimal(str(round(record["amount_collected"], 2))),
            record["progress_at"] or None)


def _as_group(group, groupby):
    key = group[groupby]
    return (key[0] if isinstance(key, list | tuple) else key or None, group["__count"],
            *(Decimal(str(round(group[f"amount_{name}:sum"] or 0, 2))) for name in ("total", "collected")))


def _refuse_difference(what, ours, hand):
    """Both sides must say the same, or the measurement means nothing."""
    ours, hand = ({row[0]: tuple(map(str, row[1:])) for row in rows} for rows in (ours, hand))
    different = [
        (key, ours.get(key), hand.get(key)) for key in ours.keys() | hand.keys()
                 if not _alike(ours.get(key), hand.get(key))]
    if different:
        raise SystemExit(f"{what}: {len(different)} of {len(ours)} differ, such as {different[0]}")


def _alike(ours, hand):
    """Equal but for the way numbers are written."""
    return ours and hand and all(
        one == other or one.replace(".", "").isdigit() and Decimal(one) == Decimal(other)
        for one, other in zip(ours, hand, strict=True))


def _shown(env, model, view):
    return [name for name in env[model].get_view(env.ref(view).id, "list")["models"][model]
            if name in env[model]._fields]


def _page(database, uid, model, view, domain, order):
    def work(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            records = env[model]
            specification = {name: {"fields": {"display_name": {}}} if records._fields[name].relational else {}
                             for name in _shown(env, model, view)}
            env.invalidate_all()
            with side.watch(env.cr):
                return records.web_search_read(domain, specification, limit=80, order=order, count_limit=10001)

    return work


def _groups(database, uid, model, view, domain, groupby):
    def work(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            records = env[model]
            fields = records.fields_get(_shown(env, model, view), ["aggregator", "type"])
            aggregates = [f"{name}:{facts['aggregator']}" for name, facts in fields.items()
                          if facts.get("aggregator") and facts["type"] in ("integer", "float", "monetary")]
            env.invalidate_all()
            with side.watch(env.cr):
                return records.web_read_group(domain, [groupby], ["__count", *aggregates])["groups"]

    return work


def _by_hand(database, statement, constants):
    def work(side):
        with environment(database) as env:
            with side.watch(env.cr):
                env.cr.execute(statement, constants)
                return env.cr.fetchall()

    return work
