from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sbo_document_flow import STEP


class SboDocumentFile(models.Model):
    """One version of an electronic file of a filed document (电子件), with its fingerprint.

    The bytes are an ordinary attachment of the document (``res_model = sbo.document``), never public. When the
    document is destroyed the attachment goes; this line stays and says what there was.
    """

    _name = "sbo.document.file"
    _description = "File of a Document"
    _inherit = ["sbo.document.part", "sbo.document.hashes"]
    _order = "document_id, name, version desc"

    document_id = fields.Many2one("sbo.document", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "File", readonly=True, index=True, ondelete="restrict", help="Empty: destroyed.")
    name = fields.Char("File Name", required=True, readonly=True)
    version = fields.Integer(default=1, readonly=True, aggregator=None)
    current = fields.Boolean("Latest", default=True, readonly=True, help="No later version has been uploaded.")
    uploaded_at = fields.Datetime("Uploaded", readonly=True)
    uploaded_by_id = fields.Many2one("res.users", "Uploaded by", readonly=True)
    destroyed_at = fields.Datetime("Destroyed", readonly=True)
    record_field = fields.Char(
        "Field of the Record", readonly=True, help="Where the record had this scan before it was filed.")
    mimetype = fields.Char(related="attachment_id.mimetype", related_sudo=True)

    _version_uniq = models.UniqueIndex("(document_id, name, version)", "This version of the file is there already.")
    _attachment_uniq = models.UniqueIndex(
        "(attachment_id) WHERE attachment_id IS NOT NULL", "An attachment is one version of one file.")

    @api.depends("name", "version")
    def _compute_display_name(self):
        for file in self:
            file.display_name = f"{file.name} (v{file.version})"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_by_hand()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_by_hand()

    def action_download(self):
        """The file itself."""
        self.ensure_one()
        self.check_access("read")
        if not self.attachment_id:
            raise UserError(self.env._("“%s” has been destroyed with its document.", self.display_name))
        return {"type": "ir.actions.act_url", "target": "download",
                "url": f"/web/content/{self.attachment_id.id}?download=true"}

    def action_verify(self):
        """Take the fingerprint again at once."""
        self.check_access("read")
        self._verify()

    def _refuse_by_hand(self):
        if self.env.context.get("sbo_step") is not STEP:
            raise UserError(self.env._(
                "Files of a document are entered by uploading them: what has the same name becomes the next version."))

    def _own(self):
        """These lines for a write of the addon itself."""
        return self.sudo().with_context(sbo_step=STEP)

    @api.model
    def _add(self, vals_list):
        """Enter versions; what had the same name is not the latest any more."""
        files = self._own().create(vals_list)
        former = self._own().search([
            ("document_id", "in", files.document_id.ids), ("current", "=", True), ("id", "not in", files.ids)])
        keys = {(file.document_id.id, file.name): file for file in files}
        former.filtered(lambda file: (file.document_id.id, file.name) in keys).write({"current": False})
        for file in files:
            if keys[file.document_id.id, file.name] != file:
                file.current = False
        # Superuser: the note of what was added, whoever added it.
        by_document = files.grouped("document_id")
        self.env["sbo.document"].sudo().browse([document.id for document in by_document])._message_log_batch({
            document.id: self.env._("File added: %s.", ", ".join(added.mapped("display_name")))
            for document, added in by_document.items()})
        return files

    @api.model
    def _sql_scanned(self, model, number, name) -> SQL:
        """Whether a record has a scan in a field of this name, or had it when its paper was filed.

        :param number: SQL, the id of the record
        """
        return SQL(
            """(EXISTS (SELECT FROM ir_attachment a
                         WHERE a.res_model = %(model)s AND a.res_id = %(number)s AND a.res_field = %(name)s)
                OR EXISTS (SELECT FROM sbo_document scanned JOIN sbo_document_file f ON f.document_id = scanned.id
                            WHERE scanned.res_model = %(model)s AND scanned.res_id = %(number)s
                              AND f.record_field = %(name)s))""", model=model, number=number, name=name)
