from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import at
from .common_payment import SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentRelease(SboPaymentCommon):
    """A special release: asked for by a clerk, given by somebody else, for one delivery."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirmed(policy="prepaid")

    def test_the_whole_way(self):
        release = self._ask(self.order)
        self.assertEqual((release.amount, release.state, release.asked_by_id), (10000, "asked", self.clerk))
        self.assertTrue(release.activity_ids, "somebody is asked to decide")
        self._stays(self.order)
        release.with_user(self.accountant).action_give()
        self.assertEqual((release.state, release.given_by_id), ("given", self.accountant))
        self.assertFalse(release.activity_ids)
        self.assertEqual(self._money(self.order)[4], "released")
        self._ship(self.order, 4)
        self.assertEqual((release.state, release.needed, bool(release.used_at)), ("used", 4000, True))
        self._stays(self.order, words="10,000.00 are missing")

    def test_never_by_the_same_person(self):
        both = self._user("sbo_both", "sales_back_office.sbo_group_manager,account.group_account_invoice")
        release = self._ask(self.order, user=both)
        with self.assertRaisesRegex(UserError, "nobody releases what they have asked for"):
            release.with_user(both).action_give()
        self.order.user_id = self.manager
        with self.assertRaisesRegex(UserError, "or their own order"):
            release.with_user(self.manager).action_give()
        for user in (self.clerk2, self.supervisor):
            with self.assertRaisesRegex(UserError, "accounting or a back-office manager"):
                release.with_user(user).action_give()
        release.with_user(self.accountant).action_give()

    def test_not_by_a_plain_write(self):
        release = self._ask(self.order)
        for user in (self.clerk, self.clerk2, self.supervisor, self.manager, self.accountant, self.env.user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                release.with_user(user).write({"state": "given"})
        with self.assertRaises(AccessError):
            release.with_user(self.manager).write({"amount": 20000})
        release.with_user(self.manager).write({"amount": 9000, "answer": "Not more"})
        release.with_user(self.manager).action_give()
        with self.assertRaises(AccessError):
            release.with_user(self.clerk).write({"amount": 10000})

    def test_claims_at_creation_do_not_help(self):
        picking = self._pick(self.order)
        release = self.env["sbo.payment.release"].with_user(self.clerk).create({
            "picking_id": picking.id, "reason": "Now", "promised_on": self._today(), "expires_on": self._today(),
            "state": "given", "given_by_id": self.manager.id, "asked_by_id": self.clerk2.id})
        self.assertEqual((release.state, release.given_by_id.id, release.asked_by_id), ("asked", False, self.clerk))
        for user in (self.salesperson, self.stock_user, self.auditor, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["sbo.payment.release"].with_user(user).create({
                    "picking_id": picking.id, "reason": "x", "promised_on": self._today(), "expires_on": self._today()})

    def test_up_to_its_amount(self):
        self._allot(self._payment(2000), self.order)
        release = self._ask(self.order)
        self.assertEqual(release.amount, 8000)
        release.with_user(self.manager).action_give()
        self.order.order_line.write({"product_uom_qty": 12})
        text = self._stays(self.order)
        self.assertIn("covers only", text)
        self._allot(self._payment(2000), self.order)
        self._ship(self.order)

    def test_until_its_last_day(self):
        release = self._ask(self.order)
        release.sudo().with_context(sbo_step=None)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_payment_release SET expires_on = CURRENT_DATE - 3 WHERE id = %s", [release.id])
        self.env.invalidate_all()
        self.assertTrue(release.expired)
        with self.assertRaisesRegex(UserError, "has expired"):
            release.with_user(self.manager).action_give()
        release.with_user(self.manager).expires_on = self._today()
        release.with_user(self.manager).action_give()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_payment_release SET expires_on = CURRENT_DATE - 3 WHERE id = %s", [release.id])
        self.env.invalidate_all()
        self._stays(self.order)

    def test_for_one_delivery(self):
        other = self._confirmed(policy="prepaid")
        self._ask(self.order).with_user(self.manager).action_give()
        self._stays(other)
        action = self.order.picking_ids.with_user(self.clerk).action_sbo_ask_release()
        self.assertEqual(action["res_id"], self.order.sbo_release_ids.id, "the one on its way is shown")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env["sbo.payment.release"].with_user(self.clerk).create({
                "picking_id": self.order.picking_ids.id, "reason": "Again", "promised_on": self._today(),
                "expires_on": self._today()})
            self.env.flush_all()

    def test_refused_and_withdrawn(self):
        release = self._ask(self.order)
        release.with_user(self.accountant).action_refuse()
        self._stays(self.order)
        with self.assertRaises(UserError):
            release.with_user(self.manager).action_give()
        release = self._ask(self.order)
        with self.assertRaisesRegex(UserError, "only who asked"):
            release.with_user(self.clerk2).action_withdraw()
        release.with_user(self.clerk).action_withdraw()
        release = self._ask(self.order)
        release.with_user(self.manager).action_give()
        release.with_user(self.clerk).action_withdraw()
        self._stays(self.order)
        with self.assertRaises(UserError):
            release.unlink()

    def test_nothing_to_release(self):
        paid = self._confirmed(policy="prepaid")
        self._allot(self._payment(10000), paid)
        with self.assertRaisesRegex(UserError, "no special release is needed"):
            self._ask(paid)
        with self.assertRaisesRegex(UserError, "no special release is needed"):
            self._ask(self._confirmed(policy="none"))

    def test_credit_too(self):
        order = self._confirmed(policy="credit")
        release = self._ask(order)
        release.with_user(self.manager).action_give()
        self._ship(order)
        self.assertEqual(release.state, "used")

    def test_who_sees_what(self):
        release = self._ask(self.order)
        other = self._ask(self._confirmed(policy="prepaid", user_id=self.manager.id))
        found = self.env["sbo.payment.release"].with_user(self.salesperson).search([
            ("id", "in", (release | other).ids)])
        self.assertEqual(found, release)
        self.assertFalse(self.env["sbo.payment.release"].with_user(self.company2_clerk).search([
            ("id", "in", (release | other).ids)]))
        for user in (self.clerk2, self.auditor, self.stock_user, self.accountant):
            self.assertEqual(len(self.env["sbo.payment.release"].with_user(user).search([
                ("id", "in", (release | other).ids)])), 2)
        self.assertEqual(self._money(self.order)[3:], (10000, "unpaid"), "a salesperson has no right to invoices")
        picking = self.order.picking_ids.with_user(self.stock_user)
        self.assertEqual((picking.sbo_gate_missing, picking.sbo_gate_state), (10000, "unpaid"))


@tagged("post_install", "-at_install")
class TestPaymentChecks(SboPaymentCommon):
    """What is found when goods are gone and the money is not there."""

    def _released(self, promised):
        order = self._confirmed(policy="prepaid")
        release = self._ask(order)
        release.with_user(self.manager).action_give()
        self._ship(order)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_payment_release SET promised_on = %s WHERE id = %s", [promised, release.id])
        self.env.invalidate_all()
        return order, release

    def test_a_promise_not_kept(self):
        check = self._shipped("payment_promise_broken")
        order, release = self._released("2026-03-05")
        self._run(check, "2026-03-05 18:00")
        self.assertFalse(self._findings(release), "the day is not over")
        self._run(check, "2026-03-06 00:30")
        finding = self._findings(release)
        self.assertEqual((finding.user_id, finding.due_at), (self.clerk, at("2026-03-06 00:00")))
        self.assertEqual(finding.evidence["needed_amount"], f"10,000.00 {order.currency_id.name}")
        self._allot(self._payment(9999), order)
        self._run(check, "2026-03-07 01:00")
        self.assertFalse(finding.closed_at)
        self._allot(self._payment(1), order)
        self._run(check, "2026-03-08 01:00")
        self.assertTrue(finding.closed_at)

    def test_a_kept_promise_is_nothing(self):
        order, release = self._released("2026-03-05")
        self._pay(self._invoice(order))
        self._run(self._shipped("payment_promise_broken"), "2026-03-10 01:00")
        self.assertFalse(self._findings(release))

    def test_money_taken_back_after_shipping(self):
        check = self._shipped("shipped_before_payment")
        order = self._confirmed(policy="prepaid")
        payment = self._payment(10000)
        self._allot(payment, order)
        picking = self._ship(order)
        picking.date_done = at("2026-03-03 10:00")
        released, _release = self._released("2026-03-05")
        released.picking_ids.date_done = at("2026-03-03 10:00")
        self._run(check, "2026-03-04 01:00")
        self.assertFalse(self._findings(order))
        payment.action_draft()
        self._run(check, "2026-03-05 01:00")
        finding = self._findings(order, check)
        self.assertEqual((finding.user_id, finding.severity), (self.clerk, "4"))
        self.assertEqual(finding.evidence["received_amount"], f"0.00 {order.currency_id.name}")
        self.assertFalse(self._findings(released, check), "the release covers it")
        payment.action_post()
        self._run(check, "2026-03-06 01:00")
        self.assertTrue(finding.closed_at)

    def test_other_policies_are_not_looked_at(self):
        check = self._shipped("shipped_before_payment")
        orders = [self._confirmed(policy=policy) for policy in ("none", "cod", "monthly")]
        for order in orders:
            self._ship(order).date_done = at("2026-03-03 10:00")
        self._run(check, "2026-03-05 01:00")
        for order in orders:
            self.assertFalse(self._findings(order, check))


OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
MATRIX = {
    "clerk": ("r", "rwc"),
    "supervisor": ("r", "rwc"),
    "manager": ("r", "rwc"),
    "auditor": ("r", "r"),
    "salesperson": ("r", "r"),
    "accountant": ("rwc", "rw"),
    "stock_user": ("", "r"),
    "outsider": ("", ""),
}


@tagged("post_install", "-at_install")
class TestPaymentAccess(SboPaymentCommon):
    """Role x model x operation."""

    def test_matrix(self):
        for role, rights in MATRIX.items():
            user = getattr(self, role)
            for model, allowed in zip(("sbo.payment.allotment", "sbo.payment.release"), rights, strict=True):
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(self.env[model].with_user(user).has_access(operation), letter in allowed)

    def test_the_gate_is_nobodys_to_ask(self):
        for model in ("sbo.payment.gate", "sbo.payment.received", "sbo.payment.credit", "sbo.payment.money"):
            self.assertTrue(self.env[model]._abstract)

    def test_settings_and_terms(self):
        with self.assertRaises(AccessError):
            self.seventy.with_user(self.salesperson).sbo_deposit_percent = 1
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).sbo_payment_policy = "none"
        term = self.env["account.payment.term"].create({"name": "Half", "sbo_payment_policy": "deposit"})
        with self.assertRaisesRegex(UserError, "between 0 and 100"):
            term.sbo_deposit_percent = 101
        self.customer.with_user(self.accountant).write({"sbo_payment_policy": "deposit", "sbo_deposit_percent": 20})
        other = self.customer.with_company(self.company2)
        self.assertFalse(other.sbo_payment_policy, "each company decides for itself")

    def test_command_in_a_write_of_the_order(self):
        order, payment = self._confirmed(), self._payment(7000)
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).write({"sbo_allotment_ids": [Command.create(
                {"payment_id": payment.id, "amount": 7000})]})
