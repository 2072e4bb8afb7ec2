from odoo import SUPERUSER_ID, fields, models

from ..tools import clock

SEEN_BY = "sales_team.group_sale_salesman,sales_back_office.sbo_group_auditor"


class SboContactedMixin(models.AbstractModel):
    """A record about which a customer is contacted: its log, the button to add to it, and mails logged by themselves.

    A mail sent to the customer from the record's chatter is a contact, too.
    """

    _name = "sbo.contacted.mixin"
    _description = "Record with Contacts"
    _sbo_contact_field = "partner_id"
    _sbo_contact_subject = "other"

    sbo_contact_count = fields.Integer("Contacts", compute="_compute_sbo_contact_count", groups=SEEN_BY)

    def _compute_sbo_contact_count(self):
        """One query for all records, of the contacts that this user may see."""
        name = self._sbo_contact_field
        groups = self.env["sbo.contact.log"]._read_group([(name, "in", self._origin.ids)], [name], ["__count"])
        counts = {record.id: count for record, count in groups}
        for record in self:
            record.sbo_contact_count = counts.get(record._origin.id, 0)

    def action_sbo_log_contact(self):
        """The small dialog, with everything filled in that follows from the record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_contact_log_quick_action")
        action["context"] = {f"default_{name}": value for name, value in self._sbo_contact_defaults().items() if value}
        return action

    def action_sbo_contacts(self):
        """The contacts of this record, newest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_contact_log_action")
        action["domain"] = [(self._sbo_contact_field, "=", self.id)]
        action["context"] = {
            f"default_{name}": value for name, value in self._sbo_contact_defaults().items() if value}
        return action

    def _sbo_log_mail(self, message, msg_values):
        """Log a mail that one of us has written to the customer.

        Called by the model's ``_message_post_after_hook``, which a mixin cannot extend: mail.thread's comes first.
        """
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        if not msg_values.get("partner_ids") or msg_values.get("subtype_id") != comment:
            return
        if msg_values.get("message_type") == "email" or self.env.uid == SUPERUSER_ID:
            return
        if not self.env.user._is_internal():
            return
        defaults = self._sbo_contact_defaults()
        customer = self.env["res.partner"].browse(defaults.get("partner_id"))
        reached = message.partner_ids.filtered(lambda partner: partner.commercial_partner_id == customer)
        if not reached or not customer.sbo_is_customer:
            return
        person = (reached - customer)[:1]
        # Superuser: whoever may write to the customer has made a contact, whether or not they may log by hand.
        self.env["sbo.contact.log"].sudo().create(dict(
            defaults, contact_id=person.id, kind="email", subject=self._sbo_contact_subject, result="sent",
            user_id=self.env.uid, note=message.subject or message.record_name, message_id=message.id,
            date=clock.now(self.env)))

    def _sbo_contact_defaults(self):
        """Values of a contact that follow from the record; override to name the document."""
        self.ensure_one()
        partner = self if self._name == "res.partner" else self.partner_id
        customer = partner.commercial_partner_id
        return {"partner_id": customer.id, "contact_id": partner.id if partner != customer else False}
