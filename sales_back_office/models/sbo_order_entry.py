from odoo import api, fields, models

CHANNELS = [
    ("email", "E-Mail"),
    ("message", "Message"),
    ("phone", "Phone"),
    ("fax", "Fax"),
    ("portal", "Portal or Web Shop"),
    ("visit", "In Person"),
    ("other", "Other"),
]
# Marks lines that come with their order; an object, so that no caller can send it.
BIRTH = object()


def adopt(records, field):
    """Make papers that the user has just uploaded the papers of their record, so that whoever may read the record
    may read them. Papers that belong somewhere already, or to somebody else, stay as they are.
    """
    own = records.env.user
    for record in records:
        # Superuser: whether a paper is the user's own is asked here.
        loose = record.sudo()[field].filtered(lambda paper: not paper.res_id and paper.create_uid == own)
        if loose:
            loose.write({"res_model": record._name, "res_id": record.id})


class SboOrderEntry(models.AbstractModel):
    """How an order came in (接单) and who has entered what it says beside its lines."""

    _name = "sbo.order.entry"
    _description = "Entry of an Order"
    _inherit = ["sbo.order.hooks", "sbo.entered.mixin"]
    _sbo_followed = (
        "partner_id", "partner_shipping_id", "partner_invoice_id", "commitment_date", "payment_term_id", "currency_id")

    sbo_received_at = fields.Datetime(
        "Order Received", copy=False, tracking=True,
        help="When the customer's order reached us. Whether it was entered in time counts from here.")
    sbo_channel = fields.Selection(CHANNELS, "Came by", copy=False)
    sbo_document_ids = fields.Many2many(
        "ir.attachment", "sbo_order_document_rel", "order_id", "attachment_id", string="Customer's Document",
        copy=False, help="The order as the customer wrote it: what the order is verified against.")

    @api.model_create_multi
    def create(self, vals_list):
        orders = super(SboOrderEntry, self.with_context(sbo_birth=BIRTH)).create(vals_list).with_env(self.env)
        adopt(orders.browse(order.id for order, vals in zip(orders, vals_list, strict=True)
                            if "sbo_document_ids" in vals), "sbo_document_ids")
        return orders

    def write(self, vals):
        result = super().write(vals)
        if "sbo_document_ids" in vals:
            adopt(self, "sbo_document_ids")
        return result

    @api.model
    def _sbo_concerns_content(self, vals):
        return super()._sbo_concerns_content(vals) or "pricelist_id" in vals

    def _sbo_tell_changed(self, changed):
        self._sbo_content_changed(changed)

    def _sbo_who_entered(self):
        """The users who have entered anything of the order or of its lines: none of them checks it."""
        self.ensure_one()
        return self.env["res.users"].browse(self._sbo_entering_ids() | self.order_line._sbo_entering_ids())

    def _sbo_product_lines(self):
        """The lines that name goods: no sections, notes and down payments."""
        lines = self.order_line
        # Read together with the lines of the other orders at hand, if there are any.
        return lines.filtered(lambda line: line._sbo_is_ordered()).with_prefetch(lines._prefetch_ids)

    def _sbo_promised_on(self):
        """The local day that the customer has been promised, if any."""
        self.ensure_one()
        zone = self.with_context(tz=self.company_id._sbo_tz())
        return self.commitment_date and fields.Datetime.context_timestamp(zone, self.commitment_date).date()
