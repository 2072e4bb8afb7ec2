from odoo import api, models


class SboClosedMixin(models.AbstractModel):
    """A record with fields that come with its steps only: nobody brings them along when it is made.

    Values are refused or dropped by the models themselves. Odoo also fills in what a caller's context says
    (``default_…``), and what a user has made the default for himself (``ir.default``): not for these.
    """

    _name = "sbo.closed.mixin"
    _description = "Record with Fields That Come with Steps"
    _closed = frozenset()

    @api.model
    def default_get(self, fields_list):
        shut = self._closed & set(fields_list)
        values = super().default_get([name for name in fields_list if name not in shut])
        own = {name: self._fields[name].default for name in shut}
        return {**values, **{name: default(self) for name, default in own.items() if default}}
