from decimal import Decimal

from odoo import api, models

from .sbo_payment_policy import GATED

ZERO = Decimal(0)


def _in_unit(quantity, unit, other):
    """A quantity in another unit, as exactly as the database would say it: Odoo's own conversion rounds."""
    return quantity if unit == other else quantity * Decimal(str(unit.factor)) / Decimal(str(other.factor))


def _quantity(line):
    """QUANTITY of a move line that is at hand."""
    quantity = _in_unit(Decimal(str(line.quantity)), line.product_uom_id, line.product_id.uom_id)
    return max(quantity, Decimal(str(line.quantity_product_uom)))


class SboPaymentLeaving(models.AbstractModel):
    """Goods that are about to leave for a customer, read through the cache: whoever moves them reads nearly all of it
    anyway, while PostgreSQL takes longer to plan the same joins than to run them. What is not plain is asked in SQL.
    """

    _name = "sbo.payment.leaving"
    _description = "Goods That Are about to Leave"
    _inherit = ["sbo.payment.goods"]

    @api.model
    def _leaving(self, moves, pickings=(), done=False):
        """[(move id, picking id, order id)] of those moves that leave for a customer under an order with a policy.

        :param pickings: ids of deliveries whose moves that are not done yet are looked at as well
        :param done: look at moves that are done, else at those that are not
        """
        moves = moves.sudo()
        states = ("done",) if done else set(dict(moves._fields["state"].selection)) - {"done", "cancel"}
        moves |= moves.browse(pickings and moves.env["stock.picking"].browse(pickings).move_ids.ids)
        found = ((move, self._order_of(move)) for move in moves if move.state in states)
        return [(move.id, move.picking_id.id or None, order.id) for move, order in found
                if order.sbo_gate_policy in GATED and self._leaves(move)]

    @api.model
    def _order_of(self, move):
        """The order under which a move is made: that of its line, of its delivery, or the first that asked for it."""
        return move.sale_line_id.order_id or move.picking_id.sale_id or move.reference_ids.sale_ids.sorted("id")[:1]

    @api.model
    def _leaves(self, move):
        """Whether a move, or one of its lines on its own way, goes from us to outside: OUTSIDE and OURS."""
        sent = move.picking_type_id.code in ("outgoing", "internal")
        return any(
            self._outside(way.location_dest_id) and (sent or way.location_id.usage not in ("customer", "supplier"))
            for way in (move, *move.move_line_ids))

    @api.model
    def _outside(self, place):
        return place.usage == "customer" or place.usage == "transit" and not place.company_id

    @api.model
    def _gone(self, moves):
        """{move id: how much of it has left}, of those that are done."""
        return {move.id: sum((_quantity(line) for line in move.move_line_ids
                              if self._outside(line.location_dest_id)), ZERO)
                for move in moves.sudo() if move.state == "done"}

    @api.model
    def _going(self, leaving, picked=True):
        """[one row per move]: how much it takes, how much of which order line, and the value of what is on no line.

        A component of a kit counts as its part of what the kit's line asks for. What was returned without a refund
        and is sent again has been counted when it left first.

        :param leaving: (move id, picking id, order id) of each
        :param picked: what has really been picked; else what is reserved, or asked for where nothing is
        """
        # Superuser: the gate looks at moves that the warehouse's user may not see.
        moves = self.env["stock.move"].sudo().browse([move for move, _picking, _order in leaving])
        plain = moves.filtered(self._is_plain)
        rows = [self._plain_row(move, picked) for move in plain]
        special = [row for row in leaving if row[0] not in plain._ids]
        return rows + self._going_specially(special, picked) if special else rows

    @api.model
    def _is_plain(self, move):
        """Whether a move takes just what its order line asks for: no return sent again, no kit, no other product."""
        line, product = move.sale_line_id, move.product_id
        return not (
            move.origin_returned_move_id or line.product_id != product or line.display_type or product.type != "consu"
            or "bom_line_id" in move._fields and move.bom_line_id or move.move_line_ids.product_id - product)

    @api.model
    def _plain_row(self, move, picked):
        lines, unit = move.move_line_ids, move.product_id.uom_id
        taken = sum((_quantity(line) for line in lines if line.picked or not picked), ZERO)
        if not picked and not taken:
            taken = Decimal(str(move.product_qty))
        return {"id": move.id, "picking_id": move.picking_id.id, "line_id": move.sale_line_id.id, "taken": taken,
                "quantity": _in_unit(taken, unit, move.sale_line_id.product_uom_id), "extra": ZERO}
