from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..models.sbo_contract_steps import STEP
from ..tools.contract_content import differences
from .common_contracts import SboContractsCommon


@tagged("post_install", "-at_install")
class TestContractSupplement(SboContractsCommon):
    """A signed contract is changed by a supplement, reviewed and signed itself: the next version."""

    def setUp(self):
        super().setUp()
        self.begun = self._reviews()
        self.contract = self._contract(
            date_end="2026-12-31", line_ids=[self._line(quantity=10, price=90)], milestone_ids=[
                self._milestone(percent=30),
                self._milestone("2026-06-01", name="Delivery", kind="delivery", quantity=10),
                self._milestone("2026-07-01", name="Rest", amount=700)])
        self._sign(self.contract)
        self.deposit, self.delivery, self.rest = self.contract.milestone_ids.sorted("id")

    def _supplement(self, contract=None, **vals):
        return self.env["sbo.contract.supplement"].with_user(self.salesperson).create(
            {"contract_id": (contract or self.contract).id, "subject": "More lamps", **vals})

    def _signed(self, supplement):
        supplement.with_user(self.salesperson).action_submit()
        supplement.with_user(self.manager)._reviewed(None)
        clerk = supplement.with_user(self.clerk)
        clerk.write({"signed_on": "2026-04-01", "our_signatory_id": self.manager.id, "our_authority": "legal",
                     "our_seal": "contract"})
        clerk.action_sign()

    def test_signed_it_changes_the_contract(self):
        supplement = self._supplement(
            amount=2000, date_end="2027-06-30", line_ids=[
                self._line(quantity=20, price=85), self._line(self.other, quantity=5, price=30)],
            milestone_ids=[
                Command.create({"origin_id": self.rest.id, "name": "Rest", "kind": "payment", "amount": 1400,
                                "due_on": "2026-09-01"}),
                Command.create({"origin_id": self.delivery.id, "name": "Delivery", "due_on": "2026-06-01",
                                "dropped": True}),
                self._milestone("2026-08-01", name="Certificate", kind="other")])
        proposed = supplement._content()
        self._signed(supplement)
        contract = self.contract
        self.assertEqual((contract.amount, str(contract.date_end), contract.version), (2000, "2027-06-30", 2))
        self.assertEqual({(line.product_id.name, line.quantity, line.price) for line in contract.line_ids},
                         {("Lamp", 20, 85), ("Shade", 5, 30)})
        self.assertEqual([(item.name, item.amount) for item in contract.milestone_ids.sorted("due_on")],
                         [("Deposit", 600), ("Certificate", 0), ("Rest", 1400)])
        self.assertEqual((supplement.state, supplement.version), ("signed", 2))
        # What was reviewed is what the contract says now.
        after = supplement.after
        for part in ("lines", "milestones"):
            for rows in (proposed, after):
                for row in rows[part]:
                    row["id"] = row["name"] if part == "milestones" else row["product_id"][0]
        self.assertEqual(differences(proposed, after), [])
        self.assertEqual(supplement.before["amount"], 1000)

    def test_the_approved_text_is_signed_and_no_other(self):
        supplement = self._supplement(amount=1500)
        supplement.action_submit()
        supplement.with_user(self.manager)._reviewed(None)
        supplement.with_user(self.clerk).write({
            "signed_on": "2026-04-01", "our_signatory_id": self.manager.id, "our_authority": "legal",
            "our_seal": "contract"})
        sign = supplement.with_user(self.clerk).action_sign
        line = self.contract.line_ids
        line.with_context(sbo_step=STEP).sudo().price = 1
        self._refused("not what was reviewed", sign)
        line.with_context(sbo_step=STEP).sudo().price = 90
        # Done meanwhile, and a reminder of our own: nothing that both have agreed on.
        self.deposit.with_user(self.supervisor).action_done(reason="Paid in cash")
        self.env["sbo.contract.milestone"].with_user(self.clerk).create({
            "contract_id": self.contract.id, "name": "Call them", "kind": "other", "due_on": "2026-05-01"})
        sign()
        self.assertEqual((supplement.state, self.contract.amount), ("signed", 1500))

    def test_its_own_review_and_number(self):
        supplement = self._supplement(amount=1500)
        self._refused("“Sign” is not possible", supplement.with_user(self.clerk).action_sign)
        supplement.action_submit()
        self.assertEqual(self.begun[-1], (self.contract, supplement))
        self.assertEqual((supplement.state, supplement.name), ("review", f"{self.contract.name}/S1"))
        supplement._sent_back(None, "too much")
        self.assertEqual(supplement.state, "draft")
        supplement.action_submit()
        self.assertEqual(supplement.name, f"{self.contract.name}/S1")
        self.assertEqual(self.contract.amount, 1000)

    def test_it_changes_while_a_draft_only(self):
        supplement = self._supplement(amount=1500, line_ids=[self._line(price=80)])
        supplement.action_submit()
        for action, *args in (
                (supplement.write, {"amount": 9}), (supplement.write, {"subject": "x"}),
                (supplement.write, {"line_ids": [Command.clear()]}), (supplement.line_ids.write, {"price": 1}),
                (supplement.line_ids.unlink,), (supplement.write, {"milestone_ids": [self._milestone(amount=1)]})):
            self._refused("only a draft is changed", action, *args)
        with self.assertRaises(UserError):
            supplement.write({"state": "signed"})
        supplement.action_withdraw()
        supplement.amount = 1600
        self.assertEqual(supplement.state, "draft")

    def test_one_at_a_time_and_of_a_live_contract(self):
        self._supplement(amount=1)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.cr.savepoint():
            self._supplement(amount=2)
        for state in ("draft", "approved", "terminated", "filed"):
            self._refused("nothing to supplement", self._supplement, self._contract(state))
        supplement = self.contract.supplement_ids
        self.contract.with_user(self.supervisor).action_terminate("over")
        self._refused("not supplemented any more", supplement.with_user(self.salesperson).action_submit)

    def test_nothing_changed_nothing_to_review(self):
        self._refused("changes nothing", self._supplement().action_submit)

    def test_a_number_stays_a_draft_may_go(self):
        supplement = self._supplement(amount=5)
        supplement.unlink()
        supplement = self._supplement(amount=5)
        supplement.action_submit()
        self._refused("cancel it with a reason", supplement.unlink)
        supplement.action_cancel("The customer does not want it")
        self.assertEqual(supplement.state, "cancelled")
        again = self._supplement(amount=5)
        again.action_submit()
        self.assertEqual(again.name, f"{self.contract.name}/S2")

    def test_what_is_done_stays_as_it_was(self):
        self.deposit.with_user(self.supervisor).action_done(reason="Paid in cash")
        self._signed(self._supplement(amount=2000))
        self.assertEqual((self.deposit.amount, self.contract.amount), (300, 2000))
        self._refused("is done", self._supplement, milestone_ids=[
            Command.create({"origin_id": self.deposit.id, "name": "D", "due_on": "2026-05-01", "dropped": True})])
        foreign = self._contract(milestone_ids=[self._milestone(amount=1)]).milestone_ids
        self._refused("no obligation of this contract", self._supplement, milestone_ids=[
            Command.create({"origin_id": foreign.id, "name": "D", "due_on": "2026-05-01"})])

    def test_the_difference_is_readable_in_both_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        supplement = self._supplement(amount=1500, line_ids=[self._line(price=80)])
        html = supplement.diff_html
        for words in ("Before", "Amount", "1,000.00", "1,500.00", "Lamp", "Agreed Price", "90.00", "80.00"):
            self.assertIn(words, html)
        self.assertNotIn("Until", html)
        label = self.env["sbo.contract"].with_context(lang="zh_CN")._fields["amount"]._description_string(
            self.env(context={"lang": "zh_CN"}))
        self.assertIn(label, supplement.with_context(lang="zh_CN").diff_html)

    def test_all_versions_stay_readable(self):
        self._signed(self._supplement(amount=1500))
        self.customer.name = "Renamed"
        self._signed(self._supplement(subject="Longer", date_end="2027-12-31"))
        html = self.contract.versions_html
        for words in ("Version 3", "Longer", "Version 2", "1,500.00", "Version 1", "SBO Customer", "Lamp"):
            self.assertIn(words, html)
        first = self.contract.supplement_ids.sorted("version")[0]
        self.assertIn("1,000.00", first.before_html)
        self.assertIn("1,500.00", first.after_html)
        self._refused("only a draft is changed", first.write, {"amount": 3})
        self._refused("cancel it with a reason", first.sudo().unlink)

    def test_the_form_starts_from_the_contract(self):
        action = self.contract.with_user(self.salesperson).action_supplement()
        form = Form(self.env["sbo.contract.supplement"].with_user(self.salesperson).with_context(**action["context"]))
        self.assertEqual((form.amount, str(form.date_end)), (1000, "2026-12-31"))
        form.subject = "Cheaper"
        with form.line_ids.new() as line:
            line.product_id = self.product
            self.assertEqual((line.price, line.quantity), (90, 10))
            line.price = 70
        with form.milestone_ids.new() as item:
            item.origin_id = self.rest
            self.assertEqual((item.name, item.amount), ("Rest", 700))
            item.due_on = "2026-08-01"
        supplement = form.save()
        self.assertIn("70.00", supplement.diff_html)
        self.assertIn("Due", supplement.diff_html)

    def test_the_plan_is_compared_with_the_new_amount(self):
        supplement = self._supplement(amount=2000)
        self.assertTrue(supplement.plan_warning)
        supplement.milestone_ids = [Command.create(
            {"origin_id": self.rest.id, "name": "Rest", "amount": 1400, "due_on": "2026-07-01"})]
        self.assertFalse(supplement.plan_warning)

    def test_another_salesperson_sees_none_of_it(self):
        supplement = self._supplement(amount=5, line_ids=[self._line(price=1)])
        stranger = self._user("sbo_stranger", "sales_team.group_sale_salesman")
        for record in (self.contract, supplement, supplement.line_ids, self.deposit, self.contract.line_ids):
            self.assertFalse(record.with_user(stranger).search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["id", "display_name"])
