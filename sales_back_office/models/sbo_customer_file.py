from odoo import api, fields, models

CUSTOMER_TYPES = [("direct", "Direct Customer"), ("dealer", "Dealer"), ("agent", "Agent"), ("end_user", "End User")]
SIZES = [("large", "Large"), ("medium", "Medium"), ("small", "Small"), ("micro", "Micro")]


class SboCustomerFile(models.AbstractModel):
    """The customer file (客户档案, form F01): what is kept of a customer beside Odoo's own contact data."""

    _name = "sbo.customer.file"
    _description = "Customer File"

    sbo_is_customer = fields.Boolean(
        "Customer", compute="_compute_sbo_is_customer", store=True, readonly=False, precompute=True, index=True,
        copy=False, help="The back office keeps a file on this customer: it is assigned, verified and graded.")
    sbo_customer_type = fields.Selection(CUSTOMER_TYPES, "Customer Type", tracking=True)
    sbo_size = fields.Selection(SIZES, "Size", tracking=True)
    sbo_region_id = fields.Many2one("sbo.region", "Region", index="btree_not_null", tracking=True)
    sbo_collector_id = fields.Many2one(
        "res.users", "Collected by", index="btree_not_null", copy=False, help="Who brought the customer in.")
    sbo_filed_on = fields.Date("Filed", copy=False)

    @api.depends("customer_rank", "user_id", "sbo_clerk_id", "parent_id", "is_company")
    def _compute_sbo_is_customer(self):
        """Whoever has been sold to, or is to be: once a customer, always a customer."""
        for partner in self:
            contact = partner.parent_id and not partner.is_company
            served = partner.customer_rank or partner.user_id or partner.sbo_clerk_id
            partner.sbo_is_customer = partner.sbo_is_customer or bool(served and not contact)
