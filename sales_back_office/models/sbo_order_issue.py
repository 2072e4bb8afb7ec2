from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import clock
from ..tools.choices import CAUSES

KINDS = [
    ("shortage", "Shortage"),
    ("production_delay", "Production Delay"),
    ("customer_change", "Customer Change"),
    ("quality", "Quality"),
    ("logistics", "Logistics"),
    ("other", "Other"),
]


class SboOrderIssue(models.Model):
    """One thing that went wrong with an order after it was taken (订单异常): what, who has to put it right, what the
    customer was told and when, and how it was solved.
    """

    _name = "sbo.order.issue"
    _description = "Order Issue"
    # The flow stands before the thread: it listens to what the thread posts.
    _inherit = ["sbo.order.issue.flow", "sbo.order.issue.charge", "mail.thread", "mail.activity.mixin",
                "sbo.checked.mixin", "sbo.closed.mixin"]
    _closed = frozenset({
        "state", "reply_due_at", "result_due_at", "replied_at", "replied_by_id", "solved_at", "solved_by_id",
        "opened_by_id", "solution"})
    _order = "opened_at desc, id desc"
    _check_company_auto = True

    name = fields.Char("Issue No.", required=True, readonly=True, copy=False, default="/")
    active = fields.Boolean(default=True)
    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade", check_company=True)
    picking_id = fields.Many2one(
        "stock.picking", "Delivery Order", index="btree_not_null", ondelete="set null", check_company=True,
        domain="[('sale_id', '=', order_id)]")
    product_id = fields.Many2one("product.product", index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    sbo_clerk_id = fields.Many2one(
        "res.users", "Back-Office Clerk", related="order_id.sbo_clerk_id", help="Who answers the customer.")
    kind = fields.Selection(KINDS, required=True, tracking=True)
    cause = fields.Selection(
        CAUSES, required=True, default="undetermined", tracking=True, help="Who or what has caused it.")
    department_id = fields.Many2one(
        "sbo.department", check_company=True, tracking=True, index="btree_not_null",
        help="The department that has to put it right.")
    user_id = fields.Many2one(
        "res.users", "Person in Charge", tracking=True, index="btree_not_null", check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who has to put it right in the house; the clerk answers the customer.")
    description = fields.Text("What Happened", required=True)
    solution = fields.Text(tracking=True)
    quantity = fields.Float("Quantity Concerned", digits="Product Unit")

    _reply_idx = models.Index("(reply_due_at) WHERE replied_at IS NULL")

    @api.depends("name", "kind", "order_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for issue in self:
            name = issue.name if issue._origin else self.env._("New Issue")
            # Superuser: who puts it right sees the issue, not the order.
            issue.display_name = " ".join(filter(None, (name, kinds.get(issue.kind), issue.sudo().order_id.name)))

    @api.model_create_multi
    def create(self, vals_list):
        """An issue gets its number and the ends of its time limits, counted from when it became known."""
        orders = self.env["sale.order"].browse([vals.get("order_id") for vals in vals_list])
        for vals, order in zip(vals_list, orders, strict=True):
            if not self.env.su:
                vals = self._opened(vals)
            vals.setdefault("opened_at", clock.now(self.env))
            vals.update(
                company_id=order.company_id.id, partner_id=order.partner_id.commercial_partner_id.id,
                team_id=order.team_id.id, state="open")
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].with_company(order.company_id).next_by_code(self._name) or "/"
        for company in orders.company_id:
            mine = [vals for vals in vals_list if vals["company_id"] == company.id]
            self._add_deadlines(company, mine)
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_mistake(self):
        kept = self.filtered(lambda issue: issue.state != "cancelled")
        if kept:
            raise UserError(self.env._(
                "“%s” is part of the order's history; cancel it with a reason instead.", kept[0].display_name))

    def action_step(self):
        """Dialog for a step by telephone or in person; the step comes with the context of the button."""
        step = self.env.context.get("sbo_step_name", "reply")
        self._check_step(step)
        return {"type": "ir.actions.act_window", "name": self.env._("Note a Step"),
                "res_model": "sbo.order.issue.step", "views": [[False, "form"]], "target": "new",
                "context": {"default_issue_ids": self.ids, "default_step": step}}

    def _opened(self, vals):
        """What people enter: nothing but the facts; the moments of steps come with the steps."""
        for name in self._closed:
            vals.pop(name, None)
        if vals.get("opened_at") and fields.Datetime.to_datetime(vals["opened_at"]) > clock.now(self.env):
            raise UserError(self.env._("An issue cannot have become known in the future."))
        return vals

    def _add_deadlines(self, company, vals_list):
        policy = company.sudo()  # limits of the company, whoever opens the issue
        starts = [fields.Datetime.to_datetime(vals["opened_at"]) for vals in vals_list]
        plan = self.env["sbo.deadline"]._plan
        replies = plan(company, starts, hours=policy.sbo_issue_reply_hours)
        results = plan(company, starts, days=policy.sbo_issue_result_days)
        for vals, reply, result in zip(vals_list, replies, results, strict=True):
            vals.setdefault("reply_due_at", reply)
            vals.setdefault("result_due_at", result)

    # === checks === #

    def _sbo_query_reply_late(self, check, ids=None) -> SQL:
        """Issues the customer heard of after the limit, or has not heard of although it is over (DOMAIN B3.1)."""
        return self._sbo_sql_late(check, ids, SQL.identifier("i", "reply_due_at"), SQL.identifier("i", "replied_at"))

    def _sbo_query_result_late(self, check, ids=None) -> SQL:
        """Issues whose solution the customer was told after the limit, or not at all (DOMAIN B3.2)."""
        return self._sbo_sql_late(check, ids, SQL.identifier("i", "result_due_at"), SQL.identifier("i", "solved_at"))

    def _sbo_sql_late(self, check, ids, due, done) -> SQL:
        as_of = check._as_of()
        return SQL(
            """SELECT i.id AS res_id, '' AS key, NULL::integer AS user_id, %(due)s AS due_at,
                      CASE WHEN %(done)s <= %(as_of)s THEN %(done)s END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('order', o.name, 'kind', i.kind, 'opened_at', i.opened_at) AS evidence
                 FROM sbo_order_issue i JOIN sale_order o ON o.id = i.order_id
                WHERE i.state <> 'cancelled' AND i.company_id = %(company)s AND i.opened_at <= %(as_of)s
                  AND %(due)s < %(as_of)s AND (%(done)s IS NULL OR %(done)s > %(due)s) %(narrow)s""",
            due=due, done=done, as_of=as_of, company=check.env.company.id,
            narrow=self._sbo_sql_narrow(SQL("i.id"), ids))
