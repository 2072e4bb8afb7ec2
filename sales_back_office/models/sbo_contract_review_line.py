from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

TOPICS = [
    ("party", "Qualification of the Party"),
    ("goods", "Goods and Quality Standard"),
    ("price", "Price and Tax"),
    ("delivery", "Delivery and Transport"),
    ("payment", "Payment and Credit"),
    ("acceptance", "Acceptance"),
    ("warranty", "Warranty"),
    ("breach", "Breach of Contract"),
    ("ip", "Intellectual Property and Confidentiality"),
    ("dispute", "Dispute Resolution"),
    ("seal", "Seal and Authority"),
]
VERDICTS = [("comply", "Complies"), ("modify", "To Be Changed"), ("risk", "Risk")]
# What whoever judges types; the rest is written by the steps.
TYPED = {"verdict", "note", "required_change"}


class SboContractReviewLine(models.Model):
    """One topic of a contract under review (评审项, F06): it complies, must be changed, or is a risk; who says so."""

    _name = "sbo.contract.review.line"
    _description = "Item of a Contract Review"
    _inherit = ["sbo.closed.mixin"]
    _order = "review_id, sequence, id"
    _rec_name = "topic"
    _closed = frozenset({
        *TYPED, "department_id", "user_id", "judged_at", "closed_by_id", "closed_at", "closing", "accepted_by_id",
        "accepted_at", "acceptance"})

    review_id = fields.Many2one("sbo.contract.review", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    topic = fields.Selection(TOPICS, "Item", required=True, readonly=True)
    verdict = fields.Selection(VERDICTS)
    note = fields.Text(help="What was noticed; the risk in words.")
    required_change = fields.Text(help="What has to be changed before the contract is approved.")
    department_id = fields.Many2one("sbo.department", "Judged for", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Judged by", readonly=True, ondelete="restrict")
    judged_at = fields.Datetime("Judged", readonly=True)
    closed_by_id = fields.Many2one("res.users", "Changed by", readonly=True, ondelete="restrict")
    closed_at = fields.Datetime("Changed", readonly=True)
    closing = fields.Text("What Was Changed", readonly=True)
    accepted_by_id = fields.Many2one("res.users", "Risk Accepted by", readonly=True, ondelete="restrict")
    accepted_at = fields.Datetime("Risk Accepted", readonly=True)
    acceptance = fields.Text("Why Accepted", readonly=True)
    settlement = fields.Text(
        "Settled", compute="_compute_settlement", help="What was changed, or why the risk is taken.")
    progress = fields.Selection(
        [("unjudged", "Not Judged"), ("change", "Change Open"), ("risk", "Risk Open"), ("settled", "Settled")],
        compute="_compute_progress", help="What still has to happen before the contract can be approved.")
    can_judge = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_accept = fields.Boolean(compute="_compute_can")

    _topic_uniq = models.UniqueIndex("(review_id, topic)", "Each item stands on a review once.")

    @api.depends("closing", "acceptance")
    def _compute_settlement(self):
        for line in self:
            line.settlement = line.closing or line.acceptance

    @api.depends("verdict", "closed_at", "accepted_at")
    def _compute_progress(self):
        for line in self:
            if line.verdict == "modify" and not line.closed_at:
                line.progress = "change"
            elif line.verdict == "risk" and not line.accepted_at:
                line.progress = "risk"
            else:
                line.progress = "settled" if line.verdict else "unjudged"

    @api.depends("progress", "review_id.state", "department_id", "user_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for review, lines in self.grouped("review_id").items():
            # Superuser: whether the user may is asked here. The stored values: a verdict being typed is the user's own.
            known = review._origin.sudo()
            judges, decides, edits = known._judging_for() is not None, known._decides(), known._edits()
            for line in lines:
                stored = line._origin.sudo()
                line.can_judge = judges and not stored._held_by_others()
                line.can_close = edits and stored.progress == "change"
                line.can_accept = decides and stored.progress == "risk"

    # === CRUD === #

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if set(vals) - TYPED:
            raise AccessError(self.env._(
                "On an item of a review, its verdict, the note and the required change are typed; it is closed and "
                "accepted by its buttons only."))
        self.check_access("read")
        self._judge(vals)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The items of a review are kept. Submit the contract again for a new review."))

    # === actions === #

    def action_comply(self):
        """What the contract says about this item is as it should be."""
        self.write({"verdict": "comply"})

    def action_close(self, text=None):
        """The required change was made: whoever keeps the contract says what was changed."""
        if not (text or "").strip():
            return self.env["sbo.contract.answer"]._ask("close", self)
        self.check_access("read")
        for line in self.sudo():  # Superuser: the right is checked here, items are closed to everybody.
            line.review_id._lock()
            line._refuse_closing()
            line.write({"closed_by_id": self.env.uid, "closed_at": fields.Datetime.now(), "closing": text.strip()})
            line.review_id._note(self.env._(
                "%(item)s was changed: %(text)s", item=line._label(), text=text.strip()))
            line.review_id._ask_again(line.department_id)

    def action_accept(self, text=None):
        """An approver accepts the risk, and says why."""
        if not (text or "").strip():
            return self.env["sbo.contract.answer"]._ask("accept", self)
        self.check_access("read")
        for line in self.sudo():  # Superuser: the right is checked here, items are closed to everybody.
            line.review_id._lock()
            line.review_id._refuse_closed()
            if line.progress != "risk":
                raise UserError(self.env._("%s: there is no risk to accept.", line._label()))
            if not line.review_id._decides():
                raise UserError(self.env._(
                    "%(item)s: a risk is accepted by one who approves the contract and has not drafted it: "
                    "%(people)s.", item=line._label(), people=line.review_id._approver_names()))
            line.write({"accepted_by_id": self.env.uid, "accepted_at": fields.Datetime.now(),
                        "acceptance": text.strip()})
            line.review_id._note(self.env._(
                "%(item)s: the risk is accepted: %(text)s", item=line._label(), text=text.strip()))

    # === judging === #

    def _judge(self, vals):
        """Write a verdict as the user's department, or as the approver.

        :raise UserError: who may not, or words are missing
        """
        lines = self.sudo()  # Superuser: the right is checked here, items are closed to everybody.
        lines.review_id._lock()
        for line in lines:
            review = line.review_id
            review._refuse_closed()
            department = line._refuse_judging()
            after = {name: vals.get(name, line[name]) for name in TYPED}
            line._refuse_wordless(after)
            line._refuse_wiping(after)
            if all((line[name] or False) == (value or False) for name, value in after.items()):
                continue
            verdict = dict(self._fields["verdict"]._description_selection(self.env)).get(line.verdict)
            line.write({
                **after, "department_id": department.id, "user_id": self.env.uid,
                "judged_at": fields.Datetime.now(), "closed_by_id": False, "closed_at": False, "closing": False,
                "accepted_by_id": False, "accepted_at": False, "acceptance": False})
            line._note_verdict(verdict)
            if line.verdict != "comply":
                review._reopen_approvals()
        lines.review_id._sync_activities()

    def _note_verdict(self, former):
        """A concern, and whatever replaces an earlier verdict, stays in the chatter."""
        if self.verdict == "comply" and not former:
            return
        verdicts = dict(self._fields["verdict"]._description_selection(self.env))
        words = " – ".join(filter(None, (verdicts.get(self.verdict), self.required_change, self.note)))
        self.review_id._note(f"{self._label()}: {former} → {words}" if former else f"{self._label()}: {words}")

    def _refuse_judging(self):
        """The department that the user speaks for (none for an approver)."""
        department = self.review_id._judging_for(self.department_id)
        if department is None:
            raise UserError(self.env._(
                "%(review)s is judged by the departments and approvers that were asked, and by nobody who has drafted "
                "the contract: %(people)s.",
                review=self.review_id.name, people=self.review_id._judge_names()))
        if self._held_by_others():
            raise UserError(self.env._(
                "%(item)s: %(who)s has said “%(verdict)s” and can take it back; it is not for others to change.",
                item=self._label(), who=self.department_id.name or self.user_id.name,
                verdict=dict(self._fields["verdict"]._description_selection(self.env))[self.verdict]))
        return department

    def _held_by_others(self):
        """Whether a concern stands here that is not the user's, nor the own department's: only they take it back."""
        if self.verdict not in ("modify", "risk"):
            return False
        if self.department_id:
            return self.env.user not in self.department_id.member_ids
        return self.user_id != self.env.user

    def _refuse_wordless(self, after):
        if not after["verdict"]:
            raise UserError(self.env._("%s: choose a verdict.", self._label()))
        if after["verdict"] == "modify" and not (after["required_change"] or "").strip():
            raise UserError(self.env._("%s: say what has to be changed.", self._label()))
        if after["verdict"] == "risk" and not (after["note"] or "").strip():
            raise UserError(self.env._("%s: say in the note what the risk is.", self._label()))

    def _refuse_wiping(self, after):
        """A colleague takes a concern back in words; a click of the same moment does not wipe it out."""
        concern = self.verdict in ("modify", "risk") and self.user_id != self.env.user
        if concern and after["verdict"] != self.verdict and (after["note"] or "") in ("", self.note or ""):
            raise UserError(self.env._(
                "%(item)s: %(user)s has said “%(verdict)s”: say in the note why that does not stand any more.",
                item=self._label(), user=self.user_id.name,
                verdict=dict(self._fields["verdict"]._description_selection(self.env))[self.verdict]))

    def _refuse_closing(self):
        self.review_id._refuse_closed()
        if self.progress != "change":
            raise UserError(self.env._("%s: no change is required, or it was made already.", self._label()))
        if not self.review_id._edits():
            raise UserError(self.env._(
                "%s: whoever keeps the contract (its salesperson, the back office) says what was changed.",
                self._label()))

    def _label(self):
        return dict(self._fields["topic"]._description_selection(self.env))[self.topic]

    def _concern(self):
        """Who has said what about it, in short; empty when nobody has."""
        if self.verdict not in ("modify", "risk"):
            return ""
        words = self.required_change if self.verdict == "modify" else self.note
        return f"{self.department_id.name or self.user_id.name}: {words}"
