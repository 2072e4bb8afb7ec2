from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.choices import AREAS, CAUSES, SEVERITIES

STATES = [("candidate", "Candidate"), ("confirmed", "Confirmed"), ("disputed", "Disputed"), ("waived", "Waived")]
# action: (from, to, who may). "supervisor" is never one who answers for it: nobody judges the own work.
TRANSITIONS = {
    "confirm": (("candidate", "disputed"), "confirmed", "supervisor"),
    "dispute": (("candidate", "confirmed"), "disputed", "responsible"),
    "waive": (("candidate", "confirmed", "disputed"), "waived", "supervisor"),
    "reopen": (("confirmed", "disputed", "waived"), "candidate", "supervisor"),
}
# What a supervisor may change by hand; everything else is the engine's or comes with a decision.
EDITABLE = {"cause", "note", "message_follower_ids", "activity_ids", "message_ids", "message_main_attachment_id"}
# What nobody enters with a new one: it comes with decisions, or from the engine.
DECIDED = {"state", "evidence", "closed_at", "confirmed_by_id", "confirmed_at", "dispute_text", "waive_reason",
           "waived_by_id", "notified_at", "escalated_at", "key", "rule_severity", "lowered_rule", "raised_at", "levels",
           "settled_reason", "settled_by_id", "contract_id", "reported_at", "report_ids"}
JUDGED = {"state", "cause", "user_id", "quantity", "due_at", "closed_at"}


class SboFinding(models.Model):
    """One thing found by one check on one record (发现项): what was wrong, since when, and whose it is.

    ``closed_at`` says whether it still is so (set by the check's query only), ``state`` what people decided.
    Never deleted. The record it points to has no foreign key: the finding outlives it and keeps its name.
    """

    _name = "sbo.finding"
    _description = "Finding"
    _inherit = ["sbo.closed.mixin", "sbo.finding.risk", "sbo.finding.level", "mail.thread", "mail.activity.mixin",
                "sbo.finding.notice"]
    _closed = frozenset(DECIDED)
    _order = "closed_at DESC, severity DESC, due_at, id"
    _mail_post_access = "read"

    check_id = fields.Many2one("sbo.check", required=True, readonly=True, ondelete="restrict")  # begins _case_idx
    check_code = fields.Char(related="check_id.code", string="Check Code")
    description = fields.Text(related="check_id.description")
    unit = fields.Selection(related="check_id.unit")
    area = fields.Selection(AREAS, required=True, readonly=True)
    severity = fields.Selection(
        SEVERITIES, required=True, readonly=True, default="2", group_expand="_expand_levels")
    res_model = fields.Char("Record Type", required=True, readonly=True, default="res.users")
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", readonly=True, aggregator=None)
    res_name = fields.Char("Record", readonly=True)
    key = fields.Char(readonly=True, default="", help="What on the record: a field, a line, a period.")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, index="btree_not_null")
    user_id = fields.Many2one(
        "res.users", "Responsible", readonly=True, help="Who answered at the due moment.")  # begins _person_idx
    origin = fields.Selection(
        [("auto", "Check"), ("manual", "Noted by Hand")], required=True, readonly=True, default="manual")
    state = fields.Selection(STATES, required=True, readonly=True, default="candidate", tracking=True)
    cause = fields.Selection(CAUSES, required=True, default="clerk", tracking=True)
    opened_at = fields.Datetime("Found", required=True, readonly=True, default=fields.Datetime.now)
    due_at = fields.Datetime("Due", required=True, readonly=True, default=fields.Datetime.now)
    closed_at = fields.Datetime("Ended", readonly=True)
    quantity = fields.Float(readonly=True, default=1)
    evidence = fields.Json("Evidence Snapshot", readonly=True)
    evidence_text = fields.Html("Evidence", compute="_compute_evidence_text")
    note = fields.Text(help="What happened, in words.")
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    confirmed_at = fields.Datetime(readonly=True)
    dispute_text = fields.Text("Objection", readonly=True)
    waive_reason = fields.Text(readonly=True)
    waived_by_id = fields.Many2one("res.users", readonly=True)
    notified_at = fields.Datetime(readonly=True)
    escalated_at = fields.Datetime("Escalated", readonly=True)
    can_judge = fields.Boolean(compute="_compute_can")
    can_dispute = fields.Boolean(compute="_compute_can")

    _open_uniq = models.UniqueIndex(
        "(check_id, res_model, res_id, key) WHERE closed_at IS NULL", "This is already an open finding.")
    _case_idx = models.Index("(check_id, res_model, res_id, key, due_at)")
    _record_idx = models.Index("(res_model, res_id) WHERE closed_at IS NULL")
    _person_idx = models.Index("(user_id, due_at)")
    _live_idx = models.Index(
        "(company_id, check_id, user_id) WHERE closed_at IS NULL OR state IN ('candidate', 'disputed')")

    @api.depends("check_id", "res_name")
    def _compute_display_name(self):
        for finding in self:
            finding.display_name = ": ".join(filter(None, [finding.check_id.name, finding.res_name])) \
                or self.env._("New finding")

    @api.depends("evidence")
    @api.depends_context("lang", "tz")
    def _compute_evidence_text(self):
        for finding in self:
            finding.evidence_text = self.env["sbo.evidence"]._as_html(finding)

    @api.depends_context("uid")
    @api.depends("state", "user_id", "contract_id")
    def _compute_can(self):
        supervisor = self.env.user.has_group("sales_back_office.sbo_group_supervisor")
        for finding in self:
            own = finding.user_id == self.env.user
            finding.can_judge = supervisor and self.env.user not in finding._answering()
            finding.can_dispute = own and finding.state in TRANSITIONS["dispute"][0]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Findings noted by hand; those of checks are written by the ledger's own statement."""
        for vals in vals_list:
            self._complete_manual(vals)
            # A key of its own: a person may note the same thing twice, the engine never closes it.
            vals["key"] = "" if vals.get("contract_id") else f"manual:{uuid4().hex}"
        findings = super().create(vals_list)
        self.env["sbo.check"]._forget_desk()
        self.env["sbo.assessment"]._refresh_findings(findings)
        return findings

    def write(self, vals):
        if not self.env.su:
            self._refuse_by_hand(vals)
        result = super().write(vals)
        self.env["sbo.check"]._forget_desk()
        if JUDGED & set(vals):
            self.env["sbo.assessment"]._refresh_findings(self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Findings are never deleted. A supervisor can waive one with a reason."))

    # === decisions === #

    def action_confirm(self):
        """The assessor agrees: it is so, and it counts."""
        self._decide("confirm", confirmed_by_id=self.env.uid, confirmed_at=fields.Datetime.now())

    def action_dispute(self, text=None):
        """The responsible person objects, in words."""
        text = (text or "").strip()
        if not text:
            return self._ask("dispute")
        self._decide("dispute", dispute_text=text)

    def action_waive(self, reason=None):
        """A supervisor lets it pass, with a reason; it stays in the ledger until its cause ends."""
        reason = (reason or "").strip()
        if not reason:
            return self._ask("waive")
        self._decide("waive", waive_reason=reason, waived_by_id=self.env.uid)

    def action_reopen(self):
        """Take a decision back: the finding is a candidate again."""
        self._decide("reopen", confirmed_by_id=False, confirmed_at=False, waive_reason=False, waived_by_id=False)

    def action_open_record(self):
        """The record that the finding is about."""
        self.ensure_one()
        if not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("%s does not exist any more; the finding keeps its name.", self.res_name))
        return {"type": "ir.actions.act_window", "res_model": self.res_model, "res_id": self.res_id,
                "view_mode": "form"}

    def action_open_records(self):
        """The records behind these findings, which must be of one kind."""
        models = set(self.mapped("res_model"))
        if len(models) != 1:
            raise UserError(self.env._("Choose findings on records of one kind."))
        return {"type": "ir.actions.act_window", "name": self.env["ir.model"]._get(models.pop()).name,
                "res_model": self[0].res_model, "view_mode": "list,form",
                "domain": [("id", "in", self.mapped("res_id"))]}

    def _refuse_by_hand(self, vals):
        if set(vals) - EDITABLE:
            raise AccessError(self.env._(
                "A finding is changed by Confirm, Dispute, Waive and Reopen only, so that its history stays true."))
        own = self.filtered(lambda finding: self.env.user in finding._answering()) if "cause" in vals else self.browse()
        if own:
            raise AccessError(self.env._(
                "You answer for “%s” yourself: another supervisor decides on its cause.", own[0].display_name))

    def _complete_manual(self, vals):
        """What a person who notes a finding leaves out."""
        check = self.env["sbo.check"].browse(vals.get("check_id"))
        model = vals.setdefault("res_model", "res.users")
        if model not in self.env:
            raise UserError(self.env._("There are no records of the kind “%s”.", model))
        if model == "res.users":
            # Noted on nobody's record: it is about the responsible person.
            vals["res_id"] = vals.get("res_id") or vals.get("user_id")
        record = self.env[model].browse(vals["res_id"]) if vals.get("res_id") else None
        for name in DECIDED & set(vals):
            del vals[name]
        vals.update(
            origin="manual", area=check.area, severity=vals.get("severity") or check.severity,
            cause=vals.get("cause") or check.default_cause,
            res_name=vals.get("res_name") or (record.display_name if record else False),
        )
        if check._flagged() and model == "sbo.contract" and record:
            vals["contract_id"] = self._flag_contract(check, record)
        if not vals.get("company_id") and record is not None and "company_id" in record._fields and record.company_id:
            vals["company_id"] = record.company_id.id

    def _ask(self, decision):
        titles = {"dispute": self.env._("Dispute"), "waive": self.env._("Waive"),
                  "lower": self.env._("Lower the Level"), "settle": self.env._("Settle")}
        return {
            "type": "ir.actions.act_window", "name": titles[decision], "res_model": "sbo.finding.decision",
            "view_mode": "form", "target": "new",
            "context": {"default_decision": decision, "default_finding_ids": self.ids},
        }

    def _decide(self, action, **values):
        """Move along the table of transitions, or say why not.

        :raise UserError: not from this state, or not by this person
        """
        self.check_access("read")
        sources, target, who = TRANSITIONS[action]
        supervisor = self.env.user.has_group("sales_back_office.sbo_group_supervisor")
        for finding in self:
            own = finding.user_id == self.env.user
            if who == "responsible" and not own:
                raise UserError(self.env._("Only %(user)s can object to “%(finding)s”.",
                                           user=finding.user_id.name or "-", finding=finding.display_name))
            if who == "supervisor" and (not supervisor or self.env.user in finding._answering()):
                raise UserError(self.env._(
                    "“%(finding)s” is decided by a back-office supervisor who does not answer for it.",
                    finding=finding.display_name))
            if finding.state not in sources:
                raise UserError(self.env._("“%(finding)s” is already %(state)s.", finding=finding.display_name,
                                           state=dict(self._fields["state"]._description_selection(self.env))[
                                               finding.state]))
        # Superuser: the right was checked above, the fields themselves are closed to everybody.
        self.sudo().write({"state": target, **values})

    # === the engine === #

    @api.model
    def _close_for(self, model, ids):
        """Close what is open on records that go."""
        if not ids:
            return
        self.flush_model()
        self.env.execute_query(SQL(
            """UPDATE sbo_finding SET closed_at = now() AT TIME ZONE 'UTC', write_date = now() AT TIME ZONE 'UTC'
                WHERE res_model = %s AND res_id = ANY(%s) AND closed_at IS NULL RETURNING id""", model, list(ids)))
        self.invalidate_model()
        self.env["sbo.check"]._forget_desk()
