from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestFindingDecisions(SboCheckCommon):
    """Who may confirm, dispute, waive and reopen; every other way to change a finding is closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finding = cls._note(cls.clerk, res_name="Wrong price told")

    def _as(self, user, finding=None):
        return (finding or self.finding).with_user(user)

    def _refused(self, user, action, *args, error=UserError, words="", finding=None):
        with self.assertRaisesRegex(error, words):
            getattr(self._as(user, finding), f"action_{action}")(*args)

    def test_supervisor_and_manager_confirm(self):
        for user in (self.supervisor, self.manager):
            finding = self._note(self.clerk)
            self._as(user, finding).action_confirm()
            self.assertEqual((finding.state, finding.confirmed_by_id), ("confirmed", user))
            self.assertTrue(finding.confirmed_at)

    def test_nobody_else_judges(self):
        decisions = {"confirm": (), "waive": ("my reason",), "reopen": ()}
        for action, args in decisions.items():
            self._refused(self.clerk, action, *args, words="decided by a back-office supervisor")
            for user in (self.clerk2, self.salesperson, self.outsider, self.company2_clerk):
                self._refused(user, action, *args, error=AccessError)
            self._refused(self.auditor, action, *args, words="decided by a back-office supervisor")
        self.assertEqual(self.finding.state, "candidate")

    def test_own_findings_are_judged_by_others(self):
        own = self._note(self.supervisor)
        self._refused(self.supervisor, "confirm", finding=own, words="supervisor who does not answer for it")
        self._refused(self.supervisor, "waive", "it was nothing", finding=own, words="who does not answer for it")
        self._as(self.supervisor, own).action_dispute("it was the carrier")
        self._refused(self.supervisor, "reopen", finding=own, words="who does not answer for it")
        self._as(self.manager, own).action_confirm()
        self.assertEqual(own.state, "confirmed")

    def test_a_batch_with_one_own_finding_changes_nothing(self):
        own = self._note(self.supervisor)
        self._refused(self.supervisor, "confirm", finding=self.finding | own)
        self.assertEqual((self.finding | own).mapped("state"), ["candidate", "candidate"])

    def test_only_the_responsible_objects(self):
        self._refused(self.supervisor, "dispute", "no", words="Only sbo_clerk .* can object to")
        self._as(self.clerk).action_dispute("the customer changed the order")
        self.assertEqual(self.finding.state, "disputed")
        self.assertEqual(self.finding.dispute_text, "the customer changed the order")

    def test_confirmed_can_be_disputed_and_decided_again(self):
        self._as(self.supervisor).action_confirm()
        self._as(self.clerk).action_dispute("see the mail of Monday")
        self._as(self.supervisor).action_waive("right")
        self.assertEqual((self.finding.state, self.finding.waived_by_id), ("waived", self.supervisor))
        self.assertEqual(self.finding.dispute_text, "see the mail of Monday", "nothing is lost")

    def test_reopen_takes_a_decision_back(self):
        self._as(self.supervisor).action_waive("by mistake")
        self._as(self.manager).action_reopen()
        finding = self.finding
        self.assertEqual((finding.state, finding.waive_reason, finding.waived_by_id.id), ("candidate", False, False))

    def test_not_from_every_state(self):
        self._refused(self.supervisor, "reopen", words="is already Candidate")
        self._as(self.supervisor).action_waive("agreed")
        self._refused(self.supervisor, "confirm", words="is already Waived")
        self._refused(self.clerk, "dispute", "no", words="is already Waived")

    def test_no_waiver_or_objection_without_words(self):
        for user, action, decision in ((self.supervisor, "waive", "waive"), (self.clerk, "dispute", "dispute")):
            for words in ((), ("  ",)):
                asked = getattr(self._as(user), f"action_{action}")(*words)
                self.assertEqual(asked["res_model"], "sbo.finding.decision", "the dialog asks for them")
            self.assertEqual(self.finding.state, "candidate")
            with Form(self.env["sbo.finding.decision"].with_user(user).with_context(**asked["context"])) as dialog:
                dialog.reason = "these words"
            dialog.save().action_apply()
            self.assertEqual(self.finding.state, {"waive": "waived", "dispute": "disputed"}[decision])
            self.finding.sudo().state = "candidate"

    def test_the_dialog_gives_no_rights(self):
        asked = self._as(self.clerk).action_waive()
        dialog = self.env["sbo.finding.decision"].with_user(self.clerk).with_context(**asked["context"]).create(
            {"reason": "let me go"})
        with self.assertRaisesRegex(UserError, "decided by a back-office supervisor"):
            dialog.action_apply()

    def test_buttons_show_what_is_allowed(self):
        rights = {user: (self._as(user).can_judge, self._as(user).can_dispute)
                  for user in (self.clerk, self.supervisor, self.manager, self.auditor)}
        self.assertEqual(rights, {
            self.clerk: (False, True), self.supervisor: (True, False), self.manager: (True, False),
            self.auditor: (False, False)})

    def test_decisions_are_on_record(self):
        self.cr.precommit.run()
        self._as(self.supervisor).action_confirm()
        self.env.flush_all()
        self.cr.precommit.run()
        values = self.finding.message_ids.tracking_value_ids
        self.assertIn(("Candidate", "Confirmed"), values.mapped(lambda v: (v.old_value_char, v.new_value_char)))


@tagged("post_install", "-at_install")
class TestFindingDoors(SboCheckCommon):
    """Plain writes, creates and deletes: as an import or a program would try them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finding = cls._note(cls.clerk)

    def test_facts_and_decisions_are_not_written(self):
        moment = at("2026-03-03 02:00")
        changes = [{"state": "waived"}, {"user_id": self.clerk2.id}, {"quantity": 0}, {"closed_at": moment},
                   {"due_at": moment}, {"severity": "0"}, {"confirmed_by_id": self.supervisor.id},
                   {"res_name": "x"}, {"company_id": self.company2.id}, {"key": "x"}, {"evidence": {}}]
        for user in (self.supervisor, self.manager):
            for vals in changes:
                with self.assertRaisesRegex(AccessError, "by Confirm, Dispute, Waive and Reopen only"):
                    self.finding.with_user(user).write(vals)
        for user in (self.clerk, self.clerk2, self.salesperson, self.auditor, self.outsider):
            for vals in [*changes, {"note": "x"}, {"cause": "customer"}]:
                with self.assertRaises(AccessError):
                    self.finding.with_user(user).write(vals)

    def test_supervisor_notes_and_finds_the_cause(self):
        self.finding.with_user(self.supervisor).write({"cause": "warehouse", "note": "strike on Monday"})
        self.assertEqual((self.finding.cause, self.finding.note), ("warehouse", "strike on Monday"))

    def test_nobody_shifts_the_cause_of_an_own_finding(self):
        own = self._note(self.supervisor)
        with self.assertRaisesRegex(AccessError, "another supervisor decides on its cause"):
            (self.finding | own).with_user(self.supervisor).cause = "customer"
        own.with_user(self.supervisor).note = "my view of it"
        self.assertEqual(own.cause, "clerk")

    def test_nobody_deletes(self):
        for user in (self.clerk, self.supervisor, self.manager, self.auditor):
            with self.assertRaises(AccessError):
                self.finding.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "Findings are never deleted. A supervisor can waive"):
            self.finding.unlink()

    def test_clerks_do_not_note(self):
        check = self.env.ref("sales_back_office.sbo_check_noted")
        for user in (self.clerk, self.salesperson, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self.env["sbo.finding"].with_user(user).create({"check_id": check.id, "user_id": self.clerk2.id})

    def test_supervisor_notes_on_any_record(self):
        order = self._order(self._customer(clerk=self.clerk))
        check = self.env.ref("sales_back_office.sbo_check_noted").id
        product = order.order_line.product_id
        for record in (order, order.partner_id, product, self.clerk):
            found = self.env["sbo.finding"].with_user(self.supervisor).create({
                "check_id": check, "user_id": self.clerk.id, "res_model": record._name, "res_id": record.id})
            self.assertEqual(found.res_name, record.display_name)
            self.assertEqual((found.origin, found.area, found.state), ("manual", "support", "candidate"))
            self.assertEqual(found.with_user(self.clerk).action_open_record()["res_id"], record.id)

    def test_the_same_can_be_noted_twice(self):
        self._note(self.clerk, res_name="Late to the meeting")
        noted = self.env["sbo.finding"].with_user(self.supervisor).create([
            {"check_id": self.finding.check_id.id, "user_id": self.clerk.id, "note": note} for note in ("a", "b")])
        self.assertEqual(len(self._findings(self.clerk)), 4, "with the first one of all: nothing was merged")
        self.assertEqual(noted.mapped("note"), ["a", "b"])

    def test_noted_from_the_menu(self):
        form = Form(self.env["sbo.finding"].with_user(self.supervisor))
        form.check_id = self.env.ref("sales_back_office.sbo_check_noted")
        form.user_id = self.clerk
        form.note = "Shouted at a customer"
        found = form.save()
        self.assertEqual((found.res_model, found.res_id, found.res_name), ("res.users", self.clerk.id, self.clerk.name))

    def test_decisions_are_not_smuggled_in(self):
        found = self.env["sbo.finding"].with_user(self.supervisor).create({
            "check_id": self.env.ref("sales_back_office.sbo_check_noted").id, "user_id": self.clerk.id,
            "state": "confirmed", "confirmed_by_id": self.manager.id, "confirmed_at": at("2026-03-03 02:00"),
            "origin": "auto", "waive_reason": "x", "closed_at": at("2026-03-03 02:00")})
        self.assertEqual((found.state, found.origin, found.closed_at), ("candidate", "manual", False))
        self.assertFalse(found.confirmed_by_id or found.confirmed_at or found.waive_reason)

    def test_unknown_records_are_refused(self):
        with self.assertRaisesRegex(UserError, "no records of the kind “sbo.nothing”"):
            self._note(self.clerk, res_model="sbo.nothing", res_id=1)

    def test_nights_leave_notes_alone(self):
        customer = self._customer(clerk=self.clerk, ref="S1")
        check = self._check("[('ref', '=', 'S1')]")
        noted = self._note(self.clerk, check_id=check.id, res_model="res.partner", res_id=customer.id)
        self._run(check, "2026-03-03 02:00")
        customer.ref = "S2"
        self._run(check, "2026-03-04 02:00")
        self.assertEqual(self._is_open(self._findings(customer)), [True, False])
        self.assertEqual(self._findings(customer)[0], noted)

    def test_a_finding_outlives_its_record(self):
        customer = self._customer("Soon Gone", clerk=self.clerk, ref="S1")
        check = self._check("[('ref', '=', 'S1')]")
        self._run(check, "2026-03-03 02:00")
        found = self._findings(customer)
        customer.unlink()
        self.assertEqual(found.res_name, "Soon Gone")
        self.assertTrue(found.closed_at, "the cause is gone with the record")
        with self.assertRaisesRegex(UserError, "Soon Gone does not exist any more; the finding keeps its name"):
            found.with_user(self.clerk).action_open_record()
        self._run(check, "2026-03-04 02:00")
        self.assertEqual(len(found.exists()), 1)
