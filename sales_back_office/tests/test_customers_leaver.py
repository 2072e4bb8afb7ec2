from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.res_users import ResUsers
from .assignment_common import AssignmentCommon
from .common import at


@tagged("post_install", "-at_install")
class TestCustomersLeaver(AssignmentCommon):
    """What goes with a customer, and what happens when a person leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.assignment.rule"].search([]).active = False
        cls.product = cls._product("Bolt", price=100, invoice_policy="order")

    def _old(self, name, salesperson=None, **vals):
        env = self.env["res.partner"].with_context(sbo_no_assignment=True)
        return env.create({"name": name, "is_company": True, "sbo_is_customer": True,
                           "user_id": (salesperson or self.salesperson).id, **vals})

    def _leave(self, user, run=True, **vals):
        wizard = self.env["sbo.leaver"].with_user(self.supervisor).create({"user_id": user.id, **vals})
        if run:
            wizard.action_hand_over()
        return wizard

    def _sold(self, customer, qty=1, **vals):
        return self._order(customer, self.product, qty, confirmed_at=at("2026-02-02 09:00"),
                           user_id=self.salesperson.id, **vals)

    # === packet === #

    def test_the_packet_says_what_the_documents_say(self):
        customer = self._old("Packed", child_ids=[Command.create({"name": "Anna"}), Command.create({"name": "Bob"})])
        order = self._sold(customer, 3)
        done = self._sold(customer, 5)
        self._delivery(done)
        invoice = done._create_invoices()
        invoice.action_post()
        self._order(customer, self.product, 2, user_id=self.salesperson.id)
        self._order(customer, self.product, 7, user_id=self.salesperson.id)._action_cancel()
        check = self.env.ref("sales_back_office.sbo_check_noted")
        self.env["sbo.finding"].create([
            {"check_id": check.id, "user_id": self.clerk.id, "res_model": model, "res_id": record.id}
            for model, record in (("res.partner", customer), ("sale.order", order))])
        self.env["sbo.assignment"].with_user(self.clerk)._renew(customer).action_assign(self.salesperson2.id)
        items = {item.kind: item for item in self._of(customer).item_ids}
        self.assertEqual((items["contacts"].quantity, items["contacts"].detail), (2, "Anna, Bob"))
        self.assertEqual((items["orders"].quantity, items["orders"].amount), (2, 500), "one to deliver, one quotation")
        self.assertEqual(items["receivable"].amount, invoice.amount_residual)
        self.assertEqual(items["receivable"].amount, 500)
        self.assertEqual(items["findings"].quantity, 2)
        mine = items["receivable"].with_user(self.salesperson2)
        self.assertEqual(mine.amount, 500, "told, although the invoices are another salesperson's")

    def test_foreign_currency_and_credit_notes(self):
        euro = self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "EUR" if self.company.currency_id.name != "EUR" else "USD")])
        euro.active = True
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create({"currency_id": euro.id, "rate": 2, "name": "2026-01-01",
                                              "company_id": self.company.id})
        pricelist = self.env["product.pricelist"].create({"name": "Foreign", "currency_id": euro.id})
        customer = self._old("Foreign")
        order = self._order(customer, self.product, 1, price=100, pricelist_id=pricelist.id)
        figures = customer._sbo_handover_figures()[customer.id]
        self.assertEqual(float(figures["order_amount"]), order.amount_total / order.currency_rate)
        done = self._sold(customer, 2)
        self._delivery(done)
        invoice = done._create_invoices()
        invoice.action_post()
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.assertEqual(customer._sbo_handover_figures()[customer.id]["receivable"], 0)

    def test_another_area_adds_its_lines(self):
        area = type(self.env["res.partner"])
        original = area._sbo_handover_items

        def with_contracts(partners, kind):
            lines = original(partners, kind)
            return {key: [*found, {"kind": "other", "detail": "Contract C-1"}] for key, found in lines.items()}

        with patch.object(area, "_sbo_handover_items", with_contracts):
            assignment = self._assigned()
        self.assertIn("Contract C-1", assignment.item_ids.mapped("detail"))
        with self.assertRaisesRegex(UserError, "nothing to open"):
            assignment.item_ids[-1].action_open()
        self.assertEqual(assignment.item_ids[0].action_open()["res_model"], "res.partner")

    # === leaver === #

    def test_a_salesperson_leaves(self):
        first, second = self._old("First"), self._old("Second")
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": first.id, "user_id": self.salesperson.id})
        archived = self._old("Archived", active=False)
        stranger = self._old("Stranger", self.salesperson2)
        pending = self._assigned(name="Pending")
        open_order, foreign = self._sold(first), self._sold(stranger)
        closed = self._sold(second)
        self._delivery(closed)
        closed._create_invoices().action_post()
        quotation = self._order(first, self.product, user_id=self.salesperson.id)
        wizard = self._leave(self.salesperson, run=False, successor_id=self.salesperson3.id)
        self.assertEqual(wizard.customer_ids, first | second | pending.partner_id)
        self.assertEqual(wizard.order_ids, open_order | foreign | quotation)
        wizard.action_hand_over()
        self.assertEqual((first | second | contact | archived | pending.partner_id).user_id, self.salesperson3)
        self.assertEqual(stranger.user_id, self.salesperson2)
        self.assertEqual((open_order | foreign | quotation).user_id, self.salesperson3)
        self.assertEqual(closed.user_id, self.salesperson, "what is finished stays who sold it")
        made = wizard.assignment_ids
        self.assertEqual(made.partner_id, wizard.customer_ids | first | second | pending.partner_id)
        self.assertEqual((set(made.mapped("kind")), set(made.mapped("state"))), ({"leaver"}, {"assigned"}))
        self.assertEqual(made.from_user_id, self.salesperson)
        self.assertEqual(pending.state, "cancelled")
        self.assertTrue(all(assignment.item_ids for assignment in made))
        self.assertEqual(made.activity_ids.user_id, self.salesperson3)
        self.assertIn("3 customers and 3 open orders", wizard.summary)
        with self.assertRaisesRegex(UserError, "is done"):
            wizard.action_hand_over()

    def test_by_rule_with_a_successor_for_the_rest(self):
        region = self.env["sbo.region"].create({"name": "East"})
        rule = self._rule((5, 3, 2), region_ids=[Command.set(region.ids)])
        east = self.env["res.partner"].union(*(self._old(f"East {n}", sbo_region_id=region.id) for n in range(4)))
        west = self._old("West")
        order = self._sold(east[0])
        with self.assertRaisesRegex(UserError, "choose a successor"):
            self._leave(self.salesperson, choice="rule")
        self._leave(self.salesperson, choice="rule", successor_id=self.supervisor.id)
        self.assertNotIn(self.salesperson, east.user_id)
        self.assertEqual(sorted(partner.user_id.login for partner in east),
                         ["sbo_salesperson2"] * 2 + ["sbo_salesperson3"] * 2)
        self.assertEqual(west.user_id, self.supervisor)
        self.assertEqual(order.user_id, east[0].user_id, "the order follows its customer")
        self.assertNotIn(self.salesperson, rule.share_ids.user_id, "no rule gives the leaver anything more")

    def test_a_clerk_leaves(self):
        served = self._old("Served", sbo_clerk_id=self.clerk.id)
        order = self._sold(served)
        self.salesperson.sbo_clerk_id = self.clerk
        waiting = self._newcomer("Waiting")
        with self.assertRaisesRegex(UserError, "choose the clerk"):
            self._leave(self.clerk)
        self._leave(self.clerk, clerk_successor_id=self.clerk2.id)
        self.assertEqual((served.sbo_clerk_id, order.sbo_clerk_id, waiting.sbo_clerk_id), (self.clerk2,) * 3)
        self.assertEqual((self.salesperson.sbo_clerk_id, self.company.sbo_intake_clerk_id), (self.clerk2,) * 2)
        self.assertEqual(served.user_id, self.salesperson, "the salesperson stays")
        history = self.env["sbo.responsibility"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", served.id)], order="date_from, id")
        self.assertEqual(history.user_id, self.clerk | self.clerk2)
        self.assertTrue(history[0].date_to)
        self.assertFalse(history[-1].date_to)

    def test_what_stands_in_the_way(self):
        self._old("Held")
        with patch.object(ResUsers, "_sbo_leaver_obstacles", lambda users: ["Three loans are not returned."]):
            wizard = self._leave(self.salesperson, run=False, successor_id=self.salesperson2.id)
            self.assertEqual(wizard.obstacles, "Three loans are not returned.")
            with self.assertRaisesRegex(UserError, "Three loans"):
                wizard.action_hand_over()
        with self.assertRaisesRegex(UserError, "from themselves"):
            self._leave(self.salesperson, successor_id=self.salesperson.id)
        with self.assertRaisesRegex(UserError, "Choose who takes over"):
            self._leave(self.salesperson)
        with self.assertRaises(AccessError):
            self.env["sbo.leaver"].with_user(self.clerk).create({"user_id": self.salesperson.id})

    def test_the_other_company_stays(self):
        abroad = self._old("Abroad", company_id=self.company2.id)
        here = self._old("Here")
        self._leave(self.salesperson, successor_id=self.salesperson2.id)
        self.assertEqual((abroad.user_id, here.user_id), (self.salesperson, self.salesperson2))

    def test_ten_times_the_customers_cost_no_more_queries(self):
        counts = []
        for count in (2, 5, 50):
            user = self._user(f"sbo_leaver_{count}", "sales_team.group_sale_salesman")
            customers = self.env["res.partner"].union(*(
                self._old(f"C{n}", user, sbo_clerk_id=self.clerk.id) for n in range(count)))
            self.env["sale.order"].create([
                {"partner_id": customer.id, "user_id": user.id,
                 "order_line": [Command.create({"product_id": self.product.id})]} for customer in customers])
            wizard = self._leave(user, run=False, successor_id=self.salesperson2.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_hand_over()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(wizard.assignment_ids), count)
        self.assertLessEqual(counts[2] - counts[1], 10, counts)
