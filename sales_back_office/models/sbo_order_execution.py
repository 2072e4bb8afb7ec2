from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet

from .sbo_order_progress import STAGES as STAGES_OF_PROGRESS

# How far one step of an order is; every room's own states are told in these words here.
STEPS = [("none", "–"), ("todo", "Not Yet"), ("part", "Partly"), ("done", "Done"), ("stop", "Stopped")]
STAGES = {
    "verified": "Checked",
    "notified": "Notified",
    "produced": "Produced",
    "paid": "Paid",
    "shipped": "Shipped",
    "signed": "Signed",
    "invoiced": "Invoiced",
    "collected": "Collected",
}
NEXT = [
    ("verified", "Verify"),
    ("notified", "Notify"),
    ("produced", "Produce"),
    ("paid", "Await Payment"),
    ("shipped", "Ship"),
    ("signed", "Get the Note Signed"),
    ("invoiced", "Invoice"),
    ("collected", "Collect"),
    ("nothing", "Nothing"),
]
# What needs to know the money that orders wait for, the largest part of the query.
MONEY = {"paid", "next_step"}
VERIFIED = SQL(
    "CASE o.sbo_verification_state WHEN 'done' THEN 'done' WHEN 'difference' THEN 'stop' WHEN 'stale' THEN 'part' "
    "WHEN 'open' THEN 'todo' "
    "WHEN 'grown' THEN 'todo' ELSE 'none' END")
NOTIFIED = SQL(
    "CASE o.sbo_notice_state WHEN 'acknowledged' THEN 'done' WHEN 'sent' THEN 'part' WHEN 'to_send' THEN 'todo' "
    "ELSE 'none' END")
SHIPPED = SQL(
    "CASE o.delivery_status WHEN 'full' THEN 'done' WHEN 'partial' THEN 'part' WHEN 'started' THEN 'part' "
    "WHEN 'pending' THEN 'todo' ELSE 'none' END")
SIGNED = SQL(
    """CASE WHEN NOT co.sbo_signed_required OR o.delivery_status IS NULL THEN 'none'
            WHEN n.odd > 0 THEN 'stop'
            WHEN n.outstanding > 0 THEN CASE WHEN n.back > 0 THEN 'part' ELSE 'todo' END
            WHEN o.delivery_status <> 'full' THEN CASE WHEN n.back > 0 THEN 'part' ELSE 'todo' END
            WHEN n.back > 0 THEN 'done' ELSE 'none' END""")
INVOICED = SQL(
    """CASE WHEN o.amount_total = 0 THEN 'none'
            WHEN o.invoice_status IN ('invoiced', 'upselling') AND NOT COALESCE(m.draft, FALSE) THEN 'done'
            WHEN m.invoiced <> 0 THEN 'part' ELSE 'todo' END""")
COLLECTED = SQL(
    """CASE WHEN o.amount_total = 0 THEN 'none'
            WHEN o.invoice_status IN ('invoiced', 'upselling') AND NOT COALESCE(m.draft, FALSE)
                 AND ROUND(m.invoiced - m.collected, 2) <= 0 THEN 'done'
            WHEN ROUND(m.collected, 2) > 0 THEN 'part' ELSE 'todo' END""")


class SboOrderExecution(models.Model):
    """Where one confirmed order is (订单执行一览): verified, notified, produced, paid, shipped, signed, invoiced,
    collected. The row is the order itself; nothing is kept here.
    """

    _name = "sbo.order.execution"
    _description = "Order Execution"
    _auto = False
    _inherit = ["sbo.delivery.facts"]
    _order = "promised_at, id"
    _rec_name = "order_id"
    _depends = {
        "sale.order": ["amount_total", "commitment_date", "company_id", "currency_rate", "date_order",
                       "delivery_status", "invoice_status", "partner_id", "sbo_clerk_id", "sbo_gate_percent",
                       "sbo_gate_policy", "sbo_invoices_open", "sbo_notice_state", "sbo_verification_state", "state",
                       "team_id", "user_id"],
        "sale.order.line": ["discount", "invoice_lines", "order_id", "price_total", "price_unit", "product_uom_qty",
                            "qty_delivered"],
        "account.move": ["amount_residual", "amount_total", "amount_total_signed", "move_type", "payment_state",
                         "state"],
        "account.move.line": ["amount_residual_currency", "move_id", "parent_state", "price_total"],
        "account.partial.reconcile": ["credit_amount_currency", "debit_amount_currency"],
        "account.payment": ["amount", "move_id", "state"],
        "payment.transaction": ["amount", "payment_id", "state"],
        "sbo.payment.allotment": ["active", "amount", "order_id", "payment_id"],
        "sbo.payment.release": ["order_id", "state"],
        "stock.picking": ["date_done", "picking_type_id", "sale_id", "sbo_signed_on", "sbo_signed_result",
                          "sbo_unsigned_reason", "state"],
        "sbo.order.progress": ["date", "note", "order_id", "stage"],
        "sbo.order.issue": ["order_id", "state"],
        "res.company": ["sbo_signed_from", "sbo_signed_required"],
    }

    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    clerk_id = fields.Many2one("res.users", "Back-Office Clerk", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    date_order = fields.Datetime("Confirmed", readonly=True)
    promised_at = fields.Datetime("Promised", readonly=True)
    days_late = fields.Integer(
        readonly=True, aggregator="max",
        help="Days since the promised day while goods are still to leave.")
    amount_total = fields.Monetary("Amount", readonly=True, help="In the company's currency, with taxes.")
    amount_invoiced = fields.Monetary("Invoiced Amount", readonly=True, help="On posted invoices, less credit notes.")
    amount_collected = fields.Monetary(
        "Collected Amount", readonly=True,
        help="What of the order's invoices is paid; an invoice of several orders counts by its lines.")
    verified = fields.Selection(STEPS, "Checked", readonly=True)
    notified = fields.Selection(STEPS, readonly=True)
    produced = fields.Selection(STEPS, readonly=True)
    paid = fields.Selection(STEPS, readonly=True, help="Whether the goods may leave: the state of the payment gate.")
    shipped = fields.Selection(STEPS, readonly=True)
    signed = fields.Selection(STEPS, readonly=True)
    invoiced = fields.Selection(STEPS, readonly=True)
    collected = fields.Selection(STEPS, readonly=True)
    next_step = fields.Selection(NEXT, readonly=True)
    is_open = fields.Boolean("Open", readonly=True, help="Something is still to be shipped, signed, invoiced or paid.")
    progress_at = fields.Datetime("Last Progress", readonly=True)
    progress_stage = fields.Selection(STAGES_OF_PROGRESS, "Stage", readonly=True)
    progress_note = fields.Char("Progress", readonly=True)
    issue_count = fields.Integer("Open Issues", readonly=True)

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """First which orders, then their columns: what a column costs is paid for the rows of the page only."""
        asking = self._without_money(domain, order)
        found = super(SboOrderExecution, asking).search_fetch(domain, [], offset, limit, order).with_env(self.env)
        if field_names is None or MONEY & set(field_names):
            found.fetch(field_names)
        elif field_names:
            found.with_context(sbo_no_money=True).fetch(field_names)
        return found

    @api.model
    def search_count(self, domain, limit=None):
        return super(SboOrderExecution, self._without_money(domain)).search_count(domain, limit)

    @api.model
    def _search(self, domain, *args, **kwargs):
        # A page that is read by its ids asks for the money and the open papers of these orders, not of all; the open
        # ones are found through what is open about them, not by looking at all orders.
        is_open = Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(ARRAY%s)", SQL.identifier(alias, "id"), self._sql_open_ids()))
        domain = Domain(domain).map_conditions(lambda condition: is_open if (
            condition.field_expr, condition.operator, condition.value) == ("is_open", "=", True) else condition)
        terms = list(domain)
        if len(terms) == 1 and isinstance(terms[0], tuple) and terms[0][:2] == ("id", "in") \
                and isinstance(terms[0][2], list | tuple | OrderedSet):
            self = self.with_context(sbo_only_orders=tuple(terms[0][2]))
        return super()._search(domain, *args, **kwargs)

    @property
    def _table_query(self) -> SQL:
        later = SQL(" ").join(
            SQL("WHEN s.%s IN ('todo', 'part', 'stop') THEN %s", SQL.identifier(stage), stage) for stage in STAGES)
        return SQL("SELECT s.*, CASE %s ELSE 'nothing' END AS next_step FROM (%s) s", later, self._sql_orders())

    def action_open_order(self):
        """Open the order of this row."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id,
                "views": [[False, "form"]]}

    def action_sbo_progress(self):
        """Dialog: one progress entry for the orders of these rows."""
        return self.order_id.action_sbo_progress()

    def _sql_orders(self) -> SQL:
        zone, companies = self._sql_zone(SQL("o.company_id"))
        today = self._sql_day(SQL("%s::timestamp", self._as_of()), zone)
        return SQL(
            """SELECT o.id, o.id AS order_id, o.company_id, c.commercial_partner_id AS partner_id,
                      o.sbo_clerk_id AS clerk_id, o.user_id, o.team_id, o.date_order, o.commitment_date AS promised_at,
                      CASE WHEN o.delivery_status IN ('pending', 'started', 'partial')
                           THEN GREATEST(0, %(today)s - %(promised)s) ELSE 0 END AS days_late,
                      o.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1) AS amount_total,
                      COALESCE(m.invoiced, 0) AS amount_invoiced, COALESCE(m.collected, 0) AS amount_collected,
                      %(stages)s, %(open)s AS is_open,
                      p.date AS progress_at, p.stage AS progress_stage, p.note AS progress_note,
                      (SELECT COUNT(*) FROM sbo_order_issue i
                        WHERE i.order_id = o.id AND i.state IN ('open', 'replied'))::integer AS issue_count
                 FROM sale_order o
                 JOIN res_partner c ON c.id = o.partner_id
                 %(companies)s
                 LEFT JOIN LATERAL (%(notes)s) n ON TRUE
                 LEFT JOIN LATERAL (%(money)s) m ON TRUE
                 LEFT JOIN LATERAL (%(progress)s) p ON TRUE
                WHERE o.state = 'sale'""",
            today=today, promised=self._sql_day(SQL("o.commitment_date"), zone), companies=companies,
            stages=SQL(", ").join(
                SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in self._sql_stages().items()),
            open=self._sql_open(), notes=self._sql_notes(), money=self._sql_money(), progress=self._sql_progress())

    @api.model
    def _sql_stages(self):
        """{stage: SQL of 'none', 'todo', 'part', 'done' or 'stop'} on ``o`` (sale_order).

        Hook of other rooms and bridges: production says how far it is by overriding ``produced``.
        """
        none = SQL("'none'")
        return {"verified": VERIFIED, "notified": NOTIFIED, "produced": none, "paid": self._sql_paid(),
                "shipped": SHIPPED, "signed": SIGNED, "invoiced": INVOICED, "collected": COLLECTED}

    @api.model
    def _sql_notes(self) -> SQL:
        """Delivery notes of order ``o``: back, outstanding, back with a difference."""
        return SQL(
            """SELECT COUNT(*) FILTER (WHERE sp.sbo_signed_on IS NOT NULL) AS back,
                      COUNT(*) FILTER (WHERE %(odd)s) AS odd, COUNT(*) FILTER (WHERE %(outstanding)s) AS outstanding
                 FROM stock_picking sp
                 JOIN stock_picking_type pt ON pt.id = sp.picking_type_id AND pt.code = 'outgoing'
                WHERE sp.sale_id = o.id AND sp.state = 'done'""",
            odd=self._sql_odd(), outstanding=self._sql_outstanding())

    @api.model
    def _sql_odd(self) -> SQL:
        """Delivery ``sp`` was signed for with a difference, and no issue about it has been solved."""
        return SQL(
            """(sp.sbo_signed_result = 'difference' AND sp.sbo_signed_on IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM sbo_order_issue si WHERE si.picking_id = sp.id AND si.state = 'solved'))""")

    @api.model
    def _sql_outstanding(self) -> SQL:
        """The note of the done delivery ``sp`` of company ``co`` has not come back and is waited for."""
        return SQL(
            "sp.sbo_signed_on IS NULL AND COALESCE(sp.sbo_unsigned_reason, '') = '' "
            "AND sp.date_done >= COALESCE(co.sbo_signed_from, '-infinity')")

    @api.model
    def _sql_money(self) -> SQL:
        """What of order ``o`` is on posted invoices and paid, in the company's currency."""
        return SQL(
            """SELECT SUM(x.amount) FILTER (WHERE x.state = 'posted') AS invoiced,
                      SUM(x.amount * (1 - x.residual)) FILTER (WHERE x.state = 'posted') AS collected,
                      BOOL_OR(x.state = 'draft') AS draft
                 FROM (SELECT am.state,
                              CASE am.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * al.price_total
                                  * COALESCE(ABS(am.amount_total_signed) / NULLIF(am.amount_total, 0), 1) AS amount,
                              COALESCE(am.amount_residual / NULLIF(am.amount_total, 0), 0) AS residual
                         FROM sale_order_line sl
                         JOIN sale_order_line_invoice_rel r ON r.order_line_id = sl.id
                         JOIN account_move_line al ON al.id = r.invoice_line_id
                         JOIN account_move am ON am.id = al.move_id AND am.state <> 'cancel'
                              AND am.move_type IN ('out_invoice', 'out_refund')
                        WHERE sl.order_id = o.id) x""")

    @api.model
    def _sql_progress(self) -> SQL:
        """The last entry about order ``o``: one row also without any, so that it is left out where nobody asks."""
        return SQL(
            """SELECT MAX(date) AS date, (ARRAY_AGG(stage ORDER BY date DESC, id DESC))[1] AS stage,
                      (ARRAY_AGG(note ORDER BY date DESC, id DESC))[1] AS note
                 FROM sbo_order_progress WHERE order_id = o.id""")

    @api.model
    def _without_money(self, domain, order=None):
        """This model for a question about ids: the money is left out where nobody asks for it."""
        asked = {condition.field_expr.split(".")[0] for condition in Domain(domain).iter_conditions()}
        if MONEY & asked or any(name in (order or "") for name in MONEY):
            return self
        return self.with_context(sbo_no_money=True)

    @api.model
    def _sql_paid(self) -> SQL:
        if self.env.context.get("sbo_no_money"):
            return SQL("'none'")
        return self.env["sbo.payment.money"]._sql_paid_stage(self.env.context.get("sbo_only_orders"))

    @api.model
    def _sql_open(self) -> SQL:
        """Order ``o`` has something left: what the order itself knows, or a note that is not back as it should be."""
        return SQL(
            """(o.delivery_status IN ('pending', 'started', 'partial') OR o.invoice_status = 'to invoice'
                OR o.sbo_invoices_open OR o.id IN (%s))""", self._sql_open_notes())

    @api.model
    def _sql_open_ids(self) -> SQL:
        """The orders with something left, each reason through the index of its few orders."""
        return SQL(
            """(SELECT id FROM sale_order WHERE state = 'sale' AND delivery_status IN ('pending', 'started', 'partial')
                 UNION
                SELECT id FROM sale_order WHERE state = 'sale' AND invoice_status = 'to invoice'
                 UNION
                SELECT id FROM sale_order WHERE sbo_invoices_open
                 UNION
                %s)""", self._sql_open_notes())

    @api.model
    def _sql_open_notes(self) -> SQL:
        """Orders of which a signed note is outstanding, or came back with a difference nobody has solved."""
        notes = SQL(
            """SELECT sp.sale_id
                 FROM res_company co
                 JOIN stock_picking sp ON sp.company_id = co.id AND sp.picking_type_id = ANY(ARRAY(
                      SELECT pt.id FROM stock_picking_type pt WHERE pt.code = 'outgoing'))
                WHERE sp.state = 'done' AND sp.sale_id IS NOT NULL AND co.sbo_signed_required""")
        return SQL("%(notes)s AND %(outstanding)s UNION ALL %(notes)s AND %(odd)s",
                   notes=notes, outstanding=self._sql_outstanding(), odd=self._sql_odd())
