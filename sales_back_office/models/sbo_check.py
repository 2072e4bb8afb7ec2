from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, ormcache

from ..tools.choices import AREAS, CAUSES, SEVERITIES

METHOD_PREFIX = "_sbo_query_"


class SboCheck(models.Model):
    """One rule that says what is wrong and whose it is (检查规则): a condition, a method of an area, a target.

    Rules are data: a supervisor adds, tunes and switches them off; every night each runs as one query.
    """

    _name = "sbo.check"
    _description = "Check"
    _inherit = ["sbo.check.query", "sbo.check.target", "sbo.check.ledger", "sbo.check.desk", "sbo.check.level",
                "mail.thread"]
    _order = "sequence, area, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, copy=False, help="Assessment rules name a check by this code.")
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: the check runs for every company.")
    description = fields.Text(translate=True, help="What it means and what to do about it, for the clerk who gets it.")
    area = fields.Selection(AREAS, required=True, default="orders", tracking=True)
    kind = fields.Selection(
        [("domain", "Condition"), ("method", "Built In"), ("target", "Target Figure"), ("manual", "Noted by Hand")],
        required=True, default="domain", help="Noted by hand: nothing is searched, people enter the findings.")
    model_id = fields.Many2one(
        "ir.model", "Records", required=True, ondelete="cascade", tracking=True,
        domain=lambda self: [("model", "in", self._checked_models())])
    model = fields.Char(related="model_id.model", string="Model Name")
    domain = fields.Char("Condition", default="[]", tracking=True, help="Every record that meets it is a finding.")
    method = fields.Char(readonly=True, copy=True)
    severity = fields.Selection(SEVERITIES, required=True, default="2", tracking=True)
    unit = fields.Selection(
        [("case", "Cases"), ("piece", "Pieces"), ("hour", "Late Working Hours"), ("day", "Late Working Days"),
         ("percent", "Percent")], required=True, default="case")
    parameter = fields.Float("X", tracking=True, help="The figure of the rule; what it means stands beside it.")
    parameter_label = fields.Char("Meaning of X", translate=True)
    responsible_path = fields.Char(
        "Responsible", default="sbo_clerk_id",
        help="Field of the responsible person, over dots if need be, such as "
        "sale_id.sbo_clerk_id. Who answered at the due moment is taken from the history.")
    due_path = fields.Char("Due", help="Date that starts the delay or gives the month; empty: the day of finding.")
    evidence_fields = fields.Char(
        "Kept as Evidence", help="Fields kept with the finding as they were, separated by commas.")
    default_cause = fields.Selection(
        CAUSES, required=True, default="clerk", help="Points fall only for findings that the clerk has caused.")
    block_action = fields.Selection(
        [("confirm", "Confirming an order"), ("deliver", "Validating a delivery")], "Stops", tracking=True,
        help="The action is refused while this check finds something that nobody has waived. To let a supervisor waive "
        "it beforehand, leave the state that the action leads to out of the condition.")
    notify = fields.Boolean("Tell the Responsible", default=True)
    escalate_days = fields.Integer("Escalate after Days", tracking=True, help="0: never.")
    escalate_to = fields.Selection(
        [("supervisor", "Supervisors"), ("manager", "Managers"), ("user", "One Person")], default="supervisor")
    escalate_user_id = fields.Many2one("res.users", "Escalate to")
    target_model_id = fields.Many2one("ir.model", "What Is Counted", ondelete="cascade")
    target_model = fields.Char(related="target_model_id.model")
    target_user_path = fields.Char("Whose", default="user_id")
    target_date_path = fields.Char("When", default="create_date")
    target_sum_path = fields.Char("Sum of", help="Empty: the records are counted.")
    target_period = fields.Selection([("week", "Each Week"), ("month", "Each Month")], default="week")
    target_prorate = fields.Boolean("Pro Rata to Working Days", default=True)
    broken = fields.Boolean(readonly=True, copy=False, tracking=True)
    error = fields.Text(readonly=True, copy=False)
    run_ids = fields.One2many("sbo.check.run", "check_id")

    _code_uniq = models.Constraint("UNIQUE (code)", "Another check has this code already.")

    @api.constrains("kind", "domain", "method", "model_id", "responsible_path", "due_path", "evidence_fields",
                    "target_model_id", "target_user_path", "target_date_path", "target_sum_path")
    def _check_query(self):
        """A rule that cannot run is refused when it is saved, with the reason in words."""
        for check in self:
            check._check_model()
            if check.kind == "method" and not check._method_exists():
                raise ValidationError(self.env._("%(model)s has no built-in check “%(method)s”.",
                                                 model=check.model_id.name, method=check.method or ""))
            if check.kind in ("domain", "target", "method"):
                check._try_query()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        moved = self.filtered(lambda check: "model_id" in vals and check.model_id.id != vals["model_id"])
        if moved and self.env["sbo.finding"].sudo().search_count([("check_id", "in", moved.ids)], limit=1):
            raise UserError(self.env._("A check that has findings stays with its records; make a new check instead."))
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["sbo.finding"].sudo().search_count([("check_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A check that has findings is kept; archive it instead."))

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", check.name), code=self._free_code(check.code))
            for check, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === actions === #

    def action_preview(self):
        """What the check would flag today, as a list, with the count in the title."""
        self.ensure_one()
        ids = self._in_company(self.env.company, fields.Datetime.now())._found_ids()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Today this would flag %s records", len(ids)),
            "res_model": self.model,
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
            "context": {"active_test": False, "create": False},
            "help": self.env._("<p class='o_view_nocontent_smiling_face'>Nothing is wrong by this check today.</p>"),
        }

    def action_run_now(self):
        """Run at once for the chosen companies; the ledger is the same as after a night."""
        self.check_access("write")
        results = self.sudo()._run(companies=self.env.companies)
        broken = self.filtered("broken")
        added, closed = (sum(counts[key] for *_, counts in results) for key in ("added", "closed"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if broken else "success",
                "message": self.env._("“%(check)s” failed. %(error)s", check=broken[0].name, error=broken[0].error)
                if broken else self.env._("%(added)s new findings, %(closed)s closed.", added=added, closed=closed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_findings(self):
        """The open findings of these checks; the context may narrow them (mine, team, overdue)."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_finding_action")
        action["domain"] = [("check_id", "in", self.ids)]
        action["context"] = {"search_default_open": 1, **self.env.context.get("sbo_filters", {})}
        return action

    # === what others ask === #

    @api.model
    def _checked_models(self):
        """Names of the models whose records carry findings (they have the mixin)."""
        return [name for name, model in self.env.registry.items() if getattr(model, "_sbo_checked", False)
                and not model._abstract]

    def _method_exists(self):
        """Only methods that an area has made for this purpose can be named."""
        return bool(self.method and self.method.startswith(METHOD_PREFIX)
                    and hasattr(self.env[self.model], self.method))

    @api.model
    @ormcache("model", "action")
    def _blocking_ids(self, model, action):
        """Ids of the checks that stop an action; cached, because every confirmation asks."""
        return tuple(self.sudo().search(self._live_domain(model) + [("block_action", "=", action)]).ids)

    @api.model
    def _live_domain(self, model):
        """Checks that can be run on one model; not the archived ones, whatever the context asks for."""
        return [("model", "=", model), ("kind", "!=", "manual"), ("broken", "=", False), ("active", "=", True)]

    # === is the rule itself right === #

    def _check_model(self):
        if self.model not in self._checked_models():
            raise ValidationError(self.env._(
                "“%s” cannot be checked: its records do not carry findings.", self.model_id.name))
        if self.kind == "target" and not self.target_model_id:
            raise ValidationError(self.env._("Say what the target counts."))

    def _try_query(self):
        company = self.company_id or self.env.company
        try:
            self._check_paths()
            with self.env.cr.savepoint():
                query = SQL("%s LIMIT 0", self._in_company(company, fields.Datetime.now())._query())
                self.env.flush_query(query)
                self.env.cr.execute(query, log_exceptions=False)
        except Exception as error:  # any way in which a rule can be wrong is told to the person who wrote it
            raise ValidationError(self.env._("This check cannot run. %s", self._in_words(error))) from error

    @api.model
    def _in_words(self, error):
        text = str(error).strip().split("\n")[0]
        return text if isinstance(error, UserError) else self.env._("The system says: %s", text)

    def _free_code(self, code):
        codes = set(self.with_context(active_test=False).search([("code", "=like", f"{code}%")]).mapped("code"))
        return next(f"{code}_{n}" for n in range(2, len(codes) + 3) if f"{code}_{n}" not in codes)
