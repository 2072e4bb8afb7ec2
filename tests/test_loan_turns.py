"""One paper that two clerks hand out at once, in real transactions: one goes first, the other is told in one sentence.

The first one has done its part but not yet committed when the second one comes to the same item, box or borrower. And a
reminder whose job is killed.
"""

import os
import signal
from contextlib import closing

import pytest
from turns import GATE, HOLD, at_once, finish, wait_for_lock

PREPARE = """
from odoo.fields import Command
def user(login, *groups):
    return {"login": login, "name": login, "email": f"{login}@example.com", "password": login,
            "group_ids": [Command.link(env.ref(group).id) for group in groups]}
env["res.users"].with_context(no_reset_password=True).create([
    user("ann", "sales_back_office.sbo_group_clerk"), user("ben", "sales_back_office.sbo_group_clerk"),
    user("eve", "base.group_user"), user("fay", "base.group_user")])
company = env.company
places = env["sbo.document.place"]
cabinet = places.create({"name": "Cabinet", "kind": "cabinet"})
box = places.create({"name": "Box", "kind": "box", "parent_id": cabinet.id, "barcode": "B"})
kind = env["sbo.document.class"].create({"name": "Papers", "code": "LP"})
def document(title, place):
    found = env["sbo.document"].create({"title": title, "class_id": kind.id, "date": "2026-01-05", "place_id": place.id,
        "secrecy_id": env.ref("sales_back_office.sbo_secrecy_internal").id, "barcode": title})
    found.action_file()
    return found
papers = {name: document(name, box) for name in ("one", "two")}
papers["three"] = document("three", cabinet)
def loan(purpose, borrower, item):
    partner = env["res.users"].search([("login", "=", borrower)]).partner_id
    env["sbo.loan"].create({"borrower_id": partner.id, "purpose": purpose, "line_ids": [Command.create(item)]})
loan("eve one", "eve", {"document_id": papers["one"].id})
loan("fay one", "fay", {"document_id": papers["one"].id})
loan("fay two", "fay", {"document_id": papers["two"].id})
loan("fay box", "fay", {"place_id": box.id})
loan("eve box", "eve", {"place_id": box.id})
loan("eve three", "eve", {"document_id": papers["three"].id})
env.cr.commit()
"""
LEND = "env['sbo.loan'].search([('purpose', '=', %r)]).action_lend()"
BACK = "env['sbo.loan'].search([('purpose', '=', %r)]).line_ids._give_back({})"
ASK = """loan = env['sbo.loan'].search([('purpose', '=', %r)])
    loan._request()
    loan._approve()"""
MOVE = """env['sbo.document'].search([('title', '=', 'one')]).place_id = env['sbo.document.place'].search(
        [('name', '=', 'Cabinet')])"""
OUT = "SELECT purpose FROM sbo_loan n JOIN sbo_loan_line l ON l.loan_id = n.id WHERE l.state = 'out' ORDER BY 1"


@pytest.fixture(scope="module")
def prepared(odoo):
    """A box with two papers, a third one beside it, and loans of them that nobody has handed out."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}loans")
    odoo.shell(name, PREPARE)
    yield name
    odoo.drop(name)


@pytest.fixture
def desk(odoo, prepared, new_database):
    return odoo.clone(prepared, new_database())


def lend_at_once(odoo, desk, start, first, second):
    """What the second clerk is told; it began again after the first one, and saw what it had done."""
    tries, told = at_once(odoo, desk, start, ("ann", LEND % first), ("ben", LEND % second))
    assert tries == 2
    return told


def test_the_same_paper(odoo, desk, start):
    told = lend_at_once(odoo, desk, start, "eve one", "fay one")
    assert "one: eve has it until" in told
    assert odoo.sql(desk, OUT) == [("eve one",)]


def test_box_then_content(odoo, desk, start):
    told = lend_at_once(odoo, desk, start, "eve box", "fay two")
    assert "its box is out: eve has it" in told
    assert odoo.sql(desk, OUT) == [("eve box",)]


def test_content_then_box(odoo, desk, start):
    told = lend_at_once(odoo, desk, start, "eve one", "fay box")
    assert "what belongs in it is out: eve has" in told
    assert odoo.sql(desk, OUT) == [("eve one",)]


def test_the_same_box(odoo, desk, start):
    assert "eve has it until" in lend_at_once(odoo, desk, start, "eve box", "fay box")


def test_two_papers_of_one_box_both_go(odoo, desk, start):
    assert lend_at_once(odoo, desk, start, "eve one", "fay two") == ""
    assert odoo.sql(desk, OUT) == [("eve one",), ("fay two",)]


def test_one_borrower_at_two_desks(odoo, desk, start):
    """One item at a time: the second clerk is told that the borrower has one."""
    odoo.sql(desk, "UPDATE res_company SET sbo_loan_items = 1 RETURNING id")
    for purpose in ("eve one", "eve three"):
        assert finish(start(desk, "ann", ASK % purpose)) == [1, ""]
    told = lend_at_once(odoo, desk, start, "eve one", "eve three")
    assert "eve may have 1 items at a time and has 1" in told
    assert odoo.sql(desk, OUT) == [("eve one",)]


def test_one_borrower_with_two_drafts(odoo, desk, start):
    """Nobody has approved them before: handing out a draft approves it."""
    odoo.sql(desk, "UPDATE res_company SET sbo_loan_items = 1 RETURNING id")
    told = lend_at_once(odoo, desk, start, "eve one", "eve three")
    assert "eve may have 1 items at a time and has 1" in told
    assert odoo.sql(desk, OUT) == [("eve one",)]


def test_moved_out_while_its_box_goes(odoo, desk, start):
    tries, told = at_once(odoo, desk, start, ("ann", LEND % "eve box"), ("ben", MOVE))
    assert tries == 2 and "is out: eve has it" in told


def test_taken_back_twice(odoo, desk, start):
    assert finish(start(desk, "ann", LEND % "eve one")) == [1, ""]
    tries, told = at_once(odoo, desk, start, ("ann", BACK % "eve one"), ("ben", BACK % "eve one"))
    assert tries == 2 and "it is Given Back" in told


def test_a_killed_job_reminds_once(odoo, desk, start):
    """Killed after the mails are made and before they are recorded for good: the next job makes them, once."""
    assert finish(start(desk, "ann", LEND % "eve one")) == [1, ""]
    odoo.sql(desk, "UPDATE sbo_loan_line SET due_on = CURRENT_DATE - 2 WHERE state = 'out' RETURNING id")
    remind = "env['sbo.loan.reminder'].sudo()._remind(env.company)"
    count = "SELECT COUNT(*) FROM sbo_loan_reminder"
    mails = "SELECT COUNT(*) FROM mail_message WHERE subject LIKE '%please bring back%'"
    with closing(odoo.connect(desk)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (GATE,))
        job = start(desk, "ann", remind, HOLD)
        wait_for_lock(odoo, desk, "advisory", job)
        os.kill(job.pid, signal.SIGKILL)
        job.wait()
        cursor.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
    assert odoo.sql(desk, count) == odoo.sql(desk, mails) == [(0,)]
    for _again in range(2):
        assert finish(start(desk, "ann", remind)) == [1, ""]
    assert odoo.sql(desk, count) == odoo.sql(desk, mails) == [(1,)]
