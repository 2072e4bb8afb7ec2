from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import clock
from .sbo_assignment_opening import GONE, OPEN_STATES

KINDS = [("new", "New Customer"), ("adjust", "Change of Salesperson"), ("leaver", "Leaver"), ("withdraw", "Withdrawn")]
CHANNELS = [
    ("website", "Website"), ("phone", "Phone"), ("fair", "Trade Fair"), ("referral", "Referral"), ("visit", "Visit"),
    ("lead", "Lead"), ("order", "Order"), ("import", "Import"), ("other", "Other"),
]
# What a plain write may change, by state: everything else comes with a step.
EDITABLE = {
    "clerk": {"received": {"channel", "background", "received_at", "sbo_clerk_id"}, "assigned": {"background"}},
    "receiver": {"assigned": {"background_ok", "contact_ok", "preferences_ok", "item_ids"}},
}
# What nobody enters with a new one.
DECIDED = frozenset({
    "name", "state", "outcome", "user_id", "from_user_id", "assigned_at", "assigned_by_id", "assign_due_at",
    "acknowledge_due_at", "acknowledged_at", "acknowledged_by_id", "answer_note", "cancelled_at", "cancel_reason",
    "previous_id", "rule_id", "by_rule", "item_ids", "background_ok", "contact_ok", "preferences_ok",
})


class SboAssignment(models.Model):
    """One handover of one customer to one salesperson (客户信息分配/交接单, F02): received, assigned, acknowledged.

    History is never edited: what is sent back, taken back or changed later goes on in a new one (``previous_id``).
    """

    _name = "sbo.assignment"
    _description = "Customer Assignment"
    _inherit = [
        "sbo.assignment.flow", "sbo.assignment.opening", "mail.thread", "mail.activity.mixin", "sbo.served.mixin",
        "sbo.closed.mixin"]
    _closed = DECIDED | {"kind"}
    _order = "received_at desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    kind = fields.Selection(KINDS, required=True, readonly=True, default="new")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict", check_company=True,
        domain="[('parent_id', '=', False)]")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    channel = fields.Selection(CHANNELS, required=True, default="other", tracking=True)
    basis = fields.Char(readonly=True, copy=False, help="Why this salesperson, in words.")
    background = fields.Text(help="What the salesperson should know: where the customer comes from, what it wants.")
    from_user_id = fields.Many2one("res.users", "From", readonly=True, index="btree_not_null", copy=False)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, index="btree_not_null", copy=False)
    previous_id = fields.Many2one("sbo.assignment", readonly=True, index="btree_not_null", copy=False)
    next_ids = fields.One2many("sbo.assignment", "previous_id", readonly=True)
    rule_id = fields.Many2one(
        "sbo.assignment.rule", "Distribution Rule", readonly=True, index="btree_not_null", ondelete="restrict",
        copy=False, help="The rule that covers the customer: it counts in its shares, chosen by rule or by name.")
    by_rule = fields.Boolean("Chosen by Rule", readonly=True, copy=False)
    item_ids = fields.One2many("sbo.assignment.item", "assignment_id", "Handover Packet", copy=False)
    item_state = fields.Char("Packet", compute="_compute_item_state")
    region_id = fields.Many2one(related="partner_id.sbo_region_id")

    _open_idx = models.Index("(partner_id, company_id) WHERE state IN ('received', 'assigned')")
    _count_idx = models.Index("(rule_id, assigned_at) WHERE rule_id IS NOT NULL")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = " ".join(filter(None, [record.name, record.partner_id.name]))

    @api.depends("item_ids.ticked")
    def _compute_item_state(self):
        for record in self:
            items = record.item_ids
            record.item_state = items and f"{len(items.filtered('ticked'))}/{len(items)}"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._complete_by_hand(vals_list)
        now = clock.now(self.env)
        companies = self.env["res.company"]
        for vals in vals_list:
            vals["company_id"] = vals.get("company_id") or self.env.company.id
            vals["received_at"] = fields.Datetime.to_datetime(vals.get("received_at")) or now
        pairs = [(companies.browse(vals["company_id"]), vals["received_at"]) for vals in vals_list]
        dues = self._deadlines(pairs, "sbo_assign_hours")
        numbers = self._next_numbers([company for company, _moment in pairs])
        for vals, pair, number in zip(vals_list, pairs, numbers, strict=True):
            vals["name"] = number
            vals["assign_due_at"] = dues[pair]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._refuse_by_hand(vals)
        result = super().write(vals)
        if "received_at" in vals:
            self.sudo().action_recompute_deadlines()  # the clock has started at another moment
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self.env.context.get("sbo_gone") is GONE:
            return
        raise UserError(self.env._(
            "Assignments are never deleted, they are the history of the customer. A supervisor can cancel one that "
            "waits to be assigned."))

    def _complete_by_hand(self, vals_list):
        """An assignment that a clerk enters: of a customer that waits for nobody yet, and with nothing decided."""
        self.check_access("create")
        partners = self.env["res.partner"].browse([vals["partner_id"] for vals in vals_list if vals.get("partner_id")])
        for vals in vals_list:
            for name in self._closed & set(vals):
                del vals[name]
            self._check_received_at(vals)
        contact = partners.filtered(lambda partner: partner.parent_id and not partner.is_company)[:1]
        if contact:
            raise UserError(self.env._("%(contact)s is a contact: assign the customer %(customer)s itself.",
                                       contact=contact.name, customer=contact.commercial_partner_id.name))
        waiting = self.sudo().search(  # one that this clerk may not see is one all the same
            [("partner_id", "in", partners.ids), ("company_id", "=", self.env.company.id),
             ("state", "in", OPEN_STATES)], limit=1)
        if waiting:
            raise UserError(self.env._(
                "%(customer)s is being assigned already: see %(assignment)s.",
                customer=waiting.partner_id.display_name, assignment=waiting.name))
        by_id = partners._sbo_assigning_clerks(self.env.company)
        for vals in vals_list:
            vals.setdefault("sbo_clerk_id", by_id.get(vals.get("partner_id"), self.env.user).id)
        partners.with_context(sbo_no_assignment=True).filtered(
            lambda partner: not partner.sbo_is_customer).sbo_is_customer = True

    def _refuse_by_hand(self, vals):
        """Plain writes note facts; steps, people and moments come with the buttons."""
        fields_changed = set(vals) - set(self.env["mail.activity.mixin"]._fields) - set(self.env["mail.thread"]._fields)
        self._check_received_at(vals)
        clerk = self.env.user.has_group("sales_back_office.sbo_group_clerk")
        for record in self if fields_changed else ():
            allowed = EDITABLE["clerk"].get(record.state, set()) if clerk else set()
            if record.can_answer:
                allowed = allowed | EDITABLE["receiver"].get(record.state, set())
            forbidden = fields_changed - allowed
            if forbidden:
                raise AccessError(self.env._(
                    "“%(assignment)s” is %(state)s: %(fields)s cannot be changed there by you. Its history is kept; "
                    "use the buttons, or assign the customer anew.",
                    assignment=record.display_name, state=record._state_label(),
                    fields=", ".join(sorted(self._fields[name]._description_string(self.env) for name in forbidden))))

    def _check_received_at(self, vals):
        moment = fields.Datetime.to_datetime(vals.get("received_at"))
        if moment and moment > fields.Datetime.now():
            raise UserError(self.env._("A customer cannot have been received in the future."))
        supervisor = self.env.user.has_group("sales_back_office.sbo_group_supervisor")
        if moment and not supervisor and any(moment > record.received_at for record in self):
            raise UserError(self.env._(
                "The moment of receipt can be put earlier only; a later one would shorten the delay, which a "
                "supervisor decides."))

    def _sbo_check_clerk_change(self):
        for record in self:
            if record.sbo_clerk_id not in (self.env["res.users"], self.env.user) and not self._sbo_may_dispatch():
                raise AccessError(self.env._(
                    "%(clerk)s answers for “%(assignment)s”: only that clerk or a back-office supervisor can hand it "
                    "to somebody else.", clerk=record.sbo_clerk_id.name, assignment=record.display_name))

    # === the step itself === #

    def _give(self, choices, acknowledged=False):
        """Write who gets it and why, tell the customer, make the packet, ask the receiver.

        :param choices: {assignment: (user, basis in words, rule or None, whether chosen by the rule)}
        :param acknowledged: the salesperson has brought the customer in: there is nothing to hand over
        """
        now = clock.now(self.env)
        records = self.browse([record.id for record in choices])
        dues = self._deadlines([(record.company_id, now) for record in records], "sbo_acknowledge_hours")
        # Superuser: the step was checked before, the fields themselves are closed to everybody.
        for record in records.sudo().with_context(tracking_disable=True):
            user, basis, rule, by_rule = choices[record]
            vals = {
                "state": "assigned", "user_id": user.id, "basis": basis, "rule_id": rule and rule.id,
                "by_rule": by_rule, "assigned_at": now, "assigned_by_id": self.env.uid,
                "acknowledge_due_at": dues[record.company_id, now],
            }
            if acknowledged:
                vals.update(
                    state="acknowledged", outcome="accepted", acknowledged_at=now, acknowledged_by_id=user.id,
                    background_ok=True, contact_ok=True, preferences_ok=True)
            record.write(vals)
        for user, given in records.grouped("user_id").items():
            given._set_salesperson(user)
        records.sudo()._message_log_batch(bodies={
            record.id: self.env._("Assigned to %(user)s: %(basis)s.", user=record.user_id.name, basis=record.basis)
            for record in records.sudo()})
        records._close_activities()
        if not acknowledged:
            records._make_packet()
            records._ask_receiver()

    def _set_salesperson(self, user):
        # Superuser: the flow gives the customer away, also where the clerk may not edit contacts. The assignment
        # is the note of it and the activity the call: Odoo's own note and mail for each of many are not needed.
        partners = self.sudo().partner_id.filtered(lambda partner: partner.user_id != user)
        if partners:
            partners.with_context(sbo_no_assignment=True, tracking_disable=True).write({"user_id": user.id})
            partners.message_subscribe(user.partner_id.ids)

    def _make_packet(self):
        """The lines that the receiver ticks off, as things stand now."""
        vals_list = []
        for (company, kind), records in self.sudo().grouped(lambda record: (record.company_id, record.kind)).items():
            lines = records.partner_id.with_company(company)._sbo_handover_items(kind)
            vals_list += [dict(line, assignment_id=record.id)
                          for record in records for line in lines.get(record.partner_id.id, [])]
        self.env["sbo.assignment.item"].sudo().create(vals_list)  # made by the step, closed to everybody
        self.invalidate_recordset(["item_ids"])

    # === who is next === #

    def _ask_receiver(self):
        self._ask_for("user_id", "acknowledge_due_at", self.env._("Take over the customer, or send it back"))

    def _ask_clerk(self, summary):
        self._ask_for("sbo_clerk_id", "assign_due_at", summary)

    def _ask_for(self, who, due, summary):
        """One activity each for the person whose turn it is."""
        activity_type = self.env.ref("sales_back_office.sbo_activity_assignment", raise_if_not_found=False)
        records = self.sudo()  # the next person's to-do list is not ours to write otherwise
        values = [{
            "activity_type_id": activity_type.id, "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": record.id, "user_id": record[who].id, "summary": summary,
            "date_deadline": fields.Datetime.context_timestamp(record, record[due]).date(),
        } for record in records if activity_type and record[who]]
        records.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)

    def _close_activities(self):
        # Superuser: the to-do belongs to whoever was asked.
        activity_type = self.env.ref("sales_back_office.sbo_activity_assignment", raise_if_not_found=False)
        self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == activity_type).unlink()
