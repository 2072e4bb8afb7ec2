from odoo.tests import tagged, warmup
from odoo.tools import SQL

from .assessment_common import APRIL, APRIL_5, MARCH, AssessmentCommon


@tagged("post_install", "-at_install")
class TestSpeed(AssessmentCommon):
    """The number of queries grows neither with the people nor with the findings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.users"].create(
            [
                {
                    "name": f"Clerk {number}",
                    "login": f"sbo_speed_{number}",
                    "group_ids": [(4, cls.env.ref("sales_back_office.sbo_group_clerk").id)],
                }
                for number in range(20)
            ]
        )
        cls.env.flush_all()

    def _fill(self, users, each):
        self.env.cr.execute(
            SQL(
                """INSERT INTO sbo_finding (check_id, area, severity, res_model, res_id, res_name, key, company_id,
                       user_id, state, cause, origin, opened_at, due_at, quantity)
                   SELECT c, 'orders', '2', 'res.users', u, 'Case', gen_random_uuid(), %s, u,
                          CASE WHEN n %% 3 = 0 THEN 'candidate' ELSE 'confirmed' END, 'clerk', 'auto',
                          '2026-03-10 02:00', '2026-03-10 02:00', 1
                     FROM unnest(%s) u, unnest(%s) c, generate_series(1, %s) n""",
                self.company.id,
                users.ids,
                [check.id for check in self.checks.values()],
                each,
            )
        )

    def _queries(self, function):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @warmup
    def test_run_of_a_month(self):
        few, many = self.people[:2], self.people
        self._fill(few, 1)
        self._run(APRIL, users=self.clerk)  # caches of the registry
        small = self._queries(lambda: self._run(MARCH, users=few))
        self._fill(many, 10)
        large = self._queries(lambda: self._run(MARCH, users=many))
        self.assertLessEqual(large, small)
        self.assertLessEqual(small, 30)
        self.assertEqual(self._queries(lambda: self._run(MARCH, users=many)), large)

    @warmup
    def test_refresh_after_decisions(self):
        self._fill(self.people, 2)
        self._run(MARCH, users=self.people)
        findings = self.env["sbo.finding"].search([("user_id", "in", self.people.ids)])
        refresh = self.sheets._refresh_findings
        one = self._queries(lambda: refresh(findings.filtered(lambda f: f.user_id == self.people[0])[:1]))
        self.assertLessEqual(self._queries(lambda: refresh(findings)), one + 1)

    @warmup
    def test_papers_and_lists(self):
        self._fill(self.people, 2)
        sheets = self._run(MARCH, users=self.people).with_user(self.supervisor)
        for figures in (
            self.env["report.sales_back_office.sbo_scorecard"]._get_cards,
            self.env["report.sales_back_office.sbo_ranking"]._get_tables,
            lambda found: found.mapped(lambda sheet: (sheet.display_name, sheet.rank, sheet.allowed_actions)),
        ):
            figures(sheets[:1])
            small = self._queries(lambda f=figures: f(sheets[:2]))
            self.assertLessEqual(self._queries(lambda f=figures: f(sheets)), small + 1)

    def test_html_of_many_scorecards(self):
        self._fill(self.people, 1)
        sheets = self._run(MARCH, users=self.people, as_of=APRIL_5)
        report = self.env["ir.actions.report"].with_user(self.supervisor)

        def render(found):
            return lambda: report._render_qweb_html("sales_back_office.sbo_scorecard_action", found.ids)

        self._queries(render(sheets[:1]))
        self.assertLessEqual(self._queries(render(sheets)), self._queries(render(sheets[:2])) + 2)
