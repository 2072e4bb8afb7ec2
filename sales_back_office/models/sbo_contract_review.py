from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# What may be written with a sheet: its items (which guard themselves) and the chatter's own.
TYPED = {"line_ids", "message_follower_ids", "activity_ids", "message_ids", "message_main_attachment_id"}


class SboContractReview(models.Model):
    """One review of a contract or of a supplement before it is signed (合同评审表, form F06).

    Departments judge its items and give their opinions, the approvers of the class decide. Submitted again, a contract
    is reviewed on a new sheet.
    """

    _name = "sbo.contract.review"
    _description = "Contract Review"
    _inherit = ["sbo.contract.review.flow", "mail.thread", "mail.activity.mixin"]
    _order = "contract_id, id desc"
    _mail_post_access = "read"

    name = fields.Char("Review No.", required=True, readonly=True, index="trigram")
    contract_id = fields.Many2one("sbo.contract", required=True, readonly=True, index=True, ondelete="restrict")
    supplement_id = fields.Many2one(
        "sbo.contract.supplement", readonly=True, index="btree_not_null", ondelete="restrict")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    subject = fields.Char("Subject Matter", compute="_compute_told")
    partner_id = fields.Many2one(related="contract_id.partner_id", related_sudo=True)
    salesperson_id = fields.Many2one(related="contract_id.user_id", string="Salesperson", related_sudo=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", related_sudo=True)
    class_id = fields.Many2one("sbo.contract.class", required=True, readonly=True, ondelete="restrict")
    version = fields.Integer("Round", readonly=True, default=1, help="Counts the reviews of the same text.")
    amount = fields.Monetary(readonly=True, help="What the contract amounts to, as it was submitted.")
    content = fields.Json(readonly=True, help="The contract as it was submitted.")
    opened_at = fields.Datetime("Submitted at", required=True, readonly=True, default=fields.Datetime.now)
    opened_by_id = fields.Many2one("res.users", "Submitted by", readonly=True, default=lambda self: self.env.user)
    due_at = fields.Datetime("Due", readonly=True, index=True, help="Until when those whose turn it is answer.")
    closed_at = fields.Datetime("Closed", readonly=True)
    conclusion = fields.Text(readonly=True, help="What the approvers said; or why it was sent back.")
    line_ids = fields.One2many("sbo.contract.review.line", "review_id", "Items")
    opinion_ids = fields.One2many("sbo.contract.opinion", "review_id", "Opinions and Approvals", readonly=True)
    department_opinion_ids = fields.One2many(
        "sbo.contract.opinion", "review_id", "Departments", readonly=True,
        domain=[("kind", "=", "department"), ("present", "=", True)])
    approval_ids = fields.One2many(
        "sbo.contract.opinion", "review_id", "Approvals", readonly=True,
        domain=[("kind", "=", "approval"), ("present", "=", True)])
    earlier_ids = fields.One2many(
        "sbo.contract.opinion", "review_id", "Earlier Answers", readonly=True, domain=[("present", "=", False)])
    drafted_by = fields.Char(
        "Drafted by", compute="_compute_told", help="Who has drafted it, and so does not judge it.")
    waited_for = fields.Char(
        "Waits for", compute="_compute_progress", help="Whose turn it is and who has not answered yet.")
    open_items = fields.Integer(
        compute="_compute_progress", help="Not judged yet, or a change or a risk that is not settled.")
    progress = fields.Float(compute="_compute_progress", help="Opinions and approvals given, in percent.")
    can_judge = fields.Boolean(compute="_compute_can")
    can_refresh = fields.Boolean(compute="_compute_can")
    allowed_actions = fields.Char(compute="_compute_can")
    mine = fields.Boolean("To Answer", compute="_compute_mine", search="_search_mine", help="The user is waited for.")

    _present_uniq = models.UniqueIndex(
        "(contract_id, COALESCE(supplement_id, 0)) WHERE state IN ('open', 'approved')",
        "This contract is being reviewed, or has been, already.")
    _open_idx = models.Index("(due_at) WHERE state = 'open'")

    @api.depends("contract_id", "supplement_id")
    def _compute_told(self):
        for review in self:
            known = review.sudo()  # Superuser: the subject and names only.
            review.subject = (known.supplement_id or known.contract_id).subject
            review.drafted_by = ", ".join(known._drafters().sorted("name").mapped("name"))

    @api.depends("state", "opinion_ids.state", "opinion_ids.present", "line_ids.progress")
    def _compute_progress(self):
        for review in self:
            asked = review.opinion_ids.filtered("present")
            waiting = asked.filtered(lambda item: item.state == "waiting")
            is_open = review.state == "open"
            review.waited_for = ", ".join(waiting.filtered("due_at").mapped("who")) if is_open else False
            review.open_items = is_open and len(review.line_ids.filtered(lambda line: line.progress != "settled"))
            review.progress = 100.0 * len(asked - waiting) / len(asked) if asked else 0

    @api.depends("state", "opinion_ids.state", "opinion_ids.present")
    @api.depends_context("uid")
    def _compute_can(self):
        for review in self:
            known = review.sudo()  # Superuser: whether the user may is asked here.
            review.can_judge = known._judging_for() is not None
            review.can_refresh = known._edits()
            steps = [opinion.allowed_actions.split(",") for opinion in known._present()]
            # A button in the head stands for one answer only; who speaks for two departments answers in their rows.
            names = [name for step in steps for name in step if name]
            review.allowed_actions = ",".join(name for name in dict.fromkeys(names) if names.count(name) == 1)

    @api.depends_context("uid")
    def _compute_mine(self):
        # Superuser: the domain is about the user alone, and asks absences, which are not everybody's.
        mine = self.sudo().search(Domain("id", "in", self.ids) & self._mine_domain())
        for review in self:
            review.mine = review._origin.id in mine._ids

    def _search_mine(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        # Superuser: the domain is about the user alone, and asks absences, which are not everybody's.
        return [("id", "in", self.sudo()._search(self._mine_domain()))]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("A review begins when a contract or a supplement is submitted."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and set(vals) - TYPED:
            raise AccessError(self.env._("A review moves on by its buttons only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A review is kept with its contract. Submit the contract again for a new one."))

    # === actions === #

    def action_agree(self):
        """The user's department agrees."""
        return self._own_answer("agree").action_agree()

    def action_condition(self, text=None):
        """The user's department agrees, if …"""
        return self._own_answer("condition").action_condition(text)

    def action_disagree(self, text=None):
        """The user's department does not agree, and says why."""
        return self._own_answer("disagree").action_disagree(text)

    def action_approve(self, text=None):
        """The user approves."""
        return self._own_answer("approve").action_approve(text)

    def action_conclude(self):
        """The user approves with a conclusion in words."""
        return self.env["sbo.contract.answer"]._ask("approve", self._own_answer("approve"))

    def action_refuse(self, text=None):
        """The user sends the contract back, and says why."""
        return self._own_answer("refuse").action_refuse(text)

    def action_rest_complies(self):
        """All items that nobody has judged comply."""
        self.check_access("read")
        for review in self:
            review.line_ids.filtered(lambda line: not line.verdict).action_comply()

    def action_ask_again(self):
        """Ask whoever the class names now, and those who spoke of another state of the contract."""
        self.check_access("read")
        for review in self.sudo():  # Superuser: the right is checked here.
            review._lock()
            review._refuse_closed()
            if not review._edits():
                raise UserError(self.env._("Whoever keeps %s has the departments asked again.", review.subject))
            review._refuse_unanswerable()
            review._refresh()

    def action_open(self):
        """This sheet."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "views": [[False, "form"]],
                "name": self.name}

    def action_open_contract(self):
        """What is reviewed."""
        self.ensure_one()
        target = self.sudo()._target()  # Superuser: its id only; opening it is the user's own right.
        return {"type": "ir.actions.act_window", "res_model": target._name, "res_id": target.id,
                "views": [[False, "form"]]}

    # === business === #

    def _target(self):
        """What is reviewed: the supplement, or the contract itself."""
        self.ensure_one()
        return self.supplement_id or self.contract_id

    def _own_answer(self, step):
        """The one question on this sheet that the user may answer so.

        :raise UserError: there is none, or more than one
        """
        self.ensure_one()
        self.check_access("read")
        asked = self.opinion_ids.filtered("present")
        own = asked.filtered(lambda item: step in item.allowed_actions.split(","))
        if len(own) > 1:
            raise UserError(self.env._("%(review)s: you speak for %(who)s: answer in their lines.", review=self.name,
                                       who=", ".join(own.mapped("who"))))
        if own:
            return own
        # The refusal of the answer itself says why.
        kind = "approval" if step in ("approve", "refuse") else "department"
        able = asked.filtered(lambda item: item.kind == kind)
        mine = able.filtered(lambda item: self.env.user in item.sudo()._people()[item.sudo()])
        if not able:
            raise UserError(self.env._("%s: nobody has been asked for this.", self.name))
        return (mine or able)[0]

    @api.model
    def _mine_domain(self):
        """Open reviews in which the user is waited for now."""
        uid = self.env.uid
        drafted = Domain.OR(
            Domain("supplement_id", *there)
            & (Domain(f"{target}.drafter_ids", "in", uid) | Domain(f"{target}.create_uid", "=", uid))
            for target, there in (("supplement_id", ("!=", False)), ("contract_id", ("=", False))))
        asked = Domain([
            ("present", "=", True), ("state", "=", "waiting"), ("due_at", "!=", False),
            "|", ("department_id.member_ids", "in", uid), "|", ("approver_id", "=", uid),
            ("approver_id.sbo_absence_ids", "any", [
                ("deputy_id", "=", uid), ("date_from", "<=", "now"), ("date_to", ">", "now")])])
        return (Domain("state", "=", "open") & Domain("contract_id.user_id", "!=", uid) & ~drafted
                & Domain("opinion_ids", "any", asked))
