from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """A customer, with the clerk who serves it."""

    _name = "res.partner"
    _inherit = [
        "res.partner", "sbo.served.mixin", "sbo.res.partner.checks", "sbo.customer.file", "sbo.customer.filing",
        "sbo.customer.reach", "sbo.customer.completeness", "sbo.customer.file.checks", "sbo.customer.figures",
        "sbo.customer.contacts", "sbo.customer.assignments", "sbo.customer.handover",
        "sbo.customer.quality", "sbo.customer.duplicates", "sbo.payment.customer", "sbo.filed.partner",
        "sbo.borrower",
    ]

    sbo_clerk_id = fields.Many2one(
        compute="_compute_sbo_clerk_id", store=True, readonly=False, precompute=True, copy=False
    )

    @api.depends("user_id")
    def _compute_sbo_clerk_id(self):
        # A customer keeps its clerk when the salesperson changes: that is handed over on purpose only.
        for partner in self:
            inherits = partner.parent_id and not partner.is_company
            if not partner.sbo_clerk_id and partner.user_id and not inherits:
                partner.sbo_clerk_id = partner.user_id._sbo_default_clerk()
            else:
                partner.sbo_clerk_id = partner.sbo_clerk_id

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self._sbo_log_mail(message, msg_values)
        return result

    def _sbo_check_clerk_change(self):
        if self._sbo_may_dispatch():
            return
        for partner in self:
            if partner.sbo_clerk_id and self.env.user not in partner.sbo_clerk_id | partner.user_id:
                raise AccessError(
                    self.env._(
                        "%(customer)s is served by %(clerk)s: only that clerk, the customer's salesperson, "
                        "a back-office supervisor or a sales manager can hand it to somebody else.",
                        customer=partner.display_name,
                        clerk=partner.sbo_clerk_id.name,
                    )
                )
