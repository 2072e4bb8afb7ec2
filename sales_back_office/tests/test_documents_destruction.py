import os

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_documents import SboDocumentsCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestDocumentsRetention(SboDocumentsCommon):
    """How long what is kept, and what stands against its destruction."""

    def test_each_start_counts_from_its_own_day(self):
        ends = {}
        for start in ("dated", "year_end", "fulfilled", "filed"):
            ends[start] = self._filed(retention_start=start, date="2026-03-02").keep_until
        today = self.company._sbo_today()
        self.assertEqual([ends["dated"].isoformat(), ends["year_end"].isoformat(), ends["fulfilled"],
                          ends["filed"]], ["2036-03-02", "2036-12-31", False, today.replace(year=today.year + 10)])
        self.assertFalse(self._filed(permanent=True).keep_until)

    def test_a_term_that_is_over_is_appraised(self):
        document = self._filed(date="2010-05-05")
        self.assertEqual(document.state, "appraisal", "filed after its term was over")
        other = self._filed(date="2014-05-05")
        self.assertEqual((other.state, other.keep_until.isoformat()), ("appraisal", "2024-12-31"))
        fresh = self._filed()
        self.assertEqual(self.env["sbo.document"]._expire(self.company, fresh.keep_until), 0)
        self.env["sbo.document"]._expire(self.company, "2037-01-01")
        self.assertEqual(fresh.state, "appraisal")

    def test_kept_longer_with_more_years(self):
        document = self._expired()
        with self.assertRaisesRegex(UserError, "Give it more years"):
            document.with_user(self.supervisor).action_keep()
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).retention_years = 30
        document.with_user(self.supervisor).write({"retention_years": 30, "appraisal_note": "Still needed"})
        self.assertEqual((document.state, document.keep_until.isoformat()), ("filed", "2040-12-31"))

    def test_terms_cost_the_same_for_any_number(self):
        counts = []
        for count in (2, 10, 100):
            documents = self.env["sbo.document"].create([
                {"title": f"N{n}", "date": "2012-03-02", "class_id": self.kind.id, "place_id": self.box.id}
                for n in range(count)])
            documents.action_file()
            with counted(self.env) as statements:
                documents._set_retention()
                documents._blockers()
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)

    # === what stands against it === #

    def _why(self, document):
        self.env.flush_all()
        return " ".join(document._blockers().get(document.id, []))

    def test_not_over(self):
        self.assertRegex(self._why(self._document()), "not on file")
        self.assertRegex(self._why(self._filed()), "term is not over")
        self.assertRegex(self._why(self._filed(permanent=True)), "kept for ever")
        self.assertFalse(self._why(self._expired()))

    def test_money(self):
        lamp = self._product("Lamp", invoice_policy="order")
        order = self._order(self.customer, lamp, confirmed_at=at("2026-03-02 09:00"))
        ordered = self._expired(res_model="sale.order", res_id=order.id)
        contract = self._contract()
        order.sbo_contract_id = contract
        contracted = self._expired(res_model="sbo.contract", res_id=contract.id)
        picking = self._expired(res_model="stock.picking", res_id=order.picking_ids.id)
        loose = self._expired()
        other = self._expired(partner_id=self._customer("Else").id)
        everything = ordered | contracted | picking | loose
        self.assertFalse(any(map(self._why, everything)))
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-03-03"
        invoice.action_post()
        for document in everything:
            self.assertRegex(self._why(document), f"Money is still open: {invoice.name}")
        self.assertFalse(self._why(other))
        found = self.env["sbo.document"].search([("blocked", "=", True), ("id", "in", (everything | other).ids)])
        self.assertEqual(set(found), set(everything))
        self.assertIn(invoice.name, ordered.with_user(self.clerk).block_reason)
        invoice.button_draft()
        self.assertFalse(any(map(self._why, everything)))

    def test_an_issue_and_a_finding(self):
        order = self._order(self.customer, confirmed_at=at("2026-03-02 09:00"))
        contract = self._contract()
        order.sbo_contract_id = contract
        document = self._expired(res_model="sbo.contract", res_id=contract.id)
        issue = self.env["sbo.order.issue"].create({
            "order_id": order.id, "kind": "quality", "description": "Scratched"})
        self.assertRegex(self._why(document), f"not solved: {issue.name}")
        issue._take("solve", at("2027-01-01 09:00"), "Replaced")
        finding = self._note(self.clerk, res_model="sbo.contract", res_id=contract.id)
        self.assertRegex(self._why(document), "A finding on the contract is open")
        finding.sudo().closed_at = "2026-04-01"
        self.assertFalse(self._why(document))

    def test_a_finding_on_the_contract_of_a_line(self):
        """One order may serve two contracts, by its lines."""
        order = self._order(self.customer, confirmed_at=at("2026-03-02 09:00"))
        order.sbo_contract_id, other = self._contract(), self._contract()
        papers = self._expired(res_model="sale.order", res_id=order.id) | self._expired(
            res_model="stock.picking", res_id=order.picking_ids.id)
        self._note(self.clerk, res_model="sbo.contract", res_id=other.id)
        self.assertFalse(any(map(self._why, papers)))
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET sbo_contract_id = %s WHERE order_id = %s",
                            [other.id, order.id])
        self.env.invalidate_all()
        for document in papers:
            self.assertRegex(self._why(document), "A finding on the contract is open")
        on_file = self._filed(res_model="sbo.contract", res_id=other.id)
        self.assertIn(on_file, self.env["sbo.document"].search(order._sbo_filed_domain()))
        self.assertEqual(order.with_user(self.clerk).sbo_filed_count, 3)

    def test_papers_of_a_customer_wait_for_its_contracts_and_bonds(self):
        loose, other = self._expired(), self._expired(partner_id=self._customer("Else").id)
        finding = self._note(self.clerk, res_model="sbo.contract", res_id=self._contract().id)
        self.assertRegex(self._why(loose), "A finding on the contract is open")
        finding.sudo().closed_at = "2026-04-01"
        self.assertFalse(self._why(loose))
        tender = self.env["sbo.tender"].create({
            "project": "Lamps for a school", "partner_id": self.customer.id, "bond_amount": 500,
            "bond_paid_on": "2026-03-02"})
        paper = self._expired(res_model="sbo.tender", res_id=tender.id)
        for document in loose | paper:
            self.assertRegex(self._why(document), f"bid bond has not come back: {tender.name}")
        tender.bond_returned_on = "2026-03-09"
        self.assertFalse(any(map(self._why, loose | paper | other)))

    def test_on_loan_alone_or_in_its_box(self):
        document, beside = self._expired(), self._expired(place_id=self.cabinet.id)
        loan = self.env["sbo.loan"].create({"borrower_id": self.outsider.partner_id.id, "purpose": "Talks"})
        line = self.env["sbo.loan.line"].create({"loan_id": loan.id, "place_id": self.box.id, "state": "out"})
        self.assertTrue(document.on_loan)
        self.assertFalse(beside.on_loan)
        self.assertRegex(self._why(document), "on loan")
        self.assertIn(document, self.env["sbo.document"].search([("on_loan", "=", True)]))
        self.assertNotIn(beside, self.env["sbo.document"].search([("on_loan", "=", True)]))
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_loan_line SET state = 'returned' WHERE id = %s", [line.id])
        self.env.invalidate_all()
        self.assertFalse(document.on_loan)

    def test_lost_by_its_borrower(self):
        """Until it is found, or the loss is settled."""
        paper, boxed = self._expired(place_id=self.cabinet.id), self._expired()
        lines = self.env["sbo.loan.line"]
        for values in ({"document_id": paper.id}, {"place_id": self.box.id}):
            loan = self.env["sbo.loan"].create({"borrower_id": self.outsider.partner_id.id, "purpose": "Talks"})
            lines += lines.create({"loan_id": loan.id, "state": "not_found", "out_at": "2026-03-02 01:00:00", **values})
        for document, line in zip(paper | boxed, lines, strict=True):
            self.assertRegex(self._why(document), f"searched for since it was lent: {line.loan_id.name}")
            with self.assertRaisesRegex(UserError, "searched for"), self.env.cr.savepoint():
                self._destruction([document])
        lines[0].settled_at = lines[1].found_at = "2026-03-09 01:00:00"
        self.assertFalse(self._why(paper) or self._why(boxed))

    def test_an_audit_holds(self):
        document = self._expired()
        self.patch(type(document), "_sbo_holds", lambda self: dict.fromkeys(self.ids, "The tax office asks for it."))
        self.assertRegex(self._why(document), "tax office")
        with self.assertRaisesRegex(UserError, "tax office"):
            self._destruction([document])


@tagged("post_install", "-at_install")
class TestDocumentsDestruction(SboDocumentsCommon):
    """Prepared, approved by somebody else, watched by two; the line stays, the files go."""

    def test_the_whole_way(self):
        document = self._expired()
        attachment = self._upload(document, "old.txt", b"old paper")
        path = attachment._full_path(attachment.store_fname)
        record = self._destruction([document])
        self.assertEqual(
            (record.line_ids.file_code, record.line_ids.year, record.line_ids.pages, record.line_ids.due_term),
            (document.file_code, 2010, 3, 10))
        record.with_user(self.manager).action_approve()
        for user in (self.auditor, self.outsider):
            record.with_user(user).action_witness_before()
        self.assertEqual(record.state, "witnessed")
        record.with_user(self.auditor).action_witness_after()
        self.assertEqual((record.state, document.state), ("witnessed", "appraisal"), "one witness is not two")
        record.with_user(self.outsider).action_witness_after()
        self.assertEqual((record.state, document.state, document.destruction_id, document.place_id.id),
                         ("destroyed", "destroyed", record, False))
        self.assertFalse(attachment.exists())
        self.assertEqual((document.file_ids.name, document.file_ids.size, document.file_ids.attachment_id.id),
                         ("old.txt", 9, False), "the line says what there was")
        self.env.flush_all()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(os.path.exists(path), "and Odoo's clean-up takes it off the disk")
        self.assertEqual(document.move_ids[0].to_name, False)
        with self.assertRaisesRegex(UserError, "no file is added"):
            self._upload(document, user=self.manager)
        with self.assertRaisesRegex(UserError, "its line in the index stays"):
            document.with_user(self.manager).title = "Nothing"
        with self.assertRaises(UserError):
            document.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            record.with_user(self.manager).unlink()

    def test_same_bytes_elsewhere_are_named_and_stay(self):
        document = self._expired()
        attachment = self._upload(document, "price.txt", b"the same price list")
        kept = self.env["ir.attachment"].create({
            "name": "list.txt", "raw": b"the same price list", "res_model": "res.partner", "res_id": self.customer.id})
        other = self._filed()
        self._upload(other, "third.txt", b"the same price list")
        self.assertEqual(kept.store_fname, attachment.store_fname)
        record = self._destroyed(document)
        self.assertRegex(record.line_ids.copies_left, r"Contact Documents Customer: list\.txt")
        self.assertIn(other.file_code, record.line_ids.copies_left)
        self.env.flush_all()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertEqual(kept.raw, b"the same price list")

    def test_who_does_what(self):
        document = self._expired()
        record = self._destruction([document], user=self.supervisor)
        with self.assertRaisesRegex(UserError, "nobody approves what they have prepared"):
            record.with_user(self.supervisor).action_approve()
        with self.assertRaisesRegex(UserError, "supervisor or manager"):
            record.with_user(self.clerk).action_approve()
        record.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "only its two witnesses"):
            record.with_user(self.manager).action_witness_before()
        with self.assertRaisesRegex(UserError, "it is “Approved”"):
            record.with_user(self.auditor).action_witness_after()
        record.with_user(self.auditor).action_witness_before()
        with self.assertRaisesRegex(UserError, "signed it already"):
            record.with_user(self.auditor).action_witness_before()
        self.assertEqual(record.state, "approved")

    def test_whoever_puts_papers_on_it_has_prepared_it(self):
        record = self._destruction([self._expired()])
        self.env["sbo.destruction.line"].with_user(self.supervisor).create(
            {"destruction_id": record.id, "document_id": self._expired().id})
        self.assertNotIn("approve", record.with_user(self.supervisor).allowed_actions.split(","))
        with self.assertRaisesRegex(UserError, "nobody approves what they have prepared"):
            record.with_user(self.supervisor).action_approve()
        record.with_user(self.manager).witness1_id = self.supervisor
        with self.assertRaisesRegex(UserError, "neither of whom has prepared or approved it"):
            record.with_user(self.manager).action_approve()
        record.with_user(self.manager).witness1_id = self.auditor
        record.with_user(self.manager).action_approve()
        self.assertEqual(record.state, "approved")

    def test_whoever_approves_does_not_watch(self):
        record = self._destruction([self._expired()], witness1_id=self.manager.id)
        with self.assertRaisesRegex(UserError, "neither of whom has prepared or approved it"):
            record.with_user(self.manager).action_approve()
        record.with_user(self.supervisor).action_approve()
        record.with_user(self.manager).action_witness_before()
        # a list that was approved before this was asked for
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_destruction SET approved_by_id = %s, before1_at = NULL WHERE id = %s",
                            [self.manager.id, record.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "neither of whom has prepared or approved it"):
            record.with_user(self.manager).action_witness_before()

    def test_two_different_witnesses(self):
        for pair in ((self.auditor, self.auditor), (self.auditor, self.clerk), (self.auditor, self.env["res.users"])):
            record = self._destruction(
                [self._expired()], witness1_id=pair[0].id, witness2_id=pair[1].id)
            with self.assertRaisesRegex(UserError, "two different witnesses"):
                record.with_user(self.manager).action_approve()

    def test_signatures_are_not_written(self):
        record = self._destruction([self._expired()], approved_by_id=self.manager.id, state="destroyed")
        self.assertEqual((record.state, record.approved_by_id.id, record.prepared_by_id), ("draft", False, self.clerk))
        for values in ({"state": "approved"}, {"before1_at": "2026-01-01"}, {"approved_by_id": self.manager.id},
                       {"backup_until": "2020-01-01"}):
            with self.assertRaisesRegex(UserError, "come with its steps"):
                record.with_user(self.manager).write(values)
        record.with_user(self.manager).action_approve()
        for values in ({"witness1_id": self.manager.id}, {"line_ids": [Command.clear()]}):
            with self.assertRaisesRegex(UserError, "send it back to draft"):
                record.with_user(self.manager).write(values)
        with self.assertRaisesRegex(UserError, "send it back to draft"):
            record.line_ids.with_user(self.clerk).opinion = "Keep"
        record.with_user(self.manager).action_send_back()
        record.line_ids.with_user(self.clerk).opinion = "Not needed"

    def test_what_is_destroyed_is_not_sent_back(self):
        for last in (self.auditor, self.outsider):
            record = self._destruction([self._expired()])
            record.with_user(self.manager).action_approve()
            for witness in (self.auditor, self.outsider):
                record.with_user(witness).action_witness_before()
            record.with_user(last).action_witness_after()
            for step in ("action_send_back", "action_cancel"):
                with self.assertRaisesRegex(UserError, "has signed that the papers are destroyed"):
                    getattr(record.with_user(self.manager), step)()
            self.assertEqual(record.state, "witnessed")

    def test_what_comes_up_between_two_signatures(self):
        """The second witness cannot sign: a supervisor sends the list back, and what was signed stays on record."""
        document, free = self._expired(), self._expired()
        record = self._destruction([document, free])
        record.with_user(self.manager).action_approve()
        for witness in (self.auditor, self.outsider):
            record.with_user(witness).action_witness_before()
        record.with_user(self.auditor).action_witness_after()
        loan = self.env["sbo.loan"].create({"borrower_id": self.outsider.partner_id.id, "purpose": "Talks"})
        self.env["sbo.loan.line"].create({"loan_id": loan.id, "document_id": document.id, "state": "out"})
        with self.assertRaisesRegex(UserError, "sends an approved list back to draft"):
            record.with_user(self.outsider).action_witness_after()
        with self.assertRaisesRegex(UserError, "has signed that the papers are destroyed"):
            record.with_user(self.clerk).action_cancel()
        record.with_user(self.manager).action_send_back()
        self.assertEqual((record.state, record.after1_at, record.before1_at), ("draft", False, False))
        self.assertIn(self.auditor.name, record.message_ids[0].body)
        record.line_ids.filtered(lambda line: line.document_id == document).with_user(self.clerk).unlink()
        record.with_user(self.manager).action_approve()
        self.assertEqual((record.state, document.state), ("approved", "appraisal"))

    def test_papers_of_two_companies_are_two_lists(self):
        kind = self.env["sbo.document.class"].create({
            "name": "Theirs", "code": "TH", "company_id": self.company2.id, "secrecy_id": self.internal.id})
        theirs = self.env["sbo.document"].create({
            "title": "Theirs", "date": "2010-05-05", "class_id": kind.id, "company_id": self.company2.id})
        with self.assertRaisesRegex(UserError, "of its own company only"):
            self.env["sbo.destruction"]._open_with(self._expired() | theirs)

    def test_what_comes_up_later_stops_it(self):
        document = self._expired()
        record = self._destruction([document])
        record.with_user(self.manager).action_approve()
        loan = self.env["sbo.loan"].create({"borrower_id": self.outsider.partner_id.id, "purpose": "Talks"})
        self.env["sbo.loan.line"].create({"loan_id": loan.id, "document_id": document.id, "state": "out"})
        with self.assertRaisesRegex(UserError, "on loan.*Take it off the list"):
            record.with_user(self.auditor).action_witness_before()
        self.assertEqual(record.with_user(self.clerk).blocked_count, 1)
        record.with_user(self.clerk).action_cancel()
        self.assertEqual((record.state, document.state), ("cancelled", "appraisal"))

    def test_on_one_list_only(self):
        document = self._expired()
        record = self._destruction([document])
        with self.assertRaisesRegex(UserError, f"is on the list {record.name} already"), self.env.cr.savepoint():
            self._destruction([document])
        with self.assertRaisesRegex(UserError, "term is not over"), self.env.cr.savepoint():
            self._destruction([self._filed()])
        record.with_user(self.clerk).action_cancel()
        self._destruction([document])

    def test_what_is_over_is_put_on_it(self):
        free, secret = self._expired(), self._expired(secrecy_id=self.restricted.id)
        loan = self.env["sbo.loan"].create({"borrower_id": self.outsider.partner_id.id, "purpose": "Talks"})
        lent = self._expired()
        self.env["sbo.loan.line"].create({"loan_id": loan.id, "document_id": lent.id, "state": "out"})
        record = self._destruction([])
        record.with_user(self.clerk).action_add_expired()
        self.assertIn(free, record.line_ids.document_id)
        self.assertFalse((secret | lent) & record.line_ids.document_id)
        action = secret.with_user(self.manager).action_destruction()
        self.assertEqual(self.env["sbo.destruction"].browse(action["res_id"]).line_ids.document_id, secret)

    def test_who_sees_it(self):
        record = self._destruction([self._expired()])
        for user, sees in ((self.clerk, 1), (self.auditor, 1), (self.outsider, 1), (self.salesperson, 0),
                           (self.company2_clerk, 0)):
            self.assertEqual(self.env["sbo.destruction"].with_user(user).search_count([("id", "=", record.id)]), sees)
            self.assertEqual(self.env["sbo.destruction.line"].with_user(user).search_count([
                ("destruction_id", "=", record.id)]), sees)

    def test_the_last_backup_is_named(self):
        record = self._destruction([self._expired()])
        self.patch(type(record), "_sbo_backup_until", lambda self: "2027-01-31")
        self.assertEqual(record.backup_expected.isoformat(), "2027-01-31")
        record.with_user(self.manager).action_approve()
        for step in ("action_witness_before", "action_witness_after"):
            for user in (self.auditor, self.outsider):
                getattr(record.with_user(user), step)()
        self.assertEqual(record.backup_until.isoformat(), "2027-01-31")

    def test_a_list_costs_the_same_for_any_number(self):
        counts = []
        for count in (2, 10, 100):
            documents = self.env["sbo.document"].create([
                {"title": f"N{n}", "date": "2010-03-02", "class_id": self.kind.id, "place_id": self.box.id}
                for n in range(count)])
            documents.action_file()
            record = self._destruction(documents)
            with counted(self.env) as statements:
                record.with_user(self.manager).action_approve()
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)
