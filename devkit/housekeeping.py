"""Commands that work without a virtualenv: stop the server, remove everything."""

import shutil

from .console import say
from .postgres import Postgres
from .settings import STATE


def stop(_options, _rest):
    """Stop our PostgreSQL; the data stays."""
    say("PostgreSQL stopped" if Postgres().stop() else "nothing of ours is running")


def clean(_options, _rest):
    """Remove the server's data, the virtualenv, Odoo, the browser: the next command starts from nothing."""
    server = Postgres()
    server.stop()
    folders = [STATE] if server.external else [STATE, *server.folders()]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"removed {STATE}")
