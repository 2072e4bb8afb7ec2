from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .sbo_loan_gate import LENDABLE

CONDITIONS = [("good", "Complete and Undamaged"), ("incomplete", "Something Missing"), ("damaged", "Damaged")]
# What is asked for; all else is said by what becomes of it.
ASKED = frozenset({"loan_id", "document_id", "place_id"})


class SboLoanLine(models.Model):
    """One document of a loan, or a box with all that is in it: when it went out, when it came back, and how."""

    _name = "sbo.loan.line"
    _description = "Loan of a Document"
    _inherit = ["sbo.loan.line.flow", "sbo.loan.line.notice", "sbo.closed.mixin"]
    _closed = frozenset({
        "company_id", "borrower_id", "state", "out_at", "out_by_id", "due_on", "first_due_on", "renewals",
        "returned_at", "received_by_id", "pages_out", "pages_back", "condition", "note", "told_at", "hold_until",
        "lost_at", "found_at", "settled_at", "settled_by_id", "settled_text", "reminder_ids"})
    _order = "loan_id, id"
    _check_company_auto = True

    loan_id = fields.Many2one("sbo.loan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="loan_id.company_id", store=True, index=True)
    borrower_id = fields.Many2one(related="loan_id.borrower_id", store=True, index=True)
    document_id = fields.Many2one(
        "sbo.document", index=True, ondelete="restrict", check_company=True, domain=[("state", "in", LENDABLE)])
    place_id = fields.Many2one(
        "sbo.document.place", "Box", index=True, ondelete="restrict", check_company=True, domain=[("kind", "=", "box")],
        help="A box goes out with everything in it.")
    item = fields.Char("Item on Loan", compute="_compute_item")
    kind = fields.Selection(related="loan_id.kind")
    sbo_clerk_id = fields.Many2one(related="loan_id.sbo_clerk_id")
    state = fields.Selection(
        [("waiting", "In Line"), ("out", "Out"), ("returned", "Given Back"), ("not_found", "Not Found"),
         ("cancelled", "Cancelled")], required=True, readonly=True, default="waiting", index=True, copy=False)
    out_at = fields.Datetime("Handed Out", readonly=True, copy=False)
    out_by_id = fields.Many2one("res.users", "Handed Out by", readonly=True, copy=False)
    due_on = fields.Date("Due for Return", readonly=True, index=True, copy=False)
    first_due_on = fields.Date("First Due", readonly=True, copy=False)
    renewals = fields.Integer("Times Renewed", readonly=True, copy=False)
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    returned_at = fields.Datetime("Returned at", readonly=True, copy=False)
    received_by_id = fields.Many2one("res.users", "Taken Back by", readonly=True, copy=False)
    pages_out = fields.Integer(
        readonly=True, copy=False, help="Pages of a document, documents in a box, when it was handed out.")
    pages_back = fields.Integer(readonly=True, copy=False)
    condition = fields.Selection(CONDITIONS, "Condition on Return", readonly=True, copy=False)
    note = fields.Text("Remark", readonly=True, copy=False)
    told_at = fields.Datetime("Told to Fetch It", readonly=True, copy=False)
    hold_until = fields.Date("Kept until", readonly=True, copy=False, help="Then the one after them in line is told.")
    lost_at = fields.Datetime("Missed since", readonly=True, copy=False)
    found_at = fields.Datetime("Found", readonly=True, copy=False)
    settled_at = fields.Datetime("Settled", readonly=True, copy=False)
    settled_by_id = fields.Many2one("res.users", "Settled by", readonly=True, copy=False)
    settled_text = fields.Text("How It Was Settled", readonly=True, copy=False)
    unsettled = fields.Boolean(compute="_compute_unsettled")
    reminder_ids = fields.One2many("sbo.loan.reminder", "line_id", "Reminders")

    _document_out_uniq = models.UniqueIndex(
        "(document_id) WHERE state = 'out' AND document_id IS NOT NULL",
        "This document is out already: somebody else has handed it out.")
    _place_out_uniq = models.UniqueIndex(
        "(place_id) WHERE state = 'out' AND place_id IS NOT NULL",
        "This box is out already: somebody else has handed it out.")
    _document_uniq = models.UniqueIndex(
        "(loan_id, document_id) WHERE document_id IS NOT NULL AND state <> 'cancelled'",
        "This document is in the loan already.")
    _place_uniq = models.UniqueIndex(
        "(loan_id, place_id) WHERE place_id IS NOT NULL AND state <> 'cancelled'", "This box is in the loan already.")
    _one_item = models.Constraint(
        "CHECK (num_nonnulls(document_id, place_id) = 1)", "A line of a loan is one document or one box.")
    _open_idx = models.Index("(company_id, state) WHERE state IN ('waiting', 'out', 'not_found')")
    _out_at_idx = models.Index("(company_id, out_at)")

    @api.depends("document_id", "place_id")
    @api.depends_context("lang")
    def _compute_item(self):
        # Superuser: whoever sees the loan is told what is lent.
        for line in self.sudo():
            line.item = line.document_id.display_name or (
                self.env._("Box %s", line.place_id.display_name) if line.place_id else False)

    @api.depends("item", "loan_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " ".join(filter(None, (line.loan_id.sudo().name, line.item)))

    @api.depends("state", "due_on", "company_id")
    def _compute_overdue(self):
        today = {company: company._sbo_today() for company in self.company_id}
        for line in self:
            line.overdue = line.state == "out" and bool(line.due_on) and line.due_on < today[line.company_id]

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = ["|"] * (len(self.env.companies) - 1)
        for company in self.env.companies:
            late += ["&", ("company_id", "=", company.id), ("due_on", "<", company._sbo_today())]
        late = ["&", ("state", "=", "out"), *late]
        return late if True in value else ["!", *late]

    @api.depends("state", "found_at", "settled_at")
    def _compute_unsettled(self):
        for line in self:
            line.unsettled = line.state in ("waiting", "out") or (
                line.state == "not_found" and not line.found_at and not line.settled_at)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Items are added until the loan is requested, by a clerk until it is decided."""
        if not self.env.su:
            for vals in vals_list:
                for name in set(vals) - ASKED:
                    del vals[name]
        lines = super().create(vals_list)
        if not self.env.su:
            # Of what was made: a loan or a document may have come as a default.
            lines._check_addable(ASKED)
        lines._check_boxes()
        return lines

    def write(self, vals):
        if not self.env.su:
            self._check_editable(vals)
        result = super().write(vals)
        if not self.env.su:
            self._check_addable(ASKED & set(vals))
        if "place_id" in vals:
            self._check_boxes()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        kept = self.filtered(lambda line: line.loan_id.state not in ("draft", "requested") or line.out_at)
        if kept:
            raise UserError(self.env._("“%s” stays in the register; cancel it if it is not needed.", kept[0].item))
        if not self.env.su:
            self._check_editable({})

    def _check_addable(self, names):
        clerk = self.env["sbo.loan"]._rank() >= 0
        for loan in self.loan_id if "loan_id" in names else ():
            if loan.state != "draft" and not (clerk and loan.state == "requested"):
                raise UserError(self.env._(
                    "“%s” has been decided: what else is wanted is asked for with a new loan.", loan.display_name))
        if not clerk and "document_id" in names:
            # Whoever cannot look a document up describes it in words; guessing its number does not show its title.
            self.document_id.check_access("read")
        if self.filtered(lambda line: line.state != "waiting" or line.out_at):
            self._check_editable({"state": False})

    def _check_boxes(self):
        other = self.place_id.sudo().filtered(lambda place: place.kind != "box")
        if other:
            raise UserError(self.env._("“%s” is not a box: documents and boxes are lent.", other[0].display_name))

    # === for the desk === #

    @api.model
    def _scanned(self, code, company):
        """(document, box) of a label, one of them empty."""
        documents, places = self.env["sbo.document"], self.env["sbo.document.place"]
        if self.env["sbo.loan"]._rank() < 0 or company not in self.env.companies:
            return documents, places
        # Superuser: the clerk holds the paper in hand, whether or not its record may be read.
        document = documents.sudo()._by_barcode(code, company)
        place = places if document else places.sudo()._by_barcode(code, company)
        place = place.filtered(lambda place: place.kind == "box")
        return document.sudo(False), place.sudo(False)

    # === for other records === #

    @api.model
    def _sql_lent(self, condition=None) -> SQL:
        """Documents that are out, by themselves or with their box, in lines ``l`` that meet the condition:
        document_id, name of the loan.
        """
        return self._sql_items(SQL("l.state = 'out' AND %s", condition or SQL("TRUE")))

    @api.model
    def _sql_lost(self) -> SQL:
        """Documents that nobody finds, by themselves or with their box, as long as the loss is not settled."""
        return self._sql_items(SQL("l.state = 'not_found' AND l.found_at IS NULL AND l.settled_at IS NULL"))

    @api.model
    def _sql_items(self, condition) -> SQL:
        self.env["sbo.loan.line"].flush_model()
        self.env["sbo.document"].flush_model(["place_id"])
        return SQL(
            """SELECT l.document_id, loan.name FROM sbo_loan_line l JOIN sbo_loan loan ON loan.id = l.loan_id
                WHERE l.document_id IS NOT NULL AND %(condition)s
               UNION ALL
               SELECT d.id, loan.name FROM sbo_loan_line l JOIN sbo_loan loan ON loan.id = l.loan_id
                 JOIN sbo_document_place box ON box.id = l.place_id
                 JOIN sbo_document_place below ON below.parent_path LIKE box.parent_path || '%%'
                 JOIN sbo_document d ON d.place_id = below.id
                WHERE %(condition)s""", condition=condition)

    @api.model
    def _sql_lent_documents(self, condition=None) -> SQL:
        """Ids of the documents of ``_sql_lent``."""
        return SQL("(SELECT lent.document_id FROM (%s) lent)", self._sql_lent(condition))

    @api.model
    def _holders(self, documents):
        """{document id: the line with which it is out, by itself or with its box}; two queries."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT d.id, l.id FROM sbo_document d JOIN sbo_loan_line l ON l.document_id = d.id AND l.state = 'out'
                WHERE d.id = ANY(%(ids)s)
                UNION ALL
               SELECT d.id, l.id FROM sbo_document d JOIN sbo_document_place p ON p.id = d.place_id
                 JOIN sbo_loan_line l ON l.state = 'out' AND l.place_id = ANY(
                      string_to_array(rtrim(p.parent_path, '/'), '/')::integer[])
                WHERE d.id = ANY(%(ids)s)""", ids=documents.ids))
        lines = {line.id: line for line in self.browse({line_id for _id, line_id in rows})}
        return {document_id: lines[line_id] for document_id, line_id in rows}

    @api.model
    def _leaver_obstacles(self, users):
        """One sentence for each item that these users must bring back, or settle, before they leave."""
        # Superuser: what is out is to be known, whoever lets people go.
        lines = self.sudo().search([("borrower_id", "in", users.sudo().partner_id.ids), ("out_at", "!=", False),
                                    ("state", "in", ("out", "not_found"))], order="due_on, id")
        return [
            self.env._(
                "%(who)s must bring back %(item)s, lent with %(loan)s, due on %(due)s.", who=line.borrower_id.name,
                item=line.item, loan=line.loan_id.name, due=format_date(self.env, line.due_on))
            for line in lines.filtered("unsettled")]
