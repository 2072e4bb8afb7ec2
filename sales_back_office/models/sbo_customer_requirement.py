from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .sbo_customer_file import CUSTOMER_TYPES
from .sbo_licence import KINDS

MANY = ("one2many", "many2many")


class SboCustomerRequirement(models.Model):
    """Something that must be filled in in a customer's file (档案必填项), for one customer type or for all."""

    _name = "sbo.customer.requirement"
    _description = "Required in the Customer File"
    _order = "sequence, id"

    name = fields.Char(
        "Required", required=True, translate=True, help="In the words in which a clerk is told that it is missing.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    customer_type = fields.Selection(CUSTOMER_TYPES, help="Empty: for every type.")
    companies_only = fields.Boolean(help="Customers who are persons need not have it.")
    field_path = fields.Char(
        "Field", required=True,
        help="Technical name of a field of the customer, such as vat. Of a list (child_ids) at least one entry is "
        "wanted; child_ids.phone wants at least one entry in which the phone is filled in.")
    licence_kind = fields.Selection(
        KINDS, help="For the field sbo_licence_ids: at least one licence of this kind.")
    partner_model = fields.Char(compute="_compute_partner_model", help="For the choice of the field.")

    def _compute_partner_model(self):
        self.partner_model = "res.partner"

    @api.constrains("field_path", "licence_kind")
    def _check_field_path(self):
        """A rule that cannot be looked up is refused when it is saved, with the reason in words."""
        for requirement in self:
            fault = requirement._path_fault()
            if fault:
                raise ValidationError(fault)

    def _path_fault(self):
        """What is wrong with the field, in words, or nothing."""
        first, _dot, rest = (self.field_path or "").partition(".")
        partners = self.env["res.partner"]
        field = partners._fields.get(first)
        if field is None:
            return self.env._("Customers have no field “%s”.", first)
        if self.licence_kind and first != "sbo_licence_ids":
            return self.env._("A kind of licence goes with the field sbo_licence_ids only.")
        if not rest:
            return self._field_fault(field)
        if not field.relational:
            return self.env._("“%(first)s” is a single value: nothing can follow after it.", first=first)
        inner = self.env[field.comodel_name]._fields.get(rest)
        if inner is None:
            return self.env._("The records of “%(first)s” have no field “%(rest)s”.", first=first, rest=rest)
        if inner.type in MANY:
            return self.env._("“%s” is a list within a list: one step is looked at only.", self.field_path)
        return self._field_fault(field) or self._field_fault(inner)

    def _field_fault(self, field):
        stored = field.store and field.column_type or field.type == "many2many" and field.store
        if field.type == "one2many":
            inverse = self.env[field.comodel_name]._fields.get(field.inverse_name)
            stored = bool(inverse and inverse.store and inverse.type == "many2one")
        if field.type == "binary" or not stored:
            return self.env._("“%s” is worked out when it is looked at, so it cannot be required.", field.string)
        return None

    # === SQL: what is missing, for any number of customers === #

    @api.model
    def _in_force(self):
        """The requirements of the company, in order."""
        # Superuser: a salesperson does not see the list, but is told what is missing.
        return self.sudo().with_context(active_test=True).search(
            [("company_id", "in", [self.env.company.id, False])])

    def _sql_applies(self, alias) -> SQL:
        """Whether this requirement concerns a customer."""
        conditions = [SQL("TRUE")]
        if self.customer_type:
            conditions.append(SQL("COALESCE(%s, '') = %s", self._sql_column(alias, "sbo_customer_type"),
                                  self.customer_type))
        if self.companies_only:
            conditions.append(SQL("COALESCE(%s, FALSE)", self._sql_column(alias, "is_company")))
        return SQL(" AND ").join(conditions)

    def _sql_filled(self, alias) -> SQL:
        """Whether a customer has it."""
        first, _dot, rest = self.field_path.partition(".")
        field = self.env["res.partner"]._fields[first]
        if field.type not in MANY and not rest:
            return self._sql_has_value("res.partner", alias, field)
        entries = self.env[field.comodel_name]
        conditions = [self._sql_entry_of(field, alias)]
        if rest:
            conditions.append(self._sql_has_value(entries._name, "entry", entries._fields[rest]))
        if self.licence_kind:
            conditions.append(SQL("%s = %s", self._sql_column("entry", "kind", entries), self.licence_kind))
        if "active" in entries._fields and entries._fields["active"].store:
            conditions.append(self._sql_column("entry", "active", entries))
        return SQL("EXISTS (SELECT 1 FROM %s entry WHERE %s)",
                   SQL.identifier(entries._table), SQL(" AND ").join(conditions))

    @api.model
    def _sql_entry_of(self, field, alias) -> SQL:
        if field.type == "one2many":
            return SQL("%s = %s", self._sql_column("entry", field.inverse_name, self.env[field.comodel_name]),
                       SQL.identifier(alias, "id"))
        if field.type == "many2many":
            return SQL(
                "entry.id IN (SELECT %s FROM %s WHERE %s = %s)", SQL.identifier(field.column2),
                SQL.identifier(field.relation), SQL.identifier(field.column1), SQL.identifier(alias, "id"))
        return SQL("entry.id = %s", self._sql_column(alias, field.name))

    @api.model
    def _sql_column(self, alias, name, model=None) -> SQL:
        # Superuser: whether a field is filled in is told to those, too, who may not read it.
        model = (self.env["res.partner"] if model is None else model).sudo()
        return model._field_to_sql(alias, name)

    @api.model
    def _sql_has_value(self, model, alias, field) -> SQL:
        value = self._sql_column(alias, field.name, self.env[model])
        if field.type in ("integer", "float", "monetary"):
            return SQL("COALESCE(%s, 0) <> 0", value)
        if field.type == "boolean":
            return SQL("COALESCE(%s, FALSE)", value)
        if field.type in ("char", "text", "html", "selection"):
            return SQL("COALESCE(%s::text, '') <> ''", value)
        return SQL("%s IS NOT NULL", value)
