"""The wheel installs the addon beside an Odoo that has never heard of this repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from devkit.machine import addons_path
from devkit.wheels import build

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(ROOT / "sales_back_office", tmp_path_factory.mktemp("wheel"))


def test_wheel_holds_the_addon(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "odoo/addons/sales_back_office/__manifest__.py" in names
    assert not [name for name in names if name.endswith(("pyproject.toml", ".pyc"))]
    assert wheel.name.startswith("odoo_addon_sales_back_office-19.0.")


def test_wheel_installs(wheel, odoo, tmp_path, new_database):
    site = tmp_path / "site"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "--target", site, wheel], check=True)
    # as the database stands before our addon, and Odoo without this repository's addons path
    below = odoo.clone(os.environ["DEV_BARE_DEPENDENCIES"], new_database())
    env = dict(odoo.env, PYTHONPATH=str(site))
    env.pop("DEV_COVERAGE_RC", None)
    odoo.run(
        below, "-i", "sales_back_office", f"--addons-path={addons_path(ours=False)}", env=env, cwd=tmp_path
    )
    state = odoo.sql(
        below, "SELECT state, latest_version FROM ir_module_module WHERE name = 'sales_back_office'"
    )
    assert state[0][0] == "installed"
    where = "import odoo.addons.sales_back_office as addon; print(addon.__file__)"
    shell = odoo.shell(below, where, args=[f"--addons-path={addons_path(ours=False)}"], env=env, cwd=tmp_path)
    assert shell.strip().startswith(str(site))
