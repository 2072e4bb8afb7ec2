from odoo.tests import tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon


@tagged("post_install", "-at_install")
class TestOrdersOnTime(SboDeliveriesCommon):
    """Order lines against their promised day: in full, in parts, late, returned, in other units, abroad."""

    def _rows(self, order, as_of="2026-03-20 12:00"):
        self.env.flush_all()
        self.env["sbo.on.time"].invalidate_model()
        return self.env["sbo.on.time"].with_context(sbo_as_of=at(as_of)).search([("order_id", "=", order.id)])

    def _figures(self, order, as_of="2026-03-20 12:00"):
        row = self._rows(order, as_of)
        return (row.outcome, row.qty_ordered, row.qty_on_time, row.qty_late, row.qty_returned, row.qty_open)

    def test_in_full_on_the_promised_day(self):
        order = self._promised("2026-03-05 09:00", qty=4)
        self._delivery(order, done_at=at("2026-03-05 23:30"))
        self.assertEqual(self._figures(order), ("on_time", 4, 4, 0, 0, 0))
        row = self._rows(order)
        self.assertEqual(str(row.promised_on), "2026-03-05")
        self.assertEqual((row.on_time_rate, row.fill_rate, row.days_late), (100, 100, 0))
        self.assertEqual((row.partner_id, row.clerk_id, row.user_id), (self.customer, self.clerk, self.salesperson))

    def test_half_past_midnight_is_the_next_day(self):
        order = self._promised("2026-03-05 16:00", qty=4)
        self._delivery(order, done_at=at("2026-03-06 00:30"))
        self.assertEqual(self._figures(order), ("late", 4, 0, 4, 0, 0))
        self.assertEqual(self._rows(order).days_late, 1)

    def test_parts_before_and_after(self):
        order = self._promised(qty=10)
        self._delivery(order, qty=6, done_at=at("2026-03-05 10:00"))
        self.assertEqual(self._figures(order, "2026-03-05 12:00"), ("open", 10, 6, 0, 0, 4))
        self.assertFalse(self._rows(order, "2026-03-05 12:00").on_time_rate, "nobody is judged before the day is over")
        self.assertEqual(self._figures(order, "2026-03-06 12:00"), ("open_late", 10, 6, 0, 0, 4))
        self._delivery(order, done_at=at("2026-03-09 10:00"))
        self.assertEqual(self._figures(order), ("late", 10, 6, 4, 0, 0))
        row = self._rows(order)
        self.assertEqual((row.days_late, row.fill_rate, row.on_time_rate), (4, 60, 0))
        self.assertEqual(self._figures(order, "2026-03-08 12:00"), ("open_late", 10, 6, 0, 0, 4), "as seen on that day")

    def test_the_rest_is_cancelled(self):
        order = self._promised(qty=10)
        self._delivery(order, qty=6, done_at=at("2026-03-05 10:00"))
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertEqual(self._figures(order), ("short", 10, 6, 0, 0, 0), "nothing more comes: short, not late")

    def test_returned_later_was_still_on_time(self):
        order = self._promised(qty=10)
        picking = self._delivery(order, done_at=at("2026-03-05 10:00"))
        self._return(picking, 4, at("2026-03-10 10:00"))
        self.assertEqual(self._figures(order), ("on_time", 10, 10, 0, 4, 0))
        row = self._rows(order)
        self.assertEqual(row.qty_delivered, order.order_line.qty_delivered)
        self.assertEqual(row.qty_delivered, 6)

    def test_returned_before_the_day_was_not_in_full(self):
        order = self._promised(qty=10)
        picking = self._delivery(order, done_at=at("2026-03-03 10:00"))
        self._return(picking, 4, at("2026-03-05 10:00"))
        self.assertEqual(self._figures(order), ("short", 10, 10, 0, 4, 0), "the customer had six on the promised day")
        self.assertEqual(self._rows(order).fill_rate, 60)

    def test_a_return_kept_on_the_order_is_none(self):
        order = self._promised(qty=10)
        picking = self._delivery(order, done_at=at("2026-03-05 10:00"))
        self._return(picking, 4, at("2026-03-10 10:00"), to_refund=False)
        row = self._rows(order)
        self.assertEqual((row.qty_returned, row.qty_delivered), (0, order.order_line.qty_delivered))

    def test_units(self):
        dozen, unit = self.env.ref("uom.product_uom_dozen"), self.env.ref("uom.product_uom_unit")
        order = self._lines((self.product, 2, dozen), qty=1)
        move = order.picking_ids.move_ids
        move.product_uom = unit if move.product_uom != unit else move.product_uom
        self._delivery(order, done_at=at("2026-03-05 10:00"))
        self.assertEqual(self._figures(order), ("on_time", 24, 24, 0, 0, 0), "in the product's own unit")
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_steps_inside_the_house_are_no_deliveries(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        warehouse.delivery_steps = "pick_pack_ship"
        order = self._promised(qty=5)
        for _step in range(2):
            self._delivery(order, done_at=at("2026-03-04 10:00"))
        self.assertEqual(self._figures(order), ("open_late", 5, 0, 0, 0, 5))
        self._delivery(order, done_at=at("2026-03-07 10:00"))
        self.assertEqual(self._figures(order), ("late", 5, 0, 5, 0, 0))

    def test_services_sections_and_quotations_are_left_out(self):
        service = self._product("Service", type="service", is_storable=False)
        order = self._lines((self.product, 1, None), (service, 1, None))
        self.assertEqual(self._rows(order).product_id, self.product)
        self.assertFalse(self._rows(self._order(self.customer, self.product)), "a quotation promises nothing yet")

    def test_without_a_promise_nothing_is_judged(self):
        order = self._promised(None)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET date_deadline = NULL WHERE id = %s", order.picking_ids.move_ids.ids)
        self.env.invalidate_all(flush=False)
        self._delivery(order, done_at=at("2026-03-05 10:00"))
        self.assertEqual(self._figures(order), ("no_promise", 1, 1, 0, 0, 0))
        self.assertFalse(self._rows(order).on_time_rate)

    def test_putting_the_date_off_does_not_make_it_punctual(self):
        order = self._promised("2026-03-05 17:00", qty=2)
        order.with_context(sbo_as_of=at("2026-03-04 10:00")).commitment_date = at("2026-03-10 17:00")
        self._delivery(order, done_at=at("2026-03-10 10:00"))
        row = self._rows(order)
        self.assertEqual((row.outcome, row.on_time_rate, row.first_rate), ("on_time", 100, 0))
        self.assertEqual(str(row.first_promised_on), "2026-03-05")

    def test_a_date_the_customer_asked_for_counts_as_agreed(self):
        order = self._promised("2026-03-05 17:00", qty=2)
        order.with_context(sbo_as_of=at("2026-03-04 10:00"), sbo_promise_reason="customer").commitment_date = at(
            "2026-03-10 17:00")
        self._delivery(order, done_at=at("2026-03-10 10:00"))
        row = self._rows(order)
        self.assertEqual((row.on_time_rate, row.first_rate), (100, 100))

    def test_figures_open_documents(self):
        order = self._promised(qty=3)
        picking = self._delivery(order, done_at=at("2026-03-05 10:00"))
        row = self._rows(order).with_user(self.clerk)
        self.assertEqual(row.action_open_order()["res_id"], order.id)
        self.assertEqual(self.env["stock.picking"].search(row.action_open_deliveries()["domain"]), picking)

    def test_groups_by_customer_clerk_product_and_month(self):
        early, late = self._promised(qty=1), self._promised(qty=1)
        self._delivery(early, done_at=at("2026-03-05 10:00"))
        self._delivery(late, done_at=at("2026-03-06 10:00"))
        self.env.flush_all()
        report = self.env["sbo.on.time"].with_user(self.clerk).with_context(sbo_as_of=at("2026-03-20 12:00"))
        for group in ("partner_id", "clerk_id", "product_id", "promised_on:month"):
            [(_key, rate, orders)] = report._read_group(
                [("order_id", "in", (early + late).ids)], [group], ["on_time_rate:avg", "order_id:count_distinct"])
            self.assertEqual((rate, orders), (50, 2), group)

    def test_who_sees_what(self):
        mine, foreign = self._promised(), self._promised()
        foreign.user_id = self.manager
        self.env.flush_all()
        report = self.env["sbo.on.time"].with_context(sbo_as_of=at("2026-03-20 12:00"))
        both = [("order_id", "in", (mine + foreign).ids)]
        self.assertEqual(report.with_user(self.salesperson).search(both).order_id, mine)
        self.assertEqual(report.with_user(self.auditor).search(both).order_id, mine + foreign)
        self.assertFalse(report.with_user(self.company2_clerk).search(both))
