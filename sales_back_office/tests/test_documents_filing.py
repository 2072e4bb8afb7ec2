from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_documents import SboDocumentsCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestDocumentsFiling(SboDocumentsCommon):
    """From the draft to the archival code, and what is not changed any more after it."""

    def test_a_paper_is_filed(self):
        document = self._document()
        self.assertEqual((document.state, document.file_code, document.sbo_clerk_id), ("draft", False, self.clerk))
        document.with_user(self.clerk).action_file()
        self.assertEqual(
            (document.state, document.file_code, document.barcode, document.filed_by_id,
             document.keep_until.isoformat()),
            ("filed", "2026-LT-0001", "2026-LT-0001", self.clerk, "2036-12-31"))
        self.assertIn("2026-LT-0001", document.message_ids[0].body)

    def test_codes_count_by_year_and_class_and_leave_no_gap(self):
        first, draft, second = self._filed(), self._document(), self._filed()
        other = self.env["sbo.document.class"].create({"name": "Notes", "code": "NT", "secrecy_id": self.internal.id})
        self.assertEqual([self._filed(date="2025-01-01").file_code, self._filed(class_id=other.id).file_code],
                         ["2025-LT-0001", "2026-NT-0001"])
        draft.with_user(self.clerk).unlink()
        self.assertEqual([first.file_code, second.file_code, self._filed().file_code],
                         ["2026-LT-0001", "2026-LT-0002", "2026-LT-0003"])

    def test_a_batch_is_filed_with_its_labels(self):
        documents = self.env["sbo.document"].union(*(self._document(barcode=f" L{n} ") for n in range(3)))
        documents.with_user(self.clerk).action_file()
        self.assertEqual(documents.sorted("id").mapped("file_code"), ["2026-LT-0001", "2026-LT-0002", "2026-LT-0003"])
        self.assertEqual(documents.sorted("id").mapped("barcode"), ["L0", "L1", "L2"])

    def test_each_company_has_its_own_numbers(self):
        mine = self._filed()
        kind = self.env["sbo.document.class"].create({
            "name": "Letters", "code": "LT", "company_id": self.company2.id, "secrecy_id": self.internal.id})
        place = self._place("Room 2", "room", company_id=self.company2.id)
        theirs = self.env["sbo.document"].with_user(self.company2_clerk).create({
            "title": "Theirs", "date": "2026-03-02", "class_id": kind.id, "place_id": place.id})
        theirs.action_file()
        self.assertEqual((mine.file_code, theirs.file_code), ("2026-LT-0001", "2026-LT-0001"))
        self.assertFalse(self.env["sbo.document"].with_user(self.company2_clerk).search([("id", "=", mine.id)]))

    def test_nothing_is_filed_that_cannot_be_found_again(self):
        with self.assertRaisesRegex(UserError, "it has no place"):
            self._filed(place_id=False)
        with self.assertRaisesRegex(UserError, "its file has not been uploaded"):
            self._filed(medium="electronic", place_id=False)
        document = self._document(medium="electronic", place_id=False)
        self._upload(document)
        document.with_user(self.clerk).action_file()
        self.assertEqual(document.state, "filed")

    def test_who_files(self):
        document = self._document()
        for user in (self.salesperson, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                document.with_user(user).action_file()
        with self.assertRaises(UserError):
            self._filed().with_user(self.clerk).action_file()

    def test_a_code_is_not_entered_by_hand(self):
        document = self._document(state="filed", file_code="2026-LT-9999", number=7)
        self.assertEqual((document.state, document.file_code, document.number), ("draft", False, 0))
        for values in ({"state": "filed"}, {"file_code": "X"}, {"keep_until": "2020-01-01"}, {"state": "destroyed"}):
            with self.assertRaisesRegex(UserError, "come with its steps"):
                document.with_user(self.manager).write(values)
            with self.assertRaisesRegex(UserError, "come with its steps"):
                document.with_user(self.manager).with_context(sbo_step=True).write(values)
        with self.assertRaisesRegex(UserError, "counted by the filing itself"):
            self.kind.with_user(self.manager).numbers = {}

    def test_what_is_filed_is_not_deleted_nor_hidden(self):
        document = self._filed()
        with self.assertRaisesRegex(UserError, "never deleted"):
            document.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "cannot be hidden"):
            document.with_user(self.manager).action_archive()
        self._document().with_user(self.clerk).unlink()

    def test_corrections_are_tracked_and_the_code_stays_right(self):
        document = self._filed()
        self.env.flush_all()
        self.env.cr.precommit.run()
        document.with_user(self.clerk).write({"title": "Letter of March", "pages": 4})
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = document.message_ids.sudo().tracking_value_ids
        self.assertTrue({"title", "pages"} <= set(tracked.field_id.mapped("name")))
        with self.assertRaisesRegex(UserError, "stand in its archival code"):
            document.with_user(self.manager).class_id = self.kind.copy()
        with self.assertRaisesRegex(AccessError, "corrected by a back-office supervisor"):
            document.with_user(self.clerk).secrecy_id = self.public
        with self.assertRaisesRegex(AccessError, "corrected by a back-office supervisor"):
            document.with_user(self.clerk).retention_years = 1
        document.with_user(self.supervisor).write({"secrecy_id": self.public.id, "date": "2026-03-01"})
        with self.assertRaisesRegex(ValidationError, "the year of its date"):
            document.with_user(self.supervisor).date = "2025-03-01"

    def test_a_class_in_use_keeps_its_code(self):
        self._filed()
        with self.assertRaisesRegex(UserError, "its code stays"):
            self.kind.with_user(self.supervisor).code = "XX"
        with self.assertRaisesRegex(UserError, "archive the class"):
            self.kind.with_user(self.supervisor).unlink()
        self.kind.with_user(self.supervisor).action_archive()
        with self.assertRaisesRegex(ValidationError, "capital letters"):
            self.env["sbo.document.class"].create({"name": "Odd", "code": "a/b"})

    def test_a_second_company_gets_the_classes(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.ref("sales_back_office.sbo_document_class_contract").with_context(lang="zh_CN").name = "合同"
        company = self.env["res.company"].create({"name": "Third"})
        kinds = self.env["sbo.document.class"].search([("company_id", "=", company.id)])
        contracts = kinds.filtered(lambda kind: kind.record_model == "sbo.contract")
        self.assertEqual((contracts.code, contracts.with_context(lang="zh_CN").name), ("CT", "合同"))
        self.env["sbo.document.class"]._give_to(company)
        self.assertEqual(self.env["sbo.document.class"].search_count([("company_id", "=", company.id)]), len(kinds))

    def test_labels_are_one_of_a_kind(self):
        self._filed(barcode="L1")
        with self.assertRaisesRegex(ValidationError, "on a place as well"):
            self._document(barcode=self.box.barcode)
        with self.assertRaisesRegex(ValidationError, "on a place as well"):
            self.box.barcode = "L1"
        found = self.env["sbo.document"].with_user(self.clerk)._by_barcode(" L1 ")
        self.assertEqual(found.file_code, "2026-LT-0001")
        self.assertEqual(self.env["sbo.document.place"]._by_barcode(self.box.barcode), self.box)
        self.assertFalse(self.env["sbo.document"]._by_barcode(""))

    def test_filing_ten_times_as_many_costs_no_more_queries(self):
        counts = []
        for count in (2, 10, 100):
            documents = self.env["sbo.document"].with_user(self.clerk).create([
                {"title": f"N{n}", "date": "2026-03-02", "class_id": self.kind.id, "place_id": self.box.id}
                for n in range(count)])
            with counted(self.env) as statements:
                documents.action_file()
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)
