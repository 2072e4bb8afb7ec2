from odoo import api, fields, models


class ResCompany(models.Model):
    """A company: whose working hours and time zone its back office follows, since when it is checked."""

    _name = "res.company"
    _inherit = [
        "res.company", "sbo.customer.policy", "sbo.order.policy", "sbo.order.follow.policy", "sbo.payment.company",
        "sbo.tender.policy", "sbo.risk.policy", "sbo.contract.company", "sbo.document.company",
        "sbo.loan.policy", "sbo.backup.policy"]

    sbo_check_from = fields.Date(
        "Check From",
        default=fields.Date.context_today,
        help="Back-office checks look at facts due from this day on.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._sbo_mark_calendar()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if not {"resource_calendar_id", "sbo_check_from"}.isdisjoint(vals):
            self._sbo_mark_calendar()
        return result

    def _sbo_mark_calendar(self):
        # What is checked must be measurable: working days from the first checked day on.
        for company in self.sudo():
            self.env["sbo.working.day"]._mark_from(company.resource_calendar_id, company.sbo_check_from)

    def _sbo_calendar(self):
        """The working hours (resource.calendar, may be empty) that the company's time limits follow."""
        self.ensure_one()
        return self.sudo().resource_calendar_id

    def _sbo_tz(self):
        """The name of the company's time zone: where its days and periods begin."""
        self.ensure_one()
        company = self.sudo()
        return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"

    def _sbo_today(self):
        """Today where the company is, whatever time zone a caller claims to be in."""
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=self._sbo_tz()))
