from odoo import api, models
from odoo.tools import SQL

# where money for an order is found: on its invoices, in payments meant for it, in transactions without a payment
PARTS = ("invoiced", "allotted", "online")


class SboPaymentReceived(models.AbstractModel):
    """What has been received for orders, each cent once, as one query.

    - what is reconciled with their posted invoices, down payments included, less what credit notes gave back;
      an invoice over several orders by its lines, what it was rounded by is its own;
    - payments meant for them (by finance, or by the online transaction they come from), as far as they are not
      reconciled with anything yet, and payments without a journal entry that were registered on their invoices, as far
      as the bank has not been reconciled with these invoices;
    - online transactions that are done and have no payment yet, less what was refunded online.
    A rejected payment brings nothing, even while it is still reconciled.
    """

    _name = "sbo.payment.received"
    _description = "Money Received for Orders"

    @api.model
    def _received_of(self, order_ids, there):
        """{order id: received, as text} of a few orders.

        :param there: what there is at all, of ``sbo.payment.goods._there``
        """
        ids, parts = list(order_ids), {name for name in (*PARTS, "shared") if name in there}
        if not parts:
            return dict.fromkeys(ids, "0")
        return dict(self.env.execute_query(SQL(
            "SELECT order_id, received::text FROM (%s) r", self._sql_received(SQL("SELECT unnest(%s)", ids), parts))))

    @api.model
    def _sql_received(self, orders, parts=frozenset((*PARTS, "shared"))) -> SQL:
        """A query of (order_id, received) in the currency of each order.

        :param orders: SQL of a query of order ids; the caller has flushed
        :param parts: names of ``PARTS`` that there are, and ``shared`` where a payment is meant for several orders
        """
        if "online" in parts:
            parts = {*parts, "allotted"}  # a payment of a transaction is meant for its orders
        money = {
            "invoiced": SQL("%s UNION ALL %s", self._sql_invoiced(), self._sql_registered()),
            "allotted": self._sql_allotted(bool({"invoiced", "shared", "online"} & parts)),
            "online": self._sql_online()}
        return SQL(
            """WITH RECURSIVE wanted AS MATERIALIZED (
                 SELECT o.id, o.currency_id, o.company_id, c.sbo_gate_rate = 'today' AS today,
                        split_part(c.parent_path, '/', 1)::integer AS root_id
                   FROM sale_order o JOIN res_company c ON c.id = o.company_id WHERE o.id IN (%(orders)s)),
               family AS (%(family)s),
               meant AS MATERIALIZED (%(meant)s),
               part AS MATERIALIZED (%(part)s),
               pay AS MATERIALIZED (%(pay)s),
               money AS MATERIALIZED (%(money)s)
               SELECT w.id AS order_id,
                      FLOOR(ROUND(COALESCE(SUM(%(converted)s), 0) / cur.rounding, 6)) * cur.rounding AS received
                 FROM wanted w JOIN res_currency cur ON cur.id = w.currency_id
                 LEFT JOIN money m ON m.order_id = w.id
                GROUP BY w.id, cur.rounding""",
            orders=orders, meant=self._sql_meant(), part=self._sql_part(), pay=self._sql_pay(),
            family=self._sql_family() if "online" in parts else SQL(
                "SELECT NULL::integer AS id, NULL::integer AS order_id, NULL::numeric AS share WHERE FALSE"),
            money=SQL(" UNION ALL ").join(money[name] for name in PARTS if name in parts),
            converted=self._sql_converted(),
        )

    @api.model
    def _sql_converted(self) -> SQL:
        """m.amount in the currency of order w."""
        day = SQL("CASE WHEN w.today THEN CURRENT_DATE ELSE m.day END")
        return SQL(
            "m.amount * CASE WHEN m.currency_id = w.currency_id THEN 1 ELSE %s / %s END",
            self._sql_rate(SQL("w.currency_id"), SQL("w.root_id"), day),
            self._sql_rate(SQL("m.currency_id"), SQL("w.root_id"), day))

    @api.model
    def _sql_rate(self, currency, company, day) -> SQL:
        """The rate of a currency as Odoo finds it: the last one until the day, else the first one, else 1."""
        rates = SQL(
            """SELECT r.rate FROM res_currency_rate r
                WHERE r.currency_id = %s AND (r.company_id = %s OR r.company_id IS NULL)""", currency, company)
        return SQL(
            """COALESCE((%(rates)s AND r.name <= %(day)s ORDER BY r.company_id, r.name DESC LIMIT 1),
                        (%(rates)s ORDER BY r.company_id, r.name LIMIT 1), 1)""", rates=rates, day=day)

    @api.model
    def _sql_meant(self) -> SQL:
        """What payments are meant for: all orders of every payment that is meant for one of the wanted."""
        return SQL(
            """SELECT a.payment_id, a.order_id, a.amount, a.id AS place FROM sbo_payment_allotment a
                WHERE a.active AND a.payment_id IN (SELECT b.payment_id FROM sbo_payment_allotment b
                                                     JOIN wanted w ON w.id = b.order_id WHERE b.active)
               UNION ALL
               SELECT t.payment_id, f.order_id, ABS(t.amount) * f.share, f.order_id
                 FROM family f JOIN payment_transaction t ON t.id = f.id
                WHERE t.state = 'done' AND t.payment_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM sbo_payment_allotment a WHERE a.payment_id = t.payment_id AND a.active)
            """)

    @api.model
    def _sql_family(self, family="family", wanted="wanted") -> SQL:
        """Online transactions of the wanted orders and of those they share them with; captures and refunds follow.

        Odoo links what a customer has paid to the orders, not what was captured or refunded of it.

        :param family: the name of this query
        :param wanted: the name of the query of the orders' ids
        """
        return SQL(
            """SELECT t.id, r.sale_order_id AS order_id,
                      CASE WHEN n.total = 0 THEN 1.0 / n.orders ELSE o.amount_total / n.total END AS share
                 FROM payment_transaction t JOIN sale_order_transaction_rel r ON r.transaction_id = t.id
                 JOIN sale_order o ON o.id = r.sale_order_id
                 JOIN LATERAL (SELECT SUM(y.amount_total) AS total, COUNT(*) AS orders
                                 FROM sale_order_transaction_rel x JOIN sale_order y ON y.id = x.sale_order_id
                                WHERE x.transaction_id = t.id) n ON TRUE
                WHERE t.id IN (SELECT x.transaction_id FROM sale_order_transaction_rel x
                                 JOIN %(wanted)s w ON w.id = x.sale_order_id)
                  AND NOT EXISTS (SELECT FROM sale_order_transaction_rel x
                                   WHERE x.transaction_id = t.source_transaction_id)
               UNION ALL
               SELECT k.id, f.order_id, f.share
                 FROM %(family)s f JOIN payment_transaction k ON k.source_transaction_id = f.id""",
            family=SQL.identifier(family), wanted=SQL.identifier(wanted))

    @api.model
    def _sql_part(self) -> SQL:
        """Which part of which posted invoice is an order's: by the lines, an invoice line of several by equal parts."""
        return SQL(
            """SELECT i.move_id, i.order_id, i.part, t.total FROM (
                 SELECT l.move_id, s.order_id, SUM(l.price_total / n.lines) AS part
                   FROM sale_order_line s
                   JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                   JOIN account_move_line l ON l.id = r.invoice_line_id
                   JOIN LATERAL (SELECT COUNT(*) AS lines FROM sale_order_line_invoice_rel x
                                  WHERE x.invoice_line_id = l.id) n ON TRUE
                  WHERE s.order_id IN (SELECT id FROM wanted UNION SELECT order_id FROM meant)
                    AND l.parent_state = 'posted' AND l.display_type = 'product'
                  GROUP BY l.move_id, s.order_id) i
               JOIN LATERAL (SELECT SUM(x.price_total) AS total FROM account_move_line x
                              WHERE x.move_id = i.move_id AND x.display_type = 'product') t ON t.total <> 0""")

    @api.model
    def _sql_unrounded(self) -> SQL:
        """What invoice v would be over what it is: cash rounding takes nothing away from the order."""
        return SQL(
            """(1 + COALESCE((SELECT SUM(x.amount_currency) FROM account_move_line x
                               WHERE x.move_id = v.id AND x.display_type = 'rounding')
                             * CASE WHEN v.move_type = 'out_refund' THEN -1 ELSE 1 END
                             / NULLIF(v.amount_total, 0), 0))""")

    @api.model
    def _sql_pay(self) -> SQL:
        """The payments, with their sign, and what of them is not reconciled with anything."""
        return SQL(
            """SELECT p.id, p.move_id, p.create_date, p.currency_id, p.date, p.amount,
                      CASE WHEN p.payment_type = 'inbound' THEN 1 ELSE -1 END AS sign,
                      CASE WHEN p.move_id IS NULL THEN p.amount ELSE COALESCE((
                           SELECT ABS(SUM(%s)) FROM account_move_line l
                             JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                            WHERE l.move_id = p.move_id AND l.parent_state = 'posted'), 0) END AS free
                 FROM account_payment p
                WHERE p.id IN (SELECT payment_id FROM meant) AND p.state IN ('in_process', 'paid')""",
            self._sql_residual())

    @api.model
    def _sql_residual(self) -> SQL:
        """What of line l is not reconciled with anything."""
        return SQL("l.amount_residual_currency")

    @api.model
    def _sql_invoiced(self) -> SQL:
        """Reconciled with invoices, less what was reconciled with credit notes: one against the other is nothing."""
        return SQL(
            """SELECT part.order_id, k.amount * part.part / part.total * %s AS amount, v.currency_id,
                      COALESCE(v.invoice_date, v.date) AS day
                 FROM part JOIN wanted ON wanted.id = part.order_id
                 JOIN account_move v ON v.id = part.move_id
                  AND v.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                 JOIN LATERAL (
                      SELECT SUM(CASE WHEN q.debit_move_id = l.id THEN q.debit_amount_currency
                                      ELSE -q.credit_amount_currency END) AS amount
                        FROM account_move_line l
                        JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                        JOIN account_partial_reconcile q ON q.debit_move_id = l.id OR q.credit_move_id = l.id
                        JOIN account_move_line c ON c.id <> l.id AND c.id IN (q.debit_move_id, q.credit_move_id)
                       WHERE l.move_id = v.id AND NOT %s) k
                   ON k.amount IS NOT NULL""", self._sql_unrounded(), self._sql_rejected())

    @api.model
    def _sql_rejected(self) -> SQL:
        """Line c is of a payment that was rejected: it brings nothing, even while it is reconciled."""
        return SQL("EXISTS (SELECT FROM account_payment p WHERE p.move_id = c.move_id AND p.state = 'rejected')")

    @api.model
    def _sql_allotted(self, invoiced=True) -> SQL:
        """What payments are meant for less what has been reconciled with the order, as far as the money is free.

        :param invoiced: whether any order that these payments are meant for has been invoiced at all
        """
        return SQL(
            """SELECT g.order_id, g.amount * g.sign AS amount, g.currency_id, g.date AS day FROM (
                 SELECT f.order_id, f.currency_id, f.date, f.sign, LEAST(f.rest, GREATEST(f.free - COALESCE(SUM(f.rest)
                          OVER (PARTITION BY f.id ORDER BY f.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                          0), 0)) AS amount
                   FROM (SELECT pay.*, m.order_id, m.place,
                                GREATEST(m.amount - COALESCE(u.amount, b.amount, 0), 0) AS rest
                           FROM meant m JOIN pay ON pay.id = m.payment_id %(reconciled)s) f) g""",
            reconciled=self._sql_reconciled(
                SQL("l.move_id = pay.move_id"), self._sql_bank_line(SQL("pay.create_date"))) if invoiced else SQL(
                "CROSS JOIN (SELECT NULL::numeric AS amount) u CROSS JOIN (SELECT NULL::numeric AS amount) b"))

    @api.model
    def _sql_reconciled(self, own, bank) -> SQL:
        """What of payment pay, or of the bank's entry instead of it, is reconciled with invoices of order m: u and b.

        :param own: condition of the payment's own lines l
        :param bank: condition of the bank's lines l, for a payment without an entry
        """
        return SQL(
            "LEFT JOIN LATERAL (%s) u ON TRUE LEFT JOIN LATERAL (%s) b ON pay.move_id IS NULL",
            self._sql_settled(own), self._sql_settled(bank))

    @api.model
    def _sql_settled(self, condition) -> SQL:
        """What of lines l is reconciled with invoices of order m, by the order's part of them."""
        return SQL(
            """SELECT SUM(CASE WHEN q.debit_move_id = l.id THEN q.debit_amount_currency
                               ELSE q.credit_amount_currency END * part.part / part.total) AS amount
                 FROM part
                 JOIN account_move_line c ON c.move_id = part.move_id
                 JOIN account_account a ON a.id = c.account_id AND a.account_type = 'asset_receivable'
                 JOIN account_partial_reconcile q ON q.debit_move_id = c.id OR q.credit_move_id = c.id
                 JOIN account_move_line l ON l.id <> c.id AND l.id IN (q.debit_move_id, q.credit_move_id)
                WHERE part.order_id = m.order_id AND %(condition)s""", condition=condition)

    @api.model
    def _sql_bank_line(self, since) -> SQL:
        """Line l is one of the bank's own entries, reconciled (q) after a payment without entry was registered.

        It may be the same money, so it is not counted beside it; what was reconciled before is other money.
        """
        return SQL("l.statement_line_id IS NOT NULL AND q.create_date >= %s", since)

    @api.model
    def _sql_registered(self) -> SQL:
        """Registered on invoices that are still open, without a journal entry that could be reconciled with them.

        One row for each order and invoice: no more than is open, less what the bank has told of the same money.
        """
        return SQL(
            """SELECT part.order_id, k.sign * part.part / part.total * %(unrounded)s * LEAST(ABS(v.amount_residual),
                      GREATEST(k.amount - COALESCE(b.amount, 0), 0)) AS amount, v.currency_id, k.day
                 FROM part JOIN wanted ON wanted.id = part.order_id
                 JOIN account_move v ON v.id = part.move_id AND v.amount_residual <> 0
                 JOIN LATERAL (
                      SELECT SUM((p.amount - e.allotted) * %(converted)s
                                 * ABS(v.amount_residual_signed) / NULLIF(n.total, 0)) AS amount,
                             MAX(p.date) AS day, MIN(p.create_date) AS since,
                             MIN(CASE WHEN p.payment_type = 'inbound' THEN 1 ELSE -1 END) AS sign
                        FROM account_move__account_payment r
                        JOIN account_payment p ON p.id = r.payment_id AND p.move_id IS NULL
                         AND p.state IN ('in_process', 'paid')
                        JOIN LATERAL (SELECT SUM(ABS(i.amount_residual_signed)) AS total
                                        FROM account_move__account_payment x JOIN account_move i ON i.id = x.invoice_id
                                       WHERE x.payment_id = p.id) n ON TRUE
                        JOIN LATERAL (SELECT COALESCE(SUM(a.amount), 0) AS allotted FROM sbo_payment_allotment a
                                       WHERE a.payment_id = p.id AND a.active) e ON TRUE
                       WHERE r.invoice_id = v.id
                         AND NOT EXISTS (SELECT FROM payment_transaction t JOIN sale_order_transaction_rel s
                                             ON s.transaction_id IN (t.id, t.source_transaction_id)
                                          WHERE t.payment_id = p.id)) k ON k.amount IS NOT NULL
                 LEFT JOIN LATERAL (
                      SELECT SUM(CASE WHEN q.debit_move_id = l.id THEN q.debit_amount_currency
                                      ELSE q.credit_amount_currency END) AS amount
                        FROM account_move_line c
                        JOIN account_account a ON a.id = c.account_id AND a.account_type = 'asset_receivable'
                        JOIN account_partial_reconcile q ON q.debit_move_id = c.id OR q.credit_move_id = c.id
                        JOIN account_move_line l ON l.id <> c.id AND l.id IN (q.debit_move_id, q.credit_move_id)
                       WHERE c.move_id = v.id AND %(bank)s) b ON TRUE""",
            unrounded=self._sql_unrounded(), bank=self._sql_bank_line(SQL("k.since")),
            converted=SQL("%s / %s", self._sql_rate(SQL("v.currency_id"), SQL("wanted.root_id"), SQL("p.date")),
                          self._sql_rate(SQL("p.currency_id"), SQL("wanted.root_id"), SQL("p.date"))))

    @api.model
    def _sql_online(self) -> SQL:
        """Done online and not a payment yet; what was captured of it counts instead of it, refunds count against it."""
        return SQL(
            """SELECT f.order_id, t.amount * f.share AS amount, t.currency_id,
                      COALESCE(t.last_state_change, t.create_date)::date AS day
                 FROM family f JOIN wanted w ON w.id = f.order_id
                 JOIN payment_transaction t ON t.id = f.id AND t.state = 'done' AND t.payment_id IS NULL
                  AND t.operation IS DISTINCT FROM 'validation'
                WHERE NOT EXISTS (SELECT FROM payment_transaction k
                                   WHERE k.source_transaction_id = t.id AND k.state = 'done' AND k.amount > 0)""")
