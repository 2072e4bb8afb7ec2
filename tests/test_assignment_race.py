"""Two clerks assign at once, in real transactions: one goes first, the other is told or counts on what is there.

The first one has assigned but not yet committed when the second one comes to the same row.
"""

import json
import os
import subprocess
import time
from contextlib import closing

import pytest

GATE = 44
PREPARE = """
from odoo.fields import Command
def user(login, group):
    return {"login": login, "name": login, "email": f"{login}@example.com", "password": login,
            "group_ids": [Command.link(env.ref(group).id)]}
salesman = "sales_team.group_sale_salesman"
people = env["res.users"].with_context(no_reset_password=True).create(
    [user(login, salesman) for login in ("five", "three", "two")]
    + [user(login, "sales_back_office.sbo_group_clerk") for login in ("ann", "ben")])
env["sbo.assignment.rule"].create({"name": "Everybody", "share_ids": [
    Command.create({"user_id": who.id, "weight": weight}) for who, weight in zip(people, (5, 3, 2))]})
env["res.partner"].create([
    {"name": f"Customer {n}", "is_company": True, "sbo_is_customer": True} for n in range(20)])
env.cr.commit()
"""
ASSIGN = """
import json
from odoo.exceptions import UserError
from odoo.service.model import retrying
user = env["res.users"].search([("login", "=", %(login)r)])
todo = env["sbo.assignment"].with_user(user).search([("partner_id.name", "in", %(customers)r)])
tries, told = [], ""
def assign():
    tries.append(1)
    todo.action_assign_by_rule()
    env.flush_all()
    %(then)s
try:
    retrying(assign, env)
    env.cr.commit()
except UserError as error:
    told = str(error)
    env.cr.rollback()
print(json.dumps([len(tries), told]))
"""
HOLD = f"env.cr.execute('SELECT pg_advisory_xact_lock_shared({GATE})')"
GIVEN = """SELECT u.login, COUNT(*) FROM sbo_assignment a JOIN res_users u ON u.id = a.user_id
             JOIN res_partner p ON p.id = a.partner_id AND p.name LIKE 'Customer %%'
            WHERE a.state = 'assigned' GROUP BY 1 ORDER BY 2 DESC"""


@pytest.fixture(scope="module")
def office(odoo):
    """Twenty new customers, three salespeople who share them 5:3:2, and two clerks."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}office")
    odoo.shell(name, PREPARE)
    yield name
    odoo.drop(name)


@pytest.fixture
def race_db(odoo, office, new_database):
    return odoo.clone(office, new_database())


@pytest.fixture
def start(odoo):
    """`start(db, code)`: a shell in the background; what is still running after the test is ended."""
    running = []

    def begin(database, code):
        command = odoo.command("shell", "-d", database, "--no-http", "--log-level=warn")
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=odoo.env, text=True, stdin=pipe, stdout=pipe, stderr=pipe)
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


def wait_for(odoo, database, kind, process, seconds=120):
    """Until a session of the database waits for a lock of this kind."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if odoo.sql(
            database,
            """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                AND wait_event_type = 'Lock' AND wait_event = %s""",
            (kind,),
        ):
            return
        if process.poll() is not None:
            raise AssertionError(f"it ended with {process.returncode}: {process.communicate()[1][-3000:]}")
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for a lock of kind {kind}")


def finish(process):
    """What the person has seen: how often Odoo tried, and the sentence."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out.splitlines()[-1])


def race(odoo, database, start, first, second):
    """Ann has assigned but not committed when Ben comes; returns what each has seen."""
    with closing(odoo.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (GATE,))
        ann = start(database, ASSIGN % {"login": "ann", "customers": first, "then": HOLD})
        wait_for(odoo, database, "advisory", ann)
        ben = start(database, ASSIGN % {"login": "ben", "customers": second, "then": ""})
        wait_for(odoo, database, "transactionid", ben)
    return finish(ann), finish(ben)


def names(numbers):
    return [f"Customer {number}" for number in numbers]


def test_of_two_clerks_with_one_customer_the_second_is_told(odoo, race_db, start):
    ann, ben = race(odoo, race_db, start, names([1]), names([1]))
    assert ann == [1, ""]
    assert ben[0] == 2, "tried again, as for any click in Odoo"
    assert "Customer 1” has been given to five already, by ann on" in ben[1]
    assert odoo.sql(race_db, GIVEN) == [("five", 1)]


def test_two_clerks_with_half_the_customers_each_keep_the_shares(odoo, race_db, start):
    ann, ben = race(odoo, race_db, start, names(range(10)), names(range(10, 20)))
    assert (ann, ben) == ([1, ""], [2, ""])
    assert odoo.sql(race_db, GIVEN) == [("five", 10), ("three", 6), ("two", 4)]
