from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# step: (from, who). What becomes of the item is said by the step itself.
TRANSITIONS = {
    "lend": (("waiting",), "clerk"),
    "give_back": (("out",), "clerk"),
    "lose": (("waiting", "out"), "clerk"),
    "find": (("not_found",), "clerk"),
    "settle": (("returned", "not_found"), "supervisor"),
    "cancel": (("waiting",), "own"),
    "chase": (("out",), "clerk"),
}


class SboLoanLineFlow(models.AbstractModel):
    """What becomes of one item of a loan: handed out, brought back and looked at, not found, found again."""

    _name = "sbo.loan.line.flow"
    _description = "Loan of a Document: Flow"

    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    @api.depends_context("uid")
    @api.depends("state", "loan_id.state", "condition", "settled_at", "found_at")
    def _compute_allowed_actions(self):
        for line in self:
            line.allowed_actions = ",".join(step for step in TRANSITIONS if not line._refusal(step))

    # === actions === #

    def action_not_found(self, text=None):
        """The item is not in its place, or the borrower cannot bring it back; with what is known."""
        self._check_step("lose")
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("loan_not_found", self)
        self._lose(text.strip())

    def action_found(self, text=None):
        """It has turned up: what was out has come back, what was not goes on."""
        self._check_step("find")
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("loan_found", self)
        self._found(text.strip())

    def action_settle(self, text=None):
        """A loss or a damage is dealt with: page replaced, copy made, paid for. The words stay."""
        self._check_step("settle")
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("loan_settle", self)
        self._put(settled_at=fields.Datetime.now(), settled_by_id=self.env.uid, settled_text=text.strip())
        self.loan_id._follow_lines()
        self._say(text.strip())
        self._searched()

    def action_chase(self, text=None):
        """The borrower was called back by telephone or in person."""
        self._check_step("chase")
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("loan_chase", self)
        # Superuser: the register of reminders is closed to everybody.
        self.env["sbo.loan.reminder"].sudo()._note(self, "hand", "phone", text.strip())

    def action_take_back(self):
        """Open the desk with this item."""
        self._check_step("give_back")
        return self.env["sbo.loan.desk"]._open(self)

    def action_cancel(self):
        """This item is not needed any more; the next in line is told."""
        self._check_step("cancel")
        self._put(state="cancelled", told_at=False, hold_until=False)
        self.loan_id._follow_lines()
        self.sudo()._tell_next(self.company_id.sudo())

    # === guards === #

    def _refusal(self, step):
        """Why this user may not take this step, in words; empty when allowed."""
        self.ensure_one()
        sources, who = TRANSITIONS[step]
        loan = self.loan_id
        if self.state not in sources or (self.found_at and step in ("find", "settle") and self.state == "not_found"):
            return self.env._("it is %s", dict(self._fields["state"]._description_selection(self.env))[self.state])
        if step == "settle" and (self.settled_at or (self.state == "returned" and self.condition == "good")):
            return self.env._("there is nothing to settle")
        if self.state == "waiting" and loan.state not in ("approved", "out") and not (
                step == "cancel" and loan.state == "requested"):
            return self.env._("its loan is not approved")
        own, rank = loan._is_own(), loan._rank()
        if who == "own" and not (own or rank >= 0 or loan.requested_by_id == self.env.user):
            return self.env._("only the borrower, whoever asked for it, or a clerk can do this")
        if who != "own" and own:
            return self.env._("nobody does this for what they borrow themselves")
        if who == "clerk" and rank < 0:
            return self.env._("it takes a back-office clerk")
        if who == "supervisor" and rank < 1:
            return self.env._("it takes a back-office supervisor")
        return ""

    def _check_step(self, step):
        """Two people at once: the second one waits here, and then sees what the first one has done."""
        self.check_access("read")
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "SELECT id FROM sbo_loan_line WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.ids))
        self.invalidate_recordset(["state"])
        for line in self:
            reason = line._refusal(step)
            if reason:
                raise UserError(self.env._(
                    "“%(item)s” cannot go this step: %(reason)s.", item=line.item, reason=reason))

    def _check_editable(self, vals):
        """Which items a loan is about is settled when it is decided; all else comes with the steps."""
        clerk = self.env["sbo.loan"]._rank() >= 0
        for line in self:
            allowed = line.loan_id.state == "draft" or (clerk and line.loan_id.state == "requested")
            if not allowed or set(vals) - {"document_id", "place_id"}:
                raise AccessError(self.env._(
                    "“%s”: what is lent is chosen until the loan is requested; when it goes and comes back is noted by "
                    "the steps of the loan desk.", line.item))

    # === steps === #

    def _put(self, **values):
        """Write as a step does, which has checked it."""
        # Superuser: the fields themselves are closed to everybody.
        self.sudo().write(values)

    def _lend(self, all_or_nothing=True):
        """Hand out, after the item and the places above it are locked, and box and content looked at both ways.

        :return: sentences about what could not go; with ``all_or_nothing`` the first of them is raised
        :raise UserError: nothing can go
        """
        self._check_step("lend")
        # Superuser: the rules below count whatever the clerk may read, and the fields are closed to everybody.
        lines, gate = self.sudo(), self.env["sbo.loan.gate"]
        gate._take_turn(lines.document_id, lines.place_id, lines.borrower_id)
        lines.invalidate_recordset()
        lines.loan_id._check_outsiders()
        terms = gate._terms(lines)
        refused = gate._refusals(lines, terms)
        going = lines.filtered(lambda line: line not in refused)
        if refused and (all_or_nothing or not going):
            raise UserError(self.env._("It cannot be handed out.\n%s", "\n".join(refused.values())))
        gate._check_borrowers(going)
        now = fields.Datetime.now()
        for (loan, days), group in going.grouped(lambda line: (line.loan_id, terms[line.id]["days"])).items():
            due = gate._due(loan.company_id, now, days if loan.kind == "out" else 0)
            for line in group:
                size = terms[line.id]["pages" if line.document_id else "documents"]
                line._put(state="out", out_at=now, out_by_id=self.env.uid, due_on=due, first_due_on=due,
                          pages_out=size, hold_until=False)
        loans = going.loan_id
        loans.write({"lent_at": now})
        loans.filtered(lambda loan: not loan.sbo_clerk_id).write({"sbo_clerk_id": self.env.uid})
        loans._follow_lines()
        loans._fetched()
        going._gone_to_others()
        self.env.flush_all()
        return list(refused.values())

    def _give_back(self, facts):
        """Take items back, each looked at: so many pages, in this condition.

        :param facts: {line id: {pages_back, condition, note}}
        """
        self._check_step("give_back")
        now, lines = fields.Datetime.now(), self.sudo()
        for line in lines:
            fact = facts.get(line.id, {})
            pages = fact.get("pages_back", line.pages_out)
            condition = fact.get("condition") or "good"
            if condition == "good" and pages < line.pages_out:
                condition = "incomplete"
            if condition == "damaged" and not (fact.get("note") or "").strip():
                raise UserError(self.env._("%s: say what is damaged.", line.item))
            line._put(state="returned", returned_at=now, received_by_id=self.env.uid, pages_back=pages,
                      condition=condition, note=(fact.get("note") or "").strip() or False)
        lines.loan_id._follow_lines()
        lines._start_search(lines.filtered(lambda line: line.condition != "good"))
        lines._tell_next(lines.company_id)

    def _lose(self, text):
        lines = self.sudo()
        lines._put(state="not_found", lost_at=fields.Datetime.now(), note=text, hold_until=False, found_at=False)
        lines.loan_id._follow_lines()
        self._say(text)
        lines._start_search(lines)

    def _found(self, text):
        now, lines = fields.Datetime.now(), self.sudo()
        back = lines.filtered("out_at")
        for line in back:
            line._put(state="returned", found_at=now, returned_at=now, received_by_id=self.env.uid,
                      pages_back=line.pages_out, condition="good", note=text)
        (lines - back)._put(state="waiting", found_at=now, told_at=False)
        lines.loan_id._follow_lines()
        self._say(text)
        self._searched()
        lines._tell_next(lines.company_id)
