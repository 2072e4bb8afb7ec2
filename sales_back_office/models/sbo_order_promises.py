from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import clock

# Marks the date that a line of the log brings; an object, so that no caller can send it.
KEPT = object()


class SboOrderPromises(models.AbstractModel):
    """What an order's customer was promised, and whether he knows what has become of it.

    A change of the delivery date writes its line into the log where the date is written: form, list, import or RPC.
    """

    _name = "sbo.order.promises"
    _description = "Order: Promises"

    sbo_promise_ids = fields.One2many("sbo.order.promise", "order_id", "Promises", copy=False)
    sbo_promise_count = fields.Integer("Promise Changes", compute="_compute_sbo_promise_count")
    sbo_promise_untold = fields.Boolean(
        "Slipped, Customer Not Told", compute="_compute_sbo_promise_untold", search="_search_sbo_promise_untold",
        help="The goods come later than the customer knows: moved, forecast later, or the promised day is over.")
    sbo_known_date = fields.Datetime(
        "Customer Expects", compute="_compute_sbo_promise_untold", help="The date the customer was last told.")
    sbo_expected_date = fields.Datetime(
        "Expected", compute="_compute_sbo_promise_untold",
        help="The latest of promise, forecast and planned delivery; now, when all of them are over.")

    def _compute_sbo_promise_count(self):
        counts = dict(self.env["sbo.order.promise"].sudo()._read_group(  # a number, whoever may see the lines
            [("order_id", "in", self.ids)], ["order_id"], ["__count"]))
        for order in self:
            order.sbo_promise_count = counts.get(order._origin, 0)

    @api.depends_context("sbo_as_of")
    def _compute_sbo_promise_untold(self):
        rows = {}
        if self.ids:
            self._sbo_flush_promises()
            rows = {row[0]: row for row in self.env.execute_query(self._sbo_sql_promises(
                SQL("o.id = ANY(%s)", self.ids)))}
        for order in self:
            _id, known, expected, untold, *_rest = rows.get(order.id) or (None,) * 6
            order.sbo_promise_untold = bool(untold)
            order.sbo_known_date = known
            order.sbo_expected_date = expected

    def _search_sbo_promise_untold(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._sbo_flush_promises()
        found = SQL("(SELECT p.id FROM (%s) p WHERE p.untold)", self._sbo_sql_promises(SQL("TRUE")))
        domain = Domain("id", "in", found)
        return domain if True in value else ~domain

    def write(self, vals):
        if "commitment_date" not in vals or self.env.context.get("sbo_promise_kept") is KEPT:
            return super().write(vals)
        confirmed = self.filtered(lambda order: order.state == "sale")
        former = {order.id: order.commitment_date for order in confirmed}
        result = super().write(vals)
        self._sbo_log_promises(confirmed, former)
        return result

    def action_sbo_promises(self):
        """The promise log of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_order_promise_action")
        action["domain"] = [("order_id", "in", self.ids)]
        action["context"] = {"default_order_id": self.id} if len(self) == 1 else {}
        return action

    def action_sbo_new_promise(self):
        """Dialog: a new date or a forecast for this order."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "name": self.env._("New Date or Forecast"),
                "res_model": "sbo.order.promise", "views": [[False, "form"]], "target": "new",
                "context": {"default_order_id": self.id}}

    def action_sbo_told_date(self):
        """The customer was told of the date that is expected now: the line of the log that says so, else a new one."""
        self.ensure_one()
        last = self.sbo_promise_ids.sorted("id")[-1:]
        later = last.new_date or last.forecast
        if last.untold and later and later >= self.sbo_expected_date:
            last.action_told()
            return None
        action = self.action_sbo_new_promise()
        now = clock.as_of(self.env)
        forecast = self.sbo_expected_date if self.sbo_expected_date > now else False
        action["context"].update(default_forecast=forecast, default_told_how="call")
        return action

    def _sbo_log_promises(self, orders, former):
        changed = orders.filtered(lambda order: order.commitment_date != former[order.id])
        if changed:
            # Superuser: the log is written whoever may change the date, and nobody can leave it out.
            sheets = self.env["sbo.order.change"].sudo()._present(changed)
            self.env["sbo.order.promise"].sudo().create([
                {"order_id": order.id, "promised": former[order.id], "new_date": order.commitment_date,
                 "reason": self.env.context.get("sbo_promise_reason"), "user_id": self.env.uid,
                 "change_id": sheets.get(order.id)}
                for order in changed])._tell_sheet()

    def _sbo_keep_promise(self, promise):
        """Take over the date of a line of the log, without a second line for it."""
        self.with_context(sbo_promise_kept=KEPT).write({"commitment_date": promise.new_date})

    @api.model
    def _sbo_flush_promises(self):
        self.env["sbo.order.promise"].flush_model()
        self.flush_model(["commitment_date", "company_id", "state"])
        self.env["stock.picking"].flush_model(["date_done", "picking_type_id", "sale_id", "scheduled_date", "state"])

    @api.model
    def _sbo_sql_promises(self, condition) -> SQL:
        """(id, known, expected, untold, known_end, slipped_at) of confirmed orders whose goods are on their way.

        Known is what the customer was last told; expected is the latest of what is promised, forecast and planned.
        """
        facts = self.env["sbo.delivery.facts"]
        as_of = facts._as_of()
        zone, companies = facts._sql_zone(SQL("o.company_id"))
        return SQL(
            """SELECT e.id, e.known, e.expected, %(expected_day)s > %(known_day)s AS untold,
                      (%(known_day)s + 1)::timestamp AT TIME ZONE e.zone AT TIME ZONE 'UTC' AS known_end, e.slipped_at
                 FROM (SELECT o.id, %(zone)s AS zone, p.slipped_at,
                              COALESCE(p.told, p.first, o.commitment_date) AS known,
                              GREATEST(o.commitment_date, p.forecast, d.planned, CASE
                                  WHEN %(today)s > %(promised)s THEN %(as_of)s::timestamp END) AS expected
                         FROM sale_order o %(companies)s
                        CROSS JOIN LATERAL (
                              SELECT MAX(sp.scheduled_date) AS planned, COUNT(*) AS waiting
                                FROM stock_picking sp
                                JOIN stock_picking_type pt ON pt.id = sp.picking_type_id AND pt.code = 'outgoing'
                               WHERE sp.sale_id = o.id AND sp.state <> 'cancel'
                                 AND (sp.state <> 'done' OR sp.date_done > %(as_of)s)) d
                        CROSS JOIN LATERAL (%(told)s) p
                        WHERE o.state = 'sale' AND d.waiting > 0 AND %(condition)s) e""",
            expected_day=facts._sql_day(SQL("e.expected"), SQL("e.zone")),
            known_day=facts._sql_day(SQL("e.known"), SQL("e.zone")),
            zone=zone, companies=companies, as_of=as_of, condition=condition, told=self._sbo_sql_told(as_of),
            today=facts._sql_day(SQL("%s::timestamp", as_of), zone),
            promised=facts._sql_day(SQL("o.commitment_date"), zone),
        )

    @api.model
    def _sbo_sql_told(self, as_of) -> SQL:
        """The log of order ``o`` in one row: last date told, first promise, last forecast, first slip still untold."""
        knows = SQL("(op.reason = 'customer' OR op.told_at <= %s)", as_of)
        return SQL(
            """SELECT (ARRAY_AGG(COALESCE(op.new_date, op.forecast) ORDER BY op.id DESC)
                          FILTER (WHERE %(knows)s))[1] AS told,
                      (ARRAY_AGG(op.promised ORDER BY op.id) FILTER (WHERE op.promised IS NOT NULL))[1] AS first,
                      (ARRAY_AGG(op.forecast ORDER BY op.id DESC))[1] AS forecast,
                      MIN(op.noted_at) FILTER (WHERE op.days_slipped > 0 AND (%(knows)s) IS NOT TRUE) AS slipped_at
                 FROM sbo_order_promise op WHERE op.order_id = o.id AND op.noted_at <= %(as_of)s""",
            knows=knows, as_of=as_of)

    def _sbo_query_promise_untold(self, check, ids=None) -> SQL:
        """Orders whose goods come later than the customer knows, until he is told or the goods have left."""
        narrow = self._sbo_sql_narrow(SQL("o.id"), ids)
        orders = self.with_context(sbo_as_of=check._as_of())._sbo_sql_promises(
            SQL("o.company_id = %s %s", check.env.company.id, narrow))
        return SQL(
            """SELECT p.id AS res_id, '' AS key, NULL::integer AS user_id,
                      COALESCE(p.slipped_at, CASE WHEN p.known_end <= %(as_of)s THEN p.known_end END) AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('customer_expects', p.known, 'expected', p.expected) AS evidence
                 FROM (%(orders)s) p WHERE p.untold""",
            as_of=check._as_of(), orders=orders)
