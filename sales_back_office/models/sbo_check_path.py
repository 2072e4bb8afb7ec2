from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

PERSON = ("many2one",)
MOMENT = ("date", "datetime")
FIGURE = ("integer", "float", "monetary")


class SboCheckPath(models.AbstractModel):
    """The fields that a check names, over dots: whether they exist and fit, and their columns."""

    _name = "sbo.check.path"
    _description = "Check: Fields"

    def _path_field(self, model, path):
        """The field at the end of a dotted path.

        :raise UserError: a step that does not exist
        """
        field = None
        for name in path.split("."):
            if field is not None and field.type == "date" or field is not None and field.type == "datetime":
                return self.env["ir.model"]._fields["id"]  # a part of a date, such as date.month_number: a number
            field = model._fields.get(name) if model is not None else None
            if field is None:
                raise UserError(self.env._("There is no field “%(path)s”.", path=path))
            model = self.env[field.comodel_name] if field.comodel_name else None
        return field

    def _check_paths(self):
        """What the rule names as person, date and figure is of that kind.

        :raise UserError: it is not, in words
        """
        model = self.env[self.model]
        if self.kind == "target":
            counted = self.env[self.target_model]
            self._check_path(counted, self.target_user_path, PERSON)
            self._check_path(counted, self.target_date_path, MOMENT)
            self._check_path(counted, self.target_sum_path, FIGURE)
        self._check_path(model, self.responsible_path, PERSON)
        self._check_path(model, self.due_path, MOMENT)
        for path in (self.evidence_fields or "").split(","):
            self._check_path(model, path.strip())

    def _check_path(self, model, path, types=None):
        if not path:
            return
        field = self._path_field(model, path)
        if types and field.type not in types or types == PERSON and field.comodel_name != "res.users":
            raise UserError({
                PERSON: self.env._("The field “%s” does not name a user.", path),
                MOMENT: self.env._("The field “%s” is not a date.", path),
                FIGURE: self.env._("The field “%s” is not a figure.", path),
            }[types])
        for name in path.split(".")[:-1]:
            if model._fields[name].type != "many2one":
                raise UserError(self.env._("“%s” leads to several records; a check follows single ones only.", path))
            model = self.env[model._fields[name].comodel_name]

    def _sql_path(self, model, query, path) -> SQL:
        """A column reached over many2one fields, joined into ``query``."""
        alias = model._table
        *steps, last = path.split(".")
        for name in steps:
            model, alias = model._fields[name].join(model, alias, query)
        return model._field_to_sql(alias, last, query)

    @api.model
    def _stored(self, model, name):
        field = model._fields.get(name)
        return bool(field and field.store and field.column_type)

    @api.model
    def _sql_name(self, model) -> SQL:
        """The record's name as its table has it: kept on the finding for the day the record is gone."""
        name = next((n for n in ("complete_name", model._rec_name) if n and self._stored(model, n)), None)
        if model._name == "res.users":
            return SQL("(SELECT name FROM res_partner WHERE id = %s)", SQL.identifier(model._table, "partner_id"))
        if not name or model._fields[name].translate:
            return SQL("%s || ' ' || %s", model._description, SQL.identifier(model._table, "id"))
        return SQL.identifier(model._table, name)
