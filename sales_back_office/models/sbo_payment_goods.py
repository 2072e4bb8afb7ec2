from odoo import api, models
from odoo.tools import SQL

# d is where goods go to, s where they come from, y the kind of transfer
OUTSIDE = SQL("(d.usage = 'customer' OR d.usage = 'transit' AND d.company_id IS NULL)")
OURS = SQL("(s.usage NOT IN ('customer', 'supplier') OR y.code IN ('outgoing', 'internal'))")
# what a move line ml says, in the unit pu of its product: whichever is more of what it shows and what it keeps
QUANTITY = SQL("GREATEST(ml.quantity * u.factor / pu.factor, ml.quantity_product_uom)")


class SboPaymentGoods(models.AbstractModel):
    """Which goods leave for a customer under which order, and what they cost: one query each.

    Goods come from our own places; what a vendor ships to the customer is a matter for a bridge.
    """

    _name = "sbo.payment.goods"
    _description = "Goods That Leave for Customers"

    @api.model
    def _there(self, order_ids):
        """Names of what these orders have at all: ``gone`` goods, ``invoiced``, ``allotted``, ``shared``, ``online``
        money. What none of them has is left out of the queries, because planning it takes longer than running it.
        """
        [there] = self.env.execute_query_dict(SQL(
            """SELECT EXISTS (SELECT FROM sale_order_line l JOIN stock_move m ON m.sale_line_id = l.id
                               WHERE l.order_id = ANY(%(ids)s) AND m.state = 'done')
                   OR EXISTS (SELECT FROM stock_picking p JOIN stock_move m ON m.picking_id = p.id
                               WHERE p.sale_id = ANY(%(ids)s) AND m.state = 'done')
                   OR EXISTS (SELECT FROM stock_reference_sale_rel rs
                                JOIN stock_reference_move_rel rm ON rm.reference_id = rs.reference_id
                                JOIN stock_move m ON m.id = rm.move_id AND m.state = 'done'
                               WHERE rs.sale_id = ANY(%(ids)s)) AS gone,
                      EXISTS (SELECT FROM sale_order_line s JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                               WHERE s.order_id = ANY(%(ids)s)) AS invoiced,
                      EXISTS (SELECT FROM sbo_payment_allotment WHERE active AND order_id = ANY(%(ids)s)) AS allotted,
                      EXISTS (SELECT FROM sbo_payment_allotment a JOIN sbo_payment_allotment b
                                  ON b.payment_id = a.payment_id AND b.order_id <> a.order_id
                               WHERE a.active AND b.active AND a.order_id = ANY(%(ids)s)) AS shared,
                      EXISTS (SELECT FROM sale_order_transaction_rel WHERE sale_order_id = ANY(%(ids)s)) AS online""",
            ids=list(order_ids)))
        return {name for name, is_there in there.items() if is_there}

    @api.model
    def _facts(self, order_ids, there):
        """[one row of facts per order], in the currency of the order.

        :param there: what there is at all, of ``_there``
        """
        received = self.env["sbo.payment.received"]._received_of(order_ids, there)
        rows = self.env.execute_query_dict(SQL(
            """SELECT o.id, o.name, o.company_id, p.commercial_partner_id AS debtor_id, o.sbo_gate_policy AS policy,
                      o.sbo_gate_percent::text AS percent, o.amount_total::text AS total, cur.rounding::text AS cent,
                      c.sbo_gate_partial = 'whole' AS whole,
                      COALESCE(x.value, 0)::text AS extra,
                      COALESCE(NULLIF(o.currency_rate, 0), 1)::text AS rate,
                      ROUND(COALESCE(c.sbo_gate_tolerance, 0) * COALESCE(NULLIF(o.currency_rate, 0), 1), 6)::text
                      AS tolerance
                 FROM sale_order o
                 JOIN res_company c ON c.id = o.company_id
                 JOIN res_partner p ON p.id = o.partner_invoice_id
                 JOIN res_currency cur ON cur.id = o.currency_id
                 LEFT JOIN LATERAL (%(extra)s) x ON TRUE
                WHERE o.id = ANY(%(ids)s) ORDER BY o.id""", ids=list(order_ids),
            extra=self._sql_extra() if "gone" in there else SQL("SELECT NULL::numeric AS value")))
        return [dict(row, received=received[row["id"]], together=order_ids) for row in rows]

    @api.model
    def _goods(self, order_ids, there):
        """[one row per order line of goods]: services are paid with the last delivery.

        :param there: what there is at all, of ``_there``
        """
        return self.env.execute_query_dict(SQL(
            """SELECT l.id, l.order_id, l.product_uom_qty::text AS ordered, l.price_total::text AS total,
                      (%(delivered)s)::text AS delivered, (%(unit)s)::text AS unit
                 FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id %(goods)s
                 LEFT JOIN LATERAL (%(left)s) k ON TRUE
                WHERE l.order_id = ANY(%(ids)s) AND l.display_type IS NULL""",
            ids=list(order_ids), unit=self._sql_unit(), goods=self._sql_goods(), delivered=self._sql_delivered(),
            left=self._sql_left() if "gone" in there else SQL("SELECT NULL::numeric AS quantity")))

    # === fragments: o is the order, l its line, m a move, ml its line, v a product, t its template, pu its unit === #

    @api.model
    def _sql_goods(self) -> SQL:
        """The product of line l, when it is goods."""
        return SQL(
            """JOIN product_product v ON v.id = l.product_id
               JOIN product_template t ON t.id = v.product_tmpl_id AND t.type = 'consu'""")

    @api.model
    def _sql_lines(self) -> SQL:
        """The move lines of m, their units, where they come from and go to."""
        return SQL(
            """JOIN stock_move_line ml ON ml.move_id = m.id
               JOIN uom_uom u ON u.id = ml.product_uom_id
               JOIN product_product v ON v.id = ml.product_id
               JOIN product_template t ON t.id = v.product_tmpl_id
               JOIN uom_uom pu ON pu.id = t.uom_id
               JOIN stock_location s ON s.id = ml.location_id
               JOIN stock_location d ON d.id = ml.location_dest_id""")

    @api.model
    def _sql_back(self) -> SQL:
        """The return r without a refund that m sends out again: what it brought back has been counted once."""
        return SQL(
            """LEFT JOIN (stock_move r JOIN uom_uom ru ON ru.id = r.product_uom
                          JOIN stock_location rs ON rs.id = r.location_id AND rs.usage = 'customer')
                 ON r.id = m.origin_returned_move_id AND r.state = 'done' AND r.product_id = m.product_id
                AND r.sale_line_id = m.sale_line_id AND r.to_refund IS NOT TRUE AND m.to_refund IS NOT TRUE""")

    @api.model
    def _sql_kit(self) -> SQL:
        """Whether m takes a component of the kit that its order line asks for."""
        return SQL("m.bom_line_id IS NOT NULL" if "bom_line_id" in self.env["stock.move"]._fields else "FALSE")

    @api.model
    def _sql_delivered(self) -> SQL:
        """Delivered of line l: what it says, and never less than what its moves say."""
        return SQL("GREATEST(COALESCE(l.qty_delivered, 0), COALESCE(k.quantity, 0))")

    @api.model
    def _sql_left(self) -> SQL:
        """What has left by the moves of line l less what came back, in its unit."""
        return SQL(
            """SELECT SUM(g.net - LEAST(g.again, g.back)) AS quantity FROM (
                 SELECT SUM(CASE WHEN %(outside)s THEN 1 ELSE -1 END * %(quantity)s * pu.factor / lu.factor) AS net,
                        COALESCE(SUM(%(quantity)s * pu.factor / lu.factor) FILTER (
                                 WHERE r.id IS NOT NULL AND %(outside)s), 0) AS again,
                        COALESCE(MAX(r.quantity * ru.factor / lu.factor), 0) AS back
                   FROM stock_move m %(lines)s %(returned)s JOIN uom_uom lu ON lu.id = l.product_uom_id
                  WHERE m.sale_line_id = l.id AND m.state = 'done' AND m.product_id = l.product_id
                    AND ml.product_id = m.product_id AND (
                        %(outside)s AND (s.usage <> 'transit' OR s.company_id IS NOT NULL)
                        OR m.to_refund AND NOT %(outside)s AND s.usage IN ('customer', 'transit')
                           AND (s.usage = 'customer' OR s.company_id IS NULL))
                  GROUP BY r.id) g""",
            outside=OUTSIDE, quantity=QUANTITY, lines=self._sql_lines(), returned=self._sql_back())

    @api.model
    def _sql_unit(self) -> SQL:
        """Price of one of order line l, for what was delivered without being ordered; t is its product template."""
        return SQL(
            """COALESCE(NULLIF(l.price_unit * (1 - COALESCE(l.discount, 0) / 100), 0),
                        t.list_price * COALESCE(NULLIF(o.currency_rate, 0), 1))""")

    @api.model
    def _sql_price(self) -> SQL:
        """Price of one of product v that is on no line of order o: by another one, the list, what it has cost."""
        return SQL(
            """COALESCE(NULLIF(GREATEST(t.list_price * COALESCE(NULLIF(o.currency_rate, 0), 1), (
                   SELECT MAX(COALESCE(x.price_total / NULLIF(GREATEST(x.product_uom_qty, 0), 0), x.price_unit)
                              * pu.factor / xu.factor)
                     FROM sale_order_line x JOIN uom_uom xu ON xu.id = x.product_uom_id
                    WHERE x.order_id = o.id AND x.product_id = v.id AND x.display_type IS NULL)), 0),
                 (v.standard_price ->> o.company_id::text)::numeric * COALESCE(NULLIF(o.currency_rate, 0), 1), 0)""")

    @api.model
    def _sql_extra(self) -> SQL:
        """Value of goods of order o that are gone without counting as delivered on one of its lines.

        They were added to a done delivery, cut off from their line, or are another product than their line asks for.
        """
        return SQL(
            """SELECT SUM(%(quantity)s * %(price)s) AS value
                 FROM (SELECT m.id FROM stock_move m JOIN sale_order_line x ON x.id = m.sale_line_id
                        WHERE x.order_id = o.id
                       UNION SELECT m.id FROM stock_move m JOIN stock_picking p ON p.id = m.picking_id
                        WHERE p.sale_id = o.id AND m.sale_line_id IS NULL
                       UNION SELECT rm.move_id FROM stock_reference_sale_rel rs
                         JOIN stock_reference_move_rel rm ON rm.reference_id = rs.reference_id
                         JOIN stock_move m ON m.id = rm.move_id AND m.sale_line_id IS NULL
                        WHERE rs.sale_id = o.id) own
                 JOIN stock_move m ON m.id = own.id AND m.state = 'done' %(lines)s
                 LEFT JOIN stock_picking_type y ON y.id = m.picking_type_id
                WHERE %(outside)s AND %(ours)s AND NOT EXISTS (
                      SELECT FROM sale_order_line l %(goods)s WHERE l.id = m.sale_line_id AND l.display_type IS NULL
                         AND (l.product_id = m.product_id OR %(kit)s) AND ml.product_id = m.product_id)""",
            quantity=QUANTITY, price=self._sql_price(), lines=self._sql_lines(), goods=self._sql_goods(),
            kit=self._sql_kit(), outside=OUTSIDE, ours=OURS)

    # === what is about to leave in a way of its own === #

    @api.model
    def _going_specially(self, leaving, picked):
        """The rows of moves that are not plain, in one query."""
        self.env.flush_all()
        moves, orders = zip(*((move, order) for move, _picking, order in leaving), strict=True)
        return self.env.execute_query_dict(SQL(
            """SELECT q.id, q.picking_id, l.id AS line_id, q.taken::text AS taken,
                      (CASE WHEN q.product_id = l.product_id THEN (q.own - q.again) * q.factor / lu.factor
                            ELSE l.product_uom_qty * q.own / n.quantity END)::text AS quantity,
                      (q.other + CASE WHEN l.id IS NULL THEN q.own * q.price ELSE 0 END)::text AS extra
                 FROM (%(taken)s) q
                 LEFT JOIN (sale_order_line l %(goods)s) ON l.id = q.sale_line_id AND l.display_type IS NULL
                      AND (l.product_id = q.product_id OR q.kit)
                 LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
                 LEFT JOIN LATERAL (SELECT NULLIF(SUM(m.product_qty), 0) AS quantity FROM stock_move m
                                     WHERE m.sale_line_id = l.id AND m.state <> 'cancel' AND %(kit)s
                                       AND m.location_dest_id = q.location_dest_id) n ON TRUE""",
            taken=self._sql_taken(moves, orders, picked), goods=self._sql_goods(), kit=self._sql_kit()))

    @api.model
    def _sql_taken(self, moves, orders, picked) -> SQL:
        """What these moves take of their own product, how much of that is sent again, and the value of other products.

        :param orders: the id of the order of each move
        """
        own = SQL("COALESCE(k.picked, 0)") if picked else SQL("COALESCE(NULLIF(k.reserved, 0), m.product_qty)")
        return SQL(
            """SELECT m.id, m.picking_id, m.sale_line_id, m.product_id, m.location_dest_id, pu.factor, %(kit)s AS kit,
                      %(own)s AS own, %(own)s + COALESCE(k.foreigners, 0) AS taken, COALESCE(k.other, 0) AS other,
                      %(price)s AS price,
                      LEAST(%(own)s, GREATEST(COALESCE(r.quantity * ru.factor / pu.factor, 0) - COALESCE(b.sent, 0)
                        - COALESCE(SUM(%(own)s) OVER (PARTITION BY r.id ORDER BY m.id
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0)) AS again
                 FROM unnest(%(moves)s, %(orders)s) w(move_id, order_id)
                 JOIN stock_move m ON m.id = w.move_id JOIN sale_order o ON o.id = w.order_id
                 JOIN product_product v ON v.id = m.product_id
                 JOIN product_template t ON t.id = v.product_tmpl_id JOIN uom_uom pu ON pu.id = t.uom_id
                 %(returned)s
                 LEFT JOIN LATERAL (SELECT SUM(x.quantity * xu.factor / pu.factor) AS sent
                                      FROM stock_move x JOIN uom_uom xu ON xu.id = x.product_uom
                                     WHERE x.origin_returned_move_id = r.id AND x.state = 'done'
                                       AND x.to_refund IS NOT TRUE) b ON TRUE
                 JOIN LATERAL (
                      SELECT SUM(%(quantity)s) FILTER (WHERE ml.product_id = m.product_id) AS reserved,
                             SUM(%(quantity)s) FILTER (WHERE ml.product_id = m.product_id AND ml.picked) AS picked,
                             SUM(%(quantity)s) FILTER (WHERE ml.product_id <> m.product_id AND ml.picked) AS foreigners,
                             SUM(%(quantity)s * %(price)s) FILTER (
                                 WHERE ml.product_id <> m.product_id AND ml.picked) AS other
                        FROM (SELECT m.id) y(id) JOIN stock_move_line ml ON ml.move_id = y.id
                        JOIN uom_uom u ON u.id = ml.product_uom_id JOIN product_product v ON v.id = ml.product_id
                        JOIN product_template t ON t.id = v.product_tmpl_id JOIN uom_uom pu ON pu.id = t.uom_id) k
                   ON TRUE""",
            moves=list(moves), orders=list(orders), own=own, kit=self._sql_kit(), price=self._sql_price(),
            quantity=QUANTITY, returned=self._sql_back())
