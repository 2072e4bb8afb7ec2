from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sbo_destruction_flow import OPEN, STEP

NAMES = 5
# What the document says, written down with the approval.
SAID = frozenset({
    "company_id", "file_code", "title", "class_name", "year", "pages", "copies", "due_term", "kept_years", "keep_until",
    "copies_left"})


class SboDestructionLine(models.Model):
    """One document of a destruction list, as it was when the list was approved."""

    _name = "sbo.destruction.line"
    _description = "Destruction List: Document"
    _inherit = ["sbo.closed.mixin"]
    _closed = SAID
    _order = "destruction_id, file_code, id"
    _rec_name = "title"

    destruction_id = fields.Many2one("sbo.destruction", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="destruction_id.company_id", store=True, index=True)
    document_id = fields.Many2one("sbo.document", required=True, index=True, ondelete="restrict")
    file_code = fields.Char("Archival Code", readonly=True)
    title = fields.Char(readonly=True)
    class_name = fields.Char("Class", readonly=True)
    year = fields.Integer(readonly=True, aggregator=None)
    pages = fields.Integer(readonly=True)
    copies = fields.Integer(readonly=True)
    due_term = fields.Integer("Years to Keep", readonly=True, aggregator=None)
    kept_years = fields.Integer("Years Kept", readonly=True, aggregator=None)
    keep_until = fields.Date("Kept until", readonly=True)
    opinion = fields.Char(help="What the appraisal found.", default=lambda self: self._default_opinion())
    method = fields.Selection(related="destruction_id.method")
    remark = fields.Char()
    copies_left = fields.Text(
        "Same Bytes Elsewhere", readonly=True,
        help="Other records that hold a file of the same content: it stays there.")
    block_reason = fields.Text("Not to Be Destroyed because", compute="_compute_block_reason")

    _document_uniq = models.UniqueIndex("(destruction_id, document_id)", "The document is on the list already.")

    @api.model
    def _default_opinion(self):
        return self.env._("Term over, nothing open: to be destroyed")

    def _compute_block_reason(self):
        # Superuser: what stands against it, whoever looks.
        live = self.sudo().filtered(lambda line: line.destruction_id.state in OPEN)
        reasons = live.document_id._blockers()
        for line in self:
            words = reasons.get(line.sudo().document_id.id) if line in live else None
            line.block_reason = "\n".join(words) if words else False

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([
            {name: value for name, value in vals.items() if name not in SAID} for vals in vals_list])
        # Of what was made: the list may have come as a default.
        lines.destruction_id._refuse_fixed_lines()
        # Nobody learns from a list what a paper is that they may not read.
        lines.document_id.check_access("read")
        lines._refuse_unfit()
        lines._snapshot()
        return lines

    def write(self, vals):
        if self.env.context.get("sbo_destruction_step") is not STEP:
            self.destruction_id._refuse_fixed_lines()
            if set(vals) - {"opinion", "remark"}:
                raise UserError(self.env._(
                    "A line of a destruction list says what the document says; take it off instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.destruction_id._refuse_fixed_lines()

    def action_document(self):
        """The document itself."""
        self.ensure_one()
        return self.document_id.get_formview_action()

    @api.model
    def _open_documents(self, documents):
        """Those of these documents that are on a list not finished yet."""
        # Superuser: lists of colleagues count as well.
        return self.sudo().search([
            ("document_id", "in", documents.ids), ("destruction_id.state", "in", OPEN)]).document_id.sudo(False)

    def _refuse_unfit(self):
        # Superuser: as above.
        lines = self.sudo()
        twice = self.sudo().search([("document_id", "in", lines.document_id.ids), ("id", "not in", lines.ids),
                                    ("destruction_id.state", "in", OPEN)], limit=1)
        if twice:
            raise UserError(self.env._(
                "“%(document)s” is on the list %(list)s already.", document=twice.document_id.display_name,
                list=twice.destruction_id.name))
        if any(line.document_id.company_id != line.company_id for line in lines):
            raise UserError(self.env._("A destruction list holds documents of its own company only."))
        lines.destruction_id._refuse_blocked()

    def _snapshot(self):
        """What the document says now; from the approval on it stays so."""
        # Superuser: whoever approves may not read secret documents, and still the list must be right.
        for line in self.sudo():
            document = line.document_id
            begun = document.retention_from or document.filed_on
            line.with_context(sbo_destruction_step=STEP).write({
                "file_code": document.file_code, "title": document.title, "class_name": document.class_id.name,
                "year": document.year, "pages": document.pages, "copies": document.copies,
                "due_term": document.retention_years, "keep_until": document.keep_until,
                "kept_years": max(0, line.company_id._sbo_today().year - begun.year) if begun else 0})

    def _name_copies(self):
        """Before the files go: who else holds the same bytes, so that they stay on the disk; one query."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT f.document_id, other.res_model, other.res_id, other.name
                 FROM sbo_document_file f JOIN ir_attachment own ON own.id = f.attachment_id
                 JOIN ir_attachment other ON other.id <> own.id
                  AND (other.store_fname = own.store_fname
                       OR own.store_fname IS NULL AND other.checksum = own.checksum AND other.file_size = own.file_size)
                 LEFT JOIN sbo_document_file theirs ON theirs.attachment_id = other.id
                WHERE f.document_id = ANY(%(ids)s)
                  AND (theirs.document_id IS NULL OR NOT theirs.document_id = ANY(%(ids)s))
                UNION
               SELECT f.document_id, 'url', 0, own.url
                 FROM sbo_document_file f JOIN ir_attachment own ON own.id = f.attachment_id
                WHERE f.document_id = ANY(%(ids)s) AND own.type <> 'binary'
                ORDER BY 1, 2, 3, 4""", ids=self.document_id.ids))
        holders = self._holders(rows)
        for line in self:
            named = [holder for (key, *_rest), holder in zip(rows, holders, strict=True) if key == line.document_id.id]
            if named:
                line.with_context(sbo_destruction_step=STEP).copies_left = "\n".join(named)

    def _holders(self, rows):
        """Words for records that hold the same bytes: their kind, their name, the file."""
        names = {}
        for model in {row[1] for row in rows if row[1] in self.env and row[2]}:
            records = self.env[model].browse({row[2] for row in rows if row[1] == model}).exists()
            kind = self.env["ir.model"]._get(model).name
            names.update({(model, record.id): f"{kind} {record.display_name}" for record in records})
        return [
            self.env._("On another server, to be deleted there: %s", row[3]) if row[1] == "url"
            else f"{names.get((row[1], row[2])) or self.env._('Attachment')}: {row[3]}" for row in rows]
