from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import at
from .common_tenders import SboTendersCommon

PAID = {"bond_amount": 500, "bond_paid_on": "2026-03-02"}


@tagged("post_install", "-at_install")
class TestTenderBond(SboTendersCommon):
    """The bid bond: paid, due back after the contract or the bad news, reminded, returned, given up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"sbo_bond_days_signed": 5, "sbo_bond_days_result": 7, "sbo_bond_remind_days": 2})

    def _contract(self, tender):
        tender.with_user(self.clerk).action_create_contract()
        return tender.contract_id

    def test_its_way(self):
        tender = self._tender(bond_amount=500)
        self.assertEqual((tender.bond_state, tender.bond_outstanding), ("unpaid", 0))
        tender.with_user(self.clerk).bond_paid_on = "2026-03-02"
        self.assertEqual((tender.bond_state, tender.bond_outstanding), ("paid", 500))
        self.assertEqual(self._tender().bond_state, "none")

    def test_due_after_signing_when_won(self):
        tender = self._won(**PAID)
        self.assertFalse(tender.bond_due_back_on, "the contract is not signed yet")
        contract = self._contract(tender)
        with freeze_time(at("2026-03-30 10:00")):
            contract.signed_on = "2026-03-30"
        self.assertEqual(str(tender.bond_due_back_on), "2026-04-04")
        self.assertEqual(self._todos(tender), {"bond_back": ("2026-04-02", self.clerk)}, "reminded before")
        self.assertEqual((tender.next_deadline_kind, tender.next_deadline_at), ("bond_back", at("2026-04-04 23:59:59")))

    def test_due_after_the_notice_when_not_won(self):
        for step in ("lose", "reject", "withdraw"):
            with self.subTest(step=step):
                tender = self._opened(**PAID)
                with freeze_time(at("2026-03-26 10:00")):
                    getattr(tender.with_user(self.clerk), f"action_{step}")("Price", "2026-03-25")
                self.assertEqual(str(tender.bond_due_back_on), "2026-04-01")
                self.assertEqual(self._todos(tender, "bond_back"), ("2026-03-30", self.clerk))

    def test_another_day_in_the_papers(self):
        tender = self._lost(**PAID)
        tender.with_user(self.clerk).bond_due_back_on = "2026-05-01"
        self.assertEqual(self._todos(tender, "bond_back"), ("2026-04-29", self.clerk))

    def test_nothing_is_due_of_what_was_not_paid(self):
        tender = self._tender(bond_amount=500)
        tender.with_user(self.clerk).action_withdraw("Too small")
        self.assertFalse(tender.bond_due_back_on)
        self.assertFalse(tender.activity_ids)

    def test_returned(self):
        tender = self._lost(**PAID)
        with freeze_time(at("2026-04-02 10:00")):
            tender.with_user(self.clerk).write({"bond_returned_on": "2026-04-01", "bond_returned_amount": 200})
            self.assertEqual((tender.bond_state, tender.bond_outstanding), ("paid", 300))
            self.assertTrue(tender.activity_ids)
            tender.with_user(self.clerk).write({"bond_returned_on": "2026-04-02", "bond_returned_amount": 500})
        self.assertEqual((tender.bond_state, tender.bond_outstanding), ("returned", 0))
        self.assertFalse(tender.activity_ids)

    def test_the_day_alone_means_all_of_it(self):
        tender = self._lost(**PAID)
        with freeze_time(at("2026-04-02 10:00")):
            tender.with_user(self.clerk).bond_returned_on = "2026-04-01"
        self.assertEqual((tender.bond_returned_amount, tender.bond_state), (500, "returned"))

    def test_sums_and_days_that_cannot_be(self):
        tender = self._lost(**PAID)
        with freeze_time(at("2026-04-02 10:00")):
            for vals, words in (
                    ({"bond_returned_on": "2026-04-01", "bond_returned_amount": 501}, "more of the bid bond"),
                    ({"bond_returned_on": "2026-03-01"}, "after it was paid"),
                    ({"bond_returned_amount": 100}, "after it was paid"),
                    ({"bond_returned_on": "2026-04-03"}, "not before")):
                with self.subTest(vals=vals), self.assertRaisesRegex(ValidationError, words):
                    tender.with_user(self.clerk).write(vals)

    def test_given_up_by_a_manager_without_a_part(self):
        tender = self._lost(**PAID)
        self._refused("back-office manager", tender.with_user(self.clerk).action_forfeit_bond, "We withdrew late")
        self._refused("by the button", tender.with_user(self.manager).write, {"bond_forfeit_reason": "x"})
        action = tender.with_user(self.manager).action_forfeit_bond()
        self.assertEqual(action["context"]["default_step"], "forfeit_bond")
        tender.with_user(self.manager).action_forfeit_bond("We withdrew late")
        self.assertEqual((tender.bond_state, tender.bond_outstanding, tender.bond_forfeited_by_id),
                         ("forfeited", 0, self.manager))
        self.assertFalse(tender.activity_ids)
        self._refused("no bid bond with the tenderer", tender.with_user(self.manager).action_forfeit_bond, "again")
        own = self._lost(**PAID)
        own.user_id = self.manager
        self._refused("no part", own.with_user(self.manager).action_forfeit_bond, "x")

    def test_every_deadline_is_a_todo_of_the_clerk(self):
        tender = self._tender(
            papers_until=at("2026-03-05 17:00"), clarification_at=at("2026-03-10 17:00"), bond_amount=500,
            bond_due_at=at("2026-03-18 17:00"))
        self.assertEqual(self._todos(tender), {
            "papers": ("2026-03-05", self.clerk), "clarification": ("2026-03-10", self.clerk),
            "bond": ("2026-03-18", self.clerk), "submission": ("2026-03-20", self.clerk)})
        self.assertEqual((tender.next_deadline_kind, tender.next_deadline_at), ("papers", at("2026-03-05 17:00")))
        act = tender.with_user(self.clerk)
        act.papers_bought_on = "2026-03-02"
        act.clarified = True
        self.assertEqual(tender.next_deadline_kind, "bond")
        act.bond_paid_on = "2026-03-02"
        self.assertEqual(self._todos(tender), {"submission": ("2026-03-20", self.clerk)})
        act.write({"submission_at": at("2026-03-24 09:00"), "opening_at": at("2026-03-24 14:00")})
        self.assertEqual(self._todos(tender), {"submission": ("2026-03-24", self.clerk)})
        tender.with_user(self.supervisor).sbo_clerk_id = self.clerk2
        self.assertEqual(self._todos(tender), {"submission": ("2026-03-24", self.clerk2)})
        act.action_prepare()
        self._document(tender)
        act.action_submit()
        self.assertEqual(self._todos(tender), {"opening": ("2026-03-24", self.clerk2)})
        self.assertEqual(tender.next_deadline_at, at("2026-03-24 14:00"))

    def test_what_was_ticked_off_does_not_come_back(self):
        tender = self._tender(clarification_at=at("2026-03-10 17:00"))
        todo = tender.activity_ids.filtered(
            lambda item: item.activity_type_id == self.env.ref("sales_back_office.sbo_activity_tender_clarification"))
        todo.with_user(self.clerk).action_feedback(feedback="Nothing to ask")
        tender.with_user(self.clerk).price = 900
        tender.with_user(self.clerk).bond_amount = 500
        self.assertNotIn("clarification", self._todos(tender))
        tender.with_user(self.clerk).clarification_at = at("2026-03-11 17:00")
        self.assertIn("clarification", self._todos(tender), "another day is another to-do")

    def test_a_guarantee_counts_like_money(self):
        tender = self._submitted(bond_form="guarantee", **PAID)
        with self.assertRaises(UserError):
            tender.with_user(self.clerk).bond_form = "transfer"
        self.assertEqual(tender.bond_outstanding, 500)
