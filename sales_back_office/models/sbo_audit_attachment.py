from odoo import api, models
from odoo.exceptions import UserError

from .sbo_audit_scope import STEP

PACK = "sbo.audit.pack"


class SboAuditAttachment(models.AbstractModel):
    """The zip of an audit pack: never public, never behind a token, never another one than was handed over."""

    _name = "sbo.audit.attachment"
    _description = "Attachment of an Audit Pack"

    _sbo_pack_closed = models.Constraint(
        "CHECK (res_model IS NULL OR res_model <> 'sbo.audit.pack' OR (public IS NOT TRUE AND access_token IS NULL))",
        "Audit packs are never public, and no link opens them without a login.")

    def write(self, vals):
        if {"raw", "datas", "db_datas", "res_model", "res_id", "type", "url"} & set(vals):
            self._sbo_refuse_pack_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_pack(self):
        self._sbo_refuse_pack_change()

    def _get_raw_access_token(self):
        # Superuser: which of them are ours.
        return False if self.sudo().res_model == PACK else super()._get_raw_access_token()

    def _sbo_refuse_pack_change(self):
        if self.env.context.get("sbo_step") is STEP or not self.ids:
            return
        # Superuser: packs that the user does not see count as well.
        pack = self.env[PACK].sudo().search([("attachment_id", "in", self.ids)], limit=1)
        if pack:
            raise UserError(self.env._(
                "“%s” is known by its check sum: its zip stays as it was prepared. It goes when the pack is closed.",
                pack.name))
