from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class SboDeadline(models.AbstractModel):
    """Ends of time limits in working time, one query for any number of starts."""

    _name = "sbo.deadline"
    _description = "Deadlines"

    @api.model
    def _plan(self, company, starts, hours=0, days=0):
        """The moments at which a limit of working hours, or of whole working days, ends.

        :param starts: naive UTC moments
        :return: as many naive UTC moments, in the same order
        """
        if not starts:
            return []
        # Superuser: everybody may know when something is due, the calendar is not everybody's.
        calendar, openings = company._sbo_calendar(), self.env["sbo.working.day"].sudo()
        openings._ensure(calendar, min(starts).date(), max(starts).date() + timedelta(days=366))
        openings.flush_model()
        which, start = SQL("%s::integer", calendar.id or None), SQL("given.start")
        due = openings._sql_due_days(which, start, SQL("%s", days)) if days else openings._sql_due(
            which, start, SQL("%s", hours * 3600))
        rows = self.env.execute_query(SQL(
            "SELECT %s FROM unnest(%s::timestamp[]) WITH ORDINALITY AS given(start, no) ORDER BY given.no",
            due, list(starts)))
        return [row[0] for row in rows]
