from odoo import models
from odoo.tools import SQL


class SboAuditHold(models.AbstractModel):
    """A document that an audit still needs is not destroyed: a request in whose scope it is, a pack that is out."""

    _name = "sbo.audit.hold"
    _description = "Document: Audit Hold"
    _inherit = ["sbo.document.blockers"]

    def _sbo_holds(self):
        """The open requests and packs of each document, in one query."""
        holds = super()._sbo_holds()
        if not self.ids:
            return holds
        self.env.flush_all()
        requests, packs = self.env["sbo.audit.request"], self.env["sbo.audit.pack"]
        rows = self.env.execute_query(SQL(
            """SELECT h.document_id, array_agg(DISTINCT h.name ORDER BY h.name)
                 FROM (SELECT d.id AS document_id, concat_ws(' ', r.name, r.asked_by) AS name
                         FROM sbo_document d JOIN sbo_audit_request r ON %s
                        WHERE d.id = ANY(%s) AND r.hold AND r.state IN ('open', 'delivered')
                        UNION ALL %s) h GROUP BY 1""",
            requests._sql_in_scope(), self.ids, packs._sql_holding(self.ids)))
        for document_id, names in rows:
            holds[document_id] = "\n".join(filter(None, (
                holds.get(document_id), self.env._("An audit is not closed: %s.", ", ".join(names)))))
        return holds
