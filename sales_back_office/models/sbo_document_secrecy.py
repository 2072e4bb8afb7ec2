from odoo import api, fields, models
from odoo.exceptions import UserError


class SboDocumentSecrecy(models.Model):
    """A level of secrecy (密级) as this company calls it, who reads what has it, and on which terms it is lent.

    State secrets are no business of this system: the levels are a firm's own (公开, 内部, 秘密, 核心商密).
    """

    _name = "sbo.document.secrecy"
    _description = "Secrecy Level"
    _inherit = ["mail.thread"]
    _order = "level, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    level = fields.Integer(required=True, tracking=True, help="The higher, the more secret; 0 is public.")
    reader = fields.Selection(
        [("user", "Every internal user"), ("office", "Salespeople of the customer and the back office"),
         ("supervisor", "Back-office supervisors"), ("manager", "Back-office managers")],
        "Read by", required=True, default="office", tracking=True,
        help="Auditors read all of them, and whoever enters a document reads it until it is filed.")
    approver = fields.Selection(
        [("clerk", "Clerk"), ("supervisor", "Supervisor"), ("manager", "Manager")], "Loans Approved by",
        required=True, default="clerk", tracking=True)
    loan_days = fields.Integer(default=7, help="Working days; the loan is due after them.")
    renewals = fields.Integer(default=1)
    on_site_only = fields.Boolean("Read on Site Only", tracking=True)
    logged = fields.Boolean(
        "Downloads Logged", tracking=True, help="Who reads a file of such a document, and when, is written down.")

    _level_uniq = models.UniqueIndex("(level) WHERE active IS TRUE", "There is a secrecy level of this rank already.")
    _not_negative = models.Constraint(
        "CHECK (level >= 0 AND loan_days >= 0 AND renewals >= 0)", "Level, days and renewals cannot be negative.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # Superuser: documents that this user does not see count as well.
        if self.env["sbo.document"].sudo().with_context(active_test=False).search_count(
                [("secrecy_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Documents have this secrecy level; archive it instead."))
