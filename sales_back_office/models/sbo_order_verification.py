from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sbo_order_verified import STATES

# What the checker writes while the sheet is open; everything else is written by its own steps.
TYPED = {"note", "paper_ref", "line_ids", "message_follower_ids", "activity_ids", "message_ids",
         "message_main_attachment_id"}


class SboOrderVerification(models.Model):
    """A check sheet (订单评审/核对表, F03): what the customer's paper says against what was entered, by somebody else.

    In blind mode the sheet knows nothing of the order until the checker has typed what the paper says.
    """

    _name = "sbo.order.verification"
    _description = "Order Check Sheet"
    _inherit = ["mail.thread", "sbo.order.verification.flow"]
    _order = "started_at DESC, id DESC"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    user_id = fields.Many2one("res.users", "Checker", required=True, readonly=True, index=True)
    state = fields.Selection(
        [*STATES, ("superseded", "Superseded")], required=True, readonly=True, default="open", tracking=True)
    class_id = fields.Many2one("sbo.order.class", "Order Class", readonly=True, ondelete="set null")
    blind = fields.Boolean(readonly=True, help="The order stays hidden until everything is typed from the paper.")
    started_at = fields.Datetime("Started", required=True, readonly=True, default=fields.Datetime.now)
    seen_at = fields.Datetime(
        "Order Opened", readonly=True, help="When the checker opened the order during a blind check.")
    compared_at = fields.Datetime("Compared at", readonly=True)
    verified_at = fields.Datetime("Verified at", readonly=True)
    paper_ref = fields.Char("Customer's Number", help="The order number on the customer's paper.")
    note = fields.Text(help="What else was noticed.")
    document_ids = fields.Many2many(related="order_id.sbo_document_ids", string="Customer's Document")
    line_ids = fields.One2many("sbo.order.verification.line", "verification_id", string="Lines")
    difference_ids = fields.One2many("sbo.order.difference", "verification_id", readonly=True, string="Differences")
    open_count = fields.Integer("Open Differences", compute="_compute_open_count")
    entered_by = fields.Char(compute="_compute_entered_by", help="Who has entered the order, and so cannot verify it.")
    content = fields.Json(readonly=True, help="The order as it was when it was compared.")
    comparison_rows = fields.Json(readonly=True)
    comparisons = fields.Html("Automatic Comparisons", compute="_compute_comparisons", sanitize=False)
    can_type = fields.Boolean(compute="_compute_can_type")
    can_again = fields.Boolean(
        "May Verify Again", compute="_compute_can_type", help="The user may begin a new sheet for this order.")

    _present_uniq = models.UniqueIndex("(order_id) WHERE state <> 'superseded'", "The order is being verified already.")
    _order_idx = models.Index("(order_id)")

    @api.depends("order_id")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = self.env._("Check sheet %s", sheet.sudo().order_id.name or "")

    @api.depends("difference_ids.state")
    def _compute_open_count(self):
        for sheet in self:
            sheet.open_count = len(sheet.difference_ids.filtered(lambda item: item.state == "open"))

    @api.depends("order_id")
    def _compute_entered_by(self):
        for sheet in self:
            # Superuser: names only.
            sheet.entered_by = ", ".join(sheet.sudo().order_id._sbo_who_entered().sorted("name").mapped("name"))

    @api.depends("comparison_rows", "state")
    @api.depends_context("lang", "uid")
    def _compute_comparisons(self):
        """As they were when the sheet was compared; before that as they are now, unless the sheet is blind."""
        for sheet in self:
            sheet.comparisons = sheet._comparison_table(sheet._comparisons())

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_can_type(self):
        clerk = self.env.user.has_group("sales_back_office.sbo_group_clerk")
        for sheet in self:
            sheet.can_type = sheet.state == "open" and sheet.user_id == self.env.user
            sheet.can_again = sheet.state in ("difference", "stale", "done") and (
                sheet.order_id.state in ("draft", "sent") and clerk
                and self.env.user not in sheet.sudo().order_id._sbo_who_entered())

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            if set(vals) - TYPED:
                raise AccessError(self.env._("A check sheet moves on by its buttons only."))
            self._refuse_typing()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_compared(self):
        if self.filtered(lambda sheet: sheet.compared_at):
            raise UserError(self.env._("A check sheet is kept: start a new one with Verify Again."))

    # === actions === #

    def action_all_same(self):
        """The paper says what the order says, on all lines that are not answered yet."""
        for sheet in self:
            sheet._refuse_typing()
            sheet.line_ids.filtered(lambda line: not line.answered).action_same()

    def action_compare(self):
        """Everything is typed: compare, and note what differs against whoever has entered it."""
        for sheet in self:
            sheet._refuse_typing()
            sheet._lock()
            if not sheet.order_id._sbo_can_be_verified():
                raise UserError(self.env._("%s is no quotation any more.", sheet.order_id.name))
            if self.env.user in sheet.order_id._sbo_who_entered():
                raise UserError(self.env._(
                    "You have changed %s meanwhile: somebody else must verify it.", sheet.order_id.name))
            # Superuser: the checker types, the sheet itself is closed to everybody.
            sheet.sudo()._compare_first()

    def action_again(self):
        """Verify once more, on a new sheet."""
        self.ensure_one()
        return self.order_id.with_context(sbo_again=True).action_sbo_verify()

    def action_open_order(self):
        """The order that is verified; not while it is verified blind."""
        self.ensure_one()
        if self.blind and self.state == "open":
            raise UserError(self.env._("The order stays hidden until you press Compare."))
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id,
                "view_mode": "form"}

    def _refuse_typing(self):
        for sheet in self.filtered(lambda sheet: not sheet.can_type):
            if sheet.state != "open":
                raise UserError(self.env._("%s is already compared: start a new one with Verify Again.",
                                           sheet.display_name))
            raise AccessError(self.env._("%(sheet)s is filled by %(user)s.", sheet=sheet.display_name,
                                         user=sheet.sudo().user_id.name))

    def _mark_seen(self):
        for sheet in self:
            sheet.seen_at = fields.Datetime.now()
            sheet.message_post(body=self.env._(
                "%s opened the order while checking it blind.", sheet.user_id.name))

    def _lock(self):
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.order_id.ids))

    def _comparisons(self):
        """The rows of the comparisons; those of the past keep their words, under names in the reader's language."""
        self.ensure_one()
        if self.comparison_rows:
            names = {code: name for code, name, _method in self.order_id._sbo_comparers()}
            return [{**row, "name": names.get(row["code"], row["name"]),
                     "text": self.env._("in order") if row["ok"] else row["text"]} for row in self.comparison_rows]
        return self.order_id._sbo_compare() if self.state == "open" and not self.blind else []

    def _comparison_table(self, rows):
        if not rows:
            return False
        body = Markup("").join(
            Markup("<tr><td><span class='badge {}'>{}</span></td><td>{}</td><td>{}</td></tr>").format(
                "text-bg-success" if row["ok"] else "text-bg-warning",
                self.env._("OK") if row["ok"] else self.env._("Look"), row["name"], row["text"]) for row in rows)
        return Markup("<table class='table table-sm mb-0'>%s</table>") % body
