from odoo import api, models
from odoo.tools import SQL

GOODS = ("ordered", "delivered", "not_invoiced")
MONEY = ("invoiced", "received", "opened", "due", "overdue")
# What is money of a contract, in its own currency and (…_company) in the company's.
AMOUNTS = ("contracted", *GOODS, "invoiced", "received", "receivable", "due", "overdue", "rest")
FACTS = ("invoiced_on", "received_on", "overdue_since", "collection_rate", "performance", "next_milestone_id",
         "next_due_on", "delivery_due_on", "plan_due", "plan_short", "plan_short_since", "updated_at", "risk_level",
         "risk_count")

# What the figures are read from: flushed before.
DEPENDS = {
    "sbo.contract": ["active", "amount", "class_id", "company_id", "currency_id", "date_end", "date_start", "ended_on",
                     "name", "partner_id", "payment_terms", "retention_amount", "retention_due_on", "sbo_clerk_id",
                     "signed_on", "state", "subject", "tax_included", "team_id", "user_id"],
    "sbo.contract.milestone": ["amount", "contract_id", "done_by_id", "done_on", "due_on", "kind", "product_id",
                               "quantity"],
    "sbo.contract.supplement": ["before", "contract_id", "signed_on", "state", "version"],
    "sbo.contract.update": ["contract_id", "updated_at"],
    "sbo.finding": ["closed_at", "res_id", "res_model", "severity", "state"],
    "sale.order": ["amount_total", "currency_id", "date_order", "state"],
    "sale.order.line": ["discount", "display_type", "invoice_lines", "is_downpayment", "order_id", "price_subtotal",
                        "price_total", "price_unit", "product_uom_qty", "qty_delivered", "sbo_contract_id"],
    "product.template": ["invoice_policy", "type"],
    "stock.move": ["date", "product_uom", "quantity", "sale_line_id", "state", "to_refund"],
    "stock.picking": ["date_done"],
    "account.move": ["amount_residual", "amount_total", "currency_id", "date", "invoice_date", "move_type", "state"],
    "account.move.line": ["amount_currency", "amount_residual_currency", "date", "date_maturity", "display_type",
                          "invoice_date", "move_id", "parent_state", "price_subtotal", "price_total",
                          "product_uom_id", "quantity"],
    "account.partial.reconcile": ["credit_amount_currency", "debit_amount_currency", "max_date"],
    "account.payment": ["amount", "date", "move_id", "state"],
    "payment.transaction": ["amount", "payment_id", "state"],
    "sbo.payment.allotment": ["active", "amount", "order_id", "payment_id"],
    "res.currency.rate": ["currency_id", "name", "rate"],
}


class SboContractFigures(models.AbstractModel):
    """The figures of the performance schedule (合同履行一览表, form F05) as one query over any number of contracts.

    receivable = invoiced - received; overdue is what of the invoices should have come until yesterday and has not,
    money that is matched with no invoice counted on the oldest; collection rate = received / (received + overdue);
    performance = delivered / contracted (ordered, where the contract names no amount).
    """

    _name = "sbo.contract.figures"
    _description = "Figures of Contracts"
    _inherit = ["sbo.contract.scope"]

    @api.model
    def _sql_figures(self, scope=None, more=None) -> SQL:
        """A query with one row for each contract: id, contract_id, AMOUNTS, each also as …_company, and FACTS.

        :param scope: ids of contracts, SQL of a query of them, None: all; the caller has flushed
        :param more: SQL of more columns of ``c`` (sbo_contract)
        """
        columns = [f"{name}{suffix}" for suffix in ("", "_company") for name in AMOUNTS]
        return SQL(
            """SELECT c.id, c.id AS contract_id, co.currency_id AS company_currency_id, %(more)s, %(amounts)s,
                      g.invoiced_on, g.received_on, CASE WHEN r.overdue > 0 THEN g.since END AS overdue_since,
                      r.received / NULLIF(GREATEST(r.received + r.overdue, 0), 0) AS collection_rate,
                      r.delivered / NULLIF(r.base, 0) AS performance,
                      n.next_milestone_id, n.next_due_on, n.delivery_due_on, n.plan_due, n.plan_short,
                      n.plan_short_since, u.updated_at, k.risk_level, COALESCE(k.risk_count, 0)::integer AS risk_count
                 FROM sbo_contract c
                 JOIN res_company co ON co.id = c.company_id
                 JOIN res_currency cur ON cur.id = c.currency_id
                 JOIN res_currency ccur ON ccur.id = co.currency_id
                 LEFT JOIN LATERAL (SELECT MAX(z.rate) AS rate FROM (SELECT %(rate)s AS rate OFFSET 0) z) e ON TRUE
                 LEFT JOIN (%(goods)s) l ON l.contract_id = c.id
                 LEFT JOIN (%(money)s) g ON g.contract_id = c.id
                 %(steps)s
                 LEFT JOIN LATERAL (%(obligations)s) n ON TRUE
                 LEFT JOIN LATERAL (%(updates)s) u ON TRUE
                 LEFT JOIN LATERAL (%(risk)s) k ON TRUE
                WHERE %(within)s""",
            more=more or SQL("c.company_id"),
            amounts=SQL(", ").join(SQL.identifier("r", name) for name in columns),
            goods=self.env["sbo.contract.goods"]._sql_goods(scope),
            money=self.env["sbo.contract.money"]._sql_contracts(scope), steps=self._sql_steps(),
            rate=self._sql_exchange(
                SQL("c.currency_id"), SQL("co.currency_id"), self._sql_root("co"),
                SQL("COALESCE(c.signed_on, c.create_date::date)")),
            obligations=self._sql_obligations(), updates=self._sql_updates(), risk=self._sql_risk(),
            within=self._sql_within(SQL("c.id"), scope))

    @api.model
    def _figures_at(self, ids, names, moment):
        """{contract id: {name: value}} as of a moment, beside what is in memory as of another one.

        :param moment: naive UTC
        """
        self.env.flush_all()
        rows = self.with_context(sbo_as_of=moment).env.execute_query_dict(SQL(
            "SELECT f.id, %s FROM (%s) f", SQL(", ").join(SQL.identifier("f", name) for name in names),
            self.with_context(sbo_as_of=moment)._sql_figures(ids)))
        return {row.pop("id"): {name: float(row[name] or 0) for name in names} for row in rows}

    @api.model
    def _sql_steps(self) -> SQL:
        """From the sums to the figures, step by step: rounded, what follows from them, what follows from that."""
        first, second, third = [], [], []
        for suffix, cent in (("", SQL("cur.rounding")), ("_company", SQL("ccur.rounding"))):
            sums = {name: SQL.identifier("l", f"{name}{suffix}") for name in GOODS}
            sums |= {name: SQL.identifier("g", f"{name}{suffix}") for name in MONEY}
            sums["contracted"] = self._sql_contracted(suffix)
            first += [SQL("ROUND(COALESCE(%s, 0) / %s) * %s AS %s", value, cent, cent,
                          SQL.identifier(f"{name}{suffix}")) for name, value in sums.items()]
            names = {name: SQL.identifier("f", f"{name}{suffix}") for name in sums}
            second.append(SQL(
                """%(invoiced)s - %(received)s AS %(receivable)s,
                   GREATEST(0, %(opened)s - (%(invoiced)s - %(received)s)) AS %(credit)s,
                   CASE WHEN %(contracted)s <> 0 THEN %(contracted)s ELSE %(ordered)s END AS %(base)s""",
                **names, **{name: SQL.identifier(f"{name}{suffix}") for name in ("receivable", "credit", "base")}))
            third += [SQL("%s AS %s", SQL.identifier("f", f"{name}{suffix}"), SQL.identifier(f"{name}{suffix}"))
                      for name in ("contracted", *GOODS, "invoiced", "received")]
            third += [SQL("%s AS %s", SQL.identifier("h", f"{name}{suffix}"), SQL.identifier(f"{name}{suffix}"))
                      for name in ("receivable", "base")]
            third += [SQL("GREATEST(0, %s - %s) AS %s", SQL.identifier("f", f"{name}{suffix}"),
                          SQL.identifier("h", f"credit{suffix}"), SQL.identifier(f"{name}{suffix}"))
                      for name in ("due", "overdue")]
            third.append(SQL("GREATEST(0, %s - %s) AS %s", SQL.identifier("h", f"base{suffix}"),
                             SQL.identifier("f", f"delivered{suffix}"), SQL.identifier(f"rest{suffix}")))
        return SQL(" ").join(
            SQL("JOIN LATERAL (SELECT %s) %s ON TRUE", SQL(", ").join(columns), SQL.identifier(alias))
            for alias, columns in (("f", first), ("h", second), ("r", third)))

    @api.model
    def _sql_contracted(self, suffix) -> SQL:
        """What contract c is about: as it is now, or before the supplements that were signed after a past day."""
        amount = SQL("c.amount")
        if self._is_past():
            amount = SQL(
                """COALESCE((SELECT (s.before ->> 'amount')::numeric FROM sbo_contract_supplement s
                              WHERE s.contract_id = c.id AND s.state = 'signed' AND s.signed_on > %s
                                AND jsonb_typeof(s.before -> 'amount') = 'number'
                              ORDER BY s.version LIMIT 1), c.amount)""", self._day())
        return SQL("%s * e.rate", amount) if suffix else amount

    @api.model
    def _sql_obligations(self) -> SQL:
        """What is to be done next under contract c, and what of the plan of payments should have come.

        When it was terminated, what would have been due later is not asked for any more.

        One row also without any, as all that is joined here: it is left out where nobody asks.
        """
        obligations = self.env["sbo.contract.obligations"]
        planned = SQL("p.kind = 'payment' AND %s", obligations._sql_came_due(SQL.identifier("c"), SQL("p.due_on")))
        late = SQL("%s AND NOT p.done AND p.due_on < %s", planned, self._day())
        return SQL(
            """SELECT (ARRAY_AGG(p.id ORDER BY p.due_on, p.id) FILTER (WHERE NOT p.done))[1] AS next_milestone_id,
                      MIN(p.due_on) FILTER (WHERE NOT p.done) AS next_due_on,
                      MIN(p.due_on) FILTER (WHERE NOT p.done AND p.kind = 'delivery') AS delivery_due_on,
                      COALESCE(SUM(p.wanted) FILTER (WHERE %(planned)s AND p.due_on <= %(today)s), 0) AS plan_due,
                      COALESCE(SUM(p.wanted - p.reached) FILTER (WHERE %(late)s), 0) AS plan_short,
                      MIN(p.due_on) FILTER (WHERE %(late)s) AS plan_short_since
                 FROM (%(progress)s) p""", today=self._day(), planned=planned, late=late,
            progress=obligations._sql_progress(SQL("r.received"), SQL("r.delivered"), SQL("n.contract_id = c.id")))

    @api.model
    def _sql_updates(self) -> SQL:
        """When the schedule of contract c was looked through last."""
        return SQL("SELECT MAX(x.updated_at) AS updated_at FROM sbo_contract_update x WHERE x.contract_id = c.id %s",
                   SQL("AND x.updated_at <= %s", self._moment()) if self._is_past() else SQL())

    @api.model
    def _sql_risk(self) -> SQL:
        """The highest level of the open risk flags of contract c, and how many there are."""
        return SQL(
            """SELECT MAX(x.severity) AS risk_level, COUNT(*) AS risk_count FROM sbo_finding x
                WHERE x.contract_id = c.id AND x.closed_at IS NULL AND x.state <> 'waived'""")
