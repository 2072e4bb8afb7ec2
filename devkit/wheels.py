"""Wheels of our addons, for people who install Odoo addons with pip."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .console import Missing
from .settings import ROOT, our_addons

IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", "build", ".*")


def wheel(_options, _rest):
    """One wheel an addon."""
    for addon in our_addons():
        print(build(ROOT / addon, ROOT / "dist"))


def build(addon, target):
    """Build one addon's wheel into `target` and return its path.

    From a copy outside any git work tree: the version is the manifest's, the content is the folder's, and
    nothing is written into the source.
    """
    Path(target).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / Path(addon).name
        shutil.copytree(addon, copy, ignore=IGNORED)
        out = Path(folder) / "out"
        command = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "--disable-pip-version-check",
            "--no-index",
            "-w",
            str(out),
            str(copy),
        ]
        env = dict(os.environ, WHOOL_POST_VERSION_STRATEGY_OVERRIDE="none", GIT_CEILING_DIRECTORIES=folder)
        done = subprocess.run(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise Missing(f"no wheel of {addon}:\n{done.stdout[-2000:]}")
        built = next(out.glob("*.whl"))
        return Path(shutil.copy(built, Path(target) / built.name))
