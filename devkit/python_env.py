"""The virtualenv that runs Odoo, the tests and everything after the first stage."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import apt
from .console import Missing, Ticker, folder_size, megabytes, say
from .odoo_source import odoo_source
from .settings import REQUIREMENTS, ROOT, SERIES, STATE, WITHOUT_DEPENDENCIES, short_hash
from .steps import build_once, is_built, lock, mark_built, prepare_state

FOLDER = STATE / "venv"
PYTHON = FOLDER / "bin" / "python"


def inside():
    """Whether this process already runs in our virtualenv."""
    return Path(sys.prefix).resolve() == FOLDER.resolve()


def enter(arguments, need_odoo):
    """Make the virtualenv if need be and go on in it; returns only when already inside."""
    if inside():
        return
    prepare_state()
    with lock("setup"):
        _create()
        if need_odoo:
            _link_odoo()
    # the child must not look for packages of the outer virtualenv
    env = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")}
    os.execve(PYTHON, [str(PYTHON), str(ROOT / "dev"), *arguments], env)


def _key():
    texts = [p.read_text() for p in (*REQUIREMENTS, WITHOUT_DEPENDENCIES)]
    return short_hash(*texts, sys.version, sys.base_prefix, STATE)


def _create():
    """A virtualenv cannot be renamed: built in place, marked last."""
    if is_built(FOLDER, _key()):
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    say("installing Python packages (about 400 MB)")
    with Ticker(lambda: f"{megabytes(folder_size(FOLDER))} installed"):
        uv = shutil.which("uv")
        if not (uv and _with_uv(uv)):
            _with_pip()
    mark_built(FOLDER, _key())


def _packages():
    """Arguments of the two calls that install everything."""
    return [
        [x for p in REQUIREMENTS for x in ("-r", str(p))],
        ["--no-deps", "-r", str(WITHOUT_DEPENDENCIES)],
    ]


def _with_uv(uv):
    """Fast; may not know the package index that pip is set up for, so its failure is not final."""
    commands = [[uv, "venv", "-q", "--python", sys.executable, str(FOLDER)]]
    commands += [[uv, "pip", "install", "-q", "--python", str(PYTHON), *wanted] for wanted in _packages()]
    if all(subprocess.run(c, stderr=subprocess.DEVNULL).returncode == 0 for c in commands):
        return True
    shutil.rmtree(FOLDER, ignore_errors=True)
    return False


def _with_pip():
    """pip of the interpreter, or Debian's wheel of pip where Python comes without ensurepip."""
    has_pip = importlib.util.find_spec("ensurepip")
    command = [sys.executable, "-m", "venv", *([] if has_pip else ["--without-pip"]), str(FOLDER)]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        raise Missing(f"{sys.executable} cannot make a virtualenv")
    pip = ["-m", "pip"] if has_pip else [str(_pip_wheel() / "pip")]
    for wanted in _packages():
        pip_install([str(PYTHON), *pip], wanted)


def pip_install(pip, arguments):
    """Run pip quietly; what it says goes to a log, its reason for failing to the person."""
    log = STATE / "logs" / "pip.log"
    log.parent.mkdir(exist_ok=True)
    env = dict(os.environ)
    if not os.access(os.environ.get("HOME") or "", os.W_OK):
        env.setdefault("PIP_CACHE_DIR", str(STATE / "cache" / "pip"))
    command = [
        *pip,
        "install",
        "-q",
        "--prefer-binary",
        "--disable-pip-version-check",
        "--no-input",
        *arguments,
    ]
    result = subprocess.run(
        command,
        env=env,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    log.write_text(result.stdout)
    if result.returncode:
        lines = [x for x in result.stdout.splitlines() if x.strip() and not x.startswith("WARNING")]
        raise Missing(
            "Python packages cannot be installed:\n" + "\n".join(lines[-6:]) + f"\n(all of it in {log})"
        )


def _pip_wheel():
    folder = build_once(
        STATE / "pip", "1", lambda part: apt.unpack_all(_own_apt(), ["python3-pip-whl"], part)
    )
    return next(folder.glob("usr/share/python-wheels/pip-*.whl"))


def _own_apt():
    if not apt.available():
        raise Missing(f"{sys.executable} has no ensurepip: install Python's venv package")
    return apt.own()


def _link_odoo():
    """A .pth file puts Odoo's source on the virtualenv's path."""
    source = odoo_source()
    site = next(FOLDER.glob("lib/python3*/site-packages"))
    link = site / "odoo-source.pth"
    if link.exists() and link.read_text().strip() == str(source):
        return
    link.write_text(f"{source}\n")
    code = f"import odoo.release as r, sys; sys.exit(r.series != '{SERIES}')"
    result = subprocess.run([PYTHON, "-c", code], stderr=subprocess.PIPE, text=True)
    if result.returncode:
        link.unlink()
        raise Missing(f"the Odoo in {source} is not {SERIES} or does not start: {result.stderr[-300:]}")


def linked_source():
    """The source the virtualenv is linked to."""
    site = next(FOLDER.glob("lib/python3*/site-packages"))
    return Path((site / "odoo-source.pth").read_text().strip())
