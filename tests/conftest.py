"""Whole-system tests: each on its own copy of a database, driving Odoo from outside.

What they need comes from the environment that `./dev test` sets; see devkit/odoo.py for the names.
"""

import itertools
import os
import re
from pathlib import Path

import pytest

from devkit.odoo import Odoo

NUMBER = itertools.count(1)
ROOT = Path(__file__).resolve().parent.parent
NORTHWIND = Path(os.environ.get("DEV_REAL_DATA") or ROOT.parent / "shared" / "data" / "northwind")
LOAD = """
import sys
sys.path.insert(0, {root!r})
from loader import northwind
northwind.load(env, {folder!r})
env.cr.commit()
"""


@pytest.fixture(scope="session")
def odoo():
    """Odoo as a program: run, popen, shell, sql, clone, drop, databases."""
    return Odoo()


@pytest.fixture(scope="session")
def northwind(odoo):
    """A database with Northwind's two years of sales, loaded once for all tests that read it."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}northwind")
    odoo.shell(name, LOAD.format(root=str(ROOT), folder=str(NORTHWIND)))
    yield name
    odoo.drop(name)


@pytest.fixture
def new_database(odoo, request):
    """A function that returns a name for a database; all of them are dropped after the test."""
    names = []

    def name():
        word = re.sub(r"\W+", "_", request.node.name.lower())[:30]
        names.append(f"{os.environ['DEV_CLONE_PREFIX']}{next(NUMBER)}_{word}")
        return names[-1]

    yield name
    for used in names:
        odoo.drop(used)


@pytest.fixture
def demo_db(odoo, new_database):
    """Our addons installed, demo data, English and Chinese."""
    return odoo.clone(os.environ["DEV_DEMO_TEMPLATE"], new_database())


@pytest.fixture
def bare_db(odoo, new_database):
    """The main addon installed with only what it depends on: no demo data, generic chart of accounts."""
    return odoo.clone(os.environ["DEV_BARE_TEMPLATE"], new_database())


@pytest.fixture
def run_odoo(odoo):
    """`run_odoo(db, "-u", "sales_back_office")`: Odoo until it is done; fails with its log."""
    return odoo.run


@pytest.fixture
def odoo_shell(odoo):
    """`odoo_shell(db, code)`: what the code prints; it has `env` and commits itself."""
    return odoo.shell


@pytest.fixture
def sql(odoo):
    """`sql(db, statement, params)`: its rows."""
    return odoo.sql
