from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import at
from .common_deliveries import SboDeliveriesCommon


@tagged("post_install", "-at_install")
class TestOrdersShipping(SboDeliveriesCommon):
    """After the goods have left: the customer is told, the signed note comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.untold = cls._shipped("dispatch_notice_missing")
        cls.unsigned = cls._shipped("signed_return_missing")

    @classmethod
    def _left(cls, done="2026-03-04 10:00", **vals):
        return cls._delivery(cls._promised(**vals), done_at=at(done))

    def _as(self, picking, moment, user=None, **context):
        return picking.with_user(user or self.clerk).with_context(sbo_as_of=at(moment), **context)

    # === the customer is told === #

    def test_a_mail_to_the_customer_is_the_proof(self):
        picking = self._left()
        action = self._as(picking, "2026-03-04 15:00").action_sbo_tell_customer()
        self.assertEqual(action["res_model"], "mail.compose.message")
        writing = self._as(picking, "2026-03-04 15:00", sbo_tell_customer=action["context"]["sbo_tell_customer"])
        writing.message_post(body="for us", partner_ids=self.supervisor.partner_id.ids)
        self.assertFalse(picking.sbo_told_at, "a colleague is not the customer")
        message = writing.message_post(body="It is on its way", partner_ids=self.customer.ids)
        self.assertEqual((picking.sbo_told_at, picking.sbo_told_how), (at("2026-03-04 15:00"), "email"))
        self.assertEqual((picking.sbo_told_message_id, picking.sbo_told_by_id), (message, self.clerk))

    def test_the_composer_sends_template_and_paper(self):
        picking = self._left()
        picking.sbo_tracking_ref, picking.sbo_carrier = "SF12345", "SF Express"
        action = picking.with_user(self.clerk).action_sbo_tell_customer()
        composer = self.env["mail.compose.message"].with_user(self.clerk).with_context(**action["context"]).create({})
        self.assertIn("SF12345", composer.body)
        self.assertIn(picking.name, composer.body)
        self.assertIn(self.customer, composer.partner_ids)
        self.assertEqual(len(composer.attachment_ids), 1, "the packing list")
        composer.action_send_mail()
        self.assertEqual(picking.sbo_told_how, "email")
        self.assertTrue(picking.sbo_told_message_id.attachment_ids)

    def test_many_at_once(self):
        silent = self._customer("Silent", clerk=self.clerk)
        pickings = self._left() + self._left() + self._left(customer=silent)
        told = pickings.with_user(self.clerk).action_sbo_tell_customer()
        self.assertEqual([bool(picking.sbo_told_at) for picking in pickings], [True, True, False])
        self.assertIn(pickings[2].name, told["params"]["message"], "who could not be told is named")

    def test_untold_are_those_that_left_in_silence(self):
        told, silent, waiting = self._left(), self._left(), self._promised().picking_ids
        told.with_user(self.clerk).action_sbo_told_by_call()
        every = told + silent + waiting
        self.assertEqual([picking.sbo_untold for picking in every], [False, True, False])
        found = self.env["stock.picking"].with_user(self.clerk).search(
            [("sbo_untold", "=", True), ("id", "in", every.ids)])
        self.assertEqual(found, silent)

    def test_nobody_signs_in_the_future(self):
        picking = self._left()
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._as(picking, "2026-03-06 09:00").sbo_signed_on = "2026-03-07"
        self._as(picking, "2026-03-07 00:30").sbo_signed_on = "2026-03-07"

    def test_by_telephone(self):
        picking = self._left()
        self._as(picking, "2026-03-04 15:00").action_sbo_told_by_call()
        self.assertEqual((picking.sbo_told_how, picking.sbo_told_at), ("call", at("2026-03-04 15:00")))
        self.assertIn("telephone", picking.sbo_told_message_id.body)
        self._as(picking, "2026-03-09 15:00").action_sbo_told_by_call()
        self.assertEqual(picking.sbo_told_at, at("2026-03-04 15:00"), "the first one counts")

    def _logs(self, pickings):
        return self.env["sbo.contact.log"].search([("picking_id", "in", pickings.ids)], order="date, id")

    def test_what_is_told_is_in_the_contact_log(self):
        picking, other = self._left(), self._left()
        self._as(picking, "2026-03-04 15:00", self.stock_user).action_sbo_told_by_call()
        log = self._logs(picking)
        self.assertEqual((log.kind, log.subject, log.result, log.user_id, log.date, log.partner_id, log.order_id),
                         ("call", "shipment", "reached", self.stock_user, at("2026-03-04 15:00"), self.customer,
                          picking.sale_id))
        action = other.with_user(self.clerk).action_sbo_tell_customer()
        composer = self.env["mail.compose.message"].with_user(self.clerk).with_context(**action["context"]).create({})
        composer.action_send_mail()
        log = self._logs(other)
        self.assertEqual((log.kind, log.result, log.message_id), ("email", "sent", other.sbo_told_message_id),
                         "one mail is one contact")

    def test_what_is_in_the_contact_log_is_told(self):
        picking = self._left()
        logs = self.env["sbo.contact.log"].with_user(self.salesperson)
        log = logs.create({"picking_id": picking.id, "subject": "shipment", "kind": "visit",
                           "date": at("2026-03-04 16:00")})
        told = ["sbo_told_at", "sbo_told_how", "sbo_told_by_id"]
        self.assertEqual([picking[name] for name in told], [at("2026-03-04 16:00"), "visit", self.salesperson])
        log.with_user(self.supervisor).date = at("2026-03-04 17:00")
        self.assertEqual(picking.sbo_told_at, at("2026-03-04 17:00"))
        log.with_user(self.supervisor).result = "not_reached"
        self.assertFalse(picking.sbo_told_at or picking.sbo_told_how or picking.sbo_told_by_id)
        log.with_user(self.supervisor).write({"result": "reached", "subject": "order"})
        self.assertFalse(picking.sbo_told_at)

    def test_told_on_the_order_once_it_has_left(self):
        picking = self._left("2026-03-04 10:00")
        self.env["sbo.contact.log"].with_user(self.clerk).create(
            {"order_id": picking.sale_id.id, "subject": "shipment", "date": at("2026-03-04 12:00")})
        self.assertEqual(picking.sbo_told_at, at("2026-03-04 12:00"))
        picking.date_done = at("2026-03-04 14:00")
        self.assertFalse(picking.sbo_told_at, "that was before it left")

    def test_nobody_writes_that_the_customer_knows(self):
        picking = self._left()
        for vals in ({"sbo_told_at": at("2026-03-04 12:00")}, {"sbo_told_by_id": self.clerk.id}):
            with self.assertRaisesRegex(UserError, "contact log"):
                picking.with_user(self.stock_user).with_context(sbo_from_log=True).write(vals)

    def test_a_call_after_a_mail_that_came_back(self):
        picking = self._left()
        self._as(picking, "2026-03-04 15:00", sbo_tell_customer=True).message_post(
            body="It is on its way", partner_ids=self.customer.ids)
        self.env["mail.notification"].search([
            ("mail_message_id", "=", picking.sbo_told_message_id.id), ("res_partner_id", "=", self.customer.id),
        ]).write({"notification_type": "email", "notification_status": "bounce"})
        self._run(self.untold, "2026-03-05 02:00")
        self.assertEqual(self._is_open(self._findings(picking, self.untold)), [True])
        picking.invalidate_recordset(["sbo_untold"])
        self.assertTrue(picking.sbo_untold, "the buttons show again")
        untold = self.env["stock.picking"].search([("sbo_untold", "=", True), ("id", "=", picking.id)])
        self.assertEqual(untold, picking, "and the list names it")
        self._as(picking, "2026-03-05 09:00").action_sbo_told_by_call()
        picking.invalidate_recordset(["sbo_untold"])
        self.assertFalse(picking.sbo_untold)
        self.assertEqual((picking.sbo_told_how, picking.sbo_told_at), ("call", at("2026-03-05 09:00")))
        self._run(self.untold, "2026-03-06 02:00")
        self.assertEqual(self._findings(picking, self.untold).closed_at, at("2026-03-05 09:00"))

    def test_nobody_is_told_of_what_has_not_left(self):
        order = self._promised()
        for action in ("action_sbo_tell_customer", "action_sbo_told_by_call"):
            with self.assertRaisesRegex(UserError, "has not left"):
                getattr(order.picking_ids.with_user(self.clerk), action)()

    def test_check_of_the_day_of_shipping(self):
        quick, slow, silent = self._left(), self._left(), self._left()
        self._as(quick, "2026-03-04 23:30").action_sbo_told_by_call()
        self._as(slow, "2026-03-05 09:00").action_sbo_told_by_call()
        self._run(self.untold, "2026-03-04 23:59")
        self.assertFalse(self._findings(silent, self.untold), "the day is not over")
        self._run(self.untold, "2026-03-06 02:00")
        self.assertFalse(self._findings(quick, self.untold))
        self.assertEqual(self._findings(slow, self.untold).closed_at, at("2026-03-05 09:00"))
        found = self._findings(silent, self.untold)
        self.assertEqual((found.closed_at, found.due_at, found.user_id), (False, at("2026-03-05 00:00"), self.clerk))

    def test_a_mail_that_came_back_told_nobody(self):
        picking = self._left()
        self._as(picking, "2026-03-04 15:00", sbo_tell_customer=True).message_post(
            body="It is on its way", partner_ids=self.customer.ids)
        notice = self.env["mail.notification"].search(
            [("mail_message_id", "=", picking.sbo_told_message_id.id), ("res_partner_id", "=", self.customer.id)])
        self._run(self.untold, "2026-03-05 02:00")
        self.assertFalse(self._findings(picking, self.untold))
        notice.write({"notification_type": "email", "notification_status": "bounce"})
        self._run(self.untold, "2026-03-06 02:00")
        self.assertEqual(self._is_open(self._findings(picking, self.untold)), [True])

    def test_receipts_and_steps_inside_tell_nobody(self):
        picking = self._left()
        back = self._return(picking, 1, at("2026-03-06 10:00"))
        self._run(self.untold, "2026-03-10 02:00")
        self._run(self.unsigned, "2026-03-30 02:00")
        self.assertFalse(self._findings(back, self.untold) + self._findings(back, self.unsigned))

    # === the signed note comes back === #

    def test_signed_note(self):
        picking = self._left()
        self.assertEqual(picking.sbo_signed_state, "outstanding")
        self._as(picking, "2026-03-10 11:00", self.stock_user).write({
            "sbo_signed_on": "2026-03-06", "sbo_signed_by": "Mr Li", "sbo_signed_result": "complete",
            "sbo_signed_scan": b"aGVsbG8="})
        self.assertEqual((picking.sbo_signed_state, picking.sbo_signed_noted_at), ("signed", at("2026-03-10 11:00")))
        picking.sbo_signed_result = "difference"
        self.assertEqual(picking.sbo_signed_state, "difference")

    def test_nobody_signs_before_it_left(self):
        picking = self._left("2026-03-04 00:30")
        with self.assertRaisesRegex(ValidationError, "before it left"):
            picking.sbo_signed_on = "2026-03-03"
        picking.sbo_signed_on = "2026-03-04"
        with self.assertRaisesRegex(ValidationError, "not left yet"):
            self._promised().picking_ids.sbo_signed_on = "2026-03-04"

    def test_the_outstanding_list(self):
        waiting, back, parcel = self._left(), self._left(), self._left()
        open_one = self._promised().picking_ids
        back.sbo_signed_on = "2026-03-05"
        parcel.sbo_unsigned_reason = "Parcel service"
        mine = [("id", "in", (waiting + back + parcel + open_one).ids)]
        pickings = self.env["stock.picking"].with_user(self.clerk)
        for state, expected in (("outstanding", waiting), ("signed", back), ("waived", parcel)):
            self.assertEqual(pickings.search([("sbo_signed_state", "=", state), *mine]), expected)
            self.assertEqual(expected.sbo_signed_state, state)
        self.assertEqual(pickings.search([("sbo_signed_state", "!=", "outstanding"), *mine]), back + parcel + open_one)

    def test_a_company_that_does_not_ask_for_them(self):
        picking = self._left()
        self.company.sbo_signed_required = False
        self.env.flush_all()
        self.assertFalse(picking.sbo_signed_state)
        self.assertFalse(self.env["stock.picking"].search(
            [("sbo_signed_state", "=", "outstanding"), ("id", "=", picking.id)]))
        self._run(self.unsigned, "2026-03-30 02:00")
        self.assertFalse(self._findings(picking, self.unsigned))

    def test_check_after_seven_working_days(self):
        never, late, quick, parcel = (self._left() for _number in range(4))
        self._as(quick, "2026-03-13 10:00").sbo_signed_on = "2026-03-05"
        self._as(late, "2026-03-17 10:00").sbo_signed_on = "2026-03-05"
        parcel.sbo_unsigned_reason = "Parcel service"
        self._run(self.unsigned, "2026-03-13 17:00")
        self.assertFalse(self._findings(never, self.unsigned))
        self._run(self.unsigned, "2026-03-18 02:00")
        self.assertEqual(self._findings(never, self.unsigned).due_at, at("2026-03-13 18:00"))
        self.assertEqual(self._findings(late, self.unsigned).closed_at, at("2026-03-17 10:00"), "entered, not dated")
        self.assertFalse(self._findings(quick + parcel, self.unsigned))

    def test_shipping_pays_nothing_for_it(self):
        """Validating writes none of this: no query on its tables."""
        picking = self._promised().picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        with self.assertLogs("odoo.sql_db", "DEBUG") as logs:
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
            self.env.flush_all()
        ours = [line for line in logs.output if "sbo_order_" in line or "sbo_signed_on\" =" in line]
        self.assertFalse(ours)
