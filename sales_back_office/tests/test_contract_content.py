from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_contracts import SboContractsCommon

CHANGES = {
    "amount": 5, "subject": "Else", "date_end": "2027-01-01", "payment_terms": "Later", "tax_included": False,
    "retention_amount": 3}


@tagged("post_install", "-at_install")
class TestContractContent(SboContractsCommon):
    """What is reviewed is what is signed, and what is signed is changed by a supplement only, whatever the door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rich = {"line_ids": [cls._line(quantity=10, price=90)],
                    "milestone_ids": [
                        cls._milestone(percent=30), cls._milestone("2026-06-01", name="Rest", amount=700)]}

    def _doors(self, contract):
        """Every way to change what a contract says."""
        line, milestone = contract.line_ids, contract.milestone_ids[0]
        other = self.env["res.partner"].create({"name": "Another", "company_id": False})
        yield from ((contract.write, {name: value}) for name, value in CHANGES.items())
        yield contract.write, {"partner_id": other.id}
        yield contract.write, {"currency_id": self.env.ref("base.JPY").id}
        yield contract.write, {"line_ids": [Command.clear()]}
        yield contract.write, {"line_ids": [Command.update(line.id, {"price": 1})]}
        yield contract.write, {"line_ids": [Command.create({"product_id": self.other.id, "price": 1})]}
        yield contract.write, {"milestone_ids": [Command.delete(milestone.id)]}
        yield contract.write, {"milestone_ids": [self._milestone(amount=1)]}
        yield line.write, {"quantity": 99}
        yield line.write, {"contract_id": self._contract().id}
        yield line.unlink,
        yield milestone.write, {"due_on": "2030-01-01"}
        yield milestone.write, {"amount": 1}
        yield milestone.write, {"percent": 1}
        yield milestone.unlink,
        yield line.copy, {"product_id": self.other.id}
        yield self.env["sbo.contract.line"].with_user(self.manager).create, {
            "contract_id": contract.id, "product_id": self.other.id}

    def test_nothing_changes_once_submitted(self):
        for state in ("review", "approved", "signed", "execution", "fulfilled", "terminated", "filed", "cancelled"):
            for user in (self.manager, self.env.ref("base.user_root")):
                contract = self._contract(state, **self.rich).with_user(user)
                before = contract._content()
                for action, *args in self._doors(contract):
                    with self.subTest(state=state, door=str(action), args=args), self.cr.savepoint():
                        with self.assertRaises(UserError):
                            action(*args)
                self.env.invalidate_all()
                self.assertEqual(contract._content(), before)

    def test_defaults_are_no_back_door(self):
        contract = self._contract("signed", **self.rich)
        with_default = {"default_contract_id": contract.id}
        line = self.env["sbo.contract.line"].with_user(self.clerk).with_context(**with_default)
        self._refused("signed supplement", line.create, {"product_id": self.other.id})
        item = self.env["sbo.contract.milestone"].with_user(self.clerk).with_context(**with_default)
        self._refused("signed supplement", item.create, {"name": "X", "due_on": "2026-04-01"})
        other = {"name": "X", "due_on": "2026-04-01", "kind": "other"}
        self._refused("done by its step", item.create, {**other, "done_on": "2026-03-01"})
        self.assertFalse(item.with_context(default_repeated=True).create(other).repeated)
        draft = self._contract()
        supplement = self.env["sbo.contract.supplement"].with_user(self.clerk).with_context(
            default_contract_id=draft.id)
        self._refused("nothing to supplement", supplement.create, {"subject": "X"})

    def test_a_contract_in_force_is_not_hidden(self):
        for state in ("review", "approved", "signed", "execution"):
            self._refused("archived when it has ended", self._contract(state).with_user(self.manager).action_archive)
        self._contract("filed").with_user(self.manager).action_archive()

    def test_the_way_out_is_named(self):
        self._refused("take it back to draft to change Amount; it is reviewed anew",
                      self._contract("review").with_user(self.clerk).write, {"amount": 5})
        self._refused("Amount can only be changed by a signed supplement",
                      self._contract("signed").with_user(self.clerk).write, {"amount": 5})
        contract = self._contract("signed", **self.rich)
        self._refused("signed supplement", contract.line_ids.with_user(self.clerk).write, {"price": 5})

    def test_import_meets_the_same_wall(self):
        contract = self._contract("signed")
        contract._get_external_ids()
        self.env["ir.model.data"].create(
            {"module": "t", "name": "contract", "model": "sbo.contract", "res_id": contract.id})
        result = self.env["sbo.contract"].with_user(self.manager).load(["id", "amount"], [["t.contract", "7"]])
        self.assertFalse(result["ids"])
        self.assertIn("signed supplement", result["messages"][0]["message"])

    def test_the_same_values_are_no_change(self):
        contract = self._contract("signed", **self.rich).with_user(self.clerk)
        contract.write({"amount": 1000.0, "subject": "Lamps", "date_end": False, "note": "<p>seen</p>"})
        contract.line_ids.write({"price": 90, "sequence": 3})
        contract.milestone_ids.user_id = self.clerk
        contract.user_id = self.manager
        self.assertEqual(contract.amount, 1000)

    def test_taken_back_it_can_be_changed(self):
        contract = self._contract("approved", **self.rich).with_user(self.salesperson)
        self._reviews()
        contract.action_withdraw()
        contract.write({"amount": 5, "line_ids": [Command.clear()]})
        self.assertEqual((contract.state, contract.amount, contract.reviewed_content), ("draft", 5, False))

    def test_what_was_missing_is_added_what_is_there_a_supervisor_corrects(self):
        contract = self._contract("signed").with_user(self.clerk)
        contract.write({"their_signatory": "Ms Li", "their_seal": "contract", "signed_file": b"eA=="})
        self._refused("corrected by a back-office supervisor", contract.write, {"their_signatory": "Mr Wu"},
                      error=AccessError)
        self._refused("corrected by a back-office supervisor", contract.write, {"signed_on": "2026-03-01"},
                      error=AccessError)
        contract.with_user(self.supervisor).write({"their_signatory": "Mr Wu"})
        self._refused("signed in the future", contract.with_user(self.supervisor).write, {"signed_on": "2999-01-01"})

    def test_reminders_can_be_added_to_a_signed_contract(self):
        contract = self._contract("signed").with_user(self.clerk)
        contract.write({"milestone_ids": [self._milestone(kind="other", name="Ask for the forecast")]})
        self._refused("signed supplement", contract.milestone_ids.write, {"kind": "payment"})

    def test_impossible_terms(self):
        for vals, words in (({"amount": -1}, "not negative"),
                            ({"date_start": "2026-03-01", "date_end": "2026-02-01"}, "end before it begins"),
                            ({"retention_due_on": "2026-03-01"}, "no amount"),
                            ({"retention_amount": 2000}, "More cannot be kept back")):
            self._refused(words, self._contract, **vals)

    def test_content_compares_without_names(self):
        contract = self._contract(**self.rich)
        content = contract._content()
        self.product.name = "Lamp, renamed"
        self.customer.name = "Customer, renamed"
        self.assertNotEqual(contract._content(), content)
        self.assertTrue(contract._same_content(content))
        contract.line_ids.price = 91
        self.assertFalse(contract._same_content(content))
