from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time

from .common import at
from .common_checks import SboCheckCommon

# the Monday on which the stories begin
MONDAY = "2026-03-02 09:00"


class SboLoanCommon(SboCheckCommon):
    """An archive with a cabinet, two boxes and papers of three levels of secrecy, and people who borrow them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"sbo_loan_items": 3, "sbo_loan_hold_days": 2})
        cls.internal = cls._secrecy("internal", "clerk")
        cls.confidential = cls._secrecy("confidential", "supervisor", loan_days=5)
        cls.restricted = cls._secrecy("restricted", "manager", loan_days=3, renewals=0, on_site_only=True)
        cls.papers = cls.env["sbo.document.class"].create(
            {"name": "Papers", "code": "LP", "company_id": cls.company.id, "secrecy_id": cls.internal.id})
        cls.cabinet = cls._place("Cabinet", "cabinet")
        cls.box = cls._place("Box 1", "box", parent_id=cls.cabinet.id, barcode="BOX-1")
        cls.box2 = cls._place("Box 2", "box", parent_id=cls.cabinet.id, barcode="BOX-2")
        cls.contract = cls._document("Contract A", place_id=cls.box.id, pages=12, barcode="DOC-A")
        cls.letter = cls._document("Letter B", place_id=cls.box.id, pages=2, barcode="DOC-B")
        cls.report = cls._document("Report C", place_id=cls.box2.id, pages=30, barcode="DOC-C")
        cls.secret = cls._document("Price Study", cls.confidential, place_id=cls.box2.id, pages=5, barcode="DOC-S")
        cls.recipe = cls._document("Recipe", cls.restricted, place_id=cls.cabinet.id, pages=1, barcode="DOC-R")
        cls.borrower, cls.borrower2 = cls.salesperson.partner_id, cls.outsider.partner_id

    @classmethod
    def _secrecy(cls, level, approver, **vals):
        secrecy = cls.env.ref(f"sales_back_office.sbo_secrecy_{level}")
        secrecy.write({"approver": approver, "loan_days": 7, "renewals": 1, "on_site_only": False, **vals})
        return secrecy

    @classmethod
    def _place(cls, name, kind, **vals):
        return cls.env["sbo.document.place"].create({"name": name, "kind": kind, "company_id": cls.company.id, **vals})

    @classmethod
    def _document(cls, title, secrecy=None, file=True, **vals):
        vals = {"title": title, "class_id": cls.papers.id, "secrecy_id": (secrecy or cls.internal).id,
                "date": "2026-01-05", "company_id": cls.company.id, "place_id": cls.cabinet.id, **vals}
        document = cls.env["sbo.document"].create(vals)
        if file:
            document.action_file()
        return document

    @classmethod
    def _loan(cls, items, borrower=None, user=None, **vals):
        """A draft loan of these documents or boxes, as a clerk enters it."""
        key = "place_id" if items._name == "sbo.document.place" else "document_id"
        vals = {"borrower_id": (borrower or cls.borrower).id, "purpose": "Talks with the customer",
                "line_ids": [Command.create({key: item.id}) for item in items], **vals}
        return cls.env["sbo.loan"].with_user(user or cls.clerk).create(vals).with_env(cls.env)

    def _lend(self, items, borrower=None, moment=MONDAY, user=None, **vals):
        """Lent in one go by a clerk, at a Shanghai moment."""
        with freeze_time(at(moment)):
            loan = self._loan(items, borrower, user, **vals)
            loan.with_user(user or self.clerk).action_lend()
        return loan

    def _approved(self, items, borrower=None, moment=MONDAY, **vals):
        """Approved, not handed out."""
        with freeze_time(at(moment)):
            loan = self._loan(items, borrower, **vals)
            loan.with_user(self.clerk).action_request()
            loan.with_user(self.manager).action_approve()
        return loan

    def _back(self, loan, moment="2026-03-04 10:00", user=None, **fact):
        """Everything of a loan comes back."""
        with freeze_time(at(moment)):
            lines = loan.line_ids.filtered(lambda line: line.state == "out")
            lines.with_user(user or self.clerk)._give_back({line.id: fact for line in lines})

    def _refused(self, words, method, *args, moment=MONDAY):
        """Refused in these words, and nothing has changed."""
        self.env.flush_all()
        with freeze_time(at(moment)), self.assertRaisesRegex(UserError, words) as caught, \
                self.env.cr.savepoint():
            method(*args)
        self.env.invalidate_all()
        return str(caught.exception)
