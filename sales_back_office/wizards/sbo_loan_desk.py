from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SboLoanDesk(models.TransientModel):
    """The desk where documents come back and go out (借还台): each label that is scanned is one item.

    What is out comes back, what the next in line waits for goes out, what was searched for is found.
    """

    _name = "sbo.loan.desk"
    _description = "Loan Desk"

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    scan = fields.Char(
        "Scan Here", store=False, help="Scan the label of a document or a box, or type its code and press Enter.")
    line_ids = fields.One2many("sbo.loan.desk.line", "desk_id", "Items")

    @api.depends("company_id")
    def _compute_display_name(self):
        self.display_name = self.env._("Loan Desk")

    @api.onchange("scan")
    def _onchange_scan(self):
        """A label was scanned: what is to be done with the item is added to the list."""
        code, self.scan = (self.scan or "").strip(), False
        if not code:
            return None
        document, place = self.env["sbo.loan.line"]._scanned(code, self.company_id)
        line, words = self._find(document, place), ""
        if not document and not place:
            words = self.env._("Nothing in the archive has the code “%s”.", code)
        elif not line:
            words = self._explain(document, place)
        elif line in self.line_ids.line_id._origin:
            words = self.env._("%s is in the list already.", line.item)
        else:
            self.line_ids += self.env["sbo.loan.desk.line"].new(self._prepare_line(line))
            return None
        return {"warning": {"type": "notification", "title": self.env._("Scanned"), "message": words}}

    def action_apply(self):
        """Take back, hand out and find what is in the list, then begin with an empty one."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Scan something first."))
        groups = {what: group.line_id for what, group in self.line_ids.grouped("what").items()}
        if "back" in groups:
            groups["back"]._give_back({
                row.line_id.id: {"pages_back": row.pages_back, "condition": row.condition, "note": row.note}
                for row in self.line_ids if row.what == "back"})
        if "found" in groups:
            groups["found"]._check_step("find")
            groups["found"]._found(self.env._("Found again"))
        if "lend" in groups:
            groups["lend"]._lend()
        return self._open(message=self.env._(
            "%(back)s came back, %(lent)s handed out", lent=len(groups.get("lend", ())),
            back=len(groups.get("back", ())) + len(groups.get("found", ()))))

    @api.model
    def _open(self, lines=None, message=None):
        """The desk as a window, with these items of loans in its list."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_loan_desk_action")
        if lines:
            rows = [Command.create(self._prepare_line(line)) for line in lines]
            return dict(action, context={"dialog_size": "extra-large", "default_line_ids": rows})
        if message:
            return {"type": "ir.actions.client", "tag": "display_notification",
                    "params": {"type": "success", "message": message, "next": action}}
        return action

    def _find(self, document, place):
        """The item of a loan that a scanned paper belongs to: out, else searched for, else first in line."""
        lines = self.env["sbo.loan.line"]
        if not document and not place:
            return lines
        same = [("document_id", "=", document.id)] if document else [("place_id", "=", place.id)]
        found = lines.search([*same, ("company_id", "=", self.company_id.id), "|", ("state", "=", "out"), "&",
                              ("state", "=", "not_found"), ("found_at", "=", False)], order="id", limit=1)
        return found or lines.search(
            [*same, ("company_id", "=", self.company_id.id), ("state", "=", "waiting"),
             ("loan_id.state", "in", ("approved", "out"))]).sorted(
            lambda line: (bool(line.hold_until and line.hold_until < self.company_id._sbo_today()),
                          line.loan_id.requested_at, line.id))[:1]

    def _explain(self, document, place):
        """Why nothing can be done with what was scanned."""
        # Superuser: the clerk holds the paper in hand, whether or not its record may be read.
        box = document and self.env["sbo.loan.line"].sudo()._holders(document).get(document.id)
        if box:
            return self.env._(
                "%(item)s is out with %(box)s: scan the box.", item=document._name_at_desk(), box=box.item)
        return self.env._(
            "%s is not on loan and nobody waits for it. Enter a loan before it goes; if it comes back without one, "
            "note that "
            "it was lent without an entry.", document._name_at_desk() or place.display_name)

    @api.model
    def _prepare_line(self, line):
        what = {"out": "back", "not_found": "found"}.get(line.state, "lend")
        return {"line_id": line.id, "what": what, "pages_back": line.pages_out, "condition": "good"}
