from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..tools import phones
from .common import SboCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
MATRIX = {
    "clerk": {"sbo.licence": "rwc", "sbo.customer.requirement": "r", "sbo.region": "r"},
    "supervisor": {"sbo.licence": "rwcd", "sbo.customer.requirement": "rwcd", "sbo.region": "rwcd"},
    "manager": {"sbo.licence": "rwcd", "sbo.customer.requirement": "rwcd", "sbo.region": "rwcd"},
    "auditor": {"sbo.licence": "r", "sbo.customer.requirement": "r", "sbo.region": "r"},
    "salesperson": {"sbo.licence": "rwc", "sbo.customer.requirement": "", "sbo.region": "r"},
    "outsider": {"sbo.licence": "", "sbo.customer.requirement": "", "sbo.region": "r"},
}


@tagged("post_install", "-at_install")
class TestCustomerLicences(SboCommon):
    """The papers of a customer, who may touch them, and the file's verification."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(clerk=cls.clerk)

    def _licence(self, days=None, user=None, **vals):
        until = days is not None and fields.Date.add(fields.Date.context_today(self.clerk), days=days)
        return self.env["sbo.licence"].with_user(user or self.clerk).create(
            {"partner_id": self.customer.id, "name": "L-1", "valid_until": until, **vals})

    def test_matrix(self):
        for role, models in MATRIX.items():
            user = getattr(self, role)
            for model, allowed in models.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation), letter in allowed)

    def test_states(self):
        for days, state in ((None, "valid"), (31, "valid"), (30, "expiring"), (0, "expiring"), (-1, "expired")):
            self.assertEqual(self._licence(days).state, state, days)

    def test_filters(self):
        expired, soon = self._licence(-1), self._licence(3)
        find = self.env["sbo.licence"].with_user(self.auditor).search
        mine = [("partner_id", "=", self.customer.id)]
        self.assertEqual(find(mine + [("valid_until", "<", "today")]), expired)
        self.assertEqual(find(mine + [("valid_until", ">=", "today"), ("valid_until", "<=", "today +30d")]), soon)
        self.assertEqual(find(mine + [("sbo_clerk_id", "=", self.clerk.id)]), expired | soon)

    def test_dates_in_order(self):
        with self.assertRaisesRegex(ValidationError, "compare the dates"):
            self._licence(0, valid_from="2099-01-01")

    def test_a_scan_belongs_to_its_licence_and_keeps_it(self):
        scan = self.env["ir.attachment"].with_user(self.clerk).create({"name": "scan.pdf", "raw": b"x"})
        licence = self._licence(3, attachment_ids=scan.ids)
        self.assertEqual((scan.res_model, scan.res_id), ("sbo.licence", licence.id))
        self.assertEqual(scan.with_user(self.salesperson).name, "scan.pdf")
        with self.assertRaisesRegex(UserError, "archive the licence"):
            licence.with_user(self.supervisor).unlink()
        with self.assertRaises(AccessError):
            self._licence(3).unlink()
        self._licence(3).with_user(self.supervisor).unlink()

    def test_other_company(self):
        self.customer.company_id = self.company
        licence = self._licence(3)
        self.assertEqual(licence.company_id, self.company)
        with self.assertRaises(AccessError):
            licence.with_user(self.company2_clerk).name  # noqa: B018 - reading is what is tried
        self.assertFalse(self.env["sbo.licence"].with_user(self.company2_clerk).search([("id", "=", licence.id)]))

    def test_the_auditor_changes_nothing(self):
        with self.assertRaises(AccessError):
            self._licence(3, user=self.auditor)
        for action in ("action_sbo_verified", "action_sbo_number"):
            with self.assertRaises(AccessError):
                getattr(self.customer.with_user(self.auditor), action)()
        with self.assertRaises(AccessError):
            self.env["sbo.region"].with_user(self.auditor).search([]).action_fill_customers()

    def test_verified_with_changes(self):
        other = self._customer(clerk=self.clerk)
        self.flush_tracking()
        both = self.customer | other
        dialog = self.env["sbo.customer.verification"].with_user(self.clerk).with_context(active_ids=both.ids)
        dialog.create({"note": "New buyer, <b>told</b> by phone"}).action_apply()
        self.assertEqual(set(both.mapped("sbo_verified_on")), {fields.Date.context_today(self.clerk)})
        for customer in both:
            body = " ".join(customer.message_ids.mapped("body"))
            self.assertIn("New buyer, &lt;b&gt;told&lt;/b&gt; by phone", body)
        self.flush_tracking()
        self.assertIn("sbo_verified_on", self.customer.message_ids.tracking_value_ids.field_id.mapped("name"))

    def test_verification_is_not_for_auditors(self):
        with self.assertRaises(AccessError):
            self.env["sbo.customer.verification"].with_user(self.auditor).create(
                {"partner_ids": self.customer.ids, "note": "x"})

    def test_changes_of_the_file_are_kept(self):
        self.flush_tracking()
        self.customer.with_user(self.clerk).write(
            {"sbo_size": "large", "sbo_invoice_title": "T", "sbo_legal_representative": "R", "ref": "K-1"})
        self.flush_tracking()
        names = set(self.customer.message_ids.tracking_value_ids.field_id.mapped("name"))
        self.assertLessEqual({"sbo_size", "sbo_invoice_title", "sbo_legal_representative", "ref"}, names)

    def flush_tracking(self):
        """Write the tracking values that are pending."""
        self.env.flush_all()
        self.cr.flush()


@tagged("post_install", "-at_install")
class TestCustomerReach(SboCommon):
    """Phone numbers and addresses that cannot be right are told, never refused."""

    def test_phones(self):
        for number, country, right in (
            ("139 1234 5678", "CN", True), ("+86 139-1234-5678", "CN", True), ("0086 512 6288 1066", "CN", True),
            ("0512-62881066", "CN", True), ("010-88886666 ext. 12", "CN", True), ("010-88886666-8001", "CN", True),
            ("400-820-1234", "CN", True), ("95588", "CN", True), ("62881066", "CN", True),
            ("0512-62881066 / 13912345678", "CN", True), ("0512-62881066; 139", "CN", False),
            ("1391234567", "CN", False), ("139123456789", "CN", False), ("0755-8601", "CN", False),
            ("ask Li", "CN", False), ("", "CN", True), (False, "CN", True), ("+49 30 901820", "CN", True),
            ("(870) 931-0505", "US", True), ("12", "US", False),
        ):
            with self.subTest(number=number):
                if phones.phonenumbers and country == "US":
                    continue
                self.assertEqual(phones.phone_plausible(number, country), right)

    def test_emails(self):
        for text, right in (
            ("li@example.com", True), ("li@example", False), ("Li <li@example.com>", True), ("li@@example.com", False),
            ("a@example.com; b@example.com", True), ("a@example.com; b", False), ("li example.com", False), ("", True),
        ):
            with self.subTest(text=text):
                self.assertEqual(phones.email_plausible(text), right)

    def test_told_and_not_refused(self):
        customer = self._customer(clerk=self.clerk, phone="0755-8601", email="buy@nanfang",
                                  country_id=self.env.ref("base.cn").id)
        self.assertTrue(customer.sbo_phone_invalid and customer.sbo_email_invalid)
        customer.write({"phone": "0755-86012345", "email": "buy@nanfang.example.com"})
        self.assertFalse(customer.sbo_phone_invalid or customer.sbo_email_invalid)

    def test_old_rows_are_judged_by_the_same_idea(self):
        texts = {"call me": True, "0512-62881066": False, "12": True, "0512-62881066 / 13912345678": False}
        for text, wrong in texts.items():
            self.env.cr.execute("SELECT %s !~ %s", (text, phones.SQL_PHONE))
            self.assertEqual(self.env.cr.fetchone()[0], wrong, text)
        for text, wrong in {"li@example.com": False, "Li <li@example.com>": False, "li@example": True}.items():
            self.env.cr.execute("SELECT %s !~ %s", (text, phones.SQL_EMAIL))
            self.assertEqual(self.env.cr.fetchone()[0], wrong, text)
