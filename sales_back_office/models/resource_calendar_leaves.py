from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """Time off: a company-wide one (public holiday) rebuilds the working days."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._sbo_mark_calendars()
        return leaves

    def write(self, vals):
        self._sbo_mark_calendars()
        result = super().write(vals)
        self._sbo_mark_calendars()
        return result

    def unlink(self):
        self._sbo_mark_calendars()
        return super().unlink()

    def _sbo_mark_calendars(self):
        # One person's leave does not change the company's working days.
        general = self.filtered(lambda leave: not leave.resource_id)
        if not general:
            return
        calendars = general.calendar_id
        if not all(leave.calendar_id for leave in general):
            calendars = self.env["resource.calendar"]._sbo_in_use()
        self.env["sbo.working.day"]._mark(calendars)
