from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..tools.recurrence import following
from .common_contracts import SboContractsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestContractObligations(SboContractsCommon):
    """Payments, deliveries and other obligations: who, when, how much, again when."""

    def _live(self, *milestones, **vals):
        return self._contract("signed", milestone_ids=list(milestones), **vals)

    def _daily(self, day="2026-03-02"):
        with freeze_time(f"{day} 04:00:00"):
            self.env["sbo.contract.milestone"]._cron_daily()

    def test_days_of_a_series(self):
        self.assertEqual(following(date(2026, 1, 31), date(2026, 1, 31), 1, "month", date(2026, 4, 30)),
                         [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)])
        self.assertEqual(following(date(2026, 3, 2), date(2026, 3, 9), 1, "week", date(2026, 3, 20)),
                         [date(2026, 3, 16)])

    def test_percents_follow_the_amount_and_the_plan_is_compared(self):
        contract = self._contract(milestone_ids=[self._milestone(percent=30), self._milestone(amount=600)])
        self.assertEqual(contract.milestone_ids.mapped("amount"), [300, 600])
        self.assertEqual((contract.plan_rest, bool(contract.plan_warning)), (100, True))
        contract.milestone_ids[1].amount = 700
        self.assertFalse(contract.plan_warning)
        contract.amount = 2000
        self.assertEqual((contract.milestone_ids[0].amount, contract.plan_rest), (600, 700))
        self.assertFalse(self._contract().plan_warning)
        thirds = self._contract(amount=0.05, milestone_ids=[self._milestone(percent=50), self._milestone(percent=50)])
        self.assertFalse(thirds.plan_warning)

    def test_repeated_payments_count_as_planned(self):
        contract = self._contract(amount=1200, milestone_ids=[self._milestone(
            "2026-01-31", amount=100, repeat_every=1, repeat_unit="month", repeat_until="2026-12-31")])
        self.assertEqual((contract.plan_amount, contract.plan_warning), (1200, False))

    def test_the_next_one_comes_when_the_one_before_is_due(self):
        contract = self._live(self._milestone(
            "2026-03-31", amount=100, repeat_every=1, repeat_unit="month", repeat_until="2026-06-30"))
        self._daily("2026-03-30")
        self.assertEqual(len(contract.milestone_ids), 1)
        self._daily("2026-03-31")
        self._daily("2026-03-31")
        self.assertEqual(contract.milestone_ids.mapped("due_on"), [date(2026, 3, 31), date(2026, 4, 30)])
        self._daily("2026-06-15")  # nobody ran it for weeks
        self.assertEqual([item.due_on.day for item in contract.milestone_ids], [31, 30, 31, 30])
        self._daily("2026-09-15")
        self.assertEqual(len(contract.milestone_ids), 4)

    def test_the_next_one_is_open_whatever_the_context_says(self):
        contract = self._live(self._milestone(
            "2026-03-10", kind="other", repeat_every=1, repeat_unit="month", repeat_until="2026-06-30"))
        contract.milestone_ids.with_user(self.clerk).with_context(
            default_done_on="2026-03-01", default_done_by_id=self.clerk.id, default_reminded=True).action_done()
        later = contract.milestone_ids.sorted("due_on")[1]
        self.assertFalse(later.done_on or later.done_by_id or later.reminded)
        added = self.env["sbo.contract.milestone"].with_user(self.clerk).with_context(
            default_done_on="2026-03-01").create({
                "contract_id": contract.id, "name": "Call them", "kind": "other", "due_on": "2026-05-01"})
        self.assertFalse(added.done_on)

    def test_the_next_one_comes_when_it_is_done_early(self):
        contract = self._live(self._milestone(
            "2026-04-01", kind="other", repeat_every=2, repeat_unit="week", repeat_until="2026-12-31"))
        first = contract.milestone_ids
        first.with_user(self.clerk).action_done()
        self.assertEqual(contract.milestone_ids.mapped("due_on"), [date(2026, 4, 1), date(2026, 4, 15)])
        self.assertEqual((first.done_by_id, first.done_on, first.repeated), (self.clerk, date(2026, 3, 2), True))

    def test_not_before_signing_and_not_after_the_end(self):
        repeated = self._milestone("2026-03-01", kind="other", repeat_every=1, repeat_unit="day",
                                   repeat_until="2026-03-31")
        for state in ("draft", "approved", "terminated"):
            contract = self._contract(state, milestone_ids=[repeated])
            self._daily()
            self.assertEqual(len(contract.milestone_ids), 1)
        self._refused("not signed", self._contract(milestone_ids=[repeated]).milestone_ids.with_user(
            self.clerk).action_done)

    def test_done_comes_by_its_step(self):
        item = self._live(self._milestone(kind="other")).milestone_ids.with_user(self.clerk)
        self._refused("done by its step", item.write, {"done_on": "2026-03-01"})
        item.action_done()
        self._refused("done already", item.action_done)
        item.action_undone()
        self.assertFalse(item.done_on or item.done_by_id)

    def test_money_that_has_not_come_is_noted_by_a_supervisor_with_a_reason(self):
        contract = self._live(self._milestone(amount=300), self._milestone(kind="other", name="Training"))
        item, other = contract.milestone_ids.sorted("amount", reverse=True)
        self._refused("Documents do not show", item.with_user(self.clerk).action_done, reason="Paid in cash",
                      error=AccessError)
        self._refused("Documents do not show", contract.milestone_ids.with_user(self.salesperson).action_done,
                      error=AccessError)
        self.assertFalse(item.done_on or other.done_on)
        for each, user in ((item, self.supervisor), (other, self.clerk)):
            self._refused("a day to come", each.with_user(user).action_done, "2026-03-03", "Soon")
        asked = item.with_user(self.supervisor).action_done()
        self.assertFalse(item.done_on)
        self.env["sbo.contract.step"].with_user(self.supervisor).with_context(**asked["context"]).create(
            {"reason": "Set off against our own debt"}).action_apply()
        self.assertEqual((item.done_by_id, item.done_on), (self.supervisor, date(2026, 3, 2)))
        self.assertIn("Set off against our own debt", contract.message_ids[:1].body)

    def test_one_to_do_for_whoever_is_in_charge(self):
        contract = self._live(self._milestone("2026-03-10", user_id=self.salesperson.id),
                              self._milestone("2026-03-11", user_id=self.outsider.id, kind="other"),
                              self._milestone("2026-03-12"), self._milestone("2025-01-01"))
        first, hidden, clerk_s, old = (contract.milestone_ids.sorted("due_on")[index] for index in (1, 2, 3, 0))
        self._daily("2026-03-06")
        self.assertFalse(first.activity_ids)
        self._daily("2026-03-07")
        self._daily("2026-03-09")
        self._daily("2026-03-09")
        self.assertEqual((first.activity_ids.user_id, str(first.activity_ids.date_deadline)),
                         (self.salesperson, "2026-03-10"))
        # Who may not see the contract is not asked, its clerk is.
        self.assertEqual((hidden.activity_ids.user_id, clerk_s.activity_ids.user_id), (self.clerk, self.clerk))
        self.assertFalse(old.activity_ids)
        first._mark_done(date(2026, 3, 9))
        self.assertFalse(first.activity_ids)
        clerk_s.with_user(self.clerk).user_id = self.clerk2
        self.assertFalse(clerk_s.activity_ids)
        self._daily("2026-03-09")
        self.assertEqual(clerk_s.activity_ids.user_id, self.clerk2)

    def test_the_contract_begins_on_its_day(self):
        contract = self._live(date_start="2026-03-05")
        self._daily("2026-03-04")
        self.assertEqual(contract.state, "signed")
        self._daily("2026-03-04 16:30:00"[:10])
        with freeze_time("2026-03-04 16:30:00"):  # already the fifth in Shanghai
            self.env["sbo.contract.milestone"]._cron_daily()
        self.assertEqual(contract.state, "execution")

    def test_overdue_ones_are_found(self):
        contract = self._live(self._milestone("2026-03-01"), self._milestone("2026-03-02"))
        found = self.env["sbo.contract.milestone"].search(
            [("overdue", "=", True), ("contract_id", "=", contract.id)])
        self.assertEqual(found, contract.milestone_ids.filtered("overdue"))
        self.assertEqual(str(found.due_on), "2026-03-01")

    def test_a_done_one_stays(self):
        contract = self._live(self._milestone(kind="other"))
        contract.milestone_ids._mark_done(date(2026, 3, 1))
        self._refused("it stays", contract._own().milestone_ids.unlink)

    def test_repetition_needs_an_end(self):
        self._refused("until when", self._contract, milestone_ids=[self._milestone(repeat_every=1)])

    def test_queries_do_not_grow(self):
        def cost(count):
            self._contract("signed", milestone_ids=[self._milestone(
                "2026-03-01", kind="other", repeat_every=1, repeat_unit="month", repeat_until="2026-12-31")
                for _n in range(count)])
            items = self.env["sbo.contract.milestone"].search(
                [("repeat_every", ">", 0), ("repeated", "=", False), ("contract_id.state", "=", "signed")])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            items._repeat()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(20)
        self.assertLessEqual(many, few + 2)  # the next ones' own remainder is made in batches

    def test_copied_without_its_history(self):
        contract = self._live(self._milestone(kind="other"))
        contract.milestone_ids._mark_done(date(2026, 3, 1))
        twin = contract.copy()
        self.assertEqual((twin.state, twin.name, twin.signed_on, twin.milestone_ids.done_on),
                         ("draft", "/", False, False))
        self.assertEqual(twin.with_user(self.salesperson).write({"milestone_ids": [Command.clear()]}), True)
