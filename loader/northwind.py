"""Northwind's two years of sales in an empty database, and a month of them assessed.

In an `odoo shell` on a database with the addon and without demo data::

    from loader import northwind
    northwind.load(env, "../shared/data/northwind")
    northwind.assess(env, "1998-05")
    env.cr.commit()

What the files have and Odoo would need more than a sale for is left out: freight, shippers, suppliers and
goods on order. Products have no cost, so margins mean nothing here. Checks of what the files do not tell
are switched off.
"""

import calendar
from datetime import date

from . import dates, orders, people, products
from .paper import print_pdf
from .progress import say
from .reading import LoadError, read

# The files do not tell whether somebody followed an order, told the customer, got the note back or invoiced it:
# checks of that would hold every order of two years against its clerk.
NOT_TOLD = ["order_progress_missing", "dispatch_notice_missing", "signed_return_missing", "invoice_late"]
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
    regions = people.make_regions(env, data.customers)
    customers = people.make_customers(env, data.customers, data, salespeople)
    say(f"customers in {len(regions)} regions", len(customers))
    goods = products.make_products(env, data.categories, data.products)
    shipped = data.shipped_quantities()
    products.stock_up(
        env,
        goods,
        {row["ProductID"]: row["UnitsInStock"] + shipped[row["ProductID"]] for row in data.products},
    )
    say("products with their opening stock", len(goods))
    made = orders.make_orders(env, data.orders, customers, salespeople, goods)
    delivered = orders.confirm(env, [pair for pair in made if pair[1].shipped], "orders confirmed")
    pickings = orders.deliver(delivered)
    # only then the open ones: they must not reserve what left the house before
    still_open = orders.confirm(env, [pair for pair in made if not pair[1].shipped], "open orders confirmed")
    products.retire(goods, data.products)
    env["sbo.check"].search([("code", "in", NOT_TOLD)]).active = False
    dates.set_real_dates(env, [(sale.id, order) for sale, order in made])
    graded = grade(env, data.last_day())
    say(f"purchase records as of {data.last_day()}, graded", len(graded))
    lines = sum(len(order.lines) for order in data.orders)
    say(
        f"done: {len(made)} orders with {lines} lines, {len(pickings)} delivered, {len(still_open)} open"
    )
    logins = ", ".join(login for login, _name in people.CLERKS + people.LEADERS)
    salesperson = next(iter(salespeople.values())).login
    say(f"logins (password the same): {logins} and the salespeople, such as {salesperson}")


def grade(env, day):
    """Purchase records and grades of the customers as of the end of a day; returns the records."""
    figures = env["sbo.customer.figure"]
    figures._refresh(as_of=dates.moment(day, dates.DAY_END), companies=env.company, grade=True)
    return figures.search([("company_id", "=", env.company.id)])


def check(env, month="1998-05"):
    """Run all checks as of the last second of a month, in the company's time."""
    as_of = dates.moment(_days(month)[1], dates.DAY_END)
    results = env["sbo.check"].search([])._run(as_of=as_of, companies=env.company)
    for rule, _company, counts in results:
        say(f"check {rule.code}: {counts['added']} new, {counts['closed']} closed")
    return as_of


def assess(env, month="1998-05", pdf=None):
    """Check, assess all clerks for a month and print their scorecards in one file.

    :param pdf: where to; `scorecards-<month>.pdf` in the current folder by default
    :return: the sheets
    """
    as_of = check(env, month)
    first, last = _days(month)
    standard = _standard_in_use(env)
    sheets = env["sbo.assessment"]._run(standard, first, last, company=env.company, as_of=as_of)
    say(f"clerks assessed for {month}", len(sheets))
    for sheet in sheets:
        say(f"  {sheet.user_id.name}: {sheet.total:g} points, {sheet.points_pending:g} pending")
    path = print_pdf(env, "sales_back_office.sbo_scorecard", sheets, pdf or f"scorecards-{month}.pdf")
    say(f"scorecards: {path}")
    return sheets


def _standard_in_use(env):
    """The company's standard; the shipped one is put in use by the manager if there is none yet."""
    standards = env["sbo.standard"]
    standard = standards._get_current(env.company)
    if not standard:
        standard = env.ref("sales_back_office.sbo_standard")
        manager = env["res.users"].search([("login", "=", people.LEADERS[1][0])])
        standard.with_user(manager).action_use()
        say("put in use: " + standard.display_name)
    return standard


def _check_empty(env):
    present = env["sale.order"].search_count([])
    if present:
        raise LoadError(f"This database already has {present} orders; load into an empty one.")


def _days(month):
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise LoadError(f"“{month}” is not a month such as 1998-05.") from None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
