from odoo import models
from odoo.tools import SQL

from ..tools.graded import graded
from .sbo_contract_risk import LIVE, UNSIGNED


class SboContractRiskPaper(models.AbstractModel):
    """Risks of the paper itself: who signed it, where it is, how long it binds, how often it was changed."""

    _name = "sbo.contract.risk.paper"
    _description = "Risks of Contracts: Paper"
    _inherit = ["sbo.contract.risk"]

    def _sbo_query_original_missing(self, check, ids=None) -> SQL:
        """The original that both have signed has not come in X days after the signature or the first order."""
        today = self._risk_today(check)
        # By contract: most of them have their original, and nothing is added up for those.
        first = SQL(
            """LEFT JOIN LATERAL (
                    SELECT %s AS day, o.name FROM sale_order_line l
                      JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
                     WHERE l.sbo_contract_id = k.id AND l.display_type IS NULL
                     ORDER BY o.date_order, o.id LIMIT 1) f ON TRUE""",
            self._sql_local_day(check, SQL("o.date_order")))
        return self._sql_flags(
            check, ids, first,
            SQL("k.original_returned_on IS NULL AND LEAST(k.signed_on, f.day) < %s::date - %s::integer",
                today, int(check.parameter)),
            {"signed": SQL("k.signed_on"), "first_order": SQL("f.name"), "ordered_on": SQL("f.day")},
            states=[*UNSIGNED, *LIVE])

    @graded
    def _sbo_query_unsigned(self, check, ids=None) -> SQL:
        """Ordered under a contract that is not signed; worse when goods have left, worst X days after they have.

        Without the signature there is nothing to hold the customer to (3.9: an order may be entered, not confirmed).
        """
        today = self._risk_today(check)
        orders = SQL(
            """JOIN LATERAL (
                    SELECT %(names)s AS orders, SUM(l.price_total) AS amount, MIN(cur.name) AS currency,
                           COUNT(DISTINCT o.currency_id) AS currencies
                      FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
                      JOIN res_currency cur ON cur.id = o.currency_id
                     WHERE l.sbo_contract_id = k.id AND l.display_type IS NULL HAVING COUNT(*) > 0) f ON TRUE
               LEFT JOIN LATERAL (
                    SELECT MIN(%(day)s) AS day, %(notes)s AS notes
                      FROM sale_order_line l JOIN stock_move m ON m.sale_line_id = l.id AND m.state = 'done'
                      JOIN stock_picking p ON p.id = m.picking_id
                      JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'outgoing'
                     WHERE l.sbo_contract_id = k.id) g ON TRUE""",
            names=self._sql_names(SQL("o.name")), notes=self._sql_names(SQL("p.name")),
            day=self._sql_local_day(check, SQL("p.date_done")))
        shipped = SQL("%s::date - g.day", today)
        level = SQL("CASE WHEN g.day IS NULL THEN %s WHEN %s > 0 AND %s > %s THEN '4' ELSE GREATEST('3', %s) END",
                    check.severity, check.critical_above, shipped, check.critical_above, check.severity)
        return self._sql_flags(
            check, ids, orders, SQL("TRUE"),
            {"orders": SQL("f.orders"),
             "ordered": SQL("CASE WHEN f.currencies = 1 THEN %s END",
                            self._sql_money_text(SQL("f.amount"), SQL("f.currency"))),
             "deliveries": SQL("g.notes"), "shipped_on": SQL("g.day")},
            states=UNSIGNED, level=level)

    def _sbo_query_no_authority(self, check, ids=None) -> SQL:
        """It or a supplement of it was signed by somebody whose authority is not proven, without a seal, or before it
        was approved."""
        supplements = SQL(
            """LEFT JOIN (SELECT x.contract_id AS id, %(names)s AS names, ARRAY_AGG(DISTINCT n.name) AS lacking
                            FROM sbo_contract_supplement x CROSS JOIN LATERAL unnest(%(lacking)s) n (name)
                           WHERE x.state = 'signed' %(narrow)s GROUP BY 1) s ON s.id = k.id""",
            names=self._sql_names(SQL("x.name")),
            lacking=self._sql_lacking(check, "x", "sbo.contract.supplement", SQL("r.supplement_id = x.id")),
            narrow=self._sbo_sql_narrow(SQL("x.contract_id"), ids))
        own = SQL("JOIN LATERAL (SELECT %s AS names) u ON TRUE", self._sql_lacking(
            check, "k", "sbo.contract", SQL("r.contract_id = k.id AND r.supplement_id IS NULL")))
        return self._sql_flags(
            check, ids, SQL("%s %s", own, supplements), SQL("u.names <> '{}' OR s.id IS NOT NULL"),
            {"lacking": SQL("u.names || ARRAY(SELECT unnest(s.lacking) EXCEPT SELECT unnest(u.names))"),
             "supplements": SQL("s.names"), "their_signatory": SQL("k.their_signatory"), "signed": SQL("k.signed_on")})

    def _sql_lacking(self, check, signed, model, reviewed) -> SQL:
        """An array of what a signature lacks, by the names of its fields.

        :param signed: alias of the signed contract or supplement
        :param reviewed: SQL: ``r`` (sbo_contract_review) is its review
        """
        return SQL("array_remove(ARRAY[%s], NULL)", SQL(", ").join(
            SQL("CASE WHEN %s THEN %s::text END", lacks, name)
            for name, lacks in self._sql_unproven(check, signed, model, reviewed)))

    def _sql_unproven(self, check, signed, model, reviewed):
        """[(field, condition under which it does not prove anything)] for both sides, and our own approval."""
        signed_on, number = SQL.identifier(signed, "signed_on"), SQL.identifier(signed, "id")
        for side in ("our", "their"):
            authority, seal, until = (SQL.identifier(signed, f"{side}_{name}")
                                      for name in ("authority", "seal", "letter_until"))
            yield f"{side}_authority", SQL("COALESCE(%s, 'none') = 'none'", authority)
            yield f"{side}_letter", SQL(
                "%s = 'letter' AND (%s < %s OR NOT %s)", authority, until, signed_on,
                self.env["sbo.document.file"]._sql_scanned(model, number, f"{side}_letter"))
            yield f"{side}_seal", SQL("COALESCE(%s, 'none') = 'none'", seal)
        yield "approval", SQL(
            "%s < (SELECT MAX(%s) FROM sbo_contract_review r WHERE r.state = 'approved' AND %s)",
            signed_on, self._sql_local_day(check, SQL("r.closed_at")), reviewed)

    def _sbo_query_expiring(self, check, ids=None) -> SQL:
        """Ends within X days."""
        today = self._risk_today(check)
        return self._sql_flags(
            check, ids, SQL(), SQL("k.date_end BETWEEN %s::date AND %s::date + %s::integer", today, today,
                                   int(check.parameter)),
            {"ends_on": SQL("k.date_end"), "days_left": SQL("k.date_end - %s::date", today)})

    def _sbo_query_not_updated(self, check, ids=None) -> SQL:
        """Nobody has looked through its performance schedule for more than X days, since the signature at first."""
        today = self._risk_today(check)
        updates = SQL(
            """LEFT JOIN (SELECT u.contract_id AS id, MAX(%s) AS day FROM sbo_contract_update u
                           WHERE u.updated_at <= %s %s GROUP BY 1) u ON u.id = k.id""",
            self._sql_local_day(check, SQL("u.updated_at")), check._as_of(),
            self._sbo_sql_narrow(SQL("u.contract_id"), ids))
        last = SQL("COALESCE(u.day, k.signed_on)")
        return self._sql_flags(
            check, ids, updates, SQL("%s < %s::date - %s::integer", last, today, int(check.parameter)),
            {"updated_on": SQL("u.day"), "signed": SQL("k.signed_on"),
             "days_silent": SQL("%s::date - %s", today, last)})

    def _sbo_query_many_changes(self, check, ids=None) -> SQL:
        """Its orders were changed after confirmation, and it by supplements, more than X times together."""
        changes = SQL(
            """LEFT JOIN (SELECT u.contract_id AS id, COUNT(DISTINCT c.id) AS number, %(names)s AS names
                            FROM sbo_order_change c JOIN sale_order o ON o.id = c.order_id
                            %(under)s
                           WHERE c.changed_at <= %(as_of)s GROUP BY 1) c ON c.id = k.id
               LEFT JOIN (SELECT s.contract_id AS id, COUNT(*) AS number, %(supplements)s AS names
                            FROM sbo_contract_supplement s
                           WHERE s.state = 'signed' AND s.signed_on <= %(today)s %(narrow)s GROUP BY 1) s
                      ON s.id = k.id""",
            names=self._sql_names(SQL("o.name")), as_of=check._as_of(), supplements=self._sql_names(SQL("s.name")),
            under=self._sql_orders_under(ids), today=self._risk_today(check),
            narrow=self._sbo_sql_narrow(SQL("s.contract_id"), ids))
        number = SQL("COALESCE(c.number, 0) + COALESCE(s.number, 0)")
        return self._sql_flags(
            check, ids, changes, SQL("%s > %s", number, check.parameter),
            {"changes": number, "changed_orders": SQL("c.names"), "supplements": SQL("s.names")})

    def _sbo_query_licence_expired(self, check, ids=None) -> SQL:
        """A licence that the customer has shown us is over."""
        today = self._risk_today(check)
        licences = SQL(
            """JOIN LATERAL (
                    SELECT jsonb_agg(DISTINCT x.kind) AS kinds, MIN(x.valid_until) AS day, %(names)s AS names
                      FROM res_partner p JOIN sbo_licence x ON x.partner_id IN (p.id, p.commercial_partner_id)
                     WHERE p.id = k.partner_id AND x.active AND x.valid_until < %(today)s::date) x
                 ON x.day IS NOT NULL""", names=self._sql_names(SQL("COALESCE(x.name, x.kind)")), today=today)
        return self._sql_flags(
            check, ids, licences, SQL("TRUE"),
            {"licence_kinds": SQL("x.kinds"), "licence_number": SQL("x.names"), "valid_until": SQL("x.day")})
