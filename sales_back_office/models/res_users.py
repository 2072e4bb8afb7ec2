from odoo import fields, models


class ResUsers(models.Model):
    """A salesperson, with the clerk who serves them; or a clerk."""

    _name = "res.users"
    _inherit = ["res.users", "sbo.checked.mixin", "sbo.backup.checks"]

    # Its own column: without it, the partner's clerk would show through.
    sbo_clerk_id = fields.Many2one(
        "res.users",
        string="Back-Office Clerk",
        ondelete="set null",
        domain=lambda self: self.env["sbo.served.mixin"]._sbo_clerk_domain(),
        help="The clerk who serves this salesperson: the default on new customers and orders.",
    )
    sbo_absence_ids = fields.One2many("sbo.absence", "user_id", "Absences", readonly=True)

    def write(self, vals):
        # Who serves a salesperson is decided in the back office, not by the system administrator: this
        # one field is all a supervisor may write on colleagues.
        if set(vals) == {"sbo_clerk_id"} and self._sbo_may_be_assigned():
            return super(ResUsers, self.sudo()).write(vals)
        return super().write(vals)

    def _sbo_may_be_assigned(self):
        if not self.env.user.has_group("sales_back_office.sbo_group_supervisor"):
            return False
        return all(user.company_ids & self.env.companies for user in self.sudo())

    def _sbo_default_clerk(self):
        """The clerk who serves this salesperson (or nobody): their own, else their team's."""
        return self.sbo_clerk_id or self.sale_team_id.sbo_clerk_id

    def _sbo_leaver_obstacles(self):
        """What must be settled before these people leave, in words: called by the leaver wizard, which stops on any.

        What they have on loan must come back. Override to add sentences.
        """
        return self.env["sbo.loan.line"]._leaver_obstacles(self)
