"""Two people who do something at once, each in a shell and a transaction of their own.

A test module says in ``GIVEN`` what their code finds ready beside ``env``.
"""

import json
import subprocess
import time
from contextlib import closing

import pytest

GATE = 45
ACT = """
import json
from odoo.exceptions import UserError
from odoo.service.model import retrying
env = env(user=env["res.users"].search([("login", "=", %(login)r)]).id)
%(given)s
tries, told = [], ""
def act():
    tries.append(1)
    %(what)s
    env.flush_all()
    %(then)s
try:
    retrying(act, env)
    env.cr.commit()
except UserError as error:
    told = str(error)
    env.cr.rollback()
print(json.dumps([len(tries), told]))
"""
HOLD = f"env.cr.execute('SELECT pg_advisory_xact_lock_shared({GATE})')"


@pytest.fixture
def start(odoo, request):
    """`start(db, login, what, then)`: somebody does it in a shell of their own, in the background."""
    running = []

    def begin(database, login, what, then="pass"):
        command = odoo.command("shell", "-d", database, "--no-http", "--log-level=critical")
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        running.append(subprocess.Popen(command, env=odoo.env, text=True, **pipes))
        running[-1].stdin.write(ACT % {
            "login": login, "what": what, "then": then, "given": getattr(request.module, "GIVEN", "")})
        running[-1].stdin.close()
        running[-1].stdin = None
        return running[-1]

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for_lock(odoo, database, event, process, seconds=120):
    end = time.monotonic() + seconds
    statement = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
                      AND wait_event_type = 'Lock' AND wait_event = %s"""
    while not odoo.sql(database, statement, (event,)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.1)


def finish(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out.splitlines()[-1])


def at_once(odoo, database, start, first, second):
    """(what the first one was told, how often the second one tried, what it was told)."""
    with closing(odoo.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (GATE,))
        one = start(database, *first, HOLD)
        wait_for_lock(odoo, database, "advisory", one)
        two = start(database, *second)
        wait_for_lock(odoo, database, "transactionid", two)
        cursor.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
    assert finish(one) == [1, ""]
    return finish(two)
