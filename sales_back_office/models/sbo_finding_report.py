from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.choices import SEVERITIES


class SboFindingReport(models.Model):
    """One person to whom a risk flag was reported (上报): by whom, when, at which level, with the message as proof.

    Written when somebody reports, never by hand and never changed.
    """

    _name = "sbo.finding.report"
    _description = "Report of a Risk"
    _order = "reported_at desc, id desc"
    _rec_name = "finding_id"

    finding_id = fields.Many2one(
        "sbo.finding", "Risk Flag", required=True, readonly=True, index=True, ondelete="cascade")
    contract_id = fields.Many2one(related="finding_id.contract_id")
    company_id = fields.Many2one(related="finding_id.company_id")
    user_id = fields.Many2one(
        "res.users", "Reported to", required=True, readonly=True, index=True, ondelete="restrict")
    reporter_id = fields.Many2one("res.users", "Reported by", required=True, readonly=True, ondelete="restrict")
    reported_at = fields.Datetime("Reported", required=True, readonly=True)
    level = fields.Selection(SEVERITIES, required=True, readonly=True, help="The level that was reported.")
    text = fields.Text("Words", readonly=True)
    message_id = fields.Many2one("mail.message", "Proof", readonly=True, index="btree_not_null", ondelete="restrict")
    mail_status = fields.Char(
        "Delivery of the Message", compute="_compute_mail_status", help="How far the message has got.")

    @api.depends("message_id")
    def _compute_mail_status(self):
        # Superuser: the state of the message to another person is part of the proof.
        sent = self.env["mail.notification"].sudo().search(
            [("mail_message_id", "in", self.sudo().message_id.ids)])
        words = dict(sent._fields["notification_status"]._description_selection(self.env))
        found = {(row.mail_message_id.id, row.res_partner_id.id): row for row in sent}
        for report in self.sudo():
            row = found.get((report.message_id.id, report.user_id.partner_id.id))
            report.mail_status = words.get(row.notification_status) if row else False

    def write(self, vals):
        if vals:
            raise UserError(self.env._("What was reported stays as it was sent; report the flag again instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was reported stays on record."))
