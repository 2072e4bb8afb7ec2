from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odoo.fields import Command, Date
from odoo.tests import tagged

from .common_contracts_schedule import SboScheduleCommon

FIGURES = ("ordered", "delivered", "invoiced", "received", "receivable", "due", "overdue")
ORDERS = st.integers(0, 2)
SIZES = st.integers(1, 8)
STEPS = st.lists(st.tuples(st.sampled_from((
    "ship", "back", "invoice", "invoice", "advance", "pay", "pay", "credit", "rebate", "allot", "loosen", "bounce",
    "cancel")), ORDERS, SIZES), min_size=2, max_size=5)


@tagged("post_install", "-at_install")
class TestContractFiguresProperty(SboScheduleCommon):
    """Whatever happens to the documents, the schedule says what adding them up once more in Python says.

    Three orders: under the first contract, under the second one, and one that both share. The second contract and its
    order are in another currency, whose rate has changed in between.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coin.rate_ids = [Command.create({"name": "2026-02-01", "rate": 0.1})]
        coins = cls.env["product.pricelist"].create({"name": "Coins", "currency_id": cls.coin.id})
        cls.first, cls.second = cls._contract(10000), cls._contract(1000, currency_id=cls.coin.id)
        cls.orders = cls._under(cls.first, 8, 999.99) | cls._under(cls.second, 8, 70.01, pricelist_id=coins.id)
        cls.orders |= cls._under(cls.first, order_line=[
            Command.create({"product_id": cls.product.id, "product_uom_qty": 3, "price_unit": 333.35,
                            "discount": 7, "tax_ids": False, "sbo_contract_id": contract.id})
            for contract in (cls.first, cls.second)])
        cls.orders.date_order = "2026-01-20 04:00:00"
        cls.env.flush_all()

    # Making a failing example smaller would take minutes; a few steps are read as they are.
    @settings(max_examples=100, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_property(self, steps):
        with self.env.cr.savepoint() as savepoint:
            for kind, place, size in steps:
                getattr(self, f"_do_{kind}")(self.orders[place], size)
            rows = self._row(self.first | self.second)
            for contract, row in zip((self.first, self.second), rows, strict=True):
                told = self._told_once_more(contract)
                for name in FIGURES:
                    self.assertAlmostEqual(row[name], told[name], delta=0.011, msg=f"{contract.subject} {name} {steps}")
            savepoint.close(rollback=True)
        self.env.invalidate_all()

    # === what may happen === #

    def _invoices(self, order, *types):
        return order.order_line.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type in (types or ("out_invoice",))).sorted("id")

    def _do_ship(self, order, size):
        if order.picking_ids.filtered(lambda picking: picking.state == "assigned"):
            self._ship(order, min(size, 3))

    def _do_back(self, order, size):
        done = order.picking_ids.filtered(lambda p: p.state == "done" and p.picking_type_code == "outgoing")[:1]
        if done:
            self._return(done, 1, to_refund=size % 2)

    def _do_invoice(self, order, size):
        if order.state == "sale" and order.invoice_status == "to invoice":
            invoice = order._create_invoices(final=True)
            invoice.invoice_date = Date.to_date(f"2026-0{1 + size % 2}-25")
            invoice.invoice_payment_term_id = False
            invoice.invoice_date_due = Date.add(self.company._sbo_today(), days=size - 4)
            invoice.action_post()

    def _do_advance(self, order, size):
        if order.state == "sale" and order.invoice_status == "to invoice":
            self._invoice(order, percent=10 * size)

    def _do_pay(self, order, size):
        for invoice in self._invoices(order):
            if invoice.amount_residual > 0:
                self._pay(invoice, min(invoice.amount_residual, round(123.45 * size, 2)), payment_date="2026-02-27")
                return

    def _do_credit(self, order, size):
        for invoice in self._invoices(order)[:1]:
            if invoice.amount_total > 0:
                note = self._credit_note(invoice, min(101.01 * size, invoice.amount_total))
                if size % 2 and self._open(invoice):
                    (self._open(note) | self._open(invoice)).reconcile()

    def _do_rebate(self, order, size):
        for invoice in self._invoices(order)[:1]:
            if self._open(invoice):
                rebate = self.env["account.move"].create({
                    "move_type": "out_refund", "partner_id": self.customer.id, "currency_id": invoice.currency_id.id,
                    "invoice_date": "2026-02-26", "invoice_line_ids": [
                        Command.create({"name": "Rebate", "price_unit": 11.11 * size, "tax_ids": False})]})
                rebate.action_post()
                (self._open(rebate) | self._open(invoice)).reconcile()

    def _do_allot(self, order, size):
        payment = self._payment(round(77.77 * size, 2), date="2026-01-25")
        self._allot(payment, order)
        for invoice in self._invoices(order)[:1]:
            if size % 2 and self._open(invoice):
                (self._open(payment.move_id) | self._open(invoice)).reconcile()

    def _do_loosen(self, order, _size):
        self._invoices(order)[:1].line_ids.remove_move_reconcile()

    def _do_bounce(self, order, size):
        payments = self._invoices(order).matched_payment_ids.filtered(lambda p: p.state in ("in_process", "paid"))
        if payments:
            payments[size % len(payments)].action_reject()

    def _do_cancel(self, order, _size):
        order._action_cancel()

    # === adding up once more === #

    def _told_once_more(self, contract):
        goods = self._told_goods(contract)
        invoiced, received, opened, due, overdue = (sum(found) for found in zip(
            *(self._told_invoice(contract, move) for move in self._invoices(
                self.orders, "out_invoice", "out_refund")), [0] * 5, strict=True))
        received += self._told_allotted(contract)
        credit = max(0, opened - (invoiced - received))
        return {**goods, "invoiced": invoiced, "received": received, "receivable": invoiced - received,
                "due": max(0, due - credit), "overdue": max(0, overdue - credit)}

    def _in_contract(self, contract, amount, currency, day):
        return currency._convert(amount, contract.currency_id, self.company, day, round=False)

    def _share(self, contract, line):
        if not line.is_downpayment:
            return line.sbo_contract_id == contract
        goods = line.order_id.order_line.filtered(lambda item: not item.is_downpayment and not item.display_type)
        return sum(goods.filtered(lambda item: item.sbo_contract_id == contract).mapped("price_total")) / sum(
            goods.mapped("price_total"))

    def _told_goods(self, contract):
        ordered = delivered = 0
        for line in self.orders.order_line.filtered(
                lambda item: item.sbo_contract_id == contract and not item.is_downpayment and not item.display_type):
            quantity = 0
            for move in line.move_ids.filtered(lambda move: move.state == "done"):
                if move.location_dest_id.usage == "customer":
                    quantity += move.quantity
                elif move.to_refund:
                    quantity -= move.quantity
            rate = self._in_contract(contract, 1, line.currency_id, line.order_id.date_order.date())
            ordered += line.price_total * rate if line.order_id.state == "sale" else 0
            delivered += quantity * line.price_total / line.product_uom_qty * rate
        return {"ordered": ordered, "delivered": delivered}

    def _told_invoice(self, contract, move):
        lines = move.invoice_line_ids.filtered(lambda item: item.display_type == "product")
        part = sum(line.price_total * sum(self._share(contract, item) for item in line.sale_line_ids)
                   / len(line.sale_line_ids) for line in lines if line.sale_line_ids)
        total = sum(lines.mapped("price_total"))
        sign = -1 if move.move_type == "out_refund" else 1
        money = dict.fromkeys(("invoiced", "received", "opened", "due", "overdue"), 0)
        money["invoiced"] = part * sign
        for line in move.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable"):
            if not total:
                continue
            paid = allowed = 0
            for partial in line.matched_debit_ids | line.matched_credit_ids:
                other = (partial.debit_move_id | partial.credit_move_id) - line
                amount = partial.debit_amount_currency if partial.debit_move_id == line \
                    else -partial.credit_amount_currency
                if other.move_id.move_type == "out_refund" and not other.move_id.line_ids.sale_line_ids:
                    allowed += amount
                elif other.payment_id.state != "rejected":
                    paid += amount
            money["invoiced"] -= allowed * part / total
            money["received"] += paid * part / total
            if sign > 0:
                rest = (line.amount_currency - paid - allowed) * part / total
                money["opened"] += rest
                money["due"] += rest if line.date_maturity <= self.company._sbo_today() else 0
                money["overdue"] += rest if line.date_maturity < self.company._sbo_today() else 0
        return [self._in_contract(contract, amount, move.currency_id, move.invoice_date) for amount in money.values()]

    def _told_allotted(self, contract):
        """What of payments is meant for orders of the contract and free: by the shares of the orders' goods."""
        found = 0
        for allotment in self.env["sbo.payment.allotment"].search([("order_id", "in", self.orders.ids)]):
            payment, order = allotment.payment_id, allotment.order_id
            if payment.state not in ("in_process", "paid"):
                continue
            meant, matched = {}, {}
            goods = order.order_line.filtered(lambda item: not item.display_type and not item.is_downpayment)
            for key, lines in goods.grouped("sbo_contract_id").items():
                meant[key] = allotment.amount * sum(lines.mapped("price_total")) / sum(goods.mapped("price_total"))
                matched[key] = 0
            free = payment.amount
            for partial in payment.move_id.line_ids.matched_debit_ids:
                free -= partial.credit_amount_currency
                lines = partial.debit_move_id.move_id.invoice_line_ids.filtered("sale_line_ids")
                for key in matched:
                    part = sum(line.price_total * self._share(key, line.sale_line_ids) for line in lines)
                    matched[key] += partial.credit_amount_currency * part / sum(lines.mapped("price_total"))
            for key in sorted(meant, key=lambda item: item.id):
                amount = min(max(meant[key] - matched[key], 0), max(free, 0))
                free -= amount
                if key == contract:
                    found += self._in_contract(contract, amount, payment.currency_id, payment.date)
        return found
