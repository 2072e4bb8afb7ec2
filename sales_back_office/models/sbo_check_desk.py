from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import moments

DESK = ("open_count", "mine_count", "overdue_count", "to_judge_count", "next_due")
# What somebody still has to work on or to judge: the index of this condition keeps the years of settled ones out.
LIVE = Domain("closed_at", "=", False) | Domain("state", "in", ("candidate", "disputed"))


class SboCheckDesk(models.AbstractModel):
    """The desk: what each check has open for me and for those I lead, counted in one query for all cards."""

    _name = "sbo.check.desk"
    _description = "Check: Desk"

    open_count = fields.Integer("Open", compute="_compute_desk", search="_search_open_count")
    mine_count = fields.Integer("Mine", compute="_compute_desk")
    overdue_count = fields.Integer("Past Due", compute="_compute_desk")
    to_judge_count = fields.Integer("To Judge", compute="_compute_desk")
    next_due = fields.Datetime(compute="_compute_desk")

    @api.depends_context("uid", "allowed_company_ids", "tz")
    def _compute_desk(self):
        """Counts over the findings that this user may see."""
        counts = {row.pop("check_id"): row for row in self.env.execute_query_dict(self._sql_desk())}
        for check in self:
            check.update(counts.get(check._origin.id) or dict.fromkeys(DESK, False))

    def _search_open_count(self, operator, value):
        if operator != ">" or value != 0:
            return NotImplemented
        # Counted once: the cards that are found show the same figures from the cache.
        checks = self.search([("active", "in", (True, False))])
        return Domain("id", "in", checks.filtered("open_count").ids)

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

    def _sql_desk(self) -> SQL:
        findings = self.env["sbo.finding"]
        query = findings._search(LIVE & Domain("check_id", "in", self.ids))
        column = {name: findings._field_to_sql(findings._table, name, query)
                  for name in ("check_id", "closed_at", "state", "user_id", "due_at")}
        today = moments.resolve("now =0H", fields.Datetime.now(), self.env.tz)  # a day is over when it has ended
        is_open = SQL("%s IS NULL AND %s <> 'waived'", column["closed_at"], column["state"])
        columns = {
            "check_id": column["check_id"],
            "open_count": SQL("COUNT(*) FILTER (WHERE %s)", is_open),
            "mine_count": SQL("COUNT(*) FILTER (WHERE %s AND %s = %s)", is_open, column["user_id"], self.env.uid),
            "overdue_count": SQL("COUNT(*) FILTER (WHERE %s AND %s < %s)", is_open, column["due_at"], today),
            "to_judge_count": SQL("COUNT(*) FILTER (WHERE %s IN ('candidate', 'disputed'))", column["state"]),
            "next_due": SQL("MIN(%s) FILTER (WHERE %s)", column["due_at"], is_open),
        }
        rows = query.select(*[SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in columns.items()])
        return SQL("%s GROUP BY %s", rows, column["check_id"])

    @api.model
    def _forget_desk(self):
        """Findings have changed: count again."""
        self.env["sbo.check"].invalidate_model(DESK, flush=False)
