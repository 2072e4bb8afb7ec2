import base64
import io
from datetime import date

import xlsxwriter
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from openpyxl import Workbook, load_workbook

from ..tools import sheets
from ..wizards import sbo_customer_import
from .common import SboCommon

GOOD = "91350100M000100Y43"


class ImportCommon(SboCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.east = cls.env["sbo.region"].create({"name": "SBO Region East"})
        cls.company.country_id = cls.env.ref("base.cn")

    def _book(self, header, *rows):
        book = Workbook()
        book.active.append(header)
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _wizard(self, content, user=None):
        return self.env["sbo.customer.import"].with_user(user or self.clerk).create(
            {"file": base64.b64encode(content), "file_name": "old.xlsx"})

    def _checked(self, header, *rows, user=None):
        wizard = self._wizard(self._book(header, *rows), user)
        wizard.action_check()
        return wizard

    def _told(self, wizard):
        """{row: (state, words)}"""
        return {line.row: (line.state, line.message or "") for line in wizard.line_ids}

    def _one(self, **cells):
        """State and words of a single row with these headings."""
        return self._told(self._checked(list(cells), list(cells.values())))[2]


@tagged("post_install", "-at_install")
class TestImportCheck(ImportCommon):
    """The dry run: each error of each row in words that a clerk understands."""

    def test_a_good_row_and_nothing_is_written(self):
        before = self.env["res.partner"].search_count([])
        wizard = self._checked(
            ["Customer Name", "Code", "Social Credit or Tax Code", "Region", "Salesperson"],
            ["North Wind", "x", GOOD, "sbo region EAST", "sbo_salesperson"])
        self.assertEqual((wizard.ready_count, wizard.error_count, wizard.unknown), (1, 0, "Code"))
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        with self.assertRaisesRegex(UserError, "Check the file first"):
            self._wizard(b"x").action_import()

    def test_errors_in_words(self):
        for cells, words in (
            ({"Customer Name": None, "City": "Wuxi"}, "name is missing"),
            ({"Customer Name": "A", "Region": "Mars"}, "“Mars” is not in the list of “Region”"),
            ({"Customer Name": "A", "Size": "Huge"}, "“Huge” is not in the list of “Size”"),
            ({"Customer Name": "A", "Salesperson": "Nobody"}, "“Nobody” in “Salesperson” is nobody"),
            ({"Customer Name": "A", "Back-Office Clerk": "sbo_salesperson"}, "nobody who can have that part"),
            ({"Customer Name": "A", "Filed": "31.2."}, "“31.2.” in “Filed” is not a date"),
            ({"Customer Name": "A", "Filed": "2026-02-30"}, "is not a date"),
            ({"Customer Name": "A", "Filed": date(2199, 1, 1)}, "lies in the future"),
            ({"Customer Name": "A", "State or Province": "Bavaria"}, "not a state or province"),
            ({"Customer Name": "A", "Social Credit or Tax Code": 91350100000100043}, "last digits are lost"),
            ({"Customer Name": "A", "City": "=Z9"}, "“City” is a formula without a result"),
        ):
            state, told = self._one(**cells)
            self.assertEqual(state, "error", cells)
            self.assertIn(words, told)

    def test_warnings_are_told_and_filed_all_the_same(self):
        wizard = self._checked(
            ["Customer Name", "Social Credit or Tax Code", "Telephone", "E-Mail"],
            ["A", "91350100MXX8888Y4Z", "ring me", "nowhere"])
        self.assertEqual((wizard.ready_count, wizard.warned_count), (1, 1))
        for words in ("code does not validate", "“ring me” can hardly be", "“nowhere” can hardly be"):
            self.assertIn(words, wizard.line_ids.message)

    def test_numbers_dates_and_spaces_are_understood(self):
        wizard = self._checked(
            ["Customer Name", "File Number", "Telephone", "Postal Code", "Filed", "Last Verified"],
            ["  A \u3000 B ", 1001.0, 13800138000, 214000, "2026/3/1", date(2026, 3, 2)])
        values = wizard.line_ids.values
        self.assertEqual(values["name"], "A B")
        self.assertEqual((values["ref"], values["phone"], values["zip"]), ("1001", "13800138000", "214000"))
        self.assertEqual((values["sbo_filed_on"], values["sbo_verified_on"]), ("2026-03-01", "2026-03-02"))

    def test_twice_in_the_file(self):
        told = self._told(self._checked(
            ["Customer Name", "File Number", "Social Credit or Tax Code", "Telephone"],
            ["A", "K1", None, None], ["B", "K1", None, None],
            ["C", None, "X1 2", None], ["D", None, "x12", None],
            ["E Co.", None, None, "021-5555 1234"], ["e co", None, None, "+86 21 55551234"],
            ["F", None, None, None], ["F", None, None, None]))
        for row, words in ((3, "same file number stands in row 2"), (5, "same code stands in row 4"),
                           (7, "same name and telephone number stand in row 6"), (9, "same name stands in row 8")):
            self.assertEqual(told[row][0], "error")
            self.assertIn(words, told[row][1])
        self.assertEqual({told[row][0] for row in (2, 4, 6, 8)}, {"ready"})

    def test_filed_already(self):
        self._customer("Old Friend", self.clerk, ref="K7", vat="Q-77", phone="021 5555 7777")
        self._customer("Asleep", self.clerk, ref="K8", active=False)
        told = self._told(self._checked(
            ["Customer Name", "File Number", "Social Credit or Tax Code", "Telephone"],
            ["Old Friend", "K7", None, None], ["Somebody", "K7", None, None], ["New Name", "K9", "q77", None],
            ["OLD FRIEND", None, None, "5555-7777"], ["old friend", None, None, None], ["Asleep", "K8", None, None]))
        self.assertEqual([told[row][0] for row in sorted(told)],
                         ["exists", "error", "exists", "exists", "exists", "exists"])
        self.assertIn("Filed already under this number: Old Friend (K7)", told[2][1])
        self.assertIn("This file number belongs to another customer: Old Friend (K7)", told[3][1])

    def test_customers_of_other_companies_are_not_told(self):
        self._customer("Secret", self.clerk, ref="K7", company_id=self.company2.id)
        self.assertEqual(self._one(**{"Customer Name": "Secret", "File Number": "K7"})[0], "ready")

    def test_several_people_of_one_name(self):
        self._user("sbo_twin_a", "base.group_user", name="Same Name")
        self._user("sbo_twin_b", "base.group_user", name="Same Name")
        self.assertIn("Several users are called", self._one(**{"Customer Name": "A", "Salesperson": "same name"})[1])
        self.assertEqual(self._one(**{"Customer Name": "A", "Salesperson": "sbo_twin_b@example.com"})[0], "ready")

    def test_headings_in_any_order_language_and_place(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.env["sbo.customer.import"].with_context(lang="zh_CN")._labels()
        book = Workbook()
        for row in (["Our customers"], [], [chinese["city"], " TELEPHONE ", "name *", chinese["sbo_size"]],
                    ["Wuxi", "0510-8888", "A", "Small"]):
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        wizard = self._wizard(stream.getvalue())
        wizard.action_check()
        self.assertEqual(wizard.line_ids.values,
                         {"name": "A", "city": "Wuxi", "phone": "0510-8888", "sbo_size": "small"})
        self.assertEqual(wizard.line_ids.row, 4)

    def test_hostile_files(self):
        empty = Workbook()
        stream = io.BytesIO()
        empty.save(stream)
        for content, words in (
            (b"", "Choose the file"), (b"PK\x03\x04 broken", "no Excel workbook"),
            (b"name;city\nA;B", "no Excel workbook"),
            (stream.getvalue(), "holds no customers"), (self._book(["Customer Name", "City"]), "holds no customers"),
            (self._book(["Foo", "Bar"], ["a", "b"]), "No headings"),
            (self._book(["City", "Telephone", "E-Mail"], ["a", "b", "c"]), "no column “Customer Name”"),
            (self._book(["Customer Name", "City", "city"], ["a", "b", "c"]), "“City” is there twice"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._wizard(content).action_check()

    def test_formulas_with_a_result_are_read(self):
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Customer Name", "City"])
            sheet.write_formula(1, 0, '="North"&" Wind"', value="North Wind")
            sheet.write_string(1, 1, "=cmd|' /C calc'!A0")
        wizard = self._wizard(stream.getvalue())
        wizard.action_check()
        self.assertEqual(wizard.line_ids.values, {"name": "North Wind", "city": "=cmd|' /C calc'!A0"})
        result = load_workbook(io.BytesIO(wizard._result()))
        self.assertEqual(result.active["C2"].data_type, "s", "what was typed stays text")

    def test_many_rows_in_few_queries(self):
        def cost(number):
            wizard = self._wizard(self._book(
                ["Customer Name", "File Number", "Telephone", "Region", "Salesperson"],
                *([f"Many {n}", f"M{number}-{n}", f"021-{n:08d}", "SBO Region East", "sbo_salesperson"]
                  for n in range(number))))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_check()
            self.assertEqual(wizard.ready_count, number)
            return self.env.cr.sql_log_count - before

        cost(1)
        few, many = cost(50), cost(500)
        self.assertLessEqual(many, few + 5, "the result is written in batches")
        self.assertLess(cost(5000), few + 60)


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    """Only the good rows, on confirmation, through the ORM, each once."""

    HEADER = ["Customer Name", "File Number", "Social Credit or Tax Code", "Telephone", "Region", "Salesperson",
              "Main Contact", "E-Mail of the Contact", "Bank", "Bank Account Number", "Filed", "Company or Person"]
    ROWS = [
        ["North Wind", "K1", GOOD, "021-55551234", "SBO Region East", "sbo_salesperson", "Ms. Li", "li@example.com",
         "SBO Bank", "6222 0001", "2025-05-06", None],
        ["Wang Wei", "K2", None, "13800138000", None, None, None, None, None, None, None, "Person"],
        ["Wrong", "K3", None, None, "Mars", None, None, None, None, None, None, None],
    ]

    def _imported(self, user=None):
        wizard = self._checked(self.HEADER, *self.ROWS, user=user)
        wizard.action_import()
        return wizard

    def test_good_rows_become_customers(self):
        wizard = self._imported()
        self.assertEqual((wizard.state, wizard.done_count, wizard.error_count), ("done", 2, 1))
        north, person = (self.env["res.partner"].search([("ref", "=", ref)]) for ref in ("K1", "K2"))
        self.assertEqual((north.user_id, north.sbo_region_id, north.is_company), (self.salesperson, self.east, True))
        self.assertEqual((north.child_ids.name, north.child_ids.email), ("Ms. Li", "li@example.com"))
        self.assertEqual((north.bank_ids.acc_number, north.bank_ids.bank_id.name), ("6222 0001", "SBO Bank"))
        self.assertEqual((str(north.sbo_filed_on), north.sbo_collector_id.id), ("2025-05-06", False))
        self.assertEqual((person.is_company, person.sbo_is_customer, person.country_id.code), (False, True, "CN"))
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "K3")]))
        self.assertEqual(wizard.line_ids.partner_id, north | person)

    def test_each_is_assigned_unless_the_salespeople_know_them(self):
        def assignments(refs):
            return self.env["sbo.assignment"].search([("partner_id.ref", "in", refs)])

        self._imported()
        self.assertEqual(set(assignments(["K1", "K2"]).mapped("channel")), {"import"})
        self.assertEqual(assignments(["K1"]).user_id, self.salesperson)
        self.assertEqual(assignments(["K2"]).state, "received", "nobody's: waits to be assigned")
        wizard = self._checked(["Customer Name", "File Number", "Salesperson"],
                               ["Old", "K8", "sbo_salesperson"], ["Older", "K9", None])
        wizard.served = True
        wizard.action_import()
        self.assertEqual(assignments(["K8", "K9"]).partner_id.ref, "K9")

    def test_nobody_gets_a_mail_for_each(self):
        before = self.env["mail.mail"].search_count([])
        self._imported()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_running_twice_adds_nothing(self):
        wizard = self._imported()
        with self.assertRaisesRegex(UserError, "imported once"):
            wizard.action_import()
        second = self._imported()
        self.assertEqual((second.done_count, second.exists_count, second.error_count), (0, 2, 1))
        self.assertEqual(self.env["res.partner"].search_count([("ref", "in", ["K1", "K2"])]), 2)

    def test_who_was_filed_since_the_check_is_left_alone(self):
        wizard = self._checked(self.HEADER, *self.ROWS)
        self._customer("North Wind", self.clerk, vat=GOOD)
        wizard.action_import()
        self.assertEqual((wizard.done_count, wizard.exists_count), (1, 1))
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "K1")]))

    def test_one_refused_row_does_not_stop_the_others(self):
        partners = type(self.env["res.partner"])
        create = partners.create

        refusal = "K1 is not wanted."

        def refusing(records, vals_list):
            if any(vals.get("ref") == "K1" for vals in vals_list):
                raise UserError(refusal)
            return create(records, vals_list)

        wizard = self._checked(self.HEADER, *self.ROWS)
        self.patch(partners, "create", refusing)
        wizard.action_import()
        self.assertEqual(self._told(wizard)[2], ("error", "K1 is not wanted."))
        self.assertEqual(wizard.done_count, 1)

    def test_the_template_goes_round(self):
        template = self.env["sbo.customer.import"].with_user(self.clerk)._template()
        book = load_workbook(io.BytesIO(template))
        sheet = book.worksheets[0]
        self.assertEqual(sheet["A1"].value, "Customer Name *")
        lists = {validation.formula1 for validation in sheet.data_validations.dataValidation}
        self.assertGreaterEqual(len(lists), 5)
        names = [cell.value for column in book["Lists"].iter_cols() for cell in column]
        self.assertIn("SBO Region East", names)
        wizard = self._wizard(template)
        wizard.action_check()
        self.assertEqual(self._told(wizard)[2][0], "skipped", "the example is not imported")
        sheet["A3"], sheet["H3"] = "From Template", "SBO Region East"
        stream = io.BytesIO()
        book.save(stream)
        wizard = self._wizard(stream.getvalue())
        wizard.action_check()
        wizard.action_import()
        self.assertEqual(self.env["res.partner"].search([("name", "=", "From Template")]).sbo_region_id, self.east)

    def test_result_beside_the_rows(self):
        wizard = self._imported()
        action = wizard.action_result()
        self.assertIn("/web/content/sbo.customer.import/", action["url"])
        sheet = load_workbook(io.BytesIO(base64.b64decode(wizard.workbook))).active
        self.assertEqual([sheet["A1"].value, sheet["B1"].value], ["Import Result", "Customer Name"])
        self.assertEqual(sheet["A2"].value, "Filed Now")
        self.assertEqual(sheet["A4"].value, "Cannot Be Filed: “Mars” is not in the list of “Region”.")
        self.assertEqual(sheet["B4"].value, "Wrong")

    def test_who_may(self):
        for user in (self.salesperson, self.outsider, self.auditor):
            with self.assertRaises(AccessError):
                self._wizard(b"x", user)
        for user in (self.clerk, self.supervisor, self.manager):
            self._wizard(b"x", user)
        mine = self._wizard(b"x", self.clerk)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            mine.with_user(self.clerk2).action_check()

    def test_a_long_ledger_in_several_presses(self):
        self.patch(sbo_customer_import, "SECONDS", -1)
        wizard = self._checked(self.HEADER, *self.ROWS)
        wizard.action_import()
        self.assertEqual((wizard.state, wizard.done_count, wizard.ready_count), ("checked", 0, 2))
        self.patch(sbo_customer_import, "SECONDS", 45)
        wizard.action_import()
        self.assertEqual((wizard.state, wizard.done_count, wizard.ready_count), ("done", 2, 0))

    def test_batches_of_many(self):
        wizard = self._checked(["Customer Name", "File Number"], *([f"Many {n}", f"MM{n}"] for n in range(450)))
        wizard.action_import()
        self.assertEqual(wizard.done_count, 450)


@tagged("post_install", "-at_install")
class TestSheets(ImportCommon):
    def test_size_written_in_the_file_is_not_believed(self):
        table = sheets.read_table(self._book(["Customer Name"], *([f"R{n}"] for n in range(3))), lambda cells: True)
        self.assertEqual([number for number, _cells in table.rows], [2, 3, 4])

    def test_too_many_rows(self):
        self.patch(sheets, "MAX_ROWS", 2)
        with self.assertRaises(sheets.UnreadableSheet) as caught:
            sheets.read_table(self._book(["Customer Name"], *([f"R{n}"] for n in range(3))), lambda cells: True)
        self.assertEqual(caught.exception.reason, "long")

    def test_bombs(self):
        self.patch(sheets, "MAX_UNPACKED", 10)
        with self.assertRaises(sheets.UnreadableSheet) as caught:
            sheets.read_table(self._book(["Customer Name"]), lambda cells: True)
        self.assertEqual(caught.exception.reason, "big")
