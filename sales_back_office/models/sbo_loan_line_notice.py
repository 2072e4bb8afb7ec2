from odoo import fields, models

SEARCH_ACTIVITY = "sales_back_office.sbo_activity_loan_search"


class SboLoanLineNotice(models.AbstractModel):
    """Who is told about an item: the next in line when it is there, whoever searches for what is lost."""

    _name = "sbo.loan.line.notice"
    _description = "Loan of a Document: Who Is Told"

    def _tell_next(self, companies):
        """Tell whoever is next in line for anything that is there now; it is kept for them for some days.

        Called when something came back, was approved or is not wanted any more, and by the cron when the time to fetch
        it is over. A constant number of queries. Those who did not fetch it in their time come last.
        """
        told, lines = self.browse(), self.env["sbo.loan.line"].sudo()
        for company in companies:
            waiting = lines.search([
                ("company_id", "=", company.id), ("state", "=", "waiting"), ("hold_until", "=", False),
                ("loan_id.state", "in", ("approved", "out"))])
            late = waiting.filtered("told_at")
            for group in (waiting - late, late):
                if group:
                    told |= group._hold_for(company)
        if told:
            told._tell_ready()
        return told

    def _hold_for(self, company):
        """Keep for them what is there, and was not taken by those before in line; which ones."""
        gate, now = self.env["sbo.loan.gate"], fields.Datetime.now()
        taken = gate._collisions(self, company)
        ready = self.filtered(lambda line: line.id not in taken)
        ready._put(told_at=now, hold_until=gate._due(company, now, company.sbo_loan_hold_days))
        return ready

    def _gone_to_others(self):
        """These go out: whoever was told of them and did not come is told once more when they are back."""
        for company in self.company_id:
            missed = self.sudo().search([
                ("company_id", "=", company.id), ("state", "=", "waiting"), ("told_at", "!=", False),
                ("hold_until", "<", company._sbo_today()), ("loan_id.state", "in", ("approved", "out"))])
            found = self.env["sbo.loan.gate"]._collisions(missed, company) if missed else {}
            mine = set(self.ids)
            missed.filtered(lambda line, found=found, mine=mine: any(
                other in mine for _state, other in found.get(line.id, ())))._put(hold_until=False)

    def _tell_ready(self):
        """Mail and to-do: fetch it until that day. Who has no user is called by the loan's clerk."""
        loans = self.loan_id
        loans._mail_borrower(
            "sales_back_office.sbo_loan_ready_mail", lambda lines: lines.env._(
                "%(company)s: documents are ready for you", company=lines[0].company_id.name),
            dict(self.grouped("borrower_id").items()))
        rows = []
        for loan, lines in self.grouped("loan_id").items():
            user = loan.borrower_id.user_ids.filtered(lambda user: not user.share)[:1]
            items = ", ".join(lines.mapped("item"))
            rows.append((
                loan, user or loan.sbo_clerk_id or loan.approved_by_id,
                self.env._("Fetch %s", items) if user else self.env._(
                    "Tell %(who)s to fetch %(items)s", who=loan.borrower_id.name, items=items),
                False, min(lines.mapped("hold_until"))))
        loans._add_todos(rows)

    def _start_search(self, lines):
        """A to-do to search for what is lost, missing or damaged; it ends when it is found or settled."""
        self.env["sbo.loan"]._add_todos(
            [(line.loan_id, line.loan_id.sbo_clerk_id or self.env.user, line._task_words(), line.note, None)
             for line in lines], SEARCH_ACTIVITY)

    def _task_words(self):
        if self.state == "not_found":
            return self.env._("Search for %s", self.item)
        if self.condition == "incomplete":
            return self.env._("Search for what is missing of %(item)s: %(back)s of %(out)s came back", item=self.item,
                              back=self.pages_back, out=self.pages_out)
        return self.env._("See to %s, which came back damaged", self.item)

    def _searched(self):
        """What is found or settled need not be searched for; loans with more of it keep their to-do."""
        for loan in self.sudo().loan_id:
            still = loan.line_ids.filtered(lambda line: not line.settled_at and not line.found_at and (
                line.state == "not_found" or line.condition in ("incomplete", "damaged")))
            if not still:
                loan.activity_unlink([SEARCH_ACTIVITY])

    def _say(self, text):
        """Words of a step stay with the loan, and with the document."""
        for line in self.sudo():
            on_loan, on_document = f"{line.item}: {text}", f"{line.loan_id.name}: {text}"
            line.loan_id.message_post(body=on_loan)
            if line.document_id:
                line.document_id.message_post(body=on_document)
