"""pytest plugin: the users that all stories share, made once in the database of this run.

A hundred test classes would make them again, three seconds each. The database is a clone that is dropped
after the run; anywhere else the classes make and roll back their own.
"""

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from .settings import MAIN


def pytest_sessionstart():
    """Odoo is configured by now, no test has run."""
    from importlib import import_module

    (database,) = config["db_name"]
    with Registry(database).cursor() as cursor:
        import_module(f"odoo.addons.{MAIN}.tests.common").SboCommon.prepare(
            Environment(cursor, SUPERUSER_ID, {})
        )
