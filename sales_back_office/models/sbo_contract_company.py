from odoo import fields, models

ROLES = ("sales_back_office.sbo_group_manager", "sales_team.group_sale_manager", "account.group_account_manager")


class SboContractCompany(models.AbstractModel):
    """Who gets a company's contract summaries, and which ones."""

    _name = "sbo.contract.company"
    _description = "Contract Summaries, of a Company"

    sbo_summary_user_ids = fields.Many2many(
        "res.users", "sbo_contract_summary_recipient_rel", "company_id", "user_id", string="Contract Summaries to",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="General manager, sales manager, finance. Empty: all back-office managers, sales administrators and "
        "accounting administrators of the company.")
    sbo_summary_month = fields.Boolean("Monthly Contract Summary", default=True)
    sbo_summary_quarter = fields.Boolean("Quarterly Contract Summary", default=True)
    sbo_summary_year = fields.Boolean("Annual Contract Summary", default=True)

    def _sbo_summary_users(self):
        """Who gets the contract summaries of this company: as chosen, else whoever leads."""
        self.ensure_one()
        # Superuser: the night's work asks for people whom nobody in particular may see.
        company = self.sudo()
        users = company.sbo_summary_user_ids
        if not users:
            users = users.union(*(self.env.ref(group).sudo().all_user_ids for group in ROLES))
        root = self.env.ref("base.user_root")
        return users.filtered(lambda user: user.active and company in user.company_ids and user.email and user != root)

    def _sbo_summary_kinds(self):
        """The kinds of periods that are summed up: month, quarter, year."""
        return [kind for kind in ("month", "quarter", "year") if self[f"sbo_summary_{kind}"]]
