from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import clock, moments

# What a method check returns, in this order.
METHOD_COLUMNS = ("res_id", "key", "user_id", "due_at", "done_at", "quantity", "evidence")


class SboCheckQuery(models.AbstractModel):
    """How a check becomes one query: record, company, key, responsible, due, ended, quantity, evidence.

    The ledger alone reads it (whole, or narrowed to some records); an area that adds a rule writes a query
    and nothing else. The query runs for ``env.company``, in its time zone, as superuser, archived records too.
    """

    _name = "sbo.check.query"
    _description = "Check: Query"
    _inherit = ["sbo.check.path"]

    look_from = fields.Date(
        "Looks at Facts from", tracking=True,
        help="Facts due before this day are not looked at, such as those of the time before people could note them. "
        "Empty: the day from which the company's checks look.")

    # === what is searched === #

    def _in_company(self, company, as_of):
        """This check as the engine runs it: superuser, one company, its time zone, one moment."""
        return self.sudo().with_context(
            sbo_as_of=as_of,
            tz=company._sbo_tz(),
            allowed_company_ids=company.ids,
            active_test=False,
            lang=None,
        ).with_company(company)

    def _as_of(self):
        return clock.as_of(self.env)

    def _since_day(self):
        """The first day that this check looks at, in ``env.company``: the company's or its own, the later of both."""
        return max(filter(None, (self.env.company.sbo_check_from, self.look_from)), default=None)

    def _since(self):
        """The first moment that this check looks at (naive UTC)."""
        day = self._since_day()
        return day and moments.to_utc(fields.Datetime.to_datetime(day), self.env.tz)

    def _query(self, ids=None) -> SQL:
        """The findings of this check now, for ``env.company``.

        :param ids: only these records, all when None
        :return: columns res_id, res_name, company_id, team_id, key, user_id, due_at, done_at, quantity, evidence, and
            severity when the check is graded
        """
        self.ensure_one()
        model = self.env[self.model]
        if self.kind == "domain":
            query, facts = self._domain_query(model), self._domain_facts
        else:
            query, facts = self._method_query(model, ids), self._method_facts
        if ids is not None:
            query.add_where(SQL("%s = ANY(%s)", SQL.identifier(model._table, "id"), list(ids)))
        return self._answered(model, query, facts(model, query))

    def _domain_query(self, model):
        domain = self._resolved(self._literal_domain(), model)
        if "company_id" in model._fields:
            domain &= Domain("company_id", "in", [self.env.company.id, False])
        query = model._search(domain, active_test=False, bypass_access=True)
        if query.is_empty():
            query = model._search(Domain.TRUE, active_test=False, bypass_access=True)
            query.add_where(SQL("FALSE"))
        return query

    def _method_query(self, model, ids):
        query = model._search(Domain.TRUE, active_test=False, bypass_access=True)
        found = self._target_sql(ids) if self.kind == "target" else getattr(model, self.method)(self, ids)
        query.add_join("JOIN", "found", SQL("(%s)", found), SQL(
            "%s = %s", SQL.identifier("found", "res_id"), SQL.identifier(model._table, "id")))
        return query

    def _domain_facts(self, model, query):
        """Columns of a domain check: each found record is one case."""
        due = self._sql_path(model, query, self.due_path) if self.due_path else SQL("NULL::timestamp")
        if self.due_path and self._path_field(model, self.due_path).type == "date":
            # A date is over when its local day is over.
            due = SQL("((%s + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", due, self.env.tz.zone)
        names = [name.strip() for name in (self.evidence_fields or "").split(",") if name.strip()]
        pairs = [SQL("%s, %s", name, self._sql_path(model, query, name)) for name in names]
        return {
            "key": SQL("''"),
            "user_id": SQL("NULL::integer"),
            "due_at": due,
            "done_at": SQL("NULL::timestamp"),
            "quantity": SQL("1.0"),
            "evidence": SQL("jsonb_build_object(%s)", SQL(", ").join(pairs)) if pairs else SQL("'{}'::jsonb"),
        }

    def _method_facts(self, model, query):
        names = METHOD_COLUMNS[1:] + (("severity",) if self._is_graded() else ())
        return {name: SQL.identifier("found", name) for name in names}

    # === who answers, and for which company === #

    def _answered(self, model, query, facts) -> SQL:
        """The query with names, the responsible at the due moment and the company of each case."""
        company = self.env.company
        if "company_id" in model._fields and self.kind != "domain":
            column = SQL.identifier(model._table, "company_id")
            query.add_where(SQL("(%s = %s OR %s IS NULL)", column, company.id, column))
        columns = dict(facts, **self._record_columns(model, query), **self._holder_columns(model, query))
        joins, user = self._answering(model)
        since = self._since()
        graded = "severity" in facts
        return SQL(
            """SELECT a.res_id, a.res_name, %(company)s AS company_id, a.team_id, a.key, a.user_id, a.due_at, a.done_at,
                      %(quantity)s AS quantity, a.evidence%(level)s
                 FROM (SELECT c.res_id, c.res_name, c.company_id, c.team_id, c.key, c.due_at, c.done_at, c.quantity,
                              c.evidence%(case_level)s, %(user)s AS user_id
                         FROM (%(cases)s) c %(joins)s) a
                 LEFT JOIN res_users answering ON answering.id = a.user_id
                WHERE COALESCE(a.company_id, answering.company_id, %(first)s) = %(company)s %(since)s""",
            cases=query.select(*[SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in columns.items()]),
            joins=joins, user=user, quantity=self._sql_quantity(), company=company.id,
            level=SQL(", a.severity") if graded else SQL(), case_level=SQL(", c.severity") if graded else SQL(),
            # Records of nobody in no company belong to the first one, so that they are told once.
            first=self._first_company().id,
            since=SQL("AND (a.due_at IS NULL OR a.due_at >= %s)", since) if since else SQL(),
        )

    def _answering(self, model):
        """(joins, user) of the cases ``c``: whom the query names, else who held the record at the due moment."""
        if self.kind == "target" or not self.responsible_path:
            # A person's own figure or error is not passed on to a deputy.
            return SQL(), SQL("c.user_id")
        return self.env["sbo.responsibility"]._sql_at(
            self._holder_model(model)._name,
            SQL("CASE WHEN c.user_id IS NULL THEN c.holder_id END"),
            SQL("COALESCE(c.due_at, %s)", self._as_of()),
            SQL("COALESCE(c.user_id, c.holder_user_id)"))

    def _record_columns(self, model, query):
        none = SQL("NULL::integer")
        return {
            "res_id": SQL.identifier(model._table, "id"),
            "res_name": self._sql_name(model),
            "company_id": model._field_to_sql(model._table, "company_id", query) if self._stored(model, "company_id")
            else none,
            "team_id": model._field_to_sql(model._table, "team_id", query) if self._stored(model, "team_id") else none,
        }

    def _holder_columns(self, model, query):
        """The record whose clerk answers, and that clerk as the record says today."""
        if not self.responsible_path:
            return {"holder_id": SQL("NULL::integer"), "holder_user_id": SQL("NULL::integer")}
        path = self.responsible_path.rpartition(".")[0]
        holder = self._sql_path(model, query, path) if path else SQL.identifier(model._table, "id")
        return {"holder_id": holder, "holder_user_id": self._sql_path(model, query, self.responsible_path)}

    def _holder_model(self, model):
        for name in (self.responsible_path or "").split(".")[:-1]:
            model = self.env[model._fields[name].comodel_name]
        return model

    def _sql_quantity(self) -> SQL:
        """Late working hours or days grow with time; other quantities come from the query."""
        if self.unit not in ("hour", "day"):
            return SQL("COALESCE(a.quantity, 1)")
        openings = self.env["sbo.working.day"]
        span = (SQL("%s::integer", self._calendar().id or None), SQL("a.due_at"),
                SQL("COALESCE(a.done_at, %s)", self._as_of()))
        late = openings._sql_late_days(*span) if self.unit == "day" else SQL(
            "%s / 3600", openings._sql_late_seconds(*span))
        return SQL("ROUND(COALESCE(%s, 0)::numeric, 2)", late)

    def _calendar(self):
        """The company's working hours, with its working days known for all that is looked at."""
        calendar = self.env.company._sbo_calendar()
        since = self.env.company.sbo_check_from or self._as_of().date()
        self.env["sbo.working.day"]._ensure(calendar, min(since, self._as_of().date()), self._as_of().date())
        return calendar

    @api.model
    def _first_company(self):
        return self.env["res.company"].sudo().search([], order="id", limit=1)

    # === the condition === #

    def _literal_domain(self):
        """The condition as it was entered.

        :raise UserError: it is not a plain list of conditions
        """
        try:
            domain = literal_eval((self.domain or "[]").strip())
        except SyntaxError as error:
            raise UserError(self.env._("The condition cannot be read: %s.", error.msg)) from error
        except ValueError as error:
            raise UserError(self.env._(
                "The condition cannot be read: only plain values can stand in it, dates as “today -30d”.")) from error
        if not isinstance(domain, list):
            raise UserError(self.env._("The condition cannot be read: a list of conditions is expected."))
        try:
            return Domain(domain)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("The condition cannot be read: %s.", error)) from error

    def _resolved(self, domain, model):
        """The domain with "today", "now -3d" … replaced by the dates they mean at ``as_of``."""
        as_of, tz = self._as_of(), self.env.tz
        week_start = int(self.env["res.lang"]._get_data(code=self.env.user.lang or "en_US").week_start or 1) - 1

        def moment(value):
            if not moments.is_relative(value):
                return value
            try:
                return moments.resolve(value, as_of, tz, week_start)
            except ValueError as error:
                raise UserError(self.env._(
                    "“%s” is not a date. Write 2026-03-31, or words such as today, today -30d, now -2H, =monday.",
                    value)) from error

        def resolve(condition):
            field = self._path_field(model, condition.field_expr)
            value = condition.value
            if field.relational and condition.operator in ("any", "not any"):
                value = list(self._resolved(Domain(value), self.env[field.comodel_name]))
            elif field.type in ("date", "datetime"):
                value = [*map(moment, value)] if isinstance(value, list | tuple) else moment(value)
            return Domain(condition.field_expr, condition.operator, value)

        return domain.map_conditions(resolve)
