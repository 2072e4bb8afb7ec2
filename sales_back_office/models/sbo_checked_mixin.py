from lxml.builder import E
from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SboCheckedMixin(models.AbstractModel):
    """A record that checks look at: it shows its open findings in one place, and closes them when it goes.

    Inherit it to make a model choosable in checks. Form views get the banner and the smart button by themselves.
    """

    _name = "sbo.checked.mixin"
    _description = "Record with Findings"
    _sbo_checked = True

    sbo_finding_count = fields.Integer(
        "Open Findings", compute="_compute_sbo_findings", search="_search_sbo_finding_count")
    sbo_finding_banner = fields.Html(compute="_compute_sbo_findings", sanitize=False)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sbo_findings(self):
        """Open findings that this user may see, in one query for all records."""
        self.sbo_finding_count = 0
        self.sbo_finding_banner = False
        findings = self.env["sbo.finding"]
        if not findings.has_access("read"):
            return
        targets = self._sbo_finding_targets()
        ids = {res_id for keys in targets.values() for _model, res_id in keys}
        if not ids:
            return
        models = sorted({model for keys in targets.values() for model, _id in keys})
        found = findings.search([("res_model", "in", models), ("res_id", "in", sorted(ids)),
                                 ("closed_at", "=", False), ("state", "!=", "waived")])
        by_record = found.grouped(lambda finding: (finding.res_model, finding.res_id))
        for record in self:
            found = findings.union(*(by_record.get(key, findings) for key in targets.get(record, [])))
            record.sbo_finding_count = len(found)
            record.sbo_finding_banner = record._sbo_banner(found)

    def _search_sbo_finding_count(self, operator, value):
        if operator not in ("in", ">") or (operator == ">" and value != 0):
            return NotImplemented
        open_ids = self.env["sbo.finding"]._search(
            [("res_model", "=", self._name), ("closed_at", "=", False), ("state", "!=", "waived")])
        with_findings = [("id", "in", open_ids.subselect("res_id"))]
        if operator == ">":
            return with_findings
        return ["!", *with_findings] if set(value) == {0} else NotImplemented

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and not arch.xpath("//field[@name='sbo_finding_banner']"):
            self._sbo_add_to_form(arch)
        elif view_type == "search":
            arch.append(E.filter(name="sbo_open_findings", string=self.env._("Open Findings"),
                                 domain="[('sbo_finding_count', '>', 0)]"))
        return arch, view

    @api.ondelete(at_uninstall=False)
    def _unlink_close_findings(self):
        """The cause is gone with the record; the finding keeps its name."""
        self.env["sbo.finding"]._close_for(self._name, self.ids)

    # === actions === #

    def action_sbo_findings(self):
        """The record's findings, the open ones first shown."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_finding_action")
        pairs = self._sbo_finding_targets()[self]
        action["domain"] = [*["|"] * (len(pairs) - 1)]
        for model, res_id in pairs:
            action["domain"] += ["&", ("res_model", "=", model), ("res_id", "=", res_id)]
        action["context"] = {"search_default_open": 1, "default_res_model": self._name, "default_res_id": self.id}
        return action

    def action_sbo_check_now(self):
        """Check this record at once, so that a finding exists that can be worked on or waived."""
        self.check_access("read")
        self._sbo_check_now()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === the engine, narrowed to these records === #

    def _sbo_check_now(self):
        """Run the checks of this model on these records only."""
        # Superuser: a clerk may ask for a check without being allowed to write the ledger.
        checks = self.env["sbo.check"].sudo()
        checks = checks.search(checks._live_domain(self._name))
        companies = self.company_id if "company_id" in self._fields and self.company_id else self.env.company
        checks._run(companies=companies.sudo(), ids=self.ids)

    def _sbo_block(self, action):
        """Refuse an action while a blocking check finds something on these records that nobody has waived.

        Called where the action really happens, so that button, batch, RPC, import and cron meet it alike.

        :raise UserError: one sentence: what, why, and who can release it
        """
        ids = self.env["sbo.check"]._blocking_ids(self._name, action) if self.ids else ()
        if not ids:
            return
        self.env.flush_all()
        cases = []
        for company in self._sbo_companies():
            # Superuser: whoever confirms need not see the checks of other companies.
            checks = self.env["sbo.check"].sudo().browse(ids)._concerning(company)
            cases += checks._in_company(company, fields.Datetime.now())._blocking_cases(self.ids)
        if cases:
            reasons = "\n".join(
                f"- {name}: {check.with_env(self.env).sudo().name}" for check, _res_id, name in cases)
            raise UserError(self.env._(
                "Refused, because these checks stop it until the cause is gone or a supervisor waives the finding "
                "with a reason:\n%s\nCheck Now, among the actions of the record, writes the finding.", reasons))

    def _sbo_companies(self):
        companies = self.sudo().company_id if "company_id" in self._fields else self.env["res.company"]
        return companies or self.env.company

    # === views === #

    @api.model
    def _sbo_add_to_form(self, arch):
        sheets = arch.xpath("//sheet")
        if not sheets:
            return
        # The banner stands above the sheet, where Odoo puts its own warnings.
        banner = E.div(
            E.div(E.field(name="sbo_finding_banner", nolabel="1"), {"class": "flex-grow-1"}),
            E.button(name="action_sbo_findings", type="object", string=self.env._("Show Findings"),
                     **{"class": "btn-link"}),
            {"class": "alert alert-warning d-flex mb-0", "role": "alert", "invisible": "sbo_finding_count == 0"})
        sheets[0].addprevious(banner)
        boxes = sheets[0].xpath(".//div[@name='button_box']")
        if boxes:
            box = boxes[0]
        else:
            box = E.div({"name": "button_box", "class": "oe_button_box"})
            sheets[0].insert(0, box)
        box.append(E.button(
            E.field(name="sbo_finding_count", widget="statinfo", string=self.env._("Findings")),
            {"name": "action_sbo_findings", "type": "object", "class": "oe_stat_button", "icon": "fa-flag",
             "invisible": "sbo_finding_count == 0"}))

    def _sbo_finding_targets(self):
        """The records whose findings a form shows: {record: [(model, id)]}; override to add the parent document."""
        return {record: [(record._name, record._origin.id)] for record in self if record._origin.id}

    def _sbo_banner(self, findings):
        """The gravest checks that found something, each once with the number of its findings and who answers."""
        by_check = findings.sorted("severity", reverse=True).grouped("check_id")
        lines = Markup("").join(
            Markup("<li>%s%s <span class='text-muted'>%s</span></li>") % (
                check.name, f" ×{len(found)}" if len(found) > 1 else "",
                ", ".join(found.user_id.mapped("name")) or self.env._("nobody"))
            for check, found in list(by_check.items())[:5])
        return Markup("<ul class='mb-0 ps-3'>%s</ul>") % lines if findings else False

    @api.model
    def _sbo_sql_narrow(self, column, ids) -> SQL:
        """Condition of a method check that is asked for some records only."""
        return SQL("AND %s = ANY(%s)", column, list(ids)) if ids is not None else SQL()
