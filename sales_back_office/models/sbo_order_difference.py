from odoo import api, fields, models
from odoo.exceptions import UserError

FIELDS = [
    ("product", "Product"),
    ("quantity", "Quantity"),
    ("price", "Price"),
    ("date", "Date"),
    ("missing", "Missing in the Order"),
    ("surplus", "Not on the Paper"),
]


class SboOrderDifference(models.Model):
    """One field of one line in which an order differs from the customer's paper (不符): an error of whoever entered it,
    until the order is corrected, or the paper is found to be wrong.
    """

    _name = "sbo.order.difference"
    _description = "Difference from the Paper"
    _order = "verification_id, id"
    _rec_name = "product"

    verification_id = fields.Many2one(
        "sbo.order.verification", required=True, readonly=True, index=True, ondelete="cascade")
    line_id = fields.Many2one("sbo.order.verification.line", "Sheet Line", readonly=True, ondelete="cascade")
    order_id = fields.Many2one(related="verification_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="verification_id.company_id", store=True)
    product = fields.Char("Line", readonly=True)
    field = fields.Selection(FIELDS, "Differing Field", required=True, readonly=True)
    order_value = fields.Char("In the Order", readonly=True)
    paper_value = fields.Char("On the Paper", readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", readonly=True, index=True)
    found_at = fields.Datetime("Found", required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("open", "Open"), ("corrected", "Order Corrected"), ("paper_wrong", "Paper Is Wrong"),
         ("rechecked", "Verified Again")], required=True, readonly=True, default="open")
    closed_at = fields.Datetime("Closed", readonly=True)
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True)
    reason = fields.Char(readonly=True, help="Why the customer's paper is wrong, and how we know.")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Differences are kept with their check sheet."))

    def action_paper_wrong(self, reason=None):
        """The order is right: the customer's paper is wrong. Said by the checker or a supervisor, with a reason."""
        reason = (reason or "").strip()
        if not reason:
            return self.env["sbo.order.answer"]._ask("paper_wrong", self)
        self.check_access("read")
        for item in self:
            sheet = item.verification_id
            if item.state != "open":
                raise UserError(self.env._("This difference is closed already."))
            supervisor = self.env.user.has_group("sales_back_office.sbo_group_supervisor")
            if self.env.user in sheet.order_id._sbo_who_entered() or not (
                    supervisor or self.env.user == sheet.user_id):
                raise UserError(self.env._(
                    "That the paper is wrong is noted by %s or a supervisor, never by whoever entered the order.",
                    sheet.sudo().user_id.name))
        # Superuser: the right was checked above, differences themselves are closed to everybody.
        self.sudo()._close("paper_wrong", reason)
        self.sudo().verification_id._after_paper_wrong(self.sudo())

    def _close(self, state, reason=False):
        """Close these differences as corrected, verified again, or excused."""
        self.write({"state": state, "closed_at": fields.Datetime.now(), "closed_by_id": self.env.uid,
                    "reason": reason})
