from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_archive import SboArchiveCommon
from .common_closed import ClosedCommon


@tagged("post_install", "-at_install")
class TestArchiveClosed(ClosedCommon, SboArchiveCommon):
    """What comes with a step is not brought along: neither by the context of a call, nor by a default of one's own."""

    def test_nobody_approves_a_loan_by_a_default(self):
        closed = {"state": "approved", "approved_rank": 2, "approved_by_id": self.manager.id,
                  "requested_by_id": self.manager.id, "borrower_type": "auditor", "id_shown": True,
                  "due_on": "2030-01-01"}
        for loans in self._by_both(self.salesperson, "sbo.loan", closed):
            loan = loans.create({"purpose": "Talks", "request_text": "The contract"})
            self._assert_open(loan, closed)
            self.assertEqual((loan.state, loan.borrower_type, loan.requested_by_id),
                             ("draft", "inside", self.salesperson))

    def test_nobody_borrows_for_others_by_a_default(self):
        for loans in self._by_both(self.salesperson, "sbo.loan", {"borrower_id": self.clerk.partner_id.id}):
            with self.assertRaisesRegex(AccessError, "Everybody asks for themselves"), self.env.cr.savepoint():
                loans.create({"purpose": "Talks", "request_text": "The contract"})

    def test_no_item_of_a_loan_is_out_by_a_default(self):
        document = self._on_file()
        closed = {"state": "out", "out_at": "2026-03-02 01:00:00", "due_on": "2030-01-01", "renewals": 5,
                  "returned_at": "2026-03-02 02:00:00", "settled_text": "Settled"}
        for user in (self.salesperson, self.clerk):
            for lines in self._by_both(user, "sbo.loan.line", closed):
                loan = self.env["sbo.loan"].with_user(user).create({
                    "purpose": "Talks", "request_text": "It", "borrower_id": user.partner_id.id})
                line = lines.create({"loan_id": loan.id, "document_id": document.id})
                self._assert_open(line, closed)
                self.assertEqual(line.state, "waiting")

    def test_what_is_not_read_is_not_asked_for_by_a_default(self):
        secret = self._on_file(secrecy_id=self.manager_level.id)
        loan = self.env["sbo.loan"].with_user(self.salesperson).create({"purpose": "Talks", "request_text": "It"})
        for lines in self._by_both(self.salesperson, "sbo.loan.line", {"document_id": secret.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                lines.create({"loan_id": loan.id})
        loan.action_request()
        document = self._on_file()
        with self.assertRaisesRegex(UserError, "has been decided"), self.env.cr.savepoint():
            self.env["sbo.loan.line"].with_user(self.salesperson).with_context(default_loan_id=loan.id).create(
                {"document_id": document.id})

    def test_no_document_is_filed_by_a_default(self):
        closed = {"state": "filed", "file_code": "2026-LT-9999", "filed_by_id": self.manager.id, "expected": True,
                  "keep_until": "2001-01-01"}
        for documents in self._by_both(self.clerk, "sbo.document", closed):
            document = documents.create({"title": "Letter", "class_id": self.kind.id, "date": "2026-03-02"})
            self._assert_open(document, closed)
            self.assertEqual(document.state, "draft")

    def test_no_destruction_is_approved_by_a_default(self):
        documents = [self._expired(), self._expired()]
        closed = {"state": "approved", "prepared_by_id": self.manager.id, "approved_by_id": self.manager.id,
                  "before1_at": "2026-03-02 01:00:00", "after1_at": "2026-03-02 01:00:00"}
        for document, lists in zip(documents, self._by_both(self.clerk, "sbo.destruction", closed), strict=True):
            record = lists.create({
                "witness1_id": self.auditor.id, "witness2_id": self.outsider.id,
                "line_ids": [Command.create({"document_id": document.id})]})
            self._assert_open(record, closed)
            self.assertEqual((record.state, record.prepared_by_id), ("draft", self.clerk))

    def test_no_line_joins_an_approved_list_by_a_default(self):
        record = self._destruction([self._expired()])
        record.with_user(self.manager).action_approve()
        late = self._expired()
        for lines in self._by_both(self.clerk, "sbo.destruction.line", {"destruction_id": record.id}):
            with self.assertRaisesRegex(UserError, "has been approved"), self.env.cr.savepoint():
                lines.create({"document_id": late.id})

    def test_witnesses_and_approver_are_looked_at_again(self):
        record = self._destruction([self._expired()])
        record.with_user(self.manager).action_approve()
        for name, value in (("prepared_by_id", self.manager.id), ("witness2_id", self.auditor.id),
                            ("prepared_by_id", self.auditor.id), ("approved_by_id", None)):
            with self.subTest(name=name), self.assertRaises(UserError), self.env.cr.savepoint():
                self.env.flush_all()
                self.env.cr.execute(f"UPDATE sbo_destruction SET {name} = %s WHERE id = %s", [value, record.id])
                self.env.invalidate_all()
                record.with_user(self.auditor).action_witness_before()
            self.env.invalidate_all()
        record.with_user(self.auditor).action_witness_before()

    def test_no_pack_is_ready_by_a_default(self):
        foreign = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"a"})
        closed = {"state": "ready", "attachment_id": foreign.id, "prepared_by_id": self.manager.id, "job_state": "done",
                  "sha256": "0" * 64}
        for packs in self._by_both(self.supervisor, "sbo.audit.pack", closed):
            pack = packs.create({"recipient": "Auditors"})
            self._assert_open(pack, closed)
            self.assertEqual(pack.state, "draft")

    def test_no_request_is_closed_by_a_default(self):
        closed = {"state": "closed", "closed_at": "2026-03-02 01:00:00"}
        for requests in self._by_both(self.clerk, "sbo.audit.request", closed):
            request = requests.create({"asked_by": "Auditors", "due_on": "2026-04-01", "description": "All"})
            self._assert_open(request, closed)

    def test_no_backup_is_good_by_a_default(self):
        backup = self.env["sbo.backup"].with_context(default_state="good", default_verified_at="2026-03-02")._begin(
            self.company)
        self.assertEqual((backup.state, backup.verified_at), ("running", False))
