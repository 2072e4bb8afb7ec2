from odoo import api, fields, models
from odoo.tools import SQL


class SboRegion(models.Model):
    """A sales region (地区): which states or countries belong to it, so that a customer's address names it."""

    _name = "sbo.region"
    _description = "Sales Region"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many("res.country.state", string="States")
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    def _compute_customer_count(self):
        counts = dict(self.env["res.partner"]._read_group(
            [("sbo_region_id", "in", self.ids), ("sbo_is_customer", "=", True)], ["sbo_region_id"], ["__count"]))
        for region in self:
            region.customer_count = counts.get(region, 0)

    # === actions === #

    def action_fill_customers(self):
        """Customers without a region, whose address names one of these, get it: one statement for any number."""
        self.check_access("write")
        self.env["res.partner"].flush_model()
        self.env.flush_all()
        [(count,)] = self.env.execute_query(SQL(
            """WITH filled AS (
                   UPDATE res_partner p SET sbo_region_id = a.region_id, write_date = now() AT TIME ZONE 'UTC',
                          write_uid = %(user)s
                     FROM (%(addresses)s) a
                    WHERE p.id = a.partner_id AND a.region_id = ANY(%(ids)s)
                RETURNING p.id)
               SELECT COUNT(*) FROM filled""",
            user=self.env.uid, addresses=self._sql_addresses(), ids=self.ids))
        self.env["res.partner"].invalidate_model(["sbo_region_id"])
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("%s customers got their region.", count),
                       "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    def action_customers(self):
        """The customers of these regions."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_customer_file_action")
        action["domain"] = [("sbo_is_customer", "=", True), ("sbo_region_id", "in", self.ids)]
        action["context"] = {}
        return action

    # === which address belongs to which region === #

    @api.model
    def _by_address(self):
        """A function from a partner to its region, after two reads for any number of partners."""
        # Superuser: whose region an address is does not depend on who enters the customer.
        regions = self.sudo().search([("active", "=", True)])
        states, countries = {}, {}
        for region in regions:
            for state in region.state_ids:
                states.setdefault((region.company_id, state), region)
            for country in region.country_ids:
                countries.setdefault((region.company_id, country), region)
        nowhere = self.browse()

        def region_of(partner):
            company = partner.sudo().company_id
            places = [(states, partner.state_id), (countries, partner.country_id)]
            for table, place in places:
                found = place and (table.get((company, place)) or table.get((nowhere.company_id, place)))
                if found:
                    return found.with_env(partner.env)
            return nowhere

        return region_of

    @api.model
    def _sql_addresses(self) -> SQL:
        """partner_id, region_id of the customers without a region, as :meth:`_by_address` tells it."""
        states, countries = self._fields["state_ids"], self._fields["country_ids"]
        return SQL(
            """SELECT p.id AS partner_id, (
                      SELECT r.id FROM sbo_region r
                        LEFT JOIN %(states)s s ON s.%(states_region)s = r.id AND s.%(state)s = p.state_id
                        LEFT JOIN %(countries)s c ON c.%(countries_region)s = r.id AND c.%(country)s = p.country_id
                       WHERE r.active AND (s.%(state)s IS NOT NULL OR c.%(country)s IS NOT NULL)
                         AND (r.company_id IS NULL OR r.company_id = p.company_id)
                       ORDER BY s.%(state)s IS NULL, r.company_id IS NULL, r.sequence, r.id LIMIT 1) AS region_id
                 FROM res_partner p
                WHERE p.sbo_is_customer AND p.sbo_region_id IS NULL
                  AND (p.state_id IS NOT NULL OR p.country_id IS NOT NULL)""",
            states=SQL.identifier(states.relation), countries=SQL.identifier(countries.relation),
            states_region=SQL.identifier(states.column1), state=SQL.identifier(states.column2),
            countries_region=SQL.identifier(countries.column1), country=SQL.identifier(countries.column2))
