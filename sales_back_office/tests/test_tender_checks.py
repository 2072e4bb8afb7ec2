from odoo.tests import freeze_time, tagged

from .common import at
from .common_tenders import SboTendersCommon

PAID = {"bond_amount": 500, "bond_paid_on": "2026-03-02"}


@tagged("post_install", "-at_install")
class TestTenderChecks(SboTendersCommon):
    """What a night finds in tenders: bonds that are not back, deadlines missed, documents late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bond = cls._shipped("bid_bond_outstanding")
        cls.missed = cls._shipped("tender_deadline_missed")
        cls.late = cls._shipped("tender_document_late")

    def _night(self, check, moment, record, **kwargs):
        with freeze_time(at(moment)):
            self._run(check, moment, **kwargs)
        return self._findings(record, check)

    def test_bond_not_back(self):
        tender = self._lost(**PAID)  # the result was known on 25 March, five days
        self.assertFalse(self._night(self.bond, "2026-03-30 23:00", tender), "the day is not over")
        found = self._night(self.bond, "2026-03-31 02:00", tender)
        self.assertEqual((found.user_id, found.due_at, found.area, self._is_open(found)),
                         (self.clerk, at("2026-03-31 00:00"), "contracts", [True]))
        self.assertEqual(found.evidence["bond_amount"], 500)
        found = self._night(self.bond, "2026-04-02 20:00", tender)
        self.assertEqual(found.quantity, 3, "working days late")
        with freeze_time(at("2026-04-03 10:00")):
            tender.with_user(self.clerk).bond_returned_on = "2026-04-02"
        found = self._night(self.bond, "2026-04-04 02:00", tender)
        self.assertEqual((len(found), found.closed_at), (1, at("2026-04-02 00:00")), "ended when it came back")
        self._night(self.bond, "2026-04-05 02:00", tender)
        self.assertEqual(len(self._findings(tender, self.bond)), 1, "told once")

    def test_bond_back_in_time(self):
        tender = self._lost(**PAID)
        with freeze_time(at("2026-03-30 10:00")):
            tender.with_user(self.clerk).bond_returned_on = "2026-03-30"
        self.assertFalse(self._night(self.bond, "2026-04-02 02:00", tender))

    def test_bond_of_a_tender_that_is_won(self):
        tender = self._won(**PAID)
        self.assertFalse(self._night(self.bond, "2026-04-30 02:00", tender), "no contract signed, nothing due")
        tender.with_user(self.clerk).action_create_contract()
        with freeze_time(at("2026-05-08 10:00")):
            tender.contract_id.signed_on = "2026-05-08"
        self.assertFalse(self._night(self.bond, "2026-05-13 20:00", tender))
        self.assertEqual(self._is_open(self._night(self.bond, "2026-05-14 02:00", tender)), [True])

    def test_part_of_it_is_not_all(self):
        tender = self._lost(**PAID)
        with freeze_time(at("2026-03-28 10:00")):
            tender.with_user(self.clerk).write({"bond_returned_on": "2026-03-28", "bond_returned_amount": 400})
        self.assertEqual(self._is_open(self._night(self.bond, "2026-03-31 02:00", tender)), [True])

    def test_given_up_ends_it(self):
        tender = self._lost(**PAID)
        self._night(self.bond, "2026-03-31 02:00", tender)
        with freeze_time(at("2026-04-01 10:00")):
            tender.with_user(self.manager).action_forfeit_bond("We withdrew too late")
        found = self._night(self.bond, "2026-04-02 02:00", tender)
        self.assertEqual(found.closed_at, at("2026-04-01 10:00"))

    def test_bid_not_submitted(self):
        tender = self._prepared()
        self.assertFalse(self._night(self.missed, "2026-03-20 08:59", tender))
        found = self._night(self.missed, "2026-03-20 09:30", tender)
        self.assertEqual((found.key, found.user_id, found.due_at), ("submission", self.clerk, at("2026-03-20 09:00")))
        self.assertIn("Submission", self.env["sbo.evidence"]._as_text(found))
        with freeze_time(at("2026-03-23 10:00")):
            tender.with_user(self.clerk).action_withdraw("Missed")
        found = self._night(self.missed, "2026-03-24 02:00", tender)
        self.assertEqual(found.closed_at, at("2026-03-23 10:00"))

    def test_withdrawn_before_has_missed_nothing(self):
        tender = self._tender(papers_until=at("2026-03-05 17:00"))
        tender.with_user(self.clerk).action_withdraw("Not for us")
        self.assertFalse(self._night(self.missed, "2026-04-20 09:30", tender))

    def test_papers_and_bond_have_their_own(self):
        tender = self._tender(papers_until=at("2026-03-05 17:00"), bond_amount=500, bond_due_at=at("2026-03-06 17:00"))
        found = self._night(self.missed, "2026-03-07 02:00", tender)
        self.assertEqual(found.mapped("key"), ["papers", "bond"])
        with freeze_time(at("2026-03-09 10:00")):
            tender.with_user(self.clerk).write({"papers_bought_on": "2026-03-05", "bond_paid_on": "2026-03-09"})
        found = self._night(self.missed, "2026-03-10 02:00", tender)
        self.assertEqual(self._is_open(found), [False, False])
        paid_in_time = self._tender(bond_amount=500, bond_due_at=at("2026-03-06 17:00"))
        paid_in_time.bond_paid_on = "2026-03-02"
        self.assertFalse(self._night(self.missed, "2026-03-11 02:00", paid_in_time))

    def test_opening_not_noted(self):
        tender = self._submitted()
        self.assertFalse(self._night(self.missed, "2026-03-21 08:00", tender), "a day is given")
        found = self._night(self.missed, "2026-03-21 10:00", tender)
        self.assertEqual((found.key, self._is_open(found)), ("opening", [True]))
        with freeze_time(at("2026-03-23 09:00")):
            tender.with_user(self.clerk).action_open()
        self.assertEqual(self._is_open(self._night(self.missed, "2026-03-24 02:00", tender)), [False])

    def test_document_late_is_its_owners(self):
        tender = self._tender()
        tender.action_prepare()
        document = self._document(tender, progress=30, due_on="2026-03-10", owner=self.clerk2)
        self._document(tender, progress=0, due_on="2026-03-10", name="Dropped").with_user(self.clerk).action_archive()
        self.assertFalse(self._night(self.late, "2026-03-10 23:00", tender))
        found = self._night(self.late, "2026-03-11 02:00", tender)
        self.assertEqual((found.user_id, found.due_at, found.evidence), (
            self.clerk2, at("2026-03-11 00:00"), {"document": "Technical part", "complete": 30}))
        with freeze_time(at("2026-03-12 10:00")):
            document.with_user(self.clerk).progress = 100
        found = self._night(self.late, "2026-03-13 02:00", tender)
        self.assertEqual((len(found), found.closed_at), (1, at("2026-03-12 10:00")))

    def test_another_company_has_its_own_night(self):
        tender = self._prepared()
        with freeze_time(at("2026-03-21 09:00")):
            self._run(self.missed, "2026-03-21 09:00", company=self.company2)
        self.assertFalse(self._findings(tender, self.missed))

    def test_many_take_no_more_queries(self):
        def cost(check, moment):
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._run(check, moment)
            return self.env.cr.sql_log_count - before

        for _number in range(2):
            self._document(self._tender(papers_until=at("2026-03-05 17:00")), 10, due_on="2026-03-06")
        self._lost(**PAID)
        self._run(self.missed, "2026-04-01 02:00")
        few = {check: cost(check, "2026-04-02 02:00") for check in self.missed | self.late | self.bond}
        for _number in range(20):
            self._document(self._tender(papers_until=at("2026-03-05 17:00")), 10, due_on="2026-03-06")
            self._lost(**PAID)
        for check, queries in few.items():
            self.assertLessEqual(cost(check, "2026-04-03 02:00"), queries + 1, check.code)
