from odoo import api, models


class SboStandardPart(models.AbstractModel):
    """A part of an assessment standard: it may change only as long as its version is a draft."""

    _name = "sbo.standard.part"
    _description = "Part of an assessment standard"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._standards()._check_draft()
        return parts

    def write(self, vals):
        self._standards()._check_draft()
        result = super().write(vals)
        self._standards()._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._standards()._check_draft()

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """The words of a frozen version may be translated; their source may not change."""
        if "en_US" in translations and translations["en_US"] != self.with_context(lang="en_US")[field_name]:
            self._standards()._check_draft()
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    def _standards(self):
        """The versions these parts belong to; sbo.standard itself answers for itself."""
        return self.sudo().standard_id  # a guard must see the version whoever asks
