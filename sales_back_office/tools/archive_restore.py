#!/usr/bin/env python3
"""Verify and restore a backup set of the archive; needs Python and nothing else, neither Odoo nor its database.

    python3 archive_restore.py verify SET
    python3 archive_restore.py restore SET TARGET

A set is a folder: the files, ``index.json`` and ``index.csv`` that say what they are, ``SHA256SUMS`` (also read by
``sha256sum -c``), and ``manifest.json``, which was written last: without it the set is not complete.
"""

import argparse
import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FORMAT = 1
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
CHUNK = 1 << 20
SHA_LENGTH = 64


class BrokenSet(Exception):
    """What is there is no complete set; the text says why."""


class Problem(NamedTuple):
    """One file that is not as the set says."""

    path: str
    what: str


class Outcome(NamedTuple):
    """What was looked at or restored, and what is wrong with it."""

    files: int
    size: int
    problems: list


def read_manifest(folder: Path) -> dict:
    """What the set says of itself.

    :raise BrokenSet: it was never finished, or its list of files is not the one it was finished with
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"], manifest["sums_sha256"]
    except FileNotFoundError as error:
        raise BrokenSet(f"{folder} is no finished backup set: it has no {MANIFEST}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenSet(f"{folder}: {MANIFEST} cannot be read") from error
    if known[0] != FORMAT:
        raise BrokenSet(f"{folder} has format {known[0]}, this program reads {FORMAT}")
    try:
        found = digest(folder, SUMS)[0]
    except OSError as error:
        raise BrokenSet(f"{folder}: {SUMS} cannot be read") from error
    if found != known[1]:
        raise BrokenSet(f"{folder}: {SUMS} is not the one the set was finished with")
    return manifest


def entries(folder: Path) -> Iterator[tuple[str, str]]:
    """(SHA-256, path within the set) of every file, one by one.

    :raise BrokenSet: a line is none, or leads out of the set
    """
    with open(folder / SUMS, encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            sha, mark, path = line.rstrip("\n").partition("  ")
            if not mark or len(sha) != SHA_LENGTH or not inside(path):
                raise BrokenSet(f"{folder}: line {number} of {SUMS} is not of a backup set")
            yield sha, path


def inside(path: str) -> bool:
    r"""Whether a path stays in the folder it is looked up in.

    >>> [inside(path) for path in ("files/a.pdf", "../a", "/a", "a/../../b", "C:\\a", "", "a//b", "a/./b", "a\0b")]
    [True, False, False, False, False, False, False, False, False]
    """
    parts = path.split("/")
    return not any(part in ("", ".", "..") or set(part) & {"\\", ":", "\0"} for part in parts)


def digest(folder: Path, path: str, target=None) -> tuple[str, int]:
    """(SHA-256, bytes) of a file of the set, read piece by piece; copied to an open file on the way if given.

    :raise OSError: it is not there, or is not an ordinary file within the set
    """
    sha, size = hashlib.sha256(), 0
    with open_inside(folder, path) as source:
        while piece := source.read(CHUNK):
            sha.update(piece)
            size += len(piece)
            if target:
                target.write(piece)
    return sha.hexdigest(), size


def open_inside(folder: Path, path: str):
    """A file of the set, opened for reading; a link, wherever it leads, is none."""
    full = folder / path
    if os.path.realpath(full.parent) != os.path.join(os.path.realpath(folder), *Path(path).parent.parts):
        raise OSError(f"{path} is reached over a link")
    handle = os.open(full, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{path} is not an ordinary file")
    return os.fdopen(handle, "rb")


def verify(folder) -> Outcome:
    """Read every file of a set and compare it.

    :raise BrokenSet: it is no finished set
    """
    folder = Path(folder)
    read_manifest(folder)
    problems, files, total = [], 0, 0
    for sha, path in entries(folder):
        files += 1
        try:
            found, size = digest(folder, path)
        except OSError as error:
            problems.append(Problem(path, _in_words(error)))
            continue
        total += size
        if found != sha:
            problems.append(Problem(path, "is not what was backed up"))
    problems += _strangers(folder, files)
    return Outcome(files, total, problems)


def restore(folder, target, only=None) -> Outcome:
    """Copy the files of a set to a folder that is empty or not there yet, each compared on the way.

    What does not compare is not left behind under its name.

    :param only: paths within the set; all by default
    :raise BrokenSet: it is no finished set
    :raise FileExistsError: the target holds something
    """
    folder, target = Path(folder), Path(target)
    read_manifest(folder)
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty")
    return copy(folder, target, (entry for entry in entries(folder) if only is None or entry[1] in only))


def copy(folder: Path, target: Path, wanted) -> Outcome:
    """Copy (SHA-256, path) pairs out of a folder, each compared on the way."""
    problems, files, total = [], 0, 0
    for sha, path in wanted:
        goal = target / path
        goal.parent.mkdir(parents=True, exist_ok=True)
        partial = goal.with_name(f".{hashlib.sha256(path.encode()).hexdigest()[:16]}.part")
        try:
            with open(partial, "xb") as output:
                found, size = digest(folder, path, output)
                output.flush()
                os.fsync(output.fileno())
            if found != sha:
                raise OSError("is not what was backed up")
            os.replace(partial, goal)
        except OSError as error:
            problems.append(Problem(path, _in_words(error)))
            partial.unlink(missing_ok=True)
            continue
        files += 1
        total += size
    return Outcome(files, total, problems)


def _strangers(folder: Path, listed: int) -> list:
    """Files that the set does not name; looked for by name only where there are more than there should be."""
    found = sum(len(names) for _root, _folders, names in os.walk(folder))
    if found <= listed + 2:
        return []
    known = {path for _sha, path in entries(folder)} | {MANIFEST, SUMS}
    there = (os.path.relpath(os.path.join(root, name), folder).replace(os.sep, "/")
             for root, _folders, names in os.walk(folder) for name in names)
    return [Problem(path, "is not of this set") for path in sorted(set(there) - known)]


def _in_words(error: OSError) -> str:
    return "is missing" if isinstance(error, FileNotFoundError) else error.strerror or str(error)


def main(arguments=None) -> int:
    """The command; 0 when everything is as it was backed up, 1 when not."""
    parser = argparse.ArgumentParser(description="Verify or restore a backup set of the archive.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="read every file of a set and compare it")
    command.add_argument("set", help="the folder of the set")
    command = commands.add_parser("restore", help="copy a set to an empty folder, comparing every file")
    command.add_argument("set", help="the folder of the set")
    command.add_argument("target", help="a folder that is empty or not there yet")
    given = parser.parse_args(arguments)
    try:
        outcome = verify(given.set) if given.command == "verify" else restore(given.set, given.target)
    except (BrokenSet, FileExistsError) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    for problem in outcome.problems:
        sys.stdout.write(f"{problem.path}: {problem.what}\n")
    done = "verified" if given.command == "verify" else "restored"
    sys.stdout.write(f"{outcome.files} files, {outcome.size} bytes {done}, {len(outcome.problems)} problems\n")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
