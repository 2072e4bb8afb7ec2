from odoo import api, models


class SboStandardPart(models.AbstractModel):
    """A standard or a part of one: it may change only as long as its version is a draft, whoever asks."""

    _name = "sbo.standard.part"
    _description = "Part of an assessment standard"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._standards()._check_draft()
        return parts

    def write(self, vals):
        guarded = self._says_something_new(vals)
        if guarded:
            self._standards()._check_draft()
        result = super().write(vals)
        if guarded:
            # A part may not move into a frozen version either.
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
        """The versions these parts belong to."""
        return self.sudo().standard_id  # a guard must see the version whoever asks

    def _says_something_new(self, vals):
        """Whether a write changes anything guarded. Storing a translation writes the same words back."""
        return any(
            not self._fields[name].translate or any(record[name] != value for record in self)
            for name, value in vals.items()
            if name in self._guarded_fields()
        )

    @api.model
    def _guarded_fields(self):
        """Fields that may change in a draft only."""
        return set(self._fields)
