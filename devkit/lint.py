"""`./dev lint`: every check at 0, or the build is red."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from . import style
from .console import say
from .settings import ROOT, our_addons

# wants a generated README.rst; ours is a README.md written by hand
NOT_OURS = "missing-readme"


def lint(_options, rest):
    """ruff, pylint-odoo and our own rules side by side; `--fix` goes to ruff."""
    checks = {
        "ruff": lambda: _tool("ruff", "check", "-q", *rest, "."),
        "pylint-odoo": lambda: _tool("pylint", "--rcfile=.pylintrc", f"--disable={NOT_OURS}", *our_addons()),
        "style": lambda: "\n".join(style.problems()),
    }
    with ThreadPoolExecutor(2) as pool:
        reports = dict(zip(checks, pool.map(lambda check: check(), checks.values()), strict=True))
    for name, report in reports.items():
        if report:
            print(f"--- {name}\n{report}", flush=True)
        say(f"{name}: {'not clean' if report else 'clean'}")
    return 1 if any(reports.values()) else 0


def _tool(module, *args):
    """What a tool found; a tool that fails without a word fails the check too."""
    done = subprocess.run(
        [sys.executable, "-m", module, *args],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return (done.stdout.strip() or f"ended with {done.returncode}") if done.returncode else ""
