from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_archive import SboArchiveCommon


@tagged("post_install", "-at_install")
class TestAuditRequests(SboArchiveCommon):
    """The register of what auditors and offices ask for, with its days; what is asked for is not destroyed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._request()

    @classmethod
    def _request(cls, user=None, **vals):
        return cls.env["sbo.audit.request"].with_user(user or cls.clerk).create({
            "kind": "tax", "asked_by": "Tax Bureau", "letter_no": "T-7", "received_on": "2026-03-02",
            "due_on": "2026-03-06", "description": "All contracts of last year", **vals}).with_env(cls.env)

    def test_a_clerk_keeps_the_register(self):
        self.assertRegex(self.request.name, r"^AR/\d{4}/\d{4}$")
        self.assertEqual(self.request.sbo_clerk_id, self.clerk)
        with self.assertRaisesRegex(UserError, "write what was handed over"):
            self.request.with_user(self.clerk).action_deliver()
        self.request.with_user(self.clerk).delivery_note = "Twelve copies"
        self.request.with_user(self.clerk).action_deliver()
        self.assertEqual((self.request.state, self.request.delivered_by_id), ("delivered", self.clerk))
        with self.assertRaisesRegex(UserError, "supervisor"):
            self.request.with_user(self.clerk).action_close()
        self.request.with_user(self.supervisor).action_close()
        self.assertEqual(self.request.state, "closed")
        self.request.with_user(self.supervisor).action_reopen()
        self.assertEqual((self.request.state, self.request.delivered_at), ("open", False))

    def test_states_come_with_steps_and_days_with_supervisors(self):
        mine = self.request.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "comes with its steps"):
            mine.state = "closed"
        with self.assertRaisesRegex(UserError, "comes with its steps"):
            mine.with_context(sbo_step=True).state = "closed"
        for vals in ({"due_on": "2026-04-01"}, {"hold": False}):
            with self.assertRaisesRegex(AccessError, "supervisor"):
                mine.write(vals)
        self.request.with_user(self.supervisor).due_on = "2026-04-01"
        with self.assertRaisesRegex(UserError, "register of requests is kept"):
            self.request.unlink()
        created = self._request(state="closed", delivered_at="2026-01-01 00:00:00")
        self.assertEqual((created.state, created.delivered_at), ("open", False))

    def test_a_clerk_lets_no_documents_go(self):
        request = self._request(hold=False, date_from="2026-01-01", partner_ids=self.customer.ids)
        self.assertTrue(request.hold)
        for values in ({"date_from": "2026-02-01"}, {"date_to": "2026-02-01"}, {"partner_ids": [Command.clear()]},
                       {"contract_ids": [Command.clear()]}, {"class_ids": [Command.set(self.kind.ids)]},
                       {"hold": False}):
            with self.assertRaisesRegex(AccessError, "Only a back-office supervisor"):
                request.with_user(self.clerk).write(values)
        request.with_user(self.supervisor).write({"date_from": "2026-02-01", "hold": False})

    def test_late_material_is_a_finding_by_the_day(self):
        check = self._shipped("audit_material_late")
        self._run(check, "2026-03-06 23:50")
        self.assertFalse(self._findings(self.request, check), "the day is not over")
        self._run(check, "2026-03-10 09:00")
        found = self._findings(self.request, check)
        self.assertEqual((found.user_id, found.due_at), (self.clerk, at("2026-03-07 00:00")))
        self.assertEqual(found.quantity, 1.06, "Monday, and half an hour of Tuesday")
        self.request._step_write({"state": "delivered", "delivered_at": at("2026-03-10 15:00")})
        self._run(check, "2026-03-12 09:00")
        self.assertEqual((found.quantity, found.closed_at), (1.63, at("2026-03-10 15:00")))

    def test_in_time_or_cancelled_is_none(self):
        check = self._shipped("audit_material_late")
        self.request._step_write({"state": "delivered", "delivered_at": at("2026-03-06 17:00")})
        other = self._request(letter_no="T-8")
        other.with_user(self.supervisor).action_cancel()
        self._run(check, "2026-03-20 09:00")
        self.assertFalse(self._findings(self.request | other, check))

    def test_late_ones_are_found(self):
        requests = self.env["sbo.audit.request"].with_user(self.clerk)
        self.assertIn(self.request, requests.search([("late", "=", True)]))
        self.request.with_user(self.supervisor).due_on = "2999-01-01"
        self.assertNotIn(self.request, requests.search([("late", "=", True)]))
        self.assertIn(self.request, requests.search([("late", "=", False)]))

    # === holds === #

    def test_what_is_asked_for_is_not_destroyed(self):
        document = self._expired()
        self.assertIn("Tax Bureau", document.block_reason)
        with self.assertRaisesRegex(UserError, "audit is not closed"):
            self._destruction(document)
        self.request.delivery_note = "All"
        self.request.with_user(self.clerk).action_deliver()
        self.assertTrue(document._sbo_holds(), "delivered is not closed")
        self.request.with_user(self.supervisor).action_close()
        self.assertFalse(document._sbo_holds())

    def test_a_hold_reaches_as_far_as_its_scope(self):
        document = self._expired()
        other = self._customer("Another", clerk=self.clerk)
        child = self.env["res.partner"].create({"name": "Branch", "parent_id": self.customer.id})
        for vals, held in (
                ({"date_from": "2010-01-01", "date_to": "2010-12-31"}, True),
                ({"date_from": "2011-01-01", "date_to": False}, False),
                ({"date_from": False, "partner_ids": [(6, 0, other.ids)]}, False),
                ({"partner_ids": [(6, 0, child.ids)]}, True),
                ({"class_ids": [(6, 0, self.kind.ids)]}, True),
                ({"contract_ids": [(6, 0, self._contract().ids)]}, False)):
            self.request.write(vals)
            self.assertEqual(bool(document._sbo_holds()), held, vals)
        self.request.write({"contract_ids": [(5,)], "hold": False})
        self.assertFalse(document._sbo_holds(), "a request that holds nothing")

    def test_a_contract_holds_its_own_papers_and_those_of_its_orders(self):
        contract = self._contract()
        order = self._order(customer=self.customer)
        order.sbo_contract_id = contract
        papers = [self._document(res_model="sbo.contract", res_id=contract.id, title="Its own"),
                  self._document(res_model="sale.order", res_id=order.id, title="Its order's")]
        self.request.contract_ids = contract
        self.assertEqual(set(papers[0].union(*papers)._sbo_holds()), {paper.id for paper in papers})

    def test_a_contract_of_a_line_holds_as_well(self):
        order = self._order(customer=self.customer)
        order.sbo_contract_id, contract = self._contract(), self._contract()
        document = self._document(res_model="sale.order", res_id=order.id)
        self.request.contract_ids = contract
        self.assertFalse(document._sbo_holds())
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET sbo_contract_id = %s WHERE order_id = %s",
                            [contract.id, order.id])
        self.env.invalidate_all()
        self.assertTrue(document._sbo_holds())

    def test_any_number_of_documents_is_one_query(self):
        documents = self.env["sbo.document"].union(*(self._document(title=f"Paper {n}") for n in range(10)))
        self.env.flush_all()
        documents[0]._sbo_holds()
        with self.assertQueryCount(1):
            documents._sbo_holds()

    # === access === #

    def test_who_sees_the_register(self):
        requests = self.env["sbo.audit.request"]
        self.assertTrue(self.request.with_user(self.auditor).name)
        with self.assertRaises(AccessError):
            self.request.with_user(self.auditor).write({"letter_no": "x"})
        for user in (self.salesperson, self.outsider):
            with self.assertRaises(AccessError):
                requests.with_user(user).search([])
        self.assertNotIn(self.request, requests.with_user(self.company2_clerk).search([]))
