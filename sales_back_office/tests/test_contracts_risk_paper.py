from odoo.tests import freeze_time, tagged

from .common import at
from .common_contracts_risk import SboRiskCommon


@tagged("post_install", "-at_install")
class TestContractRiskPaper(SboRiskCommon):
    """Risks of the paper: signature, original, term, changes, licence, update of the schedule."""

    def test_a_contract_without_a_fault_has_no_flag(self):
        contract = self._contract()
        for check in self.env["sbo.check"].search([("risk", "=", True), ("kind", "!=", "manual")]):
            self.assertFalse(self._look(check.code, contract), check.code)
        self.assertFalse(contract.risk_level)

    def test_no_original_seven_days_after_the_signature(self):
        contract = self._contract(signed_on="2026-03-13", original_returned_on=False)
        self.assertFalse(self._look("contract_original_missing", contract, day="2026-03-20"), "the seventh day")
        flag = self._look("contract_original_missing", contract, day="2026-03-21")
        self.assertEqual((flag.severity, flag.evidence, flag.user_id), ("1", {"signed": "2026-03-13"}, self.clerk))
        contract.original_returned_on = "2026-03-22"
        self.assertFalse(self._look("contract_original_missing", contract, day="2026-03-22"))
        self.assertEqual(flag.closed_at, at("2026-03-22 20:00"))

    def test_no_original_seven_days_after_the_first_order(self):
        contract = self._contract("approved", signed_on=False, original_returned_on=False)
        self._under(contract, day="2026-03-15")
        order = self._under(contract, day="2026-03-10")
        self.assertFalse(self._look("contract_original_missing", contract, day="2026-03-17"))
        flag = self._look("contract_original_missing", contract, day="2026-03-18")
        self.assertEqual(flag.evidence, {"first_order": order.name, "ordered_on": "2026-03-10"})
        draft = self._contract("draft", signed_on=False, original_returned_on=False)
        self.assertFalse(self._look("contract_original_missing", draft), "neither signed nor ordered")

    def test_ordered_without_a_signature(self):
        contract = self._contract("approved", signed_on=False)
        self.assertFalse(self._look("contract_unsigned", contract))
        order = self._under(contract)
        flag = self._look("contract_unsigned", contract)
        self.assertEqual((flag.severity, flag.evidence["orders"]), ("2", order.name))
        self.assertEqual(flag.evidence["ordered"], f"5,000.00 {order.currency_id.name}")

    def test_shipped_without_a_signature(self):
        contract = self._contract("approved", signed_on=False)
        picking = self._delivery(self._under(contract), done_at=at("2026-03-12 09:00"))
        flag = self._look("contract_unsigned", contract, day="2026-03-12")
        self.assertEqual((flag.severity, flag.evidence["deliveries"], flag.evidence["shipped_on"]),
                         ("3", picking.name, "2026-03-12"))
        self._look("contract_unsigned", contract, day="2026-04-11")
        self.assertEqual(flag.severity, "3", "the thirtieth day")
        self._look("contract_unsigned", contract, day="2026-04-12")
        self.assertEqual((flag.severity, flag.levels[-1]["to"]), ("4", "4"))
        contract._own().state = "signed"
        self.assertFalse(self._look("contract_unsigned", contract, day="2026-04-13"))

    def test_ordered_then_shipped_without_a_signature(self):
        contract = self._contract("approved", signed_on=False)
        order = self._under(contract)
        flag = self._look("contract_unsigned", contract, day="2026-03-11")
        self._delivery(order, done_at=at("2026-03-12 09:00"))
        self.assertEqual(self._look("contract_unsigned", contract, day="2026-03-12"), flag)
        self.assertEqual((flag.severity, flag.rule_severity), ("3", "3"))

    def test_signed_without_authority_or_seal(self):
        contract = self._contract(their_seal="none")
        flag = self._look("contract_no_authority", contract)
        self.assertEqual((flag.severity, flag.evidence["lacking"]), ("3", ["their_seal"]))
        contract.write({"their_seal": "company", "our_authority": "none", "their_authority": "letter"})
        self._look("contract_no_authority", contract)
        self.assertEqual(flag.evidence["lacking"], ["our_authority", "their_letter"], "a letter nobody has seen")
        contract.write({"our_authority": "legal", "their_letter": b"UGFwZXI=", "their_letter_until": "2026-03-01"})
        self._look("contract_no_authority", contract)
        self.assertEqual(flag.evidence["lacking"], ["their_letter"], "not valid any more on the day of signing")
        contract.their_letter_until = "2026-03-02"
        self.assertFalse(self._look("contract_no_authority", contract))
        self.assertFalse(self._look("contract_no_authority", self._contract("approved", our_seal="none")),
                         "not signed yet")

    def test_a_supplement_signed_without_a_seal(self):
        contract = self._contract(our_authority="none")
        supplement = self.env["sbo.contract.supplement"].create({
            "contract_id": contract.id, "subject": "More", "name": "S1", "state": "signed", "signed_on": "2026-03-10",
            "our_authority": "none", "our_seal": "contract", "their_authority": "legal", "their_seal": "none"})
        flag = self._look("contract_no_authority", contract)
        self.assertEqual((flag.evidence["lacking"], flag.evidence["supplements"]),
                         (["our_authority", "their_seal"], supplement.name))
        contract.our_authority = "legal"
        self._look("contract_no_authority", contract)
        self.assertEqual(flag.evidence["lacking"], ["our_authority", "their_seal"])
        supplement.write({"our_authority": "legal", "their_seal": "company"})
        self.assertFalse(self._look("contract_no_authority", contract))

    def test_signed_before_it_was_approved(self):
        contract = self._contract(signed_on="2026-03-02")
        review = self.env["sbo.contract.review"].create({
            "contract_id": contract.id, "name": "R", "class_id": contract.class_id.id, "state": "approved",
            "closed_at": at("2026-03-02 23:00")})
        self.assertFalse(self._look("contract_no_authority", contract), "on the same day")
        review.closed_at = at("2026-03-03 00:30")
        flag = self._look("contract_no_authority", contract)
        self.assertEqual(flag.evidence["lacking"], ["approval"])
        self.assertIn("Approval before the Signature", flag.evidence_text)

    def test_ends_in_thirty_days(self):
        contract = self._contract(date_end="2026-04-20")
        self.assertFalse(self._look("contract_expiring", contract, day="2026-03-20"), "31 days")
        flag = self._look("contract_expiring", contract, day="2026-03-21")
        self.assertEqual((flag.severity, flag.evidence), ("1", {"ends_on": "2026-04-20", "days_left": 30}))
        self.assertTrue(self._look("contract_expiring", contract, day="2026-04-20"), "its last day")
        self.assertFalse(self._look("contract_expiring", contract, day="2026-04-21"), "it has ended")
        self._change(contract, date_end=False)
        self.assertFalse(self._look("contract_expiring", contract, day="2026-04-22"), "without an end")

    def test_schedule_not_looked_through_for_thirty_days(self):
        contract = self._contract(signed_on="2026-02-10")
        self.assertFalse(self._look("contract_not_updated", contract, day="2026-03-12"), "the thirtieth day")
        flag = self._look("contract_not_updated", contract, day="2026-03-13")
        self.assertEqual((flag.severity, flag.evidence), ("1", {"signed": "2026-02-10", "days_silent": 31}))
        with freeze_time(at("2026-03-13 23:30")):
            self.env["sbo.contract.update"].create({"contract_id": contract.id})
        self.assertFalse(self._look("contract_not_updated", contract, day="2026-03-14"))
        self.assertFalse(self._look("contract_not_updated", contract, day="2026-04-12"))
        self.assertEqual(self._look("contract_not_updated", contract, day="2026-04-13").evidence["updated_on"],
                         "2026-03-13", "the local day")

    def test_more_than_two_changes(self):
        contract = self._contract()
        order = self._under(contract)
        self.env["sbo.order.change"].create([
            {"order_id": order.id, "company_id": self.company.id, "user_id": self.clerk.id,
             "changed_at": at(f"2026-03-1{n} 12:00")}
            for n in range(2)])
        self.assertFalse(self._look("contract_many_changes", contract), "two are usual")
        supplement = self.env["sbo.contract.supplement"].create({"contract_id": contract.id, "subject": "More"})
        self.assertFalse(self._look("contract_many_changes", contract), "not signed yet")
        supplement.sudo().write({"state": "signed", "name": "R-1/01", "signed_on": "2026-03-25"})
        self.assertFalse(self._look("contract_many_changes", contract), "signed later than the night looks at")
        supplement.sudo().signed_on = "2026-03-12"
        flag = self._look("contract_many_changes", contract)
        self.assertEqual((flag.severity, flag.evidence),
                         ("2", {"changes": 3, "changed_orders": order.name, "supplements": "R-1/01"}))

    def test_changes_of_orders_with_a_line_under_the_contract_count_once(self):
        contract, head = self._contract(), self._contract()
        order = self._under(head)
        order.order_line.copy({"order_id": order.id})
        order.order_line.sbo_contract_id = contract
        vals = {"order_id": order.id, "company_id": self.company.id, "user_id": self.clerk.id}
        changes = self.env["sbo.order.change"]
        changes.create([{**vals, "changed_at": at(f"2026-03-1{n} 12:00")} for n in range(2)])
        self.assertFalse(self._look("contract_many_changes", contract, head), "two, however many lines")
        changes.create({**vals, "changed_at": at("2026-03-12 12:00")})
        flag = self._look("contract_many_changes", contract)
        self.assertEqual(flag.evidence, {"changes": 3, "changed_orders": order.name})

    def test_licence_expired(self):
        contract = self._contract()
        licence = self.env["sbo.licence"].create(
            {"partner_id": self.customer.id, "kind": "business", "name": "B-77", "valid_until": "2026-03-20"})
        self.assertFalse(self._look("contract_licence_expired", contract, day="2026-03-20"), "its last valid day")
        flag = self._look("contract_licence_expired", contract, day="2026-03-21")
        self.assertEqual((flag.severity, flag.evidence), (
            "2", {"licence_kinds": ["business"], "licence_number": "B-77", "valid_until": "2026-03-20"}))
        self.assertIn("B-77", str(flag.evidence_text))
        licence.active = False
        self.assertFalse(self._look("contract_licence_expired", contract, day="2026-03-22"))

    def test_the_licence_of_the_company_counts_for_its_contact(self):
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.customer.id})
        self.env["sbo.licence"].create(
            {"partner_id": self.customer.id, "kind": "permit", "name": "P-1", "valid_until": "2026-03-01"})
        contract = self._contract(partner_id=contact.id)
        self.assertTrue(self._look("contract_licence_expired", contract))

    def test_ended_contracts_and_those_of_others_are_left_alone(self):
        ended = self._contract("terminated", date_end="2026-04-01")
        kind = self.kind.create({"name": "Other", "code": "X", "company_id": self.company2.id})
        other = self._contract(company_id=self.company2.id, class_id=kind.id, date_end="2026-04-01",
                               sbo_clerk_id=False, user_id=False, our_signatory_id=False)
        self.assertFalse(self._look("contract_expiring", ended, other))

    def test_archiving_ends_no_flag(self):
        contract = self._contract(date_end="2026-04-01", active=False)
        self.assertEqual(self._look("contract_expiring", contract).contract_id, contract)

    def test_checked_at_once_for_one_contract(self):
        contract, other = self._contract(date_end="2026-04-01"), self._contract(date_end="2026-04-01")
        self.assertEqual(self._look("contract_expiring", contract, other, ids=contract.ids).contract_id, contract)
