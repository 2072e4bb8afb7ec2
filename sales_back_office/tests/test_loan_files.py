from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import at
from .common_loans import MONDAY, SboLoanCommon


@tagged("post_install", "-at_install")
class TestLoanFiles(SboLoanCommon, HttpCase):
    """The electronic copy is open to the borrower for the time of the loan, by every door, and not a day longer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls._file(cls.contract)

    @classmethod
    def _file(cls, document):
        return cls.env["ir.attachment"].create(
            {"name": "contract.txt", "raw": b"signed", "res_model": "sbo.document", "res_id": document.id})

    def _opens(self, moment="2026-03-03 09:00", attachment=None, document=None, user=None):
        """(the record, the bytes, the list of its files) as far as the user gets them."""
        attachment, user = attachment or self.file, user or self.outsider
        document = document or self.contract
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(at(moment)):
            opened = [self._reads(document.with_user(user), "title"), self._reads(attachment.with_user(user), "raw"),
                      bool(self.env["sbo.document.file"].with_user(user).search([("document_id", "=", document.id)]))]
        self.assertEqual(len(set(opened)), 1, opened)
        return opened[0]

    def _reads(self, record, name):
        try:
            return bool(record.read([name]))
        except AccessError:
            return False

    def test_open_while_on_loan(self):
        self.assertFalse(self._opens())
        loan = self._lend(self.contract, self.borrower2)
        self.assertTrue(self._opens())
        self.assertFalse(self._opens("2026-03-12 09:00"), "it was due on the day before")
        self._back(loan)
        self.assertFalse(self._opens("2026-03-04 11:00"))

    def test_not_before_it_is_handed_out(self):
        self._approved(self.contract, self.borrower2)
        self.assertFalse(self._opens())

    def test_with_its_box(self):
        loan = self._lend(self.box, self.borrower2)
        self.assertTrue(self._opens())
        self._back(loan)
        self.assertFalse(self._opens())

    def test_not_what_waits_in_the_box_to_be_filed(self):
        draft = self._document("Margins", self.confidential, file=False, place_id=self.box.id)
        attachment = self._file(draft)
        self._lend(self.box, self.borrower2)
        self.assertFalse(self._opens(attachment=attachment, document=draft))

    def test_nobody_elses(self):
        self._lend(self.contract, self._user("sbo_other", "base.group_user").partner_id)
        self.assertFalse(self._opens())

    def test_reading_on_site_opens_nothing_elsewhere(self):
        attachment = self._file(self.recipe)
        self._lend(self.recipe, self.borrower2, user=self.manager, kind="read")
        self.assertFalse(self._opens(MONDAY, attachment, self.recipe))

    def test_the_borrower_changes_nothing(self):
        self._lend(self.contract, self.borrower2)
        with freeze_time(at(MONDAY)):
            for call in (lambda: self.contract.with_user(self.outsider).write({"title": "x"}),
                         lambda: self.file.with_user(self.outsider).write({"name": "x"}),
                         lambda: self._file(self.contract.with_user(self.outsider)).with_user(self.outsider).unlink()):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    call()

    def test_by_its_address(self):
        """Today, because a server knows no other day."""
        loan = self._loan(self.contract, self.borrower2)
        self.authenticate("sbo_outsider", "sbo_outsider")
        address = f"/web/content/{self.file.id}"
        self.assertNotEqual(self.url_open(address).content, b"signed")
        loan.with_user(self.clerk).action_lend()
        self.assertEqual(self.url_open(address).content, b"signed")
        loan.line_ids.with_user(self.clerk)._give_back({})
        self.assertNotEqual(self.url_open(address).content, b"signed")
