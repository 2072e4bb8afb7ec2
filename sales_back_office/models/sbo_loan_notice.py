from odoo import models

from .sbo_loan_gate import GROUPS

LOAN_ACTIVITY = "sales_back_office.sbo_activity_loan"


class SboLoanNotice(models.AbstractModel):
    """Who is told about a loan: whoever approves it, and the borrower, as mail and as a to-do."""

    _name = "sbo.loan.notice"
    _description = "Loan of Documents: Who Is Told"

    def _ask_approvers(self, summary=None):
        """A to-do for somebody who may approve: the clerk of the loan or of its documents where a clerk is enough."""
        terms = self._loan_terms()
        self._add_todos([
            (loan, able[:1], summary or self.env._("Decide on a loan of documents"), loan.purpose, None)
            for loan in self.sudo() for able in [loan._approvers(terms.get(loan.id, 0))]])

    def _approvers(self, rank):
        """Who may approve a loan, the nearest first. Called as superuser: roles are not for clerks to read."""
        users = self.env.ref(GROUPS[rank]).all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids and user.partner_id != self.borrower_id
            and user != self.env.ref("base.user_root"))
        near = self.sbo_clerk_id | self.line_ids.document_id.sbo_clerk_id
        # the least role that is enough; whoever runs the database only where there is nobody else
        return users.sorted(lambda user: (
            user not in near, sum(user.has_group(group) for group in GROUPS), user.has_group("base.group_system"),
            user.id))

    def _add_todos(self, rows, kind=LOAN_ACTIVITY):
        """To-dos for people about loans, all in one go.

        :param rows: (loan, users, summary, note, day) each
        """
        todos = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        todos.create([
            {"res_model_id": self.env["ir.model"]._get_id("sbo.loan"), "res_id": loan.id, "user_id": user.id,
             "activity_type_id": self.env.ref(kind).id, "summary": summary, "note": note,
             "automated": True, "date_deadline": day or loan.company_id._sbo_today()}
            for loan, users, summary, note, day in rows for user in users])

    def _done_with_activities(self):
        # Superuser: to-dos of others end with the step.
        self.sudo().activity_unlink([LOAN_ACTIVITY])

    def _fetched(self):
        """Handed out: nobody needs to fetch anything any more, unless the loan has more that waits ready."""
        done = self.filtered(lambda loan: not loan.line_ids.filtered(
            lambda line: line.state == "waiting" and line.told_at))
        done._done_with_activities()

    def _mail_borrower(self, template, subject, groups):
        """One mail a borrower, in their language.

        :param groups: {borrower: lines}; borrowers without an address are left out
        """
        mails = []
        for borrower, lines in groups.items():
            if not borrower.email:
                continue
            lines = lines.with_context(lang=borrower.lang)
            body = self.env["ir.qweb"]._render(template, {
                "lines": lines, "borrower": borrower, "company": lines[0].company_id,
                "url": f"{borrower.get_base_url()}/odoo/my-loans" if borrower.user_ids else False}, lang=borrower.lang)
            mails.append({
                "subject": subject(lines), "body_html": body, "recipient_ids": [(4, borrower.id)], "auto_delete": True,
                "email_from": lines[0].company_id.email_formatted or self.env.user.email_formatted})
        # Superuser: whoever caused it, the mail goes out for the company.
        self.env["mail.mail"].sudo().create(mails)
