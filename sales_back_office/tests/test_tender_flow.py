from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import at
from .common_tenders import SboTendersCommon


@tagged("post_install", "-at_install")
class TestTenderFlow(SboTendersCommon):
    """A tender step by step: what must be there, who may, and what stays."""

    def test_the_whole_way(self):
        tender = self._tender()
        self.assertRegex(tender.name, r"^TND/2026/\d{3}$")
        self.assertEqual((tender.state, tender.sbo_clerk_id, tender.user_id), ("draft", self.clerk, self.salesperson))
        tender.with_user(self.salesperson).action_prepare()
        self._document(tender)
        with freeze_time(at("2026-03-19 15:00")):
            tender.with_user(self.salesperson).action_submit()
        self.assertEqual((tender.state, tender.submitted_at), ("submitted", at("2026-03-19 15:00")))
        with freeze_time(at("2026-03-20 09:30")):
            tender.with_user(self.clerk).action_open()
        with freeze_time(at("2026-03-25 10:00")):
            tender.with_user(self.clerk).action_win(950, note="Oak and Sons 1 020")
        self.assertEqual((tender.state, tender.awarded_amount, str(tender.result_on), tender.competitor_note),
                         ("won", 950, "2026-03-25", "Oak and Sons 1 020"))
        self.assertEqual(tender.won_rate, 100)

    def test_numbers_of_a_year(self):
        first, second = self._tender(), self._tender()
        self.assertEqual(int(second.name[-3:]), int(first.name[-3:]) + 1)
        with freeze_time(at("2027-01-04 09:00")):
            self.assertRegex(self._tender().name, r"^TND/2027/001$")
        with freeze_time(at("2028-01-01 00:30")):
            self.assertRegex(self._tender().name, r"^TND/2028/", "the year where the company is, not in Greenwich")
        self.assertNotEqual(self._tender(name="MINE").name, "MINE")

    def test_each_step_from_its_state_only(self):
        tender = self._tender()
        for step in ("submit", "open"):
            self._refused("it is “Draft”", getattr(tender.with_user(self.clerk), f"action_{step}"))
        self._refused("it is “Draft”", tender.with_user(self.clerk).action_win, 5)
        self._refused("it is “Draft”", tender.with_user(self.clerk).action_lose, "why")
        self.assertEqual(tender.with_user(self.clerk).allowed_actions, "prepare,withdraw")
        self.assertFalse(tender.with_user(self.auditor).allowed_actions)
        won = self._won()
        for step, words in (("action_lose", "why"), ("action_withdraw", "why"), ("action_win", 5)):
            self._refused("it is “Won”", getattr(won.with_user(self.clerk), step), words)

    def test_not_by_a_plain_write_nor_at_creation(self):
        tender = self._tender(state="won", awarded_amount=7, submitted_at=at("2026-03-01 09:00"))
        self.assertEqual((tender.state, tender.awarded_amount, tender.submitted_at), ("draft", 0, False))
        for vals in ({"state": "won"}, {"awarded_amount": 1}, {"result_on": "2026-03-01"}, {"reason": "x"},
                     {"late_reason": "x"}, {"submitted_at": at("2026-03-01 09:00")}):
            for user in (self.salesperson, self.clerk, self.manager):
                with self.subTest(vals=vals, user=user.login):
                    self._refused("come with its steps", tender.with_user(user).write, vals)

    def test_a_deadline_is_needed_to_take_part(self):
        tender = self._tender(submission_at=False, opening_at=False)
        self._refused("until when", tender.with_user(self.clerk).action_prepare)

    def test_what_is_missing_stops_the_submission(self):
        tender = self._tender(price=0, papers_cost=300, bond_amount=500)
        tender.action_prepare()
        act = tender.with_user(self.clerk)
        self._refused("papers have not been bought", act.action_submit)
        act.papers_bought_on = "2026-03-02"
        self._refused("no bid documents", act.action_submit)
        document = self._document(tender, progress=80)
        text = self._refused("not complete", act.action_submit)
        self.assertIn("Technical part (80 %)", text)
        document.with_user(self.clerk).progress = 100
        text = self._refused("bid bond of", act.action_submit)
        self.assertIn("500.00", text)
        act.bond_paid_on = "2026-03-02"
        self._refused("our price", act.action_submit)
        act.price = 900
        act.action_submit()
        self.assertEqual(tender.state, "submitted")

    def test_a_part_that_does_not_belong_is_archived(self):
        tender = self._prepared()
        extra = self._document(tender, progress=0, name="Not asked for")
        self.assertEqual(tender.completion, 50)
        extra.with_user(self.clerk).action_archive()
        self.assertEqual(tender.completion, 100)
        tender.with_user(self.clerk).action_submit()

    def test_after_the_deadline_a_manager_without_a_part_only(self):
        tender = self._prepared()
        with freeze_time(at("2026-03-20 09:01")):
            for user in (self.salesperson, self.clerk, self.supervisor):
                self._refused("the deadline was", tender.with_user(user).action_submit, "They took it all the same")
                self._refused("the deadline was", tender.with_user(user).action_submit)
            action = tender.with_user(self.manager).action_submit()
            self.assertEqual(action["res_model"], "sbo.tender.step", "the reason is asked for")
            wizard = self.env["sbo.tender.step"].with_user(self.manager).with_context(**action["context"]).create({
                "reason": "The platform was down; extended by an hour", "moment": at("2026-03-20 08:58")})
            wizard.action_apply()
        self.assertEqual((tender.state, tender.submitted_at, tender.late_by_id),
                         ("submitted", at("2026-03-20 08:58"), self.manager))
        self.assertIn("extended by an hour", tender.late_reason)
        self.assertIn("extended by an hour", tender.message_ids[0].body)

    def test_nobody_excuses_themselves(self):
        for role in ("user_id", "sbo_clerk_id", "create"):
            with self.subTest(role=role):
                tender = self._prepared(user=self.manager) if role == "create" else self._prepared()
                if role != "create":
                    tender[role] = self.manager
                with freeze_time(at("2026-03-21 09:00")):
                    self._refused("no part in", tender.with_user(self.manager).action_submit, "I was ill")

    def test_a_moment_of_ones_own_is_no_way_round(self):
        tender = self._prepared()
        with freeze_time(at("2026-03-20 09:01")):
            self._refused("the deadline was", tender.with_user(self.clerk).action_submit,
                          moment="2026-03-19 09:00:00")
            self._refused("put it off", tender.with_user(self.clerk).write, {"submission_at": at("2026-03-22 09:00"),
                                                                             "opening_at": at("2026-03-22 09:00")})
            tender.with_user(self.supervisor).write({
                "submission_at": at("2026-03-22 09:00"), "opening_at": at("2026-03-22 09:00")})
            tender.with_user(self.clerk).action_submit()
        self.assertEqual(tender.state, "submitted")

    def test_no_deadline_that_is_over_is_moved_away(self):
        tender = self._lost(bond_amount=500, bond_paid_on="2026-03-02")
        draft = self._tender(papers_until=at("2026-03-05 17:00"), bond_amount=500, bond_due_at=at("2026-03-06 17:00"))
        with freeze_time(at("2026-04-07 10:00")):
            for record, vals in ((tender, {"bond_due_back_on": "2026-05-01"}),
                                 (draft, {"papers_until": at("2026-03-15 17:00")}),
                                 (draft, {"bond_due_at": False})):
                text = self._refused("put it off", record.with_user(self.clerk).write, vals)
                self.assertIn(record.name, text)
            tender.with_user(self.supervisor).bond_due_back_on = "2026-05-01"
            tender.with_user(self.clerk).bond_due_back_on = "2026-04-20"
            with self.assertRaisesRegex(ValidationError, "not before"):
                draft.with_user(self.clerk).papers_bought_on = "2026-04-08"

    def test_put_off_before_it_is_over(self):
        tender = self._prepared()
        tender.with_user(self.clerk).write({"submission_at": at("2026-03-27 09:00"),
                                            "opening_at": at("2026-03-27 09:00")})
        self.assertEqual(tender.next_deadline_at, at("2026-03-27 09:00"))

    def test_not_opened_before_its_time(self):
        tender = self._submitted()
        with freeze_time(at("2026-03-20 08:00")):
            self._refused("opened on", tender.with_user(self.clerk).action_open)

    def test_words_and_amounts_are_asked_for(self):
        tender = self._opened()
        act = tender.with_user(self.clerk)
        for step in ("win", "lose", "reject", "withdraw"):
            action = getattr(act, f"action_{step}")()
            self.assertEqual((action["res_model"], action["context"]["default_step"]), ("sbo.tender.step", step))
        wizard = self.env["sbo.tender.step"].with_user(self.clerk)
        lose = wizard.create({"step": "lose", "tender_ids": tender.ids, "result_on": "2026-03-02"})
        self._refused("reason", lose.action_apply)
        win = wizard.create({"step": "win", "tender_ids": tender.ids})
        self.assertEqual(win.amount, 1000, "what we have offered, to begin with")
        win.amount = 0
        self._refused("for how much", win.action_apply)

    def test_the_day_of_a_result(self):
        tender = self._opened()
        for day in ("2026-03-18", "2026-04-01"):
            with freeze_time(at("2026-03-25 10:00")):
                self._refused("after the bid", tender.with_user(self.clerk).action_lose, "Price", day)
        with freeze_time(at("2026-03-25 10:00")):
            tender.with_user(self.clerk).action_reject("No seal on page 3", "2026-03-24")
        self.assertEqual((tender.state, str(tender.result_on), tender.reason),
                         ("rejected", "2026-03-24", "No seal on page 3"))

    def test_taken_back_by_another_manager(self):
        tender = self._lost()
        for user in (self.clerk, self.supervisor):
            self._refused("only a back-office manager", tender.with_user(user).action_reopen, "x", error=AccessError)
        tender.sbo_clerk_id = self.manager
        self._refused("their own", tender.with_user(self.manager).action_reopen, "x", error=AccessError)
        tender.sbo_clerk_id = self.clerk
        tender.with_user(self.manager).action_reopen("The wrong one")
        self.assertEqual((tender.state, tender.result_on, tender.reason, tender.won_rate), ("opened", False, False, 0))
        withdrawn = self._prepared()
        withdrawn.with_user(self.clerk).action_withdraw("Too small")
        withdrawn.with_user(self.manager).action_reopen("Not so small")
        self.assertEqual(withdrawn.state, "preparing")

    def test_what_was_handed_in_stays(self):
        tender = self._submitted(bond_amount=100, bond_paid_on="2026-03-02")
        for vals in ({"price": 1}, {"bond_amount": 0}, {"project": "x"}, {"tender_ref": "x"},
                     {"submission_at": at("2026-03-20 08:00")}):
            for user in (self.salesperson, self.clerk):
                with self.subTest(vals=vals, user=user.login):
                    self._refused("handed in as it is", tender.with_user(user).write, vals)
        self._refused("day of payment", tender.with_user(self.clerk).write, {"bond_paid_on": False})
        tender.with_user(self.clerk).write({"price": 1000, "note": "Asked by phone"})
        tender.with_user(self.supervisor).price = 1100
        self.env.cr.flush()
        tracked = tender.message_ids.sudo().tracking_value_ids.filtered(lambda value: value.field_id.name == "price")
        self.assertIn((1000, 1100), [(value.old_value_float, value.new_value_float) for value in tracked])

    def test_it_stays_in_the_register(self):
        for tender in (self._prepared(), self._lost()):
            for user in (self.salesperson, self.clerk, self.manager):
                with self.assertRaisesRegex(UserError, "in the register"):
                    tender.with_user(user).unlink()
        draft = self._tender()
        document = self._document(draft)
        draft.with_user(self.clerk).unlink()
        self.assertFalse(document.exists())

    def test_dates_in_their_order(self):
        with self.assertRaisesRegex(ValidationError, "before its deadline"):
            self._tender(opening_at=at("2026-03-19 09:00"))
        with self.assertRaisesRegex(ValidationError, "before the bid is due"):
            self._tender(clarification_at=at("2026-03-21 09:00"))

    def test_clerk_is_handed_over_by_a_supervisor(self):
        tender = self._tender()
        with self.assertRaisesRegex(AccessError, "only that clerk or a back-office supervisor"):
            tender.with_user(self.salesperson).sbo_clerk_id = self.clerk2
        tender.with_user(self.clerk).sbo_clerk_id = self.clerk2
        tender.with_user(self.supervisor).sbo_clerk_id = self.clerk
        history = self.env["sbo.responsibility"].search([("res_model", "=", "sbo.tender"), ("res_id", "=", tender.id)])
        self.assertEqual(len(history), 3)

    def test_many_at_once(self):
        tenders = self._tender() | self._tender()
        tenders.with_user(self.clerk).action_prepare()
        tenders.with_user(self.clerk).action_withdraw("The project is off")
        self.assertEqual(set(tenders.mapped("state")), {"withdrawn"})
