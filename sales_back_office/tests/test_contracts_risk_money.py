from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_contracts_risk import SboRiskCommon


@tagged("post_install", "-at_install")
class TestContractRiskMoney(SboRiskCommon):
    """Risks of the money: overdue, below the plan, beyond the contract or the credit, left open at the end."""

    def _text(self, amount, currency=None):
        return f"{amount:,.2f} {(currency or self.company.currency_id).name}"

    def test_overdue_rises_with_the_days(self):
        contract = self._contract()
        invoice = self._billed(self._under(contract), due="2026-03-12")
        self.assertFalse(self._look("contract_overdue", contract, day="2026-03-12"), "due today")
        flag = self._look("contract_overdue", contract, day="2026-03-13")
        self.assertEqual((flag.severity, flag.evidence), ("2", {
            "overdue": self._text(5000), "overdue_since": "2026-03-12", "days_overdue": 1, "invoices": invoice.name}))
        for day, level in (("2026-03-19", "2"), ("2026-03-20", "3"), ("2026-04-11", "3"), ("2026-04-12", "4")):
            self.assertEqual(self._look("contract_overdue", contract, day=day), flag)
            self.assertEqual(flag.severity, level, day)
        self.assertEqual([entry["to"] for entry in flag.levels], ["3", "4"])
        self._pay(invoice, payment_date="2026-04-13")
        self.assertFalse(self._look("contract_overdue", contract, day="2026-04-13"))
        self.assertTrue(flag.closed_at)

    def test_part_paid_is_overdue_with_the_rest(self):
        contract = self._contract()
        invoice = self._billed(self._under(contract))
        self._pay(invoice, 4999.5, payment_date="2026-03-11")
        self.assertEqual(self._look("contract_overdue", contract).evidence["overdue"], self._text(0.5))

    def test_limits_of_the_levels_are_tuned(self):
        contract = self._contract()
        self._billed(self._under(contract), due="2026-03-12")
        self._shipped("contract_overdue").write({"parameter": 2, "high_above": 3, "severity": "1"})
        self.assertFalse(self._look("contract_overdue", contract, day="2026-03-14"), "two days of grace")
        self.assertEqual(self._look("contract_overdue", contract, day="2026-03-15").severity, "1")
        self.assertEqual(self._look("contract_overdue", contract, day="2026-03-16").severity, "3")

    def test_less_received_than_planned(self):
        contract = self._contract()
        self._owes(contract, "Deposit", "2026-03-15", amount=3000)
        self._owes(contract, "Rest", "2026-06-15", amount=7000)
        order = self._under(contract)
        self.assertFalse(self._look("contract_below_plan", contract, day="2026-03-15"), "the day is not over")
        flag = self._look("contract_below_plan", contract, day="2026-03-16")
        self.assertEqual((flag.severity, flag.evidence), ("2", {
            "plan_due": self._text(3000), "received_amount": self._text(0), "plan_short": self._text(3000),
            "plan_day": "2026-03-15", "obligations": "Deposit"}))
        invoice = self._billed(order)
        self._pay(invoice, 2000, payment_date="2026-03-16")
        self._look("contract_below_plan", contract, day="2026-03-17")
        self.assertEqual(flag.evidence["plan_short"], self._text(1000))
        self._pay(invoice, 1000, payment_date="2026-03-17")
        self.assertFalse(self._look("contract_below_plan", contract, day="2026-03-18"))

    def test_retention_money_falls_due(self):
        contract = self._contract(amount=5000, retention_amount=500, retention_due_on="2026-04-20")
        invoice = self._billed(self._under(contract))
        self._pay(invoice, 4500, payment_date="2026-03-11")
        self.assertFalse(self._look("contract_retention_due", contract, day="2026-03-20"), "31 days before")
        flag = self._look("contract_retention_due", contract, day="2026-03-21")
        self.assertEqual((flag.severity, flag.evidence), ("1", {
            "retention_money": self._text(500), "retention_day": "2026-04-20", "received_amount": self._text(4500)}))
        contract._own().state = "fulfilled"
        self.assertTrue(self._look("contract_retention_due", contract, day="2026-05-20"), "over, not paid")
        self._pay(invoice, payment_date="2026-05-21")
        self.assertFalse(self._look("contract_retention_due", contract, day="2026-05-21"))

    def test_terminated_owes_nothing_of_the_plan_that_was_due_later(self):
        contract = self._contract()
        self._owes(contract, "Deposit", "2026-03-05", amount=3000)
        self._owes(contract, "Rest", "2026-03-15", amount=7000)
        order = self._under(contract, 10, day="2026-03-02")
        self._allot(self._payment(2000, date="2026-03-03"), order)
        self._change(contract, state="terminated", ended_on="2026-03-10")
        flag = self._look("contract_below_plan", contract)
        self.assertEqual((flag.evidence["plan_short"], flag.evidence["plan_due"], flag.evidence["obligations"]),
                         (self._text(1000), self._text(3000), "Deposit"))
        self._allot(self._payment(1000, date="2026-03-21"), order)
        self.assertFalse(self._look("contract_below_plan", contract, day="2026-03-22"))

    def test_retention_money_of_a_frame_contract_is_paid(self):
        contract = self._contract(amount=1000000, retention_amount=500, retention_due_on="2026-04-20")
        order = self._under(contract)
        self._delivery(order, done_at=at("2026-03-11 12:00"))
        self.assertTrue(self._look("contract_retention_due", contract, day="2026-03-21"), "not invoiced yet")
        invoice = self._billed(order)
        self.assertTrue(self._look("contract_retention_due", contract, day="2026-03-22"), "not paid yet")
        self._pay(invoice, payment_date="2026-03-22")
        self.assertFalse(self._look("contract_retention_due", contract, day="2026-03-23"), "all that was ordered")

    def test_retention_money_is_not_overdue_before_its_day(self):
        contract = self._contract(amount=5000, retention_amount=500, retention_due_on="2026-04-20")
        order = self._under(contract)
        self._delivery(order, done_at=at("2026-03-11 12:00"))
        invoice = self._billed(order, due="2026-03-12")
        self._pay(invoice, 4400, payment_date="2026-03-12")
        self._change(contract, date_end="2026-03-15")
        flag = self._look("contract_overdue", contract)
        self.assertEqual((flag.evidence["overdue"], flag.evidence["retention_money"]),
                         (self._text(600), self._text(500)))
        self.assertEqual(self._look("contract_expired_open", contract).evidence["unpaid"], self._text(100))
        self._pay(invoice, 100, payment_date="2026-03-20")
        for day in ("2026-03-21", "2026-04-20"):
            for code in ("contract_overdue", "contract_expired_open"):
                self.assertFalse(self._look(code, contract, day=day), f"{code} {day}")
        for code in ("contract_overdue", "contract_expired_open"):
            self.assertTrue(self._look(code, contract, day="2026-04-21"), code)

    def test_orders_near_and_above_the_amount(self):
        contract = self._contract()
        order = self._under(contract, 9)
        self.assertFalse(self._look("contract_orders_exceed", contract), "90 %")
        order.order_line.price_unit = 1000.01
        flag = self._look("contract_orders_exceed", contract)
        self.assertEqual((flag.severity, flag.evidence), ("2", {
            "contracted": self._text(10000), "ordered": self._text(9000.09), "percent": 90, "orders": order.name}))
        other = self._under(contract, 1, 999.91)
        self._look("contract_orders_exceed", contract)
        self.assertEqual((flag.severity, flag.evidence["percent"]), ("2", 100), "all of it, and no more")
        other.order_line.price_unit = 1000
        self._look("contract_orders_exceed", contract)
        self.assertEqual((flag.severity, flag.levels[-1]["to"]), ("3", "3"))
        other._action_cancel()
        order.order_line.price_unit = 1000
        self.assertFalse(self._look("contract_orders_exceed", contract))
        frame = self._contract(amount=0)
        self._under(frame, 100)
        self.assertFalse(self._look("contract_orders_exceed", frame), "without an amount there is no limit")

    def test_ended_with_goods_open(self):
        contract = self._contract()
        order = self._under(contract)
        self._change(contract, date_end="2026-03-19")
        self._pay(self._billed(order), payment_date="2026-03-11")
        self.assertFalse(self._look("contract_expired_open", contract, day="2026-03-19"), "its last day")
        flag = self._look("contract_expired_open", contract, day="2026-03-20")
        self.assertEqual((flag.severity, flag.evidence), ("4", {
            "ends_on": "2026-03-19", "undelivered": self._text(5000), "orders": order.name}))
        self._delivery(order, done_at=at("2026-03-20 21:00"))
        self.assertFalse(self._look("contract_expired_open", contract, day="2026-03-21"))

    def test_a_discount_is_no_goods_that_are_still_to_leave(self):
        contract = self._contract()
        order = self._under(contract, order_line=self._with_discount())
        self._delivery(order, done_at=at("2026-03-12 12:00"))
        self._pay(self._billed(order), payment_date="2026-03-13")
        self._change(contract, date_end="2026-03-15")
        self.assertFalse(self._look("contract_expired_open", contract))

    def test_what_came_back_and_was_credited_is_no_goods_that_are_still_to_leave(self):
        contract = self._contract()
        order = self._under(contract)
        self._pay(self._billed(order), payment_date="2026-03-12")
        picking = self._delivery(order, done_at=at("2026-03-12 12:00"))
        back = self._return(picking, 1)
        back.date_done = back.move_ids.date = at("2026-03-13 12:00")
        self._change(contract, date_end="2026-03-15")
        self.assertFalse(self._look("contract_expired_open", contract))

    def test_ended_with_money_open(self):
        contract = self._contract()
        order = self._under(contract)
        self._change(contract, date_end="2026-03-19")
        self._delivery(order, done_at=at("2026-03-12 21:00"))
        invoice = self._billed(order)
        flag = self._look("contract_expired_open", contract)
        self.assertEqual(flag.evidence, {"ends_on": "2026-03-19", "unpaid": self._text(5000), "orders": order.name})
        self._pay(invoice, payment_date="2026-03-20")
        self.assertFalse(self._look("contract_expired_open", contract))

    def test_ended_and_prolonged(self):
        contract = self._contract()
        self._under(contract)
        self._change(contract, date_end="2026-03-19")
        self.assertTrue(self._look("contract_expired_open", contract))
        self._change(contract, date_end="2026-12-31")
        self.assertFalse(self._look("contract_expired_open", contract))

    def test_credit_limit_exceeded(self):
        self.company.account_use_credit_limit = True
        contract = self._contract()
        self.customer.write({"use_partner_credit_limit": True, "credit_limit": 5000})
        order = self._under(contract)
        self.assertFalse(self._look("contract_credit_exceeded", contract), "just within")
        order.order_line.price_unit = 1001
        flag = self._look("contract_credit_exceeded", contract)
        self.assertEqual((flag.severity, flag.evidence), (
            "3", {"credit_limit_money": self._text(5000), "owed": self._text(5005)}))
        self.customer.credit_limit = 6000
        self.assertFalse(self._look("contract_credit_exceeded", contract))

    def test_no_credit_limit_is_none(self):
        contract = self._contract()
        self._under(contract)
        self.assertFalse(self._look("contract_credit_exceeded", contract))

    def test_customer_orders_half(self):
        contract = self._contract()
        self._confirmed(10, policy="cod").date_order = at("2025-11-20 09:00")
        self.assertTrue(self._look("contract_volume_drop", contract, day="2026-03-20"), "nothing for three months")
        order = self._confirmed(5, 1000.01, policy="cod")
        order.date_order = at("2026-03-01 09:00")
        self.assertFalse(self._look("contract_volume_drop", contract), "a bit more than half")
        order.order_line.price_unit = 1000
        flag = self._look("contract_volume_drop", contract)
        self.assertEqual((flag.severity, flag.evidence), ("2", {
            "volume_before": self._text(10000), "volume_now": self._text(5000), "volume_drop": 50}))
        self._confirmed(1, policy="cod").date_order = at("2026-03-18 09:00")
        self.assertFalse(self._look("contract_volume_drop", contract))
        fresh = self._contract(partner_id=self._customer("Fresh").id)
        self.assertFalse(self._look("contract_volume_drop", fresh), "never ordered: nothing to compare with")

    def test_the_contract_in_another_currency(self):
        coin = self.env["res.currency"].create({
            "name": "SBR", "symbol": "R", "rounding": 0.01,
            "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.125})]})
        contract = self._contract(currency_id=coin.id, amount=1000)
        self._billed(self._under(contract, 8))
        self.assertEqual(self._look("contract_overdue", contract).evidence["overdue"], self._text(1000, coin))
        self.assertEqual(self._look("contract_orders_exceed", contract).evidence["percent"], 100)

    def test_archiving_ends_no_flag_of_money(self):
        contract = self._contract()
        self._billed(self._under(contract), due="2026-03-05")
        self._change(contract, state="terminated", active=False)
        self.assertEqual(self._look("contract_overdue", contract).contract_id, contract)
