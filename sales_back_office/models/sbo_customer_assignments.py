from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sbo_assignment_opening import GONE

# Writing one of these can make a customer of a contact, or give it another salesperson.
TRIGGERS = {"sbo_is_customer", "customer_rank", "user_id", "sbo_clerk_id", "parent_id", "is_company", "company_type"}


class SboCustomerAssignments(models.AbstractModel):
    """What a customer shows of its assignments, and how a new customer opens one (客户分配).

    However a customer comes about (form, import, order, RPC), it passes here. The context key ``sbo_no_assignment``
    is for loaders that bring in customers who have been served for long.
    """

    _name = "sbo.customer.assignments"
    _description = "Assignments of a Customer"

    sbo_assignment_ids = fields.One2many("sbo.assignment", "partner_id", "Assignments")
    sbo_assignment_count = fields.Integer("Assignment Count", compute="_compute_sbo_assignment")
    sbo_assignment_state = fields.Selection(
        lambda self: self.env["sbo.assignment"]._fields["state"]._description_selection(self.env), "Assignment",
        compute="_compute_sbo_assignment", help="Where the last assignment stands.")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sbo_assignment(self):
        """Number and last state for all these customers, in one query, by the rights of the user."""
        self.sbo_assignment_count = 0
        self.sbo_assignment_state = False
        assignments = self.env["sbo.assignment"]
        if not self.ids or not assignments.has_access("read"):
            return
        rows = assignments.search_fetch(
            [("partner_id", "in", self.ids), ("company_id", "=", self.env.company.id)], ["partner_id", "state"],
            order="id desc").grouped("partner_id")
        for partner in self:
            found = rows.get(partner._origin)
            if found:
                partner.sbo_assignment_count = len(found)
                partner.sbo_assignment_state = found[0].state

    # === every new customer opens one === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if not self.env.context.get("sbo_no_assignment"):
            partners._sbo_receive()
        return partners

    def write(self, vals):
        if self.env.context.get("sbo_no_assignment") or TRIGGERS.isdisjoint(vals):
            return super().write(vals)
        customers = self.filtered("sbo_is_customer")
        former = {partner: partner.user_id for partner in customers} if "user_id" in vals else {}
        others = self.filtered(lambda partner: partner.user_id != self.env.user)
        result = super().write(vals)
        others._sbo_refuse_taking()
        (self - customers)._sbo_receive()
        self._sbo_note_change({
            partner: user for partner, user in former.items()
            if partner.user_id != user and partner._sbo_is_assigned()})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        """A customer entered by mistake can go, with what nobody has answered yet; a real one is archived."""
        # Superuser: the history counts, also what this person does not see of it.
        assignments = self.env["sbo.assignment"].sudo().search([("partner_id", "in", self.ids)])
        answered = assignments.filtered("acknowledged_at")[:1]
        if answered:
            raise UserError(self.env._(
                "%(customer)s has been handed over to a salesperson (%(assignment)s) and is kept: archive it instead.",
                customer=answered.partner_id.display_name, assignment=answered.name))
        assignments.with_context(sbo_gone=GONE).unlink()

    def action_sbo_assignments(self):
        """Open the assignments of these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_assignment_action")
        return dict(action, domain=[("partner_id", "in", self.ids)], context={
            "default_partner_id": self.id if len(self) == 1 else False})

    def action_sbo_hand_over(self):
        """Give these customers to another salesperson: a new assignment each."""
        return {
            "type": "ir.actions.act_window", "name": self.env._("Give to Another Salesperson"),
            "res_model": "sbo.assignment.decision", "view_mode": "form", "target": "new",
            "context": {"default_decision": "reassign", "default_partner_ids": self.ids},
        }

    def _sbo_refuse_taking(self):
        """Whose customer it is reads its contracts and its papers: nobody who sees own customers only takes them so."""
        if self.env.su or self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            return
        taken = self.filtered(lambda partner: partner.user_id == self.env.user)
        if not taken:
            return
        # Superuser: what there is to read, and this person must not see yet.
        held = (
            self.env["sbo.contract"].sudo().with_context(active_test=False).search(
                [("partner_id", "in", taken.ids), ("user_id", "!=", self.env.uid)], limit=1)
            or self.env["sbo.document"].sudo().with_context(active_test=False).search(
                [("partner_id", "child_of", taken.ids)], limit=1))
        if held:
            raise AccessError(self.env._(
                "%s has contracts or papers on file, which its salesperson may read: nobody takes such a customer by "
                "themselves. The back office or a sales manager gives it to you.",
                held.partner_id.sudo().display_name))

    def _sbo_is_assigned(self):
        """Whether this partner is somebody who is assigned: a customer itself, not one of its contacts."""
        self.ensure_one()
        return self.sbo_is_customer and (not self.parent_id or self.is_company)

    def _sbo_receive(self):
        """Open the first assignment of those that have become customers; who has one already is left alone."""
        customers = self.filtered(lambda partner: partner._sbo_is_assigned())
        for company, partners in customers.grouped(lambda partner: partner.company_id or self.env.company).items():
            known = self.env["sbo.assignment"]._latest(partners, company)
            partners = partners.filtered(lambda partner, known=known: partner.id not in known)
            if partners:
                new = self.env["sbo.assignment"]._open(partners, company, channel=self._sbo_channel())
                new._settle(self.env._("entered with the customer"))

    @api.model
    def _sbo_channel(self):
        """Where a new customer comes from, as far as the system knows; a bridge says so by the context."""
        known = "import" if self.env.context.get("import_file") else "other"
        return self.env.context.get("sbo_channel") or known

    def _sbo_note_change(self, former):
        """The salesperson was changed on the customer itself: that is an assignment, too, and leaves its note.

        :param former: {customer: salesperson before}
        """
        moved = self.browse([partner.id for partner in former])
        for company, partners in moved.grouped(lambda partner: partner.company_id or self.env.company).items():
            self.env["sbo.assignment"]._note_change({partner: former[partner] for partner in partners}, company)

    def _sbo_assigning_clerks(self, company):
        """Who must assign each of these customers: {customer id: res.users}.

        The customer's clerk, else who has brought it in or keyed it in when a clerk, else the company's choice.
        """
        # Superuser: a salesperson or a website brings in customers, too, and reads neither roles nor settings.
        clerks = self.env.ref("sales_back_office.sbo_group_clerk").sudo().all_user_ids
        intake = company.sudo().sbo_intake_clerk_id
        own = self.env.user if self.env.user in clerks and not self.env.user._is_superuser() else intake
        return {
            partner.id: (partner.sbo_clerk_id or (partner.sbo_collector_id & clerks) or own).with_env(self.env)
            for partner in self.sudo()
        }
