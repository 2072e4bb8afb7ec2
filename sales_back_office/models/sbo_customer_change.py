from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import clock
from .sbo_customer_quality import ACCOUNT

REASONS = [("entry_error", "Entry Error"), ("customer_change", "The Customer Has Changed")]
# What people write; the rest is history.
EDITABLE = {"reason", "stated_reason", "note", "message_follower_ids", "activity_ids", "message_ids"}
COLUMNS = ("integer", "text", "integer", "text", "integer", "text", "text", "integer", "timestamp")


class SboCustomerChange(models.Model):
    """One key field of one customer got another value (更正记录): what it was, who had entered it, who changed it.

    Written by the customer's own write(), whatever the door, and never deleted. A first value (nothing before it)
    is kept without a reason, only to know later who entered it.
    """

    _name = "sbo.customer.change"
    _description = "Correction of Customer Data"
    _inherit = ["mail.thread"]
    _order = "changed_at DESC, id DESC"
    _rec_name = "partner_name"
    _mail_post_access = "read"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="set null")  # begins _field_idx
    partner_name = fields.Char("Name Then", readonly=True, help="The customer's name when this was changed.")
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    field_name = fields.Selection("_selection_field_name", "Field", required=True, readonly=True)
    account_id = fields.Integer("Bank Account ID", readonly=True, aggregator=None)
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    entered_by_id = fields.Many2one(
        "res.users", "Entered by", readonly=True, index="btree_not_null", help="Who had entered the old value.")
    entered_at = fields.Datetime("Entered", readonly=True)
    changed_by_id = fields.Many2one("res.users", "Changed by", readonly=True, index="btree_not_null")
    changed_at = fields.Datetime("Changed", required=True, readonly=True)
    reason = fields.Selection(
        [("open", "To Be Stated"), *REASONS], tracking=True, index="btree_not_null",
        help="Why it had to be changed. Decided by a supervisor who has not entered the old value; who has entered it "
        "can own up to an error alone.")
    stated_reason = fields.Selection(
        REASONS, tracking=True, help="What the people concerned say; a supervisor decides.")
    stated_by_id = fields.Many2one("res.users", "Stated by", readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided", readonly=True)
    note = fields.Text(help="What happened, in words.")
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _field_idx = models.Index("(partner_id, field_name, changed_at DESC, id DESC)")
    _moment_idx = models.Index("(changed_at) WHERE reason IN ('open', 'entry_error')")

    @api.model
    def _selection_field_name(self):
        partners = self.env["res.partner"]
        labels = [(name, partners._fields[name]._description_string(self.env)) for name in partners._sbo_key_fields()]
        return [*labels, (ACCOUNT, self.env._("Bank Account Number"))]

    @api.depends("partner_name", "field_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["field_name"]._description_selection(self.env))
        for change in self:
            change.display_name = ": ".join(filter(None, [change.partner_name, labels.get(change.field_name)]))

    @api.depends_context("uid")
    @api.depends("entered_by_id")
    def _compute_can_decide(self):
        supervisor = self.env.user.has_group("sales_back_office.sbo_group_supervisor")
        for change in self:
            change.can_decide = supervisor and change.entered_by_id != self.env.user

    # === CRUD === #

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if set(vals) - EDITABLE:
            raise AccessError(self.env._("A correction is history: only its reason and note can be written."))
        if "reason" in vals:
            self._refuse_decision(vals["reason"])
            vals = dict(vals, decided_by_id=self.env.uid, decided_at=fields.Datetime.now())
        if "stated_reason" in vals:
            vals = dict(vals, stated_by_id=self.env.uid)
        self.check_access("write")
        # Superuser: who and when are closed to everybody, and come with the reason that was allowed above.
        result = super(SboCustomerChange, self.sudo()).write(vals)
        if "reason" in vals:
            self._settle_findings(vals["reason"])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Corrections are never deleted. State why the value was changed instead."))

    # === actions === #

    def action_entry_error(self):
        """It was entered wrongly: decided by a supervisor or owned up to, else stated."""
        self._state("entry_error")

    def action_customer_change(self):
        """The customer has moved, been renamed…: no error. Decided by a supervisor, else stated."""
        self._state("customer_change")

    def action_open_customer(self):
        """The customer that was changed."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("%s does not exist any more; the register keeps its name.", self.partner_name))
        return {"type": "ir.actions.act_window", "res_model": "res.partner", "res_id": self.partner_id.id,
                "view_mode": "form"}

    # === the register === #

    @api.model
    def _record(self, changes):
        """Write down changes of key fields: one statement for any number of customers and fields.

        :param changes: [(partner, field name, id of the bank account or None, old value, new value)];
            those in which only the spelling differs are left out
        """
        essence = self.env["res.partner"]._sbo_essence
        moment = clock.now(self.env)
        rows = [
            (partner.id, partner.name, partner.company_id.id or None, name, account, old, new, self.env.uid, moment)
            for partner, name, account, old, new in changes if essence(name, old) != essence(name, new)]
        if not rows:
            return
        self.flush_model()
        given = [SQL("%s::%s[]", list(column), SQL(kind)) for column, kind in
                 zip(zip(*rows, strict=True), COLUMNS, strict=True)]
        # Superuser's statement: the register is nobody's to write.
        self.env.cr.execute(SQL(
            """INSERT INTO sbo_customer_change (partner_id, partner_name, company_id, field_name, account_id, old_value,
                      new_value, changed_by_id, changed_at, entered_by_id, entered_at, reason,
                      create_uid, write_uid, create_date, write_date)
               SELECT g.partner_id, g.name, g.company_id, g.field, g.account_id, g.old, g.new, g.uid, g.moment,
                      COALESCE(former.changed_by_id, b.create_uid, p.create_uid),
                      COALESCE(former.changed_at, b.create_date, p.create_date),
                      CASE WHEN g.old IS NOT NULL THEN 'open' END,
                      g.uid, g.uid, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                 FROM unnest(%(given)s) g(partner_id, name, company_id, field, account_id, old, new, uid, moment)
                 JOIN res_partner p ON p.id = g.partner_id
                 LEFT JOIN res_partner_bank b ON b.id = g.account_id
                 LEFT JOIN LATERAL (
                      SELECT c.changed_by_id, c.changed_at FROM sbo_customer_change c
                       WHERE c.partner_id = g.partner_id AND c.field_name = g.field
                         AND COALESCE(c.account_id, 0) = COALESCE(g.account_id, 0)
                       ORDER BY c.changed_at DESC, c.id DESC LIMIT 1) former ON TRUE""",
            given=SQL(", ").join(given)))
        self.env["res.partner"].invalidate_model(["sbo_change_count"], flush=False)

    # === why === #

    def _state(self, reason):
        decided = self.filtered(lambda change: change._may_decide(reason))
        if decided:
            decided.write({"reason": reason})
        for change in self - decided:
            if change.reason != "open":
                raise UserError(self.env._(
                    "“%(change)s” has been decided already; only a supervisor who has not entered it can change that.",
                    change=change.display_name))
        if self - decided:
            (self - decided).write({"stated_reason": reason})

    def _may_decide(self, reason):
        """Whether the user decides on this alone: nobody clears himself of an error, anybody may own up to one."""
        if not self.reason:
            return False
        own = self.entered_by_id == self.env.user
        return self.can_decide or (own and reason == "entry_error" and self.reason == "open")

    def _refuse_decision(self, reason):
        for change in self:
            if not change._may_decide(reason):
                raise AccessError(self.env._(
                    "Why “%(change)s” was changed is decided by a back-office supervisor who has not entered it; "
                    "you can state the reason.", change=change.display_name))

    def _settle_findings(self, reason):
        """A decision says what the finding is: the clerk's error, or none."""
        check = self.env.ref("sales_back_office.sbo_check_customer_data_error", raise_if_not_found=False)
        if not check:
            return
        # Superuser: who decides here need not see every finding; the right to decide was checked.
        findings = self.env["sbo.finding"].sudo()
        if reason == "entry_error":
            check.sudo()._run(companies=self.company_id or self.env.company, ids=self.partner_id.ids)
        findings = findings.search([("check_id", "=", check.id), ("key", "in", [
            f"{change.field_name}:{change.id}" for change in self])]).with_user(self.env.user)
        if reason == "entry_error":
            findings.filtered(lambda finding: finding.state == "waived").action_reopen()
            findings.sudo().filtered(lambda finding: finding.cause == "undetermined").write({"cause": "clerk"})
        elif reason == "customer_change":
            findings.filtered(lambda finding: finding.state != "waived").action_waive(
                self.env._("The customer has changed: no error of entry."))
        else:
            findings.filtered(lambda finding: finding.state == "waived").action_reopen()
