from odoo.fields import Command

from .test_payment_cents import SboCentsCommon


class SboContractGoodsCommon(SboCentsCommon):
    """Goods that leave under contracts, and what happens to them."""

    @classmethod
    def _return(cls, picking, quantity, to_refund=True):
        """The customer sends something back."""
        wizard = cls.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking").create({})
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
        back = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.quantity = quantity
        back.move_ids.picked = True
        back.with_context(skip_backorder=True, skip_sms=True).button_validate()
        return back

    @classmethod
    def _with_discount(cls, quantity=5, discount=-500):
        """Lines of an order as Odoo's discount button leaves them."""
        service = cls._product("Discount", discount, type="service", invoice_policy="order", is_storable=False)
        return [Command.create({"product_id": product.id, "product_uom_qty": number, "price_unit": price,
                                "tax_ids": False})
                for product, number, price in ((cls.product, quantity, 1000), (service, 1, discount))]
