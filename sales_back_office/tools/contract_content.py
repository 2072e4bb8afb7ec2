"""What a contract says, as plain JSON: compared, and told apart in words. No ORM here.

A content is ``{field: value, "lines": [row], "milestones": [row]}``; a row is a dict with the ``id`` of its record
(None for a new one). A record that a value names is ``[id, name]``, so that the name of that day is kept.
"""

PARTS = ("lines", "milestones")


def plain(value):
    """The content without the names of what it names, which may change while the contract does not."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if _names_record(value):
        return value[0]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def same(first, second):
    """Whether two contents agree on the same."""
    return plain(first) == plain(second)


def differences(before, after, order=()):
    """[(kind, key, old, new)] of two contents.

    kind is "field" (key: its name), or "lines" / "milestones": then old and new are rows, None when one was added or
    removed, and key is None.

    :param order: fields that come first, in this order
    """
    rows = [
        ("field", name, before.get(name), after.get(name))
        for name in dict.fromkeys([*order, *before, *after])
        if name not in PARTS and plain(before.get(name)) != plain(after.get(name))
    ]
    for part in PARTS:
        rows += [(part, None, old, new) for old, new in _paired(before.get(part, []), after.get(part, []))]
    return rows


def changed_names(old, new, order=()):
    """The fields in which two rows differ; all of the one that is there when the other is not."""
    return [name for name in dict.fromkeys([*order, *(old or {}), *(new or {})])
            if name != "id" and plain((old or {}).get(name)) != plain((new or {}).get(name))]


def _paired(before, after):
    """(old row, new row) of all rows that are not the same, in the order of the contract."""
    known = {row["id"]: row for row in after if row["id"]}
    old_ids = {row["id"] for row in before}
    for row in before:
        new = known.get(row["id"])
        if new is None or plain(new) != plain(row):
            yield row, new
    for row in after:
        if row["id"] not in old_ids:
            yield None, row


def _names_record(value):
    return (isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], int)
            and not isinstance(value[0], bool) and isinstance(value[1], str))
