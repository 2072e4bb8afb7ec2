from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools import payment_gate as tool
from .common_payment import SboPaymentCommon

CENTS = ("0.01", "0.05", "0.5", "1", "5", "100", "0.001")


@tagged("post_install", "-at_install")
class TestPaymentRounding(SboPaymentCommon):
    """Money is asked for in coins that there are."""

    def _coined(self, rounding, **vals):
        """An order in a currency with such coins."""
        coin = self.env["res.currency"].create({
            "name": f"R{rounding * 100:g}", "symbol": "R", "rounding": rounding,
            "rate_ids": [Command.create({"name": "2020-01-01", "rate": 1})]})
        pricelist = self.env["product.pricelist"].create({"name": "Coins", "currency_id": coin.id})
        return self._confirmed(pricelist_id=pricelist.id, **vals)

    def test_a_deposit_with_a_third_of_a_cent(self):
        order = self._confirmed(policy="deposit_credit", percent=30, quantity=1, price=1111.11)
        self._allot(self._payment(333.32), order)
        self._stays(order, words="0.01 are missing: .*333.33 must be received")
        self._allot(self._payment(0.01), order)
        self._ship(order)

    def test_coins_of_several_sizes(self):
        for rounding, price, needed in ((0.05, 1111.1, 333.35), (1, 1111, 333), (5, 1115, 335)):
            with self.subTest(rounding=rounding):
                order = self._coined(rounding, policy="deposit_credit", percent=30, quantity=1, price=price)
                self._allot(self._payment(needed, currency_id=order.currency_id.id), order)
                self.assertEqual(self._money(order)[2:4], (needed, 0))
                self._ship(order)
                self.env.flush_all()
                [row] = self.env.execute_query_dict(
                    self.env["sbo.payment.money"]._sql_money(SQL("SELECT %s", order.id)))
                self.assertEqual((float(row["needed"]), float(row["received"])), (needed, needed))

    @settings(max_examples=100, suppress_health_check=list(HealthCheck))
    @given(st.decimals(0, 10**7, places=6), st.sampled_from(CENTS))
    def test_property_sql_and_tool_agree(self, amount, cent):
        told = self.env.execute_query(SQL("SELECT %s", self.env["sbo.payment.money"]._sql_rounded(
            SQL("%s::numeric", str(amount)), SQL("%s::numeric", cent))))[0][0]
        exact = tool.rounded(amount, Decimal(cent))
        self.assertEqual(Decimal(str(told)), exact)
        self.assertEqual(exact % Decimal(cent), 0)
        self.assertLessEqual(abs(exact - amount), Decimal(cent) / 2)
