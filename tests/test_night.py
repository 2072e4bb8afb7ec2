"""The nightly run in real transactions: killed and resumed, shared by two workers, crossed by a decision.

A gate makes the moments certain: a trigger lets a statement on the ledger wait for the test.
"""

import json
import os
import signal
import subprocess
import time
from contextlib import closing, contextmanager

import pytest

CHECKS = 6
GATE = 42
PREPARE = """
from odoo.fields import Command
clerk, supervisor = env["res.users"].with_context(no_reset_password=True).create([
    {"login": login, "name": login, "email": f"{login}@example.com", "password": login,
     "group_ids": [Command.link(env.ref(f"sales_back_office.sbo_group_{login}").id)]}
    for login in ("clerk", "supervisor")])
env["res.partner"].create([
    {"name": f"Customer {n}", "ref": str(n), "is_company": True, "sbo_clerk_id": clerk.id}
    for n in range(300)])
env.company.sbo_check_from = "2020-01-01"
env.cr.execute("UPDATE res_partner SET create_date = now() - interval '40 days' WHERE ref IS NOT NULL")
env["sbo.check"].search([]).active = False
env["sbo.check"].create([
    {"name": f"Night {n}", "code": f"night_{n}", "sequence": n, "area": "customers", "unit": "day",
     "model_id": env["ir.model"]._get("res.partner").id, "due_path": "create_date",
     "domain": f"[('ref', '!=', False), ('ref', '=like', '%{n}')]"} for n in range(6)])
env.cr.commit()
"""
NIGHT = "env['sbo.check.run']._cron_night()"
# what a night leaves, without numbers and times that differ from database to database
LEDGER = """
    SELECT c.code, f.res_model, f.res_name, f.key, f.user_id, f.state,
           f.closed_at IS NULL, f.notified_at IS NULL
      FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id ORDER BY 1, 2, 3, 4"""
TOLD = """
    SELECT (SELECT COUNT(*) FROM mail_mail),
           (SELECT COUNT(*) FROM mail_activity a JOIN ir_model_data d
                ON d.res_id = a.activity_type_id AND d.name = 'sbo_activity_findings')"""
RUNS = (
    "SELECT COALESCE(c.code, 'tell'), r.state FROM sbo_check_run r LEFT JOIN sbo_check c ON c.id = r.check_id"
)
DECIDE = """
import json
from odoo.service.model import retrying
user = env["res.users"].search([("login", "=", "supervisor")])
finding = env["sbo.finding"].with_user(user).browse(%d)
tries = []
def confirm():
    tries.append(1)
    finding.action_confirm()
    finding.env.flush_all()
%s
env.cr.commit()
print(json.dumps(len(tries)))
"""


@pytest.fixture(scope="module")
def prepared(odoo):
    """Customers with a clerk and six checks that each flag some of them."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}night")
    odoo.shell(name, PREPARE)
    yield name
    odoo.drop(name)


@pytest.fixture(scope="module")
def undisturbed(odoo, prepared):
    """Ledger and notices after a night that nobody disturbs."""
    name = odoo.clone(prepared, f"{os.environ['DEV_CLONE_PREFIX']}quiet")
    odoo.shell(name, NIGHT)
    yield odoo.sql(name, LEDGER), odoo.sql(name, TOLD)
    odoo.drop(name)


@pytest.fixture
def night_db(odoo, prepared, new_database):
    return odoo.clone(prepared, new_database())


@pytest.fixture
def start(odoo):
    """`start(db, code)`: a shell in the background; what is still running after the test is ended."""
    running = []

    def begin(database, code):
        command = odoo.command("shell", "-d", database, "--no-http", "--log-level=warn")
        process = subprocess.Popen(
            command,
            env=odoo.env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        running.append(process)
        process.stdin.write(code)
        process.stdin.close()
        process.stdin = None
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextmanager
def gate(odoo, database, event, condition):
    """While open: statements on the ledger that meet `condition` wait, until the context is left."""
    with closing(odoo.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE FUNCTION night_gate() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$"""
        )
        cursor.execute(f"""CREATE TRIGGER night_gate BEFORE {event} ON sbo_finding FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION night_gate()""")
        cursor.execute("SELECT pg_advisory_lock(%s)", (GATE,))
        yield
        cursor.execute("SELECT pg_advisory_unlock(%s)", (GATE,))


def remove_gate(odoo, database):
    odoo.sql(database, "DROP TRIGGER night_gate ON sbo_finding")


def wait_for(odoo, database, statement, process=None, seconds=120):
    """Rows of the statement as soon as there are any."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        rows = odoo.sql(database, statement)
        if rows:
            return rows
        if process and process.poll() is not None:
            raise AssertionError(f"it ended with {process.returncode}: {process.communicate()[1][-3000:]}")
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {statement}")


def waiting(kind):
    return f"""SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                AND wait_event_type = 'Lock' AND wait_event = '{kind}'"""


def finish(process):
    """Wait for the end; what it printed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-3000:]
    return out


def of_check(odoo, database, number):
    [[check]] = odoo.sql(database, "SELECT id FROM sbo_check WHERE code = %s", (f"night_{number}",))
    return f"NEW.check_id = {check}"


def test_killed_half_way_the_next_run_completes(odoo, night_db, start, undisturbed):
    with gate(odoo, night_db, "INSERT", of_check(odoo, night_db, 3)):
        night = start(night_db, NIGHT)
        [[backend]] = wait_for(odoo, night_db, waiting("advisory"), night)
        os.kill(night.pid, signal.SIGKILL)
        night.communicate()
        odoo.sql(night_db, "SELECT pg_terminate_backend(%s)", (backend,))
        wait_for(
            odoo,
            night_db,
            f"SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = {backend})",
        )
    remove_gate(odoo, night_db)
    states = dict(odoo.sql(night_db, RUNS))
    assert [states[f"night_{n}"] for n in range(CHECKS)] == ["done"] * 3 + ["todo"] * 3
    assert states["tell"] == "todo"
    half = {code for code, *_ in odoo.sql(night_db, LEDGER)}
    assert half == {"night_0", "night_1", "night_2"}, "the check that was killed has written nothing"

    odoo.shell(night_db, NIGHT)
    runs = odoo.sql(night_db, RUNS)
    assert sorted(runs) == [*((f"night_{n}", "done") for n in range(CHECKS)), ("tell", "done")]
    assert (odoo.sql(night_db, LEDGER), odoo.sql(night_db, TOLD)) == undisturbed


def test_a_second_run_of_the_night_adds_nothing(odoo, night_db, undisturbed):
    odoo.shell(night_db, NIGHT)
    odoo.shell(night_db, NIGHT)
    assert (odoo.sql(night_db, LEDGER), odoo.sql(night_db, TOLD)) == undisturbed
    assert len(odoo.sql(night_db, RUNS)) == CHECKS + 1


def test_two_workers_share_a_night(odoo, night_db, start, undisturbed):
    """While one is held up in the first check, the other does the rest; the first one then tells people."""
    with gate(odoo, night_db, "INSERT", of_check(odoo, night_db, 0)):
        first = start(night_db, NIGHT)
        wait_for(odoo, night_db, waiting("advisory"), first)
        finish(start(night_db, NIGHT))
        states = dict(odoo.sql(night_db, RUNS))
        assert [states[f"night_{n}"] for n in range(CHECKS)] == ["todo"] + ["done"] * (CHECKS - 1)
        assert states["tell"] == "todo", "people are told when everything is through"
        assert first.poll() is None
    finish(first)
    assert {state for _code, state in odoo.sql(night_db, RUNS)} == {"done"}
    assert (odoo.sql(night_db, LEDGER), odoo.sql(night_db, TOLD)) == undisturbed


def test_two_workers_start_at_the_same_moment(odoo, night_db, start, undisturbed):
    """Both plan the night: the one who comes second waits for the first one's plan and works on it."""
    with closing(odoo.connect(night_db)) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("LOCK TABLE sbo_check_run IN SHARE MODE")
        workers = [start(night_db, NIGHT), start(night_db, NIGHT)]
        wait_for(odoo, night_db, f"SELECT 1 WHERE (SELECT COUNT(*) FROM ({waiting('relation')}) w) = 2")
        connection.rollback()
    for worker in workers:
        finish(worker)
    assert sorted(odoo.sql(night_db, RUNS)) == [
        *((f"night_{n}", "done") for n in range(CHECKS)),
        ("tell", "done"),
    ]
    assert (odoo.sql(night_db, LEDGER), odoo.sql(night_db, TOLD)) == undisturbed


@pytest.fixture
def judged_db(odoo, night_db):
    """A ledger written for an earlier day: tonight every finding has grown by some days."""
    odoo.shell(
        night_db,
        """
from datetime import datetime, timedelta
earlier = datetime.now().replace(microsecond=0) - timedelta(days=20)
env["sbo.check"].search([("code", "like", "night_")])._run(as_of=earlier)
env.cr.commit()
""",
    )
    return night_db


ONE = (
    "SELECT id, state, quantity, confirmed_by_id FROM sbo_finding WHERE check_id = (SELECT id FROM sbo_check "
    "WHERE code = 'night_3') ORDER BY id LIMIT 1"
)


def check_both_are_kept(odoo, database, before):
    [[_id, state, quantity, judge]] = odoo.sql(database, ONE)
    assert (state, bool(judge)) == ("confirmed", True), "the decision is kept"
    assert quantity > before, "and so is what the night found"
    assert {state for _code, state in odoo.sql(database, RUNS)} == {"done"}
    assert odoo.sql(database, "SELECT COUNT(*) FROM sbo_finding WHERE quantity <= %s", (before,)) == [(0,)]


def test_a_decision_first_and_the_night_waits_for_it(odoo, judged_db, start):
    [[finding, _state, before, _judge]] = odoo.sql(judged_db, ONE)
    # the supervisor has confirmed but not yet committed when the night comes to the same finding
    go_on = "SELECT pg_advisory_xact_lock_shared(43)"
    with closing(odoo.connect(judged_db)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(43)")
        decision = start(judged_db, DECIDE % (finding, f"confirm()\nenv.cr.execute('{go_on}')"))
        wait_for(odoo, judged_db, waiting("advisory"), decision)
        night = start(judged_db, NIGHT)
        wait_for(odoo, judged_db, waiting("transactionid"), night)
    finish(decision)
    finish(night)
    check_both_are_kept(odoo, judged_db, before)


def test_the_night_first_and_the_decision_waits_for_it(odoo, judged_db, start):
    [[finding, _state, before, _judge]] = odoo.sql(judged_db, ONE)
    with gate(odoo, judged_db, "UPDATE", f"OLD.id = {finding} AND NEW.state = 'candidate'"):
        night = start(judged_db, NIGHT)
        wait_for(odoo, judged_db, waiting("advisory"), night)
        decision = start(judged_db, DECIDE % (finding, "retrying(confirm, env)"))
        wait_for(odoo, judged_db, waiting("transactionid"), decision)
    assert json.loads(finish(decision).splitlines()[-1]) == 2, "tried again, as for any click in Odoo"
    finish(night)
    check_both_are_kept(odoo, judged_db, before)
