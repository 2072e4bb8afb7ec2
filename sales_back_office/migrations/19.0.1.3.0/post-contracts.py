"""Checks of section D3 that people noted by hand until now look for themselves."""

from odoo import fields
from odoo.addons.sales_back_office.tools import upgrade
from openupgradelib import openupgrade

# as 19.0.1.2.0 had them: name, area, severity, sequence
NOTED_BY_HAND = {
    "sbo_check_contract_filing_late": ("Contract filed late", "contracts", "2", 520),
    "sbo_check_contract_incomplete": ("Contract incomplete", "contracts", "2", 530),
    "sbo_check_contract_risk_unreported": ("Contract risk not reported", "contracts", "3", 540),
    "sbo_check_contract_schedule_stale": ("Contract performance schedule not updated", "contracts", "1", 550),
}
# A contract that is entered now may have been signed long ago, a tender may be over: nobody could look after their
# papers and days here before. Risks are not of the past: money that is overdue is overdue today.
FROM_TODAY = (
    "sbo_check_contract_schedule_stale", "sbo_check_contract_filing_late", "sbo_check_contract_incomplete",
    "sbo_check_tender_deadline_missed", "sbo_check_tender_document_late",
)


@openupgrade.migrate()
def migrate(env, version):
    env = env(context=dict(env.context, tracking_disable=True))
    upgrade.automate_checks(env, NOTED_BY_HAND)
    upgrade.look_from(env, FROM_TODAY, fields.Date.today())
