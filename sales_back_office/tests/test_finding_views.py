from lxml import etree
from odoo.tests import Form, tagged

from .common import at
from .common_checks import SboCheckCommon

FORMS = {"res.partner": "base.view_partner_form", "sale.order": "sale.view_order_form",
         "stock.picking": "stock.view_picking_form", "res.users": "base.view_users_form"}


@tagged("post_install", "-at_install")
class TestFindingViews(SboCheckCommon):
    """Every flagged form shows its open findings in one place, to those who may see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Flagged", clerk=cls.clerk, ref="S1", user_id=cls.salesperson.id)
        cls.order = cls._order(cls.customer, confirmed_at=at("2026-03-02 09:00"), user_id=cls.salesperson.id)
        cls.picking = cls.order.picking_ids
        cls.check = cls._check("[('ref', '=', 'S1')]", severity="4")
        cls.sold = cls._check(f"[('id', '=', {cls.order.id})]", "sale.order", responsible_path="user_id")
        cls.packed = cls._check(f"[('id', '=', {cls.picking.id})]", "stock.picking",
                                responsible_path="sale_id.sbo_clerk_id")
        (cls.check | cls.sold | cls.packed)._run(at("2026-03-03 02:00"), cls.company)

    def _arch(self, user, model):
        view = self.env.ref(FORMS[model])
        return etree.fromstring(self.env[model].with_user(user).get_view(view.id, "form")["arch"])

    def test_banner_and_button_on_each_form(self):
        for user in (self.clerk, self.salesperson, self.supervisor, self.auditor):
            for model in ("res.partner", "sale.order", "stock.picking"):
                if not self.env[model].with_user(user).has_access("read"):
                    continue
                arch = self._arch(user, model)
                with self.subTest(user=user.login, model=model):
                    self.assertEqual(len(arch.xpath("//field[@name='sbo_finding_banner']")), 1)
                    buttons = arch.xpath("//div[@name='button_box']/button[@name='action_sbo_findings']")
                    self.assertEqual(len(buttons), 1)
                    self.assertEqual(buttons[0].get("invisible"), "sbo_finding_count == 0")

    def test_the_banner_is_valid_odoo(self):
        for model, xmlid in FORMS.items():
            view = self.env.ref(xmlid)
            arch = self.env[model].get_view(view.id, "form")["arch"]
            self.env["ir.ui.view"].create({"name": "as shown", "model": model, "type": "form", "arch": arch,
                                           "mode": "primary"})

    def test_a_clerk_opens_a_flagged_form(self):
        with Form(self.customer.with_user(self.clerk)) as form:
            self.assertEqual(form.sbo_finding_count, 1)
            self.assertIn(self.check.name, form.sbo_finding_banner)
            self.assertIn(self.clerk.name, form.sbo_finding_banner)

    def test_people_with_base_rights_open_the_forms(self):
        worker = self._user("sbo_worker", "stock.group_stock_user")
        for user, record in ((self.outsider, self.customer), (worker, self.picking), (self.outsider, self.outsider)):
            shown = record.with_user(user).web_read({"display_name": {}, "sbo_finding_count": {}})
            self.assertEqual(shown[0]["sbo_finding_count"], 0, "other people's findings are not shown")

    def test_counts_follow_what_one_may_see(self):
        counts = {
            user: [record.with_user(user).sbo_finding_count for record in (self.customer, self.order)]
            for user in (self.clerk, self.clerk2, self.salesperson, self.supervisor)
        }
        self.assertEqual(counts, {
            self.clerk: [1, 0], self.clerk2: [0, 0], self.salesperson: [0, 1], self.supervisor: [1, 1]})

    def test_a_delivery_shows_its_orders_findings_too(self):
        picking = self.picking.with_user(self.supervisor)
        self.assertEqual(picking.sbo_finding_count, 2)
        action = picking.action_sbo_findings()
        self.assertEqual(
            self.env["sbo.finding"].search(action["domain"]).check_id, self.packed | self.sold)

    def test_button_opens_the_findings_of_the_record(self):
        action = self.customer.with_user(self.clerk).action_sbo_findings()
        found = self.env["sbo.finding"].with_user(self.clerk).search(action["domain"])
        self.assertEqual(found, self._findings(self.customer))

    def test_waived_and_ended_ones_leave_the_banner(self):
        found = self._findings(self.customer)
        found.with_user(self.supervisor).action_waive("agreed")
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.sbo_finding_count, 0)
        self.assertFalse(self.customer.sbo_finding_banner)

    def test_search_for_flagged_records(self):
        def flagged(user, *leaf):
            return self.env["res.partner"].with_user(user).search([leaf, ("id", "=", self.customer.id)])

        self.assertEqual(flagged(self.clerk, "sbo_finding_count", ">", 0), self.customer)
        self.assertFalse(flagged(self.clerk2, "sbo_finding_count", ">", 0))
        self.assertEqual(flagged(self.clerk2, "sbo_finding_count", "=", 0), self.customer)
        self.assertFalse(flagged(self.clerk, "sbo_finding_count", "=", 0))

    def test_search_views_have_the_filter(self):
        arch = self.env["res.partner"].with_user(self.clerk).get_view(view_type="search")["arch"]
        self.assertEqual(len(etree.fromstring(arch).xpath("//filter[@name='sbo_open_findings']")), 1)

    def test_evidence_in_words(self):
        check = self._check(
            f"[('id', '=', {self.order.id})]", "sale.order",
            evidence_fields="state, partner_id, amount_total, date_order, partner_id.ref, client_order_ref")
        self._run(check, "2026-03-03 02:00")
        text = str(self._findings(self.order, check).with_user(self.clerk).evidence_text)
        for words in ("Sales Order", "Flagged", "100.00", "S1", "–"):
            self.assertIn(words, text)
        self.assertNotIn("2026-03-02 01:00", text, "moments are shown in the reader's zone")

    def test_open_records_of_one_kind(self):
        both = self._findings(self.customer) | self._findings(self.order)
        action = self._findings(self.order).with_user(self.supervisor).action_open_records()
        self.assertEqual((action["res_model"], action["domain"]), ("sale.order", [("id", "in", self.order.ids)]))
        with self.assertRaisesRegex(Exception, "Choose findings on records of one kind"):
            both.with_user(self.supervisor).action_open_records()

    def test_finding_views_open_for_each_role(self):
        views = [(False, kind) for kind in ("list", "form", "pivot", "graph", "search")]
        for user in (self.clerk, self.salesperson, self.supervisor, self.auditor):
            shown = self.env["sbo.finding"].with_user(user).get_views(views)
            self.assertEqual(set(shown["views"]), {kind for _id, kind in views})
