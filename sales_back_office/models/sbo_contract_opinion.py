from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.contract_content import same

STATES = [
    ("waiting", "Waiting"),
    ("agree", "Agrees"),
    ("condition", "Agrees with Condition"),
    ("disagree", "Disagrees"),
    ("approve", "Approves"),
    ("refuse", "Sends Back"),
]
# step: (kind, from, to, who, needs words). Feeds the buttons, the guard and its sentences.
TRANSITIONS = {
    "agree": ("department", ("waiting",), "agree", "own", False),
    "condition": ("department", ("waiting",), "condition", "own", True),
    "disagree": ("department", ("waiting",), "disagree", "own", True),
    "approve": ("approval", ("waiting",), "approve", "own", False),
    "refuse": ("approval", ("waiting",), "refuse", "own", True),
    "take_back": (None, ("agree", "condition", "disagree", "approve"), "waiting", "own", True),
    "overrule": ("department", ("disagree",), "disagree", "approver", True),
}


class SboContractOpinion(models.Model):
    """What a department says to a contract under review (部门意见), or one approver decides (批准).

    It counts for the content it was given on. Asked again, it stays as history beside the new question.
    """

    _name = "sbo.contract.opinion"
    _description = "Opinion on a Contract"
    _inherit = ["sbo.closed.mixin"]
    _order = "review_id, kind DESC, id"
    _rec_name = "who"
    _closed = frozenset({
        "further", "present", "state", "text", "user_id", "asked_at", "due_at", "given_at", "replaced_at", "content",
        "overruled_by_id", "overrule_reason"})

    review_id = fields.Many2one("sbo.contract.review", required=True, readonly=True, index=True, ondelete="cascade")
    contract_id = fields.Many2one(related="review_id.contract_id", store=True, index=True)
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("department", "Department's Opinion"), ("approval", "Approval")], required=True, readonly=True)
    department_id = fields.Many2one("sbo.department", readonly=True, index="btree_not_null", ondelete="restrict")
    approver_id = fields.Many2one("res.users", readonly=True, index="btree_not_null", ondelete="restrict")
    further = fields.Boolean("By the Amount", readonly=True, help="Asked because the amount reaches the class' limit.")
    who = fields.Char("Asked", compute="_compute_who")
    present = fields.Boolean(readonly=True, default=True, help="Not replaced by a new question.")
    state = fields.Selection(STATES, "Answer", required=True, readonly=True, default="waiting")
    text = fields.Text("In Words", readonly=True, help="The condition, why not, or the conclusion.")
    user_id = fields.Many2one(
        "res.users", "Given by", readonly=True, index="btree_not_null", ondelete="restrict",
        help="A member of the department; the approver, or the deputy of an approver who is away.")
    asked_at = fields.Datetime("Asked at", readonly=True)
    due_at = fields.Datetime("Due", readonly=True, index="btree_not_null", help="Empty: it is not their turn yet.")
    given_at = fields.Datetime("Given at", readonly=True)
    replaced_at = fields.Datetime("Asked Anew", readonly=True)
    content = fields.Json(readonly=True, help="The contract as it was when this was given.")
    overruled_by_id = fields.Many2one("res.users", "Overruled by", readonly=True, ondelete="restrict")
    overrule_reason = fields.Text("Why Overruled", readonly=True)
    words = fields.Text(compute="_compute_words", help="What was said, and why it was overruled.")
    review_state = fields.Selection(related="review_id.state", string="Review State")
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    _department_uniq = models.UniqueIndex(
        "(review_id, department_id) WHERE present", "This department has been asked already.")
    _approver_uniq = models.UniqueIndex(
        "(review_id, approver_id) WHERE present", "This approver has been asked already.")
    _one_of = models.Constraint(
        "CHECK ((kind = 'department') = (department_id IS NOT NULL) "
        "AND (kind = 'approval') = (approver_id IS NOT NULL))",
        "A department gives an opinion, a person approves.")

    @api.depends("department_id", "approver_id")
    def _compute_who(self):
        for opinion in self.sudo():  # Superuser: names only.
            opinion.who = opinion.department_id.name or opinion.approver_id.name

    @api.depends("text", "overruled_by_id", "overrule_reason")
    def _compute_words(self):
        for opinion in self:
            overruled = opinion.overruled_by_id and self.env._(
                "Overruled by %(user)s: %(reason)s", user=opinion.overruled_by_id.name, reason=opinion.overrule_reason)
            opinion.words = "\n".join(filter(None, (opinion.text, overruled)))

    @api.depends("state", "present", "review_id.state")
    @api.depends_context("uid")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, for the buttons."""
        asked = self.sudo()  # Superuser: whether the user may is asked here.
        people = asked._people()
        for opinion, known in zip(self, asked, strict=True):
            opinion.allowed_actions = ",".join(step for step in TRANSITIONS if not known._refusal(step, people))

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Opinions and approvals are given by their buttons only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Opinions and approvals of a contract are kept. Take back what should not stand."))

    # === actions === #

    def action_agree(self):
        """The department agrees."""
        return self._take("agree")

    def action_condition(self, text=None):
        """The department agrees, if …"""
        return self._take("condition", text)

    def action_disagree(self, text=None):
        """The department does not agree, and says why."""
        return self._take("disagree", text)

    def action_approve(self, text=None):
        """The approver approves, with a conclusion in words or without."""
        return self._take("approve", text)

    def action_refuse(self, text=None):
        """The approver sends the contract back to its drafter, and says why."""
        return self._take("refuse", text)

    def action_take_back(self, text=None):
        """What was said does not stand any more; the question is open again."""
        return self._take("take_back", text)

    def action_overrule(self, text=None):
        """An approver goes on although a department disagrees."""
        return self._take("overrule", text)

    def action_open_review(self):
        """The sheet that it stands on."""
        self.ensure_one()
        return self.review_id.action_open()

    def _take(self, step, text=None):
        """Take a step, in order with everybody else's on the same review.

        :raise UserError: who may not, it was answered already, or something is missing
        """
        text = (text or "").strip()
        if TRANSITIONS[step][4] and not text:
            return self.env["sbo.contract.answer"]._ask(step, self)
        self.check_access("read")
        for opinion in self.sudo():  # Superuser: the right is checked here, opinions are closed to everybody.
            review = opinion.review_id
            review._lock()
            reason = opinion._refusal(step)
            if reason:
                raise UserError(self.env._(
                    "%(review)s, %(who)s: %(reason)s.", review=review.name, who=opinion.who, reason=reason))
            if step == "approve":
                review._refuse_approval()
            opinion._record(step, text)
            review._moved(step, text)

    def _record(self, step, text):
        """Write what was said, and say it in the chatter."""
        now = fields.Datetime.now()
        states = dict(self._fields["state"]._description_selection(self.env))
        if step == "take_back":
            self.review_id._note(self.env._(
                "%(who)s takes back “%(state)s”: %(text)s", who=self.who, state=states[self.state], text=text))
            self._replace()
            return
        if step == "overrule":
            self.write({"overruled_by_id": self.env.uid, "overrule_reason": text})
            self.review_id._note(self.env._("%(who)s is overruled: %(text)s", who=self.who, text=text))
            return
        state = TRANSITIONS[step][2]
        self.write({"state": state, "text": text, "user_id": self.env.uid, "given_at": now,
                    "content": self.review_id._target()._content()})
        self.review_id._note(" – ".join(filter(None, (f"{self.who}: {states[state]}", text))))

    def _replace(self):
        """Ask anew: what was given stays as history."""
        given = self.filtered(lambda opinion: opinion.state != "waiting")
        given.write({"present": False, "replaced_at": fields.Datetime.now()})
        given.flush_recordset(["present"])  # one present question each, at any moment
        return given

    # === who may === #

    def _refusal(self, step, people=None):
        """Why this user may not take this step, in words; empty when allowed."""
        self.ensure_one()
        kind, sources, _target, who, _words = TRANSITIONS[step]
        if kind and kind != self.kind:
            return self.env._("departments give opinions, approvers approve")
        if self.review_id.state != "open" or not self.present:
            return self.env._("the review is closed, or they were asked anew")
        if who == "approver":
            refusal = "" if self.review_id._decides() else self.env._(
                "only one who approves the contract and has not drafted it overrules a department")
        else:
            refusal = self._refusal_of_person((people or self._people())[self], step)
        return refusal or self._refusal_of_state(sources)

    def _refusal_of_state(self, sources):
        if self.state in sources:
            return ""
        if self.state == "waiting":
            return self.env._("there is no answer yet")
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        return self.env._(
            "%(user)s has answered already: %(state)s. It can be taken back first", user=self.user_id.name,
            state=state)

    def _refusal_of_person(self, people, step):
        user = self.env.user
        names = ", ".join(people.mapped("name")) or self.env._("nobody yet")
        if user not in people:
            if self.kind == "department":
                return self.env._("only a member of the department answers for it: %s", names)
            return self.env._("only the approver decides, or the deputy of one who is away: %s", names)
        if user in self.review_id._drafters():
            return self.env._("whoever has drafted the contract does not judge it, somebody else does")
        if step == "approve" and self.review_id._present("approval").filtered(
                lambda other: other != self and other.state == "approve" and other.user_id == user):
            return self.env._("you have approved this contract already: the second approval is another person's")
        return ""

    def _people(self):
        """{opinion: who can give it now}: members; the approver, with the deputy while the approver is away."""
        now = fields.Datetime.now()
        deputies = {absence.user_id: absence.deputy_id for absence in self.env["sbo.absence"].search([
            ("user_id", "in", self.approver_id.ids), ("deputy_id", "!=", False), ("date_from", "<=", now),
            ("date_to", ">", now)])} if self.approver_id else {}
        nobody = self.env["res.users"]
        return {opinion: opinion.department_id.member_ids if opinion.department_id
                else opinion.approver_id | deputies.get(opinion.approver_id, nobody) for opinion in self}

    def _why_not(self, content):
        """Why this opinion of a department stops the approval, in words; empty when it does not."""
        department = self.department_id
        names = {"department": department.name, "people": ", ".join(department.member_ids.mapped("name"))}
        if self.state == "waiting":
            return self.env._("%(department)s has not given its opinion (%(people)s).", **names)
        if not same(self.content, content):
            return self.env._("%(department)s gave its opinion before the contract was changed (%(people)s): "
                              "Ask Again.", **names)
        if self.state == "disagree" and not self.overruled_by_id:
            return self.env._("%(department)s disagrees: %(text)s. It takes that back, or an approver overrules it.",
                              **names, text=self.text)
        return ""
