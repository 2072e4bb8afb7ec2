from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import at
from .common_loans import MONDAY, SboLoanCommon
from .counted import counted

# role: model: operations. What is not written here is refused.
EVERYBODY = {"sbo.loan": "rwc", "sbo.loan.line": "rwcd", "sbo.loan.reminder": "r"}
DESK = {"sbo.loan.desk": "rwcd", "sbo.loan.desk.line": "rwcd", "sbo.loan.register": "rwcd"}
MATRIX = {
    "clerk": {**EVERYBODY, **DESK},
    "supervisor": {**EVERYBODY, **DESK},
    "manager": {**EVERYBODY, **DESK},
    "auditor": {**EVERYBODY, **dict.fromkeys(DESK, ""), "sbo.loan.register": "rwcd"},
    "salesperson": {**EVERYBODY, **dict.fromkeys(DESK, "")},
    "outsider": {**EVERYBODY, **dict.fromkeys(DESK, "")},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestLoanAccess(SboLoanCommon):
    """Role x model x operation, who sees which loans, and the doors that are closed to all."""

    def test_matrix(self):
        for role, models in MATRIX.items():
            for model, allowed in models.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        records = self.env[model].with_user(getattr(self, role))
                        self.assertEqual(records.has_access(operation), letter in allowed)

    def test_who_sees_which_loans(self):
        mine, theirs = self._lend(self.contract), self._lend(self.letter, self.borrower2)
        with freeze_time(at("2026-03-12 09:00")):
            self.env["sbo.loan.reminder"]._remind(self.company)
        both = mine | theirs
        for user, loans in (
            (self.salesperson, mine), (self.outsider, theirs), (self.clerk, both), (self.auditor, both),
            (self.manager, both), (self.company2_clerk, mine.browse()),
        ):
            with self.subTest(user=user.login):
                seen = {model: self.env[model].with_user(user).search([("company_id", "=", self.company.id)])
                        for model in EVERYBODY}
                self.assertEqual(seen["sbo.loan"] & both, loans)
                self.assertEqual(seen["sbo.loan.line"] & both.line_ids, loans.line_ids)
                self.assertEqual(seen["sbo.loan.reminder"] & both.line_ids.reminder_ids, loans.line_ids.reminder_ids)

    def test_auditors_change_nothing(self):
        loan = self._lend(self.contract)
        with self.assertRaises(AccessError):
            loan.with_user(self.auditor).write({"phone": "1"})
        self._refused("only a clerk|approver|asks for", loan.with_user(self.auditor).action_renew)

    def test_other_company(self):
        loan = self._lend(self.contract)
        for call in (lambda: loan.with_user(self.company2_clerk).read(["name"]),
                     lambda: loan.with_user(self.company2_clerk).action_take_back(),
                     lambda: loan.line_ids.with_user(self.company2_clerk)._give_back({})):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(UserError):
            self.env["sbo.loan"].with_user(self.company2_clerk).create({
                "borrower_id": self.borrower2.id, "purpose": "x", "company_id": self.company2.id,
                "line_ids": [Command.create({"document_id": self.contract.id})]})

    def test_states_come_with_steps(self):
        loan = self._lend(self.contract)
        line = loan.line_ids
        for user in (self.clerk, self.supervisor, self.manager, self.salesperson):
            for record, vals in (
                (loan, {"state": "returned"}), (loan, {"borrower_id": self.borrower2.id}), (loan, {"approved_rank": 2}),
                (loan, {"kind": "read"}), (loan, {"company_id": self.company2.id}),
                (loan, {"line_ids": [Command.create({"document_id": self.letter.id})]}),
                (loan, {"line_ids": [Command.update(line.id, {"due_on": "2030-01-01"})]}),
                (line, {"state": "returned"}), (line, {"due_on": "2030-01-01"}), (line, {"renewals": -5}),
                (line, {"pages_out": 0}), (line, {"document_id": self.letter.id}), (line, {"told_at": False}),
                (line, {"settled_at": "2026-03-02 00:00:00"}),
            ):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError), \
                        self.env.cr.savepoint():
                    record.with_user(user).write(vals)
        self.env.invalidate_all()
        self.assertEqual((loan.state, line.state), ("out", "out"))

    def test_created_out_is_created_as_a_draft(self):
        loan = self._loan(self.contract, state="out", approved_rank=2, requested_at="2020-01-01 00:00:00")
        self.assertEqual((loan.state, loan.approved_rank, loan.requested_at), ("draft", -1, False))
        line = self.env["sbo.loan.line"].with_user(self.clerk).create(
            {"loan_id": loan.id, "document_id": self.letter.id, "state": "out", "due_on": "2030-01-01"})
        self.assertEqual((line.state, line.due_on), ("waiting", False))
        self._refused("its loan is not approved", line._lend)
        with self.assertRaises(UserError):
            loan.line_ids[0].with_user(self.clerk)._give_back({})

    def test_nothing_is_added_to_a_decided_loan(self):
        loan = self._approved(self.contract)
        self._refused("has been decided", self.env["sbo.loan.line"].with_user(self.clerk).create,
                      {"loan_id": loan.id, "document_id": self.letter.id})
        self._refused("stays in the register", loan.line_ids.with_user(self.clerk).unlink)

    def test_nothing_is_deleted(self):
        loan = self._lend(self.contract)
        for record in (loan, self.contract):
            with self.assertRaises(UserError):
                record.with_user(self.manager).unlink()
            with self.assertRaisesRegex(UserError, "register|cannot be deleted|stays"):
                record.unlink()
        with freeze_time(at("2026-03-12 09:00")):
            self.env["sbo.loan.reminder"]._remind(self.company)
        with self.assertRaisesRegex(UserError, "stay in the loan register"):
            loan.line_ids.reminder_ids.unlink()

    def test_a_guessed_number_shows_no_title(self):
        with self.assertRaises(AccessError):
            self.env["sbo.loan"].with_user(self.outsider).create({
                "purpose": "x", "line_ids": [Command.create({"document_id": self.recipe.id})]})

    def test_the_desk_shows_nothing_of_another_company(self):
        loan = self._lend(self.contract)
        theirs = self.env["sbo.loan.desk"].with_user(self.company2_clerk)
        with self.assertRaises(AccessError):
            theirs.create({"line_ids": [Command.create({"line_id": loan.line_ids.id, "what": "back"})]})
        own = self.env["sbo.loan"].with_user(self.company2_clerk).create({
            "borrower_id": self.company2_clerk.partner_id.id, "purpose": "x", "line_ids": [Command.create({
                "place_id": self.env["sbo.document.place"].create(
                    {"name": "Box", "kind": "box", "company_id": self.company2.id}).id})]})
        row = theirs.create({"line_ids": [Command.create({"line_id": own.line_ids.id, "what": "lend"})]}).line_ids
        with self.assertRaises(AccessError):
            row.write({"line_id": loan.line_ids.id})
        desk = theirs.new({"company_id": self.company.id, "scan": "DOC-A"})
        self.assertIn("Nothing in the archive", desk._onchange_scan()["warning"]["message"])

    def test_a_label_of_a_secret_paper_tells_its_code_alone(self):
        for document, told in ((self.recipe, self.recipe.file_code), (self.contract, "Contract A")):
            desk = self.env["sbo.loan.desk"].with_user(self.clerk).new({"scan": document.barcode})
            words = desk._onchange_scan()["warning"]["message"]
            self.assertIn(told, words)
            self.assertNotIn("Recipe", words)

    def test_a_desk_is_its_own_clerks(self):
        desk = self.env["sbo.loan.desk"].with_user(self.clerk).create({
            "line_ids": [Command.create({"line_id": self._lend(self.contract).line_ids.id, "what": "back"})]})
        for record in (desk, desk.line_ids):
            self.assertTrue(record.read(["id"]))
            with self.assertRaises(AccessError):
                record.with_user(self.clerk2).read(["id"])

    def test_nothing_is_passed_on(self):
        """Not by writing another borrower, and not by a second loan of what the first one has not brought back."""
        loan = self._lend(self.contract)
        self._refused("nobody passes it on", loan.with_user(self.clerk).write, {"borrower_id": self.borrower2.id})
        self._refused("has it until", self._loan(self.contract, self.borrower2).with_user(self.clerk).action_lend)

    def test_partner_and_document_know(self):
        self._lend(self.contract | self.letter)
        partner = self.borrower.with_user(self.clerk)
        self.assertEqual(partner.sbo_loan_count, 2)
        self.assertEqual(self.env["sbo.loan.line"].search(partner.action_sbo_loans()["domain"]).document_id,
                         self.contract | self.letter)
        self.assertEqual(self.contract.loan_count, 1)

    def test_budget_of_the_desk(self):
        """Handing out and taking back ten times as much takes as many statements."""
        self.company.sbo_loan_items = 0

        def cost(count):
            documents = self.env["sbo.document"].union(*(
                self._document(f"D{number}", place_id=self.box2.id) for number in range(count)))
            loan = self._approved(documents)
            with freeze_time(at(MONDAY)), counted(self.env) as out:
                loan.with_user(self.clerk).action_lend()
            with freeze_time(at(MONDAY)), counted(self.env) as back:
                loan.line_ids.with_user(self.clerk)._give_back({})
            with counted(self.env) as looked:
                documents.with_user(self.clerk).mapped(lambda document: (document.on_loan, document.loan_waiting))
            return len(out), len(back), len(looked)

        cost(1)
        self.assertEqual(cost(2), cost(20))
