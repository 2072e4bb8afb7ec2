from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCheckResponsible(SboCheckCommon):
    """A finding is theirs who answered at the due moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].with_context(sbo_as_of=at("2026-03-01 00:00")).create(
            {"name": "Handed Over", "is_company": True, "sbo_clerk_id": cls.clerk.id, "ref": "S1"})
        cls.check = cls._check("[('ref', '=', 'S1')]", due_path="sbo_verified_on")
        cls.customer.sbo_verified_on = "2026-03-05"

    def _hand_over(self, moment, clerk):
        self.customer.with_context(sbo_as_of=at(moment)).sbo_clerk_id = clerk

    def _who(self, moment):
        self._run(self.check, moment)
        return self._findings(self.customer, self.check).user_id

    def test_handed_over_after_the_due_moment(self):
        self._hand_over("2026-03-10 12:00", self.clerk2)
        self.assertEqual(self._who("2026-03-20 02:00"), self.clerk)

    def test_handed_over_before_the_due_moment(self):
        self._hand_over("2026-03-05 12:00", self.clerk2)
        self.assertEqual(self._who("2026-03-20 02:00"), self.clerk2)

    def test_deputy_answers_during_an_absence(self):
        self._absence(self.clerk, at("2026-03-04 00:00"), at("2026-03-08 00:00"), deputy=self.clerk2)
        self.assertEqual(self._who("2026-03-20 02:00"), self.clerk2)

    def test_absent_without_deputy_still_answers(self):
        self._absence(self.clerk, at("2026-03-04 00:00"), at("2026-03-08 00:00"))
        self.assertEqual(self._who("2026-03-20 02:00"), self.clerk)

    def test_candidate_follows_a_corrected_history(self):
        self.assertEqual(self._who("2026-03-10 02:00"), self.clerk)
        self._absence(self.clerk, at("2026-03-04 00:00"), at("2026-03-08 00:00"), deputy=self.clerk2)
        self.assertEqual(self._who("2026-03-11 02:00"), self.clerk2, "the leave was entered late")

    def test_without_due_field_the_day_of_finding_counts(self):
        self.check.due_path = False
        self.assertEqual(self._who("2026-03-10 02:00"), self.clerk)
        self._hand_over("2026-03-11 12:00", self.clerk2)
        self.assertEqual(self._who("2026-03-12 02:00"), self.clerk, "it was found while the first one answered")

    def test_what_was_nobodys_goes_to_the_first_who_answers(self):
        self.check.due_path = False
        self._hand_over("2026-03-02 12:00", self.env["res.users"])
        self.assertFalse(self._who("2026-03-10 02:00"))
        self._hand_over("2026-03-11 12:00", self.clerk2)
        self.assertEqual(self._who("2026-03-12 02:00"), self.clerk2)

    def test_over_a_path_the_history_of_the_order_counts(self):
        order = self._order(self.customer, confirmed_at=at("2026-03-02 09:00"), commitment_date=at("2026-03-05 17:00"))
        picking = order.picking_ids
        check = self._check(
            f"[('id', '=', {picking.id})]", "stock.picking", responsible_path="sale_id.sbo_clerk_id",
            due_path="scheduled_date")
        self.env["sbo.responsibility"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]).date_from = at("2026-03-02 09:00")
        order.with_context(sbo_as_of=at("2026-03-09 09:00")).sbo_clerk_id = self.clerk2
        picking.scheduled_date = at("2026-03-05 17:00")
        self._run(check, "2026-03-10 02:00")
        found = self._findings(picking, check)
        self.assertEqual(found.user_id, self.clerk)
        self.assertEqual(found.res_name, picking.name)

    def test_a_field_of_a_person_without_history(self):
        self.customer.user_id = self.salesperson
        self.check.responsible_path = "user_id"
        self._hand_over("2026-03-01 00:01", self.env["res.users"])
        self.assertEqual(self._who("2026-03-10 02:00"), self.salesperson)


@tagged("post_install", "-at_install")
class TestCheckCompanies(SboCheckCommon):
    """A check runs once per company, in its time zone; shared customers are told once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.company | cls.company2
        cls.company2.sbo_check_from = "2020-01-01"
        cls.company2.resource_calendar_id = cls._calendar("America/Phoenix", company_id=cls.company2.id)
        cls.check = cls._check("[('ref', '=', 'S1')]")

    def _everywhere(self, check, moment="2026-03-03 02:00"):
        return {company: counts["added"] for _check, company, counts in check._run(at(moment), self.companies)}

    def test_each_record_for_its_company(self):
        here = self._customer("Here", clerk=self.clerk, ref="S1", company_id=self.company.id)
        there = self._customer("There", clerk=self.company2_clerk, ref="S1", company_id=self.company2.id)
        self.assertEqual(self._everywhere(self.check), {self.company: 1, self.company2: 1})
        self.assertEqual(self._findings(here).company_id, self.company)
        self.assertEqual(self._findings(there).company_id, self.company2)

    def test_shared_customer_belongs_to_the_company_of_its_clerk(self):
        shared = self._customer("Shared", clerk=self.company2_clerk, ref="S1")
        self.assertEqual(self._everywhere(self.check), {self.company: 0, self.company2: 1})
        self.assertEqual(self._everywhere(self.check, "2026-03-04 02:00"), {self.company: 0, self.company2: 0})
        self.assertEqual(self._findings(shared).company_id, self.company2)

    def test_shared_customer_of_nobody_is_told_once(self):
        shared = self._customer("Nobody's", ref="S1")
        companies = self.env["res.company"].search([])
        self.check._run(at("2026-03-03 02:00"), companies)
        found = self._findings(shared)
        self.assertEqual((len(found), found.company_id), (1, companies.sorted("id")[0]))

    def test_check_of_one_company_runs_there_only(self):
        self.check.company_id = self.company2
        self._customer("Here", clerk=self.clerk, ref="S1", company_id=self.company.id)
        self.assertEqual(self._everywhere(self.check), {self.company2: 0})

    def test_nobody_sees_the_other_company(self):
        here = self._customer("Here", clerk=self.clerk, ref="S1")
        there = self._customer("There", clerk=self.company2_clerk, ref="S1", company_id=self.company2.id)
        self._everywhere(self.check)
        seen = self.env["sbo.finding"].with_user(self.company2_clerk).search([("check_id", "=", self.check.id)])
        self.assertEqual(seen, self._findings(there))
        boss = self._user("sbo_boss2", "sales_back_office.sbo_group_manager", company_id=self.company2.id,
                          company_ids=[Command.set(self.company2.ids)])
        finding, run = (self.env[name].with_user(boss) for name in ("sbo.finding", "sbo.check.run"))
        self.assertEqual(finding.search([("check_id", "=", self.check.id)]), self._findings(there))
        self.assertEqual(run.search([("check_id", "=", self.check.id)]).company_id, self.company2)
        self.assertFalse(finding.search([("id", "in", self._findings(here).ids)]))

    def test_today_is_the_companys_today(self):
        check = self._check("[('validity_date', '=', 'today')]", "sale.order", responsible_path=False)
        orders = {
            company: self.env["sale.order"].with_company(company).create(
                {"partner_id": self._customer().id, "company_id": company.id, "validity_date": day})
            for company, day in ((self.company, "2026-03-03"), (self.company2, "2026-03-02"))
        }
        # Tuesday 02:00 in Shanghai is Monday 11:00 in Phoenix.
        self.assertEqual(self._everywhere(check), {self.company: 1, self.company2: 1})
        self.assertEqual([len(self._findings(order)) for order in orders.values()], [1, 1])
        self._everywhere(check, "2026-03-03 23:00")
        self.assertEqual(self._is_open(self._findings(orders[self.company])), [True], "still the same day here")
        self.assertEqual(self._is_open(self._findings(orders[self.company2])), [False], "over there it is the next")
