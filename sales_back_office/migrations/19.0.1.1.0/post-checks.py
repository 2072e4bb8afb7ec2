"""Checks of section A that people noted by hand until now look for themselves.

Their records are not updated by themselves (noupdate), and people have tuned them: where and how to look comes
from the new data; how it is worded and weighed only where nobody has said otherwise. Findings noted by hand stay
on the records they were noted for.
"""

import logging
from io import BytesIO

from lxml import etree
from odoo.modules.module import Manifest
from odoo.tools import file_open
from odoo.tools.convert import convert_xml_import
from openupgradelib import openupgrade

ADDON = "sales_back_office"
_logger = logging.getLogger(__name__)
# as 19.0.1.0.0 had them: name, severity, sequence
NOTED_BY_HAND = {
    "sbo_check_customer_data_error": ("Error in customer data", "2", 210),
    "sbo_check_new_customer_shortfall": ("Too few new customers in the week", "1", 220),
    "sbo_check_customer_file_nonconforming": ("Customer file does not conform", "1", 230),
    "sbo_check_customer_file_problem_open": ("Problem in a customer file left open", "2", 240),
    "sbo_check_customer_assignment_late": ("Customer information assigned late", "2", 250),
    "sbo_check_customer_handover_late": ("Customer handed over late", "2", 260),
    "sbo_check_customer_handover_wrong": ("Customer handed over with errors", "2", 270),
}
# rules of section A that name other checks now: their codes as 19.0.1.0.0 had them
RULES = {"sbo_standard_a1_1": "customer_code_invalid,customer_data_error"}


@openupgrade.migrate()
def migrate(env, version):
    env = env(context=dict(env.context, tracking_disable=True))
    _automate_checks(env)
    _bind_rules(env)


def _automate_checks(env):
    tuned = _what_people_tuned(env)
    records = {
        name: node for name, node in _records_of_data("sbo.check", tuned).items()
        if node.findtext("field[@name='kind']") != "manual"
    }
    for name, node in records.items():
        # By SQL: a check that has findings stays with its records, for whoever would change it by the ORM.
        model = node.find("field[@name='model_id']").get("ref")
        _set(env, name, {"model_id": env.ref(model if "." in model else f"{ADDON}.{model}").id})
    env.invalidate_all()
    _load(env, records.values())
    for name in records:
        _set(env, name, tuned[name])
    env.invalidate_all()


def _what_people_tuned(env):
    """{xml id: {column: value as the database has it}}, of the checks that are still noted by hand."""
    env.cr.execute(
        """SELECT d.name, c.name->>'en_US', c.severity, c.sequence, c.area, c.default_cause, c.name::text,
                  c.description::text
             FROM sbo_check c JOIN ir_model_data d ON d.res_id = c.id AND d.model = 'sbo.check' AND d.module = %s
            WHERE c.kind = 'manual' AND d.name = ANY(%s)""",
        (ADDON, list(NOTED_BY_HAND)),
    )
    tuned = {}
    for xmlid, name, severity, sequence, area, cause, names, descriptions in env.cr.fetchall():
        shipped_name, shipped_severity, shipped_sequence = NOTED_BY_HAND[xmlid]
        now = {"severity": severity, "sequence": sequence, "area": area, "default_cause": cause,
               "description": descriptions}
        shipped = {"severity": shipped_severity, "sequence": shipped_sequence, "area": "customers",
                   "default_cause": "clerk", "description": None}
        tuned[xmlid] = {column: value for column, value in now.items() if value != shipped[column]}
        if name != shipped_name:
            tuned[xmlid]["name"] = names  # in all languages
    return tuned


def _records_of_data(model, names):
    """{xml id: its <record> in the data files of the addon}."""
    found = {}
    for path in Manifest.for_addon(ADDON)["data"]:
        if path.endswith(".xml"):
            with file_open(f"{ADDON}/{path}", "rb") as file:
                nodes = etree.parse(file).iterfind(f".//record[@model='{model}']")
            found.update({node.get("id"): node for node in nodes if node.get("id") in names})
    return found


def _load(env, nodes):
    """Records of data files, as at a first installation."""
    document = etree.Element("odoo", noupdate="1")
    document.extend(nodes)
    file = BytesIO(etree.tostring(document))
    file.name = f"{ADDON}/{__name__}"  # for Odoo's messages
    convert_xml_import(env, ADDON, file, {}, "init", noupdate=True)
    env.flush_all()


def _set(env, name, values):
    for column, value in values.items():
        openupgrade.logged_query(
            env.cr,
            openupgrade.sql.SQL("UPDATE sbo_check SET {} = %s WHERE id = %s").format(
                openupgrade.sql.Identifier(column)),
            (value, env.ref(f"{ADDON}.{name}").id),
        )


def _bind_rules(env):
    """Standards that nobody is judged by yet get the new checks; one in use is never changed under people."""
    for name, node in _records_of_data("sbo.standard.rule", RULES).items():
        old, new = RULES[name], node.findtext("field[@name='check_code']")
        rules = env["sbo.standard.rule"].search([("check_code", "=", old)])  # the shipped one and its copies
        drafts = rules.filtered(lambda rule: rule.standard_id.state == "draft")
        drafts.write({"check_code": new})
        for rule in (rules - drafts).filtered(lambda rule: rule.standard_id.state == "in_use"):
            _logger.info("%s, rule %s, is in use and stays as it is; a new version of it can name the new checks: %s",
                         rule.standard_id.display_name, rule.code, new)
