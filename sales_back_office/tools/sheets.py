"""Reading a table out of a workbook that anybody may have made, without the ORM.

Whatever is wrong with the file is one of few words, so that the caller can tell people in theirs.
"""

import io
import re
import zipfile
from datetime import date, datetime
from typing import NamedTuple

from openpyxl import load_workbook

MAX_BYTES = 20_000_000
MAX_UNPACKED = 300_000_000
MAX_ROWS = 20_000
HEADER_WITHIN = 10
# More digits than this are not safe in a number: the spreadsheet has rounded them already.
SAFE_DIGITS = 15
DAY = re.compile(r"^\s*(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?\s*$")


class UnreadableSheet(ValueError):
    """The file holds no table that can be read; ``reason`` is big, not_xlsx, empty, no_header or long."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Formula(str):
    """A formula whose result the file does not hold."""


class Table(NamedTuple):
    """The header and the rows below it that are not empty, each with its number as the spreadsheet shows it."""

    header: list
    rows: list[tuple[int, list]]


def read_table(data: bytes, is_header) -> Table:
    """The table of the first sheet that has a header.

    :param is_header: says of a list of cells whether it is the header
    :raise UnreadableSheet: there is none
    """
    found = _read(data, is_header, formulas=True)
    if any(isinstance(cell, Formula) for _number, cells in found.rows for cell in cells):
        found = _with_results(found, _read(data, is_header, formulas=False))
    return found


def text(value) -> str:
    """A cell as the text a person sees: whole numbers without a point.

    >>> text(13800138000.0), text(" a\\u3000 b "), text(None), text(True)
    ('13800138000', 'a b', '', '1')
    """
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, bool | int) or isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def rounded(value) -> bool:
    """Whether a code has been kept as a number that is too long to be exact.

    >>> rounded(91350100000100043), rounded(13800138000), rounded("91350100000100043")
    (True, False, False)
    """
    return isinstance(value, int | float) and abs(value) >= 10 ** SAFE_DIGITS


def day(value) -> date | None:
    """The date in a cell, however it is written; year first when it is text.

    >>> day("2026/3/1"), day("2026.03.01"), day(datetime(2026, 3, 1, 12)), day("1.3.2026"), day("2026-02-30")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), None, None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = DAY.match(value) if isinstance(value, str) else None
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _read(data: bytes, is_header, formulas: bool) -> Table:
    book = _open(data, formulas)
    try:
        scans = [_scan(sheet, is_header) for sheet in book.worksheets]
    except UnreadableSheet:
        raise
    except Exception as error:  # a damaged file breaks the reader in as many ways as there are damages
        raise UnreadableSheet("not_xlsx") from error
    finally:
        book.close()
    tables = [table for table, _seen in scans if table]
    if not tables:
        raise UnreadableSheet("no_header" if any(seen for _table, seen in scans) else "empty")
    return tables[0]


def _scan(sheet, is_header) -> tuple[Table | None, bool]:
    """(the table of one sheet or None, whether there is anything on it)."""
    # What a program has written about the size of a sheet need not be true.
    sheet.reset_dimensions()
    header, rows, seen = None, [], False
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_value(cell) for cell in row]
        if all(cell is None or cell == "" for cell in cells):
            continue
        seen = True
        if header is not None:
            rows.append((number, cells))
            if len(rows) > MAX_ROWS:
                raise UnreadableSheet("long")
        elif is_header(cells):
            header = cells
        elif number > HEADER_WITHIN:
            break
    return (Table(header, rows) if header is not None else None), seen


def _open(data: bytes, formulas: bool):
    if not data:
        raise UnreadableSheet("empty")
    if len(data) > MAX_BYTES:
        raise UnreadableSheet("big")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED:
                raise UnreadableSheet("big")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
    except UnreadableSheet:
        raise
    except Exception as error:  # not a zip, a zip of something else, an old or encrypted workbook
        raise UnreadableSheet("not_xlsx") from error


def _value(cell):
    value = cell.value
    if getattr(cell, "data_type", None) == "f":
        return Formula(value if isinstance(value, str) else "=")
    return value.strip() if isinstance(value, str) else value


def _with_results(found: Table, results: Table) -> Table:
    """Formulas replaced by what they came to when the file was saved, where it holds that."""
    known = dict(results.rows)

    def merged(number, cells):
        values = known.get(number, [])
        return [cell if not isinstance(cell, Formula) or at >= len(values) or values[at] is None else values[at]
                for at, cell in enumerate(cells)]

    return Table(found.header, [(number, merged(number, cells)) for number, cells in found.rows])
