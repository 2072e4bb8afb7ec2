from odoo import api, models
from odoo.tools import SQL

from ..tools import clock


class SboDeliveryFacts(models.AbstractModel):
    """What really left for a customer and came back, as SQL that several reports and papers share.

    Counted is what Odoo itself counts as delivered of an order line (``qty_delivered`` of sale_stock): done moves to
    the customer, less returns that are taken off the order. Quantities are in the product's own unit.
    """

    _name = "sbo.delivery.facts"
    _description = "Delivery Facts"

    @api.model
    def _as_of(self):
        """The moment that counts as now: the context's ``sbo_as_of``, else now (naive UTC)."""
        return clock.as_of(self.env)

    @api.model
    def _sql_moves(self, condition, as_of) -> SQL:
        """Done moves of order lines until a moment: id, sale_line_id, picking_id, outgoing, qty, done_at.

        :param condition: SQL on ``m`` (stock_move) that narrows by an index, such as the order line
        """
        return SQL(
            """SELECT m.id, m.sale_line_id, m.picking_id, %(out)s AS outgoing,
                      COALESCE(sp.date_done, m.date) AS done_at,
                      m.quantity::numeric * mu.factor::numeric / pu.factor::numeric AS qty
                 FROM stock_move m
                 JOIN stock_location src ON src.id = m.location_id
                 JOIN stock_location dest ON dest.id = m.location_dest_id
                 JOIN sale_order_line ml ON ml.id = m.sale_line_id AND ml.product_id = m.product_id
                 JOIN product_product mp ON mp.id = m.product_id
                 JOIN product_template mt ON mt.id = mp.product_tmpl_id
                 JOIN uom_uom mu ON mu.id = m.product_uom
                 JOIN uom_uom pu ON pu.id = mt.uom_id
                 LEFT JOIN stock_picking sp ON sp.id = m.picking_id
                WHERE m.state = 'done' AND COALESCE(sp.date_done, m.date) <= %(as_of)s AND %(condition)s
                  AND (%(out)s AND (m.origin_returned_move_id IS NULL OR m.to_refund)
                       OR NOT %(out)s AND %(back)s AND m.to_refund)""",
            out=self._sql_leaves(), back=self._sql_outside(SQL.identifier("src")), as_of=as_of, condition=condition,
        )

    @api.model
    def _sql_leaves(self) -> SQL:
        """Goods leave for the customer: between ``src`` and ``dest`` of a move."""
        return SQL(
            "(%s AND NOT %s)", self._sql_outside(SQL.identifier("dest")), self._sql_outside(SQL.identifier("src")))

    @api.model
    def _sql_outside(self, location) -> SQL:
        """A location at the customer's, or on the way to another company."""
        return SQL(
            "(%(location)s.usage = 'customer' OR %(location)s.usage = 'transit' AND %(location)s.company_id IS NULL)",
            location=location)

    @api.model
    def _sql_zone(self, company, calendar="rc", partner="cp") -> SQL:
        """(time zone, joins) of a company's rows: as ``res.company._sbo_tz`` says."""
        calendar, partner = SQL.identifier(calendar), SQL.identifier(partner)
        return SQL("COALESCE(%s.tz, %s.tz, 'UTC')", calendar, partner), SQL(
            """JOIN res_company co ON co.id = %(company)s
               JOIN res_partner %(partner)s ON %(partner)s.id = co.partner_id
               LEFT JOIN resource_calendar %(calendar)s ON %(calendar)s.id = co.resource_calendar_id""",
            company=company, calendar=calendar, partner=partner)

    @api.model
    def _sql_day(self, moment, zone) -> SQL:
        """The local day of a naive UTC moment."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)
