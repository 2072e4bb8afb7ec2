from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_contract_reviews import SboContractReviewCommon

MODELS = ("sbo.contract.review", "sbo.contract.review.line", "sbo.contract.opinion")


@tagged("post_install", "-at_install")
class TestAccessContractReviews(SboContractReviewCommon):
    """Who reads a review, and that nobody moves it but by its steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(milestone_ids=[Command.create(
            {"name": "Deposit", "kind": "payment", "due_on": "2026-04-01", "amount": 15000})])
        cls.contract.with_user(cls.salesperson).action_submit()
        cls.review = cls.env["sbo.contract.review"].search([("contract_id", "=", cls.contract.id)])

    def _sees(self, user, *models):
        domains = {"sbo.contract": [("id", "=", self.contract.id)],
                   "sbo.contract.review": [("id", "=", self.review.id)]}
        return [bool(self.env[model].with_user(user).search(
            domains.get(model, [("review_id", "=", self.review.id)]))) for model in models]

    def test_who_reads(self):
        for user in (self.clerk, self.supervisor, self.manager, self.auditor, self.salesperson):
            self.assertEqual(self._sees(user, "sbo.contract", *MODELS), [True] * 4, user.login)
        for user in (self.member, self.accountant, self.head):
            self.assertEqual(self._sees(user, "sbo.contract", *MODELS), [True] * 4, user.login)
        colleague = self._user("sbo_colleague", "sales_team.group_sale_salesman")
        for user in (self.outsider, self.boss, self.company2_clerk, colleague):
            self.assertEqual(self._sees(user, "sbo.contract", *MODELS), [False] * 4, user.login)

    def test_reviewers_read_the_contract_while_they_are_asked(self):
        own = self.contract.with_user(self.member)
        self.assertEqual(own.subject, "Lamps for a school")
        for action in (lambda: own.write({"subject": "x"}), lambda: own.write({"note": "x"}), own.unlink,
                       own.copy, own.action_withdraw):
            with self.assertRaises(UserError):
                action()
        self.contract.with_user(self.salesperson).action_withdraw()
        self.assertEqual(self._sees(self.member, "sbo.contract", "sbo.contract.review"), [False, True])

    def test_reviewers_open_the_forms(self):
        for record in (self.contract, self.review):
            for user in (self.member, self.head, self.auditor, self.salesperson):
                self.assertTrue(self._open_form(record.with_user(user)))

    def test_a_department_of_salespeople_opens_what_it_reviews(self):
        colleague = self._user("sbo_colleague", "sales_team.group_sale_salesman")
        rule = self._class("RS", self._department("Sales", colleague))
        contract = self._contract(rule=rule, milestone_ids=[Command.create(
            {"name": "Deposit", "kind": "payment", "due_on": "2026-04-01", "amount": 15000})])
        self._submitted(contract)
        [shown] = self._open_form(contract.with_user(colleague))
        self.assertEqual([item["progress"] for item in shown["milestone_ids"]], ["late"])
        self.assertEqual(shown["received_amount"], 0)

    def test_no_other_contract_of_the_customer(self):
        other = self._contract()
        self.assertFalse(self.env["sbo.contract"].with_user(self.member).search([("id", "=", other.id)]))

    def test_a_department_in_another_company_is_not_asked(self):
        other = self.env["sbo.contract.review"].with_user(self.company2_clerk).search([])
        self.assertNotIn(self.review, other)

    def test_plain_writes_are_refused(self):
        for user in (self.salesperson, self.clerk, self.manager, self.head, self.accountant):
            review = self.review.with_user(user)
            for vals in ({"state": "approved"}, {"conclusion": "x"}, {"due_at": False}, {"content": {}},
                         {"opinion_ids": [Command.update(review.opinion_ids[0].id, {"state": "agree"})]}):
                with self.assertRaises(AccessError):
                    review.write(vals)
            for vals in ({"state": "approve"}, {"present": False}, {"content": {}}, {"user_id": user.id}):
                with self.assertRaises(AccessError):
                    review.opinion_ids[0].write(vals)
            for vals in ({"closed_at": "2026-03-02 09:00:00"}, {"accepted_by_id": user.id}, {"user_id": user.id}):
                with self.assertRaises(AccessError):
                    review.line_ids[0].write(vals)

    def test_nothing_is_made_or_deleted_by_hand(self):
        for user in (self.salesperson, self.clerk, self.manager, self.head):
            review = self.review.with_user(user)
            for model, vals in (
                ("sbo.contract.review", {"contract_id": self.contract.id, "name": "x", "class_id": self.special.id}),
                ("sbo.contract.review.line", {"review_id": review.id, "topic": "price"}),
                ("sbo.contract.opinion", {"review_id": review.id, "kind": "approval", "approver_id": user.id}),
            ):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).create(vals)
            for records in (review, review.line_ids, review.opinion_ids):
                with self.assertRaises(AccessError):
                    records.unlink()
            with self.assertRaises(AccessError):
                review.write({"line_ids": [Command.clear()]})
        for records in (self.review.line_ids, self.review.opinion_ids, self.review):
            self._refused("kept", records.unlink, error=UserError)

    def test_items_are_typed_through_the_sheet_by_reviewers_only(self):
        line = self.review.line_ids[0]
        commands = {"line_ids": [Command.update(line.id, {"verdict": "comply"})]}
        self._refused("judged by the departments", self.review.with_user(self.clerk).write, commands)
        self.review.with_user(self.member).write(commands)
        self.assertEqual((line.verdict, line.user_id, line.department_id), ("comply", self.member, self.production))

    def test_drafters_are_not_forgotten_by_hand(self):
        contract = self._contract()
        with self.assertRaises(AccessError):
            contract.with_user(self.salesperson).drafter_ids = False
        copied = contract.with_user(self.clerk).copy()
        self.assertNotIn(self.salesperson, copied.sudo().drafter_ids)

    def test_parts_make_drafters(self):
        contract = self._contract(self.clerk, user_id=self.salesperson.id)
        contract.with_user(self.clerk2).write({"milestone_ids": [Command.create(
            {"name": "First payment", "due_on": "2026-05-01", "amount": 50000})]})
        self.assertIn(self.clerk2, contract._drafters())
        contract.milestone_ids.with_user(self.supervisor).write({"due_on": "2026-06-01"})
        self.assertIn(self.supervisor, contract._drafters())
        contract.with_user(self.manager).write({"note": "filed under L"})
        self.assertNotIn(self.manager, contract._drafters(), "a note is no draft")
