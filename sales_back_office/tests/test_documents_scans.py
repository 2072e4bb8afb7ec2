import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import at
from .common_documents import SboDocumentsCommon


@tagged("post_install", "-at_install")
class TestDocumentScans(SboDocumentsCommon):
    """A scan that was in a field of its record, once its paper is filed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts = cls.env.ref("sales_back_office.sbo_document_class_contract")

    def test_the_signed_scan_and_the_letters_are_filed(self):
        self.contracts.place_id = self.box
        contract = self._contract()
        scan = base64.b64encode(b"scan")
        contract.write({
            "signed_file": scan, "signed_file_name": "signed.txt", "our_letter": base64.b64encode(b"ours"),
            "our_letter_name": "letter.txt", "their_letter": base64.b64encode(b"theirs"),
            "their_letter_name": "letter.txt"})
        document = self.env["sbo.document"].browse(contract.with_user(self.clerk).action_sbo_file()["res_id"])
        self.assertEqual((document.state, document.medium), ("filed", "both"))
        self.assertEqual(
            sorted(document.file_ids.mapped("name")), ["letter (2).txt", "letter.txt", "signed.txt"])
        self.assertFalse(contract.signed_file or contract.our_letter, "read where it is filed, by who may read that")
        self.assertEqual(contract.with_user(self.salesperson).sbo_filed_file_ids, document.file_ids)

    def test_a_filed_scan_is_as_secret_as_its_document(self):
        """Neither the field of the record nor its address shows what the document does not, and nothing outlives it."""
        self.contracts.write({"place_id": self.box.id, "secrecy_id": self.restricted.id})
        contract = self._contract()
        contract.write({"signed_file": base64.b64encode(b"scan"), "signed_file_name": "signed.txt"})
        action = contract.with_user(self.clerk).action_sbo_file()
        document = self.env["sbo.document"].search([("res_model", "=", "sbo.contract"), ("res_id", "=", contract.id)])
        self.assertEqual((document.state, document.file_ids.record_field), ("filed", "signed_file"), action)
        self.env.invalidate_all()
        self.assertFalse(contract.with_user(self.salesperson).signed_file)
        self.assertFalse(self.env["ir.attachment"].sudo().search([
            ("res_model", "=", "sbo.contract"), ("res_id", "=", contract.id), ("res_field", "!=", False)]))
        with self.assertRaises(AccessError):
            document.file_ids.attachment_id.with_user(self.salesperson).read(["raw"])
        self.assertNotIn("signed_file", self._incomplete(contract), "it was filed, and is not asked for again")

    def _incomplete(self, contract):
        """What the nightly check misses of a signed contract."""
        check = self.env.ref("sales_back_office.sbo_check_contract_incomplete")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_contract SET file_due_at = '2026-03-10' WHERE id = %s", [contract.id])
        query = contract._sbo_query_incomplete(check.with_context(sbo_as_of=at("2026-04-01 09:00")), contract.ids)
        return {row[1] for row in self.env.execute_query(query)}
