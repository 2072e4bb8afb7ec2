from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .assignment_common import AssignmentCommon
from .common import at


@tagged("post_install", "-at_install")
class TestCustomersAssignment(AssignmentCommon):
    """A customer goes from the clerk to the salesperson, step by step, and back."""

    def test_a_morning(self):
        assignment = self._newcomer()
        self.assertEqual((assignment.state, assignment.kind, assignment.sbo_clerk_id), ("received", "new", self.clerk))
        self.assertEqual(assignment.assign_due_at, at("2026-03-02 14:30"), "four hours, without the lunch break")
        self.assertTrue(assignment.name.startswith("CA/"))
        self.assertEqual(assignment.activity_ids.user_id, self.clerk)
        self._as(assignment, self.clerk, "2026-03-02 10:00").action_assign(self.salesperson.id, "knows the owner")
        self.assertEqual(assignment.state, "assigned")
        self.assertEqual(assignment.basis, "knows the owner")
        self.assertEqual(assignment.partner_id.user_id, self.salesperson)
        self.assertEqual(assignment.acknowledge_due_at, at("2026-03-03 10:00"))
        self.assertEqual(assignment.activity_ids.user_id, self.salesperson, "the next one's turn")
        self._tick(assignment, self.salesperson)
        self._as(assignment, self.salesperson, "2026-03-02 15:00").action_acknowledge()
        self.assertEqual((assignment.state, assignment.outcome), ("acknowledged", "accepted"))
        self.assertEqual(assignment.acknowledged_at, at("2026-03-02 15:00"))
        self.assertFalse(assignment.activity_ids)
        self.assertEqual(assignment.assign_late_hours + assignment.acknowledge_late_hours, 0)

    def test_deadlines_pass_over_holidays_and_nights(self):
        self._holiday("2026-03-03", "2026-03-04")
        assignment = self._newcomer(moment="2026-03-02 17:00")
        self.assertEqual(assignment.assign_due_at, at("2026-03-05 11:30"), "one hour on Monday, three on Thursday")
        at_night = self._newcomer("At night", moment="2026-03-05 22:00")
        self.assertEqual(at_night.assign_due_at, at("2026-03-06 14:00"), "from the next opening on")

    def test_late_hours_run_on_and_stop(self):
        assignment = self._newcomer(moment="2026-03-02 09:00")
        open_at = self._as(assignment, self.clerk, "2026-03-03 09:30")
        self.assertEqual(open_at.assign_late_hours, 4.5, "3.5 hours on Monday and one on Tuesday")
        self.assertEqual(open_at.acknowledge_late_hours, 0, "nobody has it yet who could be late")
        open_at.action_assign(self.salesperson.id)
        self.assertEqual(self._as(assignment, self.clerk, "2026-03-20 09:30").assign_late_hours, 4.5)
        late = self._as(assignment, self.clerk, "2026-03-04 10:30")
        self.assertEqual(late.acknowledge_late_hours, 1)
        groups = late._read_group([("id", "in", late.ids)], [], ["assign_late_hours:sum", "acknowledge_late_hours:sum"])
        self.assertEqual([float(value) for value in groups[0]], [4.5, 1.0])

    def test_deadlines_stay_until_recomputed(self):
        assignment = self._newcomer(moment="2026-03-02 09:00")
        self.company.sbo_assign_hours = 8
        self.assertEqual(assignment.assign_due_at, at("2026-03-02 14:30"))
        assignment.with_user(self.supervisor).action_recompute_deadlines()
        self.assertEqual(assignment.assign_due_at, at("2026-03-03 09:00"))

    def test_acknowledging_takes_every_tick(self):
        assignment = self._assigned()
        mine = assignment.with_user(self.salesperson)
        with self.assertRaisesRegex(UserError, "Background Known.*Needs and Preferences"):
            mine.action_acknowledge()
        mine.write({"background_ok": True, "contact_ok": True, "preferences_ok": True})
        with self.assertRaisesRegex(UserError, "Contacts"):
            mine.action_acknowledge()
        mine.item_ids.write({"ticked": True})
        self.assertEqual(assignment.item_ids.ticked_by_id, self.salesperson)
        mine.action_acknowledge()
        self.assertEqual(assignment.state, "acknowledged")

    def test_only_the_receiver_answers(self):
        assignment = self._assigned()
        for user in (self.salesperson2, self.clerk, self.clerk2):
            with self.assertRaises(UserError):
                assignment.with_user(user).action_acknowledge()
            with self.assertRaises(UserError):
                assignment.with_user(user).action_send_back("No")
            with self.assertRaises(AccessError):
                assignment.with_user(user).write({"contact_ok": True})
        # whoever leads the salesperson does it on his behalf, with a note
        self._tick(assignment, self.supervisor)
        action = assignment.with_user(self.supervisor).action_acknowledge()
        self.assertEqual(action["res_model"], "sbo.assignment.decision")
        assignment.with_user(self.supervisor).action_acknowledge("He called from the road")
        self.assertEqual(assignment.acknowledged_by_id, self.supervisor)
        self.assertEqual(assignment.answer_note, "He called from the road")

    def test_who_has_handed_it_over_does_not_acknowledge_it(self):
        assignment = self._newcomer()
        assignment.with_user(self.supervisor).action_assign(self.salesperson.id)
        with self.assertRaisesRegex(UserError, "does not acknowledge"):
            assignment.with_user(self.supervisor).action_acknowledge("For him")

    def test_sent_back_is_followed_up(self):
        assignment = self._assigned(background="Met at the fair")
        with self.assertRaises(UserError):
            assignment.with_user(self.clerk).action_send_back("Not mine to say")
        self._as(assignment, self.salesperson, "2026-03-02 16:00").action_send_back("The phone is a fax")
        self.assertEqual((assignment.state, assignment.outcome), ("wrong", "wrong"))
        self.assertEqual(assignment.answer_note, "The phone is a fax")
        follow_up = assignment.next_ids
        self.assertEqual((follow_up.state, follow_up.kind, follow_up.previous_id), ("received", "new", assignment))
        self.assertEqual(follow_up.received_at, at("2026-03-02 16:00"), "the clerk's clock starts anew")
        self.assertEqual(follow_up.activity_ids.user_id, self.clerk)
        follow_up.with_user(self.clerk).action_assign(self.salesperson.id)
        self._tick(follow_up, self.salesperson)
        follow_up.with_user(self.salesperson).action_acknowledge()
        self.assertEqual(self._of(assignment.partner_id).mapped("state"), ["wrong", "acknowledged"])

    def test_reassigning_is_a_new_one(self):
        first = self._acknowledged()
        action = first.with_user(self.clerk).action_reassign()
        self.assertEqual(action["context"]["default_decision"], "reassign")
        first.with_user(self.clerk).action_reassign(self.salesperson2.id)
        second = first.next_ids
        self.assertEqual((second.kind, second.state), ("adjust", "assigned"))
        self.assertEqual((second.from_user_id, second.user_id), (self.salesperson, self.salesperson2))
        self.assertEqual(first.state, "acknowledged")
        self.assertEqual(first.partner_id.user_id, self.salesperson2)
        self.assertEqual(set(second.item_ids.mapped("kind")),
                         {"contacts", "preferences", "orders", "receivable", "findings"})
        with self.assertRaisesRegex(UserError, "later assignment"):
            first.with_user(self.clerk).action_reassign(self.salesperson3.id)

    def test_taken_back_before_and_after(self):
        first = self._assigned()
        self._as(first, self.clerk, "2026-03-02 11:00").action_recall("The wrong Zhang")
        self.assertEqual((first.state, first.cancel_reason), ("cancelled", "The wrong Zhang"))
        self.assertFalse(first.partner_id.user_id)
        second = first.next_ids
        self.assertEqual(second.state, "received")
        second.with_user(self.clerk).action_assign(self.salesperson2.id)
        self._tick(second, self.salesperson2)
        second.with_user(self.salesperson2).action_acknowledge()
        second.with_user(self.clerk).action_withdraw("Too far away")
        third = second.next_ids
        self.assertEqual((third.kind, third.state, third.from_user_id), ("withdraw", "received", self.salesperson2))
        self.assertFalse(first.partner_id.user_id)

    def test_cancelling_is_the_supervisors(self):
        assignment = self._newcomer()
        with self.assertRaisesRegex(UserError, "supervisor"):
            assignment.with_user(self.clerk).action_cancel("Spam")
        assignment.with_user(self.supervisor).action_cancel("Spam")
        self.assertEqual(assignment.state, "cancelled")
        self.assertFalse(assignment.activity_ids)

    def test_the_second_one_is_told(self):
        assignment = self._assigned(moment="2026-03-02 10:00")
        with self.assertRaisesRegex(UserError, "given to sbo_salesperson.* already, by sbo_clerk .*3/2/26, 10:00"):
            assignment.with_user(self.clerk2).action_assign(self.salesperson2.id)
        with self.assertRaisesRegex(UserError, "given to sbo_salesperson.* already"):
            assignment.with_user(self.clerk2).action_assign_by_rule()

    def test_history_cannot_be_edited(self):
        assignment = self._acknowledged()
        for user in (self.clerk, self.supervisor, self.manager, self.salesperson):
            for vals in ({"user_id": self.salesperson2.id}, {"state": "received"}, {"basis": "x"}, {"background": "x"},
                         {"assigned_at": at("2026-01-01 09:00")}, {"acknowledged_at": False}):
                with self.assertRaises(AccessError, msg=f"{user.login} {vals}"):
                    assignment.with_user(user).write(vals)
            with self.assertRaises(UserError):
                assignment.with_user(user).unlink()
        with self.assertRaises(UserError):
            assignment.unlink()
        with self.assertRaises(UserError):
            assignment.item_ids.with_user(self.supervisor).unlink()
        with self.assertRaises(AccessError):
            assignment.item_ids.with_user(self.salesperson).write({"ticked": False})

    def test_receipt_can_only_be_put_earlier(self):
        assignment = self._newcomer(moment="2026-03-02 09:00")
        with self.assertRaisesRegex(UserError, "earlier only"):
            assignment.with_user(self.clerk).received_at = at("2026-03-02 11:00")
        assignment.with_user(self.clerk).received_at = at("2026-02-27 17:00")
        self.assertEqual(assignment.assign_due_at, at("2026-03-02 11:30"))
        assignment.with_user(self.supervisor).received_at = at("2026-03-02 11:00")
        self.assertEqual(assignment.assign_due_at, at("2026-03-02 16:30"))

    def test_a_clerk_enters_one_by_hand(self):
        old = self._customer("Old", salesperson=self.salesperson)
        self._of(old).sudo().with_context(force=True)._cancel_quietly("before our time")
        entered = self.env["sbo.assignment"].with_user(self.clerk).create(
            {"partner_id": old.id, "channel": "fair", "state": "acknowledged", "user_id": self.salesperson2.id})
        self.assertEqual((entered.state, entered.user_id.id, entered.channel), ("received", False, "fair"))
        with self.assertRaisesRegex(UserError, "being assigned already"):
            self.env["sbo.assignment"].with_user(self.clerk2).create({"partner_id": old.id})
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": old.id})
        with self.assertRaisesRegex(UserError, "is a contact"):
            self.env["sbo.assignment"].with_user(self.clerk).create({"partner_id": contact.id})
        with self.assertRaises(AccessError):
            self.env["sbo.assignment"].with_user(self.salesperson).create({"partner_id": old.id})

    def test_loading_assignments_obeys_the_same_rules(self):
        customer = self._customer("Loaded", sbo_is_customer=False)
        assignments = self.env["sbo.assignment"].with_user(self.clerk)
        result = assignments.load(["partner_id/.id", "channel", "state"], [[str(customer.id), "fair", "acknowledged"]])
        self.assertTrue(result["ids"], result["messages"])
        self.assertEqual(assignments.browse(result["ids"]).state, "received")
        again = assignments.load(["partner_id/.id"], [[str(customer.id)]])
        self.assertIn("being assigned already", again["messages"][0]["message"])
        assignment = assignments.browse(result["ids"])
        changed = assignments.load([".id", "state"], [[str(assignment.id), "assigned"]])
        self.assertFalse(changed["ids"])
        self.assertEqual(assignment.state, "received")

    def test_wizard_takes_the_steps(self):
        assignment = self._newcomer()
        wizard = self.env["sbo.assignment.decision"].with_user(self.clerk).with_context(
            **assignment.with_user(self.clerk).action_assign()["context"]).create({})
        with self.assertRaisesRegex(UserError, "Choose the salesperson"):
            wizard.action_apply()
        wizard.user_id = self.salesperson
        wizard.action_apply()
        self.assertEqual(assignment.user_id, self.salesperson)
        self.assertIn("named by", assignment.basis)
        back = self.env["sbo.assignment.decision"].with_user(self.salesperson).create(
            {"decision": "send_back", "assignment_ids": [Command.set(assignment.ids)]})
        with self.assertRaisesRegex(UserError, "Say why"):
            back.action_apply()
        back.reason = "No such street"
        back.action_apply()
        self.assertEqual(assignment.state, "wrong")

    def test_the_customer_list_gives_away_too(self):
        old = self._acknowledged(name="Old").partner_id
        received = self._newcomer("Received")
        never = self.env["res.partner"].with_context(sbo_no_assignment=True).create(
            {"name": "Never", "user_id": self.salesperson.id})
        customers = old | received.partner_id | never
        context = customers.action_sbo_hand_over()["context"]
        wizard = self.env["sbo.assignment.decision"].with_user(self.clerk).with_context(**context).create(
            {"user_id": self.salesperson2.id})
        wizard.action_apply()
        self.assertEqual(customers.user_id, self.salesperson2)
        self.assertEqual(received.state, "assigned", "what waited is used")
        self.assertEqual(self._of(never).from_user_id, self.salesperson)
        self.assertEqual(self._of(old).mapped("kind"), ["new", "adjust"])
        with self.assertRaises(AccessError):
            self.env["sbo.assignment.decision"].with_user(self.salesperson).with_context(**context).create(
                {"user_id": self.salesperson.id}).action_apply()
