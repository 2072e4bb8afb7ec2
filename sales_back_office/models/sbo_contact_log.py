from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

KINDS = [("call", "Call"), ("visit", "Visit"), ("email", "E-Mail"), ("message", "Message"), ("meeting", "Meeting"),
         ("other", "Other")]
SUBJECTS = [("shipment", "Shipment"), ("payment", "Payment"), ("follow_up", "Follow-Up"), ("complaint", "Complaint"),
            ("order", "Order"), ("other", "Other")]
RESULTS = [("reached", "Contacted"), ("sent", "Sent"), ("promised", "Promise Given"), ("refused", "Refused"),
           ("done", "Settled"), ("not_reached", "Not Reached")]


class SboContactLog(models.Model):
    """One contact with a customer (客户联系): who spoke or wrote to whom, when, about what, and what came of it.

    Filled in seconds from the customer, the order or the delivery; kept for good, because it proves what a
    customer was told.
    """

    _name = "sbo.contact.log"
    _description = "Contact with a Customer"
    _inherit = ["mail.thread", "sbo.closed.mixin"]
    _closed = frozenset({"user_id", "message_id"})
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id", "note"]
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict", tracking=True,
        domain=[("parent_id", "=", False)])
    contact_id = fields.Many2one(
        "res.partner", "Contact Person", index="btree_not_null", ondelete="restrict", tracking=True,
        domain="[('commercial_partner_id', '=', partner_id), ('id', '!=', partner_id)]")
    kind = fields.Selection(KINDS, required=True, default="call", tracking=True)
    subject = fields.Selection(SUBJECTS, required=True, default="follow_up", tracking=True)
    result = fields.Selection(RESULTS, required=True, default="reached", tracking=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, tracking=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Logged by", required=True, readonly=True, index=True, default=lambda self: self.env.uid,
        ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company)
    note = fields.Text(tracking=True)
    order_id = fields.Many2one(
        "sale.order", index="btree_not_null", ondelete="restrict", tracking=True,
        domain="[('partner_id', 'child_of', partner_id)]")
    picking_id = fields.Many2one(
        "stock.picking", "Delivery Order", index="btree_not_null", ondelete="restrict", tracking=True,
        domain="[('partner_id', 'child_of', partner_id), ('picking_type_code', '=', 'outgoing')]")
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null", copy=False,
        help="The mail to the customer, or the note in which the contact was written down.")
    next_on = fields.Date("Next Contact", tracking=True, help="Plans a call for you on that day.")
    active = fields.Boolean(default=True, tracking=True)

    _customer_idx = models.Index("(company_id, partner_id, date)")

    @api.depends("partner_id", "kind", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for log in self:
            log.display_name = f"{kinds.get(log.kind, '')}, {log.partner_id.display_name or ''}"

    @api.constrains("date", "next_on")
    def _check_dates(self):
        for log in self:
            if log.date > fields.Datetime.now():
                raise ValidationError(self.env._(
                    "A contact is logged when it has happened; what is to come goes into Next Contact."))
            if log.next_on and log.next_on < fields.Datetime.context_timestamp(log, log.date).date():
                raise ValidationError(self.env._("The next contact cannot lie before this one."))

    @api.constrains("partner_id", "contact_id", "order_id", "picking_id")
    def _check_customer(self):
        for log in self:
            # Superuser: who may log for a customer need not be allowed to open its delivery.
            customer, whole = log.partner_id, log.sudo()
            people = whole.contact_id | whole.order_id.partner_id | whole.picking_id.sale_id.partner_id
            strangers = (customer | people).commercial_partner_id - customer
            if strangers:
                raise ValidationError(self.env._(
                    "Customer, contact person, order and delivery must belong together: %(other)s is not "
                    "%(customer)s.", other=strangers[0].display_name, customer=customer.display_name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and vals.get("user_id", self.env.uid) != self.env.uid:
                raise AccessError(self.env._("A contact is logged by whoever made it: log it under your own name."))
        logs = super().create([self._prepare_log(vals) for vals in vals_list])
        logs._plan_next()
        logs._told_deliveries()._sbo_refresh_told()
        return logs

    def write(self, vals):
        self._check_correction(vals)
        concerned = self._told_deliveries()
        result = super().write(vals)
        (concerned | self._told_deliveries())._sbo_refresh_told()
        if vals.get("next_on"):
            self._plan_next()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._(
            "Contacts are kept as proof of what a customer was told; a supervisor can archive a wrong one."))

    # === rules === #

    def _check_correction(self, vals):
        """The author corrects on the same day, a supervisor later; nobody puts it under another name."""
        if self.env.su:
            return
        if {"user_id", "company_id"} & set(vals):
            raise AccessError(self.env._("Who logged a contact, and in which company, stays as it is."))
        if self.env.user.has_group("sales_back_office.sbo_group_supervisor"):
            return
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now()).date()
        for log in self:
            if log.user_id != self.env.user:
                raise AccessError(self.env._(
                    "%s logged this contact: only its author can correct it on the same day, and a supervisor later.",
                    log.user_id.name))
            if fields.Datetime.context_timestamp(log, log.create_date).date() != today:
                raise AccessError(self.env._(
                    "The day on which this contact was logged is over: ask a back-office supervisor to correct it."))

    @api.model
    def _prepare_log(self, vals):
        """Values of a new log with what follows from the delivery, the order or the contact person."""
        vals = dict(vals)
        # Superuser: a salesperson knows the delivery from the order without access to the warehouse.
        picking = self.env["stock.picking"].sudo().browse(vals.get("picking_id"))
        if picking and not vals.get("order_id"):
            vals["order_id"] = picking.sale_id.id
        order = self.env["sale.order"].sudo().browse(vals.get("order_id"))
        given = self.env["res.partner"].browse(vals.get("partner_id") or vals.get("contact_id"))
        partner = given.sudo() or order.partner_id or picking.partner_id
        customer = partner.commercial_partner_id
        if partner != customer and not vals.get("contact_id"):
            vals["contact_id"] = partner.id
        vals["partner_id"] = customer.id
        document = order or picking
        if document:
            vals["company_id"] = document.company_id.id
        return vals

    def _told_deliveries(self):
        """Deliveries whose customer is told, or is not any more, by these contacts."""
        # Superuser: a salesperson tells the customer of a delivery without access to the warehouse.
        logs = self.sudo().filtered(lambda log: log.subject == "shipment")
        return logs.picking_id | logs.filtered(lambda log: not log.picking_id).order_id.picking_ids

    def _plan_next(self):
        """A call in the author's list of activities, on the customer."""
        planned = self.filtered("next_on")
        if not planned:
            return
        call = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        self.env["mail.activity"].create([
            {"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": log.partner_id.id,
             "activity_type_id": call.id if call else False, "date_deadline": log.next_on, "user_id": log.user_id.id,
             "summary": dict(log._fields["subject"]._description_selection(self.env)).get(log.subject)}
            for log in planned
        ])
