from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class SboAbsence(models.Model):
    """One stretch of time a clerk is away (请假), and the deputy (代理人) who answers meanwhile, if any."""

    _name = "sbo.absence"
    _description = "Clerk Absence"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", string="Person", required=True, index=True, ondelete="restrict", tracking=True,
        domain="[('share', '=', False)]",
        help="A clerk, or a salesperson, whom distribution rules pass over meanwhile.",
    )  # fmt: skip
    deputy_id = fields.Many2one(
        "res.users", ondelete="restrict", tracking=True,
        domain=lambda self: self.env["sbo.served.mixin"]._sbo_clerk_domain(),
        help="Answers for the clerk's records meanwhile. Without a deputy the clerk still answers.",
    )  # fmt: skip
    date_from = fields.Datetime("From", required=True, tracking=True)
    date_to = fields.Datetime("Until", required=True, tracking=True)
    reason = fields.Char()

    _dates = models.Constraint("CHECK (date_to > date_from)", "An absence must end after it begins.")
    _own_deputy = models.Constraint("CHECK (deputy_id <> user_id)", "Nobody is their own deputy.")
    _user_idx = models.Index("(user_id, date_from)")

    @api.depends("user_id", "date_from")
    def _compute_display_name(self):
        for absence in self:
            day = absence.date_from and fields.Datetime.context_timestamp(absence, absence.date_from).date()
            absence.display_name = self.env._(
                "%(clerk)s away from %(day)s", clerk=absence.user_id.name or "", day=day or ""
            )

    @api.constrains("user_id", "date_from", "date_to")
    def _check_overlap(self):
        self.flush_model()
        # Two people entering the same clerk's leave at once: the second one waits for the first.
        self.env.cr.execute(
            SQL("SELECT id FROM res_users WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.user_id.ids)
        )
        clash = self.env.execute_query(
            SQL(
                """
                SELECT mine.id FROM sbo_absence mine
                  JOIN sbo_absence other ON other.user_id = mine.user_id AND other.id <> mine.id
                   AND other.date_from < mine.date_to AND other.date_to > mine.date_from
                 WHERE mine.id = ANY(%s) ORDER BY mine.id LIMIT 1
                """,
                self.ids,
            )
        )
        if clash:
            absence = self.browse(clash[0])
            raise ValidationError(
                self.env._(
                    "%(clerk)s is away already during this time: change the absence that exists.",
                    clerk=absence.user_id.name,
                )
            )
