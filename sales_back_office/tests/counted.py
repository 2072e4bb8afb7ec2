from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor


@contextmanager
def counted(env):
    """The statements run inside, flush included, from an empty cache."""
    env.flush_all()
    env.invalidate_all()
    statements, execute = [], Cursor.execute

    def spy(cursor, query, *args, **kwargs):
        statements.append(str(getattr(query, "code", query)))
        return execute(cursor, query, *args, **kwargs)

    with patch.object(Cursor, "execute", spy):
        yield statements
        env.flush_all()
