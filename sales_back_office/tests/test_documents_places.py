from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common_documents import SboDocumentsCommon
from .counted import counted


@tagged("post_install", "-at_install")
class TestDocumentsPlaces(SboDocumentsCommon):
    """Rooms, cabinets, shelves and boxes: how much fits in, and what moves with what."""

    def test_a_place_is_named_by_where_it_stands(self):
        self.assertEqual(self.box.complete_name, "Room 1 / Cabinet A / Box 1")
        self.room.name = "Cellar"
        self.assertEqual(self.box.complete_name, "Cellar / Cabinet A / Box 1")
        self.assertRegex(self.box.barcode, r"^PL\d{6}$")
        with self.assertRaisesRegex(ValidationError, "cannot stand within"):
            self._place("Room 9", "room", self.box)
        with self.assertRaises(ValidationError):
            self.cabinet.kind = "box"

    def test_no_more_than_fits_in(self):
        self.box.capacity = 2
        self._filed(), self._document()
        self.assertEqual((self.box.content_count, self.box.free), (2, 0))
        with self.assertRaisesRegex(ValidationError, "is full: 2 documents fit in, 3 would be there"):
            self._document()
        with self.assertRaisesRegex(ValidationError, "is full"):
            self._document(place_id=self.cabinet.id).with_user(self.clerk).place_id = self.box
        with self.assertRaisesRegex(ValidationError, "is full"):
            self.box.with_user(self.clerk).capacity = 1
        self.box.capacity = 0
        self._document()

    def test_a_full_cabinet_takes_no_box(self):
        self.cabinet.capacity = 2
        self._document(), self._document()
        with self.assertRaisesRegex(ValidationError, "Cabinet A” is full"):
            self._document()
        other = self._place("Box 2", "box", self.room)
        self._document(place_id=other.id)
        with self.assertRaisesRegex(ValidationError, "Cabinet A” is full"):
            other.with_user(self.clerk).parent_id = self.cabinet

    def test_a_place_with_documents_stays(self):
        document = self._filed()
        for place in (self.box, self.cabinet, self.room):
            with self.assertRaisesRegex(UserError, "cannot be archived: 1 documents are in it"):
                place.with_user(self.clerk).action_archive()
            with self.assertRaises(UserError):
                place.with_user(self.clerk).unlink()
        document.with_user(self.clerk).place_id = self._place("Box 3")
        self.box.with_user(self.clerk).action_archive()
        self.box.with_user(self.clerk).unlink()
        self.assertEqual(document.move_ids.from_name, "Room 1 / Cabinet A / Box 1", "where it was stays on record")

    def test_moving_a_box_moves_what_is_in_it(self):
        document, beside = self._filed(), self._filed(place_id=self.cabinet.id)
        cellar = self._place("Cellar", "room")
        self.box.with_user(self.clerk).parent_id = cellar
        [move] = document.move_ids
        self.assertEqual(
            (move.from_name, move.to_name, move.moved_place_id, move.user_id),
            ("Room 1 / Cabinet A / Box 1", "Cellar / Box 1", self.box, self.clerk))
        self.assertFalse(beside.move_ids)
        self.cabinet.with_user(self.clerk).parent_id = cellar
        self.assertEqual(beside.move_ids.mapped("to_name"), ["Cellar / Cabinet A"])
        document.with_user(self.clerk).place_id = self.cabinet
        self.assertEqual([(one.from_name, one.to_name) for one in document.move_ids.sorted("id")][-1],
                         ("Cellar / Box 1", "Cellar / Cabinet A"))
        with self.assertRaises(UserError):
            move.unlink()
        self.assertEqual(document.action_moves()["domain"], [("document_id", "in", document.ids)])

    def test_moving_a_box_costs_the_same_for_any_number(self):
        counts = []
        for count in (2, 10, 100):
            box = self._place(f"Full {count}", "box", self.cabinet)
            self.env["sbo.document"].create([
                {"title": f"N{n}", "class_id": self.kind.id, "place_id": box.id} for n in range(count)])
            with counted(self.env) as statements:
                box.with_user(self.clerk).parent_id = self.room
            counts.append(len(statements))
            self.assertEqual(self.env["sbo.document.move"].search_count([("moved_place_id", "=", box.id)]), count)
        self.assertEqual(counts[1], counts[2], counts)

    def test_lists_cost_the_same_for_any_number(self):
        counts = []
        spec = {name: {} for name in (
            "file_code", "title", "date", "medium", "keep_until", "file_count", "state", "on_loan", "block_reason",
            "sbo_finding_count")} | {name: {"fields": {"display_name": {}}} for name in (
                "class_id", "secrecy_id", "place_id", "partner_id")}
        for count in (2, 10, 100):
            documents = self.env["sbo.document"].create([
                {"title": f"N{n}", "class_id": self.kind.id, "place_id": self.box.id} for n in range(count)])
            with counted(self.env) as statements:
                documents.with_user(self.clerk).web_read(spec)
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)
