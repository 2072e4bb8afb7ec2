from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .sbo_audit_scope import STEP, SUPERVISOR


class SboAuditPackLine(models.Model):
    """One thing in an audit pack as it was when the pack was prepared (审计资料清单): a file in the zip, an original on
    paper, a paper that is missing, or a document that was left out because of its secrecy.
    """

    _name = "sbo.audit.pack.line"
    _description = "Line of an Audit Pack"
    _order = "pack_id, sequence, id"
    _rec_name = "title"

    pack_id = fields.Many2one("sbo.audit.pack", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [("file", "File"), ("paper", "Original"), ("missing", "Missing"), ("left_out", "Not Included")], required=True,
        readonly=True)
    reason = fields.Selection(
        [("not_filed", "Not filed yet"), ("no_file", "Has no file"), ("lost", "File lost"),
         ("changed", "File changed since it was filed"), ("cloud", "Cannot be fetched from cloud storage"),
         ("lent", "Original is lent"), ("not_found", "Original not found"), ("destroyed", "Destroyed"),
         ("secret", "The preparer may not read it")], readonly=True)
    document_id = fields.Many2one("sbo.document", readonly=True, index="btree_not_null", ondelete="set null")
    file_id = fields.Many2one("sbo.document.file", readonly=True, index="btree_not_null", ondelete="set null")
    file_code = fields.Char("Archival Code", readonly=True)
    title = fields.Char(readonly=True)
    document_no = fields.Char("Document No.", readonly=True)
    date = fields.Date(readonly=True)
    author = fields.Char(readonly=True)
    class_name = fields.Char("Class", readonly=True)
    customer = fields.Char(readonly=True)
    medium = fields.Char("Kept as", readonly=True)
    pages = fields.Integer(readonly=True, aggregator="sum")
    copies = fields.Integer(readonly=True)
    name = fields.Char("File Name", readonly=True)
    version = fields.Integer(readonly=True, aggregator=None)
    entry = fields.Char("Name in the Zip", readonly=True)
    sha256 = fields.Char("SHA-256", readonly=True)
    size = fields.Float("Bytes", digits=(20, 0), readonly=True)
    crc = fields.Float(digits=(20, 0), readonly=True, aggregator=None)
    zip_offset = fields.Float(digits=(20, 0), readonly=True, aggregator=None)
    supplied_at = fields.Datetime("Supplied", readonly=True, help="When a missing paper was handed over after all.")
    supplied_by_id = fields.Many2one("res.users", "Supplied by", readonly=True)

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP:
            raise UserError(self.env._("What was in a pack is not changed. A missing paper is noted as supplied."))
        return super().write(vals)

    def action_supplied(self):
        """A missing paper was handed over after all."""
        self.check_access("read")
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._("Only a back-office supervisor notes that a missing paper was supplied."))
        for line in self:
            if line.kind != "missing" or line.supplied_at or line.pack_id.state not in ("delivered", "closed"):
                raise UserError(self.env._(
                    "“%s” cannot be noted as supplied: only papers missing in a pack that was handed over can.",
                    line.display_name))
        # Superuser: checked above, lines themselves are closed to everybody.
        self.sudo().with_context(sbo_step=STEP).write(
            {"supplied_at": fields.Datetime.now(), "supplied_by_id": self.env.uid})
