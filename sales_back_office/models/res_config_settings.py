from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The back office's block on the settings page."""

    _inherit = "res.config.settings"

    sbo_check_from = fields.Date(related="company_id.sbo_check_from", readonly=False)
