import csv
import hashlib
import io
import json
import os
import tempfile
import time

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.pack_zip import Entry, LostZip, PackZip
from ..tools.safe_names import csv_cell
from ..tools.unreadable import Unreadable
from .sbo_audit_scope import STEP

STEP_SECONDS = 20
STEP_LINES = 500
INDEX = (
    "entry", "sha256", "size", "file_code", "title", "document_no", "date", "author", "class_name", "customer",
    "medium", "pages", "copies", "name", "version")
MISSING = ("kind", "reason", "file_code", "title", "document_no", "date", "class_name", "customer", "name")
UTF8 = "\ufeff"  # with its mark, a spreadsheet reads Chinese


class SboAuditBuild(models.AbstractModel):
    """How the zip of a pack is written: from its lines alone, some in each step, so that it comes out the same
    whenever it is built, and memory does not grow with it.
    """

    _name = "sbo.audit.build"
    _description = "Audit Pack: Zip"
    _inherit = ["sbo.archive.job"]

    def _step(self):
        if not self.snapshot_at:
            self._take_snapshot()
            self._job_write({"job_total": self._count_lines(), "job_done": 0, "job_cursor": False})
            return False
        cursor = self.job_cursor or {}
        try:
            return self._write_some(cursor.get("line", 0), cursor.get("end", 0))
        except LostZip:
            # Begun on another host, or somebody has tidied up: from the beginning.
            self._forget_entries()
            return self._write_some(0, 0)

    def _write_some(self, last, end):
        """Lines until the step's time is over; whether the zip is complete."""
        started, written = time.monotonic(), []
        with PackZip(self._zip_path(), self._entries_before(last), end) as target:
            lines = self._lines_after(last)
            for line in lines:
                written.append((line["id"], *self._write_line(target, line)))
                last = line["sequence"]
                if time.monotonic() - started > STEP_SECONDS:
                    break
            self._note_written(written)
            self._job_write({
                "job_cursor": {"line": last, "end": target.agree()}, "job_done": self.job_done + len(written)})
            if lines and (last != lines[-1]["sequence"] or len(lines) == STEP_LINES):
                return False
            self._add_lists(target)
            self._complete(*target.finish())
        return True

    def _write_line(self, target, line):
        """Write one file, unless it is not the one that was filed: (reason, sha256, size, crc, offset)."""
        source = self.env["sbo.archive.source"]
        sha, size = hashlib.sha256(), 0
        try:
            for piece in source._pieces(line):
                sha.update(piece)
                size += len(piece)
        except Unreadable as error:
            return self._without(line, {"missing": "lost", "link": "lost"}.get(error.reason, error.reason))
        if line["known_sha256"] and sha.hexdigest() != line["known_sha256"]:
            return self._without(line, "changed")
        # Read twice: the zip says how long a file is before its first byte.
        entry = target.add(line["entry"], size, source._pieces(line))
        return None, sha.hexdigest(), size, entry.crc, entry.offset

    def _without(self, line, reason):
        if self.sha256:
            raise UserError(self.env._(
                "The pack cannot be built again as it was: “%s” is not in the archive as it was then.", line["entry"]))
        return reason, None, 0, 0, 0

    # === lines === #

    def _count_lines(self):
        return self.env["sbo.audit.pack.line"].search_count([("pack_id", "=", self.id), ("kind", "=", "file")])

    def _lines_after(self, last):
        self.env.flush_all()
        return self.env.execute_query_dict(SQL(
            """SELECT l.id, l.sequence, l.entry, l.sha256 AS known_sha256, f.id AS file_id, a.id AS attachment_id,
                      a.type AS attachment_type, a.store_fname, a.db_datas IS NOT NULL AS in_database, a.url
                 FROM sbo_audit_pack_line l
                 LEFT JOIN sbo_document_file f ON f.id = l.file_id
                 LEFT JOIN ir_attachment a ON a.id = f.attachment_id
                WHERE l.pack_id = %s AND l.kind = 'file' AND l.sequence > %s ORDER BY l.sequence LIMIT %s""",
            self.id, last, STEP_LINES))

    def _entries_before(self, last):
        rows = self.env.execute_query(SQL(
            """SELECT entry, size, crc, zip_offset FROM sbo_audit_pack_line
                WHERE pack_id = %s AND kind = 'file' AND sequence <= %s ORDER BY sequence""", self.id, last))
        return [Entry(name, int(size), int(crc), int(offset)) for name, size, crc, offset in rows]

    def _note_written(self, written):
        """What was written of these lines; a file that was not there becomes a missing paper."""
        if not written:
            return
        self.env.execute_query(SQL(
            """UPDATE sbo_audit_pack_line l
                  SET kind = CASE WHEN n.reason IS NULL THEN l.kind ELSE 'missing' END, reason = n.reason,
                      sha256 = COALESCE(n.sha256, l.sha256), size = n.size, crc = n.crc, zip_offset = n.zip_offset
                 FROM unnest(%s::integer[], %s::varchar[], %s::varchar[], %s::numeric[], %s::numeric[], %s::numeric[])
                      AS n(id, reason, sha256, size, crc, zip_offset)
                WHERE l.id = n.id RETURNING l.id""", *map(list, zip(*written, strict=True))))
        self.env["sbo.audit.pack.line"].invalidate_model()

    def _forget_entries(self):
        self._job_write({"job_cursor": False, "job_done": 0})

    # === what says what is in it === #

    def _add_lists(self, target):
        """Index, missing papers and check sums, last and in this order."""
        sums = []
        for name, write in (("index.csv", self._write_index_csv), ("index.json", self._write_index_json),
                            ("missing.csv", self._write_missing_csv)):
            sums.append((self._add_list(target, name, write), name))
        self._add_list(target, "SHA256SUMS", lambda file: self._write_sums(file, sums))

    def _add_list(self, target, name, write):
        with tempfile.TemporaryFile("w+b", dir=self.env["sbo.archive.source"]._scratch()) as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
            write(text)
            text.flush()
            size, sha = file.tell(), hashlib.sha256()
            file.seek(0)
            while piece := file.read(1 << 20):
                sha.update(piece)
            file.seek(0)
            target.add(name, size, iter(lambda: file.read(1 << 20), b""))
            text.detach()
        return sha.hexdigest()

    def _write_index_csv(self, file):
        rows = csv.writer(file, lineterminator="\r\n")
        file.write(UTF8)
        rows.writerow(INDEX)
        for line in self._rows(INDEX, "kind IN ('file', 'paper')"):
            rows.writerow([csv_cell(value) for value in line])

    def _write_index_json(self, file):
        said = self.index_head
        head = {"pack": self.name, "company": said["company"], "prepared": self.snapshot_at,
                "prepared_by": said["prepared_by"], "request": said["request"]}
        file.write(json.dumps(head, ensure_ascii=False, default=str)[:-1] + ', "documents": [')
        for number, line in enumerate(self._rows(INDEX, "kind IN ('file', 'paper')")):
            text = json.dumps(dict(zip(INDEX, line, strict=True)), ensure_ascii=False, default=str)
            file.write((",\n" if number else "\n") + text)
        file.write("\n]}\n")

    def _write_missing_csv(self, file):
        rows = csv.writer(file, lineterminator="\r\n")
        file.write(UTF8)
        rows.writerow(MISSING)
        for line in self._rows(MISSING, "kind IN ('missing', 'left_out')"):
            rows.writerow([csv_cell(value) for value in line])

    def _write_sums(self, file, lists):
        for sha, entry in self._rows(("sha256", "entry"), "kind = 'file'"):
            file.write(f"{sha}  {entry}\n")
        for sha, name in lists:
            file.write(f"{sha}  {name}\n")

    def _rows(self, names, condition, batch=1000):
        """Columns of lines in their order, some at a time."""
        last = 0
        while True:
            rows = self.env.execute_query(SQL(
                "SELECT sequence, %s FROM sbo_audit_pack_line WHERE pack_id = %s AND %s AND sequence > %s "
                "ORDER BY sequence LIMIT %s",
                SQL(", ").join(map(self._sql_value, names)), self.id, SQL(condition), last, batch))
            for row in rows:
                yield row[1:]
            last = rows[-1][0] if rows else last
            if len(rows) < batch:
                return

    def _sql_value(self, name) -> SQL:
        # Bytes are whole numbers, however large.
        return SQL("size::bigint") if name == "size" else SQL.identifier(name)

    # === the end === #

    def _complete(self, sha256, sha1, size):
        """The zip becomes the attachment of the pack."""
        if self.sha256 and self.sha256 != sha256:
            raise UserError(self.env._(
                "The pack did not come out as it was the first time. The first one stays as it is."))
        former = self.sudo().attachment_id
        attachment = self.env["sbo.archive.source"]._store_stream(self._zip_path(), {
            "name": f"{self.name.replace('/', '-')}.zip", "res_model": self._name, "res_id": self.id,
            "mimetype": "application/zip", "checksum": sha1, "file_size": size})
        counts = dict(self.env["sbo.audit.pack.line"].sudo()._read_group(
            [("pack_id", "=", self.id)], ["kind"], ["__count"]))
        self._job_write({
            "attachment_id": attachment.id, "sha256": sha256, "size": size, "job_cursor": False, "job_error": False,
            "state": "ready" if self.state == "preparing" else self.state, "built_at": fields.Datetime.now(),
            **{f"{kind}_count": counts.get(kind, 0) for kind in ("file", "paper", "missing", "left_out")}})
        former.with_context(sbo_step=STEP).unlink()
        self._tell_ready()

    def _tell_ready(self):
        """The preparer hears of it."""
        self.message_post(
            body=self.env._("The pack is ready. Files: %(files)s, missing papers: %(missing)s, left out: %(left_out)s.",
                            files=self.file_count, missing=self.missing_count, left_out=self.left_out_count),
            partner_ids=self.prepared_by_id.partner_id.ids)

    def _zip_path(self):
        return os.path.join(self.env["sbo.archive.source"]._scratch(), f"pack-{self.id}.zip.part")

    def _fail(self, error):
        result = super()._fail(error)
        self._job_write({"job_cursor": False})
        if os.path.exists(self._zip_path()):
            os.unlink(self._zip_path())
        return result
