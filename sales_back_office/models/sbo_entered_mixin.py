from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class SboEnteredMixin(models.AbstractModel):
    """A record that remembers who entered each of its values (录入人), whatever way the value came in.

    Who entered a value is its last writer: noted field by field in ``sbo_entered``; where nothing is noted, the
    creator. Most values are never touched by a second person, so that most records carry no note at all.
    """

    _name = "sbo.entered.mixin"
    _description = "Values and Who Entered Them"
    # Fields that are followed.
    _sbo_followed = ()

    sbo_entered = fields.Json(readonly=True, copy=False)

    def _auto_init(self):
        if self._auto and not column_exists(self.env.cr, self._table, "sbo_entered"):
            create_column(self.env.cr, self._table, "sbo_entered", "jsonb")
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._sbo_without_note(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._sbo_without_note(vals)
        if not self._sbo_concerns_content(vals):
            return super().write(vals)
        # Values that follow from others count too: a new quantity may bring a new price.
        before = {record: {name: record[name] for name in self._sbo_followed} for record in self}
        result = super().write(vals)
        changed = {}
        for record, old in before.items():
            names = {name: (value, record._sbo_entered_by(name).id)
                     for name, value in old.items() if record[name] != value}
            if names:
                changed[record] = names
        if changed:
            for note, records in self._sbo_entry_notes(changed):
                # Together with the values, when the ORM writes them.
                super(SboEnteredMixin, records).write({"sbo_entered": note})
            self._sbo_tell_changed(changed)
        return result

    def _sbo_entry_notes(self, changed):
        """[(note, records)]: the user is the one who entered these values."""
        notes = {}
        for record, names in changed.items():
            if record.sbo_entered or record.create_uid.id != self.env.uid:
                note = {**(record.sbo_entered or {}), **dict.fromkeys(names, self.env.uid)}
                notes.setdefault(tuple(sorted(note.items())), []).append(record.id)
        return [(dict(note), self.browse(ids)) for note, ids in notes.items()]

    def _sbo_entered_by(self, name):
        """The user who entered the present value of a field."""
        self.ensure_one()
        return self.env["res.users"].browse((self.sbo_entered or {}).get(name)) or self.create_uid

    def _sbo_entering_ids(self):
        """Ids of everybody who has entered anything here."""
        return {*self.create_uid.ids, *(uid for record in self for uid in (record.sbo_entered or {}).values())}

    @api.model
    def _sbo_without_note(self, vals):
        return {name: value for name, value in vals.items() if name != "sbo_entered"}

    @api.model
    def _sbo_concerns_content(self, vals):
        """Whether writing these values can change what is followed."""
        return not vals.keys().isdisjoint(self._sbo_followed)

    def _sbo_tell_changed(self, changed):
        """Hook of write(): what is followed has changed.

        :param changed: {record: {field: (old value, id of the user who had entered it)}}
        """
