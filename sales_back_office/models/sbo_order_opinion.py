from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [
    ("waiting", "Waiting"),
    ("agree", "Agrees"),
    ("condition", "Agrees with Condition"),
    ("disagree", "Disagrees"),
]


class SboOrderOpinion(models.Model):
    """What a department says to an order before it is confirmed (部门意见): agreed, with a condition, or not."""

    _name = "sbo.order.opinion"
    _description = "Opinion on an Order"
    _inherit = ["mail.thread", "mail.activity.mixin", "sbo.order.told"]
    _order = "due_at, id"
    _rec_name = "order_name"
    _mail_post_access = "read"

    department_id = fields.Many2one(required=True)
    asked_at = fields.Datetime("Asked", required=True, readonly=True, default=fields.Datetime.now)
    asked_by_id = fields.Many2one("res.users", "Asked by", readonly=True, default=lambda self: self.env.user)
    due_at = fields.Datetime("Due", required=True, readonly=True, index=True)
    state = fields.Selection(STATES, "Opinion", required=True, readonly=True, default="waiting", tracking=True)
    text = fields.Text("In Words", readonly=True, tracking=True, help="The condition, or why not.")
    user_id = fields.Many2one("res.users", "Given by", readonly=True, tracking=True)
    given_at = fields.Datetime("Given", readonly=True)
    content = fields.Json(readonly=True, help="The order as it was when the opinion was given.")
    overruled_by_id = fields.Many2one("res.users", "Overruled by", readonly=True, tracking=True)
    overrule_reason = fields.Text("Why Overruled", readonly=True)
    can_answer = fields.Boolean(compute="_compute_can_answer")
    can_overrule = fields.Boolean(compute="_compute_can_answer")

    _department_uniq = models.UniqueIndex("(order_id, department_id)", "This department has been asked already.")

    @api.depends("state", "department_id")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        manager = self.env.user.has_group("sales_back_office.sbo_group_manager")
        for opinion in self:
            opinion.can_answer = self.env.user in opinion.sudo().department_id.member_ids
            opinion.can_overrule = manager and opinion.state == "disagree" and not opinion.overruled_by_id

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waiting(self):
        if self.filtered(lambda opinion: opinion.state != "waiting"):
            raise UserError(self.env._("An opinion that was given is kept."))

    # === actions === #

    def action_agree(self):
        """The department agrees."""
        self._give("agree", False)

    def action_condition(self, text=None):
        """The department agrees, if …"""
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("condition", self)
        self._give("condition", text.strip())

    def action_disagree(self, text=None):
        """The department does not agree, and says why."""
        if not (text or "").strip():
            return self.env["sbo.order.answer"]._ask("disagree", self)
        self._give("disagree", text.strip())

    def action_overrule(self, reason=None):
        """A back-office manager who has not entered the order decides against a department."""
        if not (reason or "").strip():
            return self.env["sbo.order.answer"]._ask("overrule", self)
        self.check_access("read")
        for opinion in self:
            order = opinion.sudo().order_id
            if not self.env.user.has_group("sales_back_office.sbo_group_manager") or (
                    self.env.user in order._sbo_who_entered()):
                raise UserError(self.env._(
                    "A department is overruled by a back-office manager who has not entered %s.", order.name))
            if opinion.state != "disagree":
                raise UserError(self.env._("%s does not disagree.", opinion.department_id.name))
        # Superuser: the right was checked above, opinions are closed to everybody.
        self.sudo().write({"overruled_by_id": self.env.uid, "overrule_reason": reason.strip()})

    def _give(self, state, text):
        """Write the opinion of the user's department.

        :raise UserError: no member, the order is no quotation, or the user has entered it
        """
        self.check_access("read")
        self.department_id._refuse_stranger()
        # Two members at once: the second one sees what the first one said.
        self.env.cr.execute(SQL("SELECT id FROM sbo_order_opinion WHERE id = ANY(%s) FOR UPDATE", self.ids))
        for opinion in self.sudo():
            order = opinion.order_id
            if order.state not in ("draft", "sent"):
                raise UserError(self.env._("%s is no quotation any more: opinions come before.", order.name))
            if self.env.user in order._sbo_who_entered():
                raise UserError(self.env._(
                    "You have entered %s yourself: another member gives the opinion.", order.name))
            opinion.write({
                "state": state, "text": text, "user_id": self.env.uid, "given_at": fields.Datetime.now(),
                "content": order._sbo_content(), "overruled_by_id": False, "overrule_reason": False})
            opinion.activity_ids.unlink()

    # === asking === #

    @api.model
    def _ask(self, order, order_class):
        """Ask the departments of a class; those that spoke about another state of the order are asked again."""
        now = fields.Datetime.now()
        due_at = order.company_id._sbo_calendar()._sbo_plan(now, hours=order_class.opinion_hours)
        present = self.search([("order_id", "=", order.id)]).grouped("department_id")
        content = order._sbo_content()
        asked = self.browse()
        for department in order_class.department_ids:
            opinion = present.get(department)
            if opinion and opinion._still_hold(content):
                continue
            values = {"asked_at": now, "asked_by_id": self.env.uid, "due_at": due_at, "state": "waiting",
                      "given_at": False, "user_id": False, "text": False, "overruled_by_id": False}
            if opinion:
                opinion.write(values)
            else:
                opinion = self.create({
                    **values, "order_id": order.id, "company_id": order.company_id.id, "department_id": department.id})
            asked |= opinion
        asked._tell_members()
        return asked

    def _still_hold(self, content):
        """Those that are waited for, or were given on this content of their order."""
        return self.filtered(lambda opinion: opinion.state == "waiting" or opinion.content == content)

    def _tell_members(self):
        for opinion in self:
            for user in opinion.department_id.member_ids:
                opinion.activity_schedule(
                    "mail.mail_activity_data_todo", opinion.due_at.date(), user_id=user.id,
                    summary=self.env._("Your opinion on %s", opinion.order_id.name))

    def _why_not(self, department, content):
        """Why a department's opinion (maybe none yet) stops the order, in words; nothing when it does not."""
        names = {"department": department.name, "people": ", ".join(department.member_ids.mapped("name"))}
        if not self or self.state == "waiting":
            return self.env._("%(department)s has not given its opinion (%(people)s).", **names)
        if self.content != content:
            return self.env._("%(department)s gave its opinion before the order was changed (%(people)s).", **names)
        if self.state == "disagree" and not self.overruled_by_id:
            return self.env._(
                "%(department)s disagrees: %(text)s. It changes its opinion, or a back-office manager overrules it.",
                **names, text=self.text)
        return False
