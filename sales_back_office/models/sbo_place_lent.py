from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SboPlaceLent(models.AbstractModel):
    """A box goes out with everything in it: what a place knows of its loans."""

    _name = "sbo.place.lent"
    _description = "Lending of a Box"

    loan_turn = fields.Integer(readonly=True, copy=False, aggregator=None,
    help="Counts when something in it is handed out.")
    loan_line_ids = fields.One2many("sbo.loan.line", "place_id", "Loans", readonly=True)
    on_loan = fields.Boolean(compute="_compute_on_loan", search="_search_on_loan")

    @api.depends("loan_line_ids.state")
    def _compute_on_loan(self):
        # Superuser: that a box is out is told to whoever sees the box.
        out = self.env["sbo.loan.line"].sudo().search([("place_id", "in", self.ids), ("state", "=", "out")]).place_id
        for place in self:
            place.on_loan = place._origin.id in out.ids

    def _search_on_loan(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["sbo.loan.line"].sudo()._search([("state", "=", "out"), ("place_id", "!=", False)])
        return [("id", "in" if True in value else "not in", lines.subselect("place_id"))]

    def write(self, vals):
        if "parent_id" in vals and self:
            moved = self.filtered(lambda place: place.parent_id.id != vals["parent_id"])
            above = moved.parent_id | self.browse(vals["parent_id"] or [])
            if moved:
                # Superuser: a box is out, whoever may read what is in it.
                self.env["sbo.loan.gate"].sudo()._take_turn(self.env["sbo.document"], (moved | above).sudo())
                above._refuse_while_out()
        return super().write(vals)

    def _refuse_while_out(self):
        """Nothing is put into a box that somebody has on loan, nor taken out of it on paper.

        :raise UserError: which box, who has it, until when
        """
        if not self:
            return
        # Superuser: a box is out, whoever sees its loan.
        above = {int(key) for place in self.sudo() for key in (place.parent_path or "").split("/") if key}
        line = self.env["sbo.loan.line"].sudo().search(
            [("place_id", "in", list(above)), ("state", "=", "out")], limit=1)
        if line:
            raise UserError(self.env._(
                "%(box)s is out: %(who)s has it until %(due)s with loan %(loan)s. What is in it can be moved when it "
                "is back.",
                box=line.item, who=line.borrower_id.name, due=format_date(self.env, line.due_on),
                loan=line.loan_id.name))
