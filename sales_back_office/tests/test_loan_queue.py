from odoo.fields import Date
from odoo.tests import freeze_time, tagged
from psycopg2.errors import UniqueViolation

from .common import at
from .common_loans import MONDAY, SboLoanCommon


@tagged("post_install", "-at_install")
class TestLoanQueue(SboLoanCommon):
    """One item, one borrower: box and content, who waits, who is next."""

    def _hand_out(self, loan, moment=MONDAY):
        with freeze_time(at(moment)):
            return loan.with_user(self.clerk).action_lend()

    def test_out_once(self):
        first = self._lend(self.contract)
        second = self._loan(self.contract, self.borrower2)
        text = self._refused("Contract A", second.with_user(self.clerk).action_lend)
        self.assertIn(f"{self.borrower.name} has it until 03/11/2026, with loan {first.name}", text)

    def test_the_database_itself_refuses_a_second_one(self):
        self._lend(self.contract)
        second = self._approved(self.contract, self.borrower2)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE sbo_loan_line SET state = 'out' WHERE id = %s", second.line_ids.ids)

    def test_a_box_goes_with_all_that_is_in_it(self):
        loan = self._lend(self.box)
        self.assertEqual(loan.line_ids.pages_out, 2)
        self.assertTrue(self.contract.on_loan and self.letter.on_loan)
        self.assertFalse(self.report.on_loan)
        self._refused("its box is out", self._loan(self.contract, self.borrower2).with_user(self.clerk).action_lend)

    def test_content_out_keeps_the_box(self):
        self._lend(self.contract)
        text = self._refused("what belongs in it is out", self._loan(
            self.box, self.borrower2).with_user(self.clerk).action_lend)
        self.assertIn("Contract A", text)

    def test_box_and_content_in_one_loan(self):
        loan = self._approved(self.box)
        loan.line_ids.copy({"loan_id": loan.id, "document_id": self.contract.id, "place_id": False})
        self._hand_out(loan)
        self.assertEqual(loan.line_ids.mapped("state"), ["out", "waiting"])

    def test_only_boxes_are_lent(self):
        self._refused("is not a box", self._loan, self.cabinet)

    def test_nothing_moves_into_or_out_of_a_box_that_is_out(self):
        loan = self._lend(self.box)
        for document, place in ((self.contract, self.box2), (self.report, self.box), (self.contract, self.cabinet)):
            self._refused("Box.*is out", document.with_user(self.clerk).write, {"place_id": place.id})
        self._refused("is out", lambda: self._document("New", place_id=self.box.id))
        self._back(loan)
        self.contract.with_user(self.clerk).place_id = self.box2

    def test_what_is_there_goes_the_rest_waits(self):
        self._lend(self.contract, self.borrower2)
        loan = self._loan(self.contract | self.letter)
        action = self._hand_out(loan)
        self.assertIn("Contract A", action["params"]["message"])
        self.assertEqual(loan.line_ids.mapped("state"), ["waiting", "out"])
        self.assertEqual(loan.state, "out")

    def test_next_in_line_is_told(self):
        first = self._lend(self.contract)
        second = self._approved(self.contract, self.borrower2, "2026-03-02 10:00")
        third = self._approved(self.contract, self.clerk2.partner_id, "2026-03-02 11:00")
        self.assertFalse(second.line_ids.told_at)
        mails = self.env["mail.mail"].search([])
        self._back(first, "2026-03-04 10:00")
        self.assertEqual((second.line_ids.told_at, second.line_ids.hold_until),
                         (at("2026-03-04 10:00"), Date.to_date("2026-03-06")))
        self.assertFalse(third.line_ids.told_at)
        mail = self.env["mail.mail"].search([]) - mails
        self.assertEqual(mail.recipient_ids, self.borrower2)
        self.assertIn("Contract A", mail.body_html)
        self.assertEqual(second.activity_ids.user_id, self.outsider)
        self._refused("is before in line", third.with_user(self.clerk).action_lend)
        self._hand_out(second, "2026-03-05 10:00")
        self.assertFalse(second.activity_ids)
        self.assertEqual(second.state, "out")

    def test_time_to_fetch_is_over(self):
        first = self._lend(self.contract)
        second = self._approved(self.contract, self.borrower2, "2026-03-02 10:00")
        third = self._approved(self.contract, self.clerk2.partner_id, "2026-03-02 11:00")
        self._back(first, "2026-03-04 10:00")
        with freeze_time(at("2026-03-09 08:00")):
            told = self.env["sbo.loan.line"]._tell_next(self.company)
        self.assertEqual(told, third.line_ids)
        self._refused("is before in line", second.with_user(self.clerk).action_lend, moment="2026-03-09 09:00")
        self._hand_out(third, "2026-03-09 09:00")
        self.assertEqual(third.state, "out")

    def test_told_once_more_when_it_is_back(self):
        first = self._lend(self.contract)
        second = self._approved(self.contract, self.borrower2, "2026-03-02 10:00")
        third = self._approved(self.box, self.clerk2.partner_id, "2026-03-02 11:00")
        self._back(first, "2026-03-04 10:00")
        with freeze_time(at("2026-03-09 08:00")):
            self.env["sbo.loan.line"]._tell_next(self.company)
        self._hand_out(third, "2026-03-09 09:00")
        fourth = self._approved(self.contract, self.borrower, "2026-03-09 10:00")
        with freeze_time(at("2026-03-09 11:00")):
            self.assertFalse(self.env["sbo.loan.line"]._tell_next(self.company), "it is out")
        self._back(third, "2026-03-10 10:00")
        self.assertEqual(fourth.line_ids.told_at, at("2026-03-10 10:00"), "who has not missed it comes first")
        self.assertEqual(second.line_ids.told_at, at("2026-03-04 10:00"))
        self._hand_out(fourth, "2026-03-10 11:00")
        self._back(fourth, "2026-03-11 10:00")
        self.assertEqual((second.line_ids.told_at, second.line_ids.hold_until),
                         (at("2026-03-11 10:00"), Date.to_date("2026-03-13")))
        with freeze_time(at("2026-03-16 08:00")):
            self.assertFalse(self.env["sbo.loan.line"]._tell_next(self.company), "once for each time it is there")
        self._hand_out(second, "2026-03-16 09:00")
        self.assertEqual(second.state, "out")

    def test_an_item_waits_for_its_box(self):
        box = self._lend(self.box)
        loan = self._approved(self.contract, self.borrower2)
        self.assertFalse(loan.line_ids.told_at)
        self._back(box)
        self.assertTrue(loan.line_ids.told_at)

    def test_a_box_waits_for_what_belongs_in_it(self):
        one, two = self._lend(self.contract), self._lend(self.letter)
        loan = self._approved(self.box, self.borrower2)
        self._back(one)
        self.assertFalse(loan.line_ids.told_at)
        self._back(two)
        self.assertTrue(loan.line_ids.told_at)

    def test_approved_for_what_is_there_is_told_at_once(self):
        self.assertTrue(self._approved(self.contract).line_ids.told_at)

    def test_who_cancels_makes_room(self):
        first = self._approved(self.contract)
        second = self._approved(self.contract, self.borrower2, "2026-03-02 10:00")
        self.assertFalse(second.line_ids.told_at)
        first.with_user(self.salesperson).action_cancel()
        self.assertTrue(second.line_ids.told_at)

    def test_renewed_before_it_is_due(self):
        loan = self._lend(self.contract)
        with freeze_time(at("2026-03-11 17:00")):
            loan.with_user(self.salesperson).action_ask_renewal()
            self.assertTrue(loan.activity_ids)
        with freeze_time(at("2026-03-12 09:00")):
            loan.with_user(self.clerk).action_renew()
        self.assertEqual((loan.due_on, loan.line_ids.renewals, loan.line_ids.first_due_on),
                         (Date.to_date("2026-03-20"), 1, Date.to_date("2026-03-11")))
        self._refused("renewed 1 times", loan.with_user(self.clerk).action_renew, moment="2026-03-19 09:00")

    def test_a_renewal_is_declined(self):
        loan = self._lend(self.contract)
        self._refused("nobody has asked to renew", loan.with_user(self.clerk).action_decline_renewal, "No")
        with freeze_time(at("2026-03-10 17:00")):
            loan.with_user(self.salesperson).action_ask_renewal()
        self._refused("nobody approves what they borrow", loan.with_user(self.salesperson).action_decline_renewal, "x")
        action = loan.with_user(self.clerk).action_decline_renewal()
        self.env["sbo.order.answer"].with_user(self.clerk).with_context(**action["context"]).create(
            {"text": "The audit begins"}).action_apply()
        self.assertEqual((loan.state, loan.renewal_asked_at, loan.due_on),
                         ("out", False, Date.to_date("2026-03-11")))
        self.assertFalse(loan.activity_ids)
        self.assertIn("The audit begins", loan.message_ids[0].body)
        self.assertIn(self.borrower, loan.message_ids[0].partner_ids)

    def test_renewal_asked_for_too_late(self):
        loan = self._lend(self.contract)
        self._refused("overdue since", loan.with_user(self.salesperson).action_ask_renewal, moment="2026-03-12 09:00")
        self._refused("overdue since", loan.with_user(self.clerk).action_renew, moment="2026-03-12 09:00")

    def test_renewal_of_higher_secrecy_is_approved_again(self):
        loan = self._lend(self.secret, user=self.supervisor)
        self._refused("asks for a back-office supervisor", loan.with_user(self.clerk).action_renew)
        with freeze_time(at("2026-03-03 09:00")):
            loan.with_user(self.supervisor).action_renew()
        self.assertEqual(loan.due_on, Date.to_date("2026-03-16"), "five working days more")

    def test_nobody_renews_their_own(self):
        loan = self._lend(self.contract, self.clerk2.partner_id)
        self._refused("nobody approves what they borrow", loan.with_user(self.clerk2).action_renew)

    def test_not_renewed_while_somebody_waits(self):
        loan = self._lend(self.contract)
        self._approved(self.box, self.borrower2)
        self._refused("somebody is waiting", loan.with_user(self.clerk).action_renew)

    def test_reading_on_site_is_not_renewed(self):
        loan = self._lend(self.contract, kind="read")
        self._refused("read here", loan.with_user(self.clerk).action_renew)
