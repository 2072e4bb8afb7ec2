from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestFindingDesk(SboCheckCommon):
    """The desk counts what one may see: open, mine, past due, to judge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._check("[('ref', '=', 'S1')]", due_path="sbo_verified_on")
        today = fields.Date.today()
        days = (today - timedelta(days=9), today - timedelta(days=5), today + timedelta(days=9))
        for clerk in (cls.clerk, cls.clerk, cls.clerk2):
            for day in days:
                cls._customer(clerk=clerk, ref="S1", sbo_verified_on=day)
        cls.check._run(companies=cls.company)
        cls.found = cls.env["sbo.finding"].search([("check_id", "=", cls.check.id)])
        cls.first_due = min(cls.found.mapped("due_at"))

    def _card(self, user):
        check = self.check.with_user(user)
        check.invalidate_recordset()
        return check.open_count, check.mine_count, check.overdue_count, check.to_judge_count

    def test_cards(self):
        self.assertEqual(self._card(self.clerk), (6, 6, 4, 6))
        self.assertEqual(self._card(self.clerk2), (3, 3, 2, 3))
        self.assertEqual(self._card(self.supervisor), (9, 0, 6, 9))
        self.assertEqual(self._card(self.salesperson), (0, 0, 0, 0))
        self.assertEqual(self.check.with_user(self.clerk).next_due, self.first_due)

    def test_decisions_move_the_counts(self):
        mine = self.found.filtered(lambda finding: finding.user_id == self.clerk)
        mine[0].with_user(self.supervisor).action_waive("agreed")
        mine[1].with_user(self.supervisor).action_confirm()
        mine[2].with_user(self.clerk).action_dispute("not mine")
        open_count, mine_count, _overdue, to_judge = self._card(self.clerk)
        self.assertEqual((open_count, mine_count, to_judge), (5, 5, 4), "waived is off the desk, disputed is to judge")

    def test_counts_are_what_a_click_opens(self):
        for user in (self.clerk, self.supervisor):
            action = self.check.with_user(user).action_desk_mine()
            self.assertEqual(action["context"], {"search_default_open": 1, "search_default_mine": 1})
            self.assertEqual(action["domain"], [("check_id", "in", self.check.ids)])
        self.assertEqual(
            self.check.action_desk_overdue()["context"], {"search_default_open": 1, "search_default_overdue": 1})
        self.assertEqual(
            self.check.action_desk_judge()["context"], {"search_default_open": 0, "search_default_to_judge": 1})

    def test_cards_with_something_open(self):
        def shown(user):
            return self.check in self.env["sbo.check"].with_user(user).search([("open_count", ">", 0)])

        self.assertEqual([shown(user) for user in (self.clerk, self.supervisor, self.salesperson)],
                         [True, True, False])


@tagged("post_install", "-at_install")
class TestFindingBudgets(SboCheckCommon):
    """Queries do not grow with the number of records: the run, the telling, the lists, the desk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.check"].search([]).active = False
        cls.check = cls._check("[('ref', '=', 'S1')]", due_path="create_date", unit="hour", evidence_fields="ref")
        cls.customers = cls.env["res.partner"]

    def _flag(self, count):
        self.customers |= self.env["res.partner"].create([
            {"name": f"Budget {n}", "is_company": True, "ref": "S1", "sbo_clerk_id": clerk.id}
            for clerk in (self.clerk, self.clerk2) for n in range(count)])

    def _queries(self, action):
        self.cr.flush()  # with what waits for the commit: messages about activities that the records got, by the hour
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _constant(self, prepare, action, limit):
        """The queries of an action at N and at 10 N records."""
        counts = []
        for count in (3, 4, 40):  # the first round warms what is remembered
            prepare(count)
            counts.append(self._queries(action))
        self.assertEqual(counts[1], counts[2], "the same number of queries for ten times the records")
        self.assertLessEqual(counts[2], limit)

    def test_run_of_a_check(self):
        self._constant(self._flag, lambda: self.check._run(companies=self.company), 15)
        self.assertEqual(len(self._findings(self.customers)), 94)

    def test_run_of_each_shipped_check(self):
        shipped = self.env["sbo.check"].with_context(active_test=False).search([("kind", "=", "method")])
        product = self._product()

        def sell(count):
            for n in range(count):
                customer = self._customer(f"Buyer {n}", clerk=self.clerk)
                self._order(customer, product, price=50, commitment_date=at("2026-03-05 09:00")).action_confirm()

        counts = []
        for count in (1, 1, 10):  # the first round warms what is remembered
            sell(count)
            counts.append({
                check.code: self._queries(lambda check=check: check._run(companies=self.company)) for check in shipped})
        for code, queries in counts[1].items():
            with self.subTest(check=code):
                self.assertEqual(queries, counts[2][code])

    def test_telling_people(self):
        moment = fields.Datetime.now()

        def flag_and_run(count):
            self._flag(count)
            self.check._run(companies=self.company)

        self._constant(
            flag_and_run, lambda: self.env["sbo.finding"]._tell_people(self.company, moment), 60)

    def test_list_of_customers(self):
        def flag_and_run(count):
            self._flag(count)
            self.check._run(companies=self.company)

        def show():
            partners = self.env["res.partner"].with_user(self.clerk).search([("ref", "=", "S1")])
            self.assertEqual(len(partners), len(self.customers))
            partners.web_read({"display_name": {}, "sbo_finding_count": {}})

        self._constant(flag_and_run, show, 15)

    def test_list_of_findings(self):
        def flag_and_run(count):
            self._flag(count)
            self.check._run(companies=self.company)

        def show():
            findings = self.env["sbo.finding"].with_user(self.supervisor).search([])
            findings.web_read({
                "check_id": {"fields": {"display_name": {}}}, "res_name": {}, "state": {}, "evidence_text": {},
                "user_id": {"fields": {"display_name": {}}}, "can_judge": {}, "unit": {}})

        self._constant(flag_and_run, show, 25)

    def test_desk(self):
        def checks_and_findings(count):
            self._flag(count)
            checks = self.env["sbo.check"].union(*(self._check("[('ref', '=', 'S1')]") for _n in range(count)))
            checks._run(companies=self.company)

        def show():
            checks = self.env["sbo.check"].with_user(self.supervisor).search([])
            checks.web_read({"name": {}, "open_count": {}, "mine_count": {}, "overdue_count": {},
                             "to_judge_count": {}, "next_due": {}})

        self._constant(checks_and_findings, show, 15)
