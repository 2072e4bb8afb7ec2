import doctest

from hypothesis import example, given
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from ..tools import archive_restore, archive_set, pack_zip, safe_names

ODD = st.text(max_size=320) | st.text(alphabet="._- /\\:con1\u957f\u0301\u00e9(2)\u202e\n\0", max_size=80)


@tagged("post_install", "-at_install")
class TestArchiveNames(BaseCase):
    """Names of files and of entries in a zip, whatever people have called them."""

    def test_examples_in_the_docstrings(self):
        for module in (safe_names, archive_restore, archive_set, pack_zip):
            self.assertEqual(doctest.testmod(module).failed, 0)

    @given(ODD)
    @example("..")
    @example("con .txt")
    @example("._.")
    @example("../" * 100)
    def test_a_safe_name_stays_in_its_folder(self, text):
        name = safe_names.safe_name(text)
        self.assertEqual(safe_names.safe_name(name), name, "safe already")
        self.assertTrue(archive_restore.inside(name))
        self.assertLessEqual(len(name.encode()), safe_names.MAX_BYTES)
        self.assertFalse(set(name) & set('<>:"/\\|?*\0\n\r\t\u202e'))
        self.assertNotIn(name[0], ".- ")
        self.assertNotIn(name[-1], ". ")
        self.assertFalse(safe_names.RESERVED.fullmatch(name))

    @given(st.lists(ODD | st.sampled_from(["a.pdf", "A.pdf", "a (2).pdf", "\u5408\u540c.pdf"]), max_size=12))
    def test_names_of_one_folder_differ_on_every_disk(self, texts):
        taken = set()
        names = [safe_names.unique_name(text, taken) for text in texts]
        self.assertEqual(len({safe_names.folded(name) for name in names}), len(texts))
        self.assertTrue(all(len(name.encode()) <= safe_names.MAX_BYTES for name in names))
