from odoo import models
from odoo.tools import SQL

from .sbo_contract_flow import BINDING


class SboContractChecks(models.AbstractModel):
    """What the contracts area looks for in the papers of contracts (DOMAIN D3): one query a check."""

    _name = "sbo.contract.checks"
    _description = "Checks on Contracts"
    _inherit = ["sbo.checked.mixin"]

    def _sbo_query_filing_late(self, check, ids=None) -> SQL:
        """Signed contracts whose original was put on file after the class's working days, or not yet (D3.1)."""
        since = check._since()
        return SQL(
            """SELECT c.id AS res_id, '' AS key, NULL::integer AS user_id, c.file_due_at AS due_at,
                      CASE WHEN c.original_filed_at <= %(as_of)s THEN c.original_filed_at END AS done_at,
                      1.0 AS quantity,
                      jsonb_build_object('signed', c.signed_on, 'filed', c.original_filed_at) AS evidence
                 FROM sbo_contract c
                WHERE c.company_id = %(company)s AND c.state = ANY(%(binding)s)
                  AND c.file_due_at < COALESCE(LEAST(c.original_filed_at, %(as_of)s), %(as_of)s)
                  %(since)s %(narrow)s""",
            as_of=check._as_of(), company=check.env.company.id, binding=list(BINDING),
            since=SQL("AND c.file_due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("c.id"), ids))

    def _sbo_query_incomplete(self, check, ids=None) -> SQL:
        """What a signed contract lacks when its time to be filed is over: one finding for each element (D3.2)."""
        since = check._since()
        missing = SQL(" UNION ALL ").join(
            SQL("SELECT %s AS what WHERE %s", what, lacks) for what, lacks in self._sbo_elements())
        return SQL(
            """SELECT c.id AS res_id, m.what AS key, NULL::integer AS user_id, c.file_due_at AS due_at,
                      NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('element', m.what, 'signed', c.signed_on) AS evidence
                 FROM sbo_contract c CROSS JOIN LATERAL (%(missing)s) m
                WHERE c.company_id = %(company)s AND c.state = ANY(%(binding)s) AND c.file_due_at < %(as_of)s
                      %(since)s %(narrow)s""",
            as_of=check._as_of(), company=check.env.company.id, binding=list(BINDING), missing=missing,
            since=SQL("AND c.file_due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("c.id"), ids))

    def _sbo_elements(self):
        """Hook: [(what, condition under which it is missing)] on the contract ``c``; the key names it in evidence."""
        def no_file(field):
            return SQL("NOT %s", self.env["sbo.document.file"]._sql_scanned("sbo.contract", SQL("c.id"), field))

        def unproven(side):
            authority = SQL.identifier("c", f"{side}_authority")
            return SQL("COALESCE(%s, 'none') = 'none' OR %s = 'letter' AND %s", authority, authority,
                       no_file(f"{side}_letter"))
        return [
            ("our_signatory_id", SQL("c.our_signatory_id IS NULL")),
            ("our_authority", unproven("our")),
            ("our_seal", SQL("COALESCE(c.our_seal, 'none') = 'none'")),
            ("their_signatory", SQL("COALESCE(c.their_signatory, '') = ''")),
            ("their_authority", unproven("their")),
            ("their_seal", SQL("COALESCE(c.their_seal, 'none') = 'none'")),
            ("signed_file", no_file("signed_file")),
            ("original_returned_on", SQL("c.original_returned_on IS NULL")),
            ("original_place", SQL("COALESCE(c.original_place, '') = ''")),
            ("payment_plan", SQL(
                "c.amount > 0 AND NOT EXISTS (SELECT FROM sbo_contract_milestone p "
                "WHERE p.contract_id = c.id AND p.kind = 'payment')")),
        ]
