from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools import clock, distribution, periods

SIZE_FIELDS = {"large": "size_large", "medium": "size_medium", "small": "size_small", "micro": "size_micro"}


class SboAssignmentRule(models.Model):
    """Who gets the new customers of an industry, region or size, and in which shares (客户分配规则, 5:3:2).

    The first rule in order that covers a customer counts. The choice is always explained on the assignment.
    """

    _name = "sbo.assignment.rule"
    _description = "Distribution Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    industry_ids = fields.Many2many("res.partner.industry", string="Industries", help="Empty: every industry.")
    region_ids = fields.Many2many("sbo.region", string="Regions", help="Empty: every region.")
    size_large = fields.Boolean("Large")
    size_medium = fields.Boolean("Medium")
    size_small = fields.Boolean("Small")
    size_micro = fields.Boolean("Micro")
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year"), ("ever", "Ever")], "Counted per", required=True,
        default="quarter", tracking=True, help="Shares are kept within this period; a new one begins at zero.")
    share_ids = fields.One2many("sbo.assignment.share", "rule_id", "Shares", copy=True)
    share_text = fields.Char("Planned Shares", compute="_compute_share_text")
    assignment_ids = fields.One2many("sbo.assignment", "rule_id", readonly=True)
    turn = fields.Integer(readonly=True, copy=False, help="Counts up with every distribution, so that none is lost.")

    @api.depends("share_ids.weight", "share_ids.user_id")
    def _compute_share_text(self):
        for rule in self:
            rule.share_text = ", ".join(f"{share.user_id.name} {share.weight}" for share in rule.share_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["sbo.assignment"].sudo().search_count([("rule_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A rule that customers were given by is kept; archive it instead."))

    def action_assignments(self):
        """What was given under these rules."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_assignment_action")
        return dict(action, domain=[("rule_id", "in", self.ids)], context={})

    # === which rule, and who is next === #

    @api.model
    def _match(self, partners, company):
        """{customer id: the first rule that covers it}; customers that none covers are left out."""
        rules = self.search([("company_id", "=", company.id), ("share_ids", "!=", False)])
        found = {}
        for partner in partners:
            rule = next((rule for rule in rules if rule._covers(partner)), None)
            if rule:
                found[partner.id] = rule
        return found

    def _covers(self, partner):
        sizes = {size for size, name in SIZE_FIELDS.items() if self[name]}
        return ((not self.industry_ids or partner.industry_id in self.industry_ids)
                and (not self.region_ids or partner.sbo_region_id in self.region_ids)
                and (not sizes or partner.sbo_size in sizes))

    def _take_turn(self):
        """Make sure that nobody else distributes by these rules until this transaction is over.

        The row is changed, not only locked: who has waited must begin again, because it has counted too early.
        """
        if self.ids:
            self.env.cr.execute(SQL(
                "SELECT id FROM sbo_assignment_rule WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))
            self.env.cr.execute(SQL("UPDATE sbo_assignment_rule SET turn = COALESCE(turn, 0) + 1 WHERE id = ANY(%s)",
                                    self.ids))

    def _pick(self, assignments):
        """Who gets each of these, counted one after the other: {assignment: (user, why, in words)}.

        :raise UserError: everybody who has a share is away
        """
        self.ensure_one()
        shares = self.share_ids
        figures = self._figures()[self.id]
        weights = {share.user_id: share.weight for share in shares}
        counts = {user: figures[user.id]["given"] for user in weights}
        away = self._away(shares.user_id)
        picked = {}
        for assignment in assignments:
            # A customer does not go back to the person that it is taken from.
            barred = set(away) | set(assignment.from_user_id & shares.user_id)
            user = distribution.next_share(weights, counts, barred)
            if not user:
                raise UserError(self.env._(
                    "Nobody in the rule “%(rule)s” can take %(customer)s: %(away)s. Assign it by name.",
                    rule=self.name, customer=assignment.partner_id.name, away=self._away_words(away) or "-"))
            picked[assignment] = (user, self._words(user, weights, counts, away))
            counts[user] += 1
        return picked

    def _words(self, user, weights, counts, away):
        text = self.env._(
            "next by share in %(rule)s: %(actual).0f %% of %(planned).0f %%", rule=self.name,
            actual=distribution.percent(counts)[user], planned=distribution.percent(weights)[user])
        if away:
            text = self.env._("%(choice)s; passed over: %(away)s", choice=text, away=self._away_words(away))
        return text

    def _away(self, users):
        """{user who is away now: absence}, and those who cannot be given anything at all."""
        now = clock.now(self.env)
        # Superuser: absences of salespeople, which a clerk may not see across companies.
        absences = self.env["sbo.absence"].sudo().search(
            [("user_id", "in", users.ids), ("date_from", "<=", now), ("date_to", ">", now)])
        away = {absence.user_id.with_env(self.env): absence for absence in absences}
        gone = users.filtered(lambda user: not user.active)
        return {**away, **dict.fromkeys(gone, self.env["sbo.absence"])}

    def _away_words(self, away):
        return ", ".join(
            self.env._("%(user)s (away until %(day)s)", user=user.name, day=format_date(
                self.env, fields.Datetime.context_timestamp(self, absence.date_to).date()))
            if absence else self.env._("%s (left)", user.name)
            for user, absence in away.items())

    # === plan and reality === #

    def _figures(self):
        """{rule id: {user id: planned %, actual %, given in the counting period}}, one query for all rules."""
        self.env["sbo.assignment"].flush_model()
        starts = [(rule.id, rule._period_start()) for rule in self if rule.id]
        given = {}
        if starts:
            rows = self.env.execute_query(SQL(
                """SELECT a.rule_id, a.user_id, COUNT(*)
                     FROM sbo_assignment a
                     JOIN (VALUES %s) period(rule_id, starts_at)
                       ON period.rule_id = a.rule_id AND a.assigned_at >= period.starts_at
                    WHERE a.state IN ('assigned', 'acknowledged') GROUP BY 1, 2""",
                SQL(", ").join(SQL("(%s, %s::timestamp)", *start) for start in starts)))
            given = {(rule_id, user_id): count for rule_id, user_id, count in rows}
        return {rule.id: rule._shares_of({share.user_id.id: given.get((rule._origin.id, share.user_id.id), 0)
                                          for share in rule.share_ids}) for rule in self}

    def _shares_of(self, counts):
        planned = distribution.percent({share.user_id.id: share.weight for share in self.share_ids})
        actual = distribution.percent(counts)
        return {user: {"planned": planned[user], "actual": actual[user], "given": counts[user]} for user in counts}

    def _period_start(self):
        """The first moment (naive UTC) of the counting period that is running."""
        moment = clock.now(self.env)
        if self.period == "ever":
            return fields.Datetime.to_datetime("1970-01-01")
        tz = self.with_context(tz=self.company_id._sbo_tz()).env.tz
        first, last = periods.bounds(self.period, periods.local_day(moment, tz))
        return periods.utc_bounds(first, last, tz)[0]
