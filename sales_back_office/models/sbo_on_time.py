from odoo import fields, models
from odoo.tools import SQL

OUTCOMES = [
    ("on_time", "On Time in Full"),
    ("late", "Late"),
    ("short", "Short"),
    ("open_late", "Open, Overdue"),
    ("open", "Open, Not Due"),
    ("no_promise", "Without a Promise"),
]


class SboOnTime(models.Model):
    """One order line of goods against its promised day (准时足量交付率): ordered, delivered on time, late, returned.

    On time in full: by the end of the promised day, in the company's time, the customer had what was ordered.
    On time + late − returned is Odoo's own delivered quantity, so the figures add up to the documents.
    """

    _name = "sbo.on.time"
    _description = "On-Time Delivery"
    _auto = False
    _inherit = ["sbo.delivery.facts"]
    _order = "promised_at desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": ["commitment_date", "company_id", "date_order", "partner_id", "sbo_clerk_id", "state", "team_id",
                       "user_id"],
        "sale.order.line": ["display_type", "order_id", "product_id", "product_uom_id", "product_uom_qty"],
        "sbo.order.promise": ["new_date", "order_id", "promised", "reason"],
        "stock.move": ["date", "date_deadline", "location_dest_id", "location_id", "origin_returned_move_id",
                       "picking_id", "product_id", "product_uom", "quantity", "sale_line_id", "state", "to_refund"],
        "stock.picking": ["date_done"],
        "product.template": ["categ_id", "type", "uom_id"],
        "res.partner": ["commercial_partner_id", "tz"],
        "uom.uom": ["factor"],
    }

    line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, aggregator="count_distinct")
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    clerk_id = fields.Many2one("res.users", "Back-Office Clerk", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    date_order = fields.Datetime("Confirmed", readonly=True)
    promised_at = fields.Datetime("Promised", readonly=True)
    promised_on = fields.Date(
        "Promised Day", readonly=True,
        help="The order's delivery date, else the deadline of its deliveries, as a day in the company's time.")
    first_promised_on = fields.Date(
        "Agreed Day", readonly=True,
        help="The first promise; a date that the customer asked for later takes its place, a date that we put off does "
             "not.")
    delivered_on = fields.Date("Last Delivery", readonly=True)
    qty_ordered = fields.Float("Ordered", readonly=True, digits="Product Unit")
    qty_on_time = fields.Float("Delivered on Time", readonly=True, digits="Product Unit")
    qty_late = fields.Float("Delivered Late", readonly=True, digits="Product Unit")
    qty_returned = fields.Float(
        "Returned", readonly=True, digits="Product Unit", help="Came back and was taken off the order.")
    qty_delivered = fields.Float(
        "Delivered", readonly=True, digits="Product Unit", help="On time and late, less returned.")
    qty_open = fields.Float(
        "To Deliver", readonly=True, digits="Product Unit", help="Ordered and still on its way out of the house.")
    days_late = fields.Integer(readonly=True, aggregator="max")
    outcome = fields.Selection(OUTCOMES, "Delivery Outcome", readonly=True)
    on_time_rate = fields.Float(
        "On Time in Full %", readonly=True, aggregator="avg", digits=(5, 1),
        help="Share of the due lines that the customer had complete by the end of the promised day.")
    first_rate = fields.Float(
        "On Time by Agreed Day %", readonly=True, aggregator="avg", digits=(5, 1),
        help="The same against the agreed day: putting a date off does not make a line punctual.")
    fill_rate = fields.Float(
        "Quantity on Time %", readonly=True, aggregator="avg", digits=(5, 1),
        help="Share of the ordered quantity that the customer had by the end of the promised day.")

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT f.*, f.qty_on_time + f.qty_late - f.qty_returned AS qty_delivered,
                      CASE WHEN f.waiting THEN GREATEST(0, f.qty_ordered - f.qty_on_time - f.qty_late + f.qty_returned)
                           ELSE 0 END AS qty_open,
                      CASE f.outcome WHEN 'late' THEN f.delivered_on - f.promised_on
                                     WHEN 'open_late' THEN f.today - f.promised_on ELSE 0 END AS days_late,
                      CASE WHEN f.outcome IN ('on_time', 'late', 'short', 'open_late')
                           THEN (f.outcome = 'on_time')::integer * 100 END AS on_time_rate,
                      CASE WHEN f.first_promised_on IS NULL THEN NULL WHEN f.full_first THEN 100
                           WHEN f.today > f.first_promised_on OR NOT f.waiting THEN 0 END AS first_rate,
                      CASE WHEN f.outcome IN ('on_time', 'late', 'short', 'open_late')
                           THEN 100 * LEAST(1, GREATEST(0, f.had) / NULLIF(f.qty_ordered, 0)) END AS fill_rate
                 FROM (%s) f""",
            self._sql_judged())

    def action_open_order(self):
        """Open the order of this line."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id,
                "views": [[False, "form"]]}

    def action_open_deliveries(self):
        """Open the deliveries and returns these figures were counted from."""
        moves = self.line_id.move_ids
        return {"type": "ir.actions.act_window", "name": self.env._("Deliveries"), "res_model": "stock.picking",
                "views": [[False, "list"], [False, "form"]], "domain": [("id", "in", moves.picking_id.ids)]}

    def _sql_judged(self) -> SQL:
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return SQL(
            """SELECT g.*, ROUND(g.had_first - g.qty_ordered, %(digits)s) >= 0 AS full_first,
                      CASE WHEN g.promised_on IS NULL THEN 'no_promise'
                           WHEN ROUND(g.had - g.qty_ordered, %(digits)s) >= 0 THEN 'on_time'
                           WHEN g.waiting AND g.today > g.promised_on THEN 'open_late'
                           WHEN g.waiting THEN 'open'
                           WHEN g.qty_late > 0 THEN 'late' ELSE 'short' END AS outcome
                 FROM (%(facts)s) g""",
            digits=digits, facts=self._sql_facts())

    def _sql_facts(self) -> SQL:
        """A row per order line: what was to be there by when, and what the customer had by then."""
        as_of = self._as_of()
        zone, companies = self._sql_zone(SQL("o.company_id"))
        return SQL(
            """SELECT l.id, l.id AS line_id, o.id AS order_id, o.company_id, c.commercial_partner_id AS partner_id,
                      o.sbo_clerk_id AS clerk_id, o.user_id, o.team_id, l.product_id, pt.categ_id, pt.uom_id,
                      o.date_order, pr.promised_at, d.promised_on, d.first_promised_on, %(today)s AS today,
                      q.delivered_on, COALESCE(q.on_time, 0) AS qty_on_time, COALESCE(q.late, 0) AS qty_late,
                      COALESCE(q.returned, 0) AS qty_returned, COALESCE(q.had, 0) AS had,
                      COALESCE(q.had_first, 0) AS had_first,
                      l.product_uom_qty::numeric * lu.factor::numeric / tu.factor::numeric AS qty_ordered,
                      %(waiting)s AS waiting
                 FROM sale_order_line l
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN res_partner c ON c.id = o.partner_id
                 JOIN product_product pp ON pp.id = l.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                 JOIN uom_uom lu ON lu.id = l.product_uom_id
                 JOIN uom_uom tu ON tu.id = pt.uom_id
                 %(companies)s
                CROSS JOIN LATERAL (SELECT COALESCE(o.commitment_date, %(deadline)s) AS promised_at) pr
                CROSS JOIN LATERAL (SELECT COALESCE(%(agreed)s, pr.promised_at) AS first_promised_at) fp
                CROSS JOIN LATERAL (SELECT %(promised_on)s AS promised_on, %(first_on)s AS first_promised_on) d
                CROSS JOIN LATERAL (%(moved)s) q
                WHERE o.state = 'sale' AND o.date_order <= %(as_of)s AND l.display_type IS NULL
                  AND pt.type = 'consu'
                  AND (l.product_uom_qty > 0 OR q.late > 0 OR q.on_time > 0)""",
            today=self._sql_day(SQL("%s::timestamp", as_of), zone), waiting=self._sql_waiting(as_of),
            companies=companies, deadline=self._sql_deadline(), agreed=self._sql_agreed(as_of),
            promised_on=self._sql_day(SQL("pr.promised_at"), zone), as_of=as_of,
            first_on=self._sql_day(SQL("fp.first_promised_at"), zone), moved=self._sql_moved(as_of, zone),
        )

    def _sql_moved(self, as_of, zone) -> SQL:
        """The line's done moves, added up before and after the promised day."""
        return SQL(
            """SELECT SUM(m.qty) FILTER (WHERE m.outgoing AND (m.day > d.promised_on) IS NOT TRUE) AS on_time,
                      SUM(m.qty) FILTER (WHERE m.outgoing AND m.day > d.promised_on) AS late,
                      SUM(m.qty) FILTER (WHERE NOT m.outgoing) AS returned,
                      SUM(CASE WHEN m.outgoing THEN m.qty ELSE -m.qty END)
                          FILTER (WHERE m.day <= d.promised_on) AS had,
                      SUM(CASE WHEN m.outgoing THEN m.qty ELSE -m.qty END)
                          FILTER (WHERE m.day <= d.first_promised_on) AS had_first,
                      MAX(m.day) FILTER (WHERE m.outgoing) AS delivered_on
                 FROM (SELECT dm.*, %(day)s AS day FROM (%(moves)s) dm) m""",
            day=self._sql_day(SQL("dm.done_at"), zone), moves=self._sql_moves(SQL("m.sale_line_id = l.id"), as_of))

    def _sql_waiting(self, as_of) -> SQL:
        """More is to leave: a move of the line towards the customer is not done yet."""
        return SQL(
            """EXISTS (SELECT 1 FROM stock_move w
                         JOIN stock_location src ON src.id = w.location_id
                         LEFT JOIN stock_picking wp ON wp.id = w.picking_id
                        WHERE w.sale_line_id = l.id AND w.state <> 'cancel' AND NOT %(back)s
                          AND (w.state <> 'done' OR COALESCE(wp.date_done, w.date) > %(as_of)s))""",
            back=self._sql_outside(SQL.identifier("src")), as_of=as_of)

    def _sql_deadline(self) -> SQL:
        return SQL("(SELECT MAX(dl.date_deadline) FROM stock_move dl WHERE dl.sale_line_id = l.id "
                   "AND dl.state <> 'cancel')")

    def _sql_agreed(self, as_of) -> SQL:
        """What the customer was promised before we put it off: his own last wish, else the first date."""
        return SQL(
            """(SELECT CASE WHEN op.reason = 'customer' THEN op.new_date ELSE op.promised END
                  FROM sbo_order_promise op
                 WHERE op.order_id = o.id AND op.promised IS NOT NULL AND op.new_date IS NOT NULL
                   AND op.noted_at <= %s
                 ORDER BY op.reason = 'customer' DESC NULLS LAST,
                          CASE WHEN op.reason = 'customer' THEN -op.id ELSE op.id END LIMIT 1)""", as_of)
