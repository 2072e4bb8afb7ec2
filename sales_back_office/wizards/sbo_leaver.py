from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

QUIET = {"sbo_no_assignment": True, "tracking_disable": True, "active_test": False}


class SboLeaver(models.TransientModel):
    """A person leaves (离职交接): customers and open orders go to others in one go, each with its handover packet.

    The assignments and the clerk history are the lasting record; the wizard shows beforehand what will move.
    """

    _name = "sbo.leaver"
    _description = "Handover of a Leaver"
    _transient_max_hours = 24.0

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users", "Who Leaves", required=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        context={"active_test": False})
    choice = fields.Selection(
        [("person", "One Successor"), ("rule", "By Distribution Rules")], "Customers Go to", required=True,
        default="person")
    successor_id = fields.Many2one(
        "res.users", domain=lambda self: [
            ("share", "=", False), ("company_ids", "in", self.env.company.ids),
            ("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").ids)],
        help="Takes the customers and orders; by rules, only what no rule covers.")
    clerk_successor_id = fields.Many2one(
        "res.users", "Clerk Who Takes Over", domain=lambda self: self.env["sbo.served.mixin"]._sbo_clerk_domain(),
        help="Answers from now on for what the leaver has served.")
    note = fields.Text("Background", help="What the successors should know; stands on every assignment.")
    state = fields.Selection([("preview", "Preview"), ("done", "Handed Over")], default="preview", readonly=True)
    customer_ids = fields.Many2many("res.partner", compute="_compute_preview", string="Customers")
    order_ids = fields.Many2many("sale.order", compute="_compute_preview", string="Open Orders")
    served_ids = fields.Many2many("res.partner", compute="_compute_preview", string="Customers Served")
    served_order_ids = fields.Many2many("sale.order", compute="_compute_preview", string="Orders Served")
    obstacles = fields.Text(compute="_compute_preview")
    assignment_ids = fields.Many2many("sbo.assignment", readonly=True)
    moved_served_ids = fields.Many2many("res.partner", "sbo_leaver_served_rel", readonly=True)
    summary = fields.Text(readonly=True)

    @api.depends("user_id", "company_id")
    def _compute_preview(self):
        """What would move now. As superuser: what the leaver has must all be found, whoever may see it."""
        for wizard in self.sudo():
            customers, orders, served, served_orders = wizard._get_belongings()
            wizard.customer_ids = customers.filtered(lambda partner: partner.active and partner._sbo_is_assigned())
            wizard.order_ids = orders
            wizard.served_ids = served.filtered("active")
            wizard.served_order_ids = served_orders
            wizard.obstacles = "\n".join(wizard.user_id._sbo_leaver_obstacles()) if wizard.user_id else False

    # === actions === #

    def action_hand_over(self):
        """Move everything, or say what stands in the way."""
        self.ensure_one()
        self.check_access("write")
        self._check_ready()
        customers, orders, served, served_orders = self.sudo()._get_belongings()
        assignments = self._move_customers(customers)
        self._move_orders(orders)
        self._move_served(served, served_orders)
        self._move_duties()
        # Superuser: the figures of the preview end here, the wizard keeps what has moved for the paper.
        self.sudo().write({
            "state": "done", "assignment_ids": [fields.Command.set(assignments.ids)],
            "moved_served_ids": [fields.Command.set(served.filtered("active").ids)],
            "summary": self.env._(
                "%(customers)s customers and %(orders)s open orders handed over; %(served)s customers and "
                "%(served_orders)s orders served by another clerk.", customers=len(assignments), orders=len(orders),
                served=len(served.filtered("active")), served_orders=len(served_orders)),
        })
        return {"type": "ir.actions.act_window", "name": self.env._("Leaver"), "res_model": self._name,
                "res_id": self.id, "view_mode": "form", "target": "new"}

    def action_print(self):
        """The list of what was handed over, for signature (F02)."""
        return self.env.ref("sales_back_office.sbo_leaver_list_action").report_action(self)

    def action_print_each(self):
        """A handover form per customer, in one file."""
        return self.env.ref("sales_back_office.sbo_handover_action").report_action(self.assignment_ids)

    def action_assignments(self):
        """The assignments that were made."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_assignment_action")
        return dict(action, domain=[("id", "in", self.assignment_ids.ids)], context={})

    # === what is there === #

    def _get_belongings(self):
        """(customers and contacts, open orders, customers served, orders served) of the leaver in the company."""
        partners = self.env["res.partner"].with_context(active_test=False)
        orders, user = self.env["sale.order"], self.user_id
        if not user:
            return partners, orders, partners, orders
        company = Domain("company_id", "in", [False, self.company_id.id])
        still_open = Domain(partners._sbo_open_orders()) & Domain("company_id", "=", self.company_id.id)
        return (
            partners.search(company & Domain("user_id", "=", user.id)),
            orders.search(still_open & Domain("user_id", "=", user.id)),
            partners.search(company & Domain("sbo_clerk_id", "=", user.id)),
            orders.search(still_open & Domain("sbo_clerk_id", "=", user.id)),
        )

    def _check_ready(self):
        if self.state == "done":
            raise UserError(self.env._("This handover is done; start another one for what has come since."))
        if self.obstacles:
            raise UserError(self.env._("%(user)s cannot leave yet:\n%(obstacles)s", user=self.user_id.name,
                                       obstacles=self.obstacles))
        if self.user_id in (self.successor_id, self.clerk_successor_id):
            raise UserError(self.env._("%s cannot take over from themselves.", self.user_id.name))
        if (self.customer_ids or self.order_ids) and self.choice == "person" and not self.successor_id:
            raise UserError(self.env._("Choose who takes over the customers and orders."))
        if (self.served_ids or self.served_order_ids) and not self.clerk_successor_id:
            raise UserError(self.env._("%s serves customers or orders: choose the clerk who takes over.",
                                       self.user_id.name))

    # === what moves === #

    def _move_customers(self, partners):
        """New assignments for the customers; contacts and archived ones just change the salesperson."""
        assignments = self.env["sbo.assignment"].with_company(self.company_id)
        customers = partners.filtered(lambda partner: partner.active and partner._sbo_is_assigned())
        # What still waits for the leaver's answer is answered by nobody any more.
        assignments.sudo().search([
            ("user_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id), ("state", "=", "assigned"),
        ])._cancel_quietly(self.env._("%s has left.", self.user_id.name))
        self._stop_shares()
        new = assignments._open(customers.with_env(self.env), self.company_id, kind="leaver",
                                from_user_id=self.user_id.id, background=self.note)
        covered = assignments.browse()
        if self.choice == "rule":
            rules = new._covering_rules()
            covered = new.filtered(lambda record: record.id in rules)
            covered.action_assign_by_rule()
        rest = new - covered
        if rest and not self.successor_id:
            raise UserError(self.env._(
                "No distribution rule covers %s: choose a successor for such customers.", rest[0].partner_id.name))
        if rest:
            rest.action_assign(self.successor_id.id, self.env._("takes over from %s", self.user_id.name))
        others = partners - customers
        if others:
            heirs = others.grouped(lambda partner: partner.commercial_partner_id.user_id - self.user_id)
            for heir, group in heirs.items():
                # Superuser: as with the customers, the wizard gives away what the supervisor may not edit.
                group.with_context(**QUIET).write({"user_id": (heir or self.successor_id).id})
        return new

    def _move_orders(self, orders):
        """Open orders follow their customer; those of somebody else's customer go to the successor, or to him."""
        def heir(order):
            return (order.partner_id.commercial_partner_id.user_id - self.user_id) or self.successor_id

        named = orders.grouped(lambda order: self.successor_id if self.choice == "person" else heir(order))
        for user, group in named.items():
            if not user:
                raise UserError(self.env._("Nobody takes over the order %s: choose a successor.", group[0].name))
            # Superuser: the orders of all, also locked ones. The goods stay in the warehouse they were to leave from.
            with self.env.protecting([group._fields["warehouse_id"]], group):
                group.with_context(**QUIET).write({"user_id": user.id})
                group.flush_recordset()

    def _move_served(self, served, served_orders):
        """The clerk history ends for the one and begins for the other, in two statements each."""
        clerk = self.clerk_successor_id
        for records in (served, served_orders):
            if records:
                records.with_context(**QUIET).write({"sbo_clerk_id": clerk.id})
        waiting = self.env["sbo.assignment"].sudo().search([
            ("sbo_clerk_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id),
            ("state", "in", ("received", "assigned"))])
        if waiting and clerk:
            waiting.with_context(**QUIET).write({"sbo_clerk_id": clerk.id})

    def _move_duties(self):
        """Whom the leaver was the default clerk of: salespeople, teams, the company's new customers."""
        clerk = self.clerk_successor_id
        if not clerk:
            return
        # Superuser: settings of users, teams and the company that a supervisor need not be allowed to edit.
        for model in ("res.users", "crm.team"):
            records = self.env[model].sudo().with_context(active_test=False).search(
                [("sbo_clerk_id", "=", self.user_id.id), ("company_id", "in", [False, self.company_id.id])])
            if records:
                records.write({"sbo_clerk_id": clerk.id})
        company = self.company_id.sudo()
        if company.sbo_intake_clerk_id == self.user_id:
            company.sbo_intake_clerk_id = clerk

    def _stop_shares(self):
        """Who leaves is given nothing more by any rule."""
        shares = self.env["sbo.assignment.share"].search(
            [("user_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id)])
        shares.active = False
