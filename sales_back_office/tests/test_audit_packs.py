import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..models import sbo_audit_build
from .common import at
from .common_archive import SboArchiveCommon

LOGGER = "odoo.addons.sales_back_office.models.sbo_archive_job"


@tagged("post_install", "-at_install")
class TestAuditPacks(SboArchiveCommon):
    """What is handed over for an audit: one zip from a snapshot, what is missing, who signs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scope = cls._customer("Audited", clerk=cls.clerk)
        own = {"partner_id": cls.scope.id}
        cls.first = cls._on_file("Contract", {"contract.pdf": b"pack first"}, medium="both", **own)
        cls.second = cls._on_file("Letter", {"a.txt": b"pack second", "A.txt": b"pack third"}, **own)
        cls.secret = cls._on_file("Secret", {"s.txt": b"pack secret"}, cls.manager, secrecy_id=cls.restricted.id, **own)
        cls.draft = cls._entered("Not filed", **own)

    def _pack(self, user=None, **vals):
        return self.env["sbo.audit.pack"].with_user(user or self.supervisor).create({
            "partner_ids": [Command.set(self.scope.ids)], "recipient": "Mr. Wang", **vals}).with_env(self.env)

    def _prepared(self, user=None, **vals):
        pack = self._pack(user, **vals)
        pack.with_user(user or self.supervisor).action_prepare()
        return self._work_off(pack)

    def _zip(self, pack):
        return zipfile.ZipFile(io.BytesIO(pack.attachment_id.raw))

    def _kinds(self, pack, kind):
        return pack.line_ids.filtered(lambda line: line.kind == kind)

    # === what is in it === #

    def test_one_zip_with_index_and_check_sums(self):
        pack = self._prepared()
        self.assertEqual((pack.state, pack.job_state, pack.file_count, pack.paper_count), ("ready", "done", 3, 1))
        with self._zip(pack) as found:
            self.assertIsNone(found.testzip())
            files = [name for name in found.namelist() if name.startswith("files/")]
            self.assertEqual(len({name.casefold() for name in files}), 3)
            self.assertEqual({found.read(name) for name in files}, {b"pack first", b"pack second", b"pack third"})
            self.assertEqual(found.namelist()[3:], ["index.csv", "index.json", "missing.csv", "SHA256SUMS"])
            for line in found.read("SHA256SUMS").decode().splitlines():
                sha, name = line.split("  ")
                self.assertEqual(hashlib.sha256(found.read(name)).hexdigest(), sha)
            index = json.loads(found.read("index.json"))
            self.assertEqual({row["file_code"] for row in index["documents"]},
                             {self.first.file_code, self.second.file_code})
            rows = list(csv.DictReader(io.StringIO(found.read("index.csv").decode("utf-8-sig"))))
            self.assertEqual([row["entry"] for row in rows if row["entry"]], sorted(files, key=files.index))
            self.assertEqual({info.date_time for info in found.infolist()}, {(1980, 1, 1, 0, 0, 0)})
        self.assertEqual(pack.sha256, hashlib.sha256(pack.attachment_id.raw).hexdigest())
        self.assertEqual(pack.size, pack.attachment_id.file_size)

    def test_what_is_missing_and_what_was_left_out_is_listed(self):
        lost = self._on_file("Lost", {"l.txt": b"pack lost"}, partner_id=self.scope.id)
        changed = self._on_file("Changed", {"c.txt": b"pack changed"}, partner_id=self.scope.id)
        self._lose(lost.file_ids)
        self._spoil(changed.file_ids)
        pack = self._prepared()
        missing = {line.document_id: line.reason for line in self._kinds(pack, "missing")}
        self.assertEqual(missing, {self.draft: "not_filed", lost: "lost", changed: "changed"})
        [left_out] = self._kinds(pack, "left_out")
        self.assertEqual((left_out.document_id.id, left_out.title, left_out.file_code),
                         (False, False, self.secret.file_code), "its code alone")
        text = self._zip(pack).read("missing.csv").decode("utf-8-sig")
        self.assertIn(self.secret.file_code, text)
        self.assertNotIn("Secret", text)
        self.assertEqual((pack.missing_count, pack.left_out_count), (3, 1))

    def test_only_what_the_preparer_may_read(self):
        pack = self._prepared(self.manager)
        self.assertEqual((pack.file_count, pack.left_out_count, pack.manager_only), (4, 0, True))
        with self.assertRaises(AccessError):
            pack.with_user(self.supervisor).read(["name"])
        with self.assertRaises(AccessError):
            pack.attachment_id.with_user(self.supervisor).read(["name"])
        self.assertFalse(self.env["sbo.audit.pack.line"].with_user(self.supervisor).search([("pack_id", "=", pack.id)]))
        self.assertTrue(pack.with_user(self.auditor).attachment_id.raw)

    def test_period_class_and_contract_narrow_it(self):
        contract = self._contract()
        paper = self._on_file("Of the contract", {"k.txt": b"pack contract"}, partner_id=self.scope.id,
                              res_model="sbo.contract", res_id=contract.id)
        self.assertEqual(self._prepared(contract_ids=[Command.set(contract.ids)]).line_ids.document_id, paper)
        self.assertFalse(self._prepared(date_from="2030-01-01").line_ids)
        kind = self.env["sbo.document.class"].create({
            "name": "Others", "code": "OT", "secrecy_id": self.internal.id})
        self.assertFalse(self._prepared(class_ids=[Command.set(kind.ids)]).line_ids)

    def test_hostile_names(self):
        names = ["../../evil.txt", "长" * 300 + ".txt", "con.txt", "a\u202etxt.exe", "same.txt", "SAME.TXT"]
        document = self._entered("../.. \u5408\u540c", {"first.txt": b"pack h"}, partner_id=self.scope.id)
        for number, name in enumerate(names):
            file = self._file(document, self._upload(document, f"n{number}.txt", b"pack h%d" % number).name)
            file.flush_recordset()
            self.env.cr.execute("UPDATE sbo_document_file SET name = %s WHERE id = %s", (name, file.id))
        self.env.invalidate_all()
        document.with_user(self.clerk).action_file()
        with self._zip(self._prepared()) as found:
            entries = [name for name in found.namelist() if b"pack h" in found.read(name)[:6]]
            self.assertEqual(len({name.casefold() for name in entries}), 7)
            for name in entries:
                self.assertTrue(name.startswith("files/") and ".." not in name.split("/"), name)
                self.assertTrue(all(len(part.encode()) <= 120 for part in name.split("/")), name)
                self.assertNotIn("\u202e", name)

    # === the same bytes === #

    def test_built_again_it_is_the_same(self):
        pack = self._prepared()
        before = pack.attachment_id.raw, pack.sha256
        self.first._own().title = "Another title"
        self.company.name, self.supervisor.name = "Renamed Ltd.", "Married Name"
        self._on_file("Filed later", {"x.txt": b"pack later"}, partner_id=self.scope.id)
        pack.with_user(self.supervisor).action_rebuild()
        self._work_off(pack)
        self.assertEqual((pack.attachment_id.raw, pack.sha256, pack.state), (*before, "ready"))

    def test_in_small_steps_it_is_the_same(self):
        whole = self._prepared()
        with patch.object(sbo_audit_build, "STEP_LINES", 1):
            steps = self._prepared()
        with self._zip(whole) as one, self._zip(steps) as two:
            self.assertEqual(one.namelist(), two.namelist())
            for name in one.namelist():
                if name not in ("index.json", "SHA256SUMS"):  # the index names the pack
                    self.assertEqual(one.read(name), two.read(name))

    def test_a_step_that_was_killed_is_done_again(self):
        whole = self._prepared()
        with patch.object(sbo_audit_build, "STEP_LINES", 1):
            pack = self._pack()
            pack.with_user(self.supervisor).action_prepare()
            pack._guarded_step()
            pack._guarded_step()
            with open(pack._zip_path(), "ab") as half:
                half.write(b"what the killed step had written")
            self._work_off(pack)
        self.assertEqual(self._zip(pack).namelist(), self._zip(whole).namelist())
        self.assertIsNone(self._zip(pack).testzip())

    def test_another_host_begins_again(self):
        with patch.object(sbo_audit_build, "STEP_LINES", 1):
            pack = self._pack()
            pack.with_user(self.supervisor).action_prepare()
            pack._guarded_step()
            pack._guarded_step()
            Path(pack._zip_path()).unlink()
            self._work_off(pack)
        self.assertIsNone(self._zip(pack).testzip())
        self.assertEqual(pack.file_count, 3)

    def test_a_pack_that_cannot_be_built_again_says_so_and_keeps_the_first(self):
        pack = self._prepared()
        zip_before = pack.attachment_id
        self._lose(self.first.file_ids)
        pack.with_user(self.supervisor).action_rebuild()
        with mute_logger(LOGGER):
            self._work_off(pack)
        self.assertEqual((pack.job_state, pack.attachment_id, pack.state), ("failed", zip_before, "ready"))
        self.assertIn("cannot be built again", pack.job_error)

    # === steps === #

    def test_from_the_request_to_the_originals_back(self):
        request = self.env["sbo.audit.request"].with_user(self.clerk).create({
            "asked_by": "Auditor", "due_on": "2026-03-06", "description": "All", "partner_ids": self.scope.ids})
        action = request.with_user(self.supervisor).action_new_pack()
        pack = self.env["sbo.audit.pack"].browse(action["res_id"])
        self.assertEqual((pack.partner_ids, pack.recipient), (self.scope, "Auditor"))
        pack.with_user(self.supervisor).action_prepare()
        self._work_off(pack)
        pack.with_user(self.supervisor).originals = True
        with self.assertRaisesRegex(UserError, "when the originals come back"):
            pack.with_user(self.supervisor).action_deliver()
        pack.with_user(self.supervisor).return_due_on = "2026-03-20"
        pack.with_user(self.supervisor).action_deliver()
        self.assertEqual((pack.state, pack.delivered_by_id), ("delivered", self.supervisor))
        self.assertIn("Receipt", " ".join(self.env["ir.attachment"].search(
            [("res_model", "=", pack._name), ("res_id", "=", pack.id)]).mapped("name")))
        request.with_user(self.clerk).action_deliver()
        with self.assertRaisesRegex(UserError, "not back yet"):
            request.with_user(self.supervisor).action_close()
        check = self._shipped("audit_originals_late")
        self._run(check, "2026-03-20 23:00")
        self.assertFalse(self._findings(pack, check))
        self._run(check, "2026-03-24 09:00")
        self.assertEqual(self._findings(pack, check).user_id, self.supervisor)
        self.assertTrue(self.first._sbo_holds(), "what is out is not destroyed")
        pack.with_user(self.supervisor).action_close()
        self.assertEqual((pack.state, bool(pack.returned_on), bool(pack.attachment_id)), ("closed", True, False))
        self.assertTrue(pack.sha256 and pack.line_ids, "what was in it stays known")
        request.with_user(self.supervisor).action_close()
        self.assertFalse(self.first._sbo_holds())

    def test_missing_papers_are_findings_until_they_are_supplied(self):
        request = self.env["sbo.audit.request"].with_user(self.clerk).create({
            "asked_by": "Auditor", "due_on": "2999-03-06", "description": "All", "partner_ids": self.scope.ids})
        check = self._shipped("audit_material_missing")
        pack = self._prepared(request_id=request.id)
        self._run(check, "2026-12-02 02:00")
        self.assertFalse(self._findings(request, check), "nothing was handed over yet")
        pack.with_user(self.supervisor).action_deliver()
        pack._step_write({"delivered_at": at("2026-12-02 10:00")})
        self._run(check, "2026-12-03 02:00")
        found = self._findings(request, check)
        self.assertEqual((len(found), found.user_id), (1, self.clerk))
        self.assertIn("Not filed", found.evidence["missing"])
        line = self._kinds(pack, "missing")
        with self.assertRaises(AccessError):
            line.with_user(self.clerk).action_supplied()
        line.with_user(self.supervisor).action_supplied()
        line.with_context(sbo_step=sbo_audit_build.STEP).supplied_at = at("2026-12-04 10:00")
        self._run(check, "2026-12-05 02:00")
        self.assertEqual(found.closed_at, at("2026-12-04 10:00"))
        with self.assertRaisesRegex(UserError, "cannot be noted as supplied"):
            self._kinds(pack, "file")[0].with_user(self.supervisor).action_supplied()

    def test_what_was_prepared_stays(self):
        pack = self._prepared()
        mine = pack.with_user(self.supervisor)
        for vals in ({"date_from": "2020-01-01"}, {"partner_ids": [Command.clear()]}):
            with self.assertRaisesRegex(UserError, "has been prepared"):
                mine.write(vals)
        for vals in ({"state": "draft"}, {"sha256": "x"}, {"job_state": "waiting"}):
            with self.assertRaisesRegex(UserError, "come with its steps"):
                mine.with_context(sbo_step=True).write(vals)
        with self.assertRaisesRegex(UserError, "is kept"):
            mine.unlink()
        with self.assertRaisesRegex(UserError, "is not changed"):
            pack.line_ids.with_user(self.supervisor).write({"title": "x"})
        mine.action_deliver()
        with self.assertRaisesRegex(UserError, "what was signed for"):
            mine.recipient = "Somebody else"
        created = self._pack(state="delivered", sha256="x")
        self.assertEqual((created.state, created.sha256), ("draft", False))

    def test_the_zip_is_never_public_nor_another_one(self):
        pack = self._prepared()
        zipped = pack.attachment_id.with_user(self.supervisor)
        self.assertFalse(pack.attachment_id.public or pack.attachment_id.access_token)
        for vals in ({"raw": b"x"}, {"res_id": 1}):
            with self.assertRaisesRegex(UserError, "known by its check sum"):
                zipped.write(vals)
        with self.assertRaisesRegex(UserError, "known by its check sum"):
            zipped.unlink()
        for user in (self.clerk, self.salesperson, self.outsider):
            with self.assertRaises(AccessError):
                pack.attachment_id.with_user(user).read(["raw"])

    def test_the_public_flag_is_refused_by_the_database(self):
        pack = self._prepared()
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            pack.attachment_id.public = True
            self.env.flush_all()

    def test_who_does_what(self):
        for user in (self.clerk, self.salesperson, self.outsider):
            with self.assertRaises(AccessError):
                self._pack(user)
        pack = self._prepared()
        self.assertEqual(pack.with_user(self.auditor).file_count, 3)
        with self.assertRaises(AccessError):
            pack.with_user(self.auditor).action_deliver()
        with self.assertRaises(AccessError):
            pack.with_user(self.clerk).action_cancel()
        self.assertNotIn(pack, self.env["sbo.audit.pack"].with_user(self.company2_supervisor()).search([]))
        pack.with_user(self.supervisor).action_cancel()
        self.assertEqual((pack.state, bool(pack.attachment_id)), ("cancelled", False))

    def company2_supervisor(self):
        return self._user("sbo_other_head", "sales_back_office.sbo_group_supervisor", company_id=self.company2.id,
                          company_ids=[Command.set(self.company2.ids)])

    def test_the_scheduled_action_builds_it_and_tells_the_preparer(self):
        pack = self._pack()
        pack.with_user(self.supervisor).action_prepare()
        with self.enter_registry_test_mode():
            self.env.ref("sales_back_office.sbo_cron_audit_pack").method_direct_trigger()
        self.assertEqual((pack.state, pack.job_percent), ("ready", 100))
        self.assertIn(self.supervisor.partner_id, pack.message_ids.partner_ids)

    def test_papers_print(self):
        lost = self._on_file("Lost", {"l.txt": b"pack print lost"}, partner_id=self.scope.id)
        self._lose(lost.file_ids)
        pack = self._prepared(originals=True, return_due_on="2026-03-20")
        reports = self.env["ir.actions.report"].with_user(self.supervisor)
        receipt = reports._render_qweb_html("sales_back_office.sbo_audit_receipt", pack.ids)[0].decode()
        for words in (pack.sha256, self.first.file_code, "Mr. Wang", "Missing papers: <strong>2</strong>"):
            self.assertIn(words, " ".join(receipt.split()))
        missing = reports._render_qweb_html("sales_back_office.sbo_audit_missing", pack.ids)[0].decode()
        for words in ("Not filed yet", "File lost", self.secret.file_code):
            self.assertIn(words, missing)
        self.assertNotIn("Secret<", missing)
