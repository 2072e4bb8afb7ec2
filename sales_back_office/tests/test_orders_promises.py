from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon


@tagged("post_install", "-at_install")
class TestOrdersPromises(SboDeliveriesCommon):
    """What the customer was promised, what became of it, and whether he knows."""

    def _as(self, moment, user=None):
        env = self.env(user=user or self.clerk)
        return env(context=dict(env.context, sbo_as_of=at(moment)))

    def _log(self, order):
        return self.env["sbo.order.promise"].search([("order_id", "=", order.id)], order="id")

    def _untold(self, order, moment):
        self.env.invalidate_all()
        order = order.with_context(sbo_as_of=at(moment))
        found = self.env["sale.order"].with_context(sbo_as_of=at(moment)).search(
            [("sbo_promise_untold", "=", True), ("id", "=", order.id)])
        self.assertEqual(bool(found), order.sbo_promise_untold, "list and form say the same")
        return order.sbo_promise_untold

    def test_changing_the_date_writes_its_line(self):
        order = self._promised()
        order.with_env(self._as("2026-03-03 10:00", self.salesperson)).commitment_date = at("2026-03-09 17:00")
        line = self._log(order)
        self.assertEqual((line.promised, line.new_date), (at("2026-03-05 17:00"), at("2026-03-09 17:00")))
        self.assertEqual((line.user_id, line.noted_at), (self.salesperson, at("2026-03-03 10:00")))
        self.assertEqual((line.days_slipped, line.untold), (4, True))
        self.assertFalse(line.reason, "why is asked for, not guessed")
        self.assertEqual((line.partner_id, line.clerk_id), (self.customer, self.clerk))

    def test_every_door(self):
        first, second = self._promised(), self._promised()
        (first + second).with_user(self.clerk).write({"commitment_date": at("2026-03-06 17:00")})
        self.assertEqual(len(self._log(first)), 1)
        self.assertEqual(len(self._log(second)), 1)
        self.env["sale.order"].with_user(self.clerk).load(
            [".id", "commitment_date"], [[str(first.id), "2026-03-08 09:00:00"]])
        self.assertEqual(len(self._log(first)), 2, "by import too")
        first.with_user(self.clerk).write({"commitment_date": first.commitment_date, "client_order_ref": "X"})
        self.assertEqual(len(self._log(first)), 2, "the same date again is no change")

    def test_no_context_passes_the_log_by(self):
        order = self._promised()
        order.with_user(self.salesperson).with_context(sbo_promise_kept=True).write(
            {"commitment_date": at("2026-03-20 17:00")})
        self.assertEqual(self._log(order).new_date, at("2026-03-20 17:00"))

    def test_quotations_promise_nothing(self):
        quotation = self._order(self.customer, self.product, commitment_date=at("2026-03-05 17:00"))
        quotation.commitment_date = at("2026-03-09 17:00")
        self.assertFalse(self._log(quotation))
        with self.assertRaisesRegex(UserError, "not confirmed"):
            self.env["sbo.order.promise"].create({"order_id": quotation.id, "new_date": at("2026-03-05 17:00")})

    def test_a_line_of_the_log_moves_the_order(self):
        order = self._promised()
        line = self.env["sbo.order.promise"].with_user(self.clerk).create({
            "order_id": order.id, "new_date": at("2026-03-09 17:00"), "reason": "production", "told_how": "call"})
        self.assertEqual(order.commitment_date, at("2026-03-09 17:00"))
        self.assertEqual(self._log(order), line, "one line for one change")
        self.assertEqual((line.promised, line.told_by_id), (at("2026-03-05 17:00"), self.clerk))
        self.assertTrue(line.told_at)

    def test_a_forecast_leaves_the_promise(self):
        order = self._promised()
        line = self.env["sbo.order.promise"].with_user(self.clerk).create(
            {"order_id": order.id, "forecast": at("2026-03-08 17:00"), "reason": "purchase"})
        self.assertEqual(order.commitment_date, at("2026-03-05 17:00"))
        self.assertEqual((line.days_slipped, line.untold), (3, True))

    def test_nobody_makes_up_the_log(self):
        order = self._promised()
        order.with_env(self._as("2026-03-03 10:00")).commitment_date = at("2026-03-09 17:00")
        line = self._log(order).with_user(self.clerk)
        for field in ("promised", "new_date", "noted_at"):
            with self.assertRaisesRegex(UserError, "stay as they were noted"):
                line.write({field: at("2026-03-01 10:00")})
        with self.assertRaises(UserError):
            line.sudo().unlink()
        with self.assertRaises(AccessError):
            line.with_user(self.auditor).write({"note": "x"})
        with self.assertRaisesRegex(UserError, "future"):
            line.write({"told_how": "call", "told_at": "2999-01-01 00:00:00"})
        forged = self.env["sbo.order.promise"].with_user(self.clerk).create({
            "order_id": order.id, "forecast": at("2026-03-11 17:00"), "promised": at("2026-01-01 17:00"),
            "user_id": self.manager.id, "noted_at": at("2026-01-01 17:00")})
        self.assertEqual((forged.promised, forged.user_id), (order.commitment_date, self.clerk))
        self.assertNotEqual(forged.noted_at, at("2026-01-01 17:00"))

    def test_slipped_and_the_customer_does_not_know(self):
        order = self._promised()
        self.assertFalse(self._untold(order, "2026-03-05 23:00"))
        self.assertTrue(self._untold(order, "2026-03-06 00:30"), "the promised day is over and nothing has left")
        order.with_env(self._as("2026-03-06 09:00")).commitment_date = at("2026-03-10 17:00")
        self.assertTrue(self._untold(order, "2026-03-06 09:30"), "a new date in the system tells nobody")
        self._log(order).with_env(self._as("2026-03-06 10:00")).action_told()
        self.assertFalse(self._untold(order, "2026-03-06 10:30"))
        self.assertTrue(self._untold(order, "2026-03-11 00:30"), "and that day is over as well")
        self._delivery(order, done_at=at("2026-03-11 10:00"))
        self.assertFalse(self._untold(order, "2026-03-11 11:00"), "the goods are there")

    def test_his_own_wish_he_knows(self):
        order = self._promised()
        line = self.env["sbo.order.promise"].with_env(self._as("2026-03-03 10:00")).create(
            {"order_id": order.id, "new_date": at("2026-03-12 17:00"), "reason": "customer"})
        self.assertFalse(line.untold)
        self.assertFalse(self._untold(order, "2026-03-03 11:00"))

    def test_planned_later_than_promised(self):
        order = self._promised()
        order.picking_ids.scheduled_date = at("2026-03-09 10:00")
        self.assertTrue(self._untold(order, "2026-03-03 11:00"), "the warehouse plans for a day after the promise")
        self.assertEqual(order.with_context(sbo_as_of=at("2026-03-03 11:00")).sbo_expected_date, at("2026-03-09 10:00"))

    def test_earlier_is_no_slip(self):
        order = self._promised("2026-03-12 17:00")
        order.with_env(self._as("2026-03-03 10:00")).commitment_date = at("2026-03-09 17:00")
        self.assertEqual(self._log(order).days_slipped, -3)
        order.picking_ids.scheduled_date = at("2026-03-09 10:00")
        self.assertFalse(self._untold(order, "2026-03-03 11:00"))

    def test_check(self):
        order, check = self._promised(), self._shipped("promise_slipped_untold")
        order.with_env(self._as("2026-03-03 10:00")).commitment_date = at("2026-03-09 17:00")
        self._run(check, "2026-03-04 02:00")
        found = self._findings(order, check)
        self.assertEqual((found.user_id, found.due_at), (self.clerk, at("2026-03-03 10:00")))
        self.assertEqual(found.evidence["customer_expects"][:10], "2026-03-05")
        self._log(order).with_env(self._as("2026-03-04 10:00")).action_told()
        self._run(check, "2026-03-05 02:00")
        self.assertEqual(found.closed_at, at("2026-03-05 02:00"))

    def test_who_was_told_is_in_the_contact_log(self):
        order = self._promised()
        order.with_env(self._as("2026-03-03 10:00")).commitment_date = at("2026-03-09 17:00")
        logs = self.env["sbo.contact.log"]
        self.assertFalse(logs.search([("order_id", "=", order.id)]), "a new date in the system tells nobody")
        line = self._log(order).with_env(self._as("2026-03-04 10:00"))
        line.action_told()
        log = logs.search([("order_id", "=", order.id)])
        self.assertEqual((log.kind, log.subject, log.result, log.date, log.user_id, log.partner_id),
                         ("call", "order", "reached", at("2026-03-04 10:00"), self.clerk, self.customer))
        line.write({"told_how": "email"})
        self.assertEqual(logs.search([("order_id", "=", order.id)]), log, "one contact is one record")

    def test_form_of_the_dialog(self):
        order = self._promised()
        with Form(self.env["sbo.order.promise"].with_user(self.clerk).with_context(default_order_id=order.id)) as form:
            form.new_date = at("2026-03-09 17:00")
            form.reason = "shortage"
            form.told_how = "email"
        self.assertEqual(order.commitment_date, at("2026-03-09 17:00"))

    def test_who_sees_what(self):
        mine, foreign = self._promised(), self._promised()
        foreign.user_id = self.manager
        (mine + foreign).commitment_date = at("2026-03-09 17:00")
        rows = [("order_id", "in", (mine + foreign).ids)]
        log = self.env["sbo.order.promise"]
        self.assertEqual(log.with_user(self.salesperson).search(rows).order_id, mine)
        self.assertEqual(len(log.with_user(self.auditor).search(rows)), 2)
        self.assertFalse(log.with_user(self.company2_clerk).search(rows))

    def test_moving_many_dates_takes_no_more_queries(self):
        def cost(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._sbo_log_promises(orders, dict.fromkeys(orders.ids, at("2026-03-01 10:00")))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = self.env["sale.order"].union(*(self._promised() for _number in range(2)))
        many = self.env["sale.order"].union(*(self._promised() for _number in range(20)))
        cost(few)
        self.assertLessEqual(cost(many), cost(few) + 2)
