from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

CUSTOMER_TYPES = [("direct", "Direct Customer"), ("dealer", "Dealer"), ("agent", "Agent"), ("end_user", "End User")]
SIZES = [("large", "Large"), ("medium", "Medium-Sized"), ("small", "Small"), ("micro", "Micro")]
FREIGHT = [("us", "We"), ("customer", "Customer"), ("collect", "Customer, on Receipt"), ("pickup", "Customer Fetches")]


class SboCustomerFile(models.AbstractModel):
    """The customer file (客户档案, form F01): what is kept of a customer beside Odoo's own contact data."""

    _name = "sbo.customer.file"
    _description = "Customer File"

    sbo_is_customer = fields.Boolean(
        "Customer", compute="_compute_sbo_is_customer", store=True, readonly=False, precompute=True, index=True,
        copy=False, help="The back office keeps a file on this customer: it is assigned, verified and graded.")
    sbo_customer_type = fields.Selection(CUSTOMER_TYPES, "Customer Type", tracking=True)
    sbo_size = fields.Selection(SIZES, "Size", tracking=True)
    sbo_region_id = fields.Many2one(
        "sbo.region", "Region", compute="_compute_sbo_region_id", store=True, readonly=False,
        index="btree_not_null", tracking=True, help="By the address, unless somebody says otherwise.")
    sbo_legal_representative = fields.Char("Legal Representative", tracking=True)
    sbo_registered_on = fields.Date("Registered", tracking=True, help="The day the company was registered.")
    sbo_business_scope = fields.Text("Business Scope")
    sbo_invoice_title = fields.Char(
        "Invoice Title", tracking=True, help="Name as it is printed on invoices, exactly as in the customer's papers.")
    sbo_invoice_address = fields.Char("Address on Invoices", tracking=True)
    sbo_invoice_phone = fields.Char("Phone on Invoices", tracking=True)
    sbo_preferences = fields.Text("Needs and Preferences", help="What the customer buys, expects and does not want.")
    sbo_carrier = fields.Char("Usual Carrier")
    sbo_freight_by = fields.Selection(FREIGHT, "Freight Is Paid by")
    sbo_delivery_note = fields.Text(
        "Delivery Notes", help="What whoever ships should know: hours, gate, packing, papers.")
    sbo_licence_ids = fields.One2many("sbo.licence", "partner_id", "Licences")

    @api.depends("customer_rank", "user_id", "sbo_clerk_id", "parent_id", "is_company")
    def _compute_sbo_is_customer(self):
        """Whoever has been sold to, or is to be: once a customer, always a customer. Colleagues are none."""
        for partner in self:
            contact = (partner.parent_id and not partner.is_company) or (partner.id and not partner.partner_share)
            served = partner.customer_rank or partner.user_id or partner.sbo_clerk_id
            partner.sbo_is_customer = partner.sbo_is_customer or bool(served and not contact)

    @api.depends("state_id", "country_id")
    def _compute_sbo_region_id(self):
        """The region that names the state, else the one that names the country; none of them: it stays."""
        regions = self.env["sbo.region"]._by_address()
        for partner in self:
            if not partner.parent_id or partner.is_company:
                partner.sbo_region_id = regions(partner) or partner.sbo_region_id

    def _auto_init(self):
        # Who is a customer already is found by one statement, not by a computation for each of a million partners.
        fresh = self._auto and not column_exists(self.env.cr, self._table, "sbo_is_customer")
        if fresh:
            create_column(self.env.cr, self._table, "sbo_is_customer", "bool")
        if self._auto and not column_exists(self.env.cr, self._table, "sbo_region_id"):
            create_column(self.env.cr, self._table, "sbo_region_id", "int4")
        result = super()._auto_init()
        if fresh:
            self._sbo_fill_customers()
        return result

    @api.model
    def _sbo_fill_customers(self):
        """Partners from before the installation: who has been sold to, has a salesperson, a clerk or an order."""
        self.env.cr.execute(SQL(
            """UPDATE res_partner SET sbo_is_customer = TRUE,
                      sbo_filed_on = COALESCE(sbo_filed_on, create_date::date)
                WHERE (parent_id IS NULL OR is_company) AND partner_share
                  AND (customer_rank > 0 OR user_id IS NOT NULL OR sbo_clerk_id IS NOT NULL OR id IN (
                       SELECT c.commercial_partner_id FROM sale_order o JOIN res_partner c ON c.id = o.partner_id))"""))

    def _sbo_become_customer(self):
        """Whoever gets an offer is a customer: the commercial partners of these, in one statement."""
        fresh = self.commercial_partner_id.filtered(
            lambda partner: not partner.sbo_is_customer and partner.partner_share)
        # Superuser: a salesperson who may not write on customers may make an order for one.
        fresh.sudo().write({"sbo_is_customer": True})
