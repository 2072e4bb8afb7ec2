from odoo import models


class SboOrderHooks(models.AbstractModel):
    """Moments in the life of an order at which the areas do their part, whoever brings the moment about."""

    _name = "sbo.order.hooks"
    _description = "Moments of an Order"

    def _sbo_refuse_confirmation(self):
        """Called on orders that are becoming confirmed, by any door; raise a UserError to refuse."""

    def _sbo_confirmed(self):
        """Called on orders that have become confirmed, by any door, when nothing refuses it."""

    def _sbo_content_changed(self, changed):
        """Called on orders after what was ordered has changed, in a quotation or in a confirmed order.

        :param changed: {record: {field: (old value, id of the user who had entered it)}} of orders and of their
            lines, only what really differs now; the old values of a new line are None; a removed line is a ``Removed``
        """
