from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_archive import SboArchiveCommon
from .common_loans import SboLoanCommon


@tagged("post_install", "-at_install")
class TestAuditOriginals(SboLoanCommon):
    """An original is in one place: with a borrower, with an audit, or in its box."""

    def _pack(self, **vals):
        pack = self.env["sbo.audit.pack"].with_user(self.supervisor).create({
            "class_ids": [Command.set(self.papers.ids)], "recipient": "Tax Bureau", "originals": True,
            "return_due_on": "2026-04-01", **vals}).with_env(self.env)
        pack.with_user(self.supervisor).action_prepare()
        return SboArchiveCommon._work_off(pack)

    def _reasons(self, pack):
        return {line.document_id: line.reason for line in pack.line_ids if line.kind == "missing"}

    def test_what_is_with_an_audit_is_not_lent(self):
        pack = self._pack()
        pack.with_user(self.supervisor).action_deliver()
        for items in (self.letter, self.box):
            self._refused("with an audit", self._lend, items)
        pack.with_user(self.supervisor).action_close()
        self._lend(self.letter)

    def test_what_is_lent_is_missing_in_the_pack(self):
        self._lend(self.letter)
        pack = self._pack()
        self.assertEqual(self._reasons(pack), {self.letter: "lent"})
        self.assertNotIn(self.letter, pack.line_ids.filtered(lambda line: line.kind == "paper").document_id)
        pack.with_user(self.supervisor).action_deliver()

    def test_what_was_lent_meanwhile_is_not_handed_over(self):
        pack = self._pack()
        self._lend(self.box)
        with self.assertRaisesRegex(UserError, self.letter.file_code):
            pack.with_user(self.supervisor).action_deliver()
        pack.with_user(self.supervisor).originals = False
        pack.with_user(self.supervisor).action_deliver()

    def test_one_original_is_not_with_two_audits(self):
        first, second = self._pack(), self._pack()
        first.with_user(self.supervisor).action_deliver()
        with self.assertRaisesRegex(UserError, first.name):
            second.with_user(self.supervisor).action_deliver()
