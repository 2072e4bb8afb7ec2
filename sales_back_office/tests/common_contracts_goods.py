from odoo.fields import Command

from .common_deliveries import sent_back
from .test_payment_cents import SboCentsCommon


class SboContractGoodsCommon(SboCentsCommon):
    """Goods that leave under contracts, and what happens to them."""

    @classmethod
    def _return(cls, picking, quantity, to_refund=True):
        """The customer sends something back."""
        return sent_back(picking, quantity, to_refund)

    @classmethod
    def _with_discount(cls, quantity=5, discount=-500):
        """Lines of an order as Odoo's discount button leaves them."""
        service = cls._product("Discount", discount, type="service", invoice_policy="order", is_storable=False)
        return [Command.create({"product_id": product.id, "product_uom_qty": number, "price_unit": price,
                                "tax_ids": False})
                for product, number, price in ((cls.product, quantity, 1000), (service, 1, discount))]
