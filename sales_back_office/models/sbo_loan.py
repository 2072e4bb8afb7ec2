from odoo import api, fields, models
from odoo.exceptions import AccessError

from .sbo_loan_gate import FINANCE

KINDS = [("read", "Reading on Site"), ("copy", "Copy"), ("out", "Taking Out")]
TYPES = [
    ("inside", "Employee"),
    ("auditor", "Auditor"),
    ("tax", "Tax Officer"),
    ("outside", "Other Outsider"),
]
# Who decides, and when, comes with the steps.
DECIDED = frozenset({
    "name", "state", "requested_at", "requested_by_id", "approved_by_id", "approved_at", "approved_rank",
    "refused_reason", "lent_at", "renewal_asked_at", "closed_at", "out_on", "due_on"})


class SboLoan(models.Model):
    """One loan of filed documents to a borrower (文件借阅, form F18): asked for, approved, handed out, back."""

    _name = "sbo.loan"
    _description = "Loan of Documents"
    # The flow stands first: what it refuses, nothing after it has begun.
    _inherit = ["sbo.loan.flow", "sbo.loan.renewal", "sbo.loan.notice", "sbo.loan.checks", "sbo.closed.mixin",
                "sbo.served.mixin", "mail.thread", "mail.activity.mixin", "sbo.checked.mixin"]
    # What decides on what terms somebody borrows is said in the request itself.
    _closed = DECIDED | {"borrower_type", "id_shown"}
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Loan No.", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    borrower_id = fields.Many2one(
        "res.partner", required=True, index=True, tracking=True, default=lambda self: self._default_borrower())
    borrower_type = fields.Selection(
        TYPES, "Borrower Is", required=True, compute="_compute_borrower_type", store=True, readonly=False,
        precompute=True, tracking=True,
        help="Whoever comes from outside brings a letter, shows an ID and reads on site.")
    phone = fields.Char(compute="_compute_borrower_facts", store=True, readonly=False, precompute=True)
    department = fields.Char(compute="_compute_borrower_facts", store=True, readonly=False, precompute=True)
    kind = fields.Selection(KINDS, "Form", required=True, default="out", tracking=True)
    purpose = fields.Char(required=True, tracking=True)
    request_text = fields.Text(
        "Wanted, in Words", help="For documents the borrower cannot look up; a clerk chooses them below.")
    copy_for = fields.Char(
        "Copy Only for",
        help="Stamped on the copy: “only for … use”. Copies stand in for originals that stay in the house.")
    letter = fields.Char("Letter of Introduction", help="Its number or date, and who has issued it.")
    id_shown = fields.Boolean("ID Shown", tracking=True)
    line_ids = fields.One2many("sbo.loan.line", "loan_id", "Items on Loan")
    line_count = fields.Integer("Number of Items", compute="_compute_counts")
    items = fields.Char("Documents Lent", compute="_compute_counts")
    out_on = fields.Date("Handed Out on", compute="_compute_dates", store=True)
    due_on = fields.Date(
        "Due for Return", compute="_compute_dates", store=True, index="btree_not_null",
        help="The first day on which something is due.")
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    scan = fields.Char(
        "Scan Here", store=False, help="Scan the label of a document or a box, or type its code and press Enter.")

    _borrower_idx = models.Index("(borrower_id) WHERE state IN ('draft', 'requested', 'approved', 'out')")

    def _default_borrower(self):
        clerk = self.env.user.has_group("sales_back_office.sbo_group_clerk")
        return self.env["res.partner"] if clerk else self.env.user.partner_id

    @api.depends("borrower_id")
    def _compute_borrower_type(self):
        # Superuser: whether a borrower works here is no secret.
        for loan in self:
            inside = loan.borrower_id.sudo().user_ids.filtered(lambda user: not user.share)
            if inside or not loan.borrower_id:
                loan.borrower_type = "inside"
            elif not loan.borrower_type or loan.borrower_type == "inside":
                loan.borrower_type = "outside"

    @api.depends("borrower_id")
    def _compute_borrower_facts(self):
        # Superuser: who is a member of which department stands on the paper for everybody.
        departments = self.env["sbo.department"].sudo().search(
            [("member_ids", "in", self.borrower_id.sudo().user_ids.ids)])
        for loan in self:
            users = loan.borrower_id.sudo().user_ids
            mine = departments.filtered(
                lambda item, users=users, loan=loan: item.company_id == loan.company_id and users & item.member_ids)
            loan.phone = loan.borrower_id.phone
            loan.department = ", ".join(mine.mapped("name")) or loan.borrower_id.parent_id.name

    @api.depends("line_ids.document_id", "line_ids.place_id", "request_text")
    def _compute_counts(self):
        for loan in self:
            loan.line_count = len(loan.line_ids)
            shown = "; ".join(filter(None, loan.line_ids[:3].mapped("item")))
            loan.items = shown + " …" if len(loan.line_ids) > 3 else shown or (loan.request_text or "")[:80]

    @api.depends("line_ids.due_on", "line_ids.out_at", "line_ids.state", "company_id")
    def _compute_dates(self):
        for loan in self:
            out = loan.line_ids.filtered("out_at")
            still = out.filtered(lambda line: line.state == "out")
            loan.due_on = min((still or out).mapped("due_on"), default=False)
            first = min(out.mapped("out_at"), default=False)
            zone = loan.with_context(tz=loan.company_id._sbo_tz())
            loan.out_on = first and fields.Datetime.context_timestamp(zone, first).date()

    @api.depends("line_ids.overdue")
    def _compute_overdue(self):
        for loan in self:
            loan.overdue = any(loan.line_ids.mapped("overdue"))

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("line_ids", "any", [("overdue", operator, value)])]

    @api.depends("name", "borrower_id")
    def _compute_display_name(self):
        for loan in self:
            name = loan.name if loan.name != "/" else self.env._("New Loan")
            loan.display_name = " ".join(filter(None, (name, loan.borrower_id.name)))

    @api.onchange("scan")
    def _onchange_scan(self):
        """A label was scanned at the loan desk: the item is added to the loan."""
        code, self.scan = (self.scan or "").strip(), False
        if not code:
            return None
        document, place = self.env["sbo.loan.line"]._scanned(code, self.company_id)
        if not document and not place:
            words = self.env._("Nothing in the archive has the code “%s”.", code)
        elif document in self.line_ids.document_id and document or place in self.line_ids.place_id and place:
            words = self.env._("%s is in this loan already.", (document or place).sudo().display_name)
        else:
            self.line_ids += self.env["sbo.loan.line"].new({"document_id": document.id, "place_id": place.id})
            return None
        return {"warning": {"type": "notification", "title": self.env._("Scanned"), "message": words}}

    @api.model_create_multi
    def create(self, vals_list):
        """A loan gets its number; it begins as a draft, with nothing decided."""
        numbers = self.env["ir.sequence"].sudo()  # a number for everybody who asks
        for vals in vals_list:
            if not self.env.su:
                self._asked(vals)
            if vals.get("name", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                vals["name"] = numbers.with_company(company).next_by_code(self._name) or "/"
        loans = super().create(vals_list)
        if not self.env.su:
            loans._refuse_made()
        return loans

    def _asked(self, vals):
        """What people enter: the request; who decides and when comes with the steps."""
        for name in DECIDED & set(vals):
            del vals[name]
        if self._rank() < 0:
            vals.pop("id_shown", None)
            vals.pop("borrower_type", None)
        elif not vals.get("sbo_clerk_id"):
            vals["sbo_clerk_id"] = self.env.uid

    def _refuse_made(self):
        """The same of the loans as they were made, wherever their values came from."""
        if self._rank() < 0 and self.borrower_id - self.env.user.partner_id:
            raise AccessError(self.env._("Everybody asks for themselves; a clerk enters loans of others."))
        self.filtered(lambda loan: loan.state != "draft")._check_editable({"state"})

    def _borrower_is_finance(self):
        """Whether the borrower is trusted with papers of accounting."""
        if self.borrower_type in ("auditor", "tax"):
            return True
        # Superuser: roles are not for everybody to read.
        users = self.borrower_id.sudo().user_ids
        return any(user.has_group(group) for user in users for group in FINANCE)
