from odoo import models
from odoo.tools import SQL

from ..tools.graded import graded
from .sbo_contract_risk import LIVE, OWING


class SboContractRiskMoney(models.AbstractModel):
    """Risks of the money: overdue, below the plan of payments, beyond the credit or the amount of the contract.

    The figures are those of the performance schedule (合同履行一览表), of the same moment.
    """

    _name = "sbo.contract.risk.money"
    _description = "Risks of Contracts: Money"
    _inherit = ["sbo.contract.risk"]

    @graded
    def _sbo_query_overdue(self, check, ids=None) -> SQL:
        """What the customer should have paid more than X days ago; the level rises with the days.

        The schedule shows what of the invoices is overdue; what may be kept back until a later day is no risk yet.
        """
        withheld = self._sql_withheld(check, SQL("m.overdue"))
        days = SQL("(%s::date - m.overdue_since)", self._risk_today(check))
        return self._sql_flags(
            check, ids, self._sql_figures(check, ids, self._sql_owing(check)),
            SQL("m.overdue > %s AND %s > %s", withheld, days, check.parameter),
            {"overdue": self._sql_money_text(SQL("m.overdue")), "overdue_since": SQL("m.overdue_since"),
             "retention_money": SQL("CASE WHEN %s > 0 THEN %s END", withheld, self._sql_money_text(withheld)),
             "days_overdue": days, "invoices": self._sql_overdue_invoices(check)},
            states=OWING, quantity=SQL("%s::numeric", days), level=check._sql_level(days))

    def _sbo_query_below_plan(self, check, ids=None) -> SQL:
        """Less received than the plan of payments asks for until X days ago."""
        today = self._risk_today(check)
        names = SQL(
            """(SELECT %s FROM sbo_contract_milestone n
                 WHERE n.contract_id = k.id AND n.kind = 'payment' AND n.done_on IS NULL AND n.due_on < %s
                   AND n.due_on >= m.plan_short_since AND %s)""", self._sql_names(SQL("n.name")), today,
            check.env["sbo.contract.obligations"]._sql_came_due(SQL.identifier("k"), SQL("n.due_on")))
        planned = SQL("""AND y.id IN (SELECT n.contract_id FROM sbo_contract_milestone n
                                       WHERE n.kind = 'payment' AND n.done_on IS NULL AND n.due_on < %s)""", today)
        return self._sql_flags(
            check, ids, self._sql_figures(check, ids, planned),
            SQL("m.plan_short > 0 AND m.plan_short_since < %s::date - %s::integer", today, int(check.parameter)),
            {"plan_due": self._sql_money_text(SQL("m.plan_due")),
             "received_amount": self._sql_money_text(SQL("m.received")),
             "plan_short": self._sql_money_text(SQL("m.plan_short")), "plan_day": SQL("m.plan_short_since"),
             "obligations": names}, states=OWING)

    def _sbo_query_retention_due(self, check, ids=None) -> SQL:
        """The retention money falls due within X days, or has, and something that was delivered is not paid."""
        kept = SQL("AND y.retention_amount > 0 AND y.retention_due_on <= %s::date + %s::integer",
                   self._risk_today(check), int(check.parameter))
        return self._sql_flags(
            check, ids, self._sql_figures(check, ids, kept), SQL("m.receivable > 0 OR m.not_invoiced > 0"),
            {"retention_money": self._sql_money_text(SQL("k.retention_amount")),
             "retention_day": SQL("k.retention_due_on"),
             "received_amount": self._sql_money_text(SQL("m.received"))}, states=OWING)

    @graded
    def _sbo_query_orders_exceed(self, check, ids=None) -> SQL:
        """Orders of more than X percent of the amount of the contract; the level rises when they are above it."""
        ordered = SQL("ROUND(g.ordered / kc.rounding) * kc.rounding")
        percent = SQL("(%s * 100 / NULLIF(k.amount, 0))", ordered)
        goods = SQL("JOIN (SELECT g.contract_id AS id, g.ordered FROM (%s) g) g ON g.id = k.id",
                    check.env["sbo.contract.goods"]._sql_goods(self._sql_scope(check, ids)))
        return self._sql_flags(
            check, ids, goods, SQL("k.amount > 0 AND %s > %s", percent, check.parameter),
            {"contracted": self._sql_money_text(SQL("k.amount")), "ordered": self._sql_money_text(ordered),
             "percent": SQL("ROUND(%s::numeric, 2)", percent), "orders": self._sql_orders()},
            quantity=SQL("ROUND(%s::numeric, 2)", percent), level=check._sql_level(percent))

    def _sbo_query_expired_open(self, check, ids=None) -> SQL:
        """The contract has ended, and goods are still to be delivered or money is still to be paid."""
        ended = SQL("AND y.date_end < %s", self._risk_today(check))
        open_goods = SQL(
            """LEFT JOIN (SELECT x.contract_id AS id, SUM(x.value) AS value FROM (%s) x GROUP BY 1) x ON x.id = k.id""",
            check.env["sbo.contract.goods"]._sql_still_open(self._sql_scope(check, ids, ended)))
        owed = SQL("(GREATEST(m.ordered, m.invoiced) - m.received)")
        unpaid = SQL("(%s - %s)", owed, self._sql_withheld(check, owed))
        return self._sql_flags(
            check, ids, SQL("%s %s", self._sql_figures(check, ids, ended, LIVE), open_goods),
            SQL("x.id IS NOT NULL OR %s > 0", unpaid),
            {"ends_on": SQL("k.date_end"),
             "unpaid": SQL("CASE WHEN %s > 0 THEN %s END", unpaid, self._sql_money_text(unpaid)),
             "undelivered": SQL("CASE WHEN x.id IS NOT NULL THEN %s END", self._sql_money_text(SQL("x.value"))),
             "orders": self._sql_orders()})

    def _sbo_query_credit_exceeded(self, check, ids=None) -> SQL:
        """The customer owes more than X percent of the credit limit."""
        company = check.env.company
        customers = SQL(
            """IN (SELECT c.commercial_partner_id FROM sbo_contract x JOIN res_partner c ON c.id = x.partner_id
                    WHERE x.id IN (%s))""", self._sql_scope(check, ids))
        credit = SQL(
            """JOIN res_partner kp ON kp.id = k.partner_id
               JOIN (%s) c ON c.id = kp.commercial_partner_id AND c."limit" > 0""",
            check.env["sbo.payment.credit"]._sql_credit(customers, company))
        currency = SQL("%s", company.currency_id.name)
        return self._sql_flags(
            check, ids, credit,
            SQL("c.owed > c.\"limit\" * %s / 100.0 + %s", check.parameter or 100, company.currency_id.rounding / 2),
            {"credit_limit_money": self._sql_money_text(SQL('c."limit"'), currency),
             "owed": self._sql_money_text(SQL("c.owed"), currency)})

    def _sbo_query_volume_drop(self, check, ids=None) -> SQL:
        """The customer ordered X percent less in the last three months than in the three before."""
        as_of = check._as_of()
        company = check.env.company
        volume = SQL(
            """JOIN res_partner kp ON kp.id = k.partner_id
               JOIN (SELECT p.commercial_partner_id AS id,
                            SUM(o.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1))
                              FILTER (WHERE o.date_order > %(as_of)s::timestamp - interval '3 months') AS now,
                            SUM(o.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1))
                              FILTER (WHERE o.date_order <= %(as_of)s::timestamp - interval '3 months') AS before
                       FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                      WHERE o.state = 'sale' AND o.company_id = %(company)s AND o.date_order <= %(as_of)s
                        AND o.date_order > %(as_of)s::timestamp - interval '6 months' %(narrow)s
                      GROUP BY 1) v ON v.id = kp.commercial_partner_id AND v.before > 0""",
            as_of=as_of, company=company.id,
            narrow=SQL("""AND p.commercial_partner_id IN (
                          SELECT c.commercial_partner_id FROM sbo_contract x JOIN res_partner c ON c.id = x.partner_id
                           WHERE x.id = ANY(%s))""", list(ids)) if ids is not None else SQL())
        currency = SQL("%s", company.currency_id.name)
        now = SQL("COALESCE(v.now, 0)")
        return self._sql_flags(
            check, ids, volume, SQL("%s <= v.before * (1 - %s / 100.0)", now, check.parameter),
            {"volume_before": self._sql_money_text(SQL("v.before"), currency),
             "volume_now": self._sql_money_text(now, currency),
             "volume_drop": SQL("ROUND((100 - %s * 100 / v.before)::numeric, 1)", now)})

    # === pieces === #

    def _sql_scope(self, check, ids, more=None, states=LIVE) -> SQL:
        """Ids of the contracts ``y`` that a rule on money looks at.

        :param more: SQL that narrows them: figures are added up for those only that the rule can mean
        """
        return SQL(
            "SELECT y.id FROM sbo_contract y WHERE y.company_id = %s AND y.state = ANY(%s) %s %s",
            check.env.company.id, list(states), more or SQL(), self._sbo_sql_narrow(SQL("y.id"), ids))

    def _sql_figures(self, check, ids, more, states=OWING) -> SQL:
        """The figures ``m`` of the contracts."""
        return SQL("JOIN (%s) m ON m.contract_id = k.id",
                   check.env["sbo.contract.figures"]._sql_figures(self._sql_scope(check, ids, more, states)))

    def _sql_withheld(self, check, amount) -> SQL:
        """What of an amount that contract ``k`` owes the customer may keep as retention money until a later day."""
        return SQL(
            """CASE WHEN k.retention_amount > 0 AND k.retention_due_on >= %s
                    THEN GREATEST(0, LEAST(k.retention_amount, %s)) ELSE 0 END""", self._risk_today(check), amount)

    def _sql_owing(self, check) -> SQL:
        """AND: something of an invoice under contract ``y`` is overdue and open; not known for a day that is over."""
        if check.env["sbo.contract.figures"]._is_past():
            return SQL()
        return SQL(
            """AND y.id IN (
                 SELECT z.sbo_contract_id FROM account_move_line l
                   JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                   JOIN account_move_line i ON i.move_id = l.move_id
                   JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = i.id
                   JOIN sale_order_line s ON s.id = r.order_line_id
                   JOIN sale_order_line z ON z.order_id = s.order_id
                  WHERE l.parent_state = 'posted' AND l.amount_residual > 0 AND l.date_maturity < %s
                    AND l.company_id = %s)""", self._risk_today(check), check.env.company.id)

    def _sql_orders(self) -> SQL:
        """The confirmed orders under contract ``k``, asked for those that are flagged only."""
        return SQL(
            """(SELECT %s FROM sale_order o WHERE o.state = 'sale' AND o.id IN (
                  SELECT s.order_id FROM sale_order_line s WHERE s.sbo_contract_id = k.id))""",
            self._sql_names(SQL("o.name")))

    def _sql_overdue_invoices(self, check) -> SQL:
        """The invoices under contract ``k`` of which something overdue is open, for those that are flagged only."""
        return SQL(
            """(SELECT %(names)s FROM account_move v WHERE v.state = 'posted' AND v.id IN (
                  SELECT i.move_id FROM sale_order_line s
                    JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                    JOIN account_move_line i ON i.id = r.invoice_line_id WHERE s.sbo_contract_id = k.id)
                  AND EXISTS (SELECT FROM account_move_line l
                                JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                               WHERE l.move_id = v.id AND l.amount_residual > 0 AND l.date_maturity < %(today)s))""",
            names=self._sql_names(SQL("v.name")), today=self._risk_today(check))
