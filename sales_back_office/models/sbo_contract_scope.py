from datetime import datetime

import pytz
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.periods import local_day


class SboContractScope(models.AbstractModel):
    """Of which contracts, and as of which moment, figures are asked for.

    A scope is a collection of contract ids, SQL of a query of them, or None for all: a page of a list, a night over the
    live ones and a register use the same fragments. The moment is the context's ``sbo_as_of`` (naive UTC), else now.
    Only for a day that is over are documents left out by their dates; for today all that is there counts, as Odoo
    itself shows it.
    """

    _name = "sbo.contract.scope"
    _description = "Scope of Contract Figures"

    @api.model
    def _day(self):
        """The local day that counts as today, in the company one works in."""
        return local_day(self._moment(), pytz.timezone(self.env.company._sbo_tz()))

    @api.model
    def _moment(self) -> datetime:
        """The moment that counts as now (naive UTC)."""
        return fields.Datetime.to_datetime(self.env.context.get("sbo_as_of")) or fields.Datetime.now()

    @api.model
    def _is_past(self):
        """Whether the figures are those of a day that is over."""
        return self._day() < self.env.company._sbo_today()

    @api.model
    def _sql_until(self, day) -> SQL:
        """AND: the date of a document is not after the past day that is asked for."""
        return SQL("AND %s <= %s", day, self._day()) if self._is_past() else SQL()

    @api.model
    def _sql_within(self, contract, scope) -> SQL:
        """The contract of a row is one of those asked for.

        :param contract: SQL of its id
        """
        if scope is None:
            return SQL("%s IS NOT NULL", contract)
        if isinstance(scope, SQL):
            return SQL("%s IN (%s)", contract, scope)
        return SQL("%s = ANY(%s)", contract, list(scope))

    @api.model
    def _sql_exchange(self, given, wanted, root, day) -> SQL:
        """What one of the given currency is in the wanted one, on a day, at the rates of a root company."""
        rate = self.env["sbo.payment.received"]._sql_rate
        return SQL("CASE WHEN %(given)s = %(wanted)s THEN 1 ELSE %(to)s / %(of)s END", given=given, wanted=wanted,
                   to=rate(wanted, root, day), of=rate(given, root, day))

    @api.model
    def _sql_root(self, company) -> SQL:
        """The company whose exchange rates hold for a company (a table's name): the root of its branches."""
        return SQL("split_part(%s, '/', 1)::integer", SQL.identifier(company, "parent_path"))
