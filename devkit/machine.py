"""Brings up everything an Odoo needs here and returns it ready to run."""

import os
from pathlib import Path

from . import browser, python_env
from .console import Missing
from .odoo import DATA, Odoo
from .odoo_source import addons_folders
from .postgres import Postgres
from .settings import ROOT, STATE, short_hash
from .steps import lock


def ready():
    """PostgreSQL started, browser, fonts and wkhtmltopdf at hand, Odoo configured."""
    if "," in str(ROOT):
        raise Missing(f"Odoo's addons path cannot have a comma in it: {ROOT}")
    with lock("setup"):
        server = Postgres()
        server.start()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("ODOO_", "COVERAGE_"))}
        env.update(server.environment(), **browser.provide(), **browser.barcode_library())
        env.update(_folders(), ODOO_RC=str(_configuration()), PYTHONUNBUFFERED="1")
    programs = [browser.BIN, python_env.PYTHON.parent]
    env["PATH"] = os.pathsep.join([*map(str, programs), os.environ.get("PATH", os.defpath)])
    env[DATA] = str(STATE / "data")
    env["DEV_ADDONS_PATH"] = addons_path()
    return Odoo(env)


def addons_path(ours=True):
    """Odoo's addons folders, with this repository first unless told otherwise."""
    folders = [ROOT] if ours else []
    return ",".join(str(p) for p in folders + addons_folders(python_env.linked_source()))


def _folders():
    """Odoo and Chromium write below HOME; some users have none."""
    home = os.environ.get("HOME")
    env = {
        "XDG_CACHE_HOME": STATE / "cache",
        "XDG_CONFIG_HOME": STATE / "home" / ".config",
        "XDG_DATA_HOME": STATE / "home" / ".local" / "share",
    }
    if not home or not os.access(home, os.W_OK):
        env["HOME"] = STATE / "home"
    (STATE / "home").mkdir(exist_ok=True)
    return {key: str(path) for key, path in env.items()}


def _configuration():
    """One file a checkout, so that checkouts can share DEV_HOME; every Odoo command finds it by ODOO_RC."""
    path = STATE / f"odoo-{short_hash(ROOT)}.conf"
    text = (
        f"[options]\naddons_path = {addons_path()}\ndata_dir = {STATE / 'data'}\n"
        f"screenshots = {STATE / 'screenshots'}\nhttp_interface = 127.0.0.1\nmax_cron_threads = 0\n"
    )
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path


def checkout_suffix():
    """Keeps the named databases of several checkouts apart when they share one DEV_HOME."""
    return "" if STATE == Path(ROOT, ".dev") else "_" + short_hash(ROOT)[:6]
