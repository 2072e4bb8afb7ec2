"""Whole-system tests: each on its own copy of a database, driving Odoo from outside.

What they need comes from the environment that `./dev test` sets; see devkit/odoo.py for the names.
"""

import itertools
import os
import re
from decimal import Decimal

import pytest
from real_data import FOLDER, LOAD, ROOT
from turns import start  # noqa: F401  a fixture for all

from devkit.odoo import Odoo

NUMBER = itertools.count(1)


@pytest.fixture(scope="session")
def odoo():
    """Odoo as a program: run, popen, shell, sql, clone, drop, databases."""
    return Odoo()


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


@pytest.fixture(scope="session")
def loaded(odoo):
    """The name of a database that Northwind's files were loaded into."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}northwind")
    odoo.shell(name, LOAD.format(root=str(ROOT), folder=str(FOLDER)))
    yield name
    odoo.drop(name)


@pytest.fixture(scope="session")
def facts(odoo, loaded):
    """A function for rows of a query on the loaded database; money is exact, whoever has imported Odoo here."""

    def exact(value):
        # Odoo, once imported, makes the database driver read numbers as floats.
        return Decimal(str(value)) if isinstance(value, float) else value

    return lambda statement, *params: [
        tuple(map(exact, row)) for row in odoo.sql(loaded, statement, params or None)
    ]
