from odoo import fields, models


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
