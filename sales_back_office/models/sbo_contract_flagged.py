from copy import deepcopy

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..tools.choices import SEVERITIES

# The colour of the banner by the highest level: 蓝 blue, 黄 yellow, 橙 orange, 红 red.
COLOURS = {
    "1": ("alert-info", ""),
    "2": ("alert-warning", ""),
    "3": ("", "background-color: #fd7e14; border-color: #e8590c; color: #000;"),
    "4": ("alert-danger", ""),
}
BADGES = {"0": "secondary", "1": "info", "2": "warning", "3": "warning", "4": "danger"}
RAISERS = ("sales_back_office.sbo_group_clerk", "account.group_account_invoice")


class SboContractFlagged(models.AbstractModel):
    """The risk flags of a contract (合同风险预警): its highest level, their story, and risks noted by hand."""

    _name = "sbo.contract.flagged"
    _description = "Contract: Risk Flags"
    _inherit = [
        "sbo.contract.risk.paper", "sbo.contract.risk.goods", "sbo.contract.risk.money", "sbo.contract.risk.report",
        "sbo.checked.mixin"]

    flag_ids = fields.One2many("sbo.finding", "contract_id", "Risk Flags", readonly=True)
    risk_level = fields.Selection(
        SEVERITIES, "Risk", compute="_compute_risk_level", search="_search_risk_level",
        help="The highest level of the open risk flags.")
    risk_timeline = fields.Html("Story of the Risks", compute="_compute_risk_timeline", sanitize=False)

    @api.depends_context("uid")
    def _compute_risk_level(self):
        """In one query; whoever sees a contract knows how risky it is."""
        self.risk_level = False
        ids = self._origin.ids
        if not ids:
            return
        self.env["sbo.finding"].flush_model()
        levels = dict(self.env.execute_query(SQL(
            "SELECT c.id, %s FROM sbo_contract c WHERE c.id = ANY(%s)", self._sql_risk_level("c"), ids)))
        for contract in self:
            contract.risk_level = levels.get(contract._origin.id) or False

    def _search_risk_level(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["sbo.finding"].flush_model()
        level = self._sql_risk_level("sbo_contract")
        wanted = [v for v in value if v]
        found = SQL("%s = ANY(%s)", level, wanted)
        if len(wanted) < len(value):
            found = SQL("(%s OR %s IS NULL)", found, level)
        return Domain("id", "in", SQL("(SELECT sbo_contract.id FROM sbo_contract WHERE %s)", found))

    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_risk_timeline(self):
        """What happened to the flags of these contracts, the latest first: three queries, however many flags."""
        flags = self.env["sbo.finding"].search([("contract_id", "in", self._origin.ids)])
        flags.fetch(["check_id", "contract_id", "levels", "severity", "opened_at", "closed_at"])
        by_contract = flags.grouped(lambda flag: flag.contract_id.id)
        for contract in self:
            mine = by_contract.get(contract._origin.id, flags.browse())
            events = sorted(((*event, flag.check_id.name) for flag in mine for event in contract._risk_events(flag)),
                            key=lambda event: event[0])
            contract.risk_timeline = contract._risk_story(events[::-1])

    @api.model
    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "risk_level":
            self.env["sbo.finding"].flush_model()
            return self._sql_risk_level(alias)
        return super()._field_to_sql(alias, field_expr, query)

    # === actions === #

    def action_sbo_raise_risk(self):
        """Note a risk that no check can see: litigation, insolvency, a bounced bill, a lost original."""
        self.ensure_one()
        self._check_may_raise()
        return {"type": "ir.actions.act_window", "name": self.env._("Raise a Risk"), "res_model": "sbo.risk.raising",
                "view_mode": "form", "target": "new", "context": {"default_contract_id": self.id}}

    def action_sbo_flags(self):
        """The risk flags of the contract, the open ones first shown."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_risk_action")
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {"search_default_open": 1}
        return action

    def action_sbo_risk_sheet(self):
        """The risk warning sheet of all open flags of these contracts (合同风险预警单)."""
        self.check_access("read")
        flags = self.env["sbo.finding"].search([
            ("contract_id", "in", self.ids), ("closed_at", "=", False), ("state", "!=", "waived")])
        return flags.action_print_risk()

    # === risks noted by hand === #

    def _raise_risk(self, check, note):
        """Open a flag of a check noted by hand.

        :raise AccessError: it is not this person's contract
        :raise UserError: such a flag is open already
        :return: the flag
        """
        self.ensure_one()
        self._check_may_raise()
        if not check.risk or check.kind != "manual" or check.company_id - self.company_id:
            raise UserError(self.env._("“%s” is no risk that is noted by hand on this contract.", check.name))
        # Superuser: findings are written by the engine and by supervisors; the right was checked above.
        flag = self.env["sbo.finding"].sudo().create({
            "check_id": check.id, "res_model": self._name, "res_id": self.id, "note": note, "res_name": self.name,
            "company_id": self.company_id.id, "user_id": self.sbo_clerk_id.id, "team_id": self.team_id.id})
        return flag.sudo(self.env.su)

    def _check_may_raise(self):
        self.check_access("read")
        # Superuser: the customer's salesperson decides about the right, whoever may read the customer.
        own = self.env.user in (self.user_id | self.sudo().partner_id.user_id)
        if not own and not any(map(self.env.user.has_group, RAISERS)):
            raise AccessError(self.env._(
                "Risks of “%s” are noted by the back office, by accounting or by the contract's salesperson.",
                self.display_name))

    # === the story === #

    def _risk_events(self, flag):
        """[(moment, level, words, text)] of one flag."""
        first = (flag.levels or [{"from": flag.severity}])[0]["from"]
        yield flag.opened_at, first, self.env._("Found: %s", flag._level_name(first)), flag.note
        for entry in flag.levels or ():
            words = {"old": flag._level_name(entry["from"]), "new": flag._level_name(entry["to"])}
            if entry.get("by"):
                # Superuser: the name of who decided is part of the story.
                who = self.env["res.users"].sudo().browse(entry["by"]).name
                head = self.env._("Lowered by %(who)s: %(old)s → %(new)s", who=who, **words)
            else:
                head = self.env._("Raised: %(old)s → %(new)s", **words)
            yield self._moment_of(entry["at"]), entry["to"], head, entry.get("reason")
        for message, reports in flag.report_ids.grouped(lambda report: (report.message_id, report.reported_at)).items():
            people = ", ".join(reports.sudo().user_id.mapped("name"))  # as above
            yield message[1], reports[0].level, self.env._(
                "Reported by %(who)s to %(people)s", who=reports[0].sudo().reporter_id.name, people=people), \
                reports[0].text
        for measure in flag.measure_ids.filtered("done_at"):
            yield measure.done_at, flag.severity, self.env._("Measure done: %s", measure.name), measure.result
        if flag.closed_at:
            yield flag.closed_at, flag.severity, self.env._("Settled") if flag.settled_by_id else self.env._(
                "Closed: its cause has ended"), flag.settled_reason

    @api.model
    def _moment_of(self, text):
        return fields.Datetime.to_datetime(text.replace("T", " ")[:19])

    def _risk_story(self, events):
        line = Markup(
            "<li><span class='text-muted me-2'>%s</span><span class='badge text-bg-%s me-2'>%s</span>%s%s</li>")
        text = Markup("<div class='text-muted ps-4'>%s</div>")
        return Markup("<ul class='list-unstyled mb-0'>%s</ul>") % Markup("").join(
            line % (format_datetime(self.env, moment), BADGES[level], name, head, text % words if words else "")
            for moment, level, head, words, name in events) if events else False

    # === views === #

    @api.model
    def _sbo_add_to_form(self, arch):
        """The banner in the colour of the highest level."""
        result = super()._sbo_add_to_form(arch)
        for banner in arch.xpath("//div[field[@name='sbo_finding_banner'] or div/field[@name='sbo_finding_banner']]"
                                 "[contains(@class, 'alert')]"):
            for level, (colour, style) in COLOURS.items():
                twin = deepcopy(banner)
                twin.set("class", banner.get("class").replace("alert-warning", colour))
                twin.set("invisible", f"sbo_finding_count == 0 or risk_level != '{level}'")
                if style:
                    twin.set("style", style)
                banner.addprevious(twin)
            banner.set("invisible", "sbo_finding_count == 0 or risk_level")
        return result

    @api.model
    def _sql_risk_level(self, alias) -> SQL:
        """The highest level of the open flags of contract ``alias``."""
        return SQL(
            """(SELECT MAX(risk.severity) FROM sbo_finding risk WHERE risk.contract_id = %s
                   AND risk.closed_at IS NULL AND risk.state <> 'waived')""", SQL.identifier(alias, "id"))
