from odoo import api, models
from odoo.exceptions import UserError

RAISING = {"quantity", "product_uom_id", "location_id", "location_dest_id", "move_id", "picking_id", "quant_id"}


class StockMoveLine(models.Model):
    """A done quantity can be raised afterwards by anybody in the warehouse: that, too, is goods leaving.

    Whether a line is done is what its move says. Odoo copies that to the line, where anybody could write it.
    """

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([{name: vals[name] for name in vals if name != "state"} for vals in vals_list])
        added = lines.filtered(lambda line: line.move_id.state == "done" and line.quantity)
        if added:
            # Superuser: the gate looks at orders and money, which the warehouse may not read.
            gate = self.env["sbo.payment.gate"].sudo()
            gate._refuse_direct(added.move_id)
            gate._check_raised(added.move_id)
        return lines

    def write(self, vals):
        if "state" in vals:
            raise UserError(self.env._(
                "The state of a line is that of its transfer: validate or cancel the transfer instead."))
        if not RAISING & vals.keys():
            return super().write(vals)
        gate = self.env["sbo.payment.gate"].sudo()
        done = self.filtered(lambda line: line.move_id.state == "done")
        if done and "move_id" in vals:
            gate._refuse_undone(done.move_id.filtered(lambda move: move.id != vals["move_id"]))
        former = {line: line._sbo_gone() for line in done}
        result = super().write(vals)
        raised = self.filtered(lambda line: line.move_id.state == "done" and line._sbo_more_than(former.get(line)))
        gate._check_raised(raised.move_id)
        return result

    def _action_done(self):
        # Lines take goods out of stock because their move becomes done; done by themselves they would pass the gate.
        self.env["sbo.payment.gate"].sudo()._refuse_direct(self.move_id)
        return super()._action_done()

    def _sbo_gone(self):
        return self.quantity_product_uom, self.location_id, self.location_dest_id, self.move_id

    def _sbo_more_than(self, former):
        """Whether more has left, or by another way, than before.

        Which of our own places it came from is the warehouse's to put right.
        """
        if not former:
            return True
        quantity, origin, *way = former
        gate = self.env["sbo.payment.gate"]
        foreign = origin.usage == "supplier" or gate._outside(origin)
        return (self.quantity_product_uom > quantity or [self.location_dest_id, self.move_id] != way
                or foreign and self.location_id != origin)
