from lxml import etree
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common_payment import SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentAllotmentAtHand(SboPaymentCommon):
    """Accounting allots a payment that has just come in, in a few clicks."""

    def test_what_is_left_is_the_same_for_everybody(self):
        own, other = self._confirmed(), self._confirmed(user_id=self.manager.id)
        payment = self._payment(12000)
        allotment = self._allot(payment, own, 7000)
        self._allot(payment, other, 4000)
        for user in (self.salesperson, self.clerk, self.accountant):
            self.assertEqual(allotment.with_user(user).free, 1000, user.login)

    def test_the_form_proposes_what_the_order_lacks(self):
        order, payment = self._confirmed(), self._payment(12000)
        allotments = self.env["sbo.payment.allotment"].with_user(self.accountant)
        with Form(allotments.with_context(default_payment_id=payment.id)) as form:
            self.assertEqual(form.amount, 12000)
            form.order_id = order
            self.assertEqual((form.amount, form.free), (7000, 5000))
        other = self._confirmed(policy="prepaid")
        with Form(allotments.with_context(default_order_id=other.id)) as form:
            form.payment_id = payment
            self.assertEqual((form.amount, form.free), (5000, 0), "no more than is left of the payment")
            form.amount = 4000
        self.assertEqual(allotments.search([("payment_id", "=", payment.id)]).mapped("amount"), [4000, 7000])
        saved = allotments.search([("order_id", "=", order.id)])
        saved.note = "By telephone"
        self.assertEqual(saved.amount, 7000, "what was confirmed stays")

    def test_from_the_payment(self):
        payment = self._payment(7000).with_user(self.accountant)
        action = self.env.ref("sales_back_office.sbo_payment_allotment_action")
        arch = payment.get_view(self.env.ref("account.view_account_payment_form").id, "form")["arch"]
        self.assertIn(f'name="{action.id}"', arch)

    def test_the_form_of_an_order_offers_the_payments_of_its_customer(self):
        order, payment = self._confirmed(), self._payment(7000)
        other = self._payment(7000, partner=self._customer("Somebody Else", clerk=self.clerk))
        office = self.env["res.partner"].create({"name": "Office", "parent_id": self.customer.id})
        allotments = self.env["sbo.payment.allotment"].with_user(self.accountant)
        arch = etree.fromstring(allotments.get_view(view_type="form")["arch"])
        [domain] = arch.xpath("//field[@name='payment_id']/@domain")
        payments = self.env["account.payment"].with_user(self.accountant)
        for partner in (order.partner_id, office):
            found = payments.search(safe_eval(domain, {"partner_id": partner.id}))
            self.assertIn(payment, found)
            self.assertNotIn(other, found)
        self.assertIn(other, payments.search(safe_eval(domain, {"partner_id": False})))
