from odoo import models
from odoo.tools import SQL


class SboBackupChecks(models.AbstractModel):
    """What is missing in the backups of the archive, on whoever answers for them (DOMAIN F2)."""

    _name = "sbo.backup.checks"
    _description = "Checks on Backups"

    def _sbo_query_backup_missed(self, check, ids=None) -> SQL:
        """Periods that are over without a good backup, though there were files; until the next good one is there."""
        company = check.env.company
        backups = self.env["sbo.backup"]
        return SQL(
            """SELECT u.id AS res_id, m.key, u.id AS user_id, m.ends_at AS due_at,
                      (SELECT MIN(b.finished_at) FROM sbo_backup b
                        WHERE b.company_id = %(company)s AND b.state IN ('good', 'expired')
                          AND b.finished_at >= m.ends_at AND b.finished_at <= %(as_of)s) AS done_at,
                      1.0 AS quantity,
                      jsonb_build_object('period_from', m.day,
                                         'period_to', m.day + %(days)s - 1) AS evidence
                 FROM res_users u CROSS JOIN (%(missed)s) m
                WHERE u.id = %(user)s %(narrow)s""",
            company=company.id, days=company.sbo_backup_days, as_of=check._as_of(),
            missed=backups._sql_missed(company, check._as_of(), check._since_day()),
            user=company._sbo_backup_user().id or None,
            narrow=SQL("AND u.id = ANY(%s)", list(ids)) if ids is not None else SQL())
