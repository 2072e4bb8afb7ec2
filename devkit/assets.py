"""Compiled browser bundles, carried from an older template to a newer one.

Compiling them takes longer than installing the addon, and they change only with a manifest or a static file.
A bundle's address has a hash of its content: one that no longer fits is simply not found, and compiled.
"""

import os
from contextlib import closing

from psycopg2.sql import SQL, Identifier

# what a browser asks for first, made once instead of in every clone
GENERATE = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
BUNDLES = SQL("SELECT {} FROM ir_attachment WHERE url LIKE '/web/assets/%' AND store_fname IS NOT NULL")
COLUMNS = SQL(
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_name = 'ir_attachment' AND column_name NOT IN ('id', 'original_id')"
)


def provide(odoo, database, older):
    """Fill a fresh template with bundles: those of an older one first, then whatever is missing."""
    if older:
        _carry(odoo, older, database)
    odoo.shell(database, GENERATE)


def _carry(odoo, source, target):
    columns = [name for (name,) in odoo.sql(source, COLUMNS)]
    names = SQL(", ").join(map(Identifier, columns))
    rows = odoo.sql(source, BUNDLES.format(names))
    known = {url for (url,) in odoo.sql(target, BUNDLES.format(Identifier("url")))}
    place = {name: columns.index(name) for name in ("url", "store_fname")}
    values = SQL("INSERT INTO ir_attachment ({}) VALUES ({})").format(
        names, SQL(", ").join([SQL("%s")] * len(columns))
    )
    with closing(odoo.connect(target)) as connection, connection.cursor() as cursor:
        for row in rows:
            if row[place["url"]] in known:
                continue
            file = row[place["store_fname"]]
            _link(odoo.filestore(source) / file, odoo.filestore(target) / file)
            cursor.execute(values, row)


def _link(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.link(source, target)
