from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon


@tagged("post_install", "-at_install")
class TestOrdersIssues(SboDeliveriesCommon):
    """Something goes wrong with an order: who answers the customer by when, and how it ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._promised()
        cls.company.write({"sbo_issue_reply_hours": 4, "sbo_issue_result_days": 3})

    def _as(self, moment, user=None):
        env = self.env(user=user or self.clerk)
        return env(context=dict(env.context, sbo_as_of=at(moment)))

    def _issue(self, opened="2026-03-03 10:00", user=None, **vals):
        return self.env["sbo.order.issue"].with_env(self._as(opened, user)).create({
            "order_id": self.order.id, "kind": "shortage", "description": "Two are missing", **vals})

    def _step(self, issue, step, moment, user=None, text="Said so", how="call"):
        env = self._as(moment, user)
        wizard = env["sbo.order.issue.step"].create({
            "issue_ids": issue.ids, "step": step, "text": text, "how": how, "moment": at(moment)})
        wizard.action_apply()

    def test_time_limits_start_at_once(self):
        issue = self._issue()
        self.assertRegex(issue.name, r"^ISS/")
        self.assertEqual(issue.reply_due_at, at("2026-03-03 15:30"), "four working hours, lunch left out")
        self.assertEqual(issue.result_due_at, at("2026-03-06 18:00"), "the end of the third working day")
        self.assertEqual((issue.partner_id, issue.sbo_clerk_id), (self.customer, self.clerk))

    def test_known_on_saturday_starts_on_monday(self):
        self.assertEqual(self._issue("2026-03-07 11:00").reply_due_at, at("2026-03-09 13:30") - (
            at("2026-03-09 13:30") - at("2026-03-09 14:00")))

    def test_noted_later_counts_from_when_it_was_known(self):
        issue = self._issue("2026-03-03 16:00", opened_at=at("2026-03-03 10:00"))
        self.assertEqual(issue.reply_due_at, at("2026-03-03 15:30"))
        with self.assertRaisesRegex(UserError, "future"):
            self._issue("2026-03-03 16:00", opened_at=at("2026-03-04 10:00"))

    def test_the_way_of_an_issue(self):
        issue = self._issue()
        self._step(issue, "reply", "2026-03-03 14:00", text="Two come on Friday")
        self.assertEqual((issue.state, issue.replied_at, issue.replied_by_id), (
            "replied", at("2026-03-03 14:00"), self.clerk))
        self.assertIn("Two come on Friday", issue.message_ids[0].body, "what was said stays")
        self._step(issue, "reply", "2026-03-04 14:00")
        self.assertEqual(issue.replied_at, at("2026-03-03 14:00"), "the first reply stays the first")
        self._step(issue, "solve", "2026-03-05 14:00", text="Delivered from Shanghai")
        self.assertEqual((issue.state, issue.solved_at, issue.solution), (
            "solved", at("2026-03-05 14:00"), "Delivered from Shanghai"))
        with self.assertRaisesRegex(UserError, "Solved"):
            self._step(issue, "reply", "2026-03-05 15:00")
        self._step(issue, "reopen", "2026-03-06 09:00")
        self.assertEqual((issue.state, issue.solved_at), ("replied", False))

    def test_a_result_at_once_is_also_the_first_reply(self):
        issue = self._issue()
        self._step(issue, "solve", "2026-03-03 11:00")
        self.assertEqual(issue.replied_at, at("2026-03-03 11:00"))

    def test_a_mail_to_the_customer_is_a_reply_and_a_note_is_none(self):
        issue = self._issue()
        sent = issue.action_mail_customer()["context"]["sbo_issue_reply"]
        writing = issue.with_context(sbo_issue_reply=sent, sbo_as_of=at("2026-03-03 11:00"))
        writing.message_post(body="for us", partner_ids=self.supervisor.partner_id.ids)
        self.assertEqual(issue.state, "open", "a colleague is not the customer")
        writing.message_post(body="We are sorry", partner_ids=self.customer.ids)
        self.assertEqual((issue.state, issue.replied_at), ("replied", at("2026-03-03 11:00")))

    def test_answers_are_in_the_contact_log(self):
        issue = self._issue()
        self._step(issue, "reply", "2026-03-03 14:00", text="Two come on Friday", how="visit")
        issue.with_env(self._as("2026-03-04 11:00")).with_context(sbo_issue_reply=True).message_post(
            body="Tomorrow", subject="Your order", partner_ids=self.customer.ids)
        self._step(issue, "solve", "2026-03-05 14:00", text="Delivered")
        self._step(issue, "reopen", "2026-03-06 09:00")
        logs = self.env["sbo.contact.log"].search([("order_id", "=", self.order.id)], order="date")
        self.assertEqual(logs.mapped(lambda log: (log.kind, log.result, log.note)), [
            ("visit", "reached", "Two come on Friday"), ("email", "sent", "Your order"),
            ("call", "reached", "Delivered")])
        self.assertEqual(logs.user_id, self.clerk)
        self.assertEqual(set(logs.mapped("subject")), {"order"})

    def test_nobody_makes_up_a_reply(self):
        issue = self._issue()
        for vals in ({"state": "solved"}, {"replied_at": at("2026-03-03 10:30")}, {"opened_at": at("2026-03-09 10:00")},
                     {"reply_due_at": at("2026-04-01 10:00")}):
            with self.assertRaisesRegex(UserError, "steps"):
                issue.with_context(sbo_step=True).write(vals)
        made = self._issue(state="solved", replied_at=at("2026-03-03 10:01"), reply_due_at=at("2026-12-01 10:00"))
        self.assertEqual((made.state, made.replied_at, made.reply_due_at), ("open", False, at("2026-03-03 15:30")))
        with self.assertRaisesRegex(UserError, "before the issue"):
            self._step(issue, "reply", "2026-03-03 09:00")
        with self.assertRaisesRegex(UserError, "cancel it"):
            issue.with_user(self.supervisor).unlink()

    def test_who_may(self):
        issue = self._issue(user=self.salesperson)
        self.assertEqual(issue.opened_by_id, self.salesperson, "a salesperson may open one for the own order")
        with self.assertRaises(AccessError):
            self._step(issue, "cancel", "2026-03-03 11:00", self.salesperson)
        self._step(issue, "cancel", "2026-03-03 11:00", self.clerk)
        self.order.user_id = self.manager
        with self.assertRaises(AccessError):
            self._issue(user=self.salesperson)
        with self.assertRaises(AccessError):
            issue.with_user(self.auditor).write({"cause": "purchase"})
        self.assertEqual(issue.with_user(self.auditor).kind, "shortage")
        self.assertFalse(self.env["sbo.order.issue"].with_user(self.company2_clerk).search([("id", "=", issue.id)]))

    def test_who_puts_it_right_is_asked_and_reads_it(self):
        """People of warehouse and production, without any right in sales."""
        store, stranger = self._user("sbo_store", "stock.group_stock_user"), self._user("sbo_far", "base.group_user")
        issue = self._issue(user_id=self.outsider.id)
        todo = issue.activity_ids
        self.assertEqual((todo.user_id, str(todo.date_deadline)), (self.outsider, "2026-03-06"))
        self.assertIn(self.outsider.partner_id, issue.message_partner_ids, "told by mail, and of what comes")
        mine = issue.with_user(self.outsider)
        self.assertEqual(Form(mine).description, "Two are missing")
        mine.message_post(body="They come on Friday")
        self.assertEqual(mine.allowed_actions, "", "the clerk answers the customer")
        with self.assertRaises(AccessError):
            mine.write({"cause": "purchase"})
        with self.assertRaises(AccessError):
            issue.with_user(stranger).read(["name"])
        issue.with_user(self.clerk).user_id = store
        self.assertEqual(issue.activity_ids.user_id, store, "handed on")
        self._step(issue, "solve", "2026-03-05 14:00")
        self.assertFalse(issue.activity_ids)
        self._step(issue, "reopen", "2026-03-06 09:00")
        self.assertEqual(issue.activity_ids.user_id, store)

    def test_the_department_is_told_and_reads_it(self):
        store = self.env["sbo.department"].create({"name": "Store", "member_ids": [Command.set(self.outsider.ids)]})
        before = self.env["mail.notification"].search([]).ids
        issue = self._issue(department_id=store.id)
        told = self.env["mail.notification"].search([("id", "not in", before)])
        self.assertEqual(told.res_partner_id, self.outsider.partner_id)
        self.assertEqual(self.env["sbo.order.issue"].with_user(self.outsider).search([("id", "=", issue.id)]), issue)
        other = self._issue()
        other.with_user(self.clerk).department_id = store
        self.assertIn(self.outsider.partner_id, other.message_partner_ids)

    def test_in_charge_of_anothers_order(self):
        """Being in charge gives a salesperson sight of the issue, no rights on it."""
        issue = self._issue(user_id=self.salesperson.id)
        self.order.user_id = self.manager
        self.assertEqual(issue.with_user(self.salesperson).kind, "shortage")
        with self.assertRaises(AccessError):
            issue.with_user(self.salesperson).write({"cause": "purchase"})

    def test_buttons_follow_the_table(self):
        issue = self._issue()
        self.assertEqual(issue.with_user(self.clerk).allowed_actions, "reply,solve,cancel")
        self.assertEqual(issue.with_user(self.salesperson).allowed_actions, "reply,solve")
        self.assertEqual(issue.with_user(self.auditor).allowed_actions, "")

    def test_check_of_the_first_reply_counts_hours(self):
        issue, check = self._issue(), self._shipped("order_issue_reply_late")
        self._run(check, "2026-03-03 15:00")
        self.assertFalse(self._findings(issue, check))
        self._run(check, "2026-03-04 09:30")
        found = self._findings(issue, check)
        self.assertEqual((found.user_id, found.due_at, found.quantity), (self.clerk, at("2026-03-03 15:30"), 3.5))
        self._step(issue, "reply", "2026-03-04 10:30")
        self._run(check, "2026-03-05 02:00")
        self.assertEqual((found.closed_at, found.quantity), (at("2026-03-04 10:30"), 4.5))
        self.assertIn("Shortage", self.env["sbo.evidence"]._as_text(found))

    def test_check_of_the_result_counts_cases(self):
        issue, check = self._issue(), self._shipped("order_issue_result_late")
        self._step(issue, "reply", "2026-03-03 11:00")
        self._run(check, "2026-03-07 02:00")
        found = self._findings(issue, check)
        self.assertEqual((len(found), found.quantity, found.due_at), (1, 1, at("2026-03-06 18:00")))
        self._step(issue, "solve", "2026-03-09 10:00")
        self._run(check, "2026-03-10 02:00")
        self.assertEqual(found.closed_at, at("2026-03-09 10:00"))

    def test_cancelled_and_in_time_are_nobodys_fault(self):
        cancelled, quick = self._issue(), self._issue()
        self._step(cancelled, "cancel", "2026-03-03 11:00")
        self._step(quick, "solve", "2026-03-03 12:00")
        for code in ("order_issue_reply_late", "order_issue_result_late"):
            check = self._shipped(code)
            self._run(check, "2026-03-10 02:00")
            self.assertFalse(self._findings(cancelled + quick, check))

    def test_smart_buttons(self):
        self._issue(picking_id=self.order.picking_ids.id)
        self._issue()
        self.env.invalidate_all()
        self.assertEqual(self.order.sbo_issue_count, 2)
        self.assertEqual(self.order.picking_ids.sbo_issue_count, 1)
        action = self.order.picking_ids.action_sbo_issues()
        self.assertEqual(action["context"]["default_order_id"], self.order.id)

    def test_opening_many_takes_no_more_queries(self):
        def cost(number):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["sbo.order.issue"].with_context(tracking_disable=True).create([
                {"order_id": self.order.id, "kind": "quality", "description": "x", "name": f"N{number}-{one}"}
                for one in range(number)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(2)
        self.assertLessEqual(cost(20), cost(2) + 1)
