from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import SboCommon, at

MONDAY = at("2026-03-02 09:00")
TUESDAY = at("2026-03-03 09:00")
WEDNESDAY = at("2026-03-04 09:00")
THURSDAY = at("2026-03-05 09:00")


@tagged("post_install", "-at_install")
class TestResponsibilityHistory(SboCommon):
    def _answering(self, record, moment):
        return self.env["sbo.responsibility"]._users_at(record, moment)[record.id]

    def _stretches(self, record):
        rows = self.env["sbo.responsibility"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], order="date_from, id"
        )
        return [(row.user_id, row.date_from, row.date_to) for row in rows]

    def _served_since(self, moment, clerk=None, **vals):
        customers = self.env["res.partner"].with_context(sbo_as_of=moment)
        return customers.create(
            {"name": "Served", "is_company": True, "sbo_clerk_id": (clerk or self.clerk).id, **vals}
        ).with_context(sbo_as_of=None)

    def test_history_answers_for_any_moment(self):
        customer = self._served_since(MONDAY)
        customer.with_context(sbo_as_of=WEDNESDAY).sbo_clerk_id = self.clerk2
        customer.with_context(sbo_as_of=THURSDAY).sbo_clerk_id = False
        self.assertEqual(
            self._stretches(customer), [(self.clerk, MONDAY, WEDNESDAY), (self.clerk2, WEDNESDAY, THURSDAY)]
        )
        self.assertEqual(self._answering(customer, MONDAY), self.clerk)
        self.assertEqual(self._answering(customer, TUESDAY), self.clerk)
        self.assertEqual(self._answering(customer, WEDNESDAY), self.clerk2)
        self.assertFalse(self._answering(customer, THURSDAY))

    def test_change_loaded_for_the_past_overrules_what_came_later(self):
        customer = self._served_since(WEDNESDAY)
        customer.with_context(sbo_as_of=TUESDAY).sbo_clerk_id = self.clerk2
        self.assertEqual(self._answering(customer, THURSDAY), self.clerk2)
        self.assertEqual(self._stretches(customer), [(self.clerk2, TUESDAY, False), (self.clerk, WEDNESDAY, WEDNESDAY)])

    def test_same_clerk_again_is_no_change(self):
        customer = self._served_since(MONDAY)
        customer.with_context(sbo_as_of=TUESDAY).write({"sbo_clerk_id": self.clerk.id})
        self.assertEqual(self._stretches(customer), [(self.clerk, MONDAY, False)])

    def test_clerk_older_than_the_history_answers_since_creation(self):
        customer = self._customer()
        self.env.cr.execute(
            "UPDATE res_partner SET sbo_clerk_id = %s, create_date = %s WHERE id = %s",
            (self.clerk.id, MONDAY, customer.id),
        )
        customer.invalidate_recordset()
        customer.with_context(sbo_as_of=WEDNESDAY).sbo_clerk_id = self.clerk2
        self.assertEqual(self._stretches(customer), [(self.clerk, MONDAY, WEDNESDAY), (self.clerk2, WEDNESDAY, False)])

    def test_record_that_goes_leaves_a_closed_history(self):
        customer = self._served_since(MONDAY)
        self.env.flush_all()
        model, res_id = customer._name, customer.id
        customer.with_context(sbo_as_of=TUESDAY).unlink()
        row = self.env["sbo.responsibility"].search([("res_model", "=", model), ("res_id", "=", res_id)])
        self.assertEqual((row.user_id, row.date_to, row.res_name), (self.clerk, TUESDAY, "Deleted"))

    def test_record_named_twice_changes_once(self):
        customer = self._served_since(MONDAY)
        twice = customer.browse(customer.ids * 2).with_context(sbo_as_of=TUESDAY)
        twice.write({"sbo_clerk_id": self.clerk2.id})
        self.assertEqual(len(self._stretches(customer)), 2)

    def test_order_takes_the_customers_clerk_before_the_salespersons(self):
        self.salesperson.sbo_clerk_id = self.clerk2
        served = self._customer(clerk=self.clerk)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": served.id})
        self.assertFalse(contact.sbo_clerk_id)
        order = self._order(contact, user_id=self.salesperson.id)
        self.assertEqual(order.sbo_clerk_id, self.clerk)
        self.assertEqual(self._order(self._customer(), user_id=self.salesperson.id).sbo_clerk_id, self.clerk2)

    def test_teams_clerk_is_the_last_resort(self):
        team = self.env["crm.team"].create({"name": "Team", "sbo_clerk_id": self.clerk2.id})
        self.assertEqual(len(self._stretches(team)), 1)
        self.assertEqual(self._order(team_id=team.id).sbo_clerk_id, self.clerk2)
        team.member_ids = [Command.link(self.salesperson.id)]
        self.assertEqual(self._customer(salesperson=self.salesperson).sbo_clerk_id, self.clerk2)

    def test_customer_keeps_its_clerk_when_the_salesperson_changes(self):
        self.salesperson.sbo_clerk_id = self.clerk2
        customer = self._served_since(MONDAY)
        customer.user_id = self.salesperson
        self.assertEqual(customer.sbo_clerk_id, self.clerk)
        fresh = self._customer()
        fresh.user_id = self.salesperson
        self.assertEqual(fresh.sbo_clerk_id, self.clerk2)
        self.assertEqual(len(self._stretches(fresh)), 1)

    def test_quotation_follows_its_customer_and_the_history_follows(self):
        first, second = self._customer(clerk=self.clerk), self._customer(clerk=self.clerk2)
        order = self._order(first)
        with Form(order) as form:
            form.partner_id = second
            self.assertEqual(form.sbo_clerk_id, self.clerk2)
        self.assertEqual(self._answering(order, at("2099-01-01 00:00")), self.clerk2)
        order.partner_id = first
        self.assertEqual(order.sbo_clerk_id, self.clerk)
        self.assertEqual([row[0] for row in self._stretches(order)], [self.clerk, self.clerk2, self.clerk])

    def test_confirmed_order_keeps_its_clerk(self):
        order = self._order(self._customer(clerk=self.clerk), confirmed_at=MONDAY)
        order.user_id = self.salesperson
        order.partner_id.sbo_clerk_id = self.clerk2
        self.assertEqual(order.sbo_clerk_id, self.clerk)
        self.assertEqual(order.copy().sbo_clerk_id, self.clerk2, "a copy is a new order")

    def test_deputy_answers_while_the_clerk_is_away(self):
        customer = self._served_since(MONDAY)
        self._absence(self.clerk, TUESDAY, THURSDAY, deputy=self.clerk2)
        self.assertEqual(self._answering(customer, MONDAY), self.clerk)
        self.assertEqual(self._answering(customer, TUESDAY), self.clerk2)
        self.assertEqual(self._answering(customer, THURSDAY), self.clerk)

    def test_clerk_without_deputy_still_answers(self):
        customer = self._served_since(MONDAY)
        self._absence(self.clerk, TUESDAY, THURSDAY)
        self.assertEqual(self._answering(customer, WEDNESDAY), self.clerk)

    def test_deputies_do_not_form_chains(self):
        customer = self._served_since(MONDAY)
        self._absence(self.clerk, TUESDAY, THURSDAY, deputy=self.clerk2)
        self._absence(self.clerk2, TUESDAY, THURSDAY, deputy=self.supervisor)
        self.assertEqual(self._answering(customer, WEDNESDAY), self.clerk2)

    def test_deputy_also_stands_in_where_history_is_silent(self):
        customer = self._served_since(THURSDAY)
        self._absence(self.clerk, MONDAY, WEDNESDAY, deputy=self.clerk2)
        self.assertEqual(self._answering(customer, TUESDAY), self.clerk2)

    def test_absences_of_a_clerk_do_not_overlap(self):
        first = self._absence(self.clerk, MONDAY, WEDNESDAY)
        self._absence(self.clerk, WEDNESDAY, THURSDAY)
        self._absence(self.clerk2, MONDAY, WEDNESDAY)
        with self.assertRaisesRegex(ValidationError, "away already"):
            self._absence(self.clerk, TUESDAY, THURSDAY)
        with self.assertRaisesRegex(ValidationError, "away already"):
            first.date_to = THURSDAY

    def test_history_opens_from_the_record(self):
        customer = self._served_since(MONDAY)
        action = customer.with_user(self.clerk).action_sbo_responsibility()
        rows = self.env[action["res_model"]].with_user(self.clerk).search(action["domain"])
        self.assertEqual((rows.user_id, rows.res_name), (self.clerk, customer.display_name))
        self.assertEqual(rows.action_open_record()["res_id"], customer.id)
