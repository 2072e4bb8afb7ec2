import hashlib
import os

from odoo import api, models
from odoo.exceptions import UserError
from odoo.modules.db import FunctionStatus

from ..tools.safe_names import safe_name
from .sbo_document_flow import STEP

MODEL = "sbo.document"
CONTENT = {"raw", "datas", "db_datas"}
BELONGS = {"res_model", "res_id", "res_field"}
CHUNK = 1024 * 1024


def text_index(registry):
    """The index for searching in what filed documents say: of millions of attachments these alone; SQL, or nothing."""
    if not registry.has_trigram:
        return ""
    column = '"index_content"'
    if registry.has_unaccent == FunctionStatus.INDEXABLE:
        column = registry.unaccent(column)
    return f"USING gin ({column} gin_trgm_ops) WHERE res_model = '{MODEL}'"


class SboDocumentAttachment(models.AbstractModel):
    """An attachment of a filed document: never public, never behind a token, never changed; a later one is a version.

    The rules stand here, at the attachment, so that uploads, messages, imports, RPC and Odoo's own helpers meet them.
    """

    _name = "sbo.document.attachment"
    _description = "Attachment of a Document"

    _sbo_text_idx = models.Index(text_index)
    _sbo_closed = models.Constraint(
        "CHECK (res_model IS NULL OR res_model <> 'sbo.document' OR (public IS NOT TRUE AND access_token IS NULL))",
        "Files of filed documents are never public.")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("res_model") == MODEL:
                vals.update(self._sbo_closed_vals(vals))
        attachments = super().create(vals_list)
        attachments._sbo_register()
        return attachments

    def write(self, vals):
        own = self.env.context.get("sbo_step") is STEP
        before = {attachment.id: attachment.res_model == MODEL and attachment.res_id for attachment in self.sudo()}
        filed = self.sudo().filtered(lambda attachment: before[attachment.id])
        if filed and not own:
            filed._sbo_refuse_write(vals)
        if vals.get("res_model") == MODEL:
            vals = {**vals, **self._sbo_closed_vals(vals)}
        result = super().write(vals)
        moved = self.sudo().filtered(
            lambda attachment: attachment.res_model == MODEL and attachment.res_id != before[attachment.id])
        moved._sbo_register()
        if filed and CONTENT & set(vals):
            # A file whose bytes came after it, or that moved from one storage to another.
            self.env["sbo.document.file"].sudo().search([("attachment_id", "in", filed.ids)])._verify()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filed(self):
        """A file of a filed document goes with the document's destruction, and in no other way."""
        if self.env.context.get("sbo_step") is STEP:
            return
        ours = self.sudo().filtered(lambda attachment: attachment.res_model == MODEL and attachment.res_id)
        documents = self.env[MODEL].sudo().browse(ours.mapped("res_id")).exists()
        kept = documents.filtered(lambda document: document.state != "draft")
        if kept:
            raise UserError(self.env._(
                "“%s” is filed: its files are never deleted. Upload the right file under the same name, and it becomes "
                "the next version.", kept[0].file_code))
        self.env["sbo.document.file"]._own().search([("attachment_id", "in", ours.ids)]).unlink()

    # === what is closed === #

    @api.model
    def _sbo_closed_vals(self, vals):
        """Whatever was asked for: no public file, no token, no address of its own, a name that leads nowhere."""
        closed = {"public": False, "access_token": False, "res_field": False}
        if vals.get("name"):
            closed["name"] = safe_name(vals["name"])
        if "url" in vals and vals.get("type", "binary") == "binary":
            closed["url"] = False
        return closed

    def _sbo_refuse_write(self, vals):
        if vals.get("public") or vals.get("access_token"):
            raise UserError(self.env._(
                "“%s” belongs to a filed document: it is never made public, and no link opens it without a login.",
                self[0].name))
        if any(vals.get(name, attachment[name]) != attachment[name] for attachment in self for name in BELONGS):
            raise UserError(self.env._("“%s” belongs to a filed document: it stays with it.", self[0].name))
        changed = self.filtered(lambda attachment: (
            attachment._sbo_has_bytes() or attachment.type != "binary") and attachment._sbo_changes(vals))
        if changed:
            raise UserError(self.env._(
                "“%s” belongs to a filed document: its content and name are never changed. Upload the right file under "
                "the same name, and it becomes the next version.", changed[0].name))

    def _sbo_changes(self, vals):
        """Whether these values would make another file of it; the same bytes in another storage are the same file."""
        if "name" in vals and vals["name"] != self.name or vals.get("url") or vals.get("type", self.type) != self.type:
            return True
        if "datas" in vals or "db_datas" in vals:
            return True
        raw = vals.get("raw")
        raw = raw.encode() if isinstance(raw, str) else raw
        return "raw" in vals and hashlib.sha256(raw or b"").hexdigest() != self._sbo_digest()[0]

    # === becoming a document's file === #

    def _sbo_register(self):
        """New files of documents get their version."""
        ours = self.sudo().filtered(
            lambda attachment: attachment.res_model == MODEL and attachment.res_id and not attachment.res_field)
        if ours:
            ours.env[MODEL]._register_files(ours)

    def _sbo_own(self):
        """These attachments for a write of the addon itself."""
        return self.sudo().with_context(sbo_step=STEP)

    def _sbo_shown_name(self):
        """A scan in a field is stored under the name of the field: say whose it is."""
        record = self.env[self.res_model].browse(self.res_id)
        name = record[f"{self.res_field}_name"] if f"{self.res_field}_name" in record._fields else False
        return safe_name(name or record.display_name)

    # === bytes === #

    def _sbo_has_bytes(self):
        """Whether its bytes are ours to keep: not a link, not on other people's servers."""
        self.ensure_one()
        return self.type == "binary" and bool(self.store_fname or self.file_size)

    def _sbo_chunks(self):
        """The bytes of one attachment, a megabyte at a time, however large it is; nothing when they are gone."""
        self.ensure_one()
        path = self.store_fname and self._full_path(self.store_fname)
        if path and os.path.isfile(path):
            with open(path, "rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        elif self.store_fname:
            # A storage of its own kind (or a lost file, which reads as nothing).
            yield self._file_read(self.store_fname)
        elif self.db_datas:
            yield self.db_datas

    def _sbo_digest(self):
        """(SHA-256, number of bytes) of what is stored now; (None, 0) when nothing is there."""
        digest, size = hashlib.sha256(), 0
        for chunk in self._sbo_chunks():
            digest.update(chunk)
            size += len(chunk)
        known = size or (self.type == "binary" and not self.store_fname and not self.file_size and self.checksum)
        return (digest.hexdigest(), size) if known else (None, 0)
