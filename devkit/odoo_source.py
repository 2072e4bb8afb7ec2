"""Where Odoo's source comes from: a checkout, an installed Odoo, Debian's package, or git."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import apt
from .console import Missing, say
from .settings import SERIES, STATE
from .steps import build_once, is_built

FOLDER = STATE / "odoo"
KEY = SERIES + "-3"
IN_PACKAGE = "usr/lib/python3/dist-packages"
# what the package's links point to, from this machine's own suite: unstable's Font Awesome is another one
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-font-awesome",
)
# named in mail's manifest and not in Debian's package: missing, it fails every page and every tour
STUB = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def odoo_source():
    """The folder to put on sys.path, fetched if the machine has no Odoo 19."""
    given = os.environ.get("ODOO_SOURCE")
    if given:
        path = Path(given).expanduser().resolve()
        if not (path / "odoo" / "release.py").exists():
            raise Missing(f"ODOO_SOURCE={given} has no odoo/release.py")
        return path
    if not is_built(FOLDER, KEY):
        installed = _installed()
        if installed:
            return installed
        _fetch()
    return next(p for p in (FOLDER / IN_PACKAGE, FOLDER / "src") if p.exists())


def addons_folders(source):
    """Odoo's own addons folders below a source: core, and the community ones of a checkout."""
    return [p for p in (source / "odoo" / "addons", source / "addons") if any(p.glob("*/__manifest__.py"))]


def _installed():
    """An Odoo of our series that this interpreter already imports."""
    code = (
        "import odoo.release as r, os; "
        f"r.series == '{SERIES}' and print(os.path.dirname(os.path.dirname(r.__file__)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    path = found.stdout.strip()
    return Path(path) if path and not path.startswith(str(FOLDER)) else None


def _fetch():
    reasons = []
    for route in (_from_debian, _from_git):
        try:
            build_once(FOLDER, KEY, route)
            return
        except Missing as reason:
            reasons.append(str(reason))
    raise Missing(
        "no Odoo 19 source can be had; set ODOO_SOURCE to a checkout of branch 19.0.\n" + "\n".join(reasons)
    )


def _from_debian(folder):
    """Debian's package odoo-19, unpacked without what a development machine does not need."""
    if not apt.available():
        raise Missing("this machine has no apt")
    kept = os.environ.get("ODOO_DEB")
    if kept:
        debs = [Path(kept)]
    else:
        unstable = apt.unstable()
        debs = unstable.download("odoo-19")
    say("unpacking Odoo (330 MB)")
    for deb in debs:
        apt.unpack(deb, folder, _wanted)
    apt.unpack_all(apt.own(), LINKED, folder)
    stub = folder / IN_PACKAGE / STUB
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.touch(exist_ok=True)
    if not kept:
        shutil.rmtree(unstable.folder)


def _wanted(name):
    """Leave out the second, python-only copy of every addon, and the languages we do not test."""
    if name.startswith(f"./{IN_PACKAGE}/addons"):
        return False
    if "/i18n/" in name and name.endswith((".po", ".pot")):
        return name.rsplit("/", 1)[1].startswith("zh_")
    return True


def _from_git(folder):
    if not shutil.which("git"):
        raise Missing("this machine has no git")
    say(f"cloning Odoo {SERIES} (about 700 MB)")
    command = [
        "git",
        "clone",
        "-q",
        "--depth",
        "1",
        "-b",
        SERIES,
        "https://github.com/odoo/odoo",
        str(folder / "src"),
    ]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        raise Missing("git clone of Odoo's repository failed")
