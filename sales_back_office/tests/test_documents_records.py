import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import at
from .common_documents import SboDocumentsCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestDocumentsOfRecords(SboDocumentsCommon):
    """Filed from the record itself, shown on the record, expected by the record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts = cls.env.ref("sales_back_office.sbo_document_class_contract")
        cls.notes = cls.env.ref("sales_back_office.sbo_document_class_delivery")
        cls.env.ref("sales_back_office.sbo_check_document_filing_late").look_from = "2026-01-01"

    def _delivered(self, signed="2026-03-03"):
        order = self._order(self.customer, self._product("Lamp"), confirmed_at=at("2026-03-02 09:00"), clerk=self.clerk,
                            user_id=self.salesperson.id)
        picking = self._delivery(order, done_at=at("2026-03-02 15:00"))
        picking.write({"sbo_signed_on": signed, "sbo_signed_scan": base64.b64encode(b"signed note"),
                       "sbo_signed_scan_name": "note.txt"})
        return picking

    def test_one_click_from_the_contract(self):
        contract = self._contract()
        scan = self.env["ir.attachment"].create({
            "name": "contract.txt", "raw": b"signed", "res_model": "sbo.contract", "res_id": contract.id})
        action = contract.with_user(self.clerk).action_sbo_file()
        document = self.env["sbo.document"].browse(action["res_id"])
        self.assertEqual(
            (document.state, document.class_id, document.date.isoformat(), document.partner_id, document.record_ref,
             document.medium, document.sbo_clerk_id),
            ("draft", self.contracts, "2026-03-02", self.customer, contract, "both", self.clerk))
        self.assertEqual(contract.with_user(self.clerk).action_sbo_file()["res_id"], document.id, "not entered twice")
        self.contracts.place_id = self.box
        document.with_user(self.clerk).place_id = self.box
        contract.with_user(self.clerk).action_sbo_file()
        self.assertEqual((document.state, document.file_ids.name), ("filed", "contract.txt"))
        self.assertEqual((scan.res_model, scan.res_id), ("sbo.document", document.id), "the file is the document's now")
        self.assertEqual(contract.sbo_filed_count, 1)
        self.assertEqual(contract.with_user(self.salesperson).sbo_filed_file_ids, document.file_ids)
        self.assertFalse(contract.with_user(self.outsider).sudo(False).sbo_filed_count
                         if contract.with_user(self.outsider).has_access("read") else 0)

    def test_the_bid_documents_are_filed_with_the_tender(self):
        tender = self.env["sbo.tender"].create({"project": "Lamps", "partner_id": self.customer.id})
        paper = self.env["sbo.tender.document"].create({
            "tender_id": tender.id, "name": "Offer", "file": base64.b64encode(b"offer"), "file_name": "offer.txt"})
        document = self._document(res_model="sbo.tender", res_id=tender.id)
        document.with_user(self.clerk).action_file()
        self.assertEqual(document.file_ids.name, "offer.txt")
        self.assertTrue(paper.file)

    def test_with_a_usual_place_it_is_on_file_at_once(self):
        self.contracts.place_id = self.box
        contract = self._contract()
        document = self.env["sbo.document"].browse(contract.with_user(self.clerk).action_sbo_file()["res_id"])
        self.assertEqual(document.state, "filed")
        self.assertRegex(document.file_code, r"^2026-CT-\d{4}$")
        with self.assertRaises(AccessError):
            self._contract().with_user(self.outsider).action_sbo_file()

    def test_important_contracts_are_kept_longer(self):
        years = []
        for values in ({"amount": 999999}, {"amount": 1000000}, {"amount": 5, "warranty_until": "2027-01-01"}):
            contract = self._contract(**values)
            document = self.env["sbo.document"].browse(contract.with_user(self.clerk).action_sbo_file()["res_id"])
            years.append(document.retention_years)
        self.assertEqual(years, [10, 30, 30])

    def test_a_contracts_term_begins_when_it_is_fulfilled(self):
        self.contracts.place_id = self.box
        contract = self._contract()
        document = self.env["sbo.document"].browse(contract.with_user(self.clerk).action_sbo_file()["res_id"])
        self.assertFalse(document.keep_until, "not yet known")
        self.env.cr.execute("UPDATE sbo_contract SET state = 'fulfilled', date_end = '2026-05-01' WHERE id = %s",
                            [contract.id])
        self.env.invalidate_all()
        document._set_retention()
        self.assertEqual((document.retention_from.isoformat(), document.keep_until.isoformat()),
                         ("2026-12-31", "2036-12-31"))
        self.assertIn("state", contract._sbo_term_fields)

    def test_the_order_shows_what_is_on_file_for_it(self):
        picking = self._delivered()
        order = picking.sale_id
        self.notes.place_id = self.box
        picking.with_user(self.clerk).action_sbo_file()
        own = self._filed(res_model="sale.order", res_id=order.id)
        contract = self._contract()
        order.sbo_contract_id = contract
        paper = self._filed(res_model="sbo.contract", res_id=contract.id)
        shown = self.env["sbo.document"].search(order.action_sbo_filed()["domain"])
        note = self.env["sbo.document"].search([("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)])
        self.assertEqual(shown, own | paper | note)
        self.assertEqual((order.sbo_filed_count, picking.sbo_filed_count, self.customer.sbo_filed_count), (3, 1, 3))
        self.assertEqual((note.file_ids.name, note.file_ids.attachment_id.raw), ("note.txt", b"signed note"))
        self.assertEqual(order.sbo_filed_file_ids, note.file_ids)
        self.assertFalse(picking.sbo_signed_scan, "read where it is filed")
        self.assertEqual(picking.sbo_signed_state, "signed")

    def test_counts_cost_the_same_for_any_number(self):
        counts, product = [], self._product()
        for count in (2, 10, 100):
            orders = self.env["sale.order"].create([
                {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": product.id})]}
                for _n in range(count)])
            self.env["sbo.document"].create([
                {"title": "Order", "class_id": self.kind.id, "res_model": "sale.order", "res_id": order.id}
                for order in orders])
            with counted(self.env) as statements:
                orders.with_user(self.clerk).mapped("sbo_filed_count")
                orders.with_user(self.clerk).mapped("sbo_filed_file_ids")
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)

    def test_a_record_with_papers_on_file_is_not_deleted(self):
        customer = self._customer("Short-lived")
        document = self._document(res_model="res.partner", res_id=customer.id, partner_id=False)
        draft = self._document(res_model="res.partner", res_id=customer.id, partner_id=False)
        document.with_user(self.clerk).action_file()
        with self.assertRaisesRegex(UserError, "has papers on file"):
            customer.unlink()
        other = self._customer("Never on file")
        draft.write({"res_model": "res.partner", "res_id": other.id})
        other.unlink()
        self.assertEqual((draft.res_model, draft.res_id), (False, 0))

    def test_papers_follow_a_merged_customer(self):
        kept, gone = self._customer("Kept"), self._customer("Gone")
        document = self._filed(res_model="res.partner", res_id=gone.id, partner_id=gone.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | gone).ids, kept, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(gone.exists())
        self.assertEqual((document.res_id, document.partner_id), (kept.id, kept))

    def test_a_customer_on_the_portal_reads_orders_and_no_documents(self):
        order = self._order(self.customer)
        self._filed(res_model="sale.order", res_id=order.id)
        portal = self._user("sbo_portal_docs2", "base.group_portal")
        self.assertEqual(self.customer.with_user(portal)._sbo_filed_groups(["__count"]), {})
        self.assertEqual(order.with_user(portal)._sbo_filed_groups(["__count"]), {})

    def test_a_paper_hangs_on_records_one_may_read(self):
        stranger = self._contract()
        self.env.cr.execute("UPDATE sbo_contract SET company_id = %s WHERE id = %s", [self.company2.id, stranger.id])
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._document(res_model="sbo.contract", res_id=stranger.id)
        with self.assertRaisesRegex(ValidationError, "of this kind"):
            self._document(res_model="res.users", res_id=self.clerk.id)

    def test_what_is_filed_is_hung_elsewhere_by_a_supervisor(self):
        first, second = self._contract(), self._contract(subject="Chairs")
        document = self._filed(res_model="sbo.contract", res_id=first.id)
        for values in ({"res_id": second.id}, {"record_ref": f"sbo.contract,{second.id}"}, {"res_model": False},
                       {"partner_id": False}):
            with self.assertRaisesRegex(AccessError, "back-office supervisor"), self.env.cr.savepoint():
                document.with_user(self.clerk).write(values)
        document.with_user(self.supervisor).record_ref = second
        self.assertEqual(document.res_id, second.id)
        said = " ".join(document.message_ids.mapped("body"))
        self.assertIn(f"{first.display_name} → {second.display_name}", said)

    # === what is missing === #

    def test_signed_contracts_are_expected(self):
        contract, draft = self._contract(), self._contract(state="draft", signed_on=None)
        old = self._contract(signed_on="2025-06-01")
        expected = self.env["sbo.document"].with_context(sbo_no_commit=True)
        expected._make_expected(self.company)
        [document] = self.env["sbo.document"].search([
            ("res_model", "=", "sbo.contract"), ("res_id", "in", (contract | draft | old).ids)])
        self.assertEqual((document.res_id, document.state, document.expected, document.sbo_clerk_id),
                         (contract.id, "draft", True, self.clerk))
        self.assertEqual(document.file_due_at, at("2026-03-09 18:00"), "five working days after the second of March")
        expected._make_expected(self.company)
        self.assertEqual(self.env["sbo.document"].search_count([
            ("res_model", "=", "sbo.contract"), ("res_id", "=", contract.id)]), 1)

    def test_a_clerk_does_not_hide_what_is_expected(self):
        self._contract()
        self.env["sbo.document"].with_context(sbo_no_commit=True)._make_expected(self.company)
        document = self.env["sbo.document"].search([("expected", "=", True)], limit=1)
        for values in ({"active": False}, {"expected": False}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                document.with_user(self.clerk).write(values)
        document.with_user(self.supervisor).action_archive()
        self.assertFalse(document.active)

    def test_one_late_contract_is_one_finding(self):
        own, check = self._shipped("contract_filing_late"), self._shipped("document_filing_late")
        contract = self._contract()
        contract._plan_filing()
        self.env["sbo.document"].with_context(sbo_no_commit=True)._make_expected(self.company)
        document = self.env["sbo.document"].search([("res_model", "=", "sbo.contract"), ("res_id", "=", contract.id)])
        for one in (own, check):
            self._run(one, "2026-03-20 02:00")
        self.assertFalse(self._findings(document, check))
        finding = self._findings(contract, own)
        self.assertEqual((len(finding), finding.user_id, finding.closed_at), (1, self.clerk, False))
        document.with_user(self.clerk).write({"place_id": self.box.id})
        document.with_user(self.clerk).action_file()
        self.assertEqual(
            (contract.original_filed_at, contract.original_filed_by_id, contract.original_place),
            (document.filed_at, self.clerk, self.box.complete_name))
        contract._own().original_filed_at = at("2026-03-20 10:00")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_document SET filed_at = %s WHERE id = %s",
                            [at("2026-03-20 10:00"), document.id])
        self.env.invalidate_all()
        for one in (own, check):
            self._run(one, "2026-03-21 02:00")
        self.assertEqual(finding.closed_at, at("2026-03-20 10:00"))
        self.assertFalse(self._findings(document, check))

    def test_a_letter_of_a_contract_is_not_its_original(self):
        contract = self._contract()
        self._filed(res_model="sbo.contract", res_id=contract.id)
        self.assertFalse(contract.original_filed_at)

    def test_signed_delivery_notes_are_expected(self):
        picking, unsigned = self._delivered(), self._delivered()
        unsigned.write({"sbo_signed_on": False})
        self.env["sbo.document"].with_context(sbo_no_commit=True)._make_expected(self.company)
        [document] = self.env["sbo.document"].search([
            ("res_model", "=", "stock.picking"), ("res_id", "in", (picking | unsigned).ids)])
        self.assertEqual((document.res_id, document.class_id, document.medium), (picking.id, self.notes, "both"))
        document.with_user(self.clerk).place_id = self.box
        document.with_user(self.clerk).action_file()
        self.assertEqual(document.file_ids.name, "note.txt")

    def test_another_paper_of_the_record_does_not_stand_in_for_it(self):
        picking, contract = self._delivered(), self._contract()
        for record in (picking, contract):
            self._filed(res_model=record._name, res_id=record.id)
        self.env["sbo.document"].with_context(sbo_no_commit=True)._make_expected(self.company)
        for record, kind in ((picking, self.notes), (contract, self.contracts)):
            self.assertTrue(self.env["sbo.document"].search([
                ("res_model", "=", record._name), ("res_id", "=", record.id), ("class_id", "=", kind.id),
                ("expected", "=", True)]), record)

    def test_what_a_clerk_enters_and_leaves_is_late_too(self):
        check = self._shipped("document_filing_late")
        document = self._document()
        self.assertTrue(document.file_due_at)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_document SET file_due_at = '2026-03-03' WHERE id = %s", [document.id])
        self.env.invalidate_all()
        self._run(check, "2026-03-05 02:00")
        self.assertEqual(self._findings(document, check).user_id, self.clerk)

    def test_expecting_costs_the_same_for_any_number(self):
        counts = []
        for count in (2, 10, 100):
            contracts = self.env["sbo.contract"].union(*(self._contract() for _n in range(count)))
            with counted(self.env) as statements:
                self.env["sbo.document"]._expect(self.contracts, contracts)
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)

    def test_the_forms_show_it(self):
        for record in (self._order(self.customer), self.customer, self._delivered()):
            arch = self.env[record._name].with_user(self.clerk).get_view(view_type="form")["arch"]
            self.assertIn("action_sbo_filed", arch)
            self.assertIn('name="action_sbo_file"', arch)
        with Form(self.env["sbo.document"].with_user(self.clerk)) as form:
            form.title = "By hand"
            form.class_id = self.kind
            self.assertEqual((form.secrecy_id, form.retention_years), (self.internal, 10))

    def test_the_nights_run(self):
        contract, waiting = self._contract(), self._filed(res_model="sbo.contract", retention_start="fulfilled",
                                                          res_id=self._contract(state="terminated").id)
        over = self._filed()
        damaged = self._filed()
        file = self._upload(damaged)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_document SET keep_until = NULL WHERE id = %s", [waiting.id])
        self.env.cr.execute("UPDATE sbo_document SET keep_until = '2020-01-01' WHERE id = %s", [over.id])
        self.env.cr.execute("UPDATE sbo_document_file SET checked_at = NULL, sha256 = 'x' WHERE attachment_id = %s",
                            [file.id])
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("sales_back_office.sbo_document_retention_cron").method_direct_trigger()
            self.env.ref("sales_back_office.sbo_document_verify_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.env["sbo.document"].search([
            ("res_model", "=", "sbo.contract"), ("res_id", "=", contract.id), ("expected", "=", True)]))
        self.assertTrue(waiting.keep_until)
        self.assertEqual((over.state, damaged.file_ids.damage), ("appraisal", "changed"))
