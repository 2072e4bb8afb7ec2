from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon

AS_OF = "2026-03-10 12:00"
LIST = ["order_id", "partner_id", "clerk_id", "user_id", "promised_at", "days_late", "shipped", "signed", "invoiced",
        "collected", "next_step", "amount_total", "amount_collected", "progress_at", "progress_note", "issue_count"]


@tagged("post_install", "-at_install")
class TestOrdersExecution(SboDeliveriesCommon):
    """Where is every open order: a row from the confirmation until the money is there."""

    def _row(self, order):
        self.env.flush_all()
        self.env["sbo.order.execution"].invalidate_model()
        return self.env["sbo.order.execution"].with_context(sbo_as_of=at(AS_OF)).browse(order.id)

    def _stages(self, order):
        row = self._row(order)
        return row.shipped, row.signed, row.invoiced, row.collected, row.next_step, row.is_open

    def _pay(self, invoice, amount=None):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids).create({})
        if amount:
            wizard.amount = amount
        wizard.action_create_payments()

    def test_from_confirmation_to_collection(self):
        self.product.invoice_policy = "delivery"
        order = self._promised(qty=4, price=100)
        self.assertEqual(self._stages(order), ("todo", "todo", "todo", "todo", "shipped", True))
        self.assertEqual(self._row(order).days_late, 5)
        first = self._delivery(order, qty=1, done_at=at("2026-03-04 10:00"))
        self.assertEqual(self._stages(order), ("part", "todo", "todo", "todo", "shipped", True))
        first.sbo_signed_on = "2026-03-05"
        self.assertEqual(self._stages(order)[1], "part")
        second = self._delivery(order, done_at=at("2026-03-05 10:00"))
        self.assertEqual(self._stages(order), ("done", "part", "todo", "todo", "signed", True))
        self.assertEqual(self._row(order).days_late, 0)
        second.sbo_signed_on = "2026-03-06"
        invoice = order._create_invoices()
        draft = self._stages(order)
        self.assertEqual(draft, ("done", "done", "todo", "todo", "invoiced", True), "a draft is no invoice")
        invoice.action_post()
        self.assertEqual(self._stages(order), ("done", "done", "done", "todo", "collected", True))
        self._pay(invoice, 100)
        self.assertEqual(self._stages(order)[3:], ("part", "collected", True))
        self.assertEqual((self._row(order).amount_invoiced, self._row(order).amount_collected), (400, 100))
        self._pay(invoice)
        self.assertEqual(self._stages(order)[3:5], ("done", "nothing"))
        self.assertEqual(self._row(order).amount_collected, 400)

    def test_notes_are_waited_for_from_a_day_on(self):
        """After an upgrade the notes of years before, which nobody could enter, are not outstanding."""
        order = self._promised()
        picking = self._delivery(order, done_at=at("2026-03-04 10:00"))
        check = self.env.ref("sales_back_office.sbo_check_signed_return_missing")
        for first_day, expected in (("2026-03-05", ("none", False, False, 0)),
                                    ("2026-03-04", ("todo", "todo", "outstanding", 1))):
            self.company.sbo_signed_from = first_day
            self.env.flush_all()
            self.env.invalidate_all()
            row = self._row(order)
            found = check._in_company(self.company, at("2026-04-20 12:00"))._found_ids()
            self.assertEqual(
                (row.signed, order.with_context(sbo_as_of=at(AS_OF)).sbo_signed_state, picking.sbo_signed_state,
                 found.count(picking.id)), expected)
            domain = [("id", "=", picking.id), ("sbo_signed_state", "=", "outstanding")]
            self.assertEqual(self.env["stock.picking"].search_count(domain), expected[3])

    def test_what_is_read_by_ids_is_what_the_whole_list_says(self):
        self.product.invoice_policy = "order"
        orders = self._promised() + self._promised(qty=2)
        orders[0]._create_invoices().action_post()
        self.assertEqual(orders.mapped("sbo_invoices_open"), [True, False])
        rows = self.env["sbo.order.execution"].with_context(sbo_as_of=at(AS_OF))
        names = [*LIST, "paid", "is_open"]
        page = rows.search_fetch([("partner_id", "=", orders.partner_id.id)], names).read(names)
        self.env.invalidate_all()
        query = rows._search([("partner_id", "=", orders.partner_id.id)])
        whole = self.env.execute_query_dict(query.select(*[
            rows._field_to_sql(query.table, name, query) for name in ("id", "paid", "is_open", "signed", "collected")]))
        self.assertEqual(
            sorted((row["id"], row["paid"], row["is_open"], row["signed"], row["collected"]) for row in page),
            sorted(tuple(row.values()) for row in whole))
        self._pay(orders[0].invoice_ids)
        self.assertEqual(orders.mapped("sbo_invoices_open"), [False, False])

    def test_an_invoice_of_two_orders_counts_by_its_lines(self):
        self.product.invoice_policy = "order"
        orders = self._promised(qty=1, price=100) + self._promised(qty=3, price=100)
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self._pay(invoice, 200)
        self.assertEqual([self._row(order).amount_collected for order in orders], [50, 150])

    def test_a_difference_on_the_note_stops_until_it_is_solved(self):
        order = self._promised()
        picking = self._delivery(order, done_at=at("2026-03-05 10:00"))
        picking.write({"sbo_signed_on": "2026-03-06", "sbo_signed_result": "difference"})
        self.assertEqual(self._row(order).signed, "stop")
        issue = self.env["sbo.order.issue"].create({
            "order_id": order.id, "picking_id": picking.id, "kind": "quality", "description": "one is broken"})
        self.assertEqual((self._row(order).signed, self._row(order).issue_count), ("stop", 1))
        issue._take_step("solve", "replaced")
        self.assertEqual(self._row(order).signed, "done")
        self.assertEqual(order.sbo_signed_state, "done")

    def test_services_have_nothing_to_ship(self):
        service = self._product("Service", type="service", is_storable=False)
        order = self._promised(product=service)
        self.assertEqual(self._stages(order)[:2], ("none", "none"))
        self.assertEqual(self._row(order).next_step, "invoiced")

    def test_steps_of_the_other_rooms(self):
        order = self._promised()
        row = self._row(order)
        self.assertEqual(row.produced, "none", "production tells by a bridge")
        for state, step in (("done", "done"), ("difference", "stop"), ("stale", "part"), (False, "none")):
            order.sudo().sbo_verification_state = state
            self.assertEqual(self._row(order).verified, step)
        for state, step in (("to_send", "todo"), ("sent", "part"), ("acknowledged", "done"), ("cancelled", "none")):
            order.sudo().sbo_notice_state = state
            self.assertEqual(self._row(order).notified, step)

    def test_last_progress(self):
        order = self._promised()
        for moment, note in (("2026-03-03 10:00", "ordered"), ("2026-03-05 10:00", "arrived")):
            self.env["sbo.order.progress"].with_user(self.clerk).with_context(sbo_as_of=at(moment)).create(
                {"order_id": order.id, "stage": "waiting", "note": note})
        row = self._row(order)
        self.assertEqual((row.progress_at, row.progress_note), (at("2026-03-05 10:00"), "arrived"))

    def test_filters_and_groups(self):
        order = self._promised()
        self.env.flush_all()
        rows = self.env["sbo.order.execution"].with_user(self.clerk).with_context(sbo_as_of=at(AS_OF))
        mine = ("order_id", "=", order.id)
        for domain in ([("is_open", "=", True)], [("shipped", "in", ("todo", "part", "stop"))], [("days_late", ">", 0)],
                       [("order_id.sbo_promise_untold", "=", True)], [("clerk_id", "=", self.clerk.id)]):
            self.assertEqual(rows.search([*domain, mine]).order_id, order, domain)
        self.assertFalse(rows.search([("issue_count", ">", 0), mine]))
        for group in ("next_step", "clerk_id", "partner_id", "promised_at:week", "shipped"):
            [(_key, count)] = rows._read_group([mine], [group], ["__count"])
            self.assertEqual(count, 1, group)

    def test_the_row_opens_the_order_and_takes_an_entry(self):
        order = self._promised()
        row = self._row(order).with_user(self.clerk)
        self.assertEqual(row.action_open_order()["res_id"], order.id)
        self.assertEqual(row.action_sbo_progress()["context"]["default_order_ids"], order.ids)

    def test_who_sees_what(self):
        mine, foreign = self._promised(), self._promised()
        foreign.user_id = self.manager
        self.env.flush_all()
        both = [("order_id", "in", (mine + foreign).ids)]
        rows = self.env["sbo.order.execution"]
        self.assertEqual(rows.with_user(self.salesperson).search(both).order_id, mine)
        self.assertEqual(len(rows.with_user(self.auditor).search(both)), 2)
        self.assertFalse(rows.with_user(self.company2_clerk).search(both))
        with self.assertRaises(AccessError):
            rows.with_user(self.outsider).search(both)

    def test_ten_times_the_orders_take_no_more_queries(self):
        def cost(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self.env["sbo.order.execution"].with_user(self.clerk).with_context(sbo_as_of=at(AS_OF))
            before = self.env.cr.sql_log_count
            found = rows.web_search_read(
                [("is_open", "=", True), ("order_id", "in", orders.ids)],
                {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in LIST}, limit=500)
            self.assertEqual(found["length"], len(orders))
            return self.env.cr.sql_log_count - before

        few = self.env["sale.order"].union(*(self._promised() for _number in range(3)))
        many = self.env["sale.order"].union(*(self._promised() for _number in range(30)))
        cost(few)
        self.assertLessEqual(cost(many), cost(few))
