from odoo import models


class PaymentTransaction(models.Model):
    """Money that comes in online confirms its order only when nothing of ours stands against it."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """The payment is processed in any case; an order that may not be confirmed yet waits, and its clerk is told."""
        held = self.env["payment.transaction"]
        for transaction in self.filtered(lambda item: len(item.sale_order_ids) == 1):
            order = transaction.sale_order_ids
            if order.state in ("draft", "sent") and order._is_confirmation_amount_reached() and order._sbo_held():
                order._sbo_tell_held()
                held |= transaction
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
