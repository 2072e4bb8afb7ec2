import json

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import limited_field_access_token

from .common_documents import SboDocumentsCommon

ROLES = ("clerk", "supervisor", "manager", "auditor", "salesperson", "outsider", "company2_clerk")
# who reads what is on file, by secrecy level; the salesperson's customer
READERS = {
    "public": {"clerk", "supervisor", "manager", "auditor", "salesperson", "outsider"},
    "internal": {"clerk", "supervisor", "manager", "auditor", "salesperson"},
    "confidential": {"supervisor", "manager", "auditor"},
    "restricted": {"manager", "auditor"},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
MATRIX = {
    "sbo.document": {"clerk": "rwcd", "supervisor": "rwcd", "manager": "rwcd"},
    "sbo.document.file": {},
    "sbo.document.move": {},
    "sbo.document.place": {"clerk": "rwcd", "supervisor": "rwcd", "manager": "rwcd"},
    "sbo.document.class": {"supervisor": "rwcd", "manager": "rwcd"},
    "sbo.document.secrecy": {"manager": "rwcd"},
    "sbo.destruction": {"clerk": "rwc", "supervisor": "rwc", "manager": "rwc"},
    "sbo.destruction.line": {"clerk": "rwcd", "supervisor": "rwcd", "manager": "rwcd"},
}


@tagged("post_install", "-at_install")
class TestDocumentsAccess(SboDocumentsCommon):
    """Role by model and operation; who sees which document, its files and where it has been."""

    def test_everybody_finds_the_archive_in_a_menu(self):
        """And sees there what their level shows, not the back office's own menus."""
        papers = self._filed(secrecy_id=self.public.id) | self._filed(
            self.manager, secrecy_id=self.restricted.id)
        for user in (self.outsider, self.salesperson):
            shown = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertIn(self.env.ref("sales_back_office.sbo_my_document_menu").id, shown)
            self.assertNotIn(self.env.ref("sales_back_office.sbo_menu_documents").id, shown)
            found = self.env["sbo.document"].with_user(user).search([("id", "in", papers.ids)])
            self.assertEqual(found.ids, papers[0].ids)

    def test_matrix(self):
        for model, rights in MATRIX.items():
            for role in ROLES[:-1]:
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(self.env[model].with_user(getattr(self, role)).has_access(operation),
                                         letter in rights.get(role, "r"))
        portal = self._user("sbo_portal_docs", "base.group_portal")
        for model in (*MATRIX, "sbo.document.download"):
            self.assertFalse(self.env[model].with_user(portal).has_access("read"))
        for role in ("clerk", "salesperson", "outsider"):
            self.assertFalse(self.env["sbo.document.download"].with_user(getattr(self, role)).has_access("read"))

    def test_secret_titles_on_a_destruction_list_are_seen_by_who_may_read_them(self):
        secret, open_one = self._expired(secrecy_id=self.restricted.id), self._expired()
        record = self._destruction([secret, open_one], user=self.manager)
        for user, sees in ((self.clerk, 1), (self.supervisor, 1), (self.manager, 2), (self.auditor, 2),
                           (self.outsider, 2)):
            self.env.invalidate_all()
            self.assertEqual(len(record.with_user(user).line_ids), sees, user.login)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            record.line_ids.filtered(lambda line: line.document_id == secret).with_user(self.clerk).read(["title"])

    def test_who_reads_which_level(self):
        documents = {}
        for level in READERS:
            documents[level] = self._document(secrecy_id=getattr(self, level).id)
            self._upload(documents[level], f"{level}.txt", level.encode())
            documents[level].with_user(self.clerk).action_file()
        everything = self.env["sbo.document"].union(*documents.values())
        for role in ROLES:
            user = getattr(self, role)
            seen = self.env["sbo.document"].with_user(user).search([("id", "in", everything.ids)])
            expected = {level for level, roles in READERS.items() if role in roles}
            with self.subTest(role=role):
                self.assertEqual({level for level, one in documents.items() if one in seen}, expected)
                files = self.env["sbo.document.file"].with_user(user).search([("document_id", "in", everything.ids)])
                self.assertEqual(files.document_id, seen)
                attachments = self.env["ir.attachment"].with_user(user).search([
                    ("res_model", "=", "sbo.document"), ("res_id", "in", everything.ids)])
                self.assertEqual(set(attachments.mapped("res_id")), set(seen.ids))
            for level, document in documents.items():
                file = document.file_ids.with_user(user)
                with self.subTest(role=role, level=level):
                    for record in (document.with_user(user), file, document.file_ids.attachment_id.with_user(user)):
                        self.assertEqual(record.has_access("read"), level in expected)
                    if level not in expected:
                        with self.assertRaises(AccessError):
                            file.read(["name"])

    def test_a_salesperson_sees_only_own_customers(self):
        other = self._customer("Somebody Else's", salesperson=self.manager)
        document = self._filed(partner_id=other.id)
        loose = self._filed(partner_id=False)
        self.assertFalse(self.env["sbo.document"].with_user(self.salesperson).search([
            ("id", "in", (document | loose).ids)]))
        public = self._filed(partner_id=other.id, secrecy_id=self.public.id)
        self.assertTrue(public.with_user(self.salesperson).has_access("read"))

    def test_a_clerk_enters_what_only_managers_read(self):
        document = self._document(secrecy_id=self.restricted.id)
        self.assertTrue(document.with_user(self.clerk).has_access("write"))
        answer = document.with_user(self.clerk).action_file()
        self.assertIn("not yours to read", answer["params"]["message"])
        self.assertFalse(document.with_user(self.clerk).has_access("read"))

    def test_where_it_has_been_follows_the_document(self):
        document = self._filed(secrecy_id=self.restricted.id)
        document.with_user(self.manager).place_id = self._place("Safe", "cabinet", self.room)
        self.assertEqual(len(document.move_ids), 1)
        moves = self.env["sbo.document.move"].with_user(self.clerk)
        self.assertFalse(moves.search([("document_id", "=", document.id)]))
        with self.assertRaises(AccessError):
            document.move_ids.with_user(self.clerk).read(["to_name"])

    def test_levels_are_kept_by_managers(self):
        with self.assertRaises(AccessError):
            self.restricted.with_user(self.supervisor).reader = "supervisor"
        self.internal.with_user(self.manager).name = "Office"


@tagged("post_install", "-at_install")
class TestDocumentsDownload(SboDocumentsCommon, HttpCase):
    """The download address gives what the document gives, to whom it gives it, and writes down who took it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ROLES:
            getattr(cls, role).password = getattr(cls, role).login
        cls.attachments = {}
        for level in READERS:
            document = cls._document(secrecy_id=getattr(cls, level).id)
            cls.attachments[level] = cls._upload(document, f"{level}.txt", level.encode())
            document.with_user(cls.clerk).action_file()
        cls.portal = cls._user("sbo_portal_docs", "base.group_portal", password="sbo_portal_docs")

    def _got(self, url):
        answer = self.url_open(url, allow_redirects=False)
        return answer.content if answer.status_code == 200 else None

    def _log(self, level):
        return self.env["sbo.document.download"].search([
            ("document_id", "=", self.attachments[level].res_id)]).mapped(lambda one: (one.user_id.login, one.way))

    def test_by_role(self):
        for role in (*ROLES, "portal"):
            login = "sbo_portal_docs" if role == "portal" else f"sbo_{role}"
            self.authenticate(login, login)
            for level, attachment in self.attachments.items():
                expected = level.encode() if role in READERS[level] else None
                for url in (f"/web/content/{attachment.id}?download=true",
                            f"/web/content/ir.attachment/{attachment.id}/datas",
                            f"/web/content/{attachment.id}/{level}.txt?unique=1"):
                    with self.subTest(role=role, level=level, url=url):
                        self.assertEqual(self._got(url), expected)
                image = self.url_open(f"/web/image/{attachment.id}")
                self.assertEqual(level.encode() in image.content, expected is not None)

    def test_without_a_login(self):
        self.authenticate(None, None)
        for attachment in self.attachments.values():
            for url in (f"/web/content/{attachment.id}", f"/web/content/{attachment.id}?access_token=x",
                        f"/web/image/{attachment.id}"):
                answer = self.url_open(url, allow_redirects=False)
                self.assertNotIn(attachment.raw, answer.content)

    def test_no_token_opens_it(self):
        attachment = self.attachments["restricted"]
        token = limited_field_access_token(attachment, "raw", scope="binary")
        for login in (None, "sbo_clerk", "sbo_portal_docs"):
            self.authenticate(login, login)
            self.assertIsNone(self._got(f"/web/content/{attachment.id}?access_token={token}"))
        owner = limited_field_access_token(attachment, "id", scope="attachment_ownership")
        answer = self.url_open(f"/mail/attachment/pdf_first_page/{attachment.id}?access_token={owner}")
        self.assertEqual(answer.status_code, 404)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(
                "/mail/attachment/delete", {"attachment_id": attachment.id, "access_token": owner})
        self.assertTrue(attachment.exists())

    def test_downloads_of_secret_files_are_noted(self):
        self.authenticate("sbo_manager", "sbo_manager")
        for level, attachment in self.attachments.items():
            self._got(f"/web/content/{attachment.id}")
            self.assertEqual(self._log(level), [("sbo_manager", "download")] if level in ("confidential", "restricted")
                             else [])
        self.authenticate("sbo_clerk", "sbo_clerk")
        self._got(f"/web/content/{self.attachments['restricted'].id}")
        self.assertEqual(len(self._log("restricted")), 1, "who got nothing has read nothing")
        self.authenticate("sbo_auditor", "sbo_auditor")
        zipped = self.url_open("/mail/attachment/zip", data={
            "file_ids": str(self.attachments["restricted"].id), "zip_name": "all.zip",
            "csrf_token": Request.csrf_token(self)})
        self.assertEqual(zipped.content[:2], b"PK")
        self.assertIn(("sbo_auditor", "download"), self._log("restricted"))
        document = self.env["sbo.document"].browse(self.attachments["restricted"].res_id)
        self.assertEqual(document.with_user(self.manager).download_count, 2)

    def test_reading_by_rpc_is_noted(self):
        attachment = self.attachments["restricted"]
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        self.env.flush_all()
        reads = [
            lambda one: one.read(["datas"]), lambda one: one.read(["raw"]), lambda one: one.export_data(["datas"]),
            lambda one: one.web_read({"datas": {}}), lambda one: one.search_read([("id", "=", one.id)], ["datas"]),
            lambda one: one.read(["index_content"]), lambda one: one.read(["db_datas"]), lambda one: one.copy_data(),
        ]
        for number, read in enumerate(reads, start=1):
            self.env.invalidate_all()
            read(attachment.with_user(self.manager))
            with self.subTest(number=number):
                self.assertGreaterEqual(len(self._log("restricted")), number)
        self.assertEqual(set(self._log("restricted")), {("sbo_manager", "data")})
        self.env.invalidate_all()
        before = len(self._log("restricted"))
        attachment.with_user(self.manager).read(["name", "file_size", "checksum"])
        self.env["sbo.document.file"].search([("attachment_id", "=", attachment.id)])._verify()
        self.assertEqual(len(self._log("restricted")), before, "the system counts bytes, nobody reads them")
        with self.assertRaises(AccessError):
            attachment.with_user(self.clerk).read(["datas"])

    def test_uploading_over_http(self):
        document = self._document()
        self.authenticate("sbo_clerk", "sbo_clerk")
        answer = self.url_open("/web/binary/upload_attachment", data={
            "model": "sbo.document", "id": document.id, "csrf_token": Request.csrf_token(self)},
            files={"ufile": ("../up.txt", b"uploaded", "text/plain")})
        self.assertNotIn("error", json.loads(answer.text)[0])
        self.assertEqual((document.file_ids.name, document.file_ids.size), ("up.txt", 8))
        self.authenticate("sbo_salesperson", "sbo_salesperson")
        answer = self.url_open("/mail/attachment/upload", data={
            "thread_model": "sbo.document", "thread_id": document.id, "csrf_token": Request.csrf_token(self)},
            files={"ufile": ("no.txt", b"no", "text/plain")})
        self.assertEqual(len(document.file_ids), 1, "who may not write the document adds nothing to it")

    def test_the_log_is_nobodys_to_write(self):
        self.authenticate("sbo_manager", "sbo_manager")
        self._got(f"/web/content/{self.attachments['restricted'].id}")
        log = self.env["sbo.document.download"].search([("document_id", "=", self.attachments["restricted"].res_id)])
        for user in (self.manager, self.auditor):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(log.with_user(user).has_access(operation))
        self.assertTrue(log.with_user(self.auditor).has_access("read"))
        self.assertFalse(self.env["sbo.document.download"].with_user(self.supervisor).search([("id", "in", log.ids)]))
