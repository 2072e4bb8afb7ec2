from lxml import html
from odoo.tests import freeze_time, tagged

from .common import at
from .common_contract_reviews import SboContractReviewCommon

SHEET = "sales_back_office.sbo_contract_review_sheet"


@tagged("post_install", "-at_install")
class TestContractReviewChecks(SboContractReviewCommon):
    """Late opinions are found, the sheet is printed, lists stay cheap."""

    def _submitted_at(self, moment, **vals):
        with freeze_time(at(moment)):
            return self._submitted(**vals)

    def test_late_opinions_are_found_with_who_answers(self):
        review = self._submitted_at("2026-03-02 09:00")  # three working days: until the 5th, closing time
        check = self._shipped("contract_opinion_late")
        self._run(check, "2026-03-05 17:00")
        self.assertFalse(self._findings(review.contract_id, check))
        with freeze_time(at("2026-03-05 16:00")):
            self._answer(review, self.member)
        self._run(check, "2026-03-06 10:30")
        found = self._findings(review.contract_id, check)
        self.assertEqual((found.user_id, found.quantity, bool(found.closed_at)), (self.manager, 2, False))
        with freeze_time(at("2026-03-06 15:30")):
            self._answer(review, self.accountant)
        self._run(check, "2026-03-06 17:00")
        self.assertEqual(found.closed_at, at("2026-03-06 15:30"))

    def test_late_approval_is_the_approvers(self):
        review = self._submitted_at("2026-03-02 09:00", rule=self.ordinary)
        check = self._shipped("contract_opinion_late")
        self._run(check, "2026-03-06 10:30")
        found = self._findings(review.contract_id, check)
        self.assertEqual((found.user_id, bool(found.closed_at)), (self.head, False))
        with freeze_time(at("2026-03-06 11:00")):
            review.contract_id.with_user(self.salesperson).action_withdraw()
        self._run(check, "2026-03-09 10:30")
        self.assertEqual(found.closed_at, at("2026-03-06 11:00"), "nobody waits for it any more")

    def test_not_the_approvers_fault_that_departments_are_late(self):
        review = self._submitted_at("2026-03-02 09:00")
        with freeze_time(at("2026-03-10 09:00")):
            self._spoken(review)
        check = self._shipped("contract_opinion_late")
        self._run(check, "2026-03-11 10:00")
        self.assertNotIn(self.head, self._findings(review.contract_id, check).user_id)

    def test_filters(self):
        review = self._submitted()
        reviews = self.env["sbo.contract.review"]
        self.assertIn(review, reviews.with_user(self.accountant).search([("mine", "=", True)]))
        self.assertTrue(review.with_user(self.accountant).mine)
        self.assertNotIn(review, reviews.with_user(self.head).search([("mine", "=", True)]))
        self.assertFalse(review.with_user(self.head).mine, "not yet")
        self.assertIn(review, reviews.with_user(self.clerk).search([("mine", "=", False)]))
        self._spoken(review)
        self.assertIn(review, reviews.with_user(self.head).search([("mine", "=", True)]))

    def test_a_drafter_has_nothing_to_answer(self):
        self.production.member_ids |= self.clerk | self.salesperson
        contract = self._contract()
        contract.with_user(self.clerk).amount = 60000
        review = self._submitted(contract)
        for user, waited in ((self.clerk, False), (self.salesperson, False), (self.member, True)):
            found = self.env["sbo.contract.review"].with_user(user).search([("mine", "=", True)])
            self.assertEqual((review in found, review.with_user(user).mine), (waited, waited))

    def test_the_contract_leads_to_its_reviews(self):
        contract = self._submitted().contract_id
        self.assertEqual((contract.review_count, contract.waited_for), (1, "Finance, Production"))
        self.assertEqual(contract.action_reviews()["res_id"], contract.review_ids.id)
        contract.with_user(self.salesperson).action_withdraw()
        self._submitted(contract)
        self.assertEqual(contract.action_reviews()["domain"], [("contract_id", "=", contract.id)])

    def _sheet(self, review, user):
        body = self.env["ir.actions.report"].with_user(user)._render_qweb_html(SHEET, review.ids)[0]
        pages = html.fromstring(body).xpath("//div[contains(concat(' ', @class, ' '), ' page ')]")
        return [" ".join(page.text_content().split()) for page in pages]

    def test_the_sheet_says_it_all(self):
        review = self._submitted()
        self._item(review, "dispute").with_user(self.accountant).write({"verdict": "risk", "note": "a court abroad"})
        self._item(review, "dispute").with_user(self.head).action_accept("insured")
        self._answer(review, self.member, "condition", "in two lots")
        self._answer(review, self.accountant)
        review.with_user(self.member).action_rest_complies()
        self._answer(review, self.head, "approve", "good business")
        for user in (self.salesperson, self.member, self.auditor):
            [page] = self._sheet(review, user)
            for words in ("Form F06", review.name, "Lamps for a school", "50,000.00", "Subject", "a court abroad",
                          "Risk accepted: insured", "in two lots", "Agrees with Condition", "good business",
                          self.head.name, "Approved", "Dispute Resolution", "Drafted by"):
                self.assertIn(words, page)
        both = review + self._submitted()
        self.assertEqual(len(self._sheet(both, self.clerk)), 2)

    def test_lists_stay_cheap(self):
        names = ["name", "subject", "partner_id", "amount", "due_at", "waited_for", "open_items", "progress", "mine"]

        def cost(reviews, user):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            reviews.with_user(user).read(names)
            return self.env.cr.sql_log_count - before

        few = self.env["sbo.contract.review"].union(*(self._submitted() for _n in range(2)))
        many = self.env["sbo.contract.review"].union(*(self._submitted() for _n in range(20)))
        for user in (self.clerk, self.salesperson, self.member):
            cost(few, user)
            self.assertEqual(cost(many, user), cost(few, user), user.login)

    def test_the_check_takes_the_same_queries_for_many(self):
        check = self._shipped("contract_opinion_late")

        def cost():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._run(check, "2026-03-12 10:00")
            return self.env.cr.sql_log_count - before

        self._submitted_at("2026-03-02 09:00")
        cost()
        self._submitted_at("2026-03-02 09:00")
        few = cost()
        for _n in range(10):
            self._submitted_at("2026-03-02 09:00")
        self.assertEqual(cost(), few)
