from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .assignment_common import AssignmentCommon
from .common import at


@tagged("post_install", "-at_install")
class TestCustomersAssignmentDoors(AssignmentCommon):
    """However a customer comes about, it opens exactly one assignment; nothing else does."""

    def test_by_form(self):
        with Form(self.env["res.partner"].with_user(self.clerk2)) as form:
            form.name = "By form"
            form.company_type = "company"
            form.sbo_clerk_id = self.clerk2
        assignment = self._of(self.env["res.partner"].search([("name", "=", "By form")]))
        self.assertEqual((len(assignment), assignment.state), (1, "received"))
        self.assertEqual(assignment.sbo_clerk_id, self.clerk2)

    def test_by_import(self):
        result = self.env["res.partner"].with_user(self.clerk).with_context(import_file=True).load(
            ["name", "is_company", "sbo_is_customer", "user_id/.id"],
            [["Imported 1", "1", "1", ""], ["Imported 2", "1", "1", str(self.salesperson.id)]])
        first, second = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(self._of(first).mapped("state"), ["received"])
        self.assertEqual(self._of(second).mapped("state"), ["assigned"])
        self.assertEqual(set(self._of(first | second).mapped("channel")), {"import"})

    def test_by_order(self):
        partner = self.env["res.partner"].create({"name": "Walk-in", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": partner.id})
        self.assertFalse(self._of(partner))
        line = Command.create({"product_id": self._product().id})
        self.env["sale.order"].with_user(self.salesperson).create({"partner_id": contact.id, "order_line": [line]})
        assignment = self._of(partner)
        self.assertEqual((assignment.channel, assignment.state), ("order", "received"))
        self.assertFalse(self._of(contact))
        self.env["sale.order"].with_user(self.salesperson).create({"partner_id": partner.id, "order_line": [line]})
        self.assertEqual(len(self._of(partner)), 1)

    def test_by_invoice(self):
        partner = self.env["res.partner"].create({"name": "Invoiced", "is_company": True})
        partner._increase_rank("customer_rank")
        self.assertEqual(self._of(partner).state, "received")

    def test_a_lead_names_its_channel(self):
        partner = self.env["res.partner"].with_context(sbo_channel="lead").create(
            {"name": "Converted", "is_company": True, "customer_rank": 1})
        self.assertEqual(self._of(partner).channel, "lead")

    def test_entered_with_a_salesperson(self):
        partner = self._at("2026-03-02 09:00", self.clerk)["res.partner"].create(
            {"name": "Known", "is_company": True, "user_id": self.salesperson.id})
        assignment = self._of(partner)
        self.assertEqual((assignment.state, assignment.basis), ("assigned", "entered with the customer"))
        self.assertEqual(assignment.received_at, assignment.assigned_at)
        self.assertEqual(assignment.activity_ids.user_id, self.salesperson)

    def test_brought_in_by_the_salesperson_himself(self):
        partner = self.env["res.partner"].with_user(self.salesperson).create(
            {"name": "My own", "is_company": True, "user_id": self.salesperson.id})
        assignment = self._of(partner)
        self.assertEqual((assignment.state, assignment.outcome), ("acknowledged", "accepted"))
        self.assertFalse(assignment.item_ids or assignment.activity_ids)
        self.assertEqual(assignment.sbo_clerk_id, self.clerk, "the company's choice: he has no clerk")

    def test_who_must_assign(self):
        def clerk_of(user=None, **vals):
            env = self.env(user=user or self.env.user)
            partner = env["res.partner"].create({"name": "X", "is_company": True, "sbo_is_customer": True, **vals})
            return self._of(partner).sbo_clerk_id

        self.assertEqual(clerk_of(sbo_clerk_id=self.clerk2.id), self.clerk2, "the customer's")
        self.assertEqual(clerk_of(sbo_collector_id=self.clerk2.id), self.clerk2, "who brought it in")
        self.assertEqual(clerk_of(self.clerk2), self.clerk2, "who keyed it in")
        self.assertEqual(clerk_of(self.salesperson, sbo_collector_id=self.salesperson.id), self.clerk)

    def test_what_opens_none(self):
        contacts = self.env["res.partner"].create({"name": "Only a contact", "is_company": True})
        customer = self._customer("Customer", salesperson=self.salesperson)
        contacts |= self.env["res.partner"].create(
            {"name": "Person", "parent_id": customer.id, "user_id": self.salesperson.id})
        contacts |= self.env["res.partner"].with_context(sbo_no_assignment=True).create(
            {"name": "Loaded", "user_id": self.salesperson.id})
        self.assertFalse(self._of(contacts))
        customer.write({"name": "Renamed", "sbo_clerk_id": self.clerk.id})
        customer._increase_rank("customer_rank")
        customer.user_id = self.salesperson
        self.assertEqual(len(self._of(customer)), 1)

    def test_the_salesperson_is_changed_on_the_customer(self):
        assignment = self._newcomer()
        customer = assignment.partner_id
        customer.with_user(self.manager).user_id = self.salesperson
        self.assertEqual((assignment.state, assignment.user_id), ("assigned", self.salesperson))
        customer.with_user(self.manager).user_id = self.salesperson2
        self.assertEqual(assignment.state, "cancelled", "nobody has to answer it any more")
        second = self._of(customer) - assignment
        self.assertEqual((second.kind, second.state, second.from_user_id), ("adjust", "assigned", self.salesperson))
        self.assertEqual(second.previous_id, assignment)
        self._tick(second, self.salesperson2)
        second.with_user(self.salesperson2).action_acknowledge()
        customer.with_user(self.manager).user_id = False
        third = self._of(customer)[-1]
        self.assertEqual((third.kind, third.state, third.from_user_id), ("withdraw", "received", self.salesperson2))

    def test_merging_duplicates(self):
        first, second = self._newcomer("Twin", email="t@example.com"), self._newcomer("Twin", email="t@example.com")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (first | second).partner_id.ids, second.partner_id)
        self.assertEqual((first | second).partner_id, second.partner_id)
        self.assertEqual((first.state, second.state), ("received", "cancelled"))
        old = self.env["res.partner"].with_context(sbo_no_assignment=True).create(
            {"name": "Old", "user_id": self.salesperson.id, "email": "o@example.com"})
        plain = self.env["res.partner"].create({"name": "Old", "email": "o@example.com"})
        self.env["base.partner.merge.automatic.wizard"]._merge((old | plain).ids, plain)
        self.assertTrue(plain.sbo_is_customer)
        self.assertFalse(self._of(plain), "merged is not new")

    def test_a_mistake_can_be_deleted_a_customer_cannot(self):
        mistake = self._newcomer("Mistake").partner_id
        mistake.unlink()
        self.assertFalse(mistake.exists())
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self._acknowledged().partner_id.unlink()

    def test_each_company_has_its_own(self):
        self.company2.write({"resource_calendar_id": self._calendar("Europe/Berlin", company_id=self.company2.id).id,
                             "sbo_intake_clerk_id": self.company2_clerk.id, "sbo_assign_hours": 2})
        partner = self._at("2026-03-02 18:00")["res.partner"].create(
            {"name": "Abroad", "is_company": True, "sbo_is_customer": True, "company_id": self.company2.id})
        assignment = self._of(partner)
        self.assertEqual((assignment.company_id, assignment.sbo_clerk_id), (self.company2, self.company2_clerk))
        self.assertEqual(assignment.assign_due_at, at("2026-03-02 14:30", "Europe/Berlin"), "11:00 there, and lunch")
        self.assertFalse(self.env["sbo.assignment"].with_user(self.clerk).search([("id", "=", assignment.id)]))
        self.assertEqual(
            self.env["sbo.assignment"].with_user(self.company2_clerk).search([("id", "=", assignment.id)]), assignment)

    def test_the_customer_shows_it(self):
        assignment = self._assigned()
        partner = assignment.partner_id.with_user(self.clerk)
        self.assertEqual((partner.sbo_assignment_count, partner.sbo_assignment_state), (1, "assigned"))
        self.assertEqual(partner.with_user(self.outsider).sbo_assignment_count, 0)

    def test_as_many_queries_for_a_hundred_as_for_ten(self):
        counts = []
        for count in (1, 10, 100):
            vals = [{"name": f"N{n}", "is_company": True, "sbo_is_customer": True} for n in range(count)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners = self.env["res.partner"].with_user(self.clerk).create(vals)
            self.env.flush_all()
            with_us = self.env.cr.sql_log_count - before
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["res.partner"].with_user(self.clerk).with_context(sbo_no_assignment=True).create(vals)
            self.env.flush_all()
            counts.append(with_us - (self.env.cr.sql_log_count - before))
            self.assertEqual(len(self._of(partners)), count)
        self.assertLessEqual(counts[2] - counts[1], 2, counts)
