import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
BATCH = 100
# Those looked at in the same night are not looked at again.
SAME_NIGHT = timedelta(hours=20)


class SboDocumentHashes(models.AbstractModel):
    """Whether the files are still there and still the same: their fingerprints are taken again, night by night."""

    _name = "sbo.document.hashes"
    _description = "Document Files: Fingerprints"

    sha256 = fields.Char("SHA-256", readonly=True, size=64)
    size = fields.Integer("Bytes", readonly=True)
    checked_at = fields.Datetime("Verified", readonly=True, help="When its fingerprint was last taken.")
    damage = fields.Selection([("changed", "Changed"), ("missing", "Missing")], readonly=True)
    damaged_at = fields.Datetime("Damage Found", readonly=True)

    _checked_idx = models.Index("(checked_at NULLS FIRST) WHERE attachment_id IS NOT NULL")
    _damage_idx = models.Index("(document_id) WHERE damage IS NOT NULL")

    @api.model
    def _cron_verify(self):
        """Nightly: take the fingerprints again, batch by batch; several workers share the work by row lock.

        Every file is looked at once in so many days (a setting): a small archive every night, a large one in turns.
        """
        commit = self.env["ir.cron"]._commit_progress
        days = int(self.env["ir.config_parameter"].sudo().get_param("sales_back_office.document_verify_days") or 1)
        before = fields.Datetime.now() - max(SAME_NIGHT, timedelta(days=days - 1) + SAME_NIGHT)
        commit(remaining=self.search_count([("attachment_id", "!=", False), "|", ("checked_at", "=", False),
                                            ("checked_at", "<", before)]))
        while True:
            try:
                done = self._verify_some(before)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                continue
            if not done or not commit(done):
                break

    @api.model
    def _verify_some(self, before, batch=BATCH):
        """Verify the next files, which nobody else is verifying. Returns how many."""
        self.flush_model()
        ids = [row[0] for row in self.env.execute_query(SQL(
            """SELECT id FROM sbo_document_file
                WHERE attachment_id IS NOT NULL AND (checked_at IS NULL OR checked_at < %s)
                ORDER BY checked_at NULLS FIRST LIMIT %s FOR UPDATE SKIP LOCKED""", before, batch))]
        self.browse(ids)._verify()
        return len(ids)

    def _verify(self):
        """Take the fingerprints of these files and keep what came of it: one statement for all."""
        # Superuser: nobody reads anything, the bytes are only counted.
        found = [(file.id, *file._look()) for file in self.sudo().with_context(prefetch_fields=True)]
        if not found:
            return
        ids, digests, sizes, damages = map(list, zip(*found, strict=True))
        self.flush_model()
        self.env.cr.execute(SQL(
            """UPDATE sbo_document_file f
                  SET checked_at = %(now)s, damage = n.damage, sha256 = COALESCE(f.sha256, n.sha256),
                      size = CASE WHEN f.sha256 IS NULL THEN n.size ELSE f.size END,
                      damaged_at = CASE WHEN n.damage IS NOT NULL THEN COALESCE(f.damaged_at, %(now)s) END
                 FROM unnest(%(ids)s::integer[], %(digests)s::varchar[], %(sizes)s::integer[], %(damages)s::varchar[])
                      AS n(id, sha256, size, damage)
                WHERE f.id = n.id""",
            now=fields.Datetime.now(), ids=ids, digests=digests, sizes=sizes, damages=damages))
        self.invalidate_recordset(flush=False)
        damaged = [key for key, *_rest, damage in found if damage]
        if damaged:
            _logger.warning("filed documents: files %s are damaged", damaged)

    def _look(self):
        """(fingerprint, size, damage) of one file as it is on disk now."""
        digest, size = self.attachment_id._sbo_digest()
        if digest is None:
            # On other people's servers, or a link: its bytes are not ours to count.
            away = not self.attachment_id._sbo_has_bytes()
            return None, size, None if away else "missing"
        return digest, size, "changed" if self.sha256 and digest != self.sha256 else None
