from typing import NamedTuple

from odoo import api, models

from ..tools.order_compare import Row
from .sbo_order_entry import BIRTH


class Removed(NamedTuple):
    """A line that is no more."""

    id: int
    order_id: int
    product: str


class SboOrderLineEntry(models.AbstractModel):
    """A line of an order remembers who entered each of its values, and tells its order when they change."""

    _name = "sbo.order.line.entry"
    _description = "Entry of an Order Line"
    _inherit = ["sbo.entered.mixin"]
    _sbo_followed = ("product_id", "product_uom_id", "product_uom_qty", "price_unit", "discount", "tax_ids", "name")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if self.env.context.get("sbo_birth") is not BIRTH:
            added = lines.filtered(lambda line: line._sbo_is_ordered())
            nothing = dict.fromkeys(self._sbo_followed, (None, False))
            added.order_id._sbo_content_changed(dict.fromkeys(added, nothing))
        return lines

    def unlink(self):
        gone, orders = {}, self.order_id
        for line in self.filtered(lambda line: line._sbo_is_ordered()):
            record = Removed(line.id, line.order_id.id, line.product_id.display_name)
            gone[record] = {name: (line[name], line._sbo_entered_by(name).id) for name in self._sbo_followed}
        result = super().unlink()
        if gone:
            orders.exists()._sbo_content_changed(gone)
        return result

    def _sbo_tell_changed(self, changed):
        ordered = {line: old for line, old in changed.items() if line._sbo_is_ordered()}
        if ordered:
            self.browse([line.id for line in ordered]).order_id._sbo_content_changed(ordered)

    def _sbo_is_ordered(self):
        """Whether the line names what the customer has ordered: Odoo's own additions do not.

        Goods do, whatever the line is called: Odoo delivers them.
        """
        self.ensure_one()
        if not self.product_id or self.display_type:
            return False
        return not (self.is_downpayment or self.is_expense) or self.product_id.type == "consu"

    def _sbo_net_price(self):
        """The unit price after discount, as exact as prices are kept here."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return round(self.price_unit * (1 - (self.discount or 0) / 100), digits)

    def _sbo_as_entered(self):
        """What the line says, as a check sheet keeps it."""
        return {"product_id": self.product_id.id, "quantity": self.product_uom_qty, "price": self._sbo_net_price(),
                "date": self.order_id._sbo_promised_on()}

    def _sbo_order_row(self):
        """The line as a row that can be compared with the paper."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return Row(self.id, self.product_id.id, round(self.product_uom_qty, digits), self._sbo_net_price(),
                   self.order_id._sbo_promised_on())
