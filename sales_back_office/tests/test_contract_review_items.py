from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_contract_reviews import SboContractReviewCommon


@tagged("post_install", "-at_install")
class TestContractReviewItems(SboContractReviewCommon):
    """Items comply, have to be changed or are risks; approval waits until every concern is settled."""

    def _required(self, review, text="30 days, not 90"):
        line = self._item(review, "payment").with_user(self.accountant)
        line.write({"verdict": "modify", "required_change": text})
        return line.sudo(False).with_env(self.env)

    def test_every_item_is_judged(self):
        review = self._submitted()
        self._answer(review, self.member)
        self._answer(review, self.accountant)
        self._item(review, "price").with_user(self.accountant).action_comply()
        text = self._refused("Not judged yet", self._answer, review, self.head, "approve")
        self.assertNotIn("Price and Tax", text)
        self.assertIn("Warranty", text)
        review.with_user(self.member).action_rest_complies()
        self.assertEqual(self._item(review, "price").department_id, self.finance, "judged already, and kept")
        self.assertEqual(self._item(review, "warranty").user_id, self.member)
        self._answer(review, self.head, "approve")
        self.assertEqual(review.state, "approved")

    def test_words_go_with_a_concern(self):
        line = self._item(self._submitted(), "payment").with_user(self.accountant)
        self._refused("say what has to be changed", line.write, {"verdict": "modify"})
        self._refused("say in the note what the risk is", line.write, {"verdict": "risk"})
        self._refused("choose a verdict", line.write, {"note": "hm"})

    def test_typed_on_the_sheet_itself(self):
        review = self._submitted()
        with Form(review.with_user(self.accountant)) as sheet, sheet.line_ids.edit(4) as line:
            line.verdict = "modify"
            line.required_change = "30 days, not 90"
        line = self._item(review, "payment")
        self.assertEqual((line.verdict, line.required_change, line.user_id),
                         ("modify", "30 days, not 90", self.accountant))
        sheet = Form(review.with_user(self.member))
        with self.assertRaises(AssertionError), sheet.line_ids.edit(4) as line:
            line.verdict = "comply"

    def test_required_change_stops_approval_until_it_is_made(self):
        review = self._submitted()
        self._required(review)
        self.assertIn(self.salesperson, review.activity_ids.user_id, "who has to change it is told at once")
        self._spoken(review)
        text = self._refused("Required changes are not made yet", self._answer, review, self.head, "approve")
        self.assertIn("Finance: 30 days, not 90", text)
        self.assertIn(self.salesperson, review.activity_ids.user_id)

    def test_required_change_goes_on_in_the_next_round(self):
        review = self._submitted()
        self._required(review)
        contract = review.contract_id
        contract.with_user(self.salesperson).action_withdraw()
        contract.with_user(self.salesperson).amount = 40000
        again = self._submitted(contract)
        line = self._item(again, "payment")
        self.assertEqual((line.progress, line.department_id, line.required_change),
                         ("change", self.finance, "30 days, not 90"))
        self.assertFalse(self._item(again, "price").verdict, "what complied is judged on the new text")
        self._spoken(again)
        self._refused("Required changes", self._answer, again, self.head, "approve")
        line.with_user(self.salesperson).action_close("payment within 30 days")
        self.assertEqual((line.closed_by_id, line.closing), (self.salesperson, "payment within 30 days"))
        self._refused("Finance has not given", self._answer, again, self.head, "approve")
        self._answer(again, self.accountant)
        self._answer(again, self.head, "approve")
        self.assertEqual(contract.state, "approved")

    def test_who_asked_for_a_change_does_not_close_it(self):
        review = self._submitted()
        line = self._required(review)
        self._refused("whoever keeps the contract", line.with_user(self.accountant).action_close, "it is fine")
        action = line.with_user(self.salesperson).action_close()
        self.assertEqual(action["context"]["default_decision"], "close")
        self._refused("no change is required",
                      self._item(review, "price").with_user(self.salesperson).action_close, "done")

    def test_a_concern_is_not_for_others_to_wipe_out(self):
        review = self._submitted()
        line = self._required(review)
        self._refused("Finance has said “To Be Changed”", line.with_user(self.member).action_comply)
        self._refused("it is not for others to change", line.with_user(self.head).write, {"note": "never mind"})
        line.with_user(self.accountant).action_comply()
        self.assertEqual(line.progress, "settled")

    def test_a_colleague_takes_a_concern_back_in_words(self):
        review = self._submitted()
        line = self._item(review, "goods").with_user(self.member)
        line.write({"verdict": "risk", "note": "glass breaks"})
        own = line.with_user(self.member2)
        self._refused("say in the note why", own.action_comply)
        own.write({"verdict": "comply", "note": "packed in foam"})
        self.assertEqual((line.verdict, line.user_id), ("comply", self.member2))

    def test_comply_of_one_can_be_a_concern_of_another(self):
        review = self._submitted()
        review.with_user(self.member).action_rest_complies()
        line = self._required(review)
        self.assertEqual((line.verdict, line.department_id), ("modify", self.finance))
        self.assertIn("Complies", review.message_ids[0].body, "what it was before stays on record")

    def test_risk_is_accepted_by_an_approver(self):
        review = self._submitted()
        line = self._item(review, "dispute")
        line.with_user(self.accountant).write({"verdict": "risk", "note": "a court abroad"})
        self._spoken(review)
        text = self._refused("Nobody who approves has accepted the risk", self._answer, review, self.head, "approve")
        self.assertIn("Finance: a court abroad", text)
        for user in (self.accountant, self.salesperson, self.manager):
            self._refused("accepted by one who approves", line.with_user(user).action_accept, "so what")
        line.with_user(self.head).action_accept("insured")
        self.assertEqual((line.accepted_by_id, line.acceptance, line.verdict), (self.head, "insured", "risk"))
        self._answer(review, self.head, "approve")
        self.assertEqual(review.state, "approved")

    def test_risk_is_accepted_anew_on_the_next_text(self):
        review = self._submitted()
        line = self._item(review, "dispute")
        line.with_user(self.accountant).write({"verdict": "risk", "note": "a court abroad"})
        line.with_user(self.head).action_accept("insured")
        review.contract_id.with_user(self.salesperson).action_withdraw()
        self.assertEqual(self._item(self._submitted(review.contract_id), "dispute").progress, "risk")

    def test_a_new_concern_reopens_approvals(self):
        self.special.approver_ids = self.head | self.boss
        review = self._submitted()
        self._spoken(review)
        self._answer(review, self.head, "approve")
        self._required(review)
        self.assertEqual(self._asked(review, self.head).state, "waiting")
        self.assertEqual(review.opinion_ids.filtered(lambda item: not item.present).user_id, self.head)

    def test_the_head_judges_where_no_department_does(self):
        review = self._submitted(rule=self.ordinary)
        line = self._item(review, "price").with_user(self.head)
        line.write({"verdict": "risk", "note": "thin"})
        self.assertFalse(line.department_id)
        line.action_accept("worth it")
        review.with_user(self.head).action_rest_complies()
        self._answer(review, self.head, "approve")
        self.assertEqual(review.state, "approved")

    def test_who_is_not_asked_does_not_judge(self):
        line = self._item(self._submitted(), "price")
        for user in (self.clerk, self.salesperson, self.manager):
            self._refused("judged by the departments and approvers", line.with_user(user).write, {"verdict": "comply"})
        with self.assertRaises(AccessError):
            line.with_user(self.outsider).write({"verdict": "comply"})

    def test_closed_sheets_are_closed(self):
        review = self._submitted()
        line = self._required(review)
        review.contract_id.with_user(self.salesperson).action_withdraw()
        self._refused("is closed", line.with_user(self.salesperson).action_close, "done")
        self._refused("is closed", self._item(review, "price").with_user(self.accountant).action_comply)
