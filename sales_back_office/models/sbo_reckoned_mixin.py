from odoo import api, models
from odoo.exceptions import AccessError


class SboReckonedMixin(models.AbstractModel):
    """A record with figures that follow from others, and that decide whether goods leave or an order is verified.

    Odoo stores them like any other value, and takes them from whoever writes them. It reckons them itself below
    ``write()``, so that nobody has to.
    """

    _name = "sbo.reckoned.mixin"
    _description = "Record with Reckoned Figures"
    # Fields that nobody but Odoo itself fills in.
    _reckoned = frozenset()

    @api.model
    def default_get(self, fields_list):
        return super().default_get([name for name in fields_list if name not in self._reckoned])

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{name: vals[name] for name in vals if name not in self._reckoned} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        claimed = self._reckoned & vals.keys()
        if claimed and not self.env.su:
            labels = sorted(self._fields[name]._description_string(self.env) for name in claimed)
            raise AccessError(self.env._(
                "%s follows from other entries and is not entered by hand: change those instead.",
                ", ".join(labels)))
        return super().write(vals)
