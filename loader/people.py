"""The company with its hours, the back office, the salespeople and their customers."""

import re
import unicodedata

from odoo.addons.sales_back_office.tools.clock import Given
from odoo.fields import Command

from .dates import CLOSED, OPENED, ZONE, moment

COUNTRIES = {"UK": "United Kingdom", "USA": "United States"}
HOURS = ((9, 12, "morning"), (13, 17, "afternoon"))
CLERKS = (
    ("clerk", "Back-Office Clerk 1"),
    ("clerk2", "Back-Office Clerk 2"),
    ("clerk3", "Back-Office Clerk 3"),
)
LEADERS = (("supervisor", "Back-Office Supervisor"), ("manager", "Back-Office Manager"))


def make_company(env):
    """Northwind Traders of Seattle: dollars rounded by line, nine to five, no holidays, checked from 1996."""
    company = env.company
    washington = env.ref("base.state_us_48")
    hours = _make_hours(env)
    values = {
        "name": "Northwind Traders",
        "city": "Seattle",
        "state_id": washington.id,
        "country_id": washington.country_id.id,
        "resource_calendar_id": hours.id,
        "sbo_check_from": OPENED,
        "tax_calculation_rounding_method": "round_per_line",
    }
    dollar = env.ref("base.USD")
    if company.currency_id != dollar:
        dollar.active = True
        values["currency_id"] = dollar.id
    company.write(values)
    company.partner_id.tz = ZONE
    env.user.tz = ZONE
    env["sbo.working.day"]._ensure(hours, OPENED, CLOSED)


def _make_hours(env):
    lines = [
        {
            "name": period.capitalize(),
            "dayofweek": str(day),
            "hour_from": low,
            "hour_to": high,
            "day_period": period,
        }
        for day in range(5)
        for low, high, period in HOURS
    ]
    return env["resource.calendar"].create(
        {
            "name": "Northwind office hours",
            "company_id": env.company.id,
            "tz": ZONE,
            "hours_per_day": 7,
            "attendance_ids": [Command.clear(), *map(Command.create, lines)],
        }
    )


def make_back_office(env):
    """Three clerks, and those who lead them. Their password is their login."""

    def users(people, group):
        return [
            _user_values(env, login, name, [f"sales_back_office.sbo_group_{group or login}"])
            for login, name in people
        ]

    created = _create_users(env, users(CLERKS, "clerk") + users(LEADERS, None))
    return created[: len(CLERKS)]


def make_salespeople(env, employees, clerks):
    """Users by EmployeeID. The clerks serve them in turn, in the order of their numbers."""
    values = []
    for row in employees:
        name = f"{row['FirstName']} {row['LastName']}"
        user = _user_values(env, _login(name), name, ["sales_team.group_sale_salesman_all_leads"])
        clerk = clerks[(int(row["EmployeeID"]) - 1) % len(clerks)]
        values.append({**user, "function": row["Title"], "sbo_clerk_id": clerk.id})
    return dict(zip((row["EmployeeID"] for row in employees), _create_users(env, values), strict=True))


def make_regions(env, customers):
    """One sales region for each country that customers live in; their address puts them there."""
    countries = _countries(env)
    names = sorted({COUNTRIES.get(row["Country"], row["Country"]) for row in customers} & set(countries))
    values = [{"name": name, "country_ids": [Command.set(countries[name].ids)]} for name in names]
    return env["sbo.region"].create(values)


def make_customers(env, customers, orders, salespeople):
    """Companies with their contact person and their file, by CustomerID.

    Their salesperson took their latest order, whoever took the first one has brought them in.

    :param orders: reading.Data, which knows the first and the latest order
    """
    countries = _countries(env)
    last_employees, first_orders = orders.last_employees(), orders.first_orders()
    values = []
    for row in customers:
        country = countries.get(COUNTRIES.get(row["Country"], row["Country"]), env["res.country"])
        state = country.state_ids.filtered(lambda s, region=row["Region"]: region in (s.code, s.name))[:1]
        contact = {"name": row["ContactName"], "function": row["ContactTitle"], "type": "contact"}
        salesperson = salespeople.get(last_employees.get(row["CustomerID"]))
        first = first_orders.get(row["CustomerID"])
        values.append(
            {
                "name": row["CompanyName"],
                "is_company": True,
                "ref": row["CustomerID"],
                "customer_rank": 1,
                "street": row["Address"],
                "street2": not state and row["Region"],
                "city": row["City"],
                "zip": row["PostalCode"],
                "country_id": country.id,
                "state_id": state.id,
                "phone": row["Phone"],
                "child_ids": [Command.create(contact)],
                "user_id": salesperson and salesperson.id,
                "sbo_collector_id": first and salespeople[first.employee].id,
                "sbo_filed_on": first.ordered if first else OPENED,
            }
        )
    # the clerks have answered for them since the books were opened
    opened = Given.at(moment(OPENED))
    partners = env["res.partner"].with_context(sbo_as_of=opened, sbo_no_assignment=True).create(values)
    return dict(zip((row["CustomerID"] for row in customers), partners.with_env(env), strict=True))


def _countries(env):
    return {country.name: country for country in env["res.country"].search([])}


def _user_values(env, login, name, groups):
    groups = ["base.group_user", *groups]
    return {
        "login": login,
        "password": login,
        "name": name,
        "email": f"{login}@northwind.example",
        "tz": ZONE,
        "group_ids": [Command.set([env.ref(group).id for group in groups])],
    }


def _create_users(env, values):
    return env["res.users"].with_context(no_reset_password=True).create(values).with_env(env)


def _login(name):
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", ".", plain).strip(".")
