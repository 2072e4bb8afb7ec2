from odoo import models
from odoo.tools import SQL


class SboDocumentChecks(models.AbstractModel):
    """What the archive looks for (DOMAIN F1, F2): papers not on file in time, files that are not what they were."""

    _name = "sbo.document.checks"
    _description = "Checks on Documents"

    def _sbo_query_document_filing_late(self, check, ids=None) -> SQL:
        """Papers not filed although their working days are over, or filed after them: delivery notes that
        came back, and what a clerk has entered and left. Signed contracts have a check of their own."""
        as_of, since = check._as_of(), check._since()
        return SQL(
            """SELECT d.id AS res_id, '' AS key, NULL::integer AS user_id, d.file_due_at AS due_at,
                      CASE WHEN d.filed_at <= %(as_of)s THEN d.filed_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('date', d.date, 'filed_on', d.filed_on) AS evidence
                 FROM sbo_document d
                WHERE d.company_id = %(company)s AND d.file_due_at < %(as_of)s AND d.active
                  AND (d.filed_at IS NULL AND d.state = 'draft' OR d.filed_at > d.file_due_at)
                  AND NOT (d.res_model IS NOT DISTINCT FROM 'sbo.contract' AND EXISTS (
                       SELECT FROM sbo_document_class c WHERE c.id = d.class_id AND c.record_model = 'sbo.contract'))
                      %(since)s %(narrow)s""",
            as_of=as_of, company=check.env.company.id,
            since=SQL("AND d.file_due_at >= %s", since) if since else SQL(),
            narrow=self.env["sbo.checked.mixin"]._sbo_sql_narrow(SQL("d.id"), ids))

    def _sbo_query_document_file_damaged(self, check, ids=None) -> SQL:
        """Files that are gone from the disk or not the same any more, as the last verification has found."""
        return SQL(
            """SELECT f.document_id AS res_id, 'file:' || f.id AS key, NULL::integer AS user_id,
                      f.damaged_at AS due_at, NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('file', f.name || ' (v' || f.version || ')', 'damage', f.damage,
                                         'verified', f.checked_at) AS evidence
                 FROM sbo_document_file f
                WHERE f.damage IS NOT NULL AND f.attachment_id IS NOT NULL AND f.company_id = %(company)s %(narrow)s""",
            company=check.env.company.id,
            narrow=self.env["sbo.checked.mixin"]._sbo_sql_narrow(SQL("f.document_id"), ids))
