from odoo import api, models

RAISING = {
    "quantity", "product_uom_id", "location_id", "location_dest_id", "move_id", "picking_id", "quant_id", "state"}


class StockMoveLine(models.Model):
    """A done quantity can be raised afterwards by anybody in the warehouse: that, too, is goods leaving."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        added = lines.filtered(lambda line: line.state == "done" and line.quantity)
        if added:
            # Superuser: the gate looks at orders and money, which the warehouse may not read.
            gate = self.env["sbo.payment.gate"].sudo()
            gate._refuse_direct(added.move_id)
            gate._check_raised(added.move_id)
        return lines

    def write(self, vals):
        if not RAISING & vals.keys():
            return super().write(vals)
        if vals.get("state") == "done":
            self.env["sbo.payment.gate"].sudo()._refuse_direct(self.move_id)
        former = {line: line._sbo_gone() for line in self if line.state == "done"}
        result = super().write(vals)
        raised = self.filtered(lambda line: line.state == "done" and line._sbo_more_than(former.get(line)))
        self.env["sbo.payment.gate"].sudo()._check_raised(raised.move_id)
        return result

    def _action_done(self):
        # Lines take goods out of stock because their move becomes done; done by themselves they would pass the gate.
        self.env["sbo.payment.gate"].sudo()._refuse_direct(self.move_id)
        return super()._action_done()

    def _sbo_gone(self):
        return self.quantity_product_uom, self.location_id, self.location_dest_id, self.move_id

    def _sbo_more_than(self, former):
        """Whether more has left, or by another way, than before."""
        return not former or self.quantity_product_uom > former[0] or self._sbo_gone()[1:] != former[1:]
