from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_contracts import SboContractsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 04:00:00")
class TestContractNumber(SboContractsCommon):
    """Contracts are numbered year–class–sequence; a number that is not in force is explained."""

    def _numbers(self):
        return self.env["sbo.contract.number"].search([("class_id", "=", self.contract_class.id)])

    def _submitted(self, **vals):
        contract = self._contract(**vals)
        self._submit(contract)
        return contract

    def test_year_class_sequence(self):
        names = [self._submitted().name for _n in range(2)]
        self.assertEqual(names, ["2026-T-001", "2026-T-002"])
        other = self._contract_class("U")
        self.assertEqual(self._submitted(class_id=other.id).name, "2026-U-001")

    def test_each_year_begins_anew_in_the_company_s_time(self):
        self._submitted()
        with freeze_time("2026-12-31 15:59:00"):
            self.assertEqual(self._submitted().name, "2026-T-002")
        with freeze_time("2026-12-31 16:01:00"):  # midnight is over in Shanghai
            self.assertEqual(self._submitted().name, "2027-T-001")

    def test_the_number_is_kept_when_sent_back(self):
        contract = self._submitted()
        contract._sent_back(None, "too long")
        self._submit(contract)
        self.assertEqual((contract.name, len(self._numbers())), ("2026-T-001", 1))

    def test_a_transaction_rolled_back_leaves_no_gap(self):
        self._submitted()
        lost = self._contract()
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            self._submit(lost)
            self.assertEqual(lost.name, "2026-T-002")
            raise ZeroDivisionError
        self.env.invalidate_all()
        self.assertEqual(self._submitted().name, "2026-T-002")
        self.assertEqual(self._numbers().mapped("number"), [2, 1])

    def test_a_draft_may_go_a_number_stays(self):
        for user in (self.salesperson, self.clerk):
            self._contract(line_ids=[self._line(price=9)], milestone_ids=[self._milestone(amount=1)]).with_user(
                user).unlink()
        contract = self._submitted()
        contract._sent_back(None, "no")
        for user in (self.salesperson, self.clerk, self.manager):
            self._refused("stays there; cancel it", contract.with_user(user).unlink)
        contract.with_user(self.salesperson).action_cancel("The customer has chosen somebody else")
        number = self._numbers()
        self.assertEqual((number.state, number.reason), ("void", "The customer has chosen somebody else"))
        self._refused("stays there; cancel it", contract.sudo().unlink)
        contract.with_user(self.supervisor).action_revive("He has come back")
        self.assertEqual((contract.state, contract.name, number.state), ("draft", "2026-T-001", "used"))

    def test_another_class_leaves_its_number_explained(self):
        contract = self._submitted()
        contract._sent_back(None, "that is special")
        contract.class_id = self._contract_class("U")
        self._submit(contract)
        self.assertEqual(contract.name, "2026-U-001")
        self.assertEqual(self._numbers().state, "void")
        self.assertIn("2026-U-001", self._numbers().reason)
        self.assertEqual(self._submitted().name, "2026-T-002")

    def test_numbers_passed_over_are_listed_and_explained(self):
        self._submitted()
        self.contract_class.sequence_id.date_range_ids.number_next_actual = 4
        self.assertEqual(self._submitted().name, "2026-T-004")
        skipped = self._numbers().filtered(lambda number: number.state == "skipped")
        self.assertEqual(skipped.mapped("name"), ["2026-T-003", "2026-T-002"])
        skipped.with_user(self.clerk).write({"reason": "Contracts on paper before the system"})
        self._refused("Only the explanation", skipped.with_user(self.clerk).write, {"state": "used"})
        used = self._numbers() - skipped
        self._refused("needs no explanation", used.with_user(self.clerk).write, {"reason": "x"})
        with self.assertRaises(AccessError):
            skipped.with_user(self.salesperson).write({"reason": "x"})
        with self.assertRaises(UserError):
            skipped.unlink()

    def test_a_sequence_set_back_gives_no_number_twice(self):
        self._submitted()
        self._submitted()
        self.contract_class.sequence_id.date_range_ids.number_next_actual = 1
        self.assertEqual(self._submitted().name, "2026-T-003")

    def test_a_class_with_numbers_keeps_its_code(self):
        self._submitted()
        self._refused("have numbers with its code", self.contract_class.write, {"code": "Z"})
        self._refused("archive it", self.contract_class.unlink)

    def test_companies_count_apart(self):
        self._submitted()
        second = self._contract_class(company_id=self.company2.id)
        contract = self.env["sbo.contract"].create({
            "partner_id": self.customer.id, "subject": "X", "amount": 1, "class_id": second.id,
            "company_id": self.company2.id})
        contract._give_number()
        self.assertEqual(contract.name, "2026-T-001")
