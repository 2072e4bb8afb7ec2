"""Checks of section A that people noted by hand until now look for themselves."""

import logging

from odoo.addons.sales_back_office.tools import upgrade
from openupgradelib import openupgrade

_logger = logging.getLogger(__name__)
# as 19.0.1.0.0 had them: name, area, severity, sequence
NOTED_BY_HAND = {
    "sbo_check_customer_data_error": ("Error in customer data", "customers", "2", 210),
    "sbo_check_new_customer_shortfall": ("Too few new customers in the week", "customers", "1", 220),
    "sbo_check_customer_file_nonconforming": ("Customer file does not conform", "customers", "1", 230),
    "sbo_check_customer_file_problem_open": ("Problem in a customer file left open", "customers", "2", 240),
    "sbo_check_customer_assignment_late": ("Customer information assigned late", "customers", "2", 250),
    "sbo_check_customer_handover_late": ("Customer handed over late", "customers", "2", 260),
    "sbo_check_customer_handover_wrong": ("Customer handed over with errors", "customers", "2", 270),
}
# rules of section A that name other checks now: their codes as 19.0.1.0.0 had them
RULES = {"sbo_standard_a1_1": "customer_code_invalid,customer_data_error"}


@openupgrade.migrate()
def migrate(env, version):
    env = env(context=dict(env.context, tracking_disable=True))
    upgrade.automate_checks(env, NOTED_BY_HAND)
    _bind_rules(env)


def _bind_rules(env):
    """Standards that nobody is judged by yet get the new checks; one in use is never changed under people."""
    for name, node in upgrade.records_of_data("sbo.standard.rule", RULES).items():
        old, new = RULES[name], node.findtext("field[@name='check_code']")
        rules = env["sbo.standard.rule"].search([("check_code", "=", old)])  # the shipped one and its copies
        drafts = rules.filtered(lambda rule: rule.standard_id.state == "draft")
        drafts.write({"check_code": new})
        for rule in (rules - drafts).filtered(lambda rule: rule.standard_id.state == "in_use"):
            _logger.info("%s, rule %s, is in use and stays as it is; a new version of it can name the new checks: %s",
                         rule.standard_id.display_name, rule.code, new)
