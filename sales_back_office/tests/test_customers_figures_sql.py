from collections import defaultdict
from datetime import date, timedelta

import pytz
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ZONE, at
from .common_customers import SboCustomerCommon

DAY = date(2026, 3, 31)
ORDERS = st.lists(st.fixed_dictionaries({
    "customer": st.integers(0, 5),
    "by_contact": st.booleans(),
    "hours_ago": st.integers(-30, 24 * 800),
    "amount": st.integers(-5000, 500000).map(lambda cents: cents / 100),
    "rate": st.sampled_from([1, 1, 0.5, 7.1, 0]),
    "state": st.sampled_from(["sale", "sale", "sale", "draft", "cancel"]),
}), max_size=25)


@tagged("post_install", "-at_install")
class TestCustomersFiguresSql(SboCustomerCommon):
    """The refresh gives what plain arithmetic gives, for random histories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = [cls._customer(f"Random {number}", clerk=cls.clerk) for number in range(6)]
        cls.contacts = [cls.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
                        for customer in cls.customers]
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(orders=ORDERS, own_interval=st.booleans(), share=st.integers(1, 99))
    def test_random_histories(self, orders, own_interval, share):
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.company.write({"sbo_own_interval": own_interval, "sbo_share_a": share, "sbo_share_b": 99,
                                "sbo_graded_on": False})
            for number, order in enumerate(orders):
                self._insert(number, order)
            self._as_of(str(DAY))
            self._compare(self._expected(orders, own_interval, share / 100, 0.99))
            savepoint.rollback()
        self.env.invalidate_all()

    def _insert(self, number, order):
        order["moment"] = at("2026-03-31 23:59:59") - timedelta(hours=order["hours_ago"])
        partner = (self.contacts if order["by_contact"] else self.customers)[order["customer"]]
        self.env.cr.execute(SQL(
            """INSERT INTO sale_order (name, company_id, partner_id, partner_invoice_id, partner_shipping_id,
                                       date_order, state, amount_untaxed, currency_rate, currency_id, warehouse_id,
                                       picking_policy)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'direct')""",
            f"R{number}", self.company.id, partner.id, partner.id, partner.id, order["moment"], order["state"],
            order["amount"], order["rate"], self.company.currency_id.id, self.warehouse.id))

    def _expected(self, orders, own_interval, share_a, share_b):
        history = defaultdict(list)
        for order in orders:
            if order["state"] == "sale" and order["hours_ago"] >= 0:
                local = pytz.utc.localize(order["moment"]).astimezone(pytz.timezone(ZONE))
                history[order["customer"]].append((local.date(), order["amount"] / (order["rate"] or 1)))
        figures = {number: self._figures_of(bought, own_interval) for number, bought in history.items()}
        total = sum(max(figure["amount"], 0) for figure in figures.values())
        for figure in figures.values():
            better = sum(max(f["amount"], 0) for f in figures.values() if f["amount"] > figure["amount"])
            if figure["amount"] <= 0:
                figure["grade"] = "c"
            else:
                figure["grade"] = "a" if better < share_a * total else "b" if better < share_b * total else "c"
            # A border within a cent is nobody's business here.
            figure["sure"] = all(abs(better - share * total) > 0.02 for share in (share_a, share_b))
        return figures

    def _figures_of(self, bought, own_interval):
        days = sorted({day for day, _amount in bought})
        recent = [amount for day, amount in bought if day > DAY - relativedelta(years=1)]
        silent = (DAY - days[-1]).days
        interval = round((days[-1] - days[0]).days / (len(days) - 1), 2) if len(days) >= 3 else 0
        if silent > 365:
            lifecycle = "lost"
        elif silent > 180:
            lifecycle = "dormant"
        elif own_interval and interval and silent > 2 * interval:
            lifecycle = "warning"
        elif (DAY - days[0]).days <= 90:
            lifecycle = "new"
        else:
            lifecycle = "warning" if silent > 90 else "active"
        return {"amount": round(sum(recent), 2), "count": len(recent), "first": days[0], "last": days[-1],
                "interval": interval, "lifecycle": lifecycle}

    def _compare(self, expected):
        for number, customer in enumerate(self.customers):
            figure = self._figure(customer)
            want = expected.get(number)
            self.assertEqual(bool(figure), bool(want))
            if not want:
                continue
            self.assertAlmostEqual(figure.amount_12m, want["amount"], delta=0.011)
            self.assertAlmostEqual(figure.interval_days, want["interval"], delta=0.011)
            self.assertEqual(
                (figure.order_count_12m, figure.first_order_on, figure.last_order_on, figure.lifecycle),
                (want["count"], want["first"], want["last"], want["lifecycle"]))
            if want["sure"]:
                self.assertEqual(figure.grade, want["grade"])
