from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_contract_content import HEAD
from .sbo_contract_flow import BINDING, LIVE, STATES


class SboContract(models.Model):
    """A sales contract (销售合同): what was agreed with a customer, who signed, where the paper is, how it is kept."""

    _name = "sbo.contract"
    _description = "Sales Contract"
    _inherit = [
        "sbo.filed.contract",
        "sbo.contract.reviewed",
        "sbo.contract.numbered", "sbo.contract.content", "sbo.contract.originals", "sbo.contract.signature",
        "sbo.contract.plan", "sbo.contract.versions", "sbo.contract.checks",
        "sbo.contract.ordered", "sbo.contract.coverage", "sbo.contract.flagged", "sbo.contract.performed",
        "sbo.contract.schedule.checks", "sbo.contract.tendered",
        "sbo.served.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "signed_on desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "subject", "customer_ref"]
    _signed_states = BINDING
    _drafted_names = frozenset(HEAD)

    state = fields.Selection(STATES, group_expand=True)
    subject = fields.Char(
        "Subject Matter", required=True, tracking=True, help="What the contract is about, as its title says.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id, tracking=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, tracking=True, ondelete="restrict", check_company=True)
    customer_ref = fields.Char("Customer's Contract No.", tracking=True)
    class_id = fields.Many2one(
        "sbo.contract.class", required=True, index=True, check_company=True, tracking=True, ondelete="restrict",
        default=lambda self: self._default_class_id())
    template_id = fields.Many2one(
        "sbo.contract.template", "Standard Contract", check_company=True, ondelete="restrict", index="btree_not_null",
        domain="[('company_id', '=', company_id), ('class_id', 'in', (class_id, False))]",
        help="The standard text that it is made from, in its version.")
    template_outdated = fields.Boolean(
        "Out-of-Date Standard", compute="_compute_template_outdated", search="_search_template_outdated",
        help="There is a newer version of the standard contract than the one this draft is made from.")
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, tracking=True, compute="_compute_user_id", store=True, readonly=False,
        precompute=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    team_id = fields.Many2one(
        "crm.team", "Sales Team", compute="_compute_team_id", store=True, readonly=False, precompute=True, index=True)
    sbo_clerk_id = fields.Many2one(
        compute="_compute_sbo_clerk_id", store=True, readonly=False, precompute=True, copy=False)
    expiry = fields.Selection(
        [("none", "In Time"), ("soon", "Expires Soon"), ("over", "Expired")], compute="_compute_expiry",
        help="Of a contract in force: soon is within thirty days.")
    order_ids = fields.One2many("sale.order", "sbo_contract_id", "Orders", readonly=True)
    order_count = fields.Integer(compute="_compute_order_count")
    line_ids = fields.One2many("sbo.contract.line", "contract_id", "Agreed Prices and Quantities", copy=True)
    milestone_ids = fields.One2many("sbo.contract.milestone", "contract_id", "Obligations", copy=True)
    review_ids = fields.One2many("sbo.contract.review", "contract_id", "Reviews", readonly=True)
    note = fields.Html("Notes")

    @api.model
    def _default_class_id(self):
        return self.env["sbo.contract.class"].search([("company_id", "=", self.env.company.id)], limit=1)

    @api.depends("template_id", "state")
    def _compute_template_outdated(self):
        newest = self.template_id._newest()
        for contract in self:
            newer = newest.get(contract.template_id._origin)
            contract.template_outdated = contract.state == "draft" and bool(newer)

    def _search_template_outdated(self, operator, value):
        if operator != "in":
            return NotImplemented
        texts = self.env["sbo.contract.template"].with_context(active_test=False)
        newest = texts.search([("company_id", "in", self.env.companies.ids)])._newest()
        domain = [("state", "=", "draft"), ("template_id", "in", [text.id for text, newer in newest.items() if newer])]
        return domain if True in value else ["!", "&", *domain]

    @api.depends("partner_id")
    def _compute_user_id(self):
        # The customer's salesperson is looked up, not depended on: handing a customer over moves no old contracts.
        for contract in self:
            if not contract._origin or contract.state == "draft":
                usual = contract.partner_id.commercial_partner_id.user_id
                contract.user_id = contract.user_id or usual or self.env.user

    @api.depends("user_id")
    def _compute_team_id(self):
        for contract in self:
            contract.team_id = contract.team_id or contract.user_id.sale_team_id

    @api.depends("partner_id", "user_id")
    def _compute_sbo_clerk_id(self):
        for contract in self:
            clerk = contract.sbo_clerk_id
            if not contract._origin or contract.state == "draft":
                clerk = contract.partner_id.commercial_partner_id.sbo_clerk_id or contract.user_id.sbo_clerk_id or clerk
            contract.sbo_clerk_id = clerk

    @api.depends("date_end", "state")
    def _compute_expiry(self):
        for contract in self:
            today, end = (contract.company_id or self.env.company)._sbo_today(), contract.date_end
            left = (end - today).days if end and contract.state in LIVE else 31
            contract.expiry = "over" if left < 0 else "soon" if left <= 30 else "none"

    @api.depends("order_ids")
    def _compute_order_count(self):
        orders = self.env["sale.order"]
        # Whoever is only asked for an opinion sees no orders.
        domain = [("sbo_contract_id", "in", self.ids)]
        counted = dict(orders._read_group(domain, ["sbo_contract_id"], ["__count"])) \
            if orders.has_access("read") else {}
        for contract in self:
            contract.order_count = counted.get(contract._origin, 0)

    @api.constrains("partner_id")
    def _check_orders(self):
        # Superuser: orders that this user does not see must be of the same customer as well.
        for contract in self.sudo():
            for order in contract.order_ids:
                order._sbo_refuse_stranger()

    # === actions === #

    def action_orders(self):
        """The orders of this contract."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Orders"), "res_model": "sale.order",
            "views": [[False, "list"], [False, "form"]], "domain": [("sbo_contract_id", "=", self.id)],
            "context": {"default_sbo_contract_id": self.id, "default_partner_id": self.partner_id.id,
                        "default_company_id": self.company_id.id},
        }

    def _sbo_check_clerk_change(self):
        bound = self.filtered(lambda contract: contract.state in BINDING)
        if bound and not self._sbo_may_dispatch():
            raise UserError(self.env._(
                "%s is signed: only a back-office supervisor or a sales manager can still change its clerk.",
                bound[0].display_name))

    def _unfulfilled(self):
        return super()._unfulfilled() + self._what_is_open()

    def _unsettled(self):
        return super()._unsettled() + self._what_is_owed()
