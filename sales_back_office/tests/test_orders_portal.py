from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_orders import SboOrdersCommon

# One white pixel.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestOrdersPortal(SboOrdersCommon, HttpCase):
    """A customer accepts a quotation with the customer's own browser, through Odoo's own portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._class(product_ids=[Command.set(cls.product.ids)])

    def _sent(self, **vals):
        order = self._entered(require_signature=True, require_payment=False, **vals)
        order.action_quotation_sent()
        order._portal_ensure_token()
        return order

    def _accept(self, order, **params):
        """The customer signs on the page, without a login."""
        self.authenticate(None, None)
        return self.make_jsonrpc_request(f"/my/orders/{order.id}/accept", {
            "access_token": order.access_token, "name": "Mr Chen", "signature": SIGNATURE, **params})

    def test_an_accepted_order_that_must_be_verified_is_not_confirmed(self):
        order = self._sent(sbo_clerk_id=self.clerk.id)
        answer = self._accept(order)
        self.assertIn("message=sign_ok", answer["redirect_url"], "the customer sees nothing of our checks")
        self.assertEqual((order.state, order.signed_by, bool(order.signature)), ("sent", "Mr Chen", True))
        self.assertFalse(order.picking_ids, "no goods are asked for")
        self.assertEqual(order.activity_ids.user_id, self.clerk, "the clerk is told")
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn("Your order has been signed.", page)
        self.assertNotIn("Your order has been confirmed.", page)

    def test_once_verified_it_is_confirmed_by_hand(self):
        order = self._sent(sbo_clerk_id=self.clerk.id)
        self._accept(order)
        self.assertEqual(
            self._accept(order), {"error": "The order is not in a state requiring customer signature."})
        self._verify(order, self.clerk2)
        order.with_user(self.clerk).action_confirm()
        self.assertEqual((order.state, order.signed_by), ("sale", "Mr Chen"))

    def test_a_verified_order_is_confirmed_by_the_signature(self):
        order = self._sent()
        self._verify(order, self.clerk2)
        self._accept(order)
        self.assertEqual(order.state, "sale")

    def test_an_order_without_a_class_is_confirmed_by_the_signature(self):
        order = self._sent(lines=((self.other, 3, 40),))
        self._accept(order)
        self.assertEqual(order.state, "sale")

    def test_a_stranger_accepts_nothing(self):
        order = self._sent()
        answer = self._accept(order, access_token="guessed")
        self.assertEqual((answer, order.signed_by, order.state), ({"error": "Invalid order."}, False, "sent"))
