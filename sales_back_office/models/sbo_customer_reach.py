from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..tools import phones


class SboCustomerReach(models.AbstractModel):
    """Whether a customer can be reached: phone numbers and addresses that cannot be right are told, never refused."""

    _name = "sbo.customer.reach"
    _description = "Phone and E-Mail of a Customer"

    sbo_phone_invalid = fields.Boolean(
        "Phone Cannot Be Right", compute="_compute_sbo_phone_invalid", store=True,
        help="Too few or too many digits, letters, or no such prefix. It is told, never refused.")
    sbo_email_invalid = fields.Boolean(
        "E-Mail Cannot Be Right", compute="_compute_sbo_email_invalid", store=True,
        help="Not an address that mail can be sent to. It is told, never refused.")

    @api.depends("phone", "country_id")
    def _compute_sbo_phone_invalid(self):
        for partner in self:
            country = partner.country_id or partner.company_id.country_id or self.env.company.country_id
            partner.sbo_phone_invalid = not phones.phone_plausible(partner.phone, country.code)

    @api.depends("email")
    def _compute_sbo_email_invalid(self):
        for partner in self:
            partner.sbo_email_invalid = not phones.email_plausible(partner.email)

    def _auto_init(self):
        # A million old partners are looked at by two plain statements; the finer rule comes with the next change.
        missing = [name for name in ("sbo_phone_invalid", "sbo_email_invalid")
                   if self._auto and not column_exists(self.env.cr, self._table, name)]
        for name in missing:
            create_column(self.env.cr, self._table, name, "bool")
        result = super()._auto_init()
        for name, source, pattern in (("sbo_phone_invalid", "phone", phones.SQL_PHONE),
                                      ("sbo_email_invalid", "email", phones.SQL_EMAIL)):
            if name in missing:
                self.env.cr.execute(SQL(
                    "UPDATE res_partner SET %(name)s = TRUE WHERE %(source)s <> '' AND %(source)s !~ %(pattern)s",
                    name=SQL.identifier(name), source=SQL.identifier(source), pattern=pattern))
        return result
