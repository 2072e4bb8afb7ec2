from odoo.tests import tagged

from .common import at
from .common_contracts_risk import SboRiskCommon


@tagged("post_install", "-at_install")
class TestContractRiskSpeed(SboRiskCommon):
    """Flags of many contracts cost as many queries as those of few."""

    def _contracts(self, count):
        contracts = self.env["sbo.contract"]
        for _number in range(count):
            contract = self._contract(original_returned_on=False, their_seal="none")
            self._agree(contract, price=1100, quantity=1)
            self._billed(self._under(contract, 10, commitment_date=at("2026-03-16 12:00")))
            self._change(contract, date_end="2026-03-12")
            contracts |= contract
        return contracts

    def _warm(self, work):
        """Queries of doing it a second time: what is kept between calls is there."""
        self._queries(work)
        return self._queries(work)

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _night(self):
        """Queries of a night of all rules, and how many flags it has raised."""
        checks = self.env["sbo.check"].search([("area", "=", "contracts"), ("kind", "=", "method")])
        self.assertGreater(len(checks), 20)
        self.env["sbo.check.run"].search([]).unlink()
        self.env.cr.execute("DELETE FROM sbo_finding")
        checks._run(as_of=at("2026-03-20 20:00"), companies=self.company)  # working days are known
        self.env["sbo.check.run"].search([]).unlink()
        self.env.cr.execute("DELETE FROM sbo_finding")
        cost = self._queries(lambda: checks._run(as_of=at("2026-03-20 20:00"), companies=self.company))
        self.assertFalse(checks.filtered("broken"))
        return cost, self.env["sbo.finding"].search_count([("contract_id.partner_id", "=", self.customer.id)])

    def test_a_night_over_ten_times_the_contracts(self):
        self._contracts(1)
        few, flags = self._night()
        self._contracts(9)
        many, more = self._night()
        self.assertGreaterEqual(flags, 7)
        self.assertEqual(more, 10 * flags)
        self.assertEqual(many, few)

    def test_a_page_of_contracts_and_of_flags(self):
        contracts = self._contracts(10)
        self._night()

        def page(records):
            return lambda: records.with_user(self.clerk).read(["name", "risk_level", "sbo_finding_count"])
        self.assertEqual(self._warm(page(contracts[:1])), self._warm(page(contracts)))
        flags = self.env["sbo.finding"].search([("contract_id", "!=", False)]).with_user(self.clerk)
        names = ["contract_id", "partner_id", "unreported", "age_days", "measure_summary", "late_measure_count"]
        self.assertEqual(self._warm(lambda: flags[:2].read(names)), self._warm(lambda: flags.read(names)))

    def test_story_and_sheet_of_many_flags(self):
        contracts = self._contracts(10)
        self._night()
        flags = self.env["sbo.finding"].search([("contract_id", "!=", False)])
        flags.with_user(self.clerk).action_report("All of them")

        def told(records):
            return lambda: records.with_user(self.clerk).read(["risk_timeline"])
        self.assertEqual(self._warm(told(contracts[:1])), self._warm(told(contracts)))
