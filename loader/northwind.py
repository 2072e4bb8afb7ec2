"""Northwind's two years of sales in an empty database, and a month of them assessed.

In an `odoo shell` on a database with the addon and without demo data::

    from loader import northwind
    northwind.load(env, "../shared/data/northwind")
    northwind.assess(env, "1998-05")
    env.cr.commit()

What the files have and Odoo would need more than a sale for is left out: freight, shippers, suppliers and goods on
order. Products have no cost, so margins mean nothing here.
"""
import calendar
from datetime import date

from . import dates, orders, people, products
from .progress import say
from .reading import LoadError, read

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
}


def load(env, folder):
    """Bring the files of `folder` in. Everything or nothing: the caller commits.

    :raise LoadError: the files are not complete, or the database is not empty
    """
    data = read(folder)
    _check_empty(env)
    env = env(context={**env.context, **QUIET, "lang": None, "tz": dates.ZONE})
    people.make_company(env)
    clerks = people.make_back_office(env)
    salespeople = people.make_salespeople(env, data.employees, clerks)
    say("company, clerks and leaders; salespeople", len(salespeople))
    customers = people.make_customers(env, data.customers, data.last_employees(), salespeople)
    say("customers", len(customers))
    goods = products.make_products(env, data.categories, data.products)
    shipped = data.shipped_quantities()
    products.stock_up(env, goods, {
        row["ProductID"]: row["UnitsInStock"] + shipped[row["ProductID"]] for row in data.products})
    say("products with their opening stock", len(goods))
    made = orders.make_orders(env, data.orders, customers, salespeople, goods)
    delivered = orders.confirm(env, [pair for pair in made if pair[1].shipped], "orders confirmed and reserved")
    pickings = orders.deliver(delivered)
    # only then the open ones: they must not reserve what left the house before
    still_open = orders.confirm(env, [pair for pair in made if not pair[1].shipped], "open orders confirmed")
    products.retire(goods, data.products)
    dates.set_real_dates(env, [(sale.id, order) for sale, order in made])
    say(f"done: {len(delivered) + len(still_open)} orders, {sum(len(order.lines) for order in data.orders)} lines, "
        f"{len(pickings)} deliveries done, {len(still_open)} orders still open")
    say("logins (password the same): " + ", ".join(login for login, _name in people.CLERKS + people.LEADERS)
        + f" and the salespeople, such as {next(iter(salespeople.values())).login}")


def assess(env, month="1998-05", pdf=None):
    """Run all checks as of the end of a month, assess all clerks for it and print their scorecards.

    :param pdf: where to write the scorecards; `scorecards-<month>.pdf` in the current folder by default
    :return: the sheets
    """
    first, last = _month(month)
    as_of = dates.moment(last, dates.DAY_END)
    for check, _company, counts in env["sbo.check"].search([])._run(as_of=as_of, companies=env.company):
        say(f"check {check.code}: {counts['added']} new, {counts['closed']} closed")
    standard = env["sbo.standard"]._get_current(env.company)
    sheets = env["sbo.assessment"]._run(standard, first, last, company=env.company, as_of=as_of)
    say(f"assessed for {month}", len(sheets))
    return sheets


def _check_empty(env):
    present = env["sale.order"].search_count([])
    if present:
        raise LoadError(f"This database already has {present} orders; load into an empty one.")


def _month(text):
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise LoadError(f"“{text}” is not a month such as 1998-05.") from None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
