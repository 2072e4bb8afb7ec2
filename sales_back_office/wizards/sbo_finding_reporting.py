from odoo import api, fields, models


class SboFindingReporting(models.TransientModel):
    """The words that go with the report of risk flags, and whom it goes to."""

    _name = "sbo.finding.reporting"
    _description = "Report Risks"

    finding_ids = fields.Many2many("sbo.finding", string="Risk Flags", required=True, readonly=True)
    told = fields.Char("Told by the Level", compute="_compute_told")
    user_ids = fields.Many2many(
        "res.users", string="Also to", domain=[("share", "=", False)], help="People to tell beside those.")
    text = fields.Text("Words", help="What they should know or decide.")

    @api.depends("finding_ids")
    def _compute_told(self):
        for wizard in self:
            people = self.env["res.users"].union(*(flag._origin._circle() for flag in wizard.finding_ids))
            wizard.told = ", ".join(people.sudo().mapped("name"))  # names of colleagues, whoever reports

    def action_apply(self):
        """Send it."""
        self.ensure_one()
        self.finding_ids.action_report(self.text or "", self.user_ids)
        return {"type": "ir.actions.act_window_close"}
