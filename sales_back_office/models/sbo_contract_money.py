from odoo import api, models
from odoo.tools import SQL

SUMS = ("invoiced", "received", "opened", "due", "overdue")


class SboContractMoney(models.AbstractModel):
    """What was invoiced and received under contracts, as one query: the arithmetic of the payment gate, by contract.

    - An invoice belongs to contracts by its lines; a down payment, which is a line of no goods, by what of its order is
      under each of them. Orders without a contract are told apart by their id as a negative number.
    - Received is what is reconciled with invoices (partly, too), less what credit notes gave back, payments meant for
      an order and not reconciled yet, and what was paid online. What one contract's credit note pays of another
      one's invoice moves from the one to the other. A rejected payment brings nothing.
    - A credit note that names no order line is no money: it makes the invoices smaller that it is reconciled with.
    - Money in another currency counts at the day of its document; without taxes where the contract is without.
    """

    _name = "sbo.contract.money"
    _description = "Money under Contracts"
    _inherit = ["sbo.contract.slices", "sbo.payment.received", "sbo.contract.scope"]

    @api.model
    def _sql_contracts(self, scope=None) -> SQL:
        """A query of (contract_id, invoiced, received, opened, due, overdue, …_company of each, invoiced_on,
        received_on, since).

        ``opened`` is what of the invoices is open, ``due`` until today, ``overdue`` until yesterday, ``since`` the
        first day on which something fell due that is still open.
        """
        sums = [
            SQL("SUM(m.%(name)s * k.rate) AS %(name)s, SUM(m.%(name)s * k.company_rate) AS %(company)s",
                name=SQL.identifier(name), company=SQL.identifier(f"{name}_company"))
            for name in SUMS]
        root = SQL("w.root_id")
        return SQL(
            """WITH RECURSIVE %(sources)s
               SELECT m.order_id AS contract_id, %(sums)s, MAX(m.invoiced_on) AS invoiced_on,
                      MAX(m.received_on) AS received_on, MIN(m.since) AS since
                 FROM (%(rows)s) m
                 JOIN wanted w ON w.id = m.order_id
                 -- OFFSET: found once a row, not once a sum
                 JOIN LATERAL (SELECT %(rate)s AS rate, %(company)s AS company_rate OFFSET 0) k ON TRUE
                GROUP BY m.order_id""",
            sources=self._sql_sources(scope), sums=SQL(", ").join(sums), rows=self._sql_rows(),
            rate=self._sql_exchange(SQL("m.currency_id"), SQL("w.currency_id"), root, SQL("m.day")),
            company=self._sql_exchange(SQL("m.currency_id"), SQL("w.company_currency_id"), root, SQL("m.day")))

    @api.model
    def _sql_receipts(self, scope=None) -> SQL:
        """What ``received`` is made of, one row for each match and each payment that waits for one.

        Columns: contract_id, day, amount (in the contract's currency), invoice_id, entry_id (what it came with).
        """
        return SQL(
            """WITH RECURSIVE %(sources)s
               SELECT w.id AS contract_id, g.day, g.amount * %(rate)s AS amount, g.invoice_id, g.entry_id
                 FROM (SELECT part.order_id, v.currency_id, k.day, v.day AS rate_day, v.id AS invoice_id,
                              %(upto)s - %(before)s AS amount, k.other_move_id AS entry_id
                         FROM (SELECT m.*, SUM(m.amount) OVER (PARTITION BY m.move_id ORDER BY m.line_id, m.day,
                                           m.other_id ROWS UNBOUNDED PRECEDING) AS upto
                                 FROM matched m WHERE NOT m.allowance) k
                         JOIN part ON part.move_id = k.move_id AND part.total <> 0
                         JOIN invoice v ON v.id = part.move_id
                       UNION ALL
                       SELECT u.order_id, u.currency_id, u.day, u.day, NULL, u.amount, NULL
                         FROM (%(loose)s) u WHERE u.amount <> 0 %(until)s) g
                 JOIN wanted w ON w.id = g.order_id""",
            sources=self._sql_sources(scope), upto=self._sql_slice(SQL("k.upto")),
            before=self._sql_slice(SQL("(k.upto - k.amount)")), loose=self._sql_loose(),
            until=self._sql_until(SQL("u.day")), rate=self._sql_exchange(
                SQL("g.currency_id"), SQL("w.currency_id"), SQL("w.root_id"), SQL("g.rate_day")))

    @api.model
    def _invoice_ids(self, contract_ids, due_on=None):
        """Ids of the posted invoices and credit notes with something of these contracts.

        :param due_on: only invoices of which something is open that was due until this day
        """
        still_open = SQL(
            """JOIN invoice v ON v.id = part.move_id AND v.sign > 0
               JOIN settled s ON s.move_id = part.move_id AND s.due_on <= %s AND s.amount > s.paid + s.allowed""",
            due_on) if due_on else SQL()
        self.env.flush_all()
        return [row[0] for row in self.env.execute_query(SQL(
            "WITH RECURSIVE %s SELECT DISTINCT part.move_id FROM part JOIN wanted w ON w.id = part.order_id %s",
            self._sql_sources(contract_ids), still_open))]

    @api.model
    def _sql_sources(self, scope) -> SQL:
        """The common tables that the fragments read, those of the payment gate among them."""
        sources = {
            "asked": self._sql_wanted(scope), "wanted": SQL("SELECT DISTINCT ON (asked.id) asked.* FROM asked"),
            "own": self._sql_own(scope), "orders": self._sql_orders(),
            "line": self._sql_order_lines(), "shared": self._sql_shared(), "kin": self._sql_family("kin", "orders"),
            "family": SQL("SELECT k.id, h.key AS order_id, k.share * h.share AS share "
                          "FROM kin k JOIN shared h ON h.order_id = k.order_id"),
            "meant": self._sql_meant(), "part": self._sql_part(), "invoice": self._sql_invoices(),
            "pay": self._sql_pay(), "matched": self._sql_matched(), "settled": self._sql_settled_lines(),
        }
        # DISTINCT tells PostgreSQL that each contract is there once. Without knowing it, it takes the invoices of a
        # hundred thousand contracts for so many rows that it forms the cross product of both instead.
        how = {"kin": SQL(), "wanted": SQL("NOT MATERIALIZED")}
        return SQL(", ").join(
            SQL("%s AS %s (%s)", SQL.identifier(name), how.get(name, SQL("MATERIALIZED")), query)
            for name, query in sources.items())

    @api.model
    def _sql_wanted(self, scope) -> SQL:
        return SQL(
            """SELECT c.id, c.currency_id, c.company_id, c.tax_included, co.currency_id AS company_currency_id,
                      %(root)s AS root_id
                 FROM sbo_contract c JOIN res_company co ON co.id = c.company_id WHERE %(within)s""",
            root=self._sql_root("co"), within=self._sql_within(SQL("c.id"), scope))

    @api.model
    def _sql_own(self, scope) -> SQL:
        """The orders with a line under one of the contracts."""
        return SQL("SELECT DISTINCT s.order_id AS id FROM sale_order_line s WHERE %s",
                   self._sql_within(SQL("s.sbo_contract_id"), scope))

    @api.model
    def _sql_orders(self) -> SQL:
        """These orders, and those that share a payment or an online transaction with them."""
        return SQL(
            """SELECT id FROM own
                UNION
               SELECT a.order_id FROM own JOIN sbo_payment_allotment b ON b.order_id = own.id AND b.active
                 JOIN sbo_payment_allotment a ON a.payment_id = b.payment_id AND a.active
                UNION
               SELECT a.sale_order_id FROM own JOIN sale_order_transaction_rel b ON b.sale_order_id = own.id
                 JOIN sale_order_transaction_rel a ON a.transaction_id = b.transaction_id""")

    @api.model
    def _sql_order_lines(self) -> SQL:
        """The lines of these orders: ``key`` is the contract that a line is under, else its order as a negative number.
        """
        return SQL(
            """SELECT s.id, s.order_id, COALESCE(s.sbo_contract_id, -s.order_id) AS key, s.price_total,
                      s.price_subtotal, s.is_downpayment IS TRUE AS down, s.display_type IS NULL AS goods
                 FROM orders JOIN sale_order_line s ON s.order_id = orders.id""")

    # === the fragments of the payment gate, by contract instead of by order === #

    @api.model
    def _sql_meant(self) -> SQL:
        """What payments are meant for: all contracts (or orders without) of every payment for one of the orders."""
        return SQL(
            """SELECT x.payment_id, x.key AS order_id, SUM(x.amount) AS amount, MIN(x.place) AS place FROM (
                 SELECT a.payment_id, h.key, a.amount * h.share AS amount, a.id + ABS(h.key) / 1e10 AS place
                   FROM sbo_payment_allotment a JOIN shared h ON h.order_id = a.order_id
                  WHERE a.active AND a.payment_id IN (
                        SELECT b.payment_id FROM sbo_payment_allotment b JOIN own ON own.id = b.order_id WHERE b.active)
                 UNION ALL
                 SELECT t.payment_id, f.order_id, ABS(t.amount) * f.share, f.order_id
                   FROM family f JOIN payment_transaction t ON t.id = f.id
                  WHERE t.state = 'done' AND t.payment_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM sbo_payment_allotment a WHERE a.payment_id = t.payment_id AND a.active)) x
                GROUP BY x.payment_id, x.key""")

    @api.model
    def _sql_unrounded(self) -> SQL:
        """As for an order; and without taxes, where the contract is."""
        return SQL("%s * part.basis", super()._sql_unrounded())

    @api.model
    def _sql_residual(self) -> SQL:
        if not self._is_past():
            return super()._sql_residual()
        return SQL(
            """(l.amount_currency - COALESCE((SELECT SUM(q.debit_amount_currency) FROM account_partial_reconcile q
                                               WHERE q.debit_move_id = l.id %(until)s), 0)
                + COALESCE((SELECT SUM(q.credit_amount_currency) FROM account_partial_reconcile q
                             WHERE q.credit_move_id = l.id %(until)s), 0))""",
            until=self._sql_until(SQL("q.max_date")))

    @api.model
    def _sql_reconciled(self, own, bank) -> SQL:
        """For all payments at once, as there may be many."""
        settled = [
            SQL("""LEFT JOIN (
                 SELECT m.payment_id, m.order_id, SUM(
                        CASE WHEN q.debit_move_id = l.id THEN q.debit_amount_currency ELSE q.credit_amount_currency END
                        * part.part / part.total) AS amount
                   FROM meant m JOIN pay ON pay.id = m.payment_id
                   JOIN part ON part.order_id = m.order_id
                   JOIN account_move_line c ON c.move_id = part.move_id
                   JOIN account_account a ON a.id = c.account_id AND a.account_type = 'asset_receivable'
                   JOIN account_partial_reconcile q ON (q.debit_move_id = c.id OR q.credit_move_id = c.id) %(until)s
                   JOIN account_move_line l ON l.id <> c.id AND l.id IN (q.debit_move_id, q.credit_move_id)
                  WHERE %(condition)s GROUP BY m.payment_id, m.order_id) %(alias)s
                 ON %(alias)s.payment_id = m.payment_id AND %(alias)s.order_id = m.order_id""",
                until=self._sql_until(SQL("q.max_date")), condition=condition, alias=SQL.identifier(alias))
            for alias, condition in (("u", own), ("b", SQL("pay.move_id IS NULL AND %s", bank)))]
        return SQL(" ").join(settled)

    # === what comes of it === #

    @api.model
    def _sql_matched(self) -> SQL:
        """What the receivable lines of these invoices are reconciled with; a credit note that names no order allows."""
        return SQL(
            """SELECT q.line_id, l.move_id, q.other_id, q.amount, q.day, n.id AS other_move_id,
                      n.move_type IN ('out_refund', 'out_invoice') AS note,
                      n.move_type = 'out_refund' AND NOT EXISTS (
                          SELECT FROM account_move_line x JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = x.id
                           WHERE x.move_id = n.id) AS allowance
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                 JOIN (SELECT debit_move_id AS line_id, credit_move_id AS other_id, debit_amount_currency AS amount,
                              max_date AS day
                         FROM account_partial_reconcile
                       UNION ALL
                       SELECT credit_move_id, debit_move_id, -credit_amount_currency, max_date
                         FROM account_partial_reconcile) q ON q.line_id = l.id
                 JOIN account_move_line c ON c.id = q.other_id
                 JOIN account_move n ON n.id = c.move_id
                WHERE l.move_id IN (SELECT move_id FROM part) AND NOT %(rejected)s %(until)s""",
            rejected=self._sql_rejected(), until=self._sql_until(SQL("q.day")))

    @api.model
    def _sql_settled_lines(self) -> SQL:
        """The receivable lines of these invoices: what is due when, paid, and allowed without money."""
        return SQL(
            """SELECT g.*, SUM(g.amount) OVER one AS whole, SUM(g.paid) OVER one AS paid_whole,
                      SUM(g.paid) OVER up AS paid_upto, SUM(g.allowed) OVER up AS allowed_upto,
                      SUM(g.amount - g.paid - g.allowed) OVER up AS open_upto
                 FROM (
               SELECT l.id, l.move_id, l.date_maturity AS due_on, l.amount_currency AS amount,
                      COALESCE(k.paid, 0) AS paid, COALESCE(k.allowed, 0) AS allowed, k.paid_on
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                 LEFT JOIN (SELECT m.line_id, SUM(m.amount) FILTER (WHERE NOT m.allowance) AS paid,
                                   SUM(m.amount) FILTER (WHERE m.allowance) AS allowed,
                                   MAX(m.day) FILTER (WHERE NOT m.note) AS paid_on
                              FROM matched m GROUP BY m.line_id) k ON k.line_id = l.id
                WHERE l.move_id IN (SELECT move_id FROM part)) g
               WINDOW one AS (PARTITION BY g.move_id),
                      up AS (PARTITION BY g.move_id ORDER BY g.id)""")

    @api.model
    def _sql_rows(self) -> SQL:
        """The money row by row, in the currency and of the day of its document.

        A document is paid from its beginning on, allowances are at its end, what is open is between.
        """
        allowed, paid, opened = (
            SQL("%s - %s", self._sql_slice(end), self._sql_slice(start)) for end, start in (
                (SQL("(s.whole - s.allowed_upto + s.allowed)"), SQL("(s.whole - s.allowed_upto)")),
                (SQL("s.paid_upto"), SQL("(s.paid_upto - s.paid)")),
                (SQL("(s.paid_whole + s.open_upto)"),
                 SQL("(s.paid_whole + s.open_upto - (s.amount - s.paid - s.allowed))"))))
        return SQL(
            """SELECT part.order_id, v.currency_id, v.day, part.part * part.basis * v.sign AS invoiced, 0.0 AS received,
                      0.0 AS opened, 0.0 AS due, 0.0 AS overdue,
                      CASE WHEN v.sign > 0 THEN v.day END AS invoiced_on, NULL::date AS received_on, NULL::date AS since
                 FROM part JOIN invoice v ON v.id = part.move_id
               UNION ALL
               SELECT g.order_id, g.currency_id, g.day, -g.allowed, g.paid, g.opened,
                      CASE WHEN g.due_on <= %(today)s THEN g.opened ELSE 0 END,
                      CASE WHEN g.due_on < %(today)s THEN g.opened ELSE 0 END, NULL, g.paid_on,
                      CASE WHEN g.due_on < %(today)s AND g.opened > 0 THEN g.due_on END
                 FROM (SELECT part.order_id, v.currency_id, v.day, s.due_on, s.paid_on, %(allowed)s AS allowed,
                              %(paid)s AS paid, CASE WHEN v.sign > 0 THEN %(opened)s ELSE 0 END AS opened
                         FROM part JOIN settled s ON s.move_id = part.move_id
                         JOIN invoice v ON v.id = part.move_id AND part.total <> 0 OFFSET 0) g
               UNION ALL
               SELECT g.order_id, g.currency_id, g.day, 0, g.amount, 0, 0, 0, NULL, g.day, NULL
                 FROM (%(loose)s) g WHERE g.amount <> 0 %(until)s""",
            today=self._day(), allowed=allowed, paid=paid, opened=opened, loose=self._sql_loose(),
            until=self._sql_until(SQL("g.day")))

    @api.model
    def _sql_invoices(self) -> SQL:
        return SQL(
            """SELECT v.id, v.currency_id, v.move_type, v.amount_total, COALESCE(v.invoice_date, v.date) AS day,
                      CASE WHEN v.move_type = 'out_refund' THEN -1 ELSE 1 END AS sign, cur.rounding AS cent,
                      %s AS whole
                 FROM account_move v JOIN res_currency cur ON cur.id = v.currency_id
                WHERE v.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND v.id IN (SELECT move_id FROM part)""",
            self.env["sbo.payment.received"]._sql_unrounded())

    @api.model
    def _sql_loose(self) -> SQL:
        """Money that is reconciled with no invoice yet: registered on one, meant for an order, paid online."""
        return SQL(
            """%(registered)s
               UNION ALL
               SELECT e.order_id, e.amount * CASE WHEN w.tax_included THEN 1 ELSE COALESCE(h.untaxed / h.total, 1) END,
                      e.currency_id, e.day
                 FROM (%(allotted)s UNION ALL %(online)s) e
                 JOIN wanted w ON w.id = e.order_id
                 LEFT JOIN (SELECT key, SUM(untaxed) AS untaxed, NULLIF(SUM(total), 0) AS total
                              FROM shared GROUP BY key) h ON h.key = e.order_id""",
            registered=self._sql_registered(), allotted=self._sql_allotted(), online=self._sql_online())
