from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import SboCommon, at

MATRIX = {"clerk": "rwc", "supervisor": "rwc", "manager": "rwc", "auditor": "r", "salesperson": "rwc", "outsider": ""}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


class ContactCommon(SboCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Told", clerk=cls.clerk, salesperson=cls.salesperson, email="told@example.com")
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id, "email": "buyer@example.com"})
        cls.logs = cls.env["sbo.contact.log"]

    def _log(self, user=None, customer=None, **vals):
        vals.setdefault("partner_id", (customer or self.customer).id)
        return self.logs.with_user(user or self.clerk).create(vals)


@tagged("post_install", "-at_install")
class TestCustomersContacts(ContactCommon):
    """The contact log: filled in from where one works, signed, corrected only in the open, kept for good."""

    def test_matrix(self):
        for role, allowed in MATRIX.items():
            for letter, operation in OPERATIONS.items():
                with self.subTest(role=role, operation=operation):
                    self.assertEqual(
                        self.logs.with_user(getattr(self, role)).has_access(operation), letter in allowed)

    def test_dialog_from_the_customer(self):
        action = self.customer.with_user(self.salesperson).action_sbo_log_contact()
        with Form.from_action(self.env(user=self.salesperson), action) as form:
            form.note = "Wants a new price list"
        log = form.record
        self.assertEqual((log.partner_id, log.user_id, log.kind, log.result),
                         (self.customer, self.salesperson, "call", "reached"))
        self.assertEqual(self.customer.with_user(self.clerk).sbo_contact_count, 1)
        self.assertEqual(self.customer.with_user(self.clerk).sbo_last_contact_at, log.date)

    def test_dialog_from_the_order_and_the_delivery(self):
        order = self._order(self.buyer, confirmed_at=at("2026-03-02 09:00"), user_id=self.salesperson.id)
        action = order.with_user(self.salesperson).action_sbo_log_contact()
        with Form.from_action(self.env(user=self.salesperson), action) as form:
            form.kind = "visit"
        log = form.record
        self.assertEqual((log.partner_id, log.contact_id, log.order_id, log.subject),
                         (self.customer, self.buyer, order, "order"))
        picking = self._delivery(order)
        action = picking.with_user(self.clerk).sudo().action_sbo_log_contact()
        with Form.from_action(self.env(user=self.clerk), action) as form:
            form.note = "Left this morning"
        log = form.record
        self.assertEqual((log.picking_id, log.order_id, log.subject), (picking, order, "shipment"))
        self.assertEqual(order.with_user(self.clerk).sbo_contact_count, 2)
        self.assertEqual(picking.with_user(self.clerk).sudo().sbo_contact_count, 1)
        self.assertEqual(self.buyer.with_user(self.clerk).sbo_contact_count, 2, "with this person")

    def test_what_follows_from_the_document(self):
        order = self._order(self.buyer, confirmed_at=at("2026-03-02 09:00"))
        log = self.logs.with_user(self.clerk).create({"picking_id": order.picking_ids.id, "subject": "shipment"})
        self.assertEqual((log.partner_id, log.contact_id, log.order_id), (self.customer, self.buyer, order))
        log = self._log(partner_id=self.buyer.id)
        self.assertEqual((log.partner_id, log.contact_id), (self.customer, self.buyer))

    def test_documents_of_other_customers(self):
        order = self._order(self._customer("Other"), confirmed_at=at("2026-03-02 09:00"))
        with self.assertRaisesRegex(ValidationError, "must belong together"):
            self._log(order_id=order.id)
        with self.assertRaisesRegex(ValidationError, "must belong together"):
            self._log(contact_id=self.env.user.partner_id.id)

    def test_signed_by_the_author(self):
        with self.assertRaisesRegex(AccessError, "under your own name"):
            self._log(user_id=self.clerk2.id)
        log = self._log()
        for user in (self.clerk, self.supervisor):
            with self.assertRaisesRegex(AccessError, "stays as it is"):
                log.with_user(user).write({"user_id": self.clerk2.id})

    def test_not_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "when it has happened"):
            self._log(date=fields.Datetime.now() + timedelta(hours=1))
        with self.assertRaisesRegex(ValidationError, "before this one"):
            self._log(next_on="2020-01-01")

    def test_corrections(self):
        log = self._log(note="first")
        log.write({"note": "better"})
        with self.assertRaisesRegex(AccessError, "only its author"):
            log.with_user(self.clerk2).write({"note": "mine now"})
        self.env.cr.execute(SQL(
            "UPDATE sbo_contact_log SET create_date = create_date - interval '1 day' WHERE id = %s", log.id))
        self.env.invalidate_all()
        with self.assertRaisesRegex(AccessError, "supervisor to correct"):
            log.write({"note": "too late"})
        self.env.cr.precommit.run()
        log.with_user(self.supervisor).write({"note": "corrected", "active": False})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn("corrected", str(log.sudo().message_ids.tracking_value_ids.mapped("new_value_text")))

    def test_never_deleted(self):
        log = self._log()
        for user in (self.clerk, self.supervisor, self.manager):
            with self.assertRaises(AccessError):
                log.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "kept as proof"):
            log.sudo().unlink()

    def test_salesperson_logs_for_the_own_customers(self):
        """By plain method call."""
        others = self._customer("Somebody else's", salesperson=self.manager)
        self._log(self.salesperson)
        self._log(self.salesperson, self._customer("Nobody's"))
        with self.assertRaises(AccessError):
            self._log(self.salesperson, others)
        order = self._order(others, user_id=self.salesperson.id)
        self._log(self.salesperson, others, order_id=order.id)
        foreign = self._log(self.clerk, others)
        seen = self.logs.with_user(self.salesperson).search([("partner_id", "in", (others | self.customer).ids)])
        self.assertNotIn(foreign, seen)
        self.assertEqual(len(seen), 2)
        with self.assertRaises(AccessError):
            foreign.with_user(self.salesperson).read(["note"])
        self.assertIn(foreign, self.logs.with_user(self.auditor).search([("partner_id", "=", others.id)]))

    def test_other_companies(self):
        log = self._log()
        there = self.logs.with_user(self.company2_clerk)
        self.assertFalse(there.search([("id", "=", log.id)]))
        self.assertEqual(there.create({"partner_id": self.customer.id}).company_id, self.company2)

    def test_next_contact_is_planned(self):
        log = self._log(next_on=fields.Date.today() + timedelta(days=7), subject="payment")
        activity = self.customer.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline, activity.summary),
                         (self.clerk, log.next_on, "Payment"))

    def test_merged_customers_keep_their_contacts(self):
        twin = self._customer("Told twice")
        log = self._log(customer=twin)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            [self.customer.id, twin.id], self.customer)
        self.assertEqual(log.partner_id, self.customer)

    def test_a_number_of_queries_that_does_not_grow(self):
        customers = self.env["res.partner"].union(*(self._customer(f"Budget {n}") for n in range(20)))
        for customer in customers:
            self._log(customer=customer)
        orders = self.env["sale.order"].union(*(self._order(customer) for customer in customers))

        def queries(records, names):
            records = records.with_user(self.clerk)
            self.env.invalidate_all()
            records.read(["create_date"])
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before
        of_customers = ["sbo_contact_count", "sbo_last_contact_at"]
        for records, names in ((customers, of_customers), (orders, ["sbo_contact_count"])):
            queries(records, names)
            self.assertEqual(queries(records[:2], names), queries(records, names))


@tagged("post_install", "-at_install")
class TestCustomersTold(ContactCommon):
    """Whether the customer was told about a shipment can be proved, delivery by delivery."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["sale.order"].union(*(
            cls._order(cls.customer, confirmed_at=at("2026-03-02 09:00")) for _number in range(2)))
        cls.pickings = cls.env["stock.picking"].union(*(
            cls._delivery(order, done_at=at("2026-03-03 09:00")) for order in cls.orders))

    def _not_told(self):
        return self.env["stock.picking"].search([("sbo_told_at", "=", False), ("id", "in", self.pickings.ids)])

    def test_told(self):
        self.assertEqual(self._not_told(), self.pickings)
        first = self.pickings[0]
        self._log(picking_id=first.id, subject="shipment", result="not_reached", date=at("2026-03-03 10:00"))
        self._log(picking_id=first.id, subject="payment", date=at("2026-03-03 10:30"))
        self.assertFalse(first.sbo_told_at, "not reached, and spoken to about something else")
        self._log(picking_id=first.id, subject="shipment", date=at("2026-03-03 11:00"))
        self._log(picking_id=first.id, subject="shipment", date=at("2026-03-03 12:00"))
        self.env.invalidate_all()
        self.assertEqual(first.sbo_told_at, at("2026-03-03 11:00"))
        self.assertEqual(self._not_told(), self.pickings[1])
        self.assertEqual(self.env["stock.picking"].search([
            ("sbo_told_at", "!=", False), ("id", "in", self.pickings.ids)]), first)
        self.assertEqual(self.env["stock.picking"].search([
            ("sbo_told_at", ">=", "2026-03-01"), ("id", "in", self.pickings.ids)]), first)

    def test_told_from_the_order(self):
        self._log(order_id=self.orders[0].id, subject="shipment", date=at("2026-03-03 08:00"))
        self.assertEqual(self._not_told(), self.pickings, "told before it left proves nothing")
        self._log(order_id=self.orders[0].id, subject="shipment", date=at("2026-03-03 10:00"))
        self.assertEqual(self._not_told(), self.pickings[1])

    def test_an_archived_contact_proves_nothing(self):
        log = self._log(picking_id=self.pickings[0].id, subject="shipment")
        log.with_user(self.supervisor).action_archive()
        self.assertEqual(self._not_told(), self.pickings)

    def test_a_mail_from_the_delivery_is_a_contact(self):
        picking = self.pickings[0].with_user(self.clerk).sudo()
        picking.message_post(body="A note")
        picking.message_post(
            body="To a colleague", partner_ids=self.clerk2.partner_id.ids, subtype_xmlid="mail.mt_comment")
        self.assertFalse(self.logs.search([("picking_id", "=", picking.id)]))
        picking.message_post(
            body="Your goods have left", subject="Shipped", partner_ids=self.buyer.ids, subtype_xmlid="mail.mt_comment")
        log = self.logs.search([("picking_id", "=", picking.id)])
        self.assertEqual((log.kind, log.subject, log.result, log.user_id, log.contact_id),
                         ("email", "shipment", "sent", self.clerk, self.buyer))
        self.assertEqual(self._not_told(), self.pickings[1])

    def test_mails_from_order_and_customer(self):
        for record, subject in ((self.orders[0], "order"), (self.customer, "other")):
            record.with_user(self.clerk).message_post(
                body="Hello", partner_ids=self.customer.ids, subtype_xmlid="mail.mt_comment")
            self.assertEqual(self.logs.search([("partner_id", "=", self.customer.id)], limit=1).subject, subject)
        before = self.logs.search_count([])
        self.customer.message_post(body="By the system", partner_ids=self.buyer.ids, subtype_xmlid="mail.mt_comment")
        self.customer.with_user(self.clerk).message_post(
            body="An answer", partner_ids=self.buyer.ids, subtype_xmlid="mail.mt_comment", message_type="email")
        self.assertEqual(self.logs.search_count([]), before, "what came in, or was sent by nobody, is no contact")

    def test_one_query_for_all_deliveries(self):
        def queries(pickings):
            self.env.invalidate_all()
            pickings.read(["state"])
            before = self.env.cr.sql_log_count
            pickings.read(["sbo_told_at"])
            return self.env.cr.sql_log_count - before
        queries(self.pickings)
        self.assertEqual(queries(self.pickings[0]), queries(self.pickings))
