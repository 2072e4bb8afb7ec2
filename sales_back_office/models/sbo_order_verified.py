from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

STATES = [
    ("open", "Being Verified"),
    ("difference", "Differences"),
    ("stale", "Changed since Verified"),
    ("done", "Fully Verified"),
]


# An order that was confirmed unverified, as it might, and has been changed into one of a class that is verified.
GROWN = ("grown", "Grown: To Be Verified")


class SboOrderVerified(models.AbstractModel):
    """An order that somebody else compares with the customer's paper before it is confirmed (订单核对).

    A confirmed order that is raised into a class that is verified is marked, found by a check and can be verified
    then. It is not refused: freight that is added when goods leave must not stop them. Whoever wants the goods to wait
    lets the check stop deliveries.
    """

    _name = "sbo.order.verified"
    _description = "Verification of an Order"
    _inherit = ["sbo.order.hooks"]

    sbo_verification_ids = fields.One2many("sbo.order.verification", "order_id", readonly=True)
    sbo_verification_state = fields.Selection(
        [GROWN, *STATES], "Verification", readonly=True, copy=False, tracking=True,
        help="Where the present verification of the order stands; empty: nobody has begun one.")
    sbo_order_class_id = fields.Many2one("sbo.order.class", "Order Class", compute="_compute_sbo_order_class_id")
    sbo_verification_required = fields.Boolean("Must Be Verified", compute="_compute_sbo_order_class_id")
    sbo_can_verify = fields.Boolean(
        "May Verify", compute="_compute_sbo_can_verify",
        help="The user is a clerk who has entered nothing of the quotation.")

    @api.depends("amount_total", "partner_id", "order_line.product_id", "company_id")
    def _compute_sbo_order_class_id(self):
        classes = self.env["sbo.order.class"]._of(self)
        for order in self:
            # Superuser: the class' name and demand are no secret from whoever sees the order.
            order.sbo_order_class_id = classes[order].sudo()
            order.sbo_verification_required = classes[order].sudo().verify

    @api.depends("state", "sbo_verification_state")
    @api.depends_context("uid")
    def _compute_sbo_can_verify(self):
        clerk = self.env.user.has_group("sales_back_office.sbo_group_clerk")
        for order in self:
            order.sbo_can_verify = bool(
                clerk and order._origin and order._sbo_can_be_verified() and order.sbo_verification_state != "done"
                and self.env.user not in order._origin._sbo_who_entered())

    # === CRUD === #

    def write(self, vals):
        # Superuser only: the sheet tells the order where it stands.
        if "sbo_verification_state" in vals and not self.env.su:
            raise AccessError(self.env._("How far an order is verified is set by its check sheet only."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("sbo_verification_state", None)
        return super().create(vals_list)

    def web_read(self, specification):
        """Whoever opens the form of an order that he is verifying blind leaves that on his check sheet."""
        if len(self) == 1 and "order_line" in specification and self.env["sbo.order.class"]._any_blind():
            # Superuser: a mark that the checker cannot leave out.
            self.env["sbo.order.verification"].sudo().search([
                ("order_id", "=", self.id), ("user_id", "=", self.env.uid), ("state", "=", "open"),
                ("blind", "=", True), ("seen_at", "=", False)])._mark_seen()
        return super().web_read(specification)

    # === actions === #

    def action_sbo_verify(self):
        """Begin to verify this order, or go on with it; whoever has entered it cannot."""
        self.ensure_one()
        self.check_access("read")
        sheet = self._sbo_sheet()
        if not sheet or sheet.state == "stale" or (sheet.state != "open" and self.env.context.get("sbo_again")):
            sheet = self._sbo_begin_verification()
        return {"type": "ir.actions.act_window", "res_model": "sbo.order.verification", "res_id": sheet.id,
                "view_mode": "form", "name": self.env._("Order Check Sheet")}

    def action_sbo_verifications(self):
        """All check sheets of the order."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_order_verification_action")
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {"active_test": False}}

    # === the sheet === #

    def _sbo_sheet(self):
        """The present check sheets of these orders."""
        # Superuser: whoever confirms need not see the sheets.
        return self.env["sbo.order.verification"].sudo().search([
            ("order_id", "in", self.ids), ("state", "!=", "superseded")]).with_env(self.env)

    def _sbo_begin_verification(self):
        """A new sheet for the user; the one before is history.

        :raise UserError: not a quotation, entered by the user, or somebody else is at it
        """
        self.ensure_one()
        if not self.env.user.has_group("sales_back_office.sbo_group_clerk"):
            raise UserError(self.env._("Orders are verified in the back office: ask a clerk."))
        if not self._sbo_can_be_verified():
            raise UserError(self.env._("%s is no quotation any more: only quotations are verified.", self.name))
        if self.env.user in self._sbo_who_entered():
            raise UserError(self.env._(
                "You have entered %s yourself, at least a part of it: somebody else must verify it.", self.name))
        # Two checkers at once: the second one waits here, and then sees the sheet of the first.
        self.env.cr.execute(SQL("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", self.id))
        former = self._sbo_sheet()
        if former.state == "open" and former.user_id != self.env.user:
            raise UserError(self.env._("%(user)s is verifying %(order)s already.",
                                       user=former.sudo().user_id.name, order=self.name))
        return former._succeed(self)

    def _sbo_content(self):
        """What a verified order must still be, in plain values: its head, and line by line."""
        self.ensure_one()
        order = self.sudo()
        return {
            "head": {name: order[name].id if name != "commitment_date" else str(order[name] or "")
                     for name in ("partner_id", "partner_shipping_id", "payment_term_id", "currency_id",
                                  "commitment_date")},
            "lines": {str(line.id): {
                "product": line.product_id.id, "quantity": f"{line.product_uom_qty:.6f}",
                "price": f"{line.price_unit:.6f}", "discount": f"{line.discount:.6f}", "unit": line.product_uom_id.id,
                "taxes": sorted(line.tax_ids.ids), "name": line.name,
            } for line in sorted(order._sbo_product_lines(), key=lambda line: line.id)},
        }

    # === moments === #

    def _sbo_content_changed(self, changed):
        verified = self.filtered(lambda order: order.sbo_verification_state and order._sbo_can_be_verified())
        if verified:
            verified._sbo_sheet()._refresh()
        self.filtered(lambda order: order.state == "sale" and not order.sbo_verification_state)._sbo_mark_grown()
        return super()._sbo_content_changed(changed)

    def _sbo_mark_grown(self):
        classes = self.env["sbo.order.class"]._of(self)
        grown = self.filtered(lambda order: classes[order].sudo().verify)
        # Superuser: whoever changes the order need not be allowed to say how far it is verified.
        grown.sudo().sbo_verification_state = GROWN[0]

    def _sbo_can_be_verified(self):
        """A quotation, or a confirmed order that has to be verified after all."""
        return self.state in ("draft", "sent") or self.state == "sale" and self.sbo_verification_state in (
            GROWN[0], "open", "difference", "stale")

    def _sbo_refuse_confirmation(self):
        super()._sbo_refuse_confirmation()
        classes = self.env["sbo.order.class"]._of(self)
        asked = self.filtered(lambda order: order.sbo_verification_state or classes[order].sudo().verify)
        if not asked:
            return
        sheets = {sheet.order_id.id: sheet for sheet in asked._sbo_sheet().sudo()}
        none = self.env["sbo.order.verification"]
        reasons = [sheets.get(order.id, none)._why_not(order, classes[order].sudo()) for order in asked]
        if any(reasons):
            raise UserError("\n".join(filter(None, reasons)))

    # === doors where nobody of ours stands === #

    def _sbo_held(self):
        """Those of these orders that would be refused now."""
        return self.filtered(lambda order: order._sbo_would_be_refused())

    def _sbo_would_be_refused(self):
        """Tried out and undone: checks look at orders in the database, and some at confirmed ones only."""
        with self.env.cr.savepoint() as trial:
            self.env.cr.execute(SQL("UPDATE sale_order SET state = 'sale' WHERE id = %s", self.id))
            self.invalidate_recordset(["state"])
            try:
                self._sbo_check_confirmation()
            except UserError:
                return True
            finally:
                trial.rollback()
        return False

    def _sbo_tell_held(self):
        for order in self.sudo():
            user = order.sbo_clerk_id or order.user_id
            order.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id or self.env.uid,
                summary=self.env._("The customer has accepted: verify and confirm"),
                note=self.env._("%s was accepted online. It is confirmed when what it still waits for is done.",
                                order.name))
