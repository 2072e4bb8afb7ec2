from hypothesis import given, settings
from hypothesis import strategies as st
from odoo import fields
from odoo.tests import tagged
from stdnum import get_cc_module

from .common import at
from .common_checks import SboCheckCommon

DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@tagged("post_install", "-at_install")
class TestCheckNotVerified(SboCheckCommon):
    """Every customer that still buys is gone through once a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("customer_not_verified")
        cls.customer = cls._customer(clerk=cls.clerk)
        cls._order(cls.customer, confirmed_at=at("2026-03-02 09:00"))

    def _found(self, moment, customer=None):
        self._run(self.check, moment)
        return self._findings(customer or self.customer, self.check)

    def test_due_at_the_last_working_moment_of_the_month(self):
        self.assertFalse(self._found("2026-03-31 17:59"), "there is still time")
        found = self._found("2026-03-31 18:00")
        self.assertEqual((found.key, found.due_at), ("2026-03", at("2026-03-31 18:00")))

    def test_month_end_follows_working_days(self):
        self._holiday("2026-03-30", "2026-03-31")
        found = self._found("2026-03-28 02:00")
        self.assertEqual(found.due_at, at("2026-03-27 18:00"), "the last two days are holidays, the Friday is the end")

    def test_verified_within_the_month(self):
        self.customer.sbo_verified_on = "2026-03-01"
        self.assertFalse(self._found("2026-04-01 02:00"))

    def test_the_month_stays_open_until_verified(self):
        found = self._found("2026-04-01 02:00")
        self.assertEqual(self._is_open(self._found("2026-04-20 02:00")), [True])
        self.customer.with_user(self.clerk).sbo_verified_on = "2026-04-21"
        self._found("2026-04-22 02:00")
        self.assertEqual(found.closed_at, at("2026-04-22 02:00"))
        self.assertEqual(self._found("2026-05-01 02:00"), found, "verified in April: April is done as well")

    def test_verified_today_is_one_press(self):
        self.customer.with_user(self.clerk).action_sbo_verified()
        self.assertEqual(self.customer.sbo_verified_on, fields.Date.context_today(self.clerk))

    def test_dormant_customers_are_left_alone(self):
        self.check.parameter = 20
        self.assertFalse(self._found("2026-04-01 02:00"), "the last order is 30 days old, 20 count as dormant")
        self.check.parameter = 40
        self.assertTrue(self._found("2026-04-02 02:00"))

    def test_customers_without_orders_or_clerk_are_left_alone(self):
        silent = self._customer("Silent", clerk=self.clerk)
        nobody = self._customer("Nobody's")
        self._order(nobody, confirmed_at=at("2026-03-02 09:00"))
        self._run(self.check, "2026-04-01 02:00")
        self.assertFalse(self._findings(silent | nobody, self.check))

    def test_orders_of_a_contact_belong_to_the_customer(self):
        house = self._customer("House", clerk=self.clerk)
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": house.id})
        self._order(buyer, confirmed_at=at("2026-03-02 09:00"))
        self._run(self.check, "2026-04-01 02:00")
        self.assertEqual(len(self._findings(house, self.check)), 1)
        self.assertFalse(self._findings(buyer, self.check))

    def test_years_ago_the_month_ended_too(self):
        # Working days are kept for two years; an older month is asked for when it is judged.
        self.company.sbo_check_from = "1998-01-01"
        old = self._customer("Old Friend", clerk=self.clerk)
        self._order(old, confirmed_at=at("1998-05-04 09:00"))
        found = self._found("1998-06-01 02:00", old)
        self.assertEqual((found.key, found.due_at), ("1998-05", at("1998-05-29 18:00")))


@tagged("post_install", "-at_install")
class TestCheckCustomerCode(SboCheckCommon):
    """Codes that do not validate are told, never refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("customer_code_invalid")
        cls.china = cls.env.ref("base.cn")

    def _coded(self, vat, **vals):
        vals = {"country_id": self.china.id, **vals}
        return self._customer(vat=vat, clerk=self.clerk, **vals)

    def test_right_and_wrong_check_digit(self):
        right, wrong = self._coded("91350100M000100Y43"), self._coded("91350100M000100Y4Z")
        self._run(self.check, "2026-03-03 02:00")
        self.assertFalse(self._findings(right, self.check))
        found = self._findings(wrong, self.check)
        self.assertEqual(found.user_id, self.clerk)
        self.assertEqual(found.evidence["vat"], "91350100M000100Y4Z")
        wrong.with_user(self.clerk).vat = "91350100M000100Y43"
        self._run(self.check, "2026-03-04 02:00")
        self.assertEqual(found.closed_at, at("2026-03-04 02:00"))

    def test_other_countries_by_their_own_rule(self):
        belgium, narnia = self.env.ref("base.be"), self.env.ref("base.aq")
        self.assertFalse(self._coded("BE0477472701", country_id=belgium.id).sbo_code_invalid)
        self.assertTrue(self._coded("BE0477472702", country_id=belgium.id).sbo_code_invalid)
        self.assertFalse(self._coded("whatever", country_id=narnia.id).sbo_code_invalid, "nobody can check it")

    def test_individuals_and_empty_codes_are_fine(self):
        self.assertFalse(self._coded("91350100M000100Y4Z", is_company=False).sbo_code_invalid)
        self.assertFalse(self._coded(False).sbo_code_invalid)
        self.assertFalse(self._coded("/").sbo_code_invalid, "a slash stands for none")

    def test_archived_customers_are_left_alone(self):
        gone = self._coded("91350100M000100Y4Z", active=False)
        self._run(self.check, "2026-03-03 02:00")
        self.assertFalse(self._findings(gone, self.check))

    @settings(max_examples=300, deadline=None, database=None)
    @given(st.from_regex(r"[159][1239][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True), st.sampled_from(DIGITS))
    def test_chinese_codes_follow_the_standard(self, body, last):
        # GB 32100-2015, written out: weights 3^i mod 31 over the alphabet without I, O, S, V, Z.
        total = sum(DIGITS.index(char) * pow(3, place, 31) for place, char in enumerate(body))
        valid = self.env["res.partner"]._sbo_code_valid
        self.assertTrue(valid(body + DIGITS[-total % 31], "CN"))
        self.assertEqual(valid(body + last, "CN"), last == DIGITS[-total % 31])

    @settings(max_examples=300, deadline=None, database=None)
    @given(st.sampled_from(["DE", "BE", "FR", "JP", "KR", "GB", "US", "AQ"]), st.text("0123456789ABX-. ", max_size=14))
    def test_other_codes_agree_with_stdnum(self, country, code):
        module = get_cc_module(country.lower(), "vat")
        self.assertEqual(
            self.env["res.partner"]._sbo_code_valid(code, country), module is None or module.is_valid(code))
