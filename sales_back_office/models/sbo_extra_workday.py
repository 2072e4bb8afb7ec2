from odoo import api, fields, models


class SboExtraWorkday(models.Model):
    """One weekend or holiday date that is worked to make up for a public holiday (调休)."""

    _name = "sbo.extra.workday"
    _description = "Extra Working Day"
    _order = "date desc, id"
    _check_company_auto = True

    name = fields.Char("Reason", required=True, translate=True)
    date = fields.Date(required=True)
    as_weekday = fields.Selection(
        "_selection_as_weekday", string="Hours As On", required=True, default="0",
        help="The weekday whose working hours apply on this date.",
    )  # fmt: skip
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        ondelete="cascade",
        check_company=True,
        index="btree_not_null",
        help="Empty: all working hours of the company.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )

    _date_uniq = models.UniqueIndex(
        "(date, company_id, COALESCE(calendar_id, 0))",
        "This date is an extra working day already for these working hours.",
    )

    @api.model
    def _selection_as_weekday(self):
        return self.env["resource.calendar.attendance"]._fields["dayofweek"]._description_selection(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._mark_calendars()
        return days

    def write(self, vals):
        self._mark_calendars()
        result = super().write(vals)
        self._mark_calendars()
        return result

    def unlink(self):
        self._mark_calendars()
        return super().unlink()

    def _mark_calendars(self):
        calendars = self.calendar_id
        if not all(day.calendar_id for day in self):
            calendars = self.env["resource.calendar"]._sbo_in_use()
        self.env["sbo.working.day"]._mark(calendars)
