from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_contract_flow import LIVE

TERMS = (
    "amount", "tax_included", "date_start", "date_end", "payment_terms", "terms", "retention_amount",
    "retention_due_on", "warranty_until")


class SboContractSupplement(models.Model):
    """A supplement to a signed contract (补充协议): what it changes; signed, it is the contract's next version.

    Its terms stand in it whole, as they shall be; of prices and obligations only what changes, is added or dropped.
    """

    _name = "sbo.contract.supplement"
    _description = "Contract Supplement"
    _inherit = [
        "sbo.contract.drafted",
        "sbo.contract.supplemented", "sbo.contract.terms", "sbo.contract.signature", "sbo.contract.wording",
        "mail.thread", "mail.activity.mixin"]
    _order = "contract_id, id"
    _signed_states = ("signed",)
    _drafted_names = frozenset({"subject", *TERMS})

    contract_id = fields.Many2one(
        "sbo.contract", required=True, index=True, ondelete="restrict", domain=[("state", "in", LIVE)])
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    sbo_clerk_id = fields.Many2one(related="contract_id.sbo_clerk_id")
    name = fields.Char("Supplement No.", readonly=True, default="/", copy=False)
    subject = fields.Char("Subject Matter", required=True, tracking=True, help="What it is about, as its title says.")
    reason = fields.Text("Why It Is Needed")
    line_ids = fields.One2many("sbo.contract.supplement.line", "supplement_id", "Prices and Quantities Changed")
    milestone_ids = fields.One2many("sbo.contract.supplement.milestone", "supplement_id", "Obligations Changed")
    diff_html = fields.Html("What Changes", compute="_compute_html", sanitize=False)
    before_html = fields.Html("The Contract Before", compute="_compute_html", sanitize=False)
    after_html = fields.Html("The Contract After", compute="_compute_html", sanitize=False)
    plan_warning = fields.Char(compute="_compute_plan_warning")

    _open_uniq = models.UniqueIndex(
        "(contract_id) WHERE state IN ('draft', 'review', 'approved')",
        "The contract has another supplement that is not signed yet: change that one, or cancel it.")

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for supplement in self:
            supplement.display_name = " ".join(filter(None, (
                supplement.name if supplement.name != "/" else self.env._("Draft Supplement"), supplement.subject)))

    @api.depends("before", "after", "state", "contract_id", "line_ids", "milestone_ids", *TERMS)
    @api.depends_context("lang")
    def _compute_html(self):
        for supplement in self:
            before, after = supplement.before, supplement.after
            if supplement.state != "signed" and supplement.contract_id:
                before, after = supplement.contract_id._origin._content(), supplement._content()
            supplement.diff_html = self._diff_html(before, after)
            supplement.before_html = self._content_html(before)
            supplement.after_html = self._content_html(after)

    @api.depends("amount", "contract_id", "milestone_ids")
    def _compute_plan_warning(self):
        for supplement in self:
            payments = [row["amount"] for row in supplement._content()["milestones"] if row["kind"] == "payment"] \
                if supplement.contract_id and supplement.state != "signed" else []
            currency = supplement.currency_id
            repeated = any(row["repeat_every"] for row in supplement._content()["milestones"]) if payments else False
            supplement.plan_warning = payments and not repeated and currency.compare_amounts(
                abs(sum(payments) - supplement.amount), currency.rounding * len(payments)) > 0 and self.env._(
                "The payment plan would not sum up to the new amount.")

    @api.onchange("contract_id")
    def _onchange_contract_id(self):
        """Start from what the contract says."""
        if self.contract_id:
            self.update(self.contract_id._agreed())

    # === CRUD === #

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        contract = self.env["sbo.contract"].browse(defaults.get("contract_id"))
        if contract.exists():
            defaults.update({name: value for name, value in contract._agreed().items() if name in fields_list})
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        """What is not said stays as it is."""
        for vals in vals_list:
            contract = self.env["sbo.contract"].browse(
                vals.get("contract_id") or self.env.context.get("default_contract_id"))
            if contract.exists():
                if contract.state not in LIVE and not self.env.su:
                    raise UserError(self.env._(
                        "“%s” is not signed, or has ended: there is nothing to supplement.", contract.display_name))
                vals.update({name: value for name, value in contract._agreed().items() if name not in vals})
        self.flush_model(["state"])  # the one before may be settled in this transaction
        return super().create(vals_list)

    def write(self, vals):
        if not self._own_step() and {"contract_id", "subject", *TERMS} & vals.keys():
            self._refuse_unless_draft()
            if any(vals.get("contract_id", item.contract_id.id) != item.contract_id.id for item in self):
                raise UserError(self.env._("A supplement stays with its contract."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unnumbered(self):
        kept = self.filtered(lambda item: item.name != "/" or item.state != "draft")
        if kept:
            raise UserError(self.env._(
                "“%s” has a number and stays with its contract; cancel it with a reason instead.",
                kept[0].display_name))

    # === what it proposes === #

    def _content(self):
        """The contract as it will be, in the form of ``sbo.contract._content()``: what its review looks at."""
        self.ensure_one()
        contract = self.contract_id._origin
        content = {**contract._content(), **contract._values(self, TERMS)}
        content["lines"] = self.line_ids._overlay(content["lines"])
        content["milestones"] = self.milestone_ids._overlay(contract._rescaled(content["milestones"], self.amount))
        return content

    def _refuse_unless_draft(self):
        """
        :raise UserError: it is under review, signed or cancelled
        """
        for supplement in self:
            if supplement.state != "draft":
                raise UserError(self.env._(
                    "“%(supplement)s” is “%(state)s”: only a draft is changed. Take it back, or write another one.",
                    supplement=supplement.display_name, state=supplement._state_name()))
