"""`./dev test-core`: Odoo's own tests, with and without our addons, and what differs.

Some of Odoo's tests fail by themselves on some trees; only a test that passes without us and fails with us is ours.
"""

import re
import subprocess
import time

from . import machine
from .console import Missing, Ticker, say
from .databases import Templates
from .odoo import free_port
from .settings import MAIN, STATE

MODULES = ("stock", "sale", "sale_stock", "sale_management", "sale_margin", "account")
# what a log line of a test that did not pass looks like: `FAIL: TestSale.test_confirm`
FAILED = re.compile(r" (?:FAIL|ERROR): (\w+\.\w+)")
# one database is loaded twice (at_install, post_install): the sums of both
TESTS = re.compile(r" (\d+) failed, (\d+) error\(s\) of (\d+) tests")


def test_core(options, rest):
    """Run both sides, one after the other, and compare; the exit code speaks of our side only."""
    modules = tuple(rest) or MODULES
    odoo = machine.ready()
    templates = Templates(odoo)
    (ours,) = templates.get("demo")
    sides = {"with": ours} if options.only_with else {"without": templates.dependencies("demo"), "with": ours}
    found = {}
    for side, template in sides.items():
        found[side] = _run(odoo, side, template, modules)
        say(f"{side} {MAIN}: {found[side]['tests']} tests, {len(found[side]['failed'])} not passed")
        for name in sorted(found[side]["failed"]):
            print(f"  {side:8}{name}", flush=True)
    return _verdict(found)


def _run(odoo, side, template, modules):
    """Odoo's tests of these modules on a copy of a template: {"tests": how many, "failed": their names}."""
    database = odoo.clone(template, f"core_{side}")
    log = STATE / "logs" / f"core_{side}.log"
    log.parent.mkdir(exist_ok=True)
    try:
        _complete(odoo, database, modules)
        started = time.time()
        with open(log, "w") as out, Ticker(lambda: f"tests {side}: {time.time() - started:.0f} s", every=60):
            process = odoo.popen(
                "-d", database, "-u", ",".join(modules), "--http-port", free_port(),
                "--test-tags", ",".join(f"/{module}" for module in modules), "--stop-after-init",
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
            process.wait()
    finally:
        odoo.drop(database)
    text = log.read_text(errors="replace")
    sums = TESTS.findall(text)
    if not sums:
        raise Missing(f"no test was run; see {log}")
    return {"tests": sum(int(total) for _f, _e, total in sums), "failed": set(FAILED.findall(text))}


def _complete(odoo, database, modules):
    """Install what is tested and is not there yet (a module that ours does not depend on)."""
    rows = odoo.sql(database, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    missing = sorted(set(modules) - {name for (name,) in rows})
    if missing:
        odoo.run(database, "-i", ",".join(missing), "--with-demo")


def _verdict(found):
    """Name the tests that fail only with us."""
    if "without" not in found:
        return 1 if found["with"]["failed"] else 0
    ours = found["with"]["failed"] - found["without"]["failed"]
    fewer = found["without"]["tests"] - found["with"]["tests"]
    if fewer > 0:
        say(f"{fewer} tests were not run with {MAIN}")
    print("{} tests, {} fail only with us{}".format(
        found["with"]["tests"], len(ours), "".join(f"\n  {name}" for name in sorted(ours))), flush=True)  # fmt: skip
    return 1 if ours or fewer > 0 else 0
