import io

from lxml import html
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from openpyxl import load_workbook

from .common_documents import SboDocumentsCommon
from .counted import counted

LABELS = "sales_back_office.sbo_document_label"
PLACES = "sales_back_office.sbo_place_label"
INDEX = "sales_back_office.sbo_document_index"
DESTRUCTION = "sales_back_office.sbo_destruction_list"


@tagged("post_install", "-at_install")
class TestDocumentsPapers(SboDocumentsCommon):
    """Labels, the file index F17 as paper and workbook, the destruction list F19."""

    def _page(self, report, records, user=None):
        body = self.env["ir.actions.report"].with_user(user or self.clerk)._render_qweb_html(report, records.ids)[0]
        return html.fromstring(body)

    def _text(self, *args):
        return " ".join(self._page(*args).text_content().split())

    def test_labels_in_rows_of_three(self):
        documents = self.env["sbo.document"].union(*(self._filed(barcode=f"B{n}") for n in range(4)))
        page = self._page(LABELS, documents)
        self.assertEqual(len(page.xpath("//table[contains(@class, 'sbo-label')]//tr")), 2)
        self.assertEqual(len(page.xpath("//img[starts-with(@src, 'data:image/png')]")), 4)
        self.assertIn("2026-LT-0001", page.text_content())
        text = self._text(PLACES, self.box | self.cabinet)
        self.assertIn("Room 1 / Cabinet A", text)
        self.assertIn(self.box.barcode, text)

    def test_the_index(self):
        second, first = self._filed(title="=HYPERLINK()", pages=7, document_no="A-9"), self._filed(date="2025-03-02")
        text = self._text(INDEX, second | first)
        self.assertLess(text.index(first.file_code), text.index(second.file_code))
        for word in ("A-9", "10 years", "Room 1 / Cabinet A / Box 1", "Internal", "Filed", "pages: 10", "Approved by"):
            self.assertIn(word, text)

    def test_the_index_as_workbook(self):
        self._filed(title="=HYPERLINK()", document_no="007")
        self._filed(title="秘密", secrecy_id=self.restricted.id)
        wizard = self.env["sbo.file.index"].with_user(self.clerk).create({"class_ids": self.kind.ids})
        action = wizard.action_xlsx()
        self.assertIn(f"/web/content/sbo.file.index/{wizard.id}/workbook", action["url"])
        content = wizard._workbook(wizard._documents())
        [sheet] = load_workbook(io.BytesIO(content)).worksheets
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[0][:5], ("No.", "Archival Code", "Document No.", "Author", "Title"))
        self.assertEqual((rows[1][1], rows[1][2], rows[1][4], rows[1][7]), ("2026-LT-0001", "007", "=HYPERLINK()", 3))
        self.assertEqual(len(rows), 2, "what one may not read is not in the index")

    def test_a_workbook_is_read_by_who_asked_for_it(self):
        self._filed(title="秘密", secrecy_id=self.restricted.id)
        wizard = self.env["sbo.file.index"].with_user(self.manager).create({"class_ids": self.kind.ids})
        wizard.action_xlsx()
        self.assertTrue(wizard.workbook)
        for user in (self.clerk, self.auditor, self.company2_clerk):
            self.assertFalse(self.env["sbo.file.index"].with_user(user).search([("id", "=", wizard.id)]))
            with self.assertRaises(AccessError):
                wizard.with_user(user).read(["workbook"])

    def test_the_choice_of_the_index(self):
        old = self._filed(date="2025-03-02")
        new = self._filed(place_id=self._place("Safe", "room").id)
        index = self.env["sbo.file.index"].with_user(self.clerk)
        for values, found in (({"date_to": "2025-12-31"}, old), ({"date_from": "2026-01-01"}, new),
                              ({"place_id": self.room.id}, old), ({}, old | new)):
            wizard = index.create({"class_ids": self.kind.ids, **values})
            self.assertEqual(set(wizard._documents().ids), set(found.ids))
        with self.assertRaisesRegex(UserError, "Nothing is on file"):
            index.create({"date_to": "1990-01-01"}).action_pdf()
        self.assertEqual(index.create({"class_ids": self.kind.ids}).action_pdf()["type"], "ir.actions.report")

    def test_the_destruction_list(self):
        document = self._expired(title="Old letter")
        self._upload(document, "same.txt", b"same")
        self.env["ir.attachment"].create({
            "name": "twin.txt", "raw": b"same", "res_model": "res.partner", "res_id": self.customer.id})
        record = self._destroyed(document)
        text = self._text(DESTRUCTION, record)
        for word in (record.name, "Old letter", document.file_code, "2010", "twin.txt", "First witness, before",
                     "sbo_outsider", "Destroyed"):
            self.assertIn(word, text)

    def test_an_index_of_many_costs_the_same(self):
        counts = []
        for count in (2, 10, 100):
            documents = self.env["sbo.document"].create([
                {"title": f"N{n}", "date": "2026-03-02", "class_id": self.kind.id, "place_id": self.box.id}
                for n in range(count)])
            documents.action_file()
            with counted(self.env) as statements:
                self.env[f"report.{INDEX}"].with_user(self.clerk)._get_tables(documents.with_user(self.clerk))
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)

    def test_they_print(self):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for name, records in ((LABELS, self._filed()), (PLACES, self.box), (INDEX, self._filed())):
            with self.allow_pdf_render():
                content, kind = report._render_qweb_pdf(name, records.ids)
            self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))
