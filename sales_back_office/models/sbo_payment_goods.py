from odoo import api, models
from odoo.tools import SQL

from .sbo_payment_policy import GATED

OUTSIDE = SQL("(d.usage = 'customer' OR d.usage = 'transit' AND d.company_id IS NULL)")


class SboPaymentGoods(models.AbstractModel):
    """Which goods leave for a customer under which order, and what they cost: one query each.

    Goods come from our own places; what a vendor ships to the customer is a matter for a bridge.
    """

    _name = "sbo.payment.goods"
    _description = "Goods That Leave for Customers"

    @api.model
    def _leaving(self, moves, pickings=(), done=False):
        """[(move id, picking id, order id)] of those moves that leave for a customer under an order with a policy.

        :param pickings: ids of deliveries whose moves that are not done yet are looked at as well
        :param done: look at moves that are done, else at those that are not
        """
        self.env["stock.move"].flush_model(["sale_line_id", "picking_id", "location_id", "location_dest_id", "state"])
        self.env["stock.move.line"].flush_model(["move_id", "location_dest_id"])
        self.env["stock.picking"].flush_model(["sale_id"])
        self.env["sale.order.line"].flush_model(["order_id"])
        self.env["sale.order"].flush_model(["sbo_gate_policy"])
        return self.env.execute_query(SQL(
            """SELECT m.id, m.picking_id, o.id
                 FROM stock_move m
                 JOIN stock_location s ON s.id = m.location_id AND s.usage NOT IN ('customer', 'supplier')
                 JOIN stock_location d ON d.id = m.location_dest_id
                 LEFT JOIN stock_picking p ON p.id = m.picking_id
                 LEFT JOIN sale_order_line l ON l.id = m.sale_line_id
                 JOIN sale_order o ON o.id = COALESCE(l.order_id, p.sale_id, (
                      SELECT MIN(rs.sale_id) FROM stock_reference_move_rel rm
                        JOIN stock_reference_sale_rel rs ON rs.reference_id = rm.reference_id WHERE rm.move_id = m.id))
                WHERE (m.id = ANY(%(ids)s) %(more)s) AND o.sbo_gate_policy = ANY(%(gated)s)
                  AND m.state %(state)s
                  AND (%(outside)s OR EXISTS (
                       SELECT FROM stock_move_line ml JOIN stock_location d ON d.id = ml.location_dest_id
                        WHERE ml.move_id = m.id AND %(outside)s))""",
            ids=moves.ids, gated=list(GATED), outside=OUTSIDE,
            more=SQL("OR m.picking_id = ANY(%s)", list(pickings)) if pickings else SQL(),
            state=SQL("= 'done'") if done else SQL("NOT IN ('done', 'cancel')")))

    @api.model
    def _facts(self, order_ids):
        """[one row of facts per order], in the currency of the order."""
        return self.env.execute_query_dict(SQL(
            """SELECT o.id, o.name, o.company_id, p.commercial_partner_id AS partner_id, o.sbo_gate_policy AS policy,
                      o.sbo_gate_percent::text AS percent, o.amount_total::text AS total, cur.rounding::text AS cent,
                      r.received::text AS received, c.sbo_gate_partial = 'whole' AS whole,
                      COALESCE(x.value, 0)::text AS extra,
                      COALESCE(NULLIF(o.currency_rate, 0), 1)::text AS rate,
                      ROUND(COALESCE(c.sbo_gate_tolerance, 0) * COALESCE(NULLIF(o.currency_rate, 0), 1), 6)::text
                      AS tolerance
                 FROM sale_order o
                 JOIN res_company c ON c.id = o.company_id
                 JOIN res_partner p ON p.id = o.partner_id
                 JOIN res_currency cur ON cur.id = o.currency_id
                 JOIN (%(received)s) r ON r.order_id = o.id
                 LEFT JOIN LATERAL (%(extra)s) x ON TRUE
                WHERE o.id = ANY(%(ids)s) ORDER BY o.id""",
            ids=list(order_ids), extra=self._sql_extra(),
            received=self.env["sbo.payment.received"]._sql_received(SQL("SELECT unnest(%s)", list(order_ids)))))

    @api.model
    def _goods(self, order_ids):
        """[one row per order line of goods]: services are paid with the last delivery."""
        return self.env.execute_query_dict(SQL(
            """SELECT l.id, l.order_id, l.product_uom_qty::text AS ordered, l.price_total::text AS total,
                      COALESCE(l.qty_delivered, 0)::text AS delivered,
                      (%(unit)s)::text AS unit
                 FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
                 JOIN product_product v ON v.id = l.product_id
                 JOIN product_template t ON t.id = v.product_tmpl_id AND t.type = 'consu'
                WHERE l.order_id = ANY(%(ids)s) AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE""",
            ids=list(order_ids), unit=self._sql_unit()))

    @api.model
    def _sql_unit(self) -> SQL:
        """Price of one of order line l, for what was delivered without being ordered; t is its product template."""
        return SQL(
            """COALESCE(NULLIF(l.price_unit * (1 - COALESCE(l.discount, 0) / 100), 0),
                        t.list_price * COALESCE(NULLIF(o.currency_rate, 0), 1))""")

    @api.model
    def _sql_extra(self) -> SQL:
        """Value of goods of order o that are gone without counting as delivered on one of its lines.

        They were added to a done delivery, cut off from their line, or sent out from a step inside the warehouse.
        """
        return SQL(
            """SELECT SUM(ml.quantity_product_uom * CASE WHEN l.product_id = m.product_id AND l.product_uom_qty > 0
                          THEN l.price_total / l.product_uom_qty * mu.factor / lu.factor
                          ELSE t.list_price * COALESCE(NULLIF(o.currency_rate, 0), 1) END) AS value
                 FROM (SELECT m.id FROM stock_move m JOIN sale_order_line s ON s.id = m.sale_line_id
                        WHERE s.order_id = o.id
                       UNION SELECT m.id FROM stock_move m JOIN stock_picking p ON p.id = m.picking_id
                        WHERE p.sale_id = o.id AND m.sale_line_id IS NULL
                       UNION SELECT rm.move_id FROM stock_reference_sale_rel rs
                         JOIN stock_reference_move_rel rm ON rm.reference_id = rs.reference_id
                         JOIN stock_move m ON m.id = rm.move_id AND m.sale_line_id IS NULL
                        WHERE rs.sale_id = o.id) own
                 JOIN stock_move m ON m.id = own.id AND m.state = 'done' AND m.origin_returned_move_id IS NULL
                 JOIN stock_location f ON f.id = m.location_id AND f.usage NOT IN ('customer', 'supplier')
                 JOIN stock_location e ON e.id = m.location_dest_id
                 JOIN stock_move_line ml ON ml.move_id = m.id
                 JOIN stock_location d ON d.id = ml.location_dest_id AND %(outside)s
                 JOIN product_product v ON v.id = m.product_id
                 JOIN product_template t ON t.id = v.product_tmpl_id
                 JOIN uom_uom mu ON mu.id = t.uom_id
                 LEFT JOIN sale_order_line l ON l.id = m.sale_line_id
                 LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
                WHERE m.sale_line_id IS NULL OR e.usage NOT IN ('customer', 'transit')""", outside=OUTSIDE)

    @api.model
    def _going(self, move_ids, picked=True):
        """[one row per move]: how much of which order line, or its value where it is on no line.

        A component of a kit counts as its part of what the kit's line asks for. What was exchanged for returned
        goods without a refund has been counted when it left first.

        :param picked: what has really been picked; else what is reserved, or asked for where nothing is
        """
        quantity = SQL("k.picked") if picked else SQL("COALESCE(NULLIF(k.reserved, 0), m.product_qty)")
        return self.env.execute_query_dict(SQL(
            """SELECT m.id, m.picking_id, l.id AS line_id,
                      (CASE WHEN m.origin_returned_move_id IS NOT NULL AND m.to_refund IS NOT TRUE THEN 0
                            WHEN m.product_id = l.product_id THEN q.quantity * mu.factor / lu.factor
                            ELSE l.product_uom_qty * q.quantity / n.quantity END)::text AS quantity,
                      (CASE WHEN l.id IS NULL THEN q.quantity * t.list_price ELSE 0 END)::text AS extra
                 FROM stock_move m
                 JOIN product_product v ON v.id = m.product_id
                 JOIN product_template t ON t.id = v.product_tmpl_id
                 JOIN uom_uom mu ON mu.id = t.uom_id
                 JOIN LATERAL (SELECT SUM(ml.quantity_product_uom) AS reserved,
                                      SUM(ml.quantity_product_uom) FILTER (WHERE ml.picked) AS picked
                                 FROM stock_move_line ml WHERE ml.move_id = m.id) k ON TRUE
                 JOIN LATERAL (SELECT COALESCE(%(quantity)s, 0) AS quantity) q ON TRUE
                 LEFT JOIN sale_order_line l ON l.id = m.sale_line_id AND l.display_type IS NULL
                 LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
                 LEFT JOIN LATERAL (SELECT NULLIF(SUM(x.product_qty), 0) AS quantity FROM stock_move x
                                     WHERE x.sale_line_id = l.id AND x.state <> 'cancel'
                                       AND x.location_dest_id = m.location_dest_id) n ON TRUE
                WHERE m.id = ANY(%(ids)s)""",
            ids=list(move_ids), quantity=quantity))
