from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sbo_tender_flow import ENDED

SOURCES = [
    ("platform", "Bidding Platform"),
    ("invitation", "Invitation"),
    ("customer", "Customer"),
    ("agency", "Agency"),
    ("other", "Other"),
]
# A contract that came to nothing: another one can be drafted.
DEAD = ("cancelled", "terminated")


class SboTender(models.Model):
    """A tender that we take part in (投标项目, form F23): its deadlines, papers, bid bond, our price and the result."""

    _name = "sbo.tender"
    _description = "Tender"
    # What follows from a step stands before the flow, whose hook it extends; what guards a write, before the thread.
    _inherit = [
        "sbo.tender.papers", "sbo.tender.bond", "sbo.tender.deadlines", "sbo.tender.checks", "sbo.tender.flow",
        "sbo.filed.tender", "sbo.served.mixin", "sbo.checked.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "submission_at desc, id desc"
    _check_company_auto = True
    _rec_names_search = ("name", "project", "tender_ref")

    name = fields.Char("Tender No.", required=True, readonly=True, copy=False, default="/", index="trigram")
    project = fields.Char(required=True, tracking=True, index="trigram")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id, tracking=True)
    partner_id = fields.Many2one(
        "res.partner", "Tenderer", required=True, index=True, tracking=True, check_company=True,
        help="Who invites the bids, and signs the contract.")
    agency_id = fields.Many2one(
        "res.partner", tracking=True, check_company=True, help="Who runs the tender for the tenderer.")
    tender_ref = fields.Char("Tenderer's No.", tracking=True, copy=False, help="The number on the tender papers.")
    source = fields.Selection(SOURCES, required=True, default="platform", tracking=True)
    source_note = fields.Char("Found at", help="Address of the notice, or who told us.")
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, default=lambda self: self.env.user, tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    team_id = fields.Many2one(
        "crm.team", "Sales Team", compute="_compute_team_id", store=True, readonly=False, precompute=True,
        check_company=True)
    sbo_clerk_id = fields.Many2one(
        compute="_compute_sbo_clerk_id", store=True, readonly=False, precompute=True, copy=False)
    price = fields.Monetary("Our Price", tracking=True, copy=False)
    competitor_note = fields.Text(
        "Competitors' Prices", copy=False, help="Who else has bid, and for how much, as read out at the opening.")
    note = fields.Text("Notes")
    contract_ids = fields.One2many("sbo.contract", "tender_id", "Contracts", readonly=True)
    contract_id = fields.Many2one(
        "sbo.contract", compute="_compute_contract_id", store=True, index="btree_not_null",
        help="The contract that it became.")
    won_rate = fields.Float(
        "Won (%)", compute="_compute_won_rate", store=True, aggregator="avg",
        help="100 when won: its average over tenders that have ended is the share of those won.")

    @api.depends("user_id")
    def _compute_team_id(self):
        for tender in self:
            tender.team_id = tender.user_id.sale_team_id or tender.team_id

    @api.depends("partner_id", "user_id")
    def _compute_sbo_clerk_id(self):
        # Looked up, not depended on: handing a customer over must not ripple through its tenders.
        me = self.env.user if self.env.user.has_group("sales_back_office.sbo_group_clerk") else self.env["res.users"]
        for tender in self:
            clerk = tender.sbo_clerk_id
            if tender.state == "draft":
                clerk = tender.partner_id.commercial_partner_id.sbo_clerk_id or tender.user_id.sbo_clerk_id or clerk
            tender.sbo_clerk_id = clerk or me

    @api.depends("contract_ids.state")
    def _compute_contract_id(self):
        for tender in self:
            tender.contract_id = tender.contract_ids.filtered(lambda item: item.state not in DEAD).sorted("id")[:1]

    @api.depends("state")
    def _compute_won_rate(self):
        for tender in self:
            tender.won_rate = 100 if tender.state == "won" else 0

    @api.depends("name", "project")
    def _compute_display_name(self):
        for tender in self:
            # The project first: in a calendar there is room for its first words only.
            number = f"({tender.name})" if tender._origin else False
            tender.display_name = " ".join(filter(None, (tender.project, number))) or self.env._("New Tender")

    @api.model_create_multi
    def create(self, vals_list):
        """A tender gets the next number of its year."""
        for vals in vals_list:
            if vals.get("name", "/") == "/" or not self.env.su:
                company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
                vals["name"] = self.env["ir.sequence"].with_company(company).next_by_code(
                    self._name, company._sbo_today()) or "/"
        return super().create(vals_list)

    # === actions === #

    def action_create_contract(self):
        """The tender is won: draft its contract, or open the one that there is."""
        self.ensure_one()
        self.check_access("write")
        # Two people at once make one contract.
        self.env.cr.execute(SQL("SELECT id FROM sbo_tender WHERE id = %s FOR UPDATE", self.id))
        self.invalidate_recordset(["state", "contract_id"])
        if not self.contract_id:
            if self.state != "won":
                raise UserError(self.env._(
                    "“%s” is not won: a contract is made when the notice of award has been noted.", self.display_name))
            contract = self.env["sbo.contract"].create(self._prepare_contract())
            self.message_post(body=self.env._("Contract drafted: %s", contract.display_name))
        return self.action_open_contract()

    def action_open_contract(self):
        """The contract that the tender became."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract", "res_id": self.contract_id.id,
                "views": [[False, "form"]]}

    def _prepare_contract(self):
        """Hook: the values of the contract that a won tender becomes."""
        classes = self.env["sbo.contract.class"]
        contract_class = classes.search([("company_id", "=", self.company_id.id)], limit=1)
        if not contract_class:
            raise UserError(self.env._(
                "%s has no class of contracts yet: a back-office supervisor makes one, then the contract can be "
                "drafted.", self.company_id.name))
        return {
            "tender_id": self.id, "subject": self.project, "partner_id": self.partner_id.id,
            "amount": self.awarded_amount, "currency_id": self.currency_id.id, "company_id": self.company_id.id,
            "class_id": contract_class.id, "user_id": self.user_id.id, "team_id": self.team_id.id,
            "sbo_clerk_id": self.sbo_clerk_id.id,
        }

    def _sbo_check_clerk_change(self):
        for tender in self:
            free = tender.sbo_clerk_id in (self.env["res.users"], self.env.user) and tender.state not in ENDED
            if not free and not self._sbo_may_dispatch():
                raise AccessError(self.env._(
                    "%(clerk)s answers for “%(tender)s”: only that clerk or a back-office supervisor can hand it to "
                    "somebody else.", clerk=tender.sbo_clerk_id.name or "–", tender=tender.display_name))
