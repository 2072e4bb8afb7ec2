from odoo import api, fields, models
from odoo.tools import SQL

# So many names are said, the rest is counted by whoever looks.
NAMES = 3


class SboDocumentBlockers(models.AbstractModel):
    """Why a document whose term is over is not destroyed (未了事项): money, a complaint, a risk, an audit, a loan."""

    _name = "sbo.document.blockers"
    _description = "Document: What Stops Its Destruction"

    block_reason = fields.Text("Not to Be Destroyed because", compute="_compute_block_reason")
    blocked = fields.Boolean(compute="_compute_block_reason", search="_search_blocked")

    def _compute_block_reason(self):
        reasons = self._origin._blockers()
        for document in self:
            words = reasons.get(document._origin.id, [])
            document.block_reason = "\n".join(words) or False
            document.blocked = bool(words)

    def _search_blocked(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Superuser: what is open, whoever looks; which documents are seen is decided by their own rules.
        blocked = [("id", "in", list(self.sudo().search([("state", "=", "appraisal")])._blockers()))]
        return blocked if True in value else ["!", *blocked]

    # === reasons === #

    def _blockers(self):
        """{document id: [why it cannot be destroyed, in words]}, a number of queries that does not grow with them."""
        reasons = {}
        # Superuser: money, findings and loans that the reader does not see stop a destruction as well.
        documents = self.sudo()
        for document in documents:
            why = document._not_over()
            if why:
                reasons.setdefault(document.id, []).append(why)
        words = self._blocker_words()
        for key, kind, names in documents._open_matters():
            shown = ", ".join(names[:NAMES]) + (" …" if len(names) > NAMES else "")
            reasons.setdefault(key, []).append(words[kind] % shown)
        for key, why in documents._sbo_holds().items():
            reasons.setdefault(key, []).append(why)
        return reasons

    def _sbo_holds(self):
        """Hook: {document id: why an audit or inspection still needs it, in words}; called before every destruction."""
        return {}

    def _not_over(self):
        if self.state in ("appraisal", "destroyed"):
            return ""
        if self.state == "draft":
            return self.env._("It is not on file.")
        if self.permanent:
            return self.env._("It is kept for ever.")
        return self.env._("Its term is not over.")

    @api.model
    def _blocker_words(self):
        return {
            "money": self.env._("Money is still open: %s."),
            "issue": self.env._("A complaint or issue is not solved: %s."),
            "risk": self.env._("A finding on the contract is open: %s."),
            "bond": self.env._("A bid bond has not come back: %s."),
            "loan": self.env._("It is on loan: %s."),
            "lost": self.env._("It is being searched for since it was lent: %s."),
        }

    def _open_matters(self):
        """[(document id, kind, names)] of what is still open, in one query."""
        if not self.ids:
            return []
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """WITH doc AS (
                   SELECT d.id, d.company_id, d.res_model, d.res_id, c.commercial_partner_id AS partner_id
                     FROM sbo_document d LEFT JOIN res_partner c ON c.id = d.partner_id WHERE d.id = ANY(%(ids)s)),
               ordered AS (%(orders)s)
               SELECT m.document_id, m.kind, array_agg(DISTINCT m.name ORDER BY m.name)
                 FROM (%(matters)s) m GROUP BY 1, 2""",
            ids=self.ids, orders=self._sql_orders(), matters=SQL(" UNION ALL ").join(self._sql_matters())))

    @api.model
    def _sql_orders(self) -> SQL:
        """Orders of the record that a document ``doc`` belongs to: itself, its contract's, its delivery's."""
        return SQL(
            """SELECT id AS document_id, res_id AS order_id FROM doc WHERE res_model = 'sale.order'
               UNION SELECT doc.id, p.sale_id FROM doc JOIN stock_picking p ON p.id = doc.res_id
                      WHERE doc.res_model = 'stock.picking' AND p.sale_id IS NOT NULL
               UNION SELECT doc.id, l.order_id FROM doc JOIN sale_order_line l ON l.sbo_contract_id = doc.res_id
                      WHERE doc.res_model = 'sbo.contract'
               UNION SELECT doc.id, o.id FROM doc JOIN sale_order o ON o.sbo_contract_id = doc.res_id
                      WHERE doc.res_model = 'sbo.contract'""")

    @api.model
    def _sql_matters(self):
        """Hook: queries over ``doc`` and ``ordered`` with document_id, kind, name; areas add theirs by override.

        Where a document belongs to an order or a contract, that one's matters count; else the customer's.
        """
        unordered = SQL("NOT EXISTS (SELECT FROM ordered o WHERE o.document_id = doc.id)")
        return [
            SQL("""SELECT o.document_id, 'money' AS kind, mv.name
                     FROM ordered o JOIN sale_order_line sl ON sl.order_id = o.order_id
                     JOIN sale_order_line_invoice_rel r ON r.order_line_id = sl.id
                     JOIN account_move_line ml ON ml.id = r.invoice_line_id
                     JOIN account_move mv ON mv.id = ml.move_id
                    WHERE mv.state = 'posted' AND mv.amount_residual <> 0"""),
            SQL("""SELECT doc.id, 'money', COALESCE(mv.name, mv.ref, '–')
                     FROM doc JOIN account_move_line ml ON ml.partner_id = doc.partner_id
                                                       AND ml.company_id = doc.company_id
                     JOIN account_account a ON a.id = ml.account_id AND a.account_type = 'asset_receivable'
                     JOIN account_move mv ON mv.id = ml.move_id AND mv.state = 'posted'
                    WHERE ml.amount_residual <> 0 AND NOT ml.reconciled AND %s""", unordered),
            SQL("""SELECT o.document_id, 'issue', i.name
                     FROM ordered o JOIN sbo_order_issue i ON i.order_id = o.order_id
                    WHERE i.state IN ('open', 'replied')"""),
            SQL("""SELECT doc.id, 'issue', i.name FROM doc
                     JOIN res_partner p ON p.commercial_partner_id = doc.partner_id
                     JOIN sbo_order_issue i ON i.partner_id = p.id AND i.company_id = doc.company_id
                    WHERE i.state IN ('open', 'replied') AND %s""", unordered),
            *self._sql_contract_matters(unordered),
            SQL("SELECT lent.document_id, 'loan', lent.name FROM (%s) lent JOIN doc ON doc.id = lent.document_id",
                self.env["sbo.loan.line"]._sql_lent()),
            # Nobody attests the shredding of a paper that nobody has.
            SQL("SELECT lost.document_id, 'lost', lost.name FROM (%s) lost JOIN doc ON doc.id = lost.document_id",
                self.env["sbo.loan.line"]._sql_lost()),
        ]

    @api.model
    def _sql_contract_matters(self, unordered):
        """What is open of contracts and tenders: findings, and bid bonds that have not come back.

        :param unordered: SQL, whether ``doc`` belongs to no order
        """
        return [
            SQL("""SELECT doc.id, 'risk', COALESCE(f.res_name, '–') FROM doc
                     JOIN sbo_finding f ON f.res_model = 'sbo.contract' AND f.closed_at IS NULL AND f.state <> 'waived'
                                       AND f.res_id = doc.res_id
                    WHERE doc.res_model = 'sbo.contract'"""),
            SQL("""SELECT o.document_id, 'risk', COALESCE(f.res_name, '–')
                     FROM ordered o JOIN LATERAL (
                          SELECT so.sbo_contract_id AS id FROM sale_order so WHERE so.id = o.order_id
                           UNION SELECT sl.sbo_contract_id FROM sale_order_line sl WHERE sl.order_id = o.order_id
                          ) k ON TRUE
                     JOIN sbo_finding f ON f.res_model = 'sbo.contract' AND f.closed_at IS NULL AND f.state <> 'waived'
                                       AND f.res_id = k.id"""),
            SQL("""SELECT doc.id, 'risk', COALESCE(f.res_name, '–') FROM doc
                     JOIN res_partner p ON p.commercial_partner_id = doc.partner_id
                     JOIN sbo_contract k ON k.partner_id = p.id AND k.company_id = doc.company_id
                     JOIN sbo_finding f ON f.res_model = 'sbo.contract' AND f.closed_at IS NULL AND f.state <> 'waived'
                                       AND f.res_id = k.id
                    WHERE doc.res_model IS DISTINCT FROM 'sbo.contract' AND %s""", unordered),
            SQL("""SELECT doc.id, 'bond', t.name FROM doc
                     JOIN sbo_tender t ON t.bond_state = 'paid' AND t.company_id = doc.company_id
                     JOIN res_partner p ON p.id = t.partner_id
                    WHERE (doc.res_model = 'sbo.tender' AND doc.res_id = t.id)
                       OR (doc.res_model IS DISTINCT FROM 'sbo.tender' AND p.commercial_partner_id = doc.partner_id
                           AND %s)""", unordered),
        ]
