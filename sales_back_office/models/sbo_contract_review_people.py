from odoo import fields, models


class SboContractReviewPeople(models.AbstractModel):
    """Who must speak on a contract under review, who may, and who is told. Runs as superuser, about the user."""

    _name = "sbo.contract.review.people"
    _description = "Contract Review: People"

    # === who must === #

    def _parties(self):
        """Who must speak by the class and the amount: (departments, approvers, those of them by the amount).

        Of several approvers those who have drafted the contract are left out; never all of them.
        """
        self.ensure_one()
        rule, drafters = self.class_id, self._drafters()
        approvers = (rule.approver_ids - drafters) or rule.approver_ids
        further = self.env["res.users"]
        if rule.limit_amount and (
                self._unbounded()
                or rule.currency_id.compare_amounts(self._company_amount(), rule.limit_amount) >= 0):
            further = (rule.limit_approver_ids - drafters) or rule.limit_approver_ids
        return rule.department_ids, approvers | further, further - approvers

    def _unbounded(self):
        """Whether what is reviewed says no amount, and its lines do not come to one: it may grow beyond any limit."""
        lines = self.content["lines"]
        return not self.content["amount"] and not (lines and all(row["quantity"] and row["price"] for row in lines))

    def _company_amount(self):
        return self.contract_id.currency_id._convert(
            self.amount, self.company_id.currency_id, self.company_id, self.company_id._sbo_today())

    # === who may === #

    def _present(self, kind=None):
        """Opinions and approvals that count now, or wait."""
        return self.opinion_ids.filtered(lambda item: item.present and kind in (None, item.kind))

    def _drafters(self):
        """Who has drafted what is reviewed, and whose customer it is: they do not judge it."""
        return self._target()._drafters() if self else self.env["res.users"]

    def _judging_for(self, held=None):
        """The department that the user judges items for; none of them as an approver; None for anybody else.

        :param held: the department that has judged the item before
        """
        self.ensure_one()
        user = self.env.user
        if self.state != "open" or user in self._drafters():
            return None
        own = self._present("department").department_id.filtered(lambda item: user in item.member_ids)
        if own:
            return held if held and held in own else own[0]
        return self.env["sbo.department"] if self._decides() else None

    def _decides(self):
        """Whether the user approves this contract, in person or for one who is away, and has not drafted it."""
        approvals = self._present("approval")
        return self.state == "open" and self.env.user not in self._drafters() and any(
            self.env.user in people for people in approvals._people().values())

    def _edits(self):
        """Whether the user keeps the contract, so that he can say what was changed."""
        return self.state == "open" and self.contract_id.sudo(False).has_access("write")

    def _approver_names(self):
        return ", ".join(self._present("approval").approver_id.mapped("name"))

    def _judge_names(self):
        present = self._present()
        return ", ".join((present.department_id.member_ids | present.approver_id - self._drafters()).mapped("name"))

    # === telling === #

    def _sync_activities(self):
        """A to-do for everybody who is waited for, and for nobody else."""
        for review in self:
            wanted = review._waited_for()
            present = review.activity_ids.filtered("automated")
            present.filtered(lambda item, people=wanted: item.user_id not in people).unlink()
            for user, (due_at, summary) in wanted.items():
                if user not in present.exists().user_id:
                    review.activity_schedule(
                        "mail.mail_activity_data_todo", review._local_date(due_at), user_id=user.id, summary=summary)

    def _waited_for(self):
        """{user: (until when, for what)}"""
        wanted = {}
        if self.state != "open":
            return wanted
        drafters = self._drafters()
        waiting = self._present().filtered(lambda item: item.state == "waiting" and item.due_at)
        for opinion, people in waiting._people().items():
            summary = self.env._("Your opinion on %s", self.name) if opinion.department_id else self.env._(
                "Your approval of %s", self.name)
            for user in people - drafters:
                wanted.setdefault(user, (opinion.due_at, summary))
        keeper = self.contract_id.user_id or self.opened_by_id
        if keeper.active and self.line_ids.filtered(lambda line: line.progress == "change"):
            wanted.setdefault(keeper, (self.due_at, self.env._("Changes are required: %s", self.name)))
        return wanted

    def _local_date(self, moment):
        zone = self.company_id._sbo_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment or fields.Datetime.now()).date()

    def _note(self, text):
        """A line in the chatter, by the user."""
        self.message_post(body=text)

    def _tell(self, text):
        """Tell whose contract it is, and who has submitted it."""
        people = (self.contract_id.user_id | self.opened_by_id) - self.env.user
        self.message_post(body=text, partner_ids=people.filtered("active").partner_id.ids)
