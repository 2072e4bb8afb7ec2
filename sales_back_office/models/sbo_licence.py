from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("business", "Business Licence"), ("authorisation", "Letter of Authorisation"),
    ("invoicing", "Invoicing Data Sheet"), ("contract", "Framework Contract"), ("permit", "Trade Permit"),
    ("certificate", "Quality Certificate"), ("other", "Other"),
]


class SboLicence(models.Model):
    """One paper that a customer must hold or has given us (证照): its number, how long it is valid, a scan."""

    _name = "sbo.licence"
    _description = "Licence"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "valid_until, id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True, tracking=True,
        domain=[("sbo_is_customer", "=", True)])
    company_id = fields.Many2one(related="partner_id.company_id", store=True, index="btree_not_null")
    sbo_clerk_id = fields.Many2one(related="partner_id.sbo_clerk_id")
    kind = fields.Selection(KINDS, required=True, default="business", tracking=True)
    name = fields.Char("Number", tracking=True)
    issued_by = fields.Char("Issued by")
    valid_from = fields.Date("Valid from", tracking=True)
    valid_until = fields.Date(
        "Valid until", tracking=True, index="btree_not_null", help="The last valid day; empty: without an end.")
    attachment_ids = fields.Many2many("ir.attachment", string="Scans")
    note = fields.Text("Notes")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("valid", "Valid"), ("expiring", "Expires Soon"), ("expired", "Expired")], compute="_compute_state",
        help="Expires soon: within thirty days.")

    @api.depends("valid_until")
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        soon = fields.Date.add(today, days=30)
        for licence in self:
            until = licence.valid_until
            licence.state = "valid" if not until or until > soon else "expiring" if until >= today else "expired"

    @api.depends("kind", "name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for licence in self:
            licence.display_name = " ".join(filter(None, [kinds.get(licence.kind), licence.name]))

    @api.constrains("valid_from", "valid_until")
    def _check_dates(self):
        for licence in self:
            if licence.valid_from and licence.valid_until and licence.valid_until < licence.valid_from:
                raise ValidationError(self.env._(
                    "%(licence)s would end before it begins: compare the dates with the paper.",
                    licence=licence.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        licences = super().create(vals_list)
        licences._own_scans()
        return licences

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_scans()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_scanned(self):
        for licence in self.filtered("attachment_ids"):
            raise UserError(self.env._(
                "%(licence)s has a scan that may be asked for: archive the licence, or let a supervisor remove the "
                "scan first.", licence=licence.display_name))

    def _own_scans(self):
        """Scans belong to their licence, so that whoever reads it may open them."""
        for licence in self:
            # Superuser: an attachment without a record belongs to whoever uploaded it.
            loose = licence.sudo().attachment_ids.filtered(lambda scan: not scan.res_id)
            loose.write({"res_model": licence._name, "res_id": licence.id})
