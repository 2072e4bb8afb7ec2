from odoo import api, models

from .sbo_filed_contract import SCANS

MODELS = ("sbo.contract", "sbo.contract.supplement")


class SboContractAttachment(models.AbstractModel):
    """The scans of what both have signed and of who was allowed to: changed as the signature is, by no other door."""

    _name = "sbo.contract.attachment"
    _description = "Scan of a Signed Contract"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        # Another scan in the same field would be shown instead.
        attachments._sbo_check_signature()
        return attachments

    def write(self, vals):
        self._sbo_check_signature()
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"} & set(vals):
            self._sbo_check_signature()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._sbo_check_signature()

    def _sbo_check_signature(self):
        """The fields themselves come here as superuser: the contract has checked that.

        :raise AccessError: a scan belongs to a signature that this user may not correct
        """
        if self.env.su:
            return
        # Superuser: scans of contracts that the user does not see count as well.
        scans = self.sudo().filtered(lambda scan: scan.res_model in MODELS and scan.res_field in SCANS)
        for (model, name), found in scans.grouped(lambda scan: (scan.res_model, scan.res_field)).items():
            found.env[model].browse(found.mapped("res_id")).exists()._check_signature_change({name})
