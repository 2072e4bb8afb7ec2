from odoo import fields, models

STATES = [
    ("draft", "Draft"),
    ("review", "In Review"),
    ("approved", "Approved"),
    ("signed", "Signed"),
    ("execution", "In Execution"),
    ("fulfilled", "Fulfilled"),
    ("terminated", "Terminated"),
    ("filed", "Filed"),
]
# Bound by a signature and not ended yet: what schedule and risk flags look at.
LIVE = ("signed", "execution")
AUTHORITIES = [
    ("legal", "Legal Representative"),
    ("letter", "Letter of Authority"),
    ("none", "Not Proven"),
]
SEALS = [
    ("contract", "Contract Seal"),
    ("company", "Company Seal"),
    ("none", "No Seal"),
]


class SboContract(models.Model):
    """A sales contract (销售合同): what was agreed with a customer, who signed it, where its paper is, how it is kept."""

    _name = "sbo.contract"
    _description = "Sales Contract"
    _inherit = ["sbo.filed.contract", "sbo.served.mixin", "sbo.checked.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "signed_on desc, id desc"
    _check_company_auto = True

    name = fields.Char("Contract No.", required=True, readonly=True, copy=False, default="/", index="trigram")
    subject = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id, tracking=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, tracking=True)
    class_id = fields.Many2one("sbo.contract.class", "Class", required=True, index=True, check_company=True, tracking=True)
    template_id = fields.Many2one("sbo.contract.template", "Standard Contract", check_company=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, default=lambda self: self.env.user, tracking=True)
    team_id = fields.Many2one("crm.team", "Sales Team")
    amount = fields.Monetary(required=True, tracking=True)
    tax_included = fields.Boolean(default=True, help="Whether the amount is with taxes.")
    date_start = fields.Date("In Force from", tracking=True)
    date_end = fields.Date("Until", tracking=True)
    signed_on = fields.Date("Signed on", tracking=True, copy=False)
    our_signatory_id = fields.Many2one("res.users", "Our Signatory")
    our_authority = fields.Selection(AUTHORITIES, "Our Authority", default="none")
    our_seal = fields.Selection(SEALS, "Our Seal", default="none")
    their_signatory = fields.Char("Customer's Signatory")
    their_authority = fields.Selection(AUTHORITIES, "Customer's Authority", default="none")
    their_seal = fields.Selection(SEALS, "Customer's Seal", default="none")
    original_count = fields.Integer("Originals", default=2, help="How many originals were made.")
    original_place = fields.Char("Where Ours Is", help="Where our original is kept.")
    original_sent_on = fields.Date("Sent for Signature", copy=False)
    original_returned_on = fields.Date(
        "Original Received", copy=False, help="When the original that both have signed came in.")
    retention_amount = fields.Monetary("Retention Money")
    retention_due_on = fields.Date("Retention Due")
    warranty_until = fields.Date("Warranty until")
    version = fields.Integer(default=1, readonly=True, copy=False, help="Counts the signed supplements.")
    order_ids = fields.One2many("sale.order", "sbo_contract_id", "Orders", readonly=True)
    line_ids = fields.One2many("sbo.contract.line", "contract_id", "Agreed Prices and Quantities", copy=True)
    milestone_ids = fields.One2many("sbo.contract.milestone", "contract_id", "Obligations", copy=True)
    supplement_ids = fields.One2many("sbo.contract.supplement", "contract_id", "Supplements")
    review_ids = fields.One2many("sbo.contract.review", "contract_id", "Reviews", readonly=True)
