from odoo import api, fields, models
from odoo.tools import SQL

# States of a contract that binds both sides and has not ended.
LIVE = ("signed", "execution")
# … and of one that has ended, but whose retention money may still be out.
OWING = ("signed", "execution", "fulfilled", "terminated")
# Not signed yet.
UNSIGNED = ("draft", "review", "approved")
SHOWN = 10


class SboContractRisk(models.AbstractModel):
    """What the rules on contracts share (DOMAIN 3.7): one case a contract and rule, with what has caused it.

    A flag has no due moment: it is there from the moment it was found, however old its cause is.
    """

    _name = "sbo.contract.risk"
    _description = "Risks of Contracts"
    _inherit = ["sbo.checked.mixin"]

    @api.model
    def _sql_flags(self, check, ids, join, condition, evidence, states=LIVE, quantity=None, level=None) -> SQL:
        """The query of a rule: a row for each contract ``k`` that meets the condition.

        :param join: SQL that joins facts to ``k``
        :param evidence: {key of the evidence: SQL}
        :param states: states of contracts that the rule looks at
        :param quantity: SQL of the figure, 1 by default
        :param level: SQL of the level, for a graded check
        """
        return SQL(
            """SELECT k.id AS res_id, '' AS key, NULL::integer AS user_id, NULL::timestamp AS due_at,
                      NULL::timestamp AS done_at, %(quantity)s AS quantity,
                      jsonb_strip_nulls(jsonb_build_object(%(evidence)s)) AS evidence%(level)s
                 FROM sbo_contract k
                 -- OFFSET: looked up for the contracts that are left, never joined before the facts are
                 JOIN LATERAL (SELECT u.name, u.rounding FROM res_currency u WHERE u.id = k.currency_id OFFSET 0) kc
                   ON TRUE %(join)s
                WHERE k.company_id = %(company)s AND k.state = ANY(%(states)s)
                  AND (%(condition)s) %(narrow)s""",
            quantity=quantity or SQL("1.0"), join=join, condition=condition, states=list(states),
            evidence=SQL(", ").join(SQL("%s, %s", name, sql) for name, sql in evidence.items()),
            level=SQL(", %s AS severity", level) if level else SQL(), company=check.env.company.id,
            narrow=self._sbo_sql_narrow(SQL("k.id"), ids))

    @api.model
    def _risk_today(self, check):
        """The company's local day at the moment of judging."""
        return fields.Datetime.context_timestamp(check, check._as_of()).date()

    @api.model
    def _sql_local_day(self, check, moment) -> SQL:
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, check.env.tz.zone)

    @api.model
    def _sql_names(self, name) -> SQL:
        """The documents of a group by name, the first ones when they are many."""
        return SQL(
            """(array_to_string((array_agg(DISTINCT %(name)s ORDER BY %(name)s))[1:%(shown)s], ', ')
                || CASE WHEN COUNT(DISTINCT %(name)s) > %(shown)s
                        THEN ' +' || COUNT(DISTINCT %(name)s) - %(shown)s ELSE '' END)""", name=name, shown=SHOWN)

    @api.model
    def _sql_gathered(self, name) -> SQL:
        """All names of a group, for a group of groups that says them by ``_sql_gathered_names``."""
        return SQL("string_agg(DISTINCT %s, chr(10))", name)

    @api.model
    def _sql_gathered_names(self, gathered) -> SQL:
        """The documents of several groups, each once."""
        return SQL("(SELECT %s FROM unnest(string_to_array(%s, chr(10))) x (name))",
                   self._sql_names(SQL("x.name")), gathered)

    @api.model
    def _sql_money_text(self, amount, currency=None) -> SQL:
        """An amount in the contract's currency, or another one named by SQL, as it stands in evidence."""
        return SQL("TO_CHAR(%s, 'FM999,999,999,999,990.00') || ' ' || %s", amount, currency or SQL("kc.name"))

    @api.model
    def _sql_orders_under(self, ids) -> SQL:
        """JOIN of ``u``: the contracts (contract_id) that order ``o``, or a line of it, is under, each once."""
        if ids is None:  # few orders have what a rule looks for: their contracts are looked up
            return SQL(
                """JOIN LATERAL (SELECT o.sbo_contract_id AS contract_id WHERE o.sbo_contract_id IS NOT NULL
                                  UNION
                                 SELECT l.sbo_contract_id FROM sale_order_line l
                                  WHERE l.order_id = o.id AND l.sbo_contract_id IS NOT NULL) u ON TRUE""")
        return SQL(
            """JOIN (SELECT x.id AS order_id, x.sbo_contract_id AS contract_id FROM sale_order x
                      WHERE x.sbo_contract_id = ANY(%(ids)s)
                      UNION
                     SELECT l.order_id, l.sbo_contract_id FROM sale_order_line l
                      WHERE l.sbo_contract_id = ANY(%(ids)s)) u ON u.order_id = o.id""", ids=list(ids))
