from odoo import api, fields, models
from odoo.exceptions import UserError


class SboOrderOpined(models.AbstractModel):
    """An order on which departments give their opinion before it is confirmed, where its class asks for it."""

    _name = "sbo.order.opined"
    _description = "Opinions on an Order"
    _inherit = ["sbo.order.hooks"]

    sbo_opinion_ids = fields.One2many("sbo.order.opinion", "order_id", readonly=True)

    sbo_opinions_asked = fields.Boolean(
        compute="_compute_sbo_opinions_asked", help="A department that the order's class names is still to be asked.")

    @api.depends("state", "sbo_order_class_id", "sbo_opinion_ids.state")
    def _compute_sbo_opinions_asked(self):
        for order in self:
            # Superuser: whoever sees the order may ask.
            departments = order.sudo().sbo_order_class_id.department_ids if order.state in ("draft", "sent") else ()
            order.sbo_opinions_asked = bool(departments) and bool(
                departments - order.sudo().sbo_opinion_ids._still_hold(order.sudo()._sbo_content()).department_id)

    def action_sbo_ask_opinions(self):
        """Ask the departments that the class of the order names, and again those who spoke of an earlier state."""
        self.check_access("write")
        for order in self:
            if order.state not in ("draft", "sent"):
                raise UserError(self.env._("%s is no quotation any more: opinions come before.", order.name))
        asked = self._sbo_ask_opinions()
        if not asked:
            raise UserError(self.env._("Nobody has to be asked: the order's class names no department that has not "
                                       "answered."))

    def _sbo_begin_verification(self):
        sheet = super()._sbo_begin_verification()
        self._sbo_ask_opinions()
        return sheet

    def _sbo_ask_opinions(self):
        # Superuser: who may see the order may ask; opinions themselves are written by nobody.
        opinions = self.env["sbo.order.opinion"].sudo()
        for order, order_class in self.env["sbo.order.class"]._of(self).items():
            if order_class.sudo().department_ids:
                opinions |= opinions._ask(order.sudo(), order_class.sudo())
        return opinions

    def _sbo_refuse_confirmation(self):
        super()._sbo_refuse_confirmation()
        asked = {order: departments for order, order_class in self.env["sbo.order.class"]._of(self).items()
                 if (departments := order_class.sudo().department_ids)}
        if not asked:
            return
        # Superuser: whoever confirms need not see what departments say.
        opinions = self.env["sbo.order.opinion"].sudo()
        given = {(item.order_id.id, item.department_id): item for item in opinions.search(
            [("order_id", "in", [order.id for order in asked])])}
        reasons = []
        for order, departments in asked.items():
            content = order._sbo_content()
            missing = [given.get((order.id, item), opinions)._why_not(item, content) for item in departments]
            if any(missing):
                reasons.append(self.env._("%(order)s cannot be confirmed. %(reasons)s", order=order.name,
                                          reasons=" ".join(filter(None, missing))))
        if reasons:
            raise UserError("\n".join(reasons))
