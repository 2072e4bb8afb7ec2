from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.choices import SEVERITIES


class SboFindingLevel(models.AbstractModel):
    """How bad a finding is, and how that came: raised by its rule, lowered by a supervisor with a reason.

    Risk flags of contracts (风险预警) noted by hand end here too: no query ever closes them.
    """

    _name = "sbo.finding.level"
    _description = "Finding: Level"

    rule_severity = fields.Selection(
        SEVERITIES, "Level by the Rule", readonly=True, help="How bad it is by the rule, whatever it was lowered to.")
    lowered_rule = fields.Selection(
        SEVERITIES, "Lowered at", readonly=True,
        help="The level by the rule when a supervisor lowered it: it rises again only when the rule says more.")
    raised_at = fields.Datetime("Last Raised", readonly=True)
    levels = fields.Json("History of the Level", readonly=True)
    settled_reason = fields.Text("Why Settled", readonly=True)
    settled_by_id = fields.Many2one("res.users", readonly=True)
    can_lower = fields.Boolean(compute="_compute_can_lower")
    can_settle = fields.Boolean(compute="_compute_can_lower")

    @api.depends_context("uid")
    @api.depends("severity", "closed_at", "contract_id", "user_id", "origin")
    def _compute_can_lower(self):
        for finding in self:
            finding.can_lower = not finding._lower_refusal()
            finding.can_settle = not finding._settle_refusal()

    # === decisions === #

    def action_lower(self, level=None, reason=None):
        """A supervisor who does not answer for it sees less risk than the rule does, and says why.

        :param level: the new level, one of SEVERITIES below the present one
        """
        reason = (reason or "").strip()
        self._check_step("_lower_refusal")
        if not reason or not level:
            return self._ask("lower")
        for flag in self:
            if level not in dict(SEVERITIES) or level < "1" or level >= flag.severity:
                raise UserError(self.env._(
                    "“%s” can only be lowered to a level below the present one; it rises by itself.",
                    flag.display_name))
        for flag in self:
            entry = {"at": fields.Datetime.to_string(fields.Datetime.now()), "from": flag.severity, "to": level,
                     "by": self.env.uid, "reason": reason}
            # Superuser: the right was checked above, the fields themselves are closed to everybody.
            flag.sudo().write({
                "severity": level, "lowered_rule": flag.rule_severity or flag.severity,
                "levels": [*(flag.levels or []), entry]})
            flag._note_step(self.env._("Lowered: %(old)s → %(new)s", old=flag._level_name(entry["from"]),
                                       new=flag._level_name(level)), reason)

    def action_settle(self, reason=None):
        """A risk that was noted by hand is over, and a supervisor who does not answer for it says why."""
        reason = (reason or "").strip()
        self._check_step("_settle_refusal")
        if not reason:
            return self._ask("settle")
        # Superuser: the right was checked above, the fields themselves are closed to everybody.
        self.sudo().write({
            "closed_at": fields.Datetime.now(), "settled_reason": reason, "settled_by_id": self.env.uid})
        for flag in self:
            flag._note_step(self.env._("Settled"), reason)

    # === guards === #

    def _check_step(self, refusal):
        self.check_access("read")
        for flag in self:
            reason = getattr(flag, refusal)()
            if reason:
                raise UserError(self.env._("“%(flag)s” stays as it is: %(reason)s.",
                                           flag=flag.display_name, reason=reason))

    def _lower_refusal(self):
        """Why this user may not lower this level now, in words; empty when allowed."""
        self.ensure_one()
        if not self.contract_id:
            return self.env._("only the level of a risk flag can be lowered")
        if self.severity <= "1":
            return self.env._("it is at the lowest level already")
        return self._leader_refusal()

    def _settle_refusal(self):
        """Why this user may not settle this flag now, in words; empty when allowed."""
        self.ensure_one()
        if not self.contract_id or self.origin != "manual":
            return self.env._("it ends by itself when its cause ends; only a risk noted by hand is settled")
        return self._leader_refusal()

    def _leader_refusal(self):
        if self.closed_at:
            return self.env._("it is over")
        user = self.env.user
        if not user.has_group("sales_back_office.sbo_group_supervisor"):
            return self.env._("a back-office supervisor decides that")
        if user in self._answering():
            return self.env._("a supervisor decides that who does not answer for the contract")
        return ""

    def _answering(self):
        """The people who answer for this, none of whom decides on it: the responsible, and those of the contract."""
        # Superuser: whose contract and customer it is decides about the right, whoever may read them.
        contract = self.sudo().contract_id
        customer = contract.partner_id
        return self.sudo().user_id | contract.user_id | contract.sbo_clerk_id | customer.user_id \
            | customer.commercial_partner_id.user_id

    def _level_name(self, level):
        return dict(self._fields["severity"]._description_selection(self.env)).get(level, level)

    def _note_step(self, head, text):
        self.message_post(body=Markup("<b>%s</b><br/>%s") % (head, text))
