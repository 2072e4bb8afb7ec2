"""`./dev test`: the addon's tests inside Odoo and the whole-system tests beside it, added up."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import coverage_report, machine
from .console import Missing, say
from .databases import Templates, drop_leftovers
from .settings import ROOT, STATE, our_addons

# the one skip that is fine: the company's own files are not everywhere
ALLOWED_SKIP = re.compile(r"real[- ]data", re.I)
TAKE_VALUE = {
    "-k",
    "-m",
    "-p",
    "-c",
    "-o",
    "-n",
    "-W",
    "--tb",
    "--maxfail",
    "--durations",
    "--deselect",
    "--ignore",
}
NOTHING_COLLECTED = 5


@dataclass
class Suite:
    """One pytest run: what it is called, what it runs on, what it printed and found."""

    name: str
    paths: list
    options: list
    env: dict
    measured: bool
    folder: Path = None
    process: subprocess.Popen = None
    result: dict = field(default_factory=dict)

    def start(self, stdout=None):
        """Run pytest in the background; without `stdout` it goes to a file that `finish` shows."""
        rc = self.env.get("DEV_COVERAGE_RC")
        measured = ["-m", "coverage", "run", f"--rcfile={rc}"] if self.measured and rc else []
        report = self.folder / f"{self.name}.json"
        command = [
            sys.executable,
            *measured,
            "-m",
            "pytest",
            *self.paths,
            "-p",
            "devkit.pytest_report",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            ROOT,
            "--durations=5",
            "--durations-min=0.5",
            "--tb=short",
            "-q",
            "--no-header",
            *self.options,
        ]
        env = dict(
            self.env,
            DEV_REPORT=str(report),
            PYTHONPATH=str(ROOT),
            PYTHONWARNINGS="ignore::DeprecationWarning",
        )
        self.process = subprocess.Popen(
            [str(c) for c in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
        )
        return self

    def finish(self):
        """Wait; a run that died without its report counts as one failure."""
        code = self.process.wait()
        report = self.folder / f"{self.name}.json"
        died = {"passed": 0, "failed": 1, "skipped": 0, "tours": 0, "skips": {}, "exit": code}
        self.result = json.loads(report.read_text()) if report.exists() else died
        if code not in (0, NOTHING_COLLECTED) and not self.result["failed"]:
            say(f"pytest ended with {code}")
            self.result["failed"] = 1


def test(_options, arguments):
    """Run what the arguments ask for; the last line is the sum, whatever happens."""
    started = time.time()
    try:
        with tempfile.TemporaryDirectory(prefix="report-", dir=STATE) as folder:
            totals = _test(arguments, Path(folder))
    except Missing as reason:
        say(f"ERROR: {reason}")
        totals = {"passed": 0, "failed": 1, "skipped": 0}
    say(f"tests took {time.time() - started:.0f} s")
    sys.stderr.flush()
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**totals), flush=True)
    return 1 if totals["failed"] else 0


def _test(arguments, folder):
    """Both suites side by side on clones of templates, added up."""
    paths, options = _split(arguments)
    whole = not arguments
    odoo = machine.ready()
    drop_leftovers(odoo)
    measured = whole and os.environ.get("DEV_COVERAGE")
    if measured:
        odoo.env.update(coverage_report.configure(folder, our_addons()))
    try:
        suites = _suites(odoo, paths, options, folder)
        _run(suites, folder)
    finally:
        odoo.drop(_database())
    if measured:
        coverage_report.show(folder, our_addons())
    return _totals(suites, narrowed=not whole)


def _split(arguments):
    """Paths choose the suite, everything else goes to both."""
    paths, options, value = [], [], False
    for argument in arguments:
        is_path = not value and not argument.startswith("-") and Path(argument.split("::")[0]).exists()
        (paths if is_path else options).append(str(_absolute(argument)) if is_path else argument)
        value = argument in TAKE_VALUE
    return paths, options


def _absolute(argument):
    path, *test_name = argument.split("::")
    return "::".join([str(Path(path).resolve()), *test_name])


def _suites(odoo, paths, options, folder):
    """The suites these arguments ask for, each with its databases made."""
    system = str(ROOT / "tests")
    ours = [str(ROOT / addon / "tests") for addon in our_addons() if (ROOT / addon / "tests").is_dir()]
    system_paths = [p for p in paths if p.startswith(system)] if paths else [system]
    addon_paths = [p for p in paths if not p.startswith(system)] if paths else ours
    suites = []
    if system_paths and _collects(odoo, system_paths, options):
        env = dict(odoo.env, **Templates(odoo).environment(), DEV_CLONE_PREFIX=f"t{os.getpid()}_")
        suites.append(Suite("system", system_paths, ["-p", "no:odoo", *options], env, False, folder))
    if addon_paths:
        (template,) = Templates(odoo).get("demo")
        database = odoo.clone(template, _database())
        inside = ["--odoo-database", database, "--odoo-http", "--odoo-log-level=error"]
        inside += ["-p", "devkit.pytest_patience", "-p", "devkit.pytest_people"]
        suites.insert(0, Suite("addon", addon_paths, [*inside, *options], odoo.env, True, folder))
    return suites


def _database():
    return f"t{os.getpid()}_addon"


def _collects(odoo, paths, options):
    """Whether the whole-system suite has a test to run: its databases take time to make."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        *paths,
        "-p",
        "no:odoo",
        "-p",
        "no:cacheprovider",
        "--collect-only",
        "-q",
        *options,
    ]
    env = dict(odoo.env, PYTHONPATH=str(ROOT))
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode != NOTHING_COLLECTED


def _run(suites, folder):
    """The first suite speaks while it runs, the others when it is done."""
    logs = {}
    try:
        for suite in suites[1:]:
            logs[suite.name] = open(folder / f"{suite.name}.log", "w+")
            suite.start(logs[suite.name])
        for suite in suites:
            if suite.process is None:
                say(f"running the {suite.name} tests")
                suite.start()
            suite.finish()
            if suite.name in logs:
                say(f"the {suite.name} tests said:")
                print((folder / f"{suite.name}.log").read_text(), flush=True)
    finally:
        for suite in suites:
            if suite.process and suite.process.poll() is None:
                suite.process.terminate()
                suite.process.wait()
        for log in logs.values():
            log.close()


def _totals(suites, narrowed):
    """Add up; what must not go unnoticed becomes a failure with its sentence."""
    totals = {kind: sum(s.result[kind] for s in suites) for kind in ("passed", "failed", "skipped", "tours")}
    skips = {name: reason for s in suites for name, reason in s.result["skips"].items()}
    wrong = [
        f"{name} was skipped: {reason}" for name, reason in skips.items() if not ALLOWED_SKIP.search(reason)
    ]
    if not totals["passed"] and not totals["failed"]:
        wrong.append("no test was run")
    if not narrowed and not totals["tours"]:
        wrong.append("no browser tour was run")
    for sentence in wrong:
        print(f"FAILED: {sentence}", flush=True)
    totals["failed"] += len(wrong)
    return totals
