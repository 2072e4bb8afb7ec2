from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_contracts_risk import SboRiskCommon


@tagged("post_install", "-at_install")
class TestContractRiskGoods(SboRiskCommon):
    """Risks of the goods: late, short, more or cheaper than agreed, complained of."""

    def test_goods_late(self):
        contract = self._contract()
        order = self._under(contract, commitment_date=at("2026-03-16 17:00"))
        self.assertFalse(self._look("contract_delivery_late", contract, day="2026-03-16"), "the promised day")
        flag = self._look("contract_delivery_late", contract, day="2026-03-17")
        self.assertEqual((flag.severity, flag.evidence), (
            "3", {"orders": order.name, "promised": "2026-03-16", "days_late": 1}))
        self._look("contract_delivery_late", contract, day="2026-03-23")
        self.assertEqual((flag.severity, flag.quantity), ("3", 7))
        self._look("contract_delivery_late", contract, day="2026-03-24")
        self.assertEqual((flag.severity, flag.levels[-1]["from"]), ("4", "3"))
        self._ship(order)
        self.assertFalse(self._look("contract_delivery_late", contract, day="2026-03-25"))

    def test_a_new_promise_ends_it(self):
        contract = self._contract()
        order = self._under(contract, commitment_date=at("2026-03-16 17:00"))
        self.assertTrue(self._look("contract_delivery_late", contract))
        order.commitment_date = at("2026-04-02 12:00")
        self.assertFalse(self._look("contract_delivery_late", contract))

    def test_part_of_the_goods_late(self):
        contract = self._contract()
        order = self._under(contract, 5, commitment_date=at("2026-03-16 17:00"))
        self._ship(order, 4)
        flag = self._look("contract_delivery_late", contract)
        self.assertEqual(flag.evidence["orders"], order.name)

    def test_delivery_obligation_late(self):
        contract = self._contract()
        self._owes(contract, "First lot", "2026-03-15", "delivery", product_id=self.product.id, quantity=3)
        self._owes(contract, "Second lot", "2026-04-15", "delivery", product_id=self.product.id, quantity=3)
        self.assertFalse(self._look("contract_delivery_late", contract, day="2026-03-15"))
        flag = self._look("contract_delivery_late", contract, day="2026-03-16")
        self.assertEqual(flag.evidence, {"obligations": "First lot", "promised": "2026-03-15", "days_late": 1})
        picking = self._ship(self._under(contract, 3))
        picking.date_done = at("2026-03-16 21:00")
        picking.move_ids.date = at("2026-03-16 21:00")
        self.assertFalse(self._look("contract_delivery_late", contract, day="2026-03-17"), "met by what has left")

    def test_stock_short_before_the_day(self):
        product = self._product("Rare Machine", 1000, default_code="RARE")
        stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, stock, 3)
        contract = self._contract()
        order = self._under(contract, commitment_date=at("2026-03-24 12:00"), order_line=[Command.create(
            {"product_id": product.id, "product_uom_qty": 5, "price_unit": 1000, "tax_ids": False})])
        self.assertFalse(self._look("contract_stock_short", contract, day="2026-03-20"), "four days before")
        flag = self._look("contract_stock_short", contract, day="2026-03-21")
        self.assertEqual((flag.severity, flag.evidence), (
            "2", {"documents": order.name, "promised": "2026-03-24", "short": ["RARE: 2"]}))
        self.assertIn("RARE: 2", str(flag.evidence_text))
        self.env["stock.quant"]._update_available_quantity(product, stock, 2)
        self.assertFalse(self._look("contract_stock_short", contract, day="2026-03-22"), "it lies there, free")

    def test_evidence_names_each_order_once(self):
        products = [self._product(name, 1000, default_code=name) for name in ("RARE-1", "RARE-2")]
        contract = self._contract(amount=0)
        for product in products:
            self._agree(contract, product, quantity=1)
        lines = [Command.create({"product_id": product.id, "product_uom_qty": 2, "price_unit": 1000, "tax_ids": False})
                 for product in products]
        orders = [self._under(contract, commitment_date=at("2026-03-21 12:00"), order_line=lines) for _n in range(2)]
        names = ", ".join(sorted(order.name for order in orders))
        self.assertEqual(self._look("contract_stock_short", contract).evidence["documents"], names)
        stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        for product in products:
            self.env["stock.quant"]._update_available_quantity(product, stock, 4)
        for order in orders:
            self._ship(order)
        flag = self._look("contract_over_quantity", contract)
        self.assertEqual((flag.evidence["orders"], flag.evidence["over_quantity"]),
                         (names, ["RARE-1: 4 > 1", "RARE-2: 4 > 1"]))

    def test_reserved_for_the_contract_is_not_short(self):
        product = self._product("Rare Machine", 1000)
        stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, stock, 5)
        line = {"product_id": product.id, "product_uom_qty": 5, "price_unit": 1000, "tax_ids": False}
        contract, late = self._contract(), self._contract()
        for each in (contract, late):
            self._under(each, commitment_date=at("2026-03-21 12:00"), order_line=[Command.create(line)]
                        ).picking_ids.action_assign()
        flag = self._look("contract_stock_short", contract, late)
        self.assertEqual((flag.contract_id, flag.evidence["short"]), (late, ["Rare Machine: 5"]))

    def test_delivered_more_than_agreed(self):
        contract = self._contract(amount=0)
        self._agree(contract, quantity=6)
        self._agree(contract, self.spare, price=50)
        order = self._under(contract, 6)
        self._ship(order)
        self.assertFalse(self._look("contract_over_quantity", contract))
        other = self._under(contract, 2)
        self.assertFalse(self._look("contract_over_quantity", contract), "ordered is not delivered")
        self._ship(other)
        flag = self._look("contract_over_quantity", contract)
        self.assertEqual((flag.severity, flag.evidence["over_quantity"]), ("3", ["Machine: 8 > 6"]))
        self.assertIn(other.name, flag.evidence["orders"])
        self._change(contract, line_ids=[Command.update(contract.line_ids[0].id, {"quantity": 8})])
        self.assertFalse(self._look("contract_over_quantity", contract))

    def test_ceiling_in_another_unit(self):
        contract = self._contract(amount=0)
        dozen = self.env.ref("uom.product_uom_dozen")
        self._agree(contract, quantity=1, uom_id=dozen.id)
        self._ship(self._under(contract, 12))
        self.assertFalse(self._look("contract_over_quantity", contract))
        self._ship(self._under(contract, 1))
        self.assertEqual(self._look("contract_over_quantity", contract).evidence["over_quantity"],
                         ["Machine: 1.083 > 1"])

    def test_price_below_the_agreed_one(self):
        contract = self._contract(amount=0)
        self._agree(contract, price=1000)
        self._under(contract, price=1000)
        self._under(contract, price=1200)
        self.assertFalse(self._look("contract_price_below", contract))
        order = self._under(contract, price=1000, order_line=[Command.create(
            {"product_id": self.product.id, "product_uom_qty": 5, "price_unit": 1000, "discount": 0.1,
             "tax_ids": False})])
        flag = self._look("contract_price_below", contract)
        self.assertEqual((flag.severity, flag.evidence), (
            "3", {"orders": order.name, "low_price": ["Machine: 999 < 1000"]}))
        order.order_line.discount = 0
        self.assertFalse(self._look("contract_price_below", contract))

    def test_price_with_taxes_where_the_contract_is_with_taxes(self):
        tax = self.env["account.tax"].create({"name": "13 %", "amount": 13, "price_include_override": "tax_excluded"})
        line = {"product_id": self.product.id, "product_uom_qty": 5, "price_unit": 1000, "tax_ids": [tax.id]}
        included, excluded = self._contract(), self._contract(tax_included=False)
        for contract in (included, excluded):
            self._agree(contract, price=1100)
            self._under(contract, order_line=[Command.create(line)])
        flag = self._look("contract_price_below", included, excluded)
        self.assertEqual((flag.contract_id, flag.evidence["low_price"]), (excluded, ["Machine: 1000 < 1100"]))

    def test_price_in_another_currency(self):
        coin = self.env["res.currency"].create({
            "name": "SBR", "symbol": "R", "rounding": 0.01,
            "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.125})]})
        contract = self._contract(currency_id=coin.id)
        self._agree(contract, price=125)
        self._under(contract, price=1000)
        self.assertFalse(self._look("contract_price_below", contract), "125 of the one is 1000 of the other")
        self._under(contract, price=999)
        self.assertEqual(self._look("contract_price_below", contract).evidence["low_price"], ["Machine: 999 < 1000"])

    def test_price_below_the_floor(self):
        self.company.sbo_floor_margin = 40
        contract = self._contract()
        order = self._under(contract, price=100)
        order.order_line.purchase_price = 60
        self.assertFalse(self._look("contract_price_below", contract), "40 % are left")
        order.order_line.price_unit = 99
        self.assertEqual(self._look("contract_price_below", contract).evidence["low_price"], ["Machine: 99 < 100"])

    def test_quality_issue_open(self):
        contract = self._contract()
        order = self._under(contract)
        issues = self.env["sbo.order.issue"]
        vals = {"order_id": order.id, "description": "Scratched", "opened_at": at("2026-03-12 09:00")}
        issues.create({**vals, "kind": "logistics"})
        self.assertFalse(self._look("contract_quality_issue", contract))
        issue = issues.create({**vals, "kind": "quality"})
        flag = self._look("contract_quality_issue", contract)
        self.assertEqual((flag.severity, flag.evidence["issues"], flag.evidence["orders"]),
                         ("3", issue.name, order.name))
        issue.with_user(self.clerk)._take("reply", at("2026-03-13 09:00"))
        self.assertTrue(self._look("contract_quality_issue", contract), "answered is not solved")
        issue.with_user(self.clerk)._take("solve", at("2026-03-14 09:00"), "Replaced")
        self.assertFalse(self._look("contract_quality_issue", contract))

    def test_quality_issue_of_an_order_with_a_line_under_the_contract(self):
        contract, head = self._contract(), self._contract()
        order = self._under(head)
        order.order_line.sbo_contract_id = contract
        self.env["sbo.order.issue"].create({
            "order_id": order.id, "description": "Scratched", "opened_at": at("2026-03-12 09:00"), "kind": "quality"})
        flags = self._look("contract_quality_issue", contract, head)
        self.assertEqual(flags.contract_id, contract | head)
        self.assertEqual({flag.evidence["orders"] for flag in flags}, {order.name})

    def test_a_line_of_another_contract_is_not_ours(self):
        contract, other = self._contract(), self._contract()
        order = self._under(contract, commitment_date=at("2026-03-16 17:00"))
        order.order_line.sbo_contract_id = other
        self.assertEqual(self._look("contract_delivery_late", contract, other).contract_id, other)
