"""Names of files as people and other systems give them: what is kept of a hostile one."""

import re
import unicodedata

LONGEST = 200
# What would lead out of a folder, or is no name of a file on some system.
SEPARATORS = re.compile(r"[\\/:*?\"<>|]+")
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")


def clean(name):
    """The name without paths, control characters and changes of the writing direction, no longer than a disk takes.

    >>> clean("../../etc/passwd")
    '_.._etc_passwd'
    >>> clean("a\\r\\nb.pdf")
    'ab.pdf'
    >>> clean("")
    'file'
    >>> len(clean("x" * 300 + ".pdf")), clean("x" * 300 + ".pdf")[-5:]
    (200, 'x.pdf')
    """
    text = unicodedata.normalize("NFC", name or "")
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    text = SEPARATORS.sub("_", text).strip(" ").lstrip(".").rstrip(" .")
    extension = EXTENSION.search(text)
    end = extension.group() if extension else ""
    while len(text.encode()) > LONGEST:
        stem = text[: len(text) - len(end)]
        text = stem[: len(stem) - max(1, (len(text.encode()) - LONGEST) // 4)] + end
    return text or "file"
