from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import clock
from .sbo_contact_log import KINDS

# Facts that come from the contact log only; a plain write cannot make a contact that nobody had.
TOLD = ("sbo_told_at", "sbo_told_by_id", "sbo_told_how", "sbo_told_message_id")
# Marks our own writes in the context. It is this object that counts, and no RPC call can send it.
FROM_LOG = object()


class SboShipment(models.AbstractModel):
    """A delivery after it has left (发货后事宜): carrier, tracking number, and proof that the customer was told.

    The proof is the contact log: the delivery keeps the first contact about it at hand, and follows every change
    of the log.
    """

    _name = "sbo.shipment"
    _description = "Delivery: After Shipping"

    sbo_carrier = fields.Char("Carried by", copy=False)
    sbo_tracking_ref = fields.Char("Tracking Number", copy=False)
    sbo_arrival_on = fields.Date("Expected Arrival", copy=False)
    sbo_told_at = fields.Datetime(
        "Customer Told", readonly=True, copy=False, tracking=True,
        help="First contact about the shipment in which the customer was reached, by the contact log.")
    sbo_told_by_id = fields.Many2one("res.users", "Told By", readonly=True, copy=False)
    sbo_told_how = fields.Selection(KINDS, "By Means of", readonly=True, copy=False)
    sbo_told_message_id = fields.Many2one(
        "mail.message", "Shipping Notice", readonly=True, copy=False, ondelete="set null", index="btree_not_null",
        help="The message that went to the customer.")
    sbo_is_shipment = fields.Boolean(compute="_compute_sbo_is_shipment")
    sbo_untold = fields.Boolean(
        "Customer Not Told", compute="_compute_sbo_untold", search="_search_sbo_untold",
        help="The goods have left, and the customer has not been told, or the notice came back.")
    sbo_issue_count = fields.Integer("Open Issues", compute="_compute_sbo_issue_count")

    @api.depends("picking_type_code", "sale_id")
    def _compute_sbo_is_shipment(self):
        """Goods of a sales order that leave for the customer."""
        for picking in self:
            picking.sbo_is_shipment = picking.picking_type_code == "outgoing" and bool(picking.sale_id)

    @api.depends("state", "sbo_is_shipment", "sbo_told_at", "sbo_told_message_id")
    def _compute_sbo_untold(self):
        self.env["mail.notification"].flush_model()
        self.flush_recordset(["sbo_told_message_id"])
        failed = {row[0] for row in self.env.execute_query(SQL(
            "SELECT p.id FROM stock_picking p WHERE p.id = ANY(%s) AND %s", self.ids,
            self._sbo_sql_failed(SQL("p.sbo_told_message_id"))))} if self.sbo_told_message_id else set()
        for picking in self:
            picking.sbo_untold = picking.state == "done" and picking.sbo_is_shipment and (
                not picking.sbo_told_at or picking.id in failed)

    def _search_sbo_untold(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["mail.notification"].flush_model()
        failed = Domain("id", "in", SQL("(SELECT p.id FROM stock_picking p WHERE %s)", self._sbo_sql_failed(
            SQL("p.sbo_told_message_id"))))
        domain = Domain([("state", "=", "done"), ("picking_type_code", "=", "outgoing"), ("sale_id", "!=", False)]) & (
            Domain("sbo_told_at", "=", False) | failed)
        return domain if True in value else ~domain

    def _compute_sbo_issue_count(self):
        counts = dict(self.env["sbo.order.issue"].sudo()._read_group(  # a number, whoever may see the issues
            [("picking_id", "in", self.ids), ("state", "in", ("open", "replied"))], ["picking_id"], ["__count"]))
        for picking in self:
            picking.sbo_issue_count = counts.get(picking._origin, 0)

    def write(self, vals):
        if not set(TOLD).isdisjoint(vals) and self.env.context.get("sbo_from_log") is not FROM_LOG:
            raise UserError(self.env._(
                "Whether the customer knows of a shipment comes from the contact log: log the contact instead."))
        moved = self.filtered("date_done") if "date_done" in vals else self.browse()
        result = super().write(vals)
        moved._sbo_refresh_told()  # what was told on the order counts from the day the goods left
        return result

    def action_sbo_issues(self):
        """The issues of these deliveries; a new one is about the first."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_order_issue_action")
        action["domain"] = [("picking_id", "in", self.ids)]
        action["context"] = {"default_order_id": self[:1].sale_id.id, "default_picking_id": self[:1].id}
        return action

    def action_sbo_tell_customer(self):
        """Write to the customer with packing list and tracking number: one opens for reading over, many go at once."""
        self._sbo_check_told()
        template = self.env.ref("sales_back_office.sbo_shipment_mail", raise_if_not_found=False)
        if len(self) != 1:
            return self._sbo_tell_many(template)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_model": self._name, "default_res_ids": self.ids, "default_composition_mode": "comment",
                "default_template_id": template.id if template else False, "force_email": True,
                "sbo_tell_customer": True,
            },
        }

    def action_sbo_told_by_call(self):
        """The customer was told by telephone; who says so, and when, stays in the chatter."""
        self._sbo_check_told()
        for picking in self:
            message = picking.message_post(body=self.env._("The customer was told of the shipment by telephone."))
            picking._sbo_note_told("call", message)

    def _sbo_note_message(self, message):
        """A message to the customer sent from the button is the notice; a copy among colleagues is none."""
        if self.env.context.get("sbo_tell_customer"):
            customers = (self.partner_id | self.sale_id.partner_id).commercial_partner_id
            if message.partner_ids.commercial_partner_id & customers:
                self._sbo_note_told("email", message)

    def _sbo_tell_many(self, template):
        """Send the notice of each delivery; those without an address are named and left out."""
        silent = self.filtered(lambda picking: not (picking.partner_id.email or picking.sale_id.partner_id.email))
        for picking in self - silent:
            picking.with_context(sbo_tell_customer=True).message_post_with_source(
                template, message_type="comment", subtype_xmlid="mail.mt_comment")
        told = len(self - silent)
        names = ", ".join(silent[:5].mapped("name"))
        text = self.env._("%s customers told.", told)
        if silent:
            text = self.env._("%(told)s customers told. Without an email address: %(names)s.", told=told, names=names)
        params = {"message": text, "type": "warning" if silent else "success",
                  "next": {"type": "ir.actions.act_window_close"}}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _sbo_check_told(self):
        early = self.filtered(lambda picking: picking.state != "done" or not picking.sbo_is_shipment)
        if early:
            raise UserError(self.env._(
                "%s has not left for a customer: tell him when the goods are on their way.", early[0].display_name))

    def _sbo_note_told(self, how, message):
        """Log that the customer was told, unless the message has been logged already; the first contact counts."""
        # Superuser: whoever may write the message has told the customer, also without rights on the log.
        logs = self.env["sbo.contact.log"].sudo()
        known = logs.search([("message_id", "=", message.id)]).picking_id
        logs.create([
            dict(picking._sbo_contact_defaults(), kind=how, subject="shipment", user_id=self.env.uid,
                 result="sent" if how == "email" else "reached", message_id=message.id, date=clock.now(self.env),
                 note=message.subject or picking.name)
            for picking in self.sudo() - known])

    def _sbo_refresh_told(self):
        """Take over the first contact about these deliveries from the log."""
        if not self:
            return
        self.env["sbo.contact.log"].flush_model()
        self.env["mail.notification"].flush_model()
        self.flush_model(["sale_id", "date_done", *TOLD])
        rows = self.env.execute_query(SQL(
            "SELECT p.id, l.* FROM stock_picking p LEFT JOIN LATERAL (%s) l ON TRUE WHERE p.id = ANY(%s)",
            self._sbo_sql_told("p"), self.ids))
        # Superuser: whoever may log a contact has told the customer, also without rights on the stock.
        for picking_id, *told in rows:
            picking = self.sudo().browse(picking_id)
            known = picking.sbo_told_at, picking.sbo_told_by_id.id, picking.sbo_told_how, picking.sbo_told_message_id.id
            if told != [value or None for value in known]:
                picking.with_context(sbo_from_log=FROM_LOG).write(dict(zip(TOLD, told, strict=True)))

    @api.model
    def _sbo_sql_told(self, alias) -> SQL:
        """The first contact about a delivery in which its customer was reached: at, by, how, message.

        It names the delivery, or its order once the goods had left. A mail that came back counts only while there is
        nothing better.
        """
        return SQL(
            """SELECT l.date, l.user_id, l.kind, l.message_id FROM sbo_contact_log l
                WHERE l.subject = 'shipment' AND l.result <> 'not_reached' AND l.active
                  AND (l.picking_id = %(id)s OR (l.picking_id IS NULL AND l.order_id = %(sale)s
                                                 AND l.date >= %(done)s))
                ORDER BY %(failed)s, l.date, l.id LIMIT 1""",
            id=SQL.identifier(alias, "id"), sale=SQL.identifier(alias, "sale_id"),
            done=SQL.identifier(alias, "date_done"), failed=self._sbo_sql_failed(SQL("l.message_id")))

    # === the paper === #

    def _sbo_gate_text(self):
        """Hook of the delivery notice: {picking id: state of the payment gate in words}, for these deliveries."""
        return {}

    def _sbo_query_dispatch_untold(self, check, ids=None) -> SQL:
        """Deliveries whose customer was not told on the day they left, or only later (DOMAIN B4.1).

        A mail that came back or could not be sent has told nobody.
        """
        as_of, since = check._as_of(), check._since()
        facts = self.env["sbo.delivery.facts"]
        return SQL(
            """SELECT d.id AS res_id, '' AS key, NULL::integer AS user_id, d.day_end AS due_at,
                      CASE WHEN d.told_at <= %(as_of)s THEN d.told_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('delivered', d.date_done, 'told', d.told_at) AS evidence
                 FROM (SELECT sp.id, sp.date_done,
                              (%(day)s + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' AS day_end,
                              CASE WHEN NOT %(failed)s THEN sp.sbo_told_at END AS told_at
                         FROM stock_picking sp
                         JOIN stock_picking_type pt ON pt.id = sp.picking_type_id AND pt.code = 'outgoing'
                        WHERE sp.state = 'done' AND sp.sale_id IS NOT NULL AND sp.company_id = %(company)s
                          AND sp.date_done <= %(as_of)s %(since)s %(narrow)s) d
                WHERE d.day_end < %(as_of)s AND (d.told_at IS NULL OR d.told_at >= d.day_end)""",
            as_of=as_of, zone=check.env.tz.zone, company=check.env.company.id,
            failed=self._sbo_sql_failed(SQL("sp.sbo_told_message_id")),
            day=facts._sql_day(SQL("sp.date_done"), check.env.tz.zone),
            since=SQL("AND sp.date_done >= %s - interval '1 day'", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("sp.id"), ids))

    @api.model
    def _sbo_sql_failed(self, message) -> SQL:
        """A message reached nobody: all its mails failed."""
        return SQL(
            """(%(message)s IS NOT NULL AND COALESCE((
                SELECT BOOL_AND(n.notification_status IN ('bounce', 'exception', 'canceled'))
                  FROM mail_notification n
                 WHERE n.mail_message_id = %(message)s AND n.notification_type = 'email'), FALSE))""",
            message=message)
