from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# stage: working days after the day it was due
STAGES = {"due": 0, "late1": 1, "late3": 3, "manager": 4}
BATCH = 500


class SboLoanReminder(models.Model):
    """One reminder to bring something back (催还): when, how, about which due day. Each stage is recorded once."""

    _name = "sbo.loan.reminder"
    _description = "Reminder of a Loan"
    _order = "sent_at desc, id desc"

    line_id = fields.Many2one(
        "sbo.loan.line", "Item on Loan", required=True, readonly=True, index=True, ondelete="cascade")
    loan_id = fields.Many2one(related="line_id.loan_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    borrower_id = fields.Many2one(related="line_id.borrower_id")
    due_on = fields.Date("Was Due", required=True, readonly=True)
    stage = fields.Selection(
        [("due", "On the Day"), ("late1", "One Day Late"), ("late3", "Three Days Late"), ("manager", "To the Manager"),
         ("hand", "By Hand")], required=True, readonly=True)
    how = fields.Selection(
        [("mail", "E-mail"), ("todo", "To-Do"), ("phone", "Telephone or in Person"), ("none", "Nobody Reached")],
        "By Means of", required=True, readonly=True)
    sent_at = fields.Datetime("Reminded", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True, help="Empty: by itself.")
    note = fields.Text(readonly=True)

    _once_uniq = models.UniqueIndex(
        "(line_id, due_on, stage) WHERE stage <> 'hand'", "This reminder has been sent already.")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Reminders stay in the loan register."))

    @api.model
    def _cron_remind(self):
        """Hourly: send the reminders that are due, tell those next in line whose turn has come.

        A batch is recorded and its mails are made in one transaction: a job that is killed leaves both or neither.
        """
        cron = self.env["ir.cron"]
        companies = self.env["sbo.loan.line"].sudo()._read_group(
            [("state", "in", ("out", "waiting"))], ["company_id"])
        for [company] in companies:
            while True:
                reminders = self._remind(company)
                if not cron._commit_progress(len(reminders)) or len(reminders) < BATCH:
                    break
            self.env["sbo.loan.line"]._tell_next(company)
            cron._commit_progress(0)

    @api.model
    def _remind(self, company, limit=BATCH):
        """Send what is due today in a company; several jobs at once take different loans by row lock."""
        self.env.flush_all()
        rows = self.env.execute_query(self._sql_due(company, limit))
        reminders = self.browse(row[0] for row in rows)
        if reminders:
            self.invalidate_model()
            reminders._send()
        return reminders

    @api.model
    def _sql_due(self, company, limit):
        """Record the latest stage each item has reached and has not been reminded of, and return the rows."""
        calendar = company._sbo_calendar()
        self.env["sbo.working.day"].sudo()._ensure(calendar)
        today = company._sbo_today()
        late = SQL("%s::date - l.due_on", today)
        if calendar:
            late = SQL("%s - %s", self._sql_number(calendar, SQL("%s", today)),
                       self._sql_number(calendar, SQL("l.due_on")))
        stages = SQL(", ").join(SQL("(%s, %s)", name, days) for name, days in STAGES.items())
        return SQL(
            """WITH taken AS (
                    SELECT l.id, l.due_on, %(late)s AS late
                      FROM sbo_loan_line l JOIN sbo_loan n ON n.id = l.loan_id
                     WHERE l.state = 'out' AND l.due_on <= %(today)s AND l.company_id = %(company)s
                       AND EXISTS (SELECT FROM (VALUES %(stages)s) s(stage, days)
                                    WHERE s.days <= %(late)s AND (s.days > 0 OR n.kind = 'out')
                                      AND NOT EXISTS (
                                          SELECT FROM sbo_loan_reminder r
                                            JOIN (VALUES %(stages)s) t(stage, days) USING (stage)
                                           WHERE r.line_id = l.id AND r.due_on = l.due_on AND t.days >= s.days))
                     ORDER BY l.id LIMIT %(limit)s FOR NO KEY UPDATE OF l SKIP LOCKED)
               INSERT INTO sbo_loan_reminder (line_id, company_id, due_on, stage, how, sent_at, create_uid, create_date,
                                              write_uid, write_date)
               SELECT taken.id, %(company)s, taken.due_on, s.stage, 'none', %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM taken JOIN LATERAL (
                      SELECT stage FROM (VALUES %(stages)s) s(stage, days) WHERE days <= taken.late
                       ORDER BY days DESC LIMIT 1) s ON TRUE
               ON CONFLICT DO NOTHING RETURNING id""",
            late=late, today=today, company=company.id, stages=stages, limit=limit, now=fields.Datetime.now(),
            uid=self.env.uid)

    @api.model
    def _sql_number(self, calendar, day):
        """The number of the last working day up to a day."""
        return SQL(
            """COALESCE((SELECT MAX(w.day_no) FROM sbo_working_day w
                          WHERE w.calendar_id = %s AND w.date <= %s), 0)""", calendar.id, day)

    def _send(self):
        """One mail a borrower for all of it; who has no address is called by the clerk; then the manager is told."""
        lines = self.line_id
        loans = lines.loan_id
        loans._mail_borrower(
            "sales_back_office.sbo_loan_reminder_mail", lambda group: group.env._(
                "%(company)s: please bring back %(count)s documents", company=group[0].company_id.name,
                count=len(group)),
            dict(lines.grouped("borrower_id").items()))
        by_mail = self.filtered(lambda reminder: reminder.borrower_id.email)
        by_mail.how = "mail"
        rows = []
        for loan, group in (self - by_mail).grouped("loan_id").items():
            user = loan.borrower_id.user_ids.filtered(lambda user: not user.share)[:1]
            if user:
                group.how = "todo"
            summary = self.env._("Bring back %s", loan.items) if user else self.env._(
                "Call %(who)s back: %(items)s", who=loan.borrower_id.name, items=loan.items)
            rows.append((loan, user or loan.sbo_clerk_id, summary, False, min(group.mapped("due_on"))))
        self.filtered(lambda reminder: reminder.stage == "manager")._tell_manager(rows)
        loans._add_todos(rows)

    def _tell_manager(self, rows):
        """A to-do for the borrower's department head, else for a manager of the back office; never for the borrower."""
        departments = self.env["sbo.department"].sudo().search([("member_ids", "in", self.borrower_id.user_ids.ids)])
        for loan, group in self.grouped("loan_id").items():
            heads = departments.filtered(lambda item, loan=loan: item.company_id == loan.company_id
                                         and loan.borrower_id.user_ids & item.member_ids).manager_id
            heads = heads.filtered(lambda user, loan=loan: user.partner_id != loan.borrower_id) or (
                loan._approvers(2)[:1])
            rows.append((
                loan, heads, self.env._("%(who)s does not bring back %(items)s", who=loan.borrower_id.name,
                                        items=", ".join(group.line_id.mapped("item"))),
                False, min(group.mapped("due_on"))))

    @api.model
    def _note(self, lines, stage, how, note):
        """What a person has done to get something back."""
        return self.create([
            {"line_id": line.id, "company_id": line.company_id.id, "due_on": line.due_on, "stage": stage, "how": how,
             "sent_at": fields.Datetime.now(), "user_id": self.env.uid, "note": note} for line in lines])
