from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SboCustomerPolicy(models.AbstractModel):
    """What a company has decided about its customers: limits, shares and days (DOMAIN 3.7)."""

    _name = "sbo.customer.policy"
    _description = "Customer Policy"

    sbo_intake_clerk_id = fields.Many2one(
        "res.users", "New Customers Go to", domain=lambda self: self.env["sbo.served.mixin"]._sbo_clerk_domain(),
        help="Who assigns a new customer that nobody has brought in.")
    sbo_assign_hours = fields.Float("Hours to Assign", default=4, help="Working hours from receipt to assignment.")
    sbo_acknowledge_hours = fields.Float(
        "Hours to Acknowledge", default=8, help="Working hours from assignment to the salesperson's answer.")
    sbo_days_new = fields.Integer("New for Days", default=90)
    sbo_days_active = fields.Integer("Active for Days", default=90)
    sbo_days_warning = fields.Integer("Warning until Day", default=180)
    sbo_days_dormant = fields.Integer("Dormant until Day", default=365)
    sbo_own_interval = fields.Boolean(
        "Watch the Own Interval", help="A customer that is silent for twice its own usual interval is a warning, too.")
    sbo_share_a = fields.Float("Sales Share of A", default=80)
    sbo_share_b = fields.Float("Sales Share of A and B", default=95)
    sbo_contact_days_a = fields.Integer("Days between Contacts, A", default=30)
    sbo_contact_days_b = fields.Integer("Days between Contacts, B", default=90)
    sbo_contact_days_c = fields.Integer("Days between Contacts, C", default=180)
    sbo_figures_on = fields.Date("Purchase Records as of", readonly=True)
    sbo_graded_on = fields.Date("Graded on", readonly=True)

    @api.constrains("sbo_days_new", "sbo_days_active", "sbo_days_warning", "sbo_days_dormant")
    def _check_sbo_days(self):
        for company in self:
            if company.sbo_days_new < 1 or company.sbo_days_active < 1:
                raise ValidationError(self.env._("A customer is new and active for one day at least."))
            if not company.sbo_days_active < company.sbo_days_warning < company.sbo_days_dormant:
                raise ValidationError(self.env._(
                    "The days of the lifecycle must rise: a warning comes after active (%(active)s), "
                    "dormant after the warning (%(warning)s), and lost after dormant (%(dormant)s).",
                    active=company.sbo_days_active, warning=company.sbo_days_warning,
                    dormant=company.sbo_days_dormant))

    @api.constrains("sbo_share_a", "sbo_share_b")
    def _check_sbo_shares(self):
        for company in self:
            if not 0 < company.sbo_share_a <= company.sbo_share_b <= 100:
                raise ValidationError(self.env._(
                    "The shares are percents of the sales: the one of A is above 0, and the one of A and B together "
                    "is not below it and at most 100."))

    @api.constrains("sbo_contact_days_a", "sbo_contact_days_b", "sbo_contact_days_c")
    def _check_sbo_contact_days(self):
        for company in self:
            if not 0 < company.sbo_contact_days_a <= company.sbo_contact_days_b <= company.sbo_contact_days_c:
                raise ValidationError(self.env._(
                    "The better the customer, the fewer days may pass between contacts: one day at least for A, "
                    "not fewer for B than for A, and not fewer for C than for B."))

    @api.constrains("sbo_assign_hours", "sbo_acknowledge_hours")
    def _check_sbo_hours(self):
        for company in self:
            if company.sbo_assign_hours <= 0 or company.sbo_acknowledge_hours <= 0:
                raise ValidationError(self.env._("Assigning and acknowledging need more than no time."))
