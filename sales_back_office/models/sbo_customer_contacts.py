from odoo import api, fields, models
from odoo.tools import SQL

from .sbo_contacted_mixin import SEEN_BY


class SboCustomerContacts(models.AbstractModel):
    """What a customer shows of the contact log (客户联系), and the check on customers nobody has spoken to."""

    _name = "sbo.customer.contacts"
    _description = "Contacts with a Customer"
    _inherit = ["sbo.contacted.mixin"]

    sbo_last_contact_at = fields.Datetime("Last Contact", compute="_compute_sbo_last_contact_at", groups=SEEN_BY)

    def _compute_sbo_contact_count(self):
        """Contacts of a customer, and those with a contact person."""
        super()._compute_sbo_contact_count()
        people = self.filtered(lambda partner: partner._origin.id and partner != partner.commercial_partner_id)
        if not people:
            return
        groups = self.env["sbo.contact.log"]._read_group(
            [("contact_id", "in", people._origin.ids)], ["contact_id"], ["__count"])
        counts = {person.id: count for person, count in groups}
        for person in people:
            person.sbo_contact_count = counts.get(person._origin.id, 0)

    @api.depends_context("company")
    def _compute_sbo_last_contact_at(self):
        """When the customer was last reached from this company: one query for a page."""
        groups = self.env["sbo.contact.log"].sudo()._read_group(
            [("partner_id", "in", self._origin.ids), ("company_id", "=", self.env.company.id),
             ("result", "!=", "not_reached")], ["partner_id"], ["date:max"])
        latest = {partner.id: moment for partner, moment in groups}
        for partner in self:
            partner.sbo_last_contact_at = latest.get(partner._origin.id)

    def action_sbo_contacts(self):
        """The contacts of this customer, or with this contact person."""
        action = super().action_sbo_contacts()
        if self != self.commercial_partner_id:
            action["domain"] = [("contact_id", "=", self.id)]
        return action

    def _sbo_query_contact_overdue(self, check, ids=None) -> SQL:
        """Customers with a clerk whom nobody has reached for longer than their grade allows (DOMAIN 3.7, F21).

        The days begin with the last contact, else when the customer was filed, but not before the company checks at
        all. D is left alone, and so is who has never bought.
        """
        company, as_of = check.env.company, check._as_of()
        policy = company.sudo()
        return SQL(
            """SELECT x.id AS res_id, '' AS key, NULL::integer AS user_id, x.due_at, NULL::timestamp AS done_at,
                      1.0 AS quantity, jsonb_build_object('last_contact', x.last_on, 'grade', UPPER(x.grade),
                                                          'contact_days', x.days) AS evidence
                 FROM (SELECT g.*, ((GREATEST(g.start_on, %(since)s::date) + g.days + 1)::timestamp
                                    AT TIME ZONE %(tz)s AT TIME ZONE 'UTC') AS due_at
                         FROM (SELECT p.id, l.last_on, COALESCE(f.grade, 'c') AS grade,
                                      COALESCE(l.last_on, p.sbo_filed_on, p.create_date::date) AS start_on,
                                      CASE COALESCE(f.grade, 'c') WHEN 'a' THEN %(a)s WHEN 'b' THEN %(b)s
                                                                  ELSE %(c)s END AS days
                                 FROM res_partner p %(figure)s
                                 LEFT JOIN (SELECT partner_id, (MAX(date) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                                                               AS last_on
                                              FROM sbo_contact_log
                                             WHERE company_id = %(company)s AND date <= %(as_of)s AND active
                                               AND result <> 'not_reached' GROUP BY 1) l ON l.partner_id = p.id
                                WHERE p.active AND p.sbo_is_customer AND p.sbo_clerk_id IS NOT NULL
                                  AND f.lifecycle <> 'prospect' AND f.grade IS DISTINCT FROM 'd' %(narrow)s) g) x
                WHERE x.due_at <= %(as_of)s""",
            figure=self.env["sbo.customer.figure"]._sql_join(SQL("p.id"), company.id, "f"),
            since=check._since_day(), tz=company._sbo_tz(), company=company.id, as_of=as_of,
            a=policy.sbo_contact_days_a, b=policy.sbo_contact_days_b, c=policy.sbo_contact_days_c,
            narrow=self._sbo_sql_narrow(SQL("p.id"), ids))
