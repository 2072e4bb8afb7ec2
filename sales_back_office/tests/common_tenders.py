import base64

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .common import at
from .common_checks import SboCheckCommon

FILE = base64.b64encode(b"what was handed in")


class SboTendersCommon(SboCheckCommon):
    """A tender on its way: published on 2 March, due on the 20th at 9:00, opened at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(at("2026-03-02 09:00")))
        cls.customer = cls._customer("Town Hall", clerk=cls.clerk, salesperson=cls.salesperson)
        cls.contract_class = cls.env["sbo.contract.class"].search([("company_id", "=", cls.company.id)], limit=1) or (
            cls.env["sbo.contract.class"].create({"name": "Ordinary", "code": "A", "company_id": cls.company.id}))

    @classmethod
    def _tender(cls, user=None, **vals):
        return cls.env["sbo.tender"].with_user(user or cls.salesperson).create({
            "project": "Office furniture", "partner_id": cls.customer.id, "submission_at": at("2026-03-20 09:00"),
            "opening_at": at("2026-03-20 09:00"), "price": 1000, **vals}).with_env(cls.env)

    @classmethod
    def _document(cls, tender, progress=100, user=None, owner=None, **vals):
        return cls.env["sbo.tender.document"].with_user(user or cls.clerk).create({
            "tender_id": tender.id, "name": "Technical part", "progress": progress, "file": FILE,
            "file_name": "bid.pdf", "user_id": (owner or cls.clerk).id, **vals}).with_env(cls.env)

    @classmethod
    def _prepared(cls, **vals):
        """Ready to be handed in."""
        tender = cls._tender(**vals)
        tender.with_user(cls.clerk).action_prepare()
        cls._document(tender)
        return tender

    def _submitted(self, moment="2026-03-19 15:00", **vals):
        tender = self._prepared(**vals)
        with freeze_time(at(moment)):
            tender.with_user(self.clerk).action_submit()
        return tender

    def _opened(self, **vals):
        tender = self._submitted(**vals)
        with freeze_time(at("2026-03-20 10:00")):
            tender.with_user(self.clerk).action_open()
        return tender

    def _won(self, amount=950, **vals):
        tender = self._opened(**vals)
        with freeze_time(at("2026-03-25 10:00")):
            tender.with_user(self.clerk).action_win(amount)
        return tender

    def _lost(self, **vals):
        tender = self._opened(**vals)
        with freeze_time(at("2026-03-25 10:00")):
            tender.with_user(self.clerk).action_lose("Second by price")
        return tender

    def _refused(self, words, action, *args, error=UserError, **kwargs):
        """The action is refused in these words."""
        with self.assertRaises(error) as caught:
            action(*args, **kwargs)
        self.assertRegex(str(caught.exception), words)
        return str(caught.exception)

    def _todos(self, record, kind=None):
        """{kind: (day, user)} of the to-dos that stand."""
        found = {}
        for activity in record.activity_ids:
            name = activity.activity_type_id.get_external_id()[activity.activity_type_id.id].rpartition("tender_")[2]
            found[name] = (str(activity.date_deadline), activity.user_id)
        return found.get(kind) if kind else found
