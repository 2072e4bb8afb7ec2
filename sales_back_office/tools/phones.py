"""Phone numbers and e-mail addresses as people enter them: whether they can be right at all.

The ORM is not needed here. With the library ``phonenumbers`` its judgement counts, else a plain rule.
"""

import re

try:
    import phonenumbers
except ImportError:
    phonenumbers = None

SEPARATORS = re.compile(r"[;,/\u3001\uff0c\uff1b\n]|\bor\b")
EXTENSION = re.compile(r"(?:ext\.?|x|#|\u8f6c|\u8f49|\u5206\u673a|-(?=\d{1,5}$))\s*\d{1,6}$", re.IGNORECASE)
ALLOWED = re.compile(r"^[+\uff0b]?[\d\s().\-–—/]+$")
# China: mobile, area code and number, 400/800, service number, local number.
CHINA = re.compile(r"^(?:1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})\d{7,8}|[48]00\d{7}|[19]\d{4}|[2-8]\d{6,7})$")
EMAIL = re.compile(r"^[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,63}$")
# What the same rules look like in PostgreSQL, for rows that nobody looks at one by one.
SQL_PHONE = r"^[^0-9]*([0-9][^0-9]*){5,24}$"
SQL_EMAIL = r"[^[:space:]@]+@[^[:space:]@]+\.[[:alpha:]]{2,63}"


def split_numbers(text):
    """The numbers that somebody has written into one field.

    >>> split_numbers("010-8888 6666 / 13900001111")
    ['010-8888 6666', '13900001111']
    """
    return [part.strip() for part in SEPARATORS.split(text or "") if part.strip()]


def phone_plausible(text, country="CN"):
    """Whether every number of a field can be a phone number in the country (ISO code).

    >>> phone_plausible("+86 139 0000 1111"), phone_plausible("010-88886666-8001"), phone_plausible("1390000111")
    (True, True, False)
    >>> phone_plausible("+1 (650) 555-0111", "US"), phone_plausible("call me"), phone_plausible("")
    (True, False, True)
    """
    return all(_number_plausible(number, country or "CN") for number in split_numbers(text))


def _number_plausible(number, country):
    """With its extension or without: 010-8888 6666-80 has one, 355-1234 has none."""
    return (phonenumbers is not None and _by_library(number, country)) or any(
        _digits_plausible(bare, country) for bare in (number, EXTENSION.sub("", number).strip()))


def _digits_plausible(number, country):
    if not ALLOWED.match(number):
        return False
    digits = re.sub(r"\D", "", number)
    foreign = bool(re.match(r"[+\uff0b]|00", number))
    if foreign:
        digits = digits.removeprefix("00")
    if country == "CN" and (not foreign or digits.startswith("86")):
        if foreign:
            digits = digits.removeprefix("86")
            digits = digits if digits[:1] in ("0", "1", "4", "8") else f"0{digits}"
        return bool(CHINA.match(digits))
    return phonenumbers is None and 5 <= len(digits) <= 15


def _by_library(number, country):
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, country))
    except phonenumbers.NumberParseException:
        return False


def email_plausible(text):
    """Whether every address of a field can be one.

    >>> email_plausible("li.na@example.com; Li <na@example.cn>"), email_plausible("li.na@example"), email_plausible("")
    (True, False, True)
    """
    parts = [part.strip() for part in re.split(r"[;,\n]", text or "") if part.strip()]
    return all(EMAIL.match(_bare(part)) for part in parts)


def _bare(address):
    found = re.search(r"<([^<>]*)>\s*$", address)
    return (found[1] if found else address).strip()
