from odoo.fields import Command

from .common import at
from .common_checks import SboCheckCommon


def sent_back(picking, quantity, to_refund=True):
    """The validated return of some goods of a delivery."""
    wizard = picking.env["stock.return.picking"].with_context(
        active_id=picking.id, active_model="stock.picking").create({})
    wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
    back = picking.browse(wizard.action_create_returns()["res_id"])
    back.move_ids.quantity = quantity
    back.move_ids.picked = True
    back.with_context(skip_backorder=True, skip_sms=True).button_validate()
    return back


class SboDeliveriesCommon(SboCheckCommon):
    """Orders with their goods on the shelf: taken, promised, shipped in parts, sent back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Orders Customer", clerk=cls.clerk, salesperson=cls.salesperson,
                                     email="buyer@example.com")
        cls.product = cls._product("Orders Product")
        cls.stock_user = cls._user("sbo_stock_user", "stock.group_stock_user")

    @classmethod
    def _promised(cls, promised="2026-03-05 17:00", qty=1, confirmed="2026-03-02 09:00", **vals):
        """An order confirmed and promised at Shanghai moments."""
        if promised:
            vals["commitment_date"] = at(promised)
        vals.setdefault("customer", cls.customer)
        vals.setdefault("product", cls.product)
        return cls._order(qty=qty, confirmed_at=at(confirmed), user_id=cls.salesperson.id, **vals)

    @classmethod
    def _lines(cls, *pairs, **vals):
        """An order of several (product, quantity, unit)."""
        lines = [Command.create({"product_id": product.id, "product_uom_qty": qty,
                                 **({"product_uom_id": uom.id} if uom else {})}) for product, qty, uom in pairs]
        return cls._promised(order_line=lines, **vals)

    @classmethod
    def _return(cls, picking, qty, done_at, to_refund=True):
        """The customer sends something back."""
        back = sent_back(picking, qty, to_refund)
        back.date_done = done_at
        return back

    @classmethod
    def _invoice(cls, order, day, qty=None):
        """A posted invoice of what is to be invoiced (or `qty` of its only line), dated on a day."""
        invoice = order._create_invoices()
        if qty is not None:
            invoice.invoice_line_ids.quantity = qty
        invoice.invoice_date = day
        invoice.action_post()
        return invoice
