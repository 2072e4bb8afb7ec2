from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_orders import SboOrdersCommon


@tagged("post_install", "-at_install")
class TestOrdersTours(SboOrdersCommon, HttpCase):
    """An order from the customer's paper to the signed delivery note, in a real browser."""

    def test_order_from_entry_to_signed_note(self):
        self.company.write({"sbo_payment_policy": False, "sbo_signed_required": True, "sbo_notice_auto": True})
        self.customer.name = "Tour Customer"
        self.product.name = "Tour Lamp"
        stock = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.product, stock, 10)
        self._class(product_ids=[Command.set(self.product.ids)])
        warehouse = self._user("sbo_warehouse", "stock.group_stock_user")
        self._department(members=warehouse, task="Pack the lamps")

        self.start_tour("/odoo/orders/new", "sbo_order_enter", login="sbo_clerk")
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            (order.state, order.sbo_channel, order.sbo_document_ids.name, order.client_order_ref),
            ("draft", "email", "PO-4711.txt", "PO-4711"))

        self.start_tour("/odoo/orders-to-verify", "sbo_order_verify", login="sbo_clerk2")
        self.assertEqual(
            (order.sbo_verification_state, order.sbo_verification_ids.user_id), ("done", self.clerk2))

        self.start_tour(f"/odoo/orders/{order.id}", "sbo_order_confirm", login="sbo_clerk")
        self.assertEqual((order.state, order.sbo_notice_ids.state), ("sale", "sent"))

        self.start_tour("/odoo/order-notices", "sbo_order_acknowledge", login="sbo_warehouse")
        self.assertEqual(order.sbo_notice_ids.acknowledged_by_id, warehouse)

        url = f"/odoo/action-stock.action_picking_tree_all/{order.picking_ids.id}"
        self.start_tour(url, "sbo_order_ship", login="sbo_warehouse")
        self.start_tour(url, "sbo_order_signed", login="sbo_clerk")
        delivery = order.picking_ids
        self.assertEqual(
            (delivery.state, delivery.sbo_told_by_id, delivery.sbo_signed_state, delivery.sbo_signed_by),
            ("done", self.clerk, "signed", "Mr Chen"))
