from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, clean_context

from ..tools.contract_content import same
from .sbo_contract_review_line import TOPICS

STATES = [
    ("open", "In Review"),
    ("approved", "Approved"),
    ("rejected", "Sent Back"),
    ("superseded", "Superseded"),
]
# step: (from, to). Every change of the state goes through it.
TRANSITIONS = {
    "approve": (("open",), "approved"),
    "send_back": (("open",), "rejected"),
    "supersede": (("open", "approved"), "superseded"),
}


class SboContractReviewFlow(models.AbstractModel):
    """The way of a review: asked, judged, departments first and approvers then, approved or sent back.

    Runs as superuser behind the guards of its buttons; whoever it asks about is the user.
    """

    _name = "sbo.contract.review.flow"
    _description = "Contract Review: Flow"
    _inherit = ["sbo.contract.review.people", "sbo.closed.mixin"]
    _closed = frozenset({
        "state", "version", "amount", "content", "opened_at", "opened_by_id", "due_at", "closed_at", "conclusion"})

    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True, group_expand=True)

    # === called by the contract === #

    @api.model
    def _begin(self, contract, supplement=None):
        """Begin the review of a contract, or of a supplement to it: called when it is submitted.

        The former review is superseded; what had to be changed in it, and its risks, stand on the new one.

        :return: the new review
        :raise UserError: nobody could approve it, or answer for a department
        """
        # Superuser: whoever submits a contract begins its review; reviews themselves are written by nobody.
        # Nothing is brought along by the caller's context.
        reviews = self.sudo().with_context(clean_context(self.env.context))
        contract = contract.with_env(reviews.env)
        supplement = (supplement or self.env["sbo.contract.supplement"]).with_env(reviews.env)
        former = reviews.search([("contract_id", "=", contract.id), ("supplement_id", "=", supplement.id)])
        former._become("supersede")
        review = reviews.create({
            "name": f"{(supplement or contract).name}-R{len(former) + 1}", "contract_id": contract.id,
            "supplement_id": supplement.id, "version": len(former) + 1, "class_id": contract.class_id.id,
            "content": (supplement or contract)._content(), "amount": (supplement or contract)._review_amount(),
            "line_ids": [fields.Command.create(vals) for vals in former[:1]._next_items()]})
        review._refuse_unanswerable()
        review._refresh()
        return review

    @api.model
    def _end(self, contract, supplement, text):
        """The contract or supplement is taken back or cancelled: its review is over. Nothing happens without one."""
        # Superuser: whoever may take the contract back ends its review.
        reviews = self.sudo().search([
            ("contract_id", "=", contract.id), ("supplement_id", "=", supplement.id if supplement else False),
            ("state", "in", TRANSITIONS["supersede"][0])])
        for review in reviews:
            review._note(self.env._("Taken back: %s", text or "–"))
        reviews._become("supersede", text)

    def _next_items(self):
        """The values of the items of the review after this one: concerns that are not settled go on."""
        kept = {line.topic: line for line in self.line_ids if line.verdict == "risk" or line.progress == "change"}
        names = ("verdict", "note", "required_change")
        items = []
        for number, (topic, _label) in enumerate(TOPICS):
            line = kept.get(topic)
            items.append({"topic": topic, "sequence": number, **({
                **{name: line[name] for name in names}, "department_id": line.department_id.id,
                "user_id": line.user_id.id, "judged_at": line.judged_at} if line else {})})
        return items

    # === who is asked === #

    def _refuse_unanswerable(self):
        """A review that can never end is not begun."""
        drafters = self._drafters()
        departments, approvers, _further = self._parties()
        words = {"contract": self._target().display_name, "class": self.class_id.name}
        if not approvers:
            raise UserError(self.env._(
                "“%(contract)s” cannot be reviewed: nobody is named who approves contracts of the class %(class)s. A "
                "back-office supervisor names them under Back Office › Configuration › Contracts › Classes.", **words))
        if approvers & drafters:
            raise UserError(self.env._(
                "“%(contract)s” cannot be reviewed: %(people)s has drafted it and would have to approve it. A "
                "back-office supervisor names another approver in the class %(class)s.", **words,
                people=", ".join((approvers & drafters).mapped("name"))))
        for department in departments:
            if not department.member_ids - drafters:
                raise UserError(self.env._(
                    "“%(contract)s” cannot be reviewed: %(department)s has no member who has not drafted it. A "
                    "back-office supervisor adds one to the department.", **words, department=department.name))

    def _refresh(self):
        """Ask whoever must speak and has not been asked on what the contract says now; tell those whose turn it is."""
        for review in self:
            content = review._target()._content()
            departments, approvers, further = review._parties()
            present = review._present()
            stale = present.filtered(lambda item, now=content: item.state != "waiting" and not same(item.content, now))
            # Who is not named any more is not waited for; what they said stays.
            unnamed = present.filtered(lambda item, d=departments, a=approvers: item.state == "waiting" and (
                item.department_id not in d if item.department_id else item.approver_id not in a))
            unnamed.write({"present": False, "replaced_at": fields.Datetime.now()})
            stale._replace()
            review.content = content
            present -= stale | unnamed
            review._ask(departments - present.department_id, approvers - present.approver_id, further)
            review._give_turns()
            review._sync_activities()

    def _ask(self, departments, approvers, further):
        common = {"review_id": self.id, "present": True, "state": "waiting"}
        opinions = self.env["sbo.contract.opinion"].with_context(clean_context(self.env.context))
        # Superuser already; two statements for any number of people.
        opinions.create([
            *({**common, "kind": "department", "department_id": item.id} for item in departments),
            *({**common, "kind": "approval", "approver_id": item.id, "further": item in further}
              for item in approvers)])

    def _give_turns(self):
        """Departments at once, approvers when all departments have spoken; the time limit starts with the turn."""
        now = fields.Datetime.now()
        waiting = self._present().filtered(lambda item: item.state == "waiting")
        departments = waiting.filtered("department_id")
        turn = departments or waiting
        (waiting - turn).write({"asked_at": False, "due_at": False})
        new = turn.filtered(lambda item: not item.due_at)
        if new:
            due_at = self.company_id._sbo_calendar()._sbo_plan(now, days=self.class_id.review_days)
            new.write({"asked_at": now, "due_at": due_at})
            self.due_at = due_at

    def _ask_again(self, department):
        """A change that this department had asked for was made: it speaks anew, on what the contract says now."""
        self._present().filtered(lambda item: department and item.department_id == department)._replace()
        self._refresh()

    def _reopen_approvals(self):
        """Something new stands against the contract: who has approved before decides anew."""
        given = self._present("approval").filtered(lambda item: item.state == "approve")
        if given:
            given._replace()
            self._refresh()

    # === after a step === #

    def _moved(self, step, text):
        """Called after every answer: the review may be at its end, or somebody else's turn has come."""
        if step == "refuse":
            self._become("send_back", text)
            self._target()._sent_back(self, text)
            self._tell(self.env._("%(review)s: sent back. %(text)s", review=self.name, text=text))
            return
        if step in ("disagree", "take_back"):
            self._present("approval").filtered(lambda item: item.state == "approve")._replace()
        self._refresh()
        if step == "approve" and not self._present().filtered(lambda item: item.state == "waiting"):
            approvals = self._present("approval")
            words = [f"{item.user_id.name}: {item.text}" for item in approvals if item.text]
            self._become("approve", "\n".join(words))
            self._target()._reviewed(self)
            self._tell(self.env._("%s: approved by all.", self.name))

    def _become(self, step, conclusion=False):
        """The only place where a review changes its state."""
        sources, target = TRANSITIONS[step]
        for review in self.filtered(lambda item: item.state in sources):
            review.write({
                "state": target, "closed_at": review.closed_at or fields.Datetime.now(),
                "conclusion": conclusion or review.conclusion})
            review.flush_recordset(["state"])  # one present review each, at any moment
            review._sync_activities()

    def _refuse_approval(self):
        """Departments have spoken, items are judged, changes made, risks accepted: or a sentence about what is not."""
        obstacles = self._obstacles()
        if obstacles:
            raise UserError(self.env._("%(review)s cannot be approved yet. %(obstacles)s", review=self.name,
                                       obstacles=" ".join(obstacles)))

    def _obstacles(self):
        """Why nobody can approve yet: sentences that name what is missing, and whose it is."""
        target = self._target()
        content = target._content()
        given = {item.department_id: item for item in self._present("department")}
        nobody = self.env["sbo.contract.opinion"]
        found = [
            given[item]._why_not(content) if item in given else self.env._(
                "%(department)s has not been asked (%(people)s): Ask Again.", department=item.name,
                people=", ".join(item.member_ids.mapped("name")))
            for item in self._parties()[0] | nobody.union(*given.values()).department_id]
        found.append(self._items_in_words("unjudged", self.env._("Not judged yet: %s.")))
        found.append(self._items_in_words("change", self.env._("Required changes are not made yet: %s.")))
        found.append(self._items_in_words("risk", self.env._("Nobody who approves has accepted the risk: %s.")))
        return [sentence for sentence in found if sentence]

    def _items_in_words(self, progress, sentence):
        lines = self.line_ids.filtered(lambda line: line.progress == progress)
        words = [f"{line._label()} ({text})" if (text := line._concern()) else line._label() for line in lines]
        return words and sentence % ", ".join(words)

    def _refuse_closed(self):
        if self.state != "open":
            raise UserError(self.env._(
                "%(review)s is closed (%(state)s): submit the contract again for a new review.", review=self.name,
                state=dict(self._fields["state"]._description_selection(self.env))[self.state]))

    def _lock(self):
        """One step at a time: whoever comes second repeats it, and sees what the first one has done.

        The contract first, as in its own steps; and a row that is really written, because a mere lock would let the
        second one go on with what he had read before.
        """
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT id FROM sbo_contract WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                                self.contract_id.ids))
        self.env.cr.execute(SQL(
            "UPDATE sbo_contract_review SET write_date = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)", self.ids))
        self.invalidate_recordset(["state"])
