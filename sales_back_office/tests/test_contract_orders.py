from contextlib import ExitStack
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common_contracts import SboContractsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestContractOrders(SboContractsCommon):
    """An order under a contract is entered at any time, and confirmed when the contract has been reviewed."""

    def _doors(self, order):
        """Every way to confirm an order."""
        yield order.with_user(self.salesperson).action_confirm,
        yield order.with_user(self.salesperson).write, {"state": "sale"}
        yield order.sudo().action_confirm,

    def test_not_confirmed_before_it_is_approved(self):
        for state in ("draft", "review", "cancelled"):
            contract = self._contract(state)
            order = self._entered(sbo_contract_id=contract.id)
            for action, *args in self._doors(order):
                with self.subTest(state=state, door=str(action)), self.cr.savepoint():
                    self._refused("confirmed when it has been reviewed and approved", action, *args)
            self._refused("reviewed and approved", self._entered, self.salesperson, sbo_contract_id=contract.id,
                          state="sale")
            # Signed on the portal, it is held and the back office is told.
            order.with_user(self.salesperson)._validate_order()
            self.assertEqual(order.state, "draft")
            self.assertIn("accepted", order.activity_ids.summary)

    def test_confirmed_under_an_approved_or_signed_one(self):
        for state in ("approved", "signed", "execution"):
            order = self._entered(sbo_contract_id=self._contract(state).id)
            order.with_user(self.salesperson).action_confirm()
            self.assertEqual(order.state, "sale")

    def test_not_confirmed_when_it_is_over(self):
        for state in ("fulfilled", "terminated", "filed"):
            order = self._entered(sbo_contract_id=self._contract(state).id)
            self._refused("no order is confirmed under it any more", order.action_confirm)
        expired = self._contract("execution", date_end="2026-03-01")
        self._refused("ended on", self._entered(sbo_contract_id=expired.id).action_confirm)
        last_day = self._contract("execution", date_end="2026-03-02")
        self._entered(sbo_contract_id=last_day.id).action_confirm()

    def test_a_line_of_another_contract_counts(self):
        order = self._entered(sbo_contract_id=self._contract("signed").id)
        order.order_line.sbo_contract_id = self._contract("review")
        self._refused("reviewed and approved", order.action_confirm)

    def test_the_first_order_begins_the_execution(self):
        contract = self._contract("signed")
        order = self._entered(sbo_contract_id=contract.id)
        self.assertEqual(contract.state, "signed")
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(contract.state, "execution")

    def test_another_customer_s_contract_is_refused(self):
        contract = self._contract("signed", partner_id=self._customer("Somebody else").id)
        self._refused("choose a contract of the order's customer", self._entered, sbo_contract_id=contract.id)
        order = self._entered()
        self._refused("choose a contract", order.write, {"sbo_contract_id": contract.id})
        self._refused("choose a contract", order.order_line.write, {"sbo_contract_id": contract.id})
        branch = self._customer("Branch", parent_id=contract.partner_id.id, is_company=True)
        self._entered(partner_id=branch.id, sbo_contract_id=contract.id)
        draft = self._contract()
        self._entered(sbo_contract_id=draft.id)
        self._refused("choose a contract", draft.write, {"partner_id": contract.partner_id.id})

    def test_another_company_s_contract_is_refused(self):
        second = self.env["sbo.contract"].create({
            "partner_id": self.customer.id, "subject": "X", "amount": 1, "company_id": self.company2.id,
            "class_id": self._contract_class(company_id=self.company2.id).id})
        self._refused("compan", self._entered, sbo_contract_id=second.id)

    def test_no_back_door_after_confirmation(self):
        draft, signed = self._contract("review"), self._contract("signed")
        order = self._entered()
        order.action_confirm()
        for record in (order, order.order_line):
            self._refused("reviewed and approved", record.with_user(self.salesperson).write,
                          {"sbo_contract_id": draft.id})
        order.with_user(self.salesperson).sbo_contract_id = signed
        self.assertEqual(signed.state, "execution")
        self._refused("a back-office clerk can move it", order.with_user(self.salesperson).write,
                      {"sbo_contract_id": False}, error=AccessError)
        order.with_user(self.clerk).sbo_contract_id = False

    def test_lines_of_their_own_do_not_follow_the_order(self):
        first, second, own = (self._contract("signed") for _n in range(3))
        order = self._entered(lines=[(1, 100), (2, 100)])
        order.order_line[1].sbo_contract_id = own
        order.action_confirm()
        order.with_user(self.salesperson).sbo_contract_id = first
        self.assertEqual(order.order_line.mapped("sbo_contract_id"), first | own)
        self._refused("a back-office clerk can move it", order.order_line[1].with_user(self.salesperson).write,
                      {"sbo_contract_id": first.id}, error=AccessError)
        order.with_user(self.clerk).sbo_contract_id = second
        self.assertEqual(order.order_line.mapped("sbo_contract_id"), second | own)
        with Form(order.with_user(self.clerk)) as form:
            form.sbo_contract_id = first
        self.assertEqual(order.order_line.mapped("sbo_contract_id"), first | own, "on the screen, too")

    def test_no_line_comes_into_a_confirmed_order(self):
        unreviewed, signed = self._contract("review"), self._contract("signed")
        order, quotation = self._entered(), self._entered(sbo_contract_id=unreviewed.id)
        order.action_confirm()
        user = order.with_user(self.salesperson)
        vals = {"product_id": self.other.id, "product_uom_qty": 1, "sbo_contract_id": unreviewed.id}
        for action, *args in (
                (user.order_line.create, {**vals, "order_id": order.id}),
                (user.write, {"order_line": [Command.create(vals)]}),
                (user.order_line.with_context(default_sbo_contract_id=unreviewed.id).create,
                 {"order_id": order.id, "product_id": self.other.id}),
                (quotation.order_line.with_user(self.salesperson).write,
                 {"order_id": order.id, "sbo_contract_id": unreviewed.id})):
            with self.cr.savepoint():
                self._refused("reviewed and approved", action, *args)
        line = user.order_line.create({**vals, "order_id": order.id, "sbo_contract_id": signed.id})
        self.assertEqual(line.sbo_contract_id, signed)

    def test_a_line_without_a_contract_costs_nothing(self):
        def cost():
            order = self._entered()
            order.action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order.order_line.create({"order_id": order.id, "product_id": self.other.id})
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost()
        with patch.object(self.env.registry["sale.order.line"], "_sbo_refuse_added", lambda lines: None):
            without = cost()
        self.assertEqual(cost(), without)

    def test_not_cancelled_while_orders_are_confirmed(self):
        contract = self._contract("approved")
        self._reviews()
        order = self._entered(sbo_contract_id=contract.id)
        order.action_confirm()
        self._refused(order.name, contract.with_user(self.clerk).action_cancel, "no")

    def test_not_taken_back_while_orders_are_confirmed(self):
        contract, shared = self._contract("approved"), self._contract("approved")
        self._reviews()
        order = self._entered(sbo_contract_id=contract.id)
        order.order_line.sbo_contract_id = shared
        order.action_confirm()
        for item in (contract, shared):
            self._refused(order.name, item.with_user(self.salesperson).action_withdraw)
            self._refused(order.name, item.with_user(self.clerk).action_cancel, "no")
            self.assertTrue(item._begun())
        order._action_cancel()
        (contract | shared).with_user(self.salesperson).action_withdraw()
        self.assertEqual((contract.state, shared.state), ("draft", "draft"))

    def test_without_a_contract_nothing_is_asked(self):
        def cost(*without):
            order = self._entered()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with ExitStack() as stack:
                for model, name, value in without:
                    stack.enter_context(patch.object(
                        self.env.registry[model], name, lambda *args, _value=value: _value))
                order.action_confirm()
                self.env.flush_all()
            return self.cr.sql_log_count - before

        none = self.env["sbo.contract"]
        cost()
        self.assertEqual(cost(), cost(
            ("sale.order", "_sbo_contracts", none), ("sbo.contract", "_execute_ordered", None)))

    def test_constant_queries_with_contracts(self):
        def cost(count):
            orders = self.env["sale.order"].union(*(
                self._entered(sbo_contract_id=self._contract("execution").id) for _n in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            orders._sbo_refuse_confirmation()
            return self.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(20)
        self.assertEqual(few, many)

    def _compared(self, order):
        return next(row for row in order._sbo_compare() if row["code"] == "contract")

    def test_the_check_sheet_compares_with_the_contract(self):
        contract = self._contract("execution", line_ids=[self._line(quantity=15, price=95)])
        order = self._entered(lines=[(5, 95)], sbo_contract_id=contract.id)
        self.assertTrue(self._compared(order)["ok"])
        order.order_line.price_unit = 90
        self.assertIn("instead of the agreed", self._compared(order)["text"])
        order.order_line.write({"price_unit": 95, "product_uom_qty": 20})
        text = self._compared(order)["text"]
        self.assertIn("20 with this order, at most 15 are agreed", text)
        self.assertIn("are left", text)

    def test_what_others_have_taken_counts_in_the_unit_of_the_contract(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        contract = self._contract("execution", amount=0, line_ids=[self._line(quantity=2, price=1140, uom_id=dozen.id)])
        first = self._entered(lines=[(14, 95)], sbo_contract_id=contract.id)
        first.action_confirm()
        second = self._entered(lines=[(10, 95)], sbo_contract_id=contract.id)
        self.assertTrue(self._compared(second)["ok"], self._compared(second))
        second.order_line.product_uom_qty = 11
        self.assertIn("at most 2", self._compared(second)["text"])
        first._action_cancel()
        self.assertTrue(self._compared(second)["ok"])

    def test_products_and_amount_beyond_the_contract(self):
        contract = self._contract("execution", line_ids=[self._line()])
        order = self._entered(lines=[(self.other, 1, 40)], sbo_contract_id=contract.id)
        self.assertIn("Not in the contract: Shade", self._compared(order)["text"])
        first = self._entered(lines=[(9, 100)], sbo_contract_id=contract.id)
        first.action_confirm()
        second = self._entered(lines=[(2, 100)], sbo_contract_id=contract.id)
        self.assertIn("100.00", self._compared(second)["text"])

    def test_an_order_outside_of_the_contracts_in_force(self):
        order = self._entered()
        self.assertTrue(self._compared(order)["ok"])
        contract = self._contract("execution")
        self.assertIn(contract.name, self._compared(order)["text"])
        contract._own().date_end = "2026-03-01"
        self.assertTrue(self._compared(order)["ok"])

    def test_taxes_as_the_contract_counts_them(self):
        tax = self.env["account.tax"].create({"name": "T", "amount": 10})
        contract = self._contract("execution", tax_included=False, line_ids=[self._line(price=100)])
        order = self._entered(lines=[(10, 100)], sbo_contract_id=contract.id)
        order.order_line.tax_ids = [Command.set(tax.ids)]
        self.assertTrue(self._compared(order)["ok"])
        contract._own().tax_included = True
        self.assertIn("are left", self._compared(order)["text"])
