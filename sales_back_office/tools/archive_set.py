"""Writing a backup set of the archive, and removing old ones, without the ORM; archive_restore.py reads it.

A set grows in a folder whose name ends in ``.part``. Every file is on the disk before the next one is begun; the lists
may be longer than what has been agreed on when somebody pulls the plug, and are cut back to it when work goes on. The
manifest comes last, then the folder gets its name: what has the name is complete.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from .archive_restore import FORMAT, MANIFEST, SUMS, BrokenSet, digest, read_manifest
from .safe_names import csv_cell, safe_name

PART = ".part"
OWNER = "owner.json"
INDEX_CSV, INDEX_JSON, PROBLEMS = "index.csv", "index.json", "problems.csv"
LISTS = (SUMS, INDEX_CSV, INDEX_JSON, PROBLEMS)
NAME = re.compile(r"sbo-archive-.+-c\d+-\d{8}T\d{6}Z")


class LostWork(Exception):
    """What a run had written is not there any more: it begins again."""


def set_name(database: str, company_id: int, moment) -> str:
    """The folder of a set.

    >>> from datetime import datetime
    >>> set_name("office", 1, datetime(2026, 3, 2, 1, 2, 3)), bool(NAME.fullmatch("../x"))
    ('sbo-archive-office-c1-20260302T010203Z', False)
    """
    return f"sbo-archive-{safe_name(database, 60)}-c{company_id}-{moment:%Y%m%dT%H%M%SZ}"


class SetWriter:
    """One set that is being written, by several runs if need be.

    :param folder: where the sets are
    :param name: the set's name
    :param owner: {"database", "uuid", "backup"}: whose it is
    :param columns: names of what the index says of a file
    :param mark: where the last run has agreed to be (see ``agreed``), empty at the beginning
    """

    def __init__(self, folder, name: str, owner: dict, columns, mark=None):
        self.folder, self.name, self.owner, self.columns = Path(folder), name, owner, list(columns)
        self.part = self.folder / (name + PART)
        self.mark = dict(mark or {})
        self.files, self.size = self.mark.get("files", 0), self.mark.get("size", 0)
        self.rows, self.problems = self.mark.get("rows", 0), self.mark.get("problems", 0)

    def __enter__(self):
        if not self.mark:
            self._begin()
        elif _owner(self.part) != self.owner:
            raise LostWork(self.name)
        self.lists = {name: open(self.part / name, "r+b") for name in LISTS}
        for name, file in self.lists.items():
            if file.seek(0, os.SEEK_END) < self.mark.get(name, 0):
                raise LostWork(self.name)
            file.truncate(self.mark.get(name, 0))
            file.seek(0, os.SEEK_END)
        if not self.mark:
            self._head()
        return self

    def __exit__(self, *failure):
        for file in self.lists.values():
            file.close()

    def add(self, row: dict, pieces) -> tuple[str, int]:
        """Write one file, piece by piece, and say in the lists what it is.

        :return: its SHA-256 and its size; nothing of it is listed when reading it fails
        """
        path = self.part / row["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        sha, size = hashlib.sha256(), 0
        with open(path, "wb") as file:
            try:
                for piece in pieces:
                    sha.update(piece)
                    size += file.write(piece)
            except BaseException:
                path.unlink()
                raise
            _on_disk(file, forget=True)
        sync_folder(path.parent)
        self._line(SUMS, f"{sha.hexdigest()}  {row['path']}\n")
        self.note(dict(row, sha256=sha.hexdigest(), size=size))
        self.files += 1
        self.size += size
        return sha.hexdigest(), size

    def note(self, row: dict):
        """A line of the index; of paper that has no file, too."""
        values = {name: row.get(name) for name in self.columns}
        self._line(INDEX_CSV, _csv([csv_cell(value) for value in values.values()]))
        text = json.dumps(values, ensure_ascii=False, default=str)
        self._line(INDEX_JSON, (",\n" if self.rows else "") + text)
        self.rows += 1

    def problem(self, row: dict, what: str):
        """Something that the set does not hold, or not as it should be."""
        self._line(PROBLEMS, _csv([csv_cell(row.get(name)) for name in ("file_code", "name", "file_id")] + [what]))
        self.problems += 1

    def agreed(self) -> dict:
        """Bring all to the disk; where a later run goes on from here."""
        for file in self.lists.values():
            _on_disk(file)
        self.mark = {name: file.tell() for name, file in self.lists.items()}
        self.mark.update(files=self.files, size=self.size, rows=self.rows, problems=self.problems)
        return self.mark

    def complete(self, manifest: dict) -> str:
        """Write what comes last; the set still has its ``.part``.

        :return: SHA-256 of the list of files
        """
        self._line(INDEX_JSON, "\n]\n")
        for name in LISTS:
            _on_disk(self.lists[name])
        for name in (INDEX_CSV, INDEX_JSON, PROBLEMS):
            self._line(SUMS, f"{digest(self.part, name)[0]}  {name}\n")
        _on_disk(self.lists[SUMS])
        sums = digest(self.part, SUMS)[0]
        manifest = dict(manifest, format=FORMAT, name=self.name, owner=self.owner, files=self.files, size=self.size,
                        rows=self.rows, problems=self.problems, sums_sha256=sums)
        with open(self.part / MANIFEST, "w", encoding="utf-8") as file:
            json.dump(manifest, file, ensure_ascii=False, indent=1, default=str)
            _on_disk(file)
        sync_folder(self.part)
        return sums

    def publish(self):
        """Give the set its name: from now on it counts."""
        (self.part / OWNER).unlink(missing_ok=True)
        sync_folder(self.part)
        os.rename(self.part, self.folder / self.name)
        sync_folder(self.folder)

    def _begin(self):
        if self.part.is_symlink() or (self.folder / self.name).exists():
            raise FileExistsError(self.name)
        shutil.rmtree(self.part, ignore_errors=True)
        self.part.mkdir(mode=0o700)
        (self.part / OWNER).write_text(json.dumps(self.owner), encoding="utf-8")
        for name in LISTS:
            (self.part / name).touch()
        sync_folder(self.part)
        sync_folder(self.folder)

    def _head(self):
        # With its mark, a spreadsheet reads Chinese.
        self._line(INDEX_CSV, "\ufeff" + _csv(self.columns))
        self._line(PROBLEMS, "\ufeff" + _csv(["file_code", "name", "file_id", "problem"]))
        self._line(INDEX_JSON, "[\n")

    def _line(self, name, text):
        self.lists[name].write(text.encode())


def remove_leftovers(folder, owner: dict, keep=()) -> list:
    """Remove what runs of this owner have begun and nobody will finish; names of what was removed."""
    removed = []
    for part in sorted(Path(folder).glob("sbo-archive-*" + PART)):
        name = part.name.removesuffix(PART)
        if not NAME.fullmatch(name) or name in keep or part.is_symlink():
            continue
        found = _owner(part)
        if found and _same(found, owner):
            shutil.rmtree(part)
            removed.append(part.name)
    return removed


def remove_set(folder, name: str, owner: dict) -> bool:
    """Remove one set by its name, only within the folder and only if this owner has made it; whether it was there."""
    if not NAME.fullmatch(name):
        raise ValueError(name)
    path = Path(folder) / name
    if path.is_symlink() or not path.is_dir():
        return False
    if not _same(read_manifest(path).get("owner") or {}, owner):
        raise ValueError(name)
    # What is half removed is a leftover, and looks like one.
    (path / OWNER).write_text(json.dumps(owner), encoding="utf-8")
    part = path.with_name(name + PART)
    os.rename(path, part)
    shutil.rmtree(part)
    return True


def is_published(folder, name: str, owner: dict) -> bool:
    """Whether this very set got its name already, and whoever wrote it did not live to say so."""
    try:
        return read_manifest(Path(folder) / name).get("owner") == owner
    except BrokenSet:
        return False


def sync_folder(path):
    """Bring names to the disk, where the system can."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    with suppress(OSError):
        os.fsync(handle)
    os.close(handle)


def _on_disk(file, forget=False):
    file.flush()
    os.fsync(file.fileno())
    if forget and hasattr(os, "posix_fadvise"):
        # What proves the set reads the disk, not what memory still holds of it.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _csv(cells) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _owner(part: Path):
    try:
        return json.loads((part / OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _same(found: dict, owner: dict) -> bool:
    """Made by the same database for the same company; a copy of a database is another one."""
    return all(found.get(name) == owner.get(name) for name in ("database", "uuid", "company"))
