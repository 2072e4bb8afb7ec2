from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_tenders import SboTendersCommon

# role: model: operations. What is not written here is refused. Bid documents: everybody may be given one to make.
MATRIX = {
    "clerk": {"sbo.tender": "rwcd", "sbo.tender.document": "rwcd"},
    "supervisor": {"sbo.tender": "rwcd", "sbo.tender.document": "rwcd"},
    "salesperson": {"sbo.tender": "rwcd", "sbo.tender.document": "rwcd"},
    "auditor": {"sbo.tender": "r", "sbo.tender.document": "rw"},
    "outsider": {"sbo.tender": "", "sbo.tender.document": "rw"},
    "accountant": {"sbo.tender": "r", "sbo.tender.document": "rw"},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestTenderAccess(SboTendersCommon):
    """Role x model x operation, and whose tenders each role sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("sbo_tender_accountant", "account.group_account_readonly")
        cls.other_salesperson = cls._user("sbo_tender_seller", "sales_team.group_sale_salesman")
        cls.mine = cls._tender()
        stranger = cls._customer("Other Hall", clerk=cls.clerk2, salesperson=cls.other_salesperson)
        cls.theirs = cls._tender(user=cls.manager, partner_id=stranger.id, user_id=cls.other_salesperson.id)
        cls.documents = cls._document(cls.mine) | cls._document(cls.theirs)

    def test_matrix(self):
        for role, models in MATRIX.items():
            user = getattr(self, role)
            for model, allowed in models.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(self.env[model].with_user(user).has_access(operation), letter in allowed)

    def _seen(self, user, records):
        return records.with_user(user).search([("id", "in", records.ids)])

    def test_who_sees_which(self):
        both = self.mine | self.theirs
        self.assertEqual(self._seen(self.salesperson, both), self.mine)
        self.assertEqual(self._seen(self.other_salesperson, both), self.theirs)
        for user in (self.clerk, self.clerk2, self.supervisor, self.auditor, self.accountant):
            self.assertEqual(self._seen(user, both), both.sorted(), user.login)
            self.assertEqual(len(self._seen(user, self.documents)), 2, user.login)
        self.assertEqual(self._seen(self.salesperson, self.documents).tender_id, self.mine)
        for user in (self.outsider, self.company2_clerk):
            self.assertFalse(self._seen(user, self.documents), user.login)
        self.assertFalse(self._seen(self.company2_clerk, both))
        with self.assertRaises(AccessError):
            self._seen(self.outsider, both)

    def test_a_customer_of_mine_whoever_bids(self):
        self.theirs.partner_id = self.customer
        self.assertEqual(len(self._seen(self.salesperson, self.mine | self.theirs)), 2)

    def test_steps_of_others_are_closed(self):
        for user in (self.salesperson, self.auditor, self.accountant, self.outsider, self.company2_clerk):
            for step, words in (("action_prepare", ()), ("action_withdraw", ("x",)), ("action_forfeit_bond", ("x",))):
                with self.subTest(user=user.login, step=step), self.assertRaises(AccessError):
                    getattr(self.theirs.with_user(user), step)(*words)
        for user in (self.auditor, self.accountant):
            for document in self.documents:
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    document.with_user(user).progress = 10

    def test_two_companies(self):
        foreign = self._customer("Foreign Hall", company_id=self.company2.id)
        tender = self.env["sbo.tender"].with_user(self.company2_clerk).create({
            "project": "Theirs", "partner_id": foreign.id})
        self.assertEqual((tender.company_id, tender.currency_id), (self.company2, self.company2.currency_id))
        for user in (self.clerk, self.manager):
            self.assertFalse(self._seen(user, tender))
        self.clerk.company_ids = [Command.link(self.company2.id)]
        with self.assertRaisesRegex(Exception, "company"):
            self._tender(user=self.clerk, partner_id=foreign.id)

    def test_views_open_for_each_role(self):
        for user in (self.clerk, self.salesperson, self.auditor, self.manager):
            for model in ("sbo.tender", "sbo.tender.document"):
                views = [(False, kind) for kind in ("form", "list", "search")]
                self.assertTrue(self.env[model].with_user(user).get_views(views)["views"])
        for xmlid in ("sbo_tender_action", "sbo_tender_opening_action", "sbo_tender_figure_action",
                      "sbo_tender_bond_action", "sbo_tender_document_action"):
            action = self.env.ref(f"sales_back_office.{xmlid}")
            self.env[action.res_model].with_user(self.clerk).get_views(action.views)
