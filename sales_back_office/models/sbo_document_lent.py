from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .sbo_loan_gate import LENDABLE


class SboDocumentLent(models.AbstractModel):
    """What a filed document knows of its loans: whether it is out, with whom, until when, who waits, who may read its
    files meanwhile.
    """

    _name = "sbo.document.lent"
    _description = "Lending of a Document"

    loan_turn = fields.Integer(readonly=True, copy=False, aggregator=None, help="Counts when it is handed out.")
    loan_line_ids = fields.One2many("sbo.loan.line", "document_id", "Loans", readonly=True)
    on_loan = fields.Boolean(compute="_compute_loan", search="_search_on_loan", help="By itself, or with its box.")
    lent_to_id = fields.Many2one("res.partner", "With", compute="_compute_loan")
    loan_due_on = fields.Date("Due Back", compute="_compute_loan")
    loan_missing = fields.Boolean("Not Found", compute="_compute_loan", search="_search_loan_missing")
    loan_waiting = fields.Integer("Waiting for It", compute="_compute_loan")
    loan_count = fields.Integer("Loans, Number", compute="_compute_loan")
    lent_to_me = fields.Boolean(
        compute="_compute_lent_to_me", search="_search_lent_to_me",
        help="The user has it on loan now and it is not overdue: its files are open that long.")

    @api.depends("loan_line_ids.state", "place_id")
    def _compute_loan(self):
        """Two queries for any number of documents. Superuser: that a document is out is told to whoever sees it."""
        held = self.env["sbo.loan.line"].sudo()._holders(self)
        counts = self.env["sbo.loan.line"].sudo()._read_group(
            [("document_id", "in", self.ids)], ["document_id", "state"], ["__count"])
        by_state = {(document.id, state): count for document, state, count in counts}
        missing = self.env["sbo.loan.line"].sudo().search(
            [("document_id", "in", self.ids), ("state", "=", "not_found"), ("found_at", "=", False)]).document_id
        for document in self:
            line = held.get(document._origin.id)
            document.on_loan = bool(line)
            document.lent_to_id = line.borrower_id if line else False
            document.loan_due_on = line.due_on if line else False
            document.loan_missing = document._origin in missing.with_env(self.env)
            document.loan_waiting = by_state.get((document._origin.id, "waiting"), 0)
            document.loan_count = sum(count for (key, _state), count in by_state.items() if key == document._origin.id)

    def _search_on_loan(self, operator, value):
        if operator != "in":
            return NotImplemented
        out, lent = True in value, self.env["sbo.loan.line"]._sql_lent()
        # EXISTS, not IN: what is not out is asked for as well, of a million documents
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s EXISTS (SELECT FROM (%s) lent WHERE lent.document_id = %s)", SQL() if out else SQL("NOT"), lent,
                SQL.identifier(alias, "id")),
            predicate=lambda document: document.on_loan == out)

    def _search_loan_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["sbo.loan.line"].sudo()._search([("state", "=", "not_found"), ("found_at", "=", False)])
        return [("id", "in" if True in value else "not in", lines.subselect("document_id"))]

    @api.depends_context("uid")
    @api.depends("loan_line_ids.state", "place_id")
    def _compute_lent_to_me(self):
        mine = self.search([("id", "in", self.ids), ("lent_to_me", "=", True)])
        for document in self:
            document.lent_to_me = document._origin in mine

    def _search_lent_to_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.env["sbo.loan.line"]._sql_lent_documents(SQL(
            "l.borrower_id = %s AND l.due_on >= %s", self.env.user.partner_id.id, self.env.company._sbo_today()))
        # what is read under the eyes of a clerk only is not opened elsewhere
        mine = Domain("id", "in", found) & Domain("secrecy_id.on_site_only", "=", False) & Domain(
            "state", "in", LENDABLE)  # not what only waits to be filed in the box
        return mine if True in value else ~mine

    @api.model_create_multi
    def create(self, vals_list):
        """Nothing is put into a box that is not there."""
        places = self.env["sbo.document.place"].browse({vals["place_id"] for vals in vals_list if vals.get("place_id")})
        if places:
            # Superuser: as when it is moved. Whoever lends the box meanwhile comes before or after.
            self.env["sbo.loan.gate"].sudo()._take_turn(self.browse(), places.sudo())
            places._refuse_while_out()
        return super().create(vals_list)

    def write(self, vals):
        if "place_id" in vals:
            moved = self.filtered(lambda document: document.place_id.id != vals["place_id"])
            if moved:
                places = moved.place_id | moved.place_id.browse(vals["place_id"] or [])
                # Superuser: a box is out, whoever may read what is in it.
                self.env["sbo.loan.gate"].sudo()._take_turn(moved.sudo(), places.sudo())
                places._refuse_while_out()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lent(self):
        # Superuser: a loan keeps its document, whoever sees the loan.
        if self.env["sbo.loan.line"].sudo().search_count([("document_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A document that has been lent stays in the register of loans."))

    def action_loans(self):
        """The loans of these documents."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_loan_line_action")
        return dict(action, domain=[("document_id", "in", self.ids)], context={})

    def action_lend(self):
        """A new loan of these documents."""
        return {
            "type": "ir.actions.act_window", "name": self.env._("Lend"), "res_model": "sbo.loan", "view_mode": "form",
            "views": [[False, "form"]],
            "context": {"default_line_ids": [(0, 0, {"document_id": document.id}) for document in self]}}

    def _name_at_desk(self):
        """What a clerk is told of a scanned paper that is in no loan: of one they may not read, its code alone."""
        return self.display_name if self.has_access("read") else self.sudo().file_code
