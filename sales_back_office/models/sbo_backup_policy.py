import os

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config


class SboBackupPolicy(models.AbstractModel):
    """How a company backs up its archive: where to, how often, how long sets are kept, who answers for it."""

    _name = "sbo.backup.policy"
    _description = "Backup Policy"

    sbo_backup_path = fields.Char(
        "Backup Folder", groups="base.group_system",
        help="A folder on the server, best on another disk. Only a system administrator can name it.")
    sbo_backup_days = fields.Integer("Days between Backups", default=7)
    sbo_backup_from = fields.Date(
        "Backups Asked for from", default=fields.Date.context_today, readonly=True,
        help="Periods from before this day are not asked for. Another number of days begins anew.")
    sbo_backup_keep = fields.Integer("Sets Kept at Least", default=5)
    sbo_backup_keep_days = fields.Integer("Days Sets Are Kept", default=35)
    sbo_backup_sample = fields.Integer(
        "Files Restored as Proof", default=20, help="So many files of each new set are restored and compared.")
    sbo_backup_user_id = fields.Many2one(
        "res.users", "Answers for Backups", ondelete="restrict",
        domain="[('share', '=', False), ('company_id', '=', id)]",
        help="Who is told, and charged, when a backup is missing. Empty: who assigns new customers, else a manager.")

    _sbo_backup_positive = models.Constraint(
        "CHECK (sbo_backup_days > 0 AND sbo_backup_keep > 0 AND sbo_backup_keep_days >= 0 AND sbo_backup_sample > 0)",
        "Backups: days between them, sets kept and files restored as proof are at least one.")

    @api.constrains("sbo_backup_path")
    def _check_sbo_backup_path(self):
        """A folder that is there and is no part of Odoo's own files."""
        for company in self.sudo():
            path = company.sbo_backup_path
            if not path:
                continue
            real = os.path.realpath(path)
            if not os.path.isabs(path) or not os.path.isdir(real) or not os.access(real, os.W_OK):
                raise ValidationError(self.env._(
                    "“%s” is no folder that Odoo may write to. Name an existing one with its full path.", path))
            if os.path.commonpath([real, os.path.realpath(config["data_dir"])]) == os.path.realpath(config["data_dir"]):
                raise ValidationError(self.env._(
                    "“%s” lies among the files it is to save. Choose a folder elsewhere, best on another disk.", path))

    def write(self, vals):
        if "sbo_backup_days" in vals:
            changed = self.filtered(lambda company: company.sbo_backup_days != vals["sbo_backup_days"])
            super(SboBackupPolicy, changed).write(
                {"sbo_backup_from": fields.Date.context_today(self), "sbo_backup_days": vals["sbo_backup_days"]})
        return super().write(vals)

    def _sbo_backup_kept_days(self):
        """So many days a new set is kept at least."""
        return max(self.sbo_backup_keep_days, self.sbo_backup_keep * self.sbo_backup_days)

    def _sbo_backup_user(self):
        """Who answers for the backups of this company; may be nobody."""
        self.ensure_one()
        company = self.sudo()  # who answers is told to everybody
        managers = self.env.ref("sales_back_office.sbo_group_manager").sudo().all_user_ids
        chosen = company.sbo_backup_user_id | company.sbo_intake_clerk_id | managers.sorted(
            lambda user: (user.has_group("base.group_system"), user.id))
        root = self.env.ref("base.user_root")
        return chosen.filtered(lambda user: user.active and user.company_id == company and user != root)[:1]
