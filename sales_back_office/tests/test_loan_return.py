from odoo.fields import Date
from odoo.tests import Form, freeze_time, tagged

from .common import at
from .common_loans import MONDAY, SboLoanCommon


@tagged("post_install", "-at_install")
class TestLoanReturn(SboLoanCommon):
    """What comes back is counted and looked at; what does not is searched for."""

    def _note(self, line, method, text, user=None, moment="2026-03-05 10:00"):
        with freeze_time(at(moment)):
            getattr(line.with_user(user or self.clerk), method)(text)

    def test_a_missing_page(self):
        loan = self._lend(self.contract)
        self._back(loan, pages_back=11)
        line = loan.line_ids
        self.assertEqual((line.state, line.condition, line.pages_back), ("returned", "incomplete", 11))
        task = loan.activity_ids
        self.assertEqual((task.user_id, task.activity_type_id), (
            self.clerk, self.env.ref("sales_back_office.sbo_activity_loan_search")))
        self.assertIn("11 of 12 came back", task.summary)
        check = self._shipped("document_returned_damaged")
        self._run(check, "2026-03-05 02:00")
        finding = self._findings(loan, check)
        self.assertEqual((finding.user_id, finding.cause, self._is_open(finding)), (self.clerk, "undetermined", [True]))
        self._refused("it takes a back-office supervisor", line.with_user(self.clerk).action_settle, "found")
        self._note(line, "action_settle", "The page lay in the copier", self.supervisor)
        self.assertFalse(loan.activity_ids)
        self._run(check, "2026-03-06 02:00")
        self.assertEqual(finding.closed_at, at("2026-03-05 10:00"))

    def test_damage_needs_words(self):
        loan = self._lend(self.contract)
        line = loan.line_ids
        self._refused("say what is damaged", line.with_user(self.clerk)._give_back, {line.id: {"condition": "damaged"}})
        self._back(loan, condition="damaged", note="Coffee on page 3")
        self.assertEqual((line.condition, line.note, len(loan.activity_ids)), ("damaged", "Coffee on page 3", 1))

    def test_a_missing_page_does_not_stop_the_next_borrower(self):
        first = self._lend(self.contract)
        second = self._approved(self.contract, self.borrower2)
        self._back(first, "2026-03-13 10:00", pages_back=11)
        with freeze_time(at("2026-03-13 11:00")):
            second.with_user(self.clerk).action_lend()
        self.assertEqual(second.state, "out")

    def test_not_in_its_place(self):
        loan, later = self._approved(self.contract), self._approved(self.contract, self.borrower2, "2026-03-02 10:00")
        line = loan.line_ids
        self._note(line, "action_not_found", "Not in the box, not on the desk")
        self.assertEqual((line.state, loan.state), ("not_found", "approved"))
        self.assertTrue(self.contract.loan_missing)
        self.assertIn(self.contract, self.env["sbo.document"].search([("loan_missing", "=", True)]))
        self._refused("is being searched for", later.with_user(self.clerk).action_lend)
        check = self._shipped("document_lost_or_disclosed")
        self._run(check, "2026-03-06 02:00")
        finding = self._findings(loan, check)
        self.assertEqual((finding.severity, finding.state), ("4", "candidate"), "a person says who has caused it")
        self._note(line, "action_found", "Behind the shelf", moment="2026-03-06 10:00")
        self.assertEqual((line.state, bool(line.told_at)), ("waiting", True))
        self._run(check, "2026-03-07 02:00")
        self.assertEqual(finding.closed_at, at("2026-03-06 10:00"))
        with freeze_time(at("2026-03-06 11:00")):
            loan.with_user(self.clerk).action_lend()
        self.assertEqual(line.state, "out")

    def test_lost_by_the_borrower(self):
        loan = self._lend(self.contract)
        line = loan.line_ids
        self._refused("it takes a back-office clerk|borrow themselves",
                      line.with_user(self.salesperson).action_not_found, "gone")
        self._note(line, "action_not_found", "Left in a train")
        self.assertEqual((line.state, loan.state), ("not_found", "out"), "open until it is found or settled")
        self.assertTrue(self.contract.message_ids.filtered(lambda message: "Left in a train" in message.body))
        self._note(line, "action_settle", "Certified copy made", self.supervisor)
        self.assertEqual(loan.state, "returned")
        self.assertTrue(self.contract.loan_missing, "the original is still not there")
        self._note(line, "action_found", "Sent by the railway", moment="2026-03-20 10:00")
        self.assertEqual(line.state, "returned")
        self.assertFalse(self.contract.loan_missing)

    def test_the_box_may_go_without_what_is_lost(self):
        line = self._lend(self.contract).line_ids
        self._note(line, "action_not_found", "Left in a train")
        self.assertEqual(self._lend(self.box, self.borrower2, "2026-03-05 11:00").state, "out")

    def test_leavers_bring_everything_back(self):
        loan, other = self._lend(self.contract), self._lend(self.letter, self.borrower2)
        [sentence] = self.salesperson._sbo_leaver_obstacles()
        self.assertIn(loan.name, sentence)
        wizard = self.env["sbo.leaver"].with_user(self.supervisor).create({"user_id": self.salesperson.id})
        self._refused(f"must bring back.*{loan.name}", wizard.action_hand_over)
        self._back(loan)
        self.assertFalse(self.salesperson._sbo_leaver_obstacles())
        self._note(other.line_ids, "action_not_found", "gone")
        self.assertTrue(self.outsider._sbo_leaver_obstacles())
        self._note(other.line_ids, "action_settle", "paid for", self.supervisor)
        self.assertFalse(self.outsider._sbo_leaver_obstacles())

    # === the desk === #

    def _desk(self, *codes, moment="2026-03-12 10:00"):
        with freeze_time(at(moment)):
            form = Form(self.env["sbo.loan.desk"].with_user(self.clerk))
            for code in codes:
                form.scan = code
        return form

    def test_scanned_onto_a_loan(self):
        form = Form(self.env["sbo.loan"].with_user(self.clerk))
        form.borrower_id, form.purpose = self.borrower, "x"
        for code in ("DOC-A", "BOX-2", "DOC-A", "nonsense"):
            form.scan = code
            self.assertFalse(form.scan)
        loan = form.save()
        self.assertEqual((loan.line_ids.document_id, loan.line_ids.place_id), (self.contract, self.box2))
        self.assertFalse(self.env["sbo.loan.line"].with_user(self.salesperson)._scanned("DOC-A", self.company)[0],
                         "no title for a guessed code")

    def test_desk_takes_back_and_serves_the_next(self):
        first = self._lend(self.contract)
        self._lend(self.letter)
        second = self._approved(self.contract, self.borrower2)
        form = self._desk("DOC-A", "DOC-A", "DOC-C", "nonsense")
        self.assertEqual(len(form.line_ids), 1, "the report is not on loan, the contract was scanned twice")
        with form.line_ids.edit(0) as row:
            self.assertEqual((row.what, row.pages_back), ("back", 12))
            row.pages_back = 11
            self.assertEqual(row.condition, "incomplete")
        with freeze_time(at("2026-03-12 10:05")):
            form.save().action_apply()
        self.assertEqual((first.state, first.line_ids.condition), ("returned", "incomplete"))
        form = self._desk("DOC-A")
        with freeze_time(at("2026-03-12 10:10")):
            form.save().action_apply()
        self.assertEqual((second.state, second.line_ids.due_on), ("out", Date.to_date("2026-03-23")))

    def test_desk_finds_what_was_lost(self):
        line = self._lend(self.contract).line_ids
        self._note(line, "action_not_found", "gone")
        form = self._desk("DOC-A")
        with freeze_time(at("2026-03-12 10:05")):
            form.save().action_apply()
        self.assertEqual(line.state, "returned")

    def test_desk_asks_for_the_box(self):
        self._lend(self.box)
        desk = self.env["sbo.loan.desk"].with_user(self.clerk).new({})
        desk.scan = "DOC-A"
        self.assertIn("scan the box", desk._onchange_scan()["warning"]["message"])
        self.assertFalse(desk.line_ids)
        form = self._desk("BOX-1", moment=MONDAY)
        with form.line_ids.edit(0) as row:
            row.pages_back = 1
        form.save().action_apply()
        self.assertEqual(self.contract.loan_line_ids.ids, [])
        self.assertFalse(self.box.on_loan)
        self.assertEqual(self.box.loan_line_ids.condition, "incomplete", "one of two documents came back")

    def test_take_back_from_the_loan(self):
        loan = self._lend(self.contract | self.letter)
        action = loan.with_user(self.clerk).action_take_back()
        desk = self.env["sbo.loan.desk"].with_user(self.clerk).with_context(**action["context"]).create({})
        self.assertEqual(desk.line_ids.line_id, loan.line_ids)
        desk.action_apply()
        self.assertEqual(loan.state, "returned")
