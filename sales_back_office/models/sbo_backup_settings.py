from odoo import fields, models


class SboBackupSettings(models.AbstractModel):
    """The backup of the archive on the settings page."""

    _name = "sbo.backup.settings"
    _description = "Settings: Backup of the Archive"

    company_id = fields.Many2one("res.company")
    sbo_backup_path = fields.Char(related="company_id.sbo_backup_path", readonly=False)
    sbo_backup_days = fields.Integer(related="company_id.sbo_backup_days", readonly=False)
    sbo_backup_keep = fields.Integer(related="company_id.sbo_backup_keep", readonly=False)
    sbo_backup_keep_days = fields.Integer(related="company_id.sbo_backup_keep_days", readonly=False)
    sbo_backup_sample = fields.Integer(related="company_id.sbo_backup_sample", readonly=False)
    sbo_backup_user_id = fields.Many2one(related="company_id.sbo_backup_user_id", readonly=False)
