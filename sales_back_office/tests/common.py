from datetime import datetime

import pytz
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL

from ..tools.clock import Given

ZONE = "Asia/Shanghai"
HOURS = ((8.5, 12, "morning"), (13.5, 18, "afternoon"))


def at(text, zone=ZONE):
    """The naive UTC moment of a local time written as ``2026-03-02 09:00``.

    In the context as ``sbo_as_of`` it dates what a story writes, which no moment from outside does.
    """
    local = pytz.timezone(zone).localize(datetime.fromisoformat(text))
    return Given.at(local.astimezone(pytz.utc))


class SboCommon(TransactionCase):
    """A back office at work: one user per role, a second company, factories for the facts.

    The company works Monday to Friday, 8:30-12:00 and 13:30-18:00 in Shanghai, without holidays.
    Create facts as superuser through the factories, act and look as the role users.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._empty_ledger()
        cls.env.user.tz = ZONE
        cls.company = cls.env.company
        cls._people()
        cls.company.resource_calendar_id = cls.calendar
        cls.company.write({"sbo_check_from": "2020-01-01", "sbo_signed_from": "2020-01-01"})

    @classmethod
    def _people(cls):
        """Find the working hours, the role users and the second company; make them where nobody has."""
        cls.clerk = cls.env["res.users"].search([("login", "=", "sbo_clerk")])
        if cls.clerk:
            for name in ("clerk2", "supervisor", "manager", "auditor", "salesperson", "outsider", "company2_clerk"):
                setattr(cls, name, cls.env["res.users"].search([("login", "=", f"sbo_{name}")]))
            cls.company2 = cls.company2_clerk.company_id
            cls.calendar = cls.env["resource.calendar"].search([("name", "=", f"SBO {ZONE}")], limit=1)
            return
        cls.calendar = cls._calendar()
        cls.clerk = cls._user("sbo_clerk", "sales_back_office.sbo_group_clerk")
        cls.clerk2 = cls._user("sbo_clerk2", "sales_back_office.sbo_group_clerk")
        cls.supervisor = cls._user("sbo_supervisor", "sales_back_office.sbo_group_supervisor")
        cls.manager = cls._user("sbo_manager", "sales_back_office.sbo_group_manager")
        cls.auditor = cls._user("sbo_auditor", "sales_back_office.sbo_group_auditor")
        cls.salesperson = cls._user("sbo_salesperson", "sales_team.group_sale_salesman,base.group_partner_manager")
        cls.outsider = cls._user("sbo_outsider", "base.group_user")
        cls.company2 = cls.env["res.company"].create({"name": "SBO Second Company"})
        # Build the working days once: what a test leaves pending is gone with the test.
        cls.env["sbo.working.day"].flush_model()
        cls.company2_clerk = cls._user(
            "sbo_company2_clerk",
            "sales_back_office.sbo_group_clerk",
            company_id=cls.company2.id,
            company_ids=[Command.set(cls.company2.ids)],
        )

    @classmethod
    def prepare(cls, env):
        """Make the people of all stories once, in a database that is dropped after its tests: half a run is saved."""
        cls.env = env
        try:
            cls._people()
            if not env["stock.warehouse"].search([("company_id", "=", cls.company2.id)]):
                env["stock.warehouse"].create({"company_id": cls.company2.id})  # Odoo makes it in tests only
        finally:
            del cls.env

    @classmethod
    def _empty_ledger(cls):
        """Stories start from nothing found: the demo data has findings and sheets of its own."""
        for model in ("sbo.assessment", "sbo.finding", "sbo.check.run"):
            if model in cls.env:
                cls.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(cls.env[model]._table)))

    @classmethod
    def _user(cls, login, groups, **vals):
        vals = {"tz": ZONE, "email": f"{login}@example.com", **vals}
        return new_test_user(cls.env, login, groups, context={"no_reset_password": True}, **vals)

    @classmethod
    def _calendar(cls, zone=ZONE, weekdays=range(5), hours=HOURS, **vals):
        """Working hours: the same (from, to, day period) on each of these weekdays."""
        lines = [
            {"name": period, "dayofweek": str(day), "hour_from": low, "hour_to": high, "day_period": period}
            for day in weekdays
            for low, high, period in hours
        ]
        vals = {"company_id": cls.env.company.id, **vals}
        return cls.env["resource.calendar"].create(
            {"name": f"SBO {zone}", "tz": zone, "attendance_ids": [*map(Command.create, lines)], **vals}
        )

    @classmethod
    def _customer(cls, name="SBO Customer", clerk=None, salesperson=None, **vals):
        vals = {"name": name, "is_company": True, "user_id": salesperson and salesperson.id, **vals}
        if clerk:
            vals["sbo_clerk_id"] = clerk.id
        return cls.env["res.partner"].create(vals)

    @classmethod
    def _product(cls, name="SBO Product", price=100.0, **vals):
        vals = {"name": name, "list_price": price, "standard_price": 60.0, "is_storable": True, **vals}
        return cls.env["product.product"].create({"taxes_id": False, **vals})

    @classmethod
    def _order(cls, customer=None, product=None, qty=1, price=None, confirmed_at=None, clerk=None, **vals):
        """A quotation of one line; given `confirmed_at` (naive UTC), an order confirmed at that moment.

        Several lines: pass ``order_line`` commands instead of product, qty and price.
        """
        line = {"product_id": (product or cls._product()).id, "product_uom_qty": qty}
        if price is not None:
            line["price_unit"] = price
        vals = {"partner_id": (customer or cls._customer()).id, "order_line": [Command.create(line)], **vals}
        if clerk:
            vals["sbo_clerk_id"] = clerk.id
        order = cls.env["sale.order"].create(vals)
        if confirmed_at:
            order.action_confirm()
            order.date_order = confirmed_at
        return order

    @classmethod
    def _delivery(cls, order, qty=None, done_at=None):
        """Ship what is open of a confirmed order (or `qty` of its only line, rest as backorder)."""
        picking = order.picking_ids.filtered(lambda item: item.state not in ("done", "cancel"))[:1]
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if qty is None else qty
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if done_at:
            picking.date_done = done_at
            picking.move_ids.date = done_at
        return picking

    @classmethod
    def _absence(cls, clerk, date_from, date_to, deputy=None):
        return cls.env["sbo.absence"].create(
            {
                "user_id": clerk.id,
                "deputy_id": deputy and deputy.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    @classmethod
    def _holiday(cls, day_from, day_to=None, calendar=None):
        """A public holiday on local dates, for one calendar or the whole company."""
        zone = (calendar or cls.calendar).tz
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar and calendar.id,
                "date_from": at(f"{day_from} 00:00:00", zone),
                "date_to": at(f"{day_to or day_from} 23:59:59", zone),
            }
        )
