from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import at
from .common_contracts_risk import SboRiskCommon

MANUAL = ("statement_disputed", "customer_litigation", "customer_insolvent", "bill_bounced", "original_lost")


@tagged("post_install", "-at_install")
class TestContractRiskAccess(SboRiskCommon):
    """Who sees risks and notes them; the banner, the level and the story on the contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract()
        cls.salesperson2 = cls._user("sbo_salesperson2", "sales_team.group_sale_salesman")

    def _seen(self, user, flag):
        return bool(self.env["sbo.finding"].with_user(user).search([("id", "=", flag.id)]))

    # === who sees === #

    def test_whoever_sees_the_contract_sees_its_risks(self):
        flag = self._flag(self.contract)
        for user in (self.clerk, self.clerk2, self.supervisor, self.auditor, self.accountant, self.salesperson):
            self.assertTrue(self._seen(user, flag), user.login)
        for user in (self.outsider, self.salesperson2, self.stock_user, self.company2_clerk):
            self.assertFalse(self._seen(user, flag), user.login)
        self.contract.user_id = self.salesperson2
        self.assertTrue(self._seen(self.salesperson2, flag), "the flags go with the contract")

    def test_findings_about_people_stay_between_them(self):
        self._flag(self.contract, day="2026-03-10")
        check = self._shipped("contract_risk_unreported")
        self._run(check, "2026-03-20 20:00")
        found = self._findings(self.contract, check)
        self.assertTrue(self._seen(self.clerk, found))
        self.assertFalse(self._seen(self.salesperson, found))
        self.assertFalse(self._seen(self.clerk2, found))

    def test_nobody_writes_flags_by_hand(self):
        flag = self._flag(self.contract)
        for user in (self.clerk, self.salesperson, self.auditor, self.accountant):
            for values in ({"severity": "4"}, {"note": "x"}, {"closed_at": "2026-03-21 00:00:00"}):
                with self.assertRaises(AccessError):
                    flag.with_user(user).write(values)
            with self.assertRaises(AccessError):
                flag.with_user(user).create({"check_id": flag.check_id.id, "user_id": user.id})
        with self.assertRaises(UserError):
            flag.unlink()

    # === noted by hand === #

    def test_every_risk_that_no_check_sees(self):
        for name in MANUAL:
            flag = self._raise(self.contract, name)
            self.assertEqual((flag.contract_id, flag.origin, flag.key, flag.user_id, flag.state), (
                self.contract, "manual", "", self.clerk, "candidate"), name)
            self.assertEqual(flag.severity, "3" if name == "statement_disputed" else "4")
            self.assertEqual(flag.note, "Read in the gazette")
        self.assertEqual(self.contract.risk_level, "4")

    def test_who_notes_a_risk(self):
        for user in (self.clerk2, self.accountant, self.salesperson):
            flag = self._raise(self.contract, user=user)
            self.assertEqual(flag.create_uid, user)
            flag.closed_at = at("2026-03-21 09:00")
        for user in (self.salesperson2, self.outsider, self.auditor):
            with self.assertRaises(AccessError):
                self._raise(self.contract, user=user)

    def test_one_open_flag_of_a_kind(self):
        self._raise(self.contract)
        with self.assertRaisesRegex(UserError, "open on .* already"):
            self._raise(self.contract, user=self.salesperson)
        self._raise(self.contract, "customer_insolvent")
        self._raise(self._contract())

    def test_what_a_check_finds_is_not_noted_by_hand(self):
        with self.assertRaisesRegex(UserError, "no risk that is noted by hand"):
            self._raise(self.contract, "overdue", user=self.supervisor)

    def test_by_the_dialog(self):
        action = self.contract.with_user(self.salesperson).action_sbo_raise_risk()
        wizard = self.env[action["res_model"]].with_user(self.salesperson).with_context(**action["context"]).create(
            {"check_id": self._shipped("contract_bill_bounced").id, "note": "The bank has called"})
        flag = self.env["sbo.finding"].browse(wizard.action_apply()["res_id"])
        self.assertEqual((flag.check_code, flag.note), ("contract_bill_bounced", "The bank has called"))

    def test_settled_by_a_supervisor_with_a_reason(self):
        flag = self._raise(self.contract)
        for user in (self.clerk, self.clerk2, self.salesperson, self.accountant):
            with self.assertRaisesRegex(UserError, "supervisor"):
                flag.with_user(user).action_settle("Withdrawn")
        self.assertEqual(flag.with_user(self.supervisor).action_settle(" ")["res_model"], "sbo.finding.decision")
        self.assertFalse(flag.closed_at)
        flag.with_user(self.supervisor).action_settle("The suit was withdrawn")
        self.assertEqual((flag.settled_reason, flag.settled_by_id), ("The suit was withdrawn", self.supervisor))
        self.assertTrue(flag.closed_at)
        self.assertFalse(self.contract.risk_level)
        with self.assertRaisesRegex(UserError, "it is over"):
            flag.with_user(self.supervisor).action_settle("Twice")
        self.assertTrue(self._raise(self.contract), "it may come again")

    def test_what_a_check_has_found_is_not_settled(self):
        with self.assertRaisesRegex(UserError, "ends by itself"):
            self._flag(self.contract).with_user(self.manager).action_settle("Enough of it")

    def test_the_night_does_not_end_what_people_noted(self):
        flag = self._raise(self.contract)
        self.env["sbo.check"].search([("risk", "=", True)])._run(as_of=at("2026-12-20 20:00"), companies=self.company)
        self.assertFalse(flag.closed_at)

    # === on the contract === #

    def test_highest_level_is_searched_and_grouped(self):
        calm, risky = self._contract(), self._contract()
        self._flag(self.contract)
        self._raise(risky)
        contracts = self.env["sbo.contract"].with_user(self.clerk)
        mine = ("id", "in", (calm | risky | self.contract).ids)
        self.assertEqual((self.contract.risk_level, calm.risk_level, risky.risk_level), ("1", False, "4"))
        for value, found in (("4", risky), ("1", self.contract), (False, calm)):
            self.assertEqual(contracts.search([mine, ("risk_level", "=", value)]), found)
        self.assertEqual(contracts.search([mine, ("risk_level", "in", ["4", False])]), calm | risky)
        self.assertEqual(contracts.search([mine, ("risk_level", "!=", False)]), risky | self.contract)
        self.assertEqual(dict(contracts._read_group([mine], ["risk_level"], ["__count"])),
                         {"1": 1, "4": 1, False: 1})
        self.assertTrue(contracts.fields_get(["risk_level"])["risk_level"]["groupable"])

    def test_banner_in_the_colour_of_the_level(self):
        form = etree.fromstring("<form><sheet><field name='name'/></sheet></form>")
        self.env["sbo.contract"]._sbo_add_to_form(form)
        arch = etree.tostring(form).decode()
        for level, colour in (("1", "alert-info"), ("2", "alert-warning"), ("4", "alert-danger")):
            self.assertRegex(arch, f'class="alert {colour} [^"]*"[^>]*risk_level != \'{level}\'')
        self.assertIn("#fd7e14", arch)

    def test_story_of_the_risks(self):
        with freeze_time(at("2026-03-20 09:00")) as clock:
            flag = self._raise(self.contract)
            clock.tick(60)
            flag.with_user(self.clerk).action_report("See to it")
            clock.tick(60)
            flag.with_user(self.supervisor).action_lower("2", "Only a small claim")
            clock.tick(60)
            flag.with_user(self.supervisor).action_settle("Withdrawn")
        story = self.contract.with_user(self.salesperson).risk_timeline
        places = [story.index(words) for words in (
            "Settled", "Lowered by", "Reported by", "Found: Critical")]
        self.assertEqual(places, sorted(places), "the latest first")
        for words in ("Withdrawn", "Only a small claim", "See to it", "Read in the gazette", self.supervisor.name):
            self.assertIn(words, story)
        self.assertFalse(self._contract().risk_timeline)

    def test_words_of_people_are_no_html(self):
        self.contract._raise_risk(self._shipped("contract_bill_bounced"), "<script>alert(1)</script>")
        self.assertNotIn("<script>", self.contract.risk_timeline)

    def test_sheet_on_paper(self):
        flag = self._raise(self.contract)
        flag.with_user(self.clerk).action_report("See to it")
        self._flag(self.contract)
        action = self.contract.with_user(self.salesperson).action_sbo_risk_sheet()
        html = self.env["ir.actions.report"].with_user(self.salesperson)._render_qweb_html(
            action["report_name"], action["context"]["active_ids"])[0].decode()
        for words in (self.contract.name, "Customer in litigation", "Contract ends soon", "Read in the gazette",
                      self.salesperson.name, "Not reported yet"):
            self.assertIn(words, html)
        self.assertLess(html.index("Customer in litigation"), html.index("Contract ends soon"), "the worst first")
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.salesperson2)._render_qweb_html(
                action["report_name"], flag.ids)

    def test_check_now(self):
        self._change(self.contract, date_end="2026-12-05")
        self.contract.with_user(self.clerk).action_sbo_check_now()
        self.assertTrue(self.env["sbo.finding"].search([
            ("contract_id", "=", self.contract.id), ("check_code", "=", "contract_expiring")]))

    def test_people_told_of_critical_risks_are_set_on_the_settings_page(self):
        settings = self.env["res.config.settings"].with_user(self.env.ref("base.user_admin")).create({})
        settings.sbo_risk_user_ids = self.outsider
        settings.execute()
        self.assertEqual(self.company.sbo_risk_user_ids, self.outsider)
