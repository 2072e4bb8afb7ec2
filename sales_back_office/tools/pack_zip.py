"""A zip that several runs write one after the other, the same bytes whenever it is written, without the ORM.

Files are stored, not compressed: what a pack holds is compressed already, and no other version of a library makes other
bytes of it. Dates are fixed. A run that goes on cuts off what the one before it had not agreed on.
"""

import hashlib
import os
import zipfile
from typing import NamedTuple

DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644 << 16
UNIX = 3


class Entry(NamedTuple):
    """One file in the zip: its name, bytes, check sum, and where it begins."""

    name: str
    size: int
    crc: int
    offset: int


class LostZip(Exception):
    """What had been written is not there any more, or shorter: begin again."""


class PackZip:
    """A zip that grows; leave the context to go on later, ``finish`` to end it.

    :param path: of the growing file
    :param entries: what is in it already, in order
    :param end: where the last of them ends
    """

    def __init__(self, path, entries=(), end: int = 0):
        self.path, self.entries, self.end = path, entries, end

    def __enter__(self):
        try:
            self.file = open(self.path, "r+b" if self.end else "w+b")
        except FileNotFoundError as error:
            raise LostZip(self.path) from error
        if self.file.seek(0, os.SEEK_END) < self.end:
            self.file.close()
            raise LostZip(self.path)
        self.file.truncate(self.end)
        self.file.seek(self.end)
        self.zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_STORED)
        for entry in self.entries:
            info = self._info(entry.name, entry.size)
            info.CRC, info.compress_size, info.header_offset = entry.crc, entry.size, entry.offset
            self.zip.filelist.append(info)
            self.zip.NameToInfo[info.filename] = info
        return self

    def __exit__(self, *failure):
        # Not closed, which would end it: the list of what is in it comes once, at the very end.
        self.zip.fp = None
        self.file.close()

    def add(self, name: str, size: int, pieces) -> Entry:
        """Write one file, piece by piece.

        :raise ValueError: there are more or fewer bytes than ``size``
        """
        info, written = self._info(name, size), 0
        with self.zip.open(info, "w") as target:
            for piece in pieces:
                target.write(piece)
                written += len(piece)
        if written != size:
            raise ValueError(f"{name}: {written} bytes instead of {size}")
        self.end = self.file.tell()
        return Entry(name, size, info.CRC, info.header_offset)

    def agree(self) -> int:
        """Bring all to the disk; where a later run goes on."""
        self.file.flush()
        os.fsync(self.file.fileno())
        return self.end

    def finish(self) -> tuple[str, str, int]:
        """Write the end; (SHA-256, SHA-1, bytes) of the whole."""
        self.zip.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        return digests(self.path)

    def _info(self, name, size):
        info = zipfile.ZipInfo(name, DATE)
        info.compress_type, info.external_attr, info.create_system, info.file_size = (
            zipfile.ZIP_STORED, MODE, UNIX, size)
        return info


def digests(path) -> tuple[str, str, int]:
    """(SHA-256, SHA-1, bytes) of a file, read piece by piece; Odoo names files by SHA-1."""
    sha256, sha1, size = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            sha256.update(piece)
            sha1.update(piece)
            size += len(piece)
    return sha256.hexdigest(), sha1.hexdigest(), size
