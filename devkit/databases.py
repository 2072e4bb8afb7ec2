"""Template databases: made once from what they depend on, cloned in a second.

Two layers: `deps` (Odoo and the addons ours need, languages, demo data or none) is made anew when those
change, `sbo` (ours installed on top) when a file of ours changes. Two flavours: `demo` has demo data and
every addon of ours, `bare` has no demo data and the main addon with what its own manifest asks for.
"""

import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import odoo.release

from . import assets
from .console import Missing, Ticker, say
from .settings import LANGUAGES, MAIN, REQUIREMENTS, ROOT, STATE, depends, our_addons, short_hash
from .steps import lock, tree_hash

FLAVOURS = ("demo", "bare")
KEPT = 3  # of each kind: going back to another branch costs nothing
RECIPE = "3"  # change it when the way a template is made changes
USED = STATE / "templates.json"
# a company without country gets no chart of accounts by itself
CHART = """
company = env.company
if not company.chart_template:
    env['account.chart.template'].try_loading('generic_coa', company=company, install_demo=False)
    env.cr.commit()
"""


class Templates:
    """The template databases of this checkout."""

    def __init__(self, machine):
        self.odoo = machine
        self.existing = machine.databases()

    def get(self, *flavours, fresh=False):
        """Names of the installed templates of these flavours; missing ones are made side by side."""
        with ThreadPoolExecutor(2) as pool:
            names = list(pool.map(lambda flavour: self.installed(flavour, fresh), flavours))
        self._remember(names)
        return names

    def environment(self):
        """All templates, as the variables that tests/ and bench/ read."""
        demo, bare = self.get("demo", "bare")
        return {
            "DEV_DEMO_TEMPLATE": demo,
            "DEV_BARE_TEMPLATE": bare,
            "DEV_DEMO_DEPENDENCIES": self.dependencies("demo"),
            "DEV_BARE_DEPENDENCIES": self.dependencies("bare"),
        }

    def dependencies(self, flavour, fresh=False):
        """The layer below ours."""
        needed = depends(_addons(flavour))
        key = short_hash(
            needed,
            LANGUAGES,
            odoo.release.version,
            odoo.release.__file__,
            STATE,
            RECIPE,
            *(p.read_text() for p in REQUIREMENTS[:1]),
        )
        name = f"deps_{flavour}_{key}"

        def fill(database):
            self._install(database, needed, flavour, "--load-language", LANGUAGES)
            if "account" in needed:
                self.odoo.shell(database, CHART)

        return self._make(name, fill, fresh)

    def installed(self, flavour, fresh=False):
        """Our addons on top, ready to be cloned by a test."""
        addons = _addons(flavour)
        below = self.dependencies(flavour, fresh)
        name = f"sbo_{flavour}_{short_hash(below, *(tree_hash(ROOT / a, skip=('tests',)) for a in addons))}"

        def fill(database):
            self.odoo.clone(below, database)
            self._install(database, addons, flavour)
            assets.provide(self.odoo, database, self._older(flavour))

        return self._make(name, fill, fresh)

    def _older(self, flavour):
        """The template used last, to take from it what may still fit."""
        used = json.loads(USED.read_text()) if USED.exists() else {}
        known = [name for name in used if name.startswith(f"sbo_{flavour}_")]
        existing = self.odoo.databases()
        return max((name for name in known if name in existing), key=used.get, default=None)

    def _make(self, name, fill, fresh):
        with lock(name):
            if name in self.odoo.databases() and not fresh:
                return name
            part = f"{name}_part"
            self.odoo.drop(part)
            fill(part)
            self.odoo.drop(name)
            self.odoo.rename(part, name)
        return name

    def _install(self, database, addons, flavour, *args):
        demo = ["--with-demo"] if flavour == "demo" else []
        install(self.odoo, database, addons, *demo, *args)

    def _remember(self, names):
        """Note the use of a template and drop the ones not used for longest."""
        with lock("templates"):
            used = json.loads(USED.read_text()) if USED.exists() else {}
            layers = [
                self.dependencies(flavour) for flavour in FLAVOURS if any(f"_{flavour}_" in n for n in names)
            ]
            used.update(dict.fromkeys([*names, *layers], time.time()))
            kinds = {re.sub(r"_[^_]*$", "", name) for name in used}
            for kind in kinds:
                mine = sorted((n for n in used if n.startswith(kind + "_")), key=used.get, reverse=True)
                for old in mine[KEPT:]:
                    self.odoo.drop(old)
                    del used[old]
            USED.write_text(json.dumps(used))


def install(machine, database, addons, *args):
    """Install addons and show how far it is; a failure shows what Odoo said."""
    log = STATE / "logs" / f"{database}.log"
    log.parent.mkdir(exist_ok=True)
    state = {"text": "starting"}
    what = "Odoo's own modules" if MAIN not in addons else ", ".join(addons)
    say(f"installing {what} in {database}")
    process = machine.popen(
        "-d",
        database,
        "-i",
        ",".join(addons),
        *args,
        "--no-http",
        "--stop-after-init",
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with open(log, "w") as copy, Ticker(lambda: f"{database}: {state['text']}"):
        for line in process.stdout:
            copy.write(line)
            found = re.search(r"Loading module (\S+) \((\d+)/(\d+)\)", line)
            if found:
                state["text"] = "module {1} of {2} ({0})".format(*found.groups())
            if MAIN in line and re.search(r" (WARNING|ERROR|CRITICAL) ", line):
                say(line.strip())
    if process.wait():
        raise Missing(
            f"installing {', '.join(addons)} failed:\n{_reason(log.read_text())}\n(all of it in {log})"
        )


def _reason(text):
    """From the first traceback on, or the end."""
    start = text.find("Traceback (most recent call last)")
    return text[start:][-5000:] if start >= 0 else text[-3000:]


def _addons(flavour):
    return our_addons() if flavour == "demo" else [MAIN]


def drop_leftovers(machine):
    """Clones of test runs that were killed."""
    for name in machine.databases():
        found = re.fullmatch(r"t(\d+)_.*", name)
        if found and not os.path.exists(f"/proc/{found.group(1)}"):
            machine.drop(name)
