from odoo import api, fields, models
from odoo.fields import Domain

OPEN = Domain("closed_at", "=", False) & Domain("state", "!=", "waived")


class SboCheckDesk(models.AbstractModel):
    """The desk: what each check has open for me and for those I lead, counted in four queries for all cards."""

    _name = "sbo.check.desk"
    _description = "Check: Desk"

    open_count = fields.Integer("Open", compute="_compute_desk", search="_search_open_count")
    mine_count = fields.Integer("Mine", compute="_compute_desk")
    overdue_count = fields.Integer("Past Due", compute="_compute_desk")
    to_judge_count = fields.Integer("To Judge", compute="_compute_desk")
    next_due = fields.Datetime("Next Due", compute="_compute_desk")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_desk(self):
        """Counts over the findings that this user may see."""
        mine = OPEN & Domain("user_id", "=", self.env.uid)
        counts = {
            "mine_count": self._desk_counts(mine),
            "overdue_count": self._desk_counts(OPEN & Domain("due_at", "<", "today")),
            "to_judge_count": self._desk_counts(Domain("state", "in", ("candidate", "disputed"))),
        }
        opened = self.env["sbo.finding"]._read_group(
            OPEN & Domain("check_id", "in", self.ids), ["check_id"], ["__count", "due_at:min"])
        totals = {check.id: (count, due) for check, count, due in opened}
        for check in self:
            check.open_count, check.next_due = totals.get(check._origin.id, (0, False))
            for name, values in counts.items():
                check[name] = values.get(check._origin.id, 0)

    def _search_open_count(self, operator, value):
        if operator != ">" or value != 0:
            return NotImplemented
        return Domain("id", "in", self.env["sbo.finding"]._search(OPEN).subselect("check_id"))

    def action_desk_mine(self):
        """My open findings of this card."""
        return self.with_context(sbo_filters={"search_default_mine": 1}).action_open_findings()

    def action_desk_overdue(self):
        """Open findings of this card past their due moment."""
        return self.with_context(sbo_filters={"search_default_overdue": 1}).action_open_findings()

    def action_desk_judge(self):
        """Findings of this card that wait for a decision, ended ones too."""
        return self.with_context(
            sbo_filters={"search_default_open": 0, "search_default_to_judge": 1}).action_open_findings()

    def _desk_counts(self, domain):
        rows = self.env["sbo.finding"]._read_group(
            domain & Domain("check_id", "in", self.ids), ["check_id"], ["__count"])
        return {check.id: count for check, count in rows}
