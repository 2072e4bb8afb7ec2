"""Checks of section D3 that people noted by hand until now look for themselves."""

from odoo.addons.sales_back_office.tools import upgrade
from openupgradelib import openupgrade

# as 19.0.1.2.0 had them: name, area, severity, sequence
NOTED_BY_HAND = {
    "sbo_check_contract_filing_late": ("Contract filed late", "contracts", "2", 520),
    "sbo_check_contract_incomplete": ("Contract incomplete", "contracts", "2", 530),
}


@openupgrade.migrate()
def migrate(env, version):
    env = env(context=dict(env.context, tracking_disable=True))
    upgrade.automate_checks(env, NOTED_BY_HAND)
