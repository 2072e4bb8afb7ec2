"""The archive in real transactions: backups and audit packs killed in the middle, a database that is wiped.

A gate makes the moments certain: a trigger lets the statement that would agree on a step wait for the test.
"""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

GATE = 46
PROGRAM = Path(__file__).resolve().parents[1] / "sales_back_office" / "tools" / "archive_restore.py"
MEGABYTE = 1 << 20
PREPARE = """
import hashlib
from odoo.fields import Command
supervisor = env["res.users"].with_context(no_reset_password=True).create({
    "name": "head", "login": "head", "email": "head@example.com",
    "group_ids": [Command.link(env.ref("sales_back_office.sbo_group_supervisor").id)]})
level = env["sbo.document.secrecy"].search([("reader", "=", "office")], limit=1)
kind = env["sbo.document.class"].create({"name": "Killed", "code": "KL", "secrecy_id": level.id})
for n in range(120):
    document = env["sbo.document"].create({
        "title": "Paper %d \\u5408\\u540c" % n, "date": "2026-02-02", "class_id": kind.id, "medium": "electronic"})
    env["ir.attachment"].create([{
        "name": name, "raw": ("%s %d " % (name, n)).encode() * (n + 1), "res_model": document._name,
        "res_id": document.id} for name in ("a.txt", "\\u5408\\u540c.txt")])
    document.action_file()
env.cr.commit()
"""
# Steps of fifty documents, however fast the machine is.
SHORT = "from odoo.addons.sales_back_office.models import sbo_backup_run as run; run.STEP_SECONDS = 0\n"
BACKUP = "env['sbo.backup']._cron_backup()"
FACTS = """SELECT d.file_code, f.name, f.sha256 FROM sbo_document_file f JOIN sbo_document d ON d.id = f.document_id
            ORDER BY 1, 2"""
RETURN = "import json; print(json.dumps(env['sbo.backup']._reattach(%r)))"
# So many files of 16 kB, by SQL: all of them share the bytes of one attachment on the disk.
MANY = """
from odoo.tools import SQL
[[one]] = env.execute_query(SQL("SELECT MIN(attachment_id) FROM sbo_document_file"))
raw = bytes(range(256)) * 64
sample = env["ir.attachment"].create({"name": "x", "raw": raw})
sha = __import__("hashlib").sha256(raw).hexdigest()
env.cr.execute("CREATE TEMP TABLE made AS SELECT nextval('sbo_document_id_seq')::int AS d, "
               "nextval('ir_attachment_id_seq')::int AS a, n FROM generate_series(1, %(count)s) n")
env.cr.execute('''INSERT INTO sbo_document (id, title, file_code, year, number, date, class_id, company_id, secrecy_id,
        medium, state, filed_on, active)
    SELECT m.d, 'Paper', '2025-XX-' || m.n, 2025, m.n, '2025-05-05', d.class_id, d.company_id, d.secrecy_id,
           'electronic', 'filed', '2025-05-05', true FROM made m, (SELECT * FROM sbo_document LIMIT 1) d''')
env.cr.execute('''INSERT INTO ir_attachment (id, name, type, store_fname, checksum, file_size, res_model, res_id,
                                              mimetype)
    SELECT m.a, 'x', 'binary', s.store_fname, s.checksum, s.file_size, 'sbo.document', m.d, 'text/plain'
      FROM made m, ir_attachment s WHERE s.id = %%s''', [sample.id])
env.cr.execute('''INSERT INTO sbo_document_file (document_id, company_id, attachment_id, name, version, current, sha256,
                                                  size)
    SELECT m.d, d.company_id, m.a, 'x', 1, true, %%s, 16384 FROM made m JOIN sbo_document d ON d.id = m.d''', [sha])
pack = env["sbo.audit.pack"].with_user(env["res.users"].search([("login", "=", "head")])).create({
    "date_from": "2025-01-01", "date_to": "2025-12-31"})
pack.action_prepare()
env.cr.commit()
"""
BUILD = """
import resource
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
env["sbo.audit.pack"].search([]).mapped("name"), env["ir.cron"].search([]).mapped("name")
before = peak()
env["sbo.audit.pack"]._cron_build()
print(peak() - before)
"""


@pytest.fixture(scope="module")
def prepared(odoo):
    """An archive of 120 documents with two files each."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}killed")
    odoo.shell(name, PREPARE)
    yield name
    odoo.drop(name)


@pytest.fixture
def archive(odoo, prepared, new_database, tmp_path):
    """(database, folder of its backups)."""
    database, folder = odoo.clone(prepared, new_database()), tmp_path / "sets"
    folder.mkdir()
    odoo.sql(database, "UPDATE res_company SET sbo_backup_path = %s", (str(folder),))
    return database, folder


@contextmanager
def killed(odoo, database, table, condition, code):
    """The worker is killed when it would write what meets the condition; the gate is gone afterwards."""
    with closing(odoo.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE FUNCTION kill_gate() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$""")
        cursor.execute(f"""CREATE TRIGGER kill_gate BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION kill_gate()""")
        cursor.execute("SELECT pg_advisory_lock(%s)", (GATE,))
        command = odoo.command("shell", "-d", database, "--no-http", "--log-level=warn")
        worker = subprocess.Popen(command, env=odoo.env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        try:
            worker.stdin.write(code)
            worker.stdin.close()
            worker.stdin = None
            backend = wait_for_gate(odoo, database, worker)
        finally:
            if worker.poll() is None:
                os.kill(worker.pid, signal.SIGKILL)
            worker.communicate()
        odoo.sql(database, "SELECT pg_terminate_backend(%s)", (backend,))
        while odoo.sql(database, "SELECT 1 FROM pg_stat_activity WHERE pid = %s", (backend,)):
            time.sleep(0.1)
        yield
        cursor.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        cursor.execute(f"DROP TRIGGER kill_gate ON {table}")


def wait_for_gate(odoo, database, worker, seconds=180):
    end = time.monotonic() + seconds
    statement = """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                      AND wait_event_type = 'Lock' AND wait_event = 'advisory'"""
    while not (rows := odoo.sql(database, statement)):
        assert worker.poll() is None, worker.communicate()[1][-3000:]
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.1)
    return rows[0][0]


def program(*words):
    """The restore program in a Python that knows no Odoo."""
    done = subprocess.run([sys.executable, "-I", str(PROGRAM), *map(str, words)], capture_output=True, text=True)
    return done.returncode, done.stdout


def whole(odoo, database, folder):
    """The only set there is, verified, with the facts that it holds."""
    [found] = folder.iterdir()
    assert program("verify", found)[0] == 0
    rows = [row for row in json.loads((found / "index.json").read_text()) if row["path"]]
    assert sorted((row["file_code"], row["name"], row["sha256"]) for row in rows) == odoo.sql(database, FACTS)
    return found


def test_killed_in_the_middle_nothing_is_taken_for_a_set(odoo, archive):
    database, folder = archive
    with killed(odoo, database, "sbo_backup", "NEW.job_done = 100 AND OLD.job_done = 50", SHORT + BACKUP):
        [part] = folder.iterdir()
        assert part.name.endswith(".part")
        code, said = program("verify", part)
        assert (code, "no finished backup set" in said) == (1, True)
        assert len(list(part.rglob("*.txt"))) == 200, "more than was agreed on"
        assert odoo.sql(database, "SELECT state, file_count FROM sbo_backup") == [("running", 100)]
    odoo.shell(database, BACKUP)
    [[state, files, problems]] = odoo.sql(database, "SELECT state, file_count, problem_count FROM sbo_backup")
    assert (state, files, problems) == ("good", 240, 0)
    whole(odoo, database, folder)


def test_killed_when_the_set_has_its_name_and_the_row_does_not_know(odoo, archive):
    database, folder = archive
    with killed(odoo, database, "sbo_backup", "NEW.state = 'good'", BACKUP):
        pass
    assert odoo.sql(database, "SELECT state FROM sbo_backup") == [("running",)]
    odoo.shell(database, BACKUP)
    assert odoo.sql(database, "SELECT state, sample_count > 0 FROM sbo_backup") == [("good", True)]
    whole(odoo, database, folder)


def test_a_wiped_database_gets_its_archive_back(odoo, archive, new_database, tmp_path):
    """Database and filestore are gone; what is left is the folder of the sets."""
    database, folder = archive
    odoo.shell(database, BACKUP)
    found, facts = whole(odoo, database, folder), odoo.sql(database, FACTS)
    originals = {sha: (odoo.filestore(database) / path).read_bytes() for sha, path in odoo.sql(database, """
        SELECT f.sha256, a.store_fname FROM sbo_document_file f JOIN ir_attachment a ON a.id = f.attachment_id""")}
    odoo.drop(database)
    target = tmp_path / "restored"
    assert program("restore", found, target)[0] == 0
    rows = [row for row in json.loads((target / "index.json").read_text()) if row["path"]]
    assert {row["sha256"]: (target / row["path"]).read_bytes() for row in rows} == originals, "byte for byte"

    new = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], new_database())
    result = json.loads(odoo.shell(new, RETURN % str(target)).splitlines()[-1])
    assert (result["created"], result["returned"], result["problems"]) == (120, 240, [])
    assert odoo.sql(new, FACTS) == facts
    stored = odoo.sql(new, """SELECT f.sha256, a.store_fname, a.public FROM sbo_document_file f
                                JOIN ir_attachment a ON a.id = f.attachment_id""")
    assert {sha: (odoo.filestore(new) / path).read_bytes() for sha, path, _public in stored} == originals
    assert not any(public for _sha, _path, public in stored)
    again = json.loads(odoo.shell(new, RETURN % str(target)).splitlines()[-1])
    assert (again["created"], again["returned"], again["present"]) == (0, 0, 240)


def test_a_pack_of_ten_thousand_files_is_killed_and_stays_small(odoo, archive):
    database, _folder = archive
    odoo.shell(database, MANY % {"count": 10_000})
    half = "NEW.job_done = 5500 AND NEW.job_state = 'running' AND OLD.job_done = 5000"
    with killed(odoo, database, "sbo_audit_pack", half, BUILD):
        assert odoo.sql(database, "SELECT job_done, state FROM sbo_audit_pack") == [(5000, "preparing")]
    grown = int(odoo.shell(database, BUILD).splitlines()[-1])
    [[state, files, path, sha]] = odoo.sql(database, """
        SELECT p.state, p.file_count, a.store_fname, p.sha256 FROM sbo_audit_pack p
          JOIN ir_attachment a ON a.id = p.attachment_id""")
    assert (state, files) == ("ready", 10_000)
    zipped = odoo.filestore(database) / path
    assert zipped.stat().st_size > 150 * MEGABYTE
    assert grown < 60, f"memory grew by {grown} MB while a zip of {zipped.stat().st_size // MEGABYTE} MB was built"
    with zipfile.ZipFile(zipped) as found:
        assert found.testzip() is None
        assert len(found.namelist()) == 10_004
    odoo.shell(database, "env['sbo.audit.pack'].search([]).action_rebuild(); env.cr.commit(); "
                         "env['sbo.audit.pack']._cron_build()")
    assert odoo.sql(database, "SELECT job_state, sha256 FROM sbo_audit_pack") == [("done", sha)], "the same bytes"
