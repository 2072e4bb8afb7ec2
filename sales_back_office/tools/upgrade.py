"""What several upgrades do alike. Only migration scripts import this: it needs openupgradelib.

Checks that people noted by hand look for themselves in a later release. Their records are not updated by
themselves (noupdate), and people have tuned them: where and how to look comes from the new data; how it is worded
and weighed only where nobody has said otherwise. Findings noted by hand stay on the records they were noted for.
"""

from io import BytesIO

from lxml import etree
from odoo.modules.module import Manifest
from odoo.tools import file_open
from odoo.tools.convert import convert_xml_import
from openupgradelib import openupgrade

ADDON = "sales_back_office"


def automate_checks(env, noted_by_hand):
    """Let checks look for themselves that have been noted by hand until now.

    :param noted_by_hand: {xml id: (name, area, severity, sequence) as the release before had them}
    """
    tuned = _what_people_tuned(env, noted_by_hand)
    records = {
        name: node for name, node in records_of_data("sbo.check", tuned).items()
        if node.findtext("field[@name='kind']") != "manual"
    }
    for name, node in records.items():
        # By SQL: a check that has findings stays with its records, for whoever would change it by the ORM.
        model = node.find("field[@name='model_id']").get("ref")
        set_check(env, name, {"model_id": env.ref(model if "." in model else f"{ADDON}.{model}").id})
    env.invalidate_all()
    _load(env, records.values())
    for name in records:
        set_check(env, name, tuned[name])
    env.invalidate_all()


def look_from(env, names, day):
    """Checks do not look at facts from before a day on which nobody could note what they ask for."""
    for name in names:
        openupgrade.logged_query(
            env.cr,
            """UPDATE sbo_check c SET look_from = %s FROM ir_model_data d
                WHERE d.module = %s AND d.name = %s AND d.model = 'sbo.check' AND d.res_id = c.id
                  AND c.look_from IS NULL""",
            (day, ADDON, name),
        )
    env.invalidate_all()


def records_of_data(model, names):
    """{xml id: its <record> in the data files of the addon}."""
    found = {}
    for path in Manifest.for_addon(ADDON)["data"]:
        if path.endswith(".xml"):
            with file_open(f"{ADDON}/{path}", "rb") as file:
                nodes = etree.parse(file).iterfind(f".//record[@model='{model}']")
            found.update({node.get("id"): node for node in nodes if node.get("id") in names})
    return found


def set_check(env, name, values):
    """Write columns of a shipped check without the ORM's own ideas."""
    for column, value in values.items():
        openupgrade.logged_query(
            env.cr,
            openupgrade.sql.SQL("UPDATE sbo_check SET {} = %s WHERE id = %s").format(
                openupgrade.sql.Identifier(column)),
            (value, env.ref(f"{ADDON}.{name}").id),
        )


def _what_people_tuned(env, noted_by_hand):
    """{xml id: {column: value as the database has it}}, of the checks that are still noted by hand."""
    env.cr.execute(
        """SELECT d.name, c.name->>'en_US', c.area, c.severity, c.sequence, c.default_cause, c.name::text,
                  c.description::text
             FROM sbo_check c JOIN ir_model_data d ON d.res_id = c.id AND d.model = 'sbo.check' AND d.module = %s
            WHERE c.kind = 'manual' AND d.name = ANY(%s)""",
        (ADDON, list(noted_by_hand)),
    )
    tuned = {}
    for xmlid, name, area, severity, sequence, cause, names, descriptions in env.cr.fetchall():
        shipped_name, *shipped_values = noted_by_hand[xmlid]
        columns = ("area", "severity", "sequence", "default_cause", "description")
        now = dict(zip(columns, (area, severity, sequence, cause, descriptions), strict=True))
        shipped = dict(zip(columns, (*shipped_values, "clerk", None), strict=True))
        tuned[xmlid] = {column: value for column, value in now.items() if value != shipped[column]}
        if name != shipped_name:
            tuned[xmlid]["name"] = names  # in all languages
    return tuned


def _load(env, nodes):
    """Records of data files, as at a first installation."""
    document = etree.Element("odoo", noupdate="1")
    document.extend(nodes)
    file = BytesIO(etree.tostring(document))
    file.name = f"{ADDON}/{__name__}"  # for Odoo's messages
    convert_xml_import(env, ADDON, file, {}, "init", noupdate=True)
    env.flush_all()
