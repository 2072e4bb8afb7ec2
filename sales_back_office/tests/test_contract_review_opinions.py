import re

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import at
from .common_contract_reviews import SboContractReviewCommon


@tagged("post_install", "-at_install")
class TestContractReviewOpinions(SboContractReviewCommon):
    """Departments speak first, then those approve whom the class and the amount name; nobody judges an own draft."""

    def test_submitting_asks_departments_then_approvers(self):
        review = self._submitted()
        self.assertEqual((review.state, review.contract_id.state), ("open", "review"))
        self.assertEqual(len(review.line_ids), 11)
        self.assertEqual(review.activity_ids.user_id, self.member | self.member2 | self.accountant)
        self.assertFalse(self._asked(review, self.head).due_at, "it is not the approver's turn yet")
        self.assertEqual(review.waited_for, "Finance, Production")
        self._answer(review, self.member)
        self.assertEqual(review.activity_ids.user_id, self.accountant)
        self._answer(review, self.accountant)
        self.assertEqual((review.activity_ids.user_id, review.waited_for), (self.head, self.head.name))

    def test_all_agreed_and_approved(self):
        review = self._submitted()
        self._spoken(review)
        self._answer(review, self.head, "approve", "good business")
        self.assertEqual((review.state, review.contract_id.state), ("approved", "approved"))
        self.assertIn("good business", review.conclusion)
        self.assertFalse(review.activity_ids)
        self.assertTrue(review.closed_at)

    def test_two_languages_and_a_new_name_are_no_change(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        product = self._product()
        product.with_context(lang="zh_CN").name = "灯"
        self.member.lang, self.accountant.lang, self.head.lang = "zh_CN", "en_US", "en_US"
        review = self._submitted(line_ids=[Command.create({"product_id": product.id, "quantity": 5, "price": 90})])
        for user in (self.member, self.accountant, self.head):
            if user == self.accountant:
                self.customer.name = "Renamed"
            said = review.with_user(user).with_context(lang=user.lang)
            if user == self.head:
                said.action_rest_complies()
                said.action_approve()
            else:
                said.action_agree()
        self.assertEqual(review.contract_id.state, "approved")

    def test_lines_beyond_the_amount_ask_further_approvers(self):
        self.special.write({"limit_amount": 50000, "limit_approver_ids": [Command.set(self.boss.ids)]})
        for price, asked in ((99.99, self.head), (100, self.head | self.boss)):
            review = self._submitted(amount=0, line_ids=[
                Command.create({"product_id": self._product().id, "quantity": 500, "price": price})])
            self.assertEqual((review.approval_ids.approver_id, review.amount), (asked, 500 * price))

    def test_nothing_is_brought_into_a_review(self):
        contract = self._contract(rule=self.special)
        contract.with_user(self.salesperson).with_context(
            default_overruled_by_id=self.head.id, default_overrule_reason="So", default_accepted_by_id=self.head.id,
            default_accepted_at="2026-01-01 00:00:00", default_verdict="comply",
            default_closed_at="2026-01-01 00:00:00",
            default_text="Fine", default_user_id=self.head.id, default_given_at="2026-01-01 00:00:00",
            default_due_at="2026-01-01 00:00:00", default_conclusion="Fine",
        ).action_submit()
        review = self._review(contract)
        for record, names in ((review, "closed_at conclusion"), (
                review.opinion_ids, "overruled_by_id overrule_reason text user_id given_at"), (
                review.line_ids, "verdict accepted_by_id accepted_at closed_at user_id")):
            for name in names.split():
                self.assertFalse(any(record.mapped(name)), name)
        self.assertGreater(review.due_at, at("2026-02-01 00:00"))
        # Nor when one is made in another way.
        for model, name in (("sbo.contract.opinion", "overruled_by_id"), ("sbo.contract.review", "conclusion"),
                            ("sbo.contract.review.line", "accepted_by_id")):
            self.assertFalse(self.env[model].with_context(**{f"default_{name}": 1}).default_get([name]).get(name))

    def test_handed_over_the_former_salesperson_has_drafted_it(self):
        colleague = self._user("sbo_salesperson2", "sales_team.group_sale_salesman")
        contract = self._contract(user=self.clerk)
        contract.with_user(self.salesperson).user_id = colleague
        self.assertEqual(contract._drafters(), self.clerk | self.salesperson | colleague)
        other = self._contract()
        review = self._submitted(other)
        self._refused("take it back to draft to change Salesperson", other.with_user(self.salesperson).write,
                      {"user_id": colleague.id})
        other.with_user(self.salesperson).write({"user_id": self.salesperson.id, "note": "Kept"})
        other.with_user(self.clerk).user_id = colleague
        self.assertEqual(review._drafters(), self.salesperson | colleague)

    def test_ordinary_class_takes_the_head_alone(self):
        review = self._submitted(rule=self.ordinary)
        self.assertEqual(review.activity_ids.user_id, self.head)
        review.with_user(self.head).action_rest_complies()
        self._answer(review, self.head, "approve")
        self.assertEqual(review.contract_id.state, "approved")

    def test_not_before_departments_have_spoken(self):
        review = self._submitted()
        text = self._refused("cannot be approved yet", self._answer, review, self.head, "approve")
        for words in ("Production has not given its opinion", self.member.name, "Finance has not", "Not judged yet"):
            self.assertIn(words, text)
        self.assertNotIn("given its opinion", self._refused_after_production(review).split("Finance")[0])

    def _refused_after_production(self, review):
        self._answer(review, self.member)
        return self._refused("Finance has not given its opinion", self._answer, review, self.head, "approve")

    def test_limit_asks_further_approvers(self):
        self.special.write({"limit_amount": 50000, "limit_approver_ids": [Command.set(self.boss.ids)]})
        below = self._submitted(amount=49999.99)
        self.assertFalse(self._asked(below, self.boss))
        review = self._submitted(amount=50000)
        self.assertTrue(self._asked(review, self.boss).further)
        self._spoken(review)
        self._answer(review, self.head, "approve")
        self.assertEqual((review.state, review.waited_for), ("open", self.boss.name))
        self._answer(review, self.boss, "approve")
        self.assertEqual(review.contract_id.state, "approved")

    def test_what_has_no_bounds_asks_further_approvers(self):
        self.special.write({"limit_amount": 50000, "limit_approver_ids": [Command.set(self.boss.ids)]})
        price = {"product_id": self._product().id, "price": 100}
        for asked, amount, lines in ((True, 0, [price]), (False, 400, [price]), (False, 0, [{**price, "quantity": 4}])):
            review = self._submitted(amount=amount, line_ids=[Command.create(line) for line in lines])
            self.assertEqual(bool(self._asked(review, self.boss)), asked, (amount, lines))

    def test_limit_counts_in_the_companys_currency(self):
        currency = self.env["res.currency"].create({
            "name": "SBX", "symbol": "x", "rate_ids": [Command.create(
                {"name": "2020-01-01", "rate": 0.1, "company_id": self.company.id})]})
        self.special.write({"limit_amount": 50000, "limit_approver_ids": [Command.set(self.boss.ids)]})
        self.assertTrue(self._asked(self._submitted(amount=5000, currency_id=currency.id), self.boss))
        self.assertFalse(self._asked(self._submitted(amount=4999, currency_id=currency.id), self.boss))

    def test_only_members_speak_for_a_department(self):
        review = self._submitted()
        opinion = self._asked(review, self.finance)
        self._refused("only a member of the department", opinion.with_user(self.clerk).action_agree)
        self._refused("only a member of the department", opinion.with_user(self.head).action_agree)
        self._refused("only the approver decides", self._asked(review, self.head).with_user(self.clerk).action_approve)
        self._refused("departments give opinions", opinion.with_user(self.accountant).action_approve)

    def test_second_member_is_told_who_has_answered(self):
        review = self._submitted()
        self._answer(review, self.member)
        self._refused(re.escape(f"{self.member.name} has answered already: Agrees"),
                      self._asked(review, self.production).with_user(self.member2).action_disagree, "no")

    def test_drafters_do_not_judge(self):
        self.production.member_ids = [Command.link(self.salesperson.id), Command.link(self.clerk.id)]
        contract = self._contract()
        contract.with_user(self.clerk).amount = 60000
        review = self._submitted(contract)
        for user in (self.salesperson, self.clerk):
            self._refused("has drafted the contract does not judge it",
                          self._asked(review, self.production).with_user(user).action_agree)
            self._refused("nobody who has drafted", self._item(review, "price").with_user(user).action_comply)
            self.assertNotIn(user, review.activity_ids.user_id)

    def test_own_salesperson_does_not_judge_what_another_wrote(self):
        self.production.member_ids = [Command.link(self.salesperson.id)]
        contract = self._contract(self.clerk)
        contract.with_user(self.clerk).action_submit()
        self._refused("does not judge it",
                      self._asked(self._review(contract), self.production).with_user(self.salesperson).action_agree)

    def test_an_approver_who_drafted_leaves_it_to_the_others(self):
        self.ordinary.approver_ids = self.salesperson | self.head
        self.assertEqual(self._submitted(rule=self.ordinary).approval_ids.approver_id, self.head)
        self.ordinary.approver_ids = self.salesperson
        self._refused("has drafted it and would have to approve it",
                      self._submitted, self._contract(rule=self.ordinary))

    def test_not_begun_when_nobody_could_end_it(self):
        self.ordinary.approver_ids = False
        self._refused("nobody is named who approves", self._submitted, self._contract(rule=self.ordinary))
        self.finance.member_ids = self.salesperson
        self._refused("Finance has no member", self._submitted, self._contract())

    def test_one_person_gives_one_approval(self):
        self.ordinary.approver_ids = self.head | self.boss
        self._absence(self.boss, at("2020-01-01 08:00"), at("2090-01-01 08:00"), deputy=self.head)
        review = self._submitted(rule=self.ordinary)
        review.with_user(self.head).action_rest_complies()
        self._asked(review, self.head).with_user(self.head).action_approve()
        self._refused("second approval is another person's",
                      self._asked(review, self.boss).with_user(self.head).action_approve)

    def test_deputy_of_an_absent_approver(self):
        review = self._submitted(rule=self.ordinary)
        approval = self._asked(review, self.head)
        review.with_user(self.head).action_rest_complies()
        self._refused("the deputy of one who is away", approval.with_user(self.supervisor).action_approve)
        self._absence(self.head, at("2020-01-01 08:00"), at("2090-01-01 08:00"), deputy=self.supervisor)
        approval.with_user(self.supervisor).action_approve()
        self.assertEqual((review.state, approval.user_id), ("approved", self.supervisor))

    def test_deputy_who_is_nobody_else_sees_the_sheet(self):
        self._absence(self.head, at("2020-01-01 08:00"), at("2090-01-01 08:00"), deputy=self.outsider)
        review = self._submitted(rule=self.ordinary)
        self.assertEqual(review.activity_ids.user_id, self.head | self.outsider)
        mine = self.env["sbo.contract.review"].with_user(self.outsider).search([("mine", "=", True)])
        self.assertEqual(mine, review)
        mine.action_rest_complies()
        mine.action_approve()
        self.assertEqual(review.state, "approved")

    def test_condition_lets_pass_and_a_no_does_not(self):
        review = self._submitted()
        self._answer(review, self.member, "condition", "in two lots")
        self._answer(review, self.accountant, "disagree", "no guarantee")
        review.with_user(self.member).action_rest_complies()
        self._refused("Finance disagrees: no guarantee", self._answer, review, self.head, "approve")
        opinion = self._asked(review, self.finance)
        self._refused("only one who approves", opinion.with_user(self.manager).action_overrule, "I want it")
        opinion.with_user(self.head).action_overrule("the owner vouches")
        self._answer(review, self.head, "approve")
        self.assertEqual((review.state, opinion.overruled_by_id, opinion.state), ("approved", self.head, "disagree"))

    def test_words_are_asked_for(self):
        review = self._submitted()
        for step, user in (("condition", self.member), ("disagree", self.member), ("refuse", self.head)):
            action = self._answer(review, user, step)
            self.assertEqual((action["res_model"], action["context"]["default_decision"]),
                             ("sbo.contract.answer", step))
        wizard = self.env["sbo.contract.answer"].with_user(self.head).with_context(**action["context"]).create({})
        self._refused("Say it in words", wizard.action_apply)
        wizard.text = "lower the discount"
        wizard.action_apply()
        self.assertEqual((review.state, review.conclusion), ("rejected", "lower the discount"))

    def test_sent_back_and_submitted_again(self):
        review = self._submitted()
        self._spoken(review)
        self._answer(review, self.head, "refuse", "lower the discount")
        contract = review.contract_id
        self.assertEqual((review.state, contract.state), ("rejected", "draft"))
        self.assertFalse(review.activity_ids)
        self._refused("the review is closed", self._asked(review, self.head).with_user(self.head).action_approve)
        again = self._submitted(contract)
        self.assertNotEqual(again, review)
        self.assertEqual((again.version, review.state), (2, "rejected"))
        self.assertEqual(self._asked(again, self.finance).state, "waiting", "it is asked anew")

    def test_taken_back_by_the_drafter(self):
        review = self._submitted()
        review.contract_id.with_user(self.salesperson).action_withdraw()
        self.assertEqual((review.state, review.contract_id.state), ("superseded", "draft"))
        self._refused("the review is closed", self._asked(review, self.finance).with_user(self.accountant).action_agree)

    def test_an_answer_is_taken_back_with_a_reason(self):
        self.special.approver_ids = self.head | self.boss
        review = self._submitted()
        self._spoken(review)
        self._answer(review, self.head, "approve")
        opinion = self._asked(review, self.finance)
        opinion.with_user(self.accountant).action_take_back("the bank has called")
        self.assertFalse(opinion.present)
        self.assertEqual((opinion.state, self._asked(review, self.finance).state), ("agree", "waiting"))
        self.assertEqual(self._asked(review, self.head).state, "waiting", "approved on what does not stand any more")
        self.assertEqual(review.earlier_ids.mapped("who"), ["Finance", self.head.name])
        self._refused("Finance has not given", self._answer, review, self.boss, "approve")

    def test_an_opinion_counts_for_what_it_was_given_on(self):
        review = self._submitted()
        self._spoken(review)
        self._asked(review, self.finance).content = {"amount": 1}
        self._refused("Finance gave its opinion before the contract was changed",
                      self._answer, review, self.head, "approve")
        self._refused("Whoever keeps", review.with_user(self.member).action_ask_again)
        review.with_user(self.clerk).action_ask_again()
        self.assertEqual(self._asked(review, self.finance).state, "waiting")
        self.assertEqual(self._asked(review, self.production).state, "agree")

    def test_asked_again_after_the_class_changed(self):
        review = self._submitted()
        self.special.write({"approver_ids": [Command.set(self.boss.ids)]})
        review.with_user(self.clerk).action_ask_again()
        self.assertEqual(review.approval_ids.approver_id, self.boss)
        self._spoken(review)
        self._answer(review, self.boss, "approve")
        self.assertEqual(review.state, "approved")

    def test_no_old_approval_where_the_class_names_others_now(self):
        review = self._submitted()
        self._spoken(review)
        self.special.write({"approver_ids": [Command.link(self.boss.id)]})
        self._answer(review, self.head, "approve")
        self.assertEqual((review.state, review.waited_for), ("open", self.boss.name))

    def test_who_speaks_for_two_answers_in_their_lines(self):
        self.finance.member_ids = [Command.link(self.member.id)]
        review = self._submitted()
        self._refused("you speak for Finance, Production", self._answer, review, self.member)
        self._asked(review, self.finance).with_user(self.member).action_agree()
        self._answer(review, self.member)
        self.assertEqual(review.waited_for, self.head.name)

    def test_time_limit_starts_with_the_turn(self):
        self.special.review_days = 2
        with freeze_time(at("2026-03-02 09:00")):
            review = self._submitted()
        self.assertEqual(self._asked(review, self.finance).due_at, at("2026-03-04 18:00"))
        self.assertEqual(review.due_at, at("2026-03-04 18:00"))
        with freeze_time(at("2026-03-06 10:00")):
            self._spoken(review)
        self.assertEqual(self._asked(review, self.head).due_at, at("2026-03-10 18:00"))
