from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import at
from .common_contracts import SboContractsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-05 04:00:00")
class TestContractPapers(SboContractsCommon):
    """The paper of a contract: originals sent, come back and put on file in time; standard texts with versions."""

    def _complete(self, **vals):
        return self._contract("signed", **{
            "their_signatory": "Ms Li", "their_authority": "legal", "their_seal": "contract", "signed_file": b"eA==",
            "original_returned_on": "2026-03-03", "original_place": "Room 2", "milestone_ids": [
                self._milestone(percent=100)], **vals})

    def test_originals_go_and_come_back(self):
        draft = self._contract().with_user(self.clerk)
        self._refused("not approved", draft.action_send_original)
        contract = self._contract("approved").with_user(self.clerk)
        contract.action_send_original()
        self.assertEqual(str(contract.original_sent_on), "2026-03-05")
        contract.action_receive_original()
        self.assertEqual(str(contract.original_returned_on), "2026-03-05")
        self._refused("not signed", contract.action_file_original)
        self._refused("before it was sent", contract.write, {"original_returned_on": "2026-03-01"})
        self._refused("more originals than were made", contract.write, {"original_kept": 3})

    def test_filed_with_its_place(self):
        contract = self._contract("signed").with_user(self.clerk)
        self._refused("where our original is kept", contract.action_file_original)
        contract.original_place = "Room 2, cabinet 5"
        contract.action_file_original()
        self.assertEqual((contract.original_filed_by_id, str(contract.original_returned_on)),
                         (self.clerk, "2026-03-05"))
        self._refused("on file already", contract.action_file_original)
        self._refused("use the buttons", contract.write, {"original_filed_at": False})

    def test_a_clerk_notes_where_the_original_is_and_what_was_signed(self):
        contract = self._contract("signed", original_place="Room 2").with_user(self.salesperson)
        for action in (contract.action_send_original, contract.action_receive_original, contract.action_file_original):
            self._refused("takes a back-office clerk", action, error=AccessError)
        for vals in ({"original_returned_on": "2026-03-04"}, {"original_sent_on": "2026-03-04"},
                     {"their_seal": "contract"}, {"their_authority": "legal"}, {"their_signatory": "Ms Li"}):
            self._refused("takes a back-office clerk", contract.write, vals, error=AccessError)
        self._refused("takes a back-office clerk", self._contract, original_returned_on="2026-03-04",
                      error=AccessError)
        clerk = contract.with_user(self.clerk)
        for name in ("original_sent_on", "original_returned_on"):
            self._refused("a day to come", clerk.write, {name: "2026-03-06"}, error=ValidationError)
        clerk.write({"their_seal": "contract", "their_authority": "legal"})
        clerk.action_file_original()
        self.assertTrue(contract.original_filed_at)
        draft = self._contract().with_user(self.salesperson)
        draft.their_signatory = "Ms Li"

    def test_a_scan_is_changed_as_the_signature_is(self):
        contract, draft = self._complete(our_letter=b"eA=="), self._contract(signed_file=b"eA==")
        supplement = self.env["sbo.contract.supplement"].create({
            "contract_id": contract.id, "subject": "More", "state": "signed", "signed_file": b"eA=="})
        scans = self.env["ir.attachment"].sudo().search([
            ("res_model", "in", ("sbo.contract", "sbo.contract.supplement")),
            ("res_id", "in", (contract | draft).ids + supplement.ids), ("res_field", "!=", False)])
        own = scans.filtered(lambda scan: scan.res_model == "sbo.contract" and scan.res_id == draft.id)
        signed = scans - own
        self.assertEqual(len(signed), 3)
        for user in (self.salesperson, self.clerk):
            for scan in signed.with_user(user):
                again = {"name": "x", "raw": b"other", "res_model": scan.res_model, "res_id": scan.res_id,
                         "res_field": scan.res_field}
                for action in (scan.unlink, lambda scan=scan: scan.write({"raw": b"other"}),
                               lambda scan=scan: scan.write({"res_id": draft.id}),
                               lambda again=again, user=user: self.env["ir.attachment"].with_user(user).create(again)):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        action()
                    self.env.invalidate_all()
        with self.assertRaises(AccessError), self.cr.savepoint():
            own.with_user(self.salesperson).write({"res_id": contract.id})
        own.with_user(self.salesperson).write({"raw": b"another"})
        signed.with_user(self.supervisor).write({"raw": b"right"})
        contract.invalidate_recordset()
        self.assertEqual(contract.signed_file, b"cmlnaHQ=")

    def test_the_class_gives_the_days_to_file(self):
        # Signed on a Monday: three working days end on Thursday evening.
        contract = self._contract("signed")
        self.assertEqual(contract.file_due_at, at("2026-03-05 18:00"))
        self.contract_class.file_days = 5
        self.assertEqual(self._contract("signed").file_due_at, at("2026-03-09 18:00"))
        self.assertEqual(contract.file_due_at, at("2026-03-05 18:00"))

    def test_another_day_of_signing_another_limit(self):
        contract = self._contract("signed")
        contract.with_user(self.supervisor).signed_on = "2026-03-03"
        self.assertEqual(contract.file_due_at, at("2026-03-06 18:00"))
        self.contract_class.file_days = 5
        self._refused("supervisor", contract.with_user(self.clerk).action_recompute_deadlines, error=AccessError)
        contract.with_user(self.supervisor).action_recompute_deadlines()
        self.assertEqual(contract.file_due_at, at("2026-03-10 18:00"))

    def test_filed_late_is_found(self):
        check = self._shipped("contract_filing_late")
        contract, in_time = self._contract("signed"), self._contract("signed")
        in_time.with_context(sbo_step=None)._own().original_filed_at = at("2026-03-05 17:00")
        self._run(check, "2026-03-05 17:30")
        self.assertFalse(self._findings(contract | in_time, check))
        self._run(check, "2026-03-06 09:00")
        found = self._findings(contract | in_time, check)
        self.assertEqual((found.res_id, found.user_id, found.due_at), (contract.id, self.clerk, at("2026-03-05 18:00")))
        contract._own().original_filed_at = at("2026-03-06 10:00")
        self._run(check, "2026-03-06 11:00")
        self.assertEqual(found.closed_at, at("2026-03-06 10:00"))

    def test_what_is_missing_is_found_and_ends_by_itself(self):
        check = self._shipped("contract_incomplete")
        contract = self._complete(their_signatory=False, signed_file=False, milestone_ids=[])
        good = self._complete()
        self._run(check, "2026-03-05 17:00")
        self.assertFalse(self._findings(contract, check))
        self._run(check, "2026-03-06 09:00")
        self.assertEqual(set(self._findings(contract, check).mapped("key")),
                         {"their_signatory", "signed_file", "payment_plan"})
        self.assertFalse(self._findings(good, check))
        self.assertIn("Customer's Signatory", self._findings(contract, check).sorted("key")[-1].evidence_text)
        contract.write({"their_signatory": "Ms Li", "signed_file": b"eA=="})
        self._run(check, "2026-03-06 10:00")
        self.assertEqual(self._findings(contract, check).filtered(lambda item: not item.closed_at).key, "payment_plan")

    def test_a_letter_needs_its_file(self):
        check = self._shipped("contract_incomplete")
        contract = self._complete(their_authority="letter")
        self._run(check, "2026-03-06 09:00")
        self.assertEqual(self._findings(contract, check).key, "their_authority")
        contract.their_letter = b"eA=="
        self._run(check, "2026-03-06 10:00")
        self.assertTrue(self._findings(contract, check).closed_at)

    def test_the_same_checks_for_one_record(self):
        contract = self._complete(their_seal="none")
        with freeze_time("2026-03-07 04:00:00"):
            contract.with_user(self.clerk).action_sbo_check_now()
        codes = set(self._findings(contract).mapped("check_id.code"))
        self.assertLessEqual({"contract_filing_late", "contract_incomplete"}, codes)

    # === standard contracts === #

    def _text(self, version, valid_from="2026-01-01", **vals):
        return self.env["sbo.contract.template"].create({
            "name": "Standard text", "version": version, "valid_from": valid_from, "file": b"eA==", **vals})

    def test_an_out_of_date_text_is_recognised(self):
        old = self._text(1)
        contract = self._contract(template_id=old.id)
        self.assertFalse(contract.template_outdated)
        future = self._text(2, "2026-04-01")
        self.env.invalidate_all()
        self.assertEqual((contract.template_outdated, old.newest, future.newest), (False, True, False))
        future.valid_from = "2026-03-05"
        self.env.invalidate_all()
        self.assertEqual((contract.template_outdated, old.newest, future.newest), (True, False, True))
        domain = [("template_outdated", "=", True), ("id", "=", contract.id)]
        self.assertEqual(self.env["sbo.contract"].search(domain), contract)
        signed = self._contract("signed", template_id=old.id)
        self.assertFalse(signed.template_outdated)
        self.assertEqual(self.env["sbo.contract.template"].search([("newest", "=", True), ("name", "=", old.name)]),
                         future)
        future.active = False
        self.env.invalidate_all()
        self.assertFalse(contract.template_outdated)

    def test_a_used_text_is_kept_as_it_was(self):
        old = self._text(1)
        old.file = b"eQ=="
        self._contract(template_id=old.id)
        self._refused("make a new version", old.with_user(self.supervisor).write, {"file": b"eg=="})
        self._refused("archive it instead", old.unlink)
        action = old.with_user(self.supervisor).action_new_version()
        new = self.env["sbo.contract.template"].with_user(self.supervisor).with_context(**action["context"]).create(
            {"file": b"eg=="})
        self.assertEqual((new.name, new.version, old.file), ("Standard text", 2, b"eQ=="))
        with self.assertRaises(AccessError):
            old.with_user(self.clerk).write({"note": "x"})
