from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.safe_names import safe_name, unique_name

LINE = (
    "pack_id", "sequence", "kind", "reason", "document_id", "file_id", "file_code", "title", "document_no", "date",
    "author", "pages", "copies", "medium", "class_name", "customer", "name", "version", "sha256", "size")
FOLDER_BYTES = 100


class SboAuditSnapshot(models.AbstractModel):
    """What a pack is about, written down once: documents and files that its preparer may read, what is missing, what
    is left out. Whatever changes later, the pack stays what it is.
    """

    _name = "sbo.audit.snapshot"
    _description = "Audit Pack: Snapshot"

    def _take_snapshot(self):
        """Write the lines of this pack; a fixed number of statements, and one for the names in the zip."""
        self.ensure_one()
        self.env.flush_all()
        self.env.execute_query(SQL(
            """INSERT INTO sbo_audit_pack_line (%(names)s, company_id, create_uid, write_uid, create_date, write_date)
               SELECT %(pack)s, row_number() OVER (ORDER BY %(order)s), %(values)s, %(company)s, %(uid)s, %(uid)s,
                      now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                 FROM (%(lines)s) l RETURNING id""",
            names=SQL(", ").join(map(SQL.identifier, LINE)), pack=self.id, company=self.company_id.id,
            order=SQL("l.file_code NULLS LAST, l.document_id, l.kind, l.name, l.version, l.file_id"),
            values=SQL(", ").join(SQL.identifier("l", name) for name in LINE[2:]), uid=self.env.uid,
            lines=SQL(" UNION ALL ").join(self._snapshot_parts())))
        self.env["sbo.audit.pack.line"].invalidate_model()
        self._name_entries()
        self._step_write({
            "snapshot_at": fields.Datetime.now(), "manager_only": self._holds_manager_papers(),
            # Names change; the pack was made for who they were.
            "index_head": {"company": self.company_id.name, "prepared_by": self.prepared_by_id.name,
                           "request": self.request_id.display_name or None}})

    def _snapshot_parts(self):
        """Hook: the queries that make up the lines; areas add theirs by override."""
        readable, files = self._sql_readable("sbo.document"), self._sql_readable("sbo.document.file")
        kept = SQL("d.state IN ('filed', 'appraisal')")
        none = SQL("NULL::integer")
        mine = SQL("d.id IN (%s)", readable)
        file_of_document = SQL(
            "SELECT FROM sbo_document_file f WHERE f.document_id = d.id AND f.attachment_id IS NOT NULL")
        away = SQL("d.id IN %s", self.env["sbo.loan.line"]._sql_lent_documents())
        lost = SQL("EXISTS (SELECT FROM sbo_loan_line n WHERE n.document_id = d.id AND n.state = 'not_found' "
                   "AND n.found_at IS NULL)")
        paper = SQL("%s AND %s AND d.medium IN ('paper', 'both')", mine, kept)
        return [
            self._sql_lines("file", "", SQL("%s AND %s", mine, kept), SQL("f.id IN (%s)", files)),
            self._sql_lines("paper", "", SQL("%s AND NOT (%s) AND NOT (%s)", paper, away, lost)),
            self._sql_lines("missing", "lent", SQL("%s AND %s AND NOT (%s)", paper, away, lost)),
            self._sql_lines("missing", "not_found", SQL("%s AND %s", paper, lost)),
            self._sql_lines("missing", "not_filed", SQL("%s AND d.state = 'draft' AND d.active", mine)),
            self._sql_lines("missing", "no_file", SQL(
                "%s AND %s AND d.medium IN ('electronic', 'both') AND NOT EXISTS (%s)", mine, kept, file_of_document)),
            self._sql_lines("missing", "destroyed", SQL("%s AND d.state = 'destroyed'", mine)),
            # Of what the preparer may not read, the code alone: whoever may, can prepare the pack.
            SQL("""SELECT 'left_out' AS kind, 'secret' AS reason, %(none)s AS document_id, %(none)s AS file_id,
                          d.file_code, NULL AS title, NULL AS document_no, NULL::date AS date, NULL AS author,
                          %(none)s AS pages, %(none)s AS copies, NULL AS medium, NULL AS class_name, NULL AS customer,
                          NULL AS name, %(none)s AS version, NULL AS sha256, 0 AS size
                     FROM sbo_document d JOIN sbo_audit_pack r ON r.id = %(pack)s
                    WHERE %(scope)s AND d.state IN ('filed', 'appraisal') AND d.id NOT IN (%(readable)s)""",
                none=none, pack=self.id, scope=self._sql_in_scope(), readable=readable),
        ]

    def _sql_lines(self, kind, reason, condition, files=None) -> SQL:
        """Lines of documents in the scope, one for each of their files if asked for."""
        lang = self.company_id.partner_id.lang or "en_US"
        return SQL(
            """SELECT %(kind)s AS kind, NULLIF(%(reason)s, '') AS reason, d.id AS document_id, %(file)s, d.file_code,
                      d.title, d.document_no, d.date, d.author, d.pages, d.copies, d.medium,
                      COALESCE(c.name->>%(lang)s, c.name->>'en_US') AS class_name, p.name AS customer, %(facts)s
                 FROM sbo_document d
                 JOIN sbo_audit_pack r ON r.id = %(pack)s
                 LEFT JOIN sbo_document_class c ON c.id = d.class_id
                 LEFT JOIN res_partner p ON p.id = d.partner_id %(join)s
                WHERE %(scope)s AND %(condition)s""",
            kind=kind, reason=reason, lang=lang, pack=self.id, scope=self._sql_in_scope(), condition=condition,
            file=SQL("f.id AS file_id") if files else SQL("NULL::integer AS file_id"),
            facts=SQL("f.name, f.version, f.sha256, f.size") if files else SQL(
                "NULL AS name, NULL::integer AS version, NULL AS sha256, 0 AS size"),
            join=SQL("JOIN sbo_document_file f ON f.document_id = d.id AND f.attachment_id IS NOT NULL AND %s", files)
            if files else SQL())

    def _sql_readable(self, model) -> SQL:
        """Ids of what the preparer may read, by the record rules."""
        user = self.prepared_by_id
        records = self.env[model].with_user(user).with_context(
            allowed_company_ids=self.company_id.ids, active_test=False)
        return records._search([("company_id", "=", self.company_id.id)]).subselect()

    def _name_entries(self):
        """Names of files in the zip: a folder a document, each name once, whatever it was called."""
        rows = self.env.execute_query(SQL(
            """SELECT id, document_id, file_code, title, name FROM sbo_audit_pack_line
                WHERE pack_id = %s AND kind = 'file' ORDER BY sequence""", self.id))
        folders, taken, names, ids, entries = set(), {}, {}, [], []
        for line_id, document, code, title, name in rows:
            if document not in names:
                names[document] = unique_name(" ".join(filter(None, (code, title))), folders, FOLDER_BYTES)
                taken = {}
            known = taken.setdefault(document, set())
            ids.append(line_id)
            entries.append(f"files/{names[document]}/{unique_name(safe_name(name), known)}")
        self.env.execute_query(SQL(
            """UPDATE sbo_audit_pack_line l SET entry = n.entry
                 FROM unnest(%s::integer[], %s::varchar[]) AS n(id, entry) WHERE l.id = n.id RETURNING l.id""",
            ids, entries))

    def _holds_manager_papers(self):
        """Whether a document is among them that supervisors do not read."""
        return bool(self.env.execute_query(SQL(
            """SELECT 1 FROM sbo_audit_pack_line l JOIN sbo_document d ON d.id = l.document_id
                 JOIN sbo_document_secrecy s ON s.id = d.secrecy_id
                WHERE l.pack_id = %s AND l.kind <> 'left_out' AND s.reader = 'manager' LIMIT 1""", self.id)))

    @api.model
    def _sql_originals_out(self) -> SQL:
        """Documents whose originals a pack has handed over and not got back: document_id, name of the pack."""
        return SQL(
            """SELECT l.document_id, concat_ws(', ', p.name, p.recipient) AS name
                 FROM sbo_audit_pack_line l JOIN sbo_audit_pack p ON p.id = l.pack_id
                WHERE l.kind = 'paper' AND p.originals AND p.state = 'delivered'""")

    @api.model
    def _originals_out(self, lines):
        """{id of a loan line: pack and recipient} for those whose document, or something in whose box, is at an audit.

        Called before anything is lent, in one query.
        """
        self.env.flush_all()
        return dict(self.env.execute_query(SQL(
            """SELECT l.id, MIN(audit.name) FROM sbo_loan_line l
                 LEFT JOIN sbo_document_place box ON box.id = l.place_id
                 JOIN (%s) audit ON audit.document_id = l.document_id OR l.place_id IS NOT NULL AND EXISTS (
                      SELECT FROM sbo_document d JOIN sbo_document_place p ON p.id = d.place_id
                       WHERE d.id = audit.document_id AND starts_with(p.parent_path, box.parent_path))
                WHERE l.id = ANY(%s) GROUP BY l.id""", self._sql_originals_out(), lines.ids)))

    def _refuse_lent(self):
        """Originals that are lent, or at another audit, cannot be handed over; two people at once come one after the
        other.
        """
        # Superuser: which papers are out, whoever hands over.
        documents = self.sudo().line_ids.filtered(lambda line: line.kind == "paper").document_id
        self.env["sbo.loan.gate"]._take_turn(documents, documents.place_id)
        away = self.env.execute_query(SQL(
            """SELECT d.file_code, away.name FROM (%s UNION ALL %s) away JOIN sbo_document d ON d.id = away.document_id
                WHERE d.id = ANY(%s) ORDER BY 1 LIMIT 3""",
            self.env["sbo.loan.line"]._sql_lent(), self._sql_originals_out(), documents.ids))
        if away:
            raise UserError(self.env._(
                "“%(pack)s” cannot be handed over: these originals are not here: %(papers)s. Get them back, or hand it "
                "over without originals.", pack=self.name, papers=", ".join(f"{code} ({name})" for code, name in away)))

    @api.model
    def _sql_holding(self, document_ids) -> SQL:
        """(document, name of the pack) for those of these documents that a pack has handed over and not got back."""
        return SQL(
            """SELECT l.document_id, p.name FROM sbo_audit_pack_line l JOIN sbo_audit_pack p ON p.id = l.pack_id
                WHERE l.document_id = ANY(%s) AND p.state IN ('preparing', 'ready', 'delivered')""",
            list(document_ids))
