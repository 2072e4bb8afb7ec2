from odoo import fields, models


# The page is Odoo's own and no wizard of ours: it stands among the models it shows.
class ResConfigSettings(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """The back office's block on the settings page."""

    _name = "res.config.settings"
    _inherit = ["res.config.settings", "sbo.contract.settings", "sbo.backup.settings"]

    sbo_check_from = fields.Date(related="company_id.sbo_check_from", readonly=False)
    sbo_intake_clerk_id = fields.Many2one(related="company_id.sbo_intake_clerk_id", readonly=False)
    sbo_assign_hours = fields.Float(related="company_id.sbo_assign_hours", readonly=False)
    sbo_acknowledge_hours = fields.Float(related="company_id.sbo_acknowledge_hours", readonly=False)
    sbo_days_new = fields.Integer(related="company_id.sbo_days_new", readonly=False)
    sbo_days_active = fields.Integer(related="company_id.sbo_days_active", readonly=False)
    sbo_days_warning = fields.Integer(related="company_id.sbo_days_warning", readonly=False)
    sbo_days_dormant = fields.Integer(related="company_id.sbo_days_dormant", readonly=False)
    sbo_own_interval = fields.Boolean(related="company_id.sbo_own_interval", readonly=False)
    sbo_share_a = fields.Float(related="company_id.sbo_share_a", readonly=False)
    sbo_share_b = fields.Float(related="company_id.sbo_share_b", readonly=False)
    sbo_contact_days_a = fields.Integer(related="company_id.sbo_contact_days_a", readonly=False)
    sbo_contact_days_b = fields.Integer(related="company_id.sbo_contact_days_b", readonly=False)
    sbo_contact_days_c = fields.Integer(related="company_id.sbo_contact_days_c", readonly=False)
    sbo_notice_auto = fields.Boolean(related="company_id.sbo_notice_auto", readonly=False)
    sbo_notice_hours = fields.Float(related="company_id.sbo_notice_hours", readonly=False)
    sbo_acknowledge_change_hours = fields.Float(related="company_id.sbo_acknowledge_change_hours", readonly=False)
    sbo_discount_limit = fields.Float(related="company_id.sbo_discount_limit", readonly=False)
    sbo_floor_margin = fields.Float(related="company_id.sbo_floor_margin", readonly=False)
    sbo_issue_reply_hours = fields.Float(related="company_id.sbo_issue_reply_hours", readonly=False)
    sbo_issue_result_days = fields.Integer(related="company_id.sbo_issue_result_days", readonly=False)
    sbo_delivery_copies = fields.Integer(related="company_id.sbo_delivery_copies", readonly=False)
    sbo_delivery_priced = fields.Integer(related="company_id.sbo_delivery_priced", readonly=False)
    sbo_signed_required = fields.Boolean(related="company_id.sbo_signed_required", readonly=False)
    sbo_signed_from = fields.Date(related="company_id.sbo_signed_from", readonly=False)
    sbo_payment_policy = fields.Selection(related="company_id.sbo_payment_policy", readonly=False)
    sbo_deposit_percent = fields.Float(related="company_id.sbo_deposit_percent", readonly=False)
    sbo_gate_partial = fields.Selection(related="company_id.sbo_gate_partial", readonly=False)
    sbo_gate_tolerance = fields.Float(related="company_id.sbo_gate_tolerance", readonly=False)
    sbo_gate_overdue_days = fields.Integer(related="company_id.sbo_gate_overdue_days", readonly=False)
    sbo_document_verify_days = fields.Integer(
        "Files Verified within", default=1, config_parameter="sales_back_office.document_verify_days",
        help="Days within which each file of a document is looked at once: 1 is every night, more spreads the work.")
    sbo_gate_rate = fields.Selection(related="company_id.sbo_gate_rate", readonly=False)
    sbo_loan_items = fields.Integer(related="company_id.sbo_loan_items", readonly=False)
    sbo_loan_hold_days = fields.Integer(related="company_id.sbo_loan_hold_days", readonly=False)
