from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_payment import SboPaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentTours(SboPaymentCommon, HttpCase):
    """A delivery that is refused, and its special release, in a real browser."""

    def test_refused_and_released(self):
        self.clerk.group_ids = [Command.link(self.env.ref("stock.group_stock_user").id)]
        self.customer.name = "Tour Customer"
        order = self._confirmed(policy="prepaid")
        picking = self._pick(order)
        url = f"/odoo/action-stock.action_picking_tree_all/{picking.id}"
        self.start_tour(url, "sbo_refused_delivery", login="sbo_clerk")
        self.assertEqual((order.sbo_release_ids.state, order.sbo_release_ids.amount), ("asked", 10000))
        self.start_tour("/odoo/special-releases", "sbo_give_release", login="sbo_manager")
        self.assertEqual(order.sbo_release_ids.given_by_id, self.manager)
        self.start_tour(url, "sbo_released_delivery", login="sbo_clerk")
        self.assertEqual((picking.state, order.sbo_release_ids.state), ("done", "used"))
