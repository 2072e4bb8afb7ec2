from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

OPERATORS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


class SboCustomerCompleteness(models.AbstractModel):
    """How complete a customer's file is (档案完整度), by the company's list of what must be filled in."""

    _name = "sbo.customer.completeness"
    _description = "Completeness of a Customer File"

    sbo_completeness = fields.Integer(
        "Complete (%)", compute="_compute_sbo_completeness", search="_search_sbo_completeness",
        help="How much of what the company wants to have in the file is there.")
    sbo_missing = fields.Char("Missing in the File", compute="_compute_sbo_completeness")

    @api.depends("write_date", "sbo_customer_type", "is_company")
    @api.depends_context("company", "lang")
    def _compute_sbo_completeness(self):
        """One query for any number of customers; others have no file."""
        self.sbo_completeness, self.sbo_missing = 0, False
        customers = self.filtered(lambda partner: partner._origin.id and partner.sbo_is_customer)
        if not customers:
            return
        items = self.env["sbo.customer.requirement"]._in_force()
        rows = {partner_id: (share, missing) for partner_id, share, missing in self.env.execute_query(SQL(
            "SELECT p.id, %s, %s FROM res_partner p WHERE p.id = ANY(%s)",
            self._sbo_sql_completeness("p", items), self._sbo_sql_missing("p", items), customers._origin.ids))}
        names = {item.id: item.name for item in items}
        for partner in customers:
            share, missing = rows.get(partner._origin.id, (0, []))
            partner.sbo_completeness = share
            partner.sbo_missing = ", ".join(names[item] for item in missing) or False

    def _search_sbo_completeness(self, operator, value):
        if operator == "in":
            values = [int(item) for item in value]
            condition = SQL("%s = ANY(%s)", self._sbo_sql_completeness("p"), values)
        elif operator in OPERATORS:
            condition = SQL("%s %s %s", self._sbo_sql_completeness("p"), OPERATORS[operator], value)
        else:
            return NotImplemented
        return Domain("id", "in", SQL("(SELECT p.id FROM res_partner p WHERE %s AND %s)", SQL.identifier(
            "p", "sbo_is_customer", to_flush=self._fields["sbo_is_customer"]), condition))

    @api.model
    def _sbo_sql_missing(self, alias, items=None) -> SQL:
        """What is missing in a customer's file: an integer[] of requirements, in the order of the list.

        :param alias: of res_partner in the query, which is run by ``execute_query`` (it flushes what is looked at)
        :param items: the requirements; those in force when None
        """
        items = self.env["sbo.customer.requirement"]._in_force() if items is None else items
        cases = [
            SQL("CASE WHEN %s AND NOT %s THEN %s END", item._sql_applies(alias), item._sql_filled(alias), item.id)
            for item in items
        ]
        return SQL("ARRAY_REMOVE(ARRAY[%s]::integer[], NULL)", SQL(", ").join(cases))

    @api.model
    def _sbo_sql_completeness(self, alias, items=None) -> SQL:
        """How much is there, in whole percent; 100 only when nothing at all is missing."""
        items = self.env["sbo.customer.requirement"]._in_force() if items is None else items
        wanted = SQL(" + ").join([SQL("0"), *(SQL("(%s)::integer", item._sql_applies(alias)) for item in items)])
        return SQL("COALESCE(100 * (%(wanted)s - CARDINALITY(%(missing)s)) / NULLIF(%(wanted)s, 0), 100)",
                   wanted=wanted, missing=self._sbo_sql_missing(alias, items))
