"""i18n/: the template of terms, and our translations carried over to it."""

import subprocess
import tempfile
from pathlib import Path

import polib

from .console import Missing, say
from .settings import ROOT

LANGUAGE = "zh_CN"
# Odoo writes these anew at each export
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def update(odoo, databases):
    """Export the terms of each addon from the database that has it; says how many are still to translate."""
    for addon, database in databases.items():
        with tempfile.TemporaryDirectory() as folder:
            exported = Path(folder) / f"{addon}.pot"
            odoo_export(odoo, database, addon, exported)
            if not exported.stat().st_size:
                say(f"{addon}: nothing to translate")
                continue
            terms = polib.pofile(str(exported))
        i18n = ROOT / addon / "i18n"
        i18n.mkdir(exist_ok=True)
        save(terms, i18n / f"{addon}.pot")
        merged = merge(terms, i18n / f"{LANGUAGE}.po")
        save(merged, i18n / f"{LANGUAGE}.po")
        left = len([e for e in merged if not e.msgstr and not e.obsolete]) + len(merged.fuzzy_entries())
        say(f"{addon}: {len(terms)} terms, {left} to translate in {LANGUAGE}.po")


def odoo_export(odoo, database, addon, path):
    """`odoo i18n export`: the way Odoo itself makes a .pot."""
    command = odoo.command("i18n", "export", "-d", database, "-l", "pot", "-o", path, "--", addon)
    done = subprocess.run(command, env=odoo.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Missing(f"the terms of {addon} cannot be exported:\n{done.stdout[-3000:]}")


def merge(terms, path):
    """The terms with the translations of `path`; a translation whose term is gone is dropped.

    A term used in several kinds of places (code, views) is one entry; Odoo reads which from the comments, so
    those come from the export.
    """
    known = {entry.msgid: entry for entry in polib.pofile(str(path))} if path.exists() else {}
    merged = polib.POFile(wrapwidth=78)
    merged.metadata = dict(terms.metadata, **{"Language": LANGUAGE, "Plural-Forms": "nplurals=1; plural=0;"})
    merged.header = terms.header
    for term in terms:
        entry = polib.POEntry(
            msgid=term.msgid, comment=term.comment, occurrences=term.occurrences, flags=term.flags
        )
        if term.msgid in known:
            entry.msgstr = known[term.msgid].msgstr
            entry.tcomment = known[term.msgid].tcomment
            if "fuzzy" in known[term.msgid].flags:
                entry.flags.append("fuzzy")
        merged.append(entry)
    return merged


def save(catalogue, path):
    """Write a catalogue unless only its dates differ, so that an export without news changes nothing."""
    for key in VOLATILE:
        catalogue.metadata.pop(key, None)
    catalogue.wrapwidth = 78
    text = str(catalogue)
    text = text if text.endswith("\n") else text + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
