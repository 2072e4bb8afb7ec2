"""Where things are, and the environment variables that change it."""

import ast
import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("DEV_HOME") or ROOT / ".dev").expanduser().resolve()
SERIES = "19.0"
MAIN = "sales_back_office"
LANGUAGES = "en_US,zh_CN"  # the first one becomes everybody's language
IS_ROOT = os.geteuid() == 0
REQUIREMENTS = (ROOT / "requirements-odoo.txt", ROOT / "requirements-dev.txt")
WITHOUT_DEPENDENCIES = ROOT / "requirements-barcode.txt"
# login = password; the demo data adds the users, `run` prints those that exist
LOGINS = (
    ("admin", "administrator"),
    ("clerk", "back-office clerk"),
    ("supervisor", "back-office supervisor"),
    ("manager", "back-office manager"),
    ("auditor", "reads everything, changes nothing"),
    ("seller", "a salesperson, served by the back office"),
)


def forced(name):
    """Whether DEV_PG=fetch or DEV_BROWSER=fetch asks to ignore what the machine already has."""
    return os.environ.get(name) == "fetch"


def short_hash(*parts):
    """A short name for a combination of values."""
    return hashlib.sha256("\0".join(str(p) for p in parts).encode()).hexdigest()[:10]


def our_addons():
    """The main addon first, then its bridges."""
    names = {p.parent.name for p in ROOT.glob(f"{MAIN}*/__manifest__.py")}
    return sorted(names, key=lambda name: (name != MAIN, name))


def depends(addons):
    """What these addons need that is not ours."""
    needed = set()
    for addon in addons:
        manifest = ast.literal_eval((ROOT / addon / "__manifest__.py").read_text(encoding="utf-8"))
        needed.update(manifest["depends"])
    return sorted(needed - set(our_addons()))
