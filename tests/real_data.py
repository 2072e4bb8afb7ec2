"""Northwind's files and the answers made from them without our code, for the tests that load them."""

import csv
import os
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("DEV_REAL_DATA") or ROOT.parent / "shared" / "data" / "northwind")
LOAD = """
import sys
sys.path.insert(0, {root!r})
from loader import northwind
northwind.load(env, {folder!r})
env.cr.commit()
"""

needs_real_data = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"real data folder missing: {FOLDER}")


@cache
def rows(name):
    """The rows of one file."""
    with open(FOLDER / name, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def answers(name):
    """The rows of one file of answers."""
    return rows(f"answers/{name}.csv")
