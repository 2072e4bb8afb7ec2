from datetime import timedelta

from odoo.fields import Date
from odoo.tests import HttpCase, tagged

from .common_loans import SboLoanCommon


@tagged("post_install", "-at_install")
class TestLoanTours(SboLoanCommon, HttpCase):
    """A contract is filed, lent, waited for, brought back late with a page missing, and lent to the next in line."""

    def test_from_filing_to_the_next_borrower(self):
        self.borrower.name, self.borrower2.name = "Tour Borrower", "Tour Next"
        contract = self._document("Tour Contract", file=False, place_id=self.box.id, pages=12, barcode="TOUR-1")
        self.start_tour(f"/odoo/action-sales_back_office.sbo_document_action/{contract.id}", "sbo_loan_file",
                        login="sbo_clerk")
        self.assertEqual((contract.state, bool(contract.file_code)), ("filed", True))

        self.start_tour("/odoo/loans/new", "sbo_loan_hand_out", login="sbo_clerk")
        first = contract.loan_line_ids
        self.assertEqual((first.state, first.borrower_id, first.out_by_id), ("out", self.borrower, self.clerk))

        self.start_tour("/odoo/my-loans", "sbo_loan_ask", login="sbo_outsider")
        loan = self.env["sbo.loan"].search([("borrower_id", "=", self.borrower2.id)])
        self.assertEqual((loan.state, loan.requested_by_id), ("requested", self.outsider))
        self.start_tour(f"/odoo/loans/{loan.id}", "sbo_loan_wait", login="sbo_clerk2")
        second = loan.line_ids
        self.assertEqual((second.state, second.document_id, bool(second.told_at)), ("waiting", contract, False))

        first.due_on = Date.today() - timedelta(days=3)
        self.start_tour("/odoo/loan-desk", "sbo_loan_return", login="sbo_clerk")
        self.assertEqual((first.state, first.pages_back, first.condition), ("returned", 11, "incomplete"))
        self.assertTrue(first.loan_id.activity_ids, "somebody searches for the page")
        self.assertTrue(second.told_at, "told before it was handed out")
        self.assertEqual((second.state, second.out_by_id), ("out", self.clerk))
