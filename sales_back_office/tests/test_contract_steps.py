from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.sbo_contract_flow import TRANSITIONS
from .common_contracts import SboContractsCommon


@tagged("post_install", "-at_install")
class TestContractSteps(SboContractsCommon):
    """A contract goes its way by steps: reviewed before it is signed, signed before it is performed."""

    def test_from_draft_to_filed(self):
        begun = self._reviews()
        contract = self._contract()
        contract.with_user(self.salesperson).action_submit()
        self.assertEqual((contract.state, begun), ("review", [(contract, None)]))
        contract.with_user(self.outsider)._reviewed(None)
        self.assertEqual(contract.state, "approved")
        self._sign(contract)
        self.assertEqual(contract.state, "signed")
        clerk = contract.with_user(self.clerk)
        clerk.action_execute()
        clerk.action_fulfil()
        self.assertEqual((contract.state, contract.ended_on), ("fulfilled", self.company._sbo_today()))
        self._refused("not on file yet", clerk.action_file)
        clerk.original_place = "Room 2, cabinet 5"
        clerk.action_file_original()
        clerk.action_file()
        self.assertEqual(contract.state, "filed")

    def test_the_review_sends_it_back(self):
        contract = self._contract()
        self._submit(contract)
        contract.with_user(self.outsider)._sent_back(None, "Payment terms too long")
        self.assertEqual((contract.state, contract.reviewed_content), ("draft", False))
        self.assertIn("Payment terms too long", contract.message_ids[:1].body)

    def test_nobody_steps_over_the_table(self):
        for state in dict(contract := self._contract()._fields["state"].selection):
            contract = self._contract(state)
            for step, (sources, _target, _who, asked) in TRANSITIONS.items():
                action = getattr(contract.with_user(self.supervisor), f"action_{step}", None)
                if state not in sources and action:
                    with self.subTest(state=state, step=step), self.assertRaises(UserError), self.cr.savepoint():
                        action("because") if asked else action()

    def test_state_comes_with_steps_only(self):
        contract = self._contract()
        for user in (self.salesperson, self.clerk, self.manager):
            self._refused("use the buttons", contract.with_user(user).write, {"state": "signed"})
        made = self.env["sbo.contract"].with_user(self.salesperson).with_context(default_state="approved").create({
            "partner_id": self.customer.id, "subject": "X", "class_id": self.contract_class.id, "amount": 1,
            "state": "signed", "name": "2026-T-077"})
        self.assertEqual((made.state, made.name), ("draft", "/"))
        self._refused("use the buttons", made.with_context(sbo_step=1).write, {"state": "signed"})

    def test_who_may_do_what(self):
        contract = self._contract("approved")
        self.assertIn("sign", contract.with_user(self.clerk).allowed_actions)
        self.assertNotIn("sign", contract.with_user(self.salesperson).allowed_actions)
        self.assertFalse(contract.with_user(self.auditor).allowed_actions)
        self._refused("takes a back-office clerk", contract.with_user(self.salesperson).action_sign, error=AccessError)
        signed = self._contract("signed")
        self._refused("takes a back-office supervisor", signed.with_user(self.clerk).action_terminate, "gone",
                      error=AccessError)
        for user in (self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                contract.with_user(user).action_withdraw()

    def test_the_approved_text_is_signed_and_no_other(self):
        contract = self._contract()
        self._approve(contract)
        contract.reviewed_content = {**contract.reviewed_content, "amount": 1}
        self._refused("not what was reviewed", self._sign, contract)

    def test_our_signature_must_be_complete(self):
        contract = self._contract()
        self._approve(contract)
        text = self._refused("cannot be signed yet", contract.with_user(self.clerk).action_sign)
        for word in ("day of signing", "signatory is missing", "not proven", "seal is missing"):
            self.assertIn(word, text)
        self._refused("letter of authority and its last valid day", self._sign, contract, our_authority="letter")
        self._refused("not valid on the day", self._sign, contract, our_authority="letter", our_letter=b"eA==",
                      our_letter_until="2026-02-27")
        self._sign(contract, our_letter_until="2026-12-31")
        self.assertEqual(contract.state, "signed")

    def test_reasons_are_asked_for_and_kept(self):
        contract = self._contract("signed").with_user(self.supervisor)
        action = contract.action_terminate()
        self.assertEqual(action["res_model"], "sbo.contract.step")
        wizard = self.env["sbo.contract.step"].with_user(self.supervisor).with_context(**action["context"]).create(
            {"reason": "The customer is bankrupt"})
        wizard.action_apply()
        self.assertEqual((contract.state, contract.end_reason), ("terminated", "The customer is bankrupt"))
        contract.action_reopen("He is not")
        self.assertEqual((contract.state, contract.ended_on), ("execution", False))
        for vals in ({"step": "sign"}, {"res_model": "res.users"}):
            bad = wizard.copy({"res_ids": contract.ids, **vals})
            self._refused("nothing to do", bad.action_apply)

    def test_not_fulfilled_while_an_obligation_is_open(self):
        contract = self._contract(milestone_ids=[self._milestone(kind="other", name="Send the certificate")])
        self._sign(contract)
        self._refused("Send the certificate", contract.with_user(self.clerk).action_fulfil)
        contract.milestone_ids.with_user(self.clerk).action_done()
        contract.with_user(self.clerk).action_fulfil()
        self.assertEqual(contract.state, "fulfilled")

    def test_signed_after_its_first_day_it_is_in_execution(self):
        contract = self._contract(date_start="2026-01-01")
        self._sign(contract)
        self.assertEqual(contract.state, "execution")

    def test_nothing_to_review(self):
        self._reviews()
        self._refused("nothing to review", self._contract(amount=0).with_user(self.salesperson).action_submit)
