from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """A line of working hours: changing one rebuilds the working days."""

    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["sbo.working.day"]._mark(lines.calendar_id)
        return lines

    def write(self, vals):
        calendars = self.calendar_id
        result = super().write(vals)
        self.env["sbo.working.day"]._mark(calendars | self.calendar_id)
        return result

    def unlink(self):
        self.env["sbo.working.day"]._mark(self.calendar_id)
        return super().unlink()
