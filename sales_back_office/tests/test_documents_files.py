import hashlib
import os
from unittest.mock import patch

from odoo.addons.base.models.ir_attachment import IrAttachment
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .common_documents import SboDocumentsCommon
from .counted import counted

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082")


@tagged("post_install", "-at_install")
class TestDocumentsFiles(SboDocumentsCommon):
    """Files are plain attachments of the document: closed, fingerprinted, in versions, never changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls._filed()
        cls.attachment = cls._upload(cls.document)

    def _disk(self, attachment):
        return attachment._full_path(attachment.store_fname)

    def test_an_upload_is_a_version_with_its_fingerprint(self):
        [file] = self.document.file_ids
        self.assertEqual(
            (file.name, file.version, file.sha256, file.size, file.attachment_id, file.uploaded_by_id),
            ("letter.txt", 1, hashlib.sha256(b"Dear customer").hexdigest(), 13, self.attachment, self.clerk))
        later = self._upload(self.document, raw=b"Dear customer, again")
        other = self._upload(self.document, "annex.txt", b"Annex")
        self.assertEqual([(one.name, one.version, one.current) for one in self.document.file_ids.sorted("id")],
                         [("letter.txt", 1, False), ("letter.txt", 2, True), ("annex.txt", 1, True)])
        self.assertEqual(self.document.file_count, 2)
        self.assertEqual(self.attachment.raw, b"Dear customer", "the old version is kept")
        self.assertEqual((later | other).mapped("res_model"), ["sbo.document"] * 2)
        self.assertIn("letter.txt (v2)", self.document.message_ids.mapped("body")[1])

    def test_several_uploads_at_once(self):
        self.env["ir.attachment"].create([
            {"name": name, "raw": name.encode() + bytes([n]), "res_model": "sbo.document", "res_id": self.document.id}
            for n, name in enumerate(("a.txt", "a.txt", "letter.txt"))])
        self.assertEqual([(one.name, one.version, one.current) for one in self.document.file_ids.sorted("id")],
                         [("letter.txt", 1, False), ("a.txt", 1, False), ("a.txt", 2, True), ("letter.txt", 2, True)])

    def test_a_message_brings_a_file(self):
        self.document.with_user(self.clerk).message_post(body="Scan", attachments=[("scan.txt", b"scanned")])
        self.assertEqual(self.document.file_ids.filtered(lambda file: file.name == "scan.txt").size, 7)

    def test_no_file_leaves_by_mail(self):
        """A follower who may not read the document gets no bytes of it, whoever writes the message."""
        self.document.message_subscribe(self.outsider.partner_id.ids)
        message = self.document.with_user(self.manager).message_post(
            body="Scan", attachments=[("scan.txt", b"scanned")], subtype_xmlid="mail.mt_comment",
            partner_ids=self.outsider.partner_id.ids, mail_auto_delete=False)
        self.assertIn("scan.txt", self.document.file_ids.mapped("name"))
        self.assertFalse(message.attachment_ids)
        mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        self.assertFalse(mails.attachment_ids)
        self.assertTrue(message.notified_partner_ids)

    def test_never_public_by_any_door(self):
        for user in (self.clerk, self.manager, self.env.ref("base.user_admin")):
            attachment = self.attachment.with_user(user)
            for values in ({"public": True}, {"access_token": "x"}):
                with self.assertRaisesRegex(UserError, "never made public"):
                    attachment.write(values)
                with self.assertRaisesRegex(UserError, "never made public"):
                    attachment.sudo().write(values)
            with self.assertRaises(UserError):
                attachment.generate_access_token()
        made = self._upload(self.document, "public.txt", public=True, access_token="abc", url="/sneaky")
        self.assertEqual((made.public, made.access_token, made.url), (False, False, False))
        loose = self.env["ir.attachment"].create({"name": "loose.txt", "raw": b"l", "public": True})
        loose.generate_access_token()
        loose.write({"res_model": "sbo.document", "res_id": self.document.id})
        self.assertEqual((loose.public, loose.access_token), (False, False))
        self.assertEqual(self.document.file_ids.filtered(lambda file: file.name == "loose.txt").version, 1)
        self.assertFalse(self.attachment._get_raw_access_token())
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE ir_attachment SET public = TRUE WHERE id = %s", [self.attachment.id])

    def test_content_is_never_changed(self):
        for values in ({"raw": b"forged"}, {"datas": b"Zm9yZ2Vk"}, {"name": "other.txt"}, {"res_id": 1},
                       {"res_model": "res.partner", "res_id": self.customer.id}, {"res_model": False},
                       {"type": "url", "url": "https://example.com"}, {"res_field": "image_1920"}):
            for attachment in (self.attachment.with_user(self.manager), self.attachment):
                with self.subTest(values=values), self.assertRaises(UserError), self.env.cr.savepoint():
                    attachment.write(dict(values))
        self.attachment.write({"raw": b"Dear customer", "mimetype": "text/plain"})
        self.assertFalse(self.document.file_ids.damage, "the same bytes in another storage are the same file")

    def test_a_file_elsewhere_stays_the_one_it_was(self):
        """On cloud storage or behind a link: its address is what it is."""
        attachment = self._upload(self.document, "map.txt", False, type="url", url="https://example.com/map")
        for values in ({"url": "https://example.com/other"}, {"name": "other.txt"}, {"raw": b"forged"}):
            with self.subTest(values=values), self.assertRaises(UserError), self.env.cr.savepoint():
                attachment.with_user(self.manager).write(dict(values))

    def test_files_of_what_is_filed_are_not_deleted(self):
        for attachment in (self.attachment.with_user(self.manager), self.attachment):
            with self.assertRaisesRegex(UserError, "never deleted"):
                attachment.unlink()
        with self.assertRaises(UserError):
            self.document.file_ids.unlink()
        for values in ({"name": "x"}, {"sha256": "0"}, {"damage": False}):
            with self.assertRaises(UserError):
                self.document.file_ids.with_user(self.manager).write(values)
        draft = self._document()
        scan = self._upload(draft)
        scan.with_user(self.clerk).unlink()
        self.assertFalse(draft.file_ids)

    def test_a_picture_is_kept_as_it_came(self):
        with patch.object(IrAttachment, "_postprocess_contents", side_effect=AssertionError("resized")):
            attachment = self._upload(self.document, "scan.png", PNG)
        self.assertEqual((attachment.raw, attachment.mimetype), (PNG, "image/png"))

    def test_hostile_names_lead_nowhere(self):
        names = {
            "../../etc/passwd": "etc_passwd",
            "..\\..\\windows\\system.ini": "windows_system.ini",
            "line\r\nSet-Cookie: x.pdf": "line  Set-Cookie_ x.pdf",
            "\u202egpj.exe": "gpj.exe",
            "   ": "file",
            "合同 扫描件.pdf": "合同 扫描件.pdf",
        }
        for name, kept in names.items():
            attachment = self._upload(self.document, name, name.encode())
            self.assertEqual((attachment.name, self.document.file_ids.sorted("id")[-1].name), (kept, kept))
        long = self._upload(self.document, "长" * 300 + ".pdf", b"long")
        self.assertTrue(long.name.endswith(".pdf"))
        self.assertLessEqual(len(long.name.encode()), 200)

    def test_found_by_what_the_files_say(self):
        self._upload(self.document, "report.txt", b"thermonuclear lamp socket")
        other = self._filed(secrecy_id=self.restricted.id)
        self._upload(other, "secret.txt", b"thermonuclear secret", user=self.manager)
        documents = self.env["sbo.document"]
        found = documents.with_user(self.clerk).search([("file_text", "ilike", "Thermonuclear")])
        self.assertEqual(found, self.document)
        self.assertEqual(documents.with_user(self.manager).search([("file_text", "ilike", "thermonuclear")]),
                         self.document | other)
        self.assertFalse(documents.search([("file_text", "ilike", "nothing of the kind")]))

    def test_a_draft_thrown_away_gives_its_files_back(self):
        draft = self._document(res_model="res.partner", res_id=self.customer.id)
        scan = self._upload(draft)
        draft.with_user(self.clerk).unlink()
        self.assertEqual((scan.res_model, scan.res_id), ("res.partner", self.customer.id))
        lonely = self._document()
        scan = self._upload(lonely)
        lonely.with_user(self.clerk).unlink()
        self.assertFalse(scan.exists())

    # === damage === #

    def test_changed_and_lost_files_are_found(self):
        check = self._shipped("document_file_damaged")
        lost = self._upload(self.document, "lost.txt", b"soon gone")
        file, gone = self.document.file_ids.sorted("id")
        with open(self._disk(self.attachment), "wb") as disk:
            disk.write(b"Dear stranger")
        os.unlink(self._disk(lost))
        (file | gone)._verify()
        self.assertEqual((file.damage, gone.damage), ("changed", "missing"))
        self.env.flush_all()
        self._run(check, "2027-01-01 02:00")
        findings = self._findings(self.document, check)
        self.assertEqual((len(findings), findings.user_id, set(findings.mapped("severity"))), (2, self.clerk, {"4"}))
        for attachment, raw in ((self.attachment, b"Dear customer"), (lost, b"soon gone")):
            with open(self._disk(attachment), "wb") as disk:
                disk.write(raw)
        (file | gone).with_user(self.clerk).action_verify()
        self._run(check, "2027-01-02 02:00")
        self.assertTrue(all(findings.mapped("closed_at")))

    def test_a_night_looks_at_each_file_once(self):
        files = self.env["sbo.document.file"]
        self._upload(self.document, "b.txt", b"b")
        self.env.cr.execute("UPDATE sbo_document_file SET checked_at = '2026-01-01' WHERE document_id = %s",
                            [self.document.id])
        self.env.invalidate_all()
        done = files._verify_some("2026-01-02", batch=1), files._verify_some("2026-01-02", batch=1)
        self.assertEqual((done, files._verify_some("2026-01-02", batch=1)), ((1, 1), 0))

    def test_verifying_costs_the_same_queries_for_any_number(self):
        counts = []
        for count in (2, 10, 100):
            document = self._filed()
            self.env["ir.attachment"].create([
                {"name": f"{n}.txt", "raw": b"%d" % n, "res_model": "sbo.document", "res_id": document.id}
                for n in range(count)])
            with counted(self.env) as statements:
                document.file_ids._verify()
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2], counts)
