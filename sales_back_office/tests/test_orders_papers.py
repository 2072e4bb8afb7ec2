from lxml import html
from odoo.tests import tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon

NOTICE = "sales_back_office.sbo_delivery_notice"
LIST = "sales_back_office.sbo_packing_list"
PRICED = "sales_back_office.sbo_packing_list_priced"


@tagged("post_install", "-at_install")
class TestOrdersPapers(SboDeliveriesCommon):
    """Delivery notice and packing list (F04): quantities this time and so far, lots, prices, copies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._promised(qty=10, price=12.5, client_order_ref="PO-77")
        cls.first = cls._delivery(cls.order, qty=6, done_at=at("2026-03-04 10:00"))
        cls.second = cls.order.picking_ids - cls.first

    def _cards(self, report, pickings):
        return self.env[f"report.{report}"]._get_report_values(pickings.ids)["cards"]

    def _pages(self, report, pickings, user=None):
        body = self.env["ir.actions.report"].with_user(user or self.clerk)._render_qweb_html(report, pickings.ids)[0]
        pages = html.fromstring(body).xpath("//div[contains(concat(' ', @class, ' '), ' page ')]")
        return [" ".join(page.text_content().split()) for page in pages]

    def test_this_time_and_so_far(self):
        [card] = self._cards(LIST, self.first)
        self.assertEqual([(row["ordered"], row["quantity"], row["so_far"]) for row in card["rows"]], [(10, 6, 6)])
        self._delivery(self.order, done_at=at("2026-03-06 10:00"))
        [card] = self._cards(LIST, self.second)
        self.assertEqual([(row["ordered"], row["quantity"], row["so_far"]) for row in card["rows"]], [(10, 4, 10)])
        [card] = self._cards(LIST, self.first)
        self.assertEqual(card["rows"][0]["so_far"], 6, "the first paper printed again says what it said")
        self._return(self.first, 2, at("2026-03-07 10:00"))
        [card] = self._cards(LIST, self.second)
        self.assertEqual(card["rows"][0]["so_far"], 10, "what came back later is not on it")

    def test_before_it_leaves(self):
        [card] = self._cards(LIST, self.second)
        self.assertEqual([(row["quantity"], row["so_far"]) for row in card["rows"]], [(4, 10)])

    def test_copies_and_prices(self):
        self.company.write({"sbo_delivery_copies": 5, "sbo_delivery_priced": 2})
        cards = self._cards(NOTICE, self.first)
        self.assertEqual([(card["copy"], card["priced"]) for card in cards], [
            ("Sales copy", True), ("Finance copy", True), ("Warehouse copy", False), ("Customer copy", False),
            ("Copy 5", False)])
        self.assertEqual(cards[0]["amount"], 75)
        pages = self._pages(NOTICE, self.first)
        self.assertEqual(len(pages), 5)
        self.assertIn("75.00", pages[0])
        self.assertNotIn("75.00", pages[2])
        self.assertNotIn("12.5", pages[3])
        self.assertIn("PO-77", pages[3])

    def test_with_and_without_prices(self):
        self.assertIn("75.00", self._pages(PRICED, self.first)[0])
        self.assertNotIn("75.00", self._pages(LIST, self.first)[0])
        self.assertIn("Orders Product", self._pages(LIST, self.first, self.stock_user)[0], "for the warehouse as well")

    def test_price_of_another_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._lines((self.product, 2, dozen))
        order.order_line.price_unit = 120
        picking = self._delivery(order, done_at=at("2026-03-04 10:00"))
        [card] = self._cards(PRICED, picking)
        self.assertEqual(card["amount"], 240, "what the order says, whatever unit the warehouse counts in")

    def test_lots(self):
        product = self._product("Lot Product", tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": product.id} for name in ("L1", "L2")])
        stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(product, stock, 3, lot_id=lot)
        order = self._promised(product=product, qty=5)
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        [card] = self._cards(LIST, picking)
        self.assertEqual(card["rows"][0]["lots"], "L1 × 3, L2 × 2")

    def test_totals_are_the_orders_own(self):
        self._delivery(self.order, done_at=at("2026-03-06 10:00"))
        cards = self._cards(PRICED, self.first + self.second)
        self.assertEqual(sum(card["amount"] for card in cards), self.order.amount_total)

    def test_gate_stands_on_it_when_there_is_one(self):
        self.patch(type(self.env["stock.picking"]), "_sbo_gate_text", lambda pickings: dict.fromkeys(
            pickings.ids, "Released"))
        self.assertIn("Payment: Released", self._pages(LIST, self.first)[0])

    def test_many_take_no_more_queries(self):
        def cost(pickings):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._cards(NOTICE, pickings)
            return self.env.cr.sql_log_count - before

        few = self.env["stock.picking"].union(*(
            self._delivery(self._promised(), done_at=at("2026-03-04 10:00")) for _number in range(2)))
        many = self.env["stock.picking"].union(*(
            self._delivery(self._promised(), done_at=at("2026-03-04 10:00")) for _number in range(20)))
        cost(few)
        self.assertLessEqual(cost(many), cost(few) + 2)
