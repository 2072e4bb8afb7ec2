r"""Names of files on any disk and in any zip, made of what people have typed, without the ORM.

A name may come from a mail of a stranger: it must not leave its folder, hide, start a program option, or be a device
on Windows; Chinese and other scripts stay as they are.

>>> safe_name("../../etc/passwd"), safe_name("C:\\x\\a.pdf"), safe_name("/"), safe_name("..")
('etc_passwd', 'C__x_a.pdf', 'file', 'file')
>>> safe_name("合同 2026.pdf"), safe_name("nul.txt"), safe_name("-rf .pdf "), safe_name("a\u202efdp.exe")
('合同 2026.pdf', '_nul.txt', '_-rf .pdf', 'afdp.exe')
>>> len(safe_name("长" * 300 + ".pdf").encode()), safe_name("长" * 300 + ".pdf")[-5:]
(118, '长.pdf')
"""

import re
import unicodedata

# Bytes of one name: half of what file systems bear, so that a deep folder stays within what Windows bears.
MAX_BYTES = 120
MAX_SUFFIX = 16
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL)
# control, format (text that runs backwards), surrogate, private, unassigned
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe_name(text: str, limit: int = MAX_BYTES) -> str:
    """One name of a file or folder, at most ``limit`` bytes long in UTF-8; its suffix is kept.

    Making a safe name safe changes nothing.
    """
    text = unicodedata.normalize("NFC", str(text or ""))
    text = "".join(" " if char.isspace() else char for char in text if char.isspace() or _seen(char))
    # No hidden file, and nothing left of a way to another folder.
    text = re.sub(r"^[\s._]*\.[\s._]*", "", FORBIDDEN.sub("_", text).strip())
    if not text.strip("_. "):
        return "file"
    if text.startswith("-") or RESERVED.fullmatch(text):
        text = f"_{text}"
    return _shortened(text, limit)


def unique_name(text: str, taken: set, limit: int = MAX_BYTES) -> str:
    """A safe name that differs from those taken in more than capital letters; it is taken from now on.

    >>> taken = set()
    >>> [unique_name(name, taken) for name in ("a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "x/y", "x?y")]
    ['a.pdf', 'A (2).PDF', 'a (3).pdf', 'a (2) (2).pdf', 'x_y', 'x_y (2)']
    """
    name = first = safe_name(text, limit)
    number = 1
    while folded(name) in taken:
        number += 1
        stem, suffix = _split(first)
        mark = f" ({number})"
        name = f"{_cut(stem, limit - len(suffix.encode()) - len(mark))}{mark}{suffix}"
    taken.add(folded(name))
    return name


def folded(name: str) -> str:
    """What two names have in common that some file systems take for one.

    >>> folded("Straße") == folded("STRASSE"), folded("e\u0301") == folded("\u00e9")
    (True, True)
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def csv_cell(value) -> str:
    """A cell that a spreadsheet shows and does not calculate.

    >>> csv_cell("=1+1"), csv_cell("-5"), csv_cell(None), csv_cell(-5), csv_cell("a=b")
    ("'=1+1", "'-5", '', '-5', 'a=b')
    """
    if value is None or value is False:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _seen(char: str) -> bool:
    return unicodedata.category(char) not in UNSEEN


def _shortened(text: str, limit: int) -> str:
    stem, suffix = _split(text)
    text = _cut(stem, limit - len(suffix.encode())) + suffix
    return text.rstrip(" .") or "file"


def _split(text: str) -> tuple[str, str]:
    stem, dot, suffix = text.rpartition(".")
    if not dot or not stem or not suffix.strip() or len(suffix.encode()) > MAX_SUFFIX:
        return text, ""
    return stem, dot + suffix


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")
