from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

CLERK = "sales_back_office.sbo_group_clerk"
# Who is told of a risk, level by level; each level tells those of the levels below as well.
CIRCLES = {"1": "salesperson", "2": "supervisor", "3": "manager", "4": "further"}
UNREPORTED = SQL("(f.reported_at IS NULL OR f.reported_at < f.raised_at)")


class SboFindingRisk(models.AbstractModel):
    """A finding that is a risk flag of a contract (合同风险预警): to whom it was reported, what is done about it.

    That a check has found it, or that a night has told people of new findings, is no report: a person reports.
    """

    _name = "sbo.finding.risk"
    _description = "Finding: Risk Flag"

    contract_id = fields.Many2one(
        "sbo.contract", readonly=True, index="btree_not_null", ondelete="set null",
        help="The contract whose risk this is; empty: no risk flag.")
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    salesperson_id = fields.Many2one(related="contract_id.user_id", string="Salesperson")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    reported_at = fields.Datetime("Reported", readonly=True, help="When it was last reported to those who lead.")
    unreported = fields.Boolean(
        "To Report", compute="_compute_unreported", search="_search_unreported",
        help="Open and not reported since it was found, or since its level was raised.")
    age_days = fields.Integer("Days Open", compute="_compute_age_days")
    report_ids = fields.One2many("sbo.finding.report", "finding_id", "Reports", readonly=True)
    measure_ids = fields.One2many("sbo.finding.measure", "finding_id", "Measures")
    measure_summary = fields.Char("Measures Taken", compute="_compute_measures")
    late_measure_count = fields.Integer("Late Measures", compute="_compute_measures")
    can_report = fields.Boolean(compute="_compute_can_report")

    _flag_idx = models.Index("(contract_id, severity) WHERE contract_id IS NOT NULL AND closed_at IS NULL")

    @api.depends("contract_id", "closed_at", "state", "reported_at", "raised_at")
    def _compute_unreported(self):
        for finding in self:
            finding.unreported = bool(
                finding.contract_id and not finding.closed_at and finding.state != "waived"
                and (not finding.reported_at or finding.raised_at and finding.reported_at < finding.raised_at))

    def _search_unreported(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["sbo.finding"].flush_model(["contract_id", "closed_at", "state", "reported_at", "raised_at"])
        rows = self.env.execute_query(SQL(
            """SELECT f.id FROM sbo_finding f
                WHERE f.contract_id IS NOT NULL AND f.closed_at IS NULL AND f.state <> 'waived' AND %s""",
            UNREPORTED))
        wanted = Domain("id", "in", [row[0] for row in rows])
        return Domain.TRUE if set(value) == {True, False} else wanted if True in value else ~wanted

    @api.depends("opened_at", "closed_at")
    @api.depends_context("sbo_as_of")
    def _compute_age_days(self):
        now = fields.Datetime.to_datetime(self.env.context.get("sbo_as_of")) or fields.Datetime.now()
        for finding in self:
            end = finding.closed_at or now
            finding.age_days = max(0, (end - (finding.opened_at or end)) // timedelta(days=1))

    @api.depends("measure_ids.state", "measure_ids.due_on")
    def _compute_measures(self):
        for finding in self:
            measures = finding.measure_ids.filtered(lambda measure: measure.state != "cancelled")
            done = measures.filtered(lambda measure: measure.state == "done")
            finding.late_measure_count = len(measures.filtered("late"))
            finding.measure_summary = self.env._(
                "%(done)s of %(all)s done", done=len(done), all=len(measures)) if measures else False

    @api.depends_context("uid")
    @api.depends("closed_at", "contract_id")
    def _compute_can_report(self):
        for finding in self:
            finding.can_report = not finding._report_refusal()

    # === actions === #

    def action_report(self, text=None, further=None):
        """Report these flags to those whom their level asks for; without words, ask for them first.

        :param text: what the reporter has to say
        :param further: users to tell besides
        :raise UserError: it is over, or this is not the person who reports it
        """
        self._check_step("_report_refusal")
        if text is None:
            return self._ask_report()
        for flag in self:
            flag._report(text.strip(), further or self.env["res.users"])

    def action_set_measure(self):
        """A new measure against this risk."""
        self.ensure_one()
        self._check_step("_report_refusal")
        return {"type": "ir.actions.act_window", "name": self.env._("Measure"), "res_model": "sbo.finding.measure",
                "view_mode": "form", "target": "new", "context": {"default_finding_id": self.id}}

    def action_open_contract(self):
        """The contract of the flag."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract", "res_id": self.contract_id.id,
                "view_mode": "form"}

    def action_print_risk(self):
        """The risk warning sheet of these flags (合同风险预警单)."""
        return self.env.ref("sales_back_office.sbo_risk_sheet_action").report_action(self)

    # === reporting === #

    def _report_refusal(self):
        """Why this user may not report this flag, in words; empty when allowed."""
        self.ensure_one()
        if not self.contract_id:
            return self.env._("only risk flags are reported")
        if self.closed_at:
            return self.env._("it is over")
        # Superuser: whose contract it is decides about the right, whoever may read it.
        contract = self.contract_id.sudo()
        if not self.env.user.has_group(CLERK) and self.env.user not in (contract.user_id | contract.partner_id.user_id):
            return self.env._("the back office or the contract's salesperson reports it")
        return ""

    def _ask_report(self):
        return {
            "type": "ir.actions.act_window", "name": self.env._("Report a Risk"), "res_model": "sbo.finding.reporting",
            "view_mode": "form", "target": "new", "context": {"default_finding_ids": self.ids},
        }

    def _circle(self):
        """Whom the level of this flag asks to be told; whoever reports it knows already.

        Where nobody is left, those of the next level are told.
        """
        self.ensure_one()
        flag = self.sudo()  # roles and the company's list are not for everybody to read
        people = self.env["res.users"].sudo()
        for level in sorted(CIRCLES):
            if level > self.severity and people - self.env.user:
                break
            people |= flag._circle_of(CIRCLES[level])
        return (people - self.env.user).sudo(self.env.su)

    def _circle_of(self, name):
        company = self.company_id
        if name == "salesperson":
            return (self.contract_id.user_id or self.contract_id.partner_id.user_id).filtered("active")
        if name == "further":
            return company.sbo_risk_user_ids.filtered("active")
        return self._role_users(name, company)

    def _report(self, text, further):
        """One message to all of them, which is the proof, and a line for each."""
        people = (self._circle() | further) - self.env.user
        if not people:
            raise UserError(self.env._(
                "There is nobody to report “%s” to: give the contract a salesperson, or the company people who are "
                "told of critical risks.", self.display_name))
        now = fields.Datetime.now()
        # Superuser: whoever may report may not write findings; the author stays the person who reports.
        flag = self.sudo()
        message = flag.message_post(
            subject=self._report_subject(), body=self._report_body(text), author_id=self.env.user.partner_id.id,
            partner_ids=people.sudo().partner_id.ids, subtype_xmlid="mail.mt_comment")
        flag.env["sbo.finding.report"].create([
            {"finding_id": self.id, "user_id": user.id, "reporter_id": self.env.uid, "reported_at": now,
             "level": self.severity, "message_id": message.id, "text": text} for user in people])
        flag.write({"reported_at": now})

    def _report_subject(self):
        return self.env._("Risk %(level)s: %(flag)s", level=self._level_name(self.severity), flag=self.display_name)

    def _report_body(self, text):
        # Superuser: whoever reads the flag may know the names on its contract.
        contract = self.contract_id.sudo()
        rows = [(self.env._("Contract"), " ".join((contract.name, contract.subject or ""))),
                (self.env._("Customer"), contract.partner_id.display_name),
                *self.env["sbo.evidence"]._rows(self)]
        if self.note:
            rows.append((self.env._("What Happened"), self.note))
        table = Markup("").join(Markup("<tr><td>%s</td><td>%s</td></tr>") % row for row in rows)
        return Markup("<p>%s</p><table>%s</table>") % (text or self._report_subject(), table)

    # === noted by hand === #

    @api.model
    def _flag_contract(self, check, contract):
        """The contract that a flag noted by hand stands on.

        :raise UserError: the check looks for itself, or the contract has this flag already
        """
        if check.kind != "manual":
            raise UserError(self.env._(
                "“%s” is found by its check. Check Now, among the actions of the contract, looks at once.", check.name))
        # Superuser: one flag of a kind on a contract, whoever may see it.
        if self.env["sbo.finding"].sudo().search_count([
                ("check_id", "=", check.id), ("contract_id", "=", contract.id), ("closed_at", "=", False)], limit=1):
            raise UserError(self.env._("“%(check)s” is open on %(contract)s already; add what is new to that flag.",
                                       check=check.name, contract=contract.display_name))
        return contract.id

    @api.model
    def _expand_levels(self, _levels, _domain):
        """The columns of the board, empty ones too."""
        return list(CIRCLES)
