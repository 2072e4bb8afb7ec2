from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..tools import payment_gate as tool
from .sbo_payment_policy import CREDIT

ZERO = Decimal(0)


class SboPaymentCredit(models.AbstractModel):
    """What customers owe a company (赊销): receivable, orders not invoiced yet, what is overdue, and their limit."""

    _name = "sbo.payment.credit"
    _description = "Credit of Customers"

    @api.model
    def _credit_of(self, partners, company):
        """{id of the commercial partner: {"limit", "owed", "overdue", "since"}} in the company's currency.

        Two queries for any number of partners; the caller has flushed.
        """
        rows = self.env.execute_query_dict(self._sql_credit(SQL("= ANY(%s)", partners.ids), company))
        return {row["id"]: row for row in rows}

    @api.model
    def _with_credit(self, rows):
        """Facts of orders, with what whoever is invoiced owes where the order leaves on credit; asked once a company.

        :param rows: of ``sbo.payment.goods._facts``
        """
        debtors, credit = {}, {}
        for facts in rows:
            if facts["policy"] in CREDIT:
                debtors.setdefault(facts["company_id"], set()).add(facts["debtor_id"])
        for company_id, ids in debtors.items():
            company = self.env["res.company"].browse(company_id)
            for debtor_id, row in self._credit_of(self.env["res.partner"].browse(ids), company).items():
                credit[company_id, debtor_id] = {**row, "company": company}
        return [dict(facts, credit=credit.get((facts["company_id"], facts["debtor_id"]))
                     if facts["policy"] in CREDIT else None) for facts in rows]

    @api.model
    def _short(self, facts):
        """(by how much the credit of an order is exceeded or overdue, why), in the order's currency."""
        row = facts["credit"]
        if not row:
            return ZERO, None
        limit, owed, overdue = (Decimal(str(row[name] or 0)) for name in ("limit", "owed", "overdue"))
        limited = facts["policy"] == "credit" or limit
        over = max(owed - limit, ZERO) if limited else ZERO
        short = tool.rounded(max(over, overdue) * Decimal(facts["rate"]), Decimal(facts["cent"]))
        return short, {"company": row["company"], "limit": limit, "owed": owed, "overdue": overdue,
                       "since": row["since"], "over": over}

    @api.model
    def _sql_paid_since(self, debtor, company, since) -> SQL:
        """What a commercial partner has paid the company since it was entered, in the company's currency.

        :param debtor: SQL of its id, of a table p
        :param since: SQL of the moment
        """
        return SQL(
            """SELECT SUM(x.amount) AS amount FROM (
                 SELECT -l.balance AS amount
                   FROM account_move_line l
                   JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                   JOIN account_journal j ON j.id = l.journal_id AND j.type IN ('bank', 'cash', 'credit')
                   JOIN res_partner c ON c.id = l.partner_id
                  WHERE c.commercial_partner_id = %(debtor)s AND l.company_id = %(company)s
                    AND l.parent_state = 'posted' AND l.create_date > %(since)s
                 UNION ALL
                 SELECT y.amount_company_currency_signed
                   FROM account_payment y JOIN res_partner c ON c.id = y.partner_id
                  WHERE c.commercial_partner_id = %(debtor)s AND y.company_id = %(company)s AND y.move_id IS NULL
                    AND y.partner_type = 'customer' AND y.state = 'in_process' AND y.create_date > %(since)s) x""",
            debtor=debtor, company=company.id, since=since)

    @api.model
    def _sql_credit(self, partners, company) -> SQL:
        """A query of (id, limit, owed, overdue, since) of commercial partners.

        :param partners: SQL that follows an id to say whether it is theirs: = ANY(…), IN (…); the caller has flushed
        """
        return SQL(
            """SELECT p.id, COALESCE((p.credit_limit->>%(key)s)::numeric, %(fallback)s) AS "limit",
                      COALESCE(b.balance, 0) + COALESCE(o.open, 0) - COALESCE(m.amount, 0) AS owed,
                      COALESCE(d.overdue, 0) AS overdue, d.since
                 FROM res_partner p
                 LEFT JOIN (%(balance)s) b ON b.partner_id = p.id
                 LEFT JOIN (%(overdue)s) d ON d.partner_id = p.id
                 LEFT JOIN (%(orders)s) o ON o.partner_id = p.id
                 LEFT JOIN (%(moveless)s) m ON m.partner_id = p.id
                WHERE p.id %(partners)s""",
            key=str(company.id), fallback=self._fallback(company), partners=partners,
            balance=self._sql_receivable(partners, company, SQL("TRUE"), SQL("SUM(l.amount_residual) AS balance")),
            overdue=self._sql_overdue(partners, company), orders=self._sql_open_orders(partners, company),
            moveless=self._sql_moveless(partners, company),
        )

    @api.model
    def _fallback(self, company):
        # Superuser: the company's usual limit is what counts for a customer without one; only accounting may read it.
        partner = self.env["res.partner"].sudo().with_company(company)
        return partner._fields["credit_limit"].get_company_dependent_fallback(partner) or 0

    @api.model
    def _sql_receivable(self, partners, company, condition, columns) -> SQL:
        return SQL(
            """SELECT c.commercial_partner_id AS partner_id, %(columns)s
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                 JOIN res_partner c ON c.id = l.partner_id
                WHERE c.commercial_partner_id %(partners)s AND l.company_id = %(company)s
                  AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND %(condition)s
                GROUP BY c.commercial_partner_id""",
            columns=columns, partners=partners, company=company.id, condition=condition)

    @api.model
    def _sql_overdue(self, partners, company) -> SQL:
        """Invoices past due by more than the days the company allows; a payment without entry counts as paid."""
        condition = SQL(
            """l.amount_residual > 0 AND l.date_maturity < %s::date - %s AND EXISTS (
                 SELECT FROM account_move v WHERE v.id = l.move_id
                    AND v.payment_state NOT IN ('paid', 'in_payment', 'reversed'))""",
            company._sbo_today(), company.sbo_gate_overdue_days)
        return self._sql_receivable(
            partners, company, condition, SQL("SUM(l.amount_residual) AS overdue, MIN(l.date_maturity) AS since"))

    @api.model
    def _sql_open_orders(self, partners, company) -> SQL:
        """What is confirmed and not invoiced yet, in the company's currency, of whoever will be invoiced for it."""
        return SQL(
            """SELECT c.commercial_partner_id AS partner_id,
                      SUM(GREATEST(o.amount_total - COALESCE(i.amount, 0), 0)
                          / COALESCE(NULLIF(o.currency_rate, 0), 1)) AS open
                 FROM sale_order o JOIN res_partner c ON c.id = o.partner_invoice_id
                 LEFT JOIN LATERAL (
                      SELECT SUM(CASE WHEN v.move_type = 'out_refund' THEN -1 ELSE 1 END * l.price_total) AS amount
                        FROM sale_order_line s
                        JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                        JOIN account_move_line l ON l.id = r.invoice_line_id AND l.parent_state = 'posted'
                        JOIN account_move v ON v.id = l.move_id
                       WHERE s.order_id = o.id AND v.currency_id = o.currency_id) i ON TRUE
                WHERE c.commercial_partner_id %s AND o.company_id = %s AND o.state = 'sale'
                  AND (o.invoice_status <> 'invoiced' OR EXISTS (
                       SELECT FROM sale_order_line s JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                         JOIN account_move_line l ON l.id = r.invoice_line_id AND l.parent_state = 'draft'
                        WHERE s.order_id = o.id))
                GROUP BY c.commercial_partner_id""", partners, company.id)

    @api.model
    def _sql_moveless(self, partners, company) -> SQL:
        """Payments that have no journal entry: the receivable does not know of them."""
        return SQL(
            """SELECT c.commercial_partner_id AS partner_id, SUM(p.amount_company_currency_signed) AS amount
                 FROM account_payment p JOIN res_partner c ON c.id = p.partner_id
                WHERE c.commercial_partner_id %s AND p.company_id = %s AND p.move_id IS NULL
                  AND p.partner_type = 'customer' AND p.state = 'in_process'
                GROUP BY c.commercial_partner_id""", partners, company.id)
