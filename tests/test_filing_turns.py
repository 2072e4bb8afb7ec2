"""Two clerks at the archive at once, in real transactions: one goes first, the other is judged after it."""

import os

import pytest
from turns import at_once

PREPARE = """
from odoo.fields import Command
env["res.users"].with_context(no_reset_password=True).create([
    {"login": login, "name": login, "email": f"{login}@example.com", "password": login,
     "group_ids": [Command.link(env.ref("sales_back_office.sbo_group_clerk").id)]} for login in ("ann", "ben")])
room, box = env["sbo.document.place"].create([
    {"name": "Room", "kind": "room"}, {"name": "Box", "kind": "box", "capacity": 1}])
kind = env.ref("sales_back_office.sbo_document_class_quotation")
env["sbo.document"].create([
    {"title": title, "class_id": kind.id, "date": "2026-03-02", "place_id": room.id} for title in ("one", "two")])
env.cr.commit()
"""
FILE = "env['sbo.document'].search([('title', '=', %r)]).action_file()"
PUT = ("env['sbo.document'].search([('title', '=', %r)]).place_id = "
       "env['sbo.document.place'].search([('name', '=', 'Box')])")
UPLOAD = """env['ir.attachment'].create({'name': 'scan.txt', 'raw': %r, 'res_model': 'sbo.document',
        'res_id': env['sbo.document'].search([('title', '=', 'one')]).id})"""


@pytest.fixture(scope="module")
def prepared(odoo):
    """Two papers to file, and a box that holds one."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}filing")
    odoo.shell(name, PREPARE)
    yield name
    odoo.drop(name)


@pytest.fixture
def archive(odoo, prepared, new_database):
    return odoo.clone(prepared, new_database())


def test_two_papers_never_get_the_same_code(odoo, archive, start):
    tries, told = at_once(odoo, archive, start, ("ann", FILE % "one"), ("ben", FILE % "two"))
    assert (tries, told) == (2, "")
    assert odoo.sql(archive, "SELECT title, file_code FROM sbo_document WHERE number IS NOT NULL ORDER BY title") == [
        ("one", "2026-QU-0001"), ("two", "2026-QU-0002")]


def test_a_paper_is_filed_once(odoo, archive, start):
    tries, told = at_once(odoo, archive, start, ("ann", FILE % "one"), ("ben", FILE % "one"))
    assert tries == 2 and "it is “Filed Away”" in told


def test_the_last_place_in_a_box_is_taken_once(odoo, archive, start):
    tries, told = at_once(odoo, archive, start, ("ann", PUT % "one"), ("ben", PUT % "two"))
    assert tries == 2 and "is full: 1 documents fit in, 2 would be there" in told


def test_two_uploads_are_two_versions(odoo, archive, start):
    tries, told = at_once(odoo, archive, start, ("ann", UPLOAD % b"first"), ("ben", UPLOAD % b"second"))
    assert (tries, told) == (2, "")
    assert odoo.sql(archive, "SELECT version, size, current FROM sbo_document_file ORDER BY 1") == [
        (1, 5, False), (2, 6, True)]
