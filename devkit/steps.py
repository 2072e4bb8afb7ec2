"""Directories that are built once, and the lock that keeps two `./dev` from building the same one."""

import contextlib
import fcntl
import hashlib
import shutil
from pathlib import Path

from .console import Missing, say
from .settings import STATE

NEEDED = 3_000_000_000  # everything of one checkout, with its templates


def build_once(path, key, fill):
    """Return `path`, filled by `fill(folder)` unless it was with the same `key`.

    Built aside and renamed when complete, so that an interrupted build leaves nothing that looks finished.
    """
    path = Path(path)
    if is_built(path, key):
        return path
    part = path.with_name(path.name + ".part")
    for old in (part, path):
        shutil.rmtree(old, ignore_errors=True)
    part.mkdir(parents=True)
    fill(part)
    mark_built(part, key)
    part.rename(path)
    return path


def is_built(path, key):
    """Whether a folder is complete and made from `key`."""
    with contextlib.suppress(OSError):
        return (Path(path) / ".complete").read_text() == key
    return False


def mark_built(path, key):
    """Last thing done to a folder."""
    (Path(path) / ".complete").write_text(key)


def tree_hash(top, skip=()):
    """Changes with any file below `top`, but those in folders named in `skip`."""
    digest = hashlib.sha256()
    ignored = {"__pycache__", *skip}
    for path in sorted(Path(top).rglob("*")):
        relative = path.relative_to(top)
        if path.is_file() and not ignored.intersection(relative.parts):
            digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def lock(name):
    """One `./dev` at a time; a second one says what it is waiting for."""
    folder = STATE / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another ./dev, which is at the same step ({name})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def prepare_state():
    """The folder everything lives in, invisible to git."""
    try:
        STATE.mkdir(parents=True, exist_ok=True)
        (STATE / ".gitignore").write_text("*\n")
    except OSError as error:
        raise Missing(
            f"cannot write to {STATE} ({error.strerror}); DEV_HOME can name another folder"
        ) from error
    free = shutil.disk_usage(STATE).free
    if free < NEEDED and not (STATE / "venv" / ".complete").exists():
        raise Missing(
            f"about 3 GB of disk are needed in {STATE}, {free / 1e9:.1f} GB are free; "
            "DEV_HOME can name a folder on another disk"
        )
