from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import clock

STAGES = [
    ("waiting", "Waiting for Goods"),
    ("production", "In Production"),
    ("ready", "Ready"),
    ("payment", "Waiting for Payment"),
    ("shipping", "Shipping"),
    ("customer", "Waiting for the Customer"),
    ("other", "Other"),
]


class SboOrderProgress(models.Model):
    """One look at an open order (订单跟踪): where it stands and what comes next, at a moment, by a person."""

    _name = "sbo.order.progress"
    _description = "Order Progress"
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", check_company=True, domain=[("state", "=", "sale")])
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True)
    clerk_id = fields.Many2one("res.users", "Back-Office Clerk", readonly=True, index="btree_not_null")
    date = fields.Datetime(required=True, readonly=True, default=lambda self: clock.now(self.env))
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, default=lambda self: self.env.user)
    stage = fields.Selection(STAGES, required=True)
    note = fields.Char("Remark", help="What is done, what is missing, what comes next.")
    expected = fields.Date("Ready on", help="When the goods are expected to be ready, by what was heard today.")

    _order_idx = models.Index("(order_id, date)")

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse([vals["order_id"] for vals in vals_list])
        for vals, order in zip(vals_list, orders, strict=True):
            if not self.env.su:  # an entry is made when and by whom it is made
                vals.update(date=clock.now(self.env), user_id=self.env.uid)
            vals.update(
                company_id=order.company_id.id, clerk_id=order.sbo_clerk_id.id,
                partner_id=order.partner_id.commercial_partner_id.id)
        return super().create(vals_list)

    def write(self, vals):
        if {"order_id", "date", "user_id"} & set(vals):
            raise UserError(self.env._("An entry belongs to its order and its moment; make a new one instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Entries are the proof that an order was looked after; they are not deleted."))
