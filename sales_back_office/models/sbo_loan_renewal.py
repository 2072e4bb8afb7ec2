from datetime import datetime, time

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools import moments


class SboLoanRenewal(models.AbstractModel):
    """Renewing a loan (续借): asked for before it is due, so often as the secrecy allows, approved as the loan was."""

    _name = "sbo.loan.renewal"
    _description = "Loan of Documents: Renewal"

    def action_ask_renewal(self):
        """The borrower would like to keep it longer: whoever approved it is asked again."""
        self._check_step("ask_renewal")
        for loan in self:
            loan._renewable()
        # Superuser: the step was checked.
        self.sudo().write({"renewal_asked_at": fields.Datetime.now()})
        self._ask_approvers(self.env._("Decide on the renewal of a loan"))

    def action_renew(self):
        """The items of the loan that can be renewed are due later, by as many working days as they were lent for."""
        self._check_step("renew")
        gate = self.env["sbo.loan.gate"]
        for loan in self:
            lines = loan._renewable()
            terms = gate._terms(lines)
            for line in lines:
                # Noon of the day it was due: whole working days are counted from there.
                noon = moments.to_utc(
                    datetime.combine(line.due_on, time(12)), self.with_context(tz=loan.company_id._sbo_tz()).env.tz)
                line._put(due_on=gate._due(loan.company_id, noon, terms[line.id]["days"]), renewals=line.renewals + 1)
            loan.sudo().write({"renewal_asked_at": False})
            loan.sudo().message_post(body=self.env._(
                "Renewed until %s.", ", ".join(sorted({format_date(self.env, line.due_on) for line in lines}))),
                partner_ids=loan.borrower_id.ids)
        self._done_with_activities()

    def action_decline_renewal(self, text=None):
        """It must come back when it is due; the borrower is told why."""
        self._check_step("decline_renewal")
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("loan_decline_renewal", self)
        # Superuser: the step was checked.
        self.sudo().write({"renewal_asked_at": False})
        for loan in self.sudo():
            loan.message_post(body=self.env._("Not renewed: %s", text.strip()), partner_ids=loan.borrower_id.ids)
        self._done_with_activities()

    def _renewable(self):
        """The items that can be renewed now.

        :raise UserError: none can; why the first cannot
        """
        # Superuser: documents and people in line whom the borrower does not see count all the same.
        lines = self.sudo().line_ids.filtered(lambda line: line.state == "out")
        terms = self.env["sbo.loan.gate"]._terms(lines)
        waiting = self._waited_for(lines)
        reasons = {line: self._refuse_renewal(line, terms[line.id], line in waiting) for line in lines}
        able = lines.filtered(lambda line: not reasons[line])
        if not able:
            line = lines[:1]
            raise UserError(self.env._("%(item)s cannot be renewed: %(reason)s.", item=line.item, reason=reasons[line]))
        return able

    def _refuse_renewal(self, line, terms, waited_for):
        today = self.company_id._sbo_today()
        if self.kind != "out":
            return self.env._("it is read here, and given back the same day")
        if line.renewals >= terms["renewals"]:
            return self.env._("it has been renewed %s times, and its secrecy allows no more", line.renewals)
        if line.due_on < today and not self._asked_in_time(line):
            return self.env._("it is overdue since %s", format_date(self.env, line.due_on))
        if waited_for:
            return self.env._("somebody is waiting for it")
        return ""

    def _asked_in_time(self, line):
        if not self.renewal_asked_at:
            return False
        zone = self.with_context(tz=self.company_id._sbo_tz())
        return fields.Datetime.context_timestamp(zone, self.renewal_asked_at).date() <= line.due_on

    def _waited_for(self, lines):
        """Those of the lines for which, or for whose box or content, somebody else waits with an approved loan."""
        lines.env.flush_all()
        waiting = self.env["sbo.loan.line"].sudo().search([
            ("company_id", "=", self.company_id.id), ("state", "=", "waiting"),
            ("loan_id.state", "in", ("approved", "out")), ("borrower_id", "!=", self.borrower_id.id)])
        found = self.env["sbo.loan.gate"]._collisions(waiting, self.company_id) if waiting else {}
        wanted = {other for pairs in found.values() for state, other in pairs if state == "out"}
        return lines.filtered(lambda line: line.id in wanted)
