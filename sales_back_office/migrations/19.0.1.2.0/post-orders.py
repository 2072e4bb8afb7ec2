"""Checks of section B that people noted by hand until now look for themselves, at facts from today on; deliveries
take over from the contact log that their customers were told.
"""

from odoo import fields
from odoo.addons.sales_back_office.tools import upgrade
from odoo.tools import SQL
from openupgradelib import openupgrade

# as 19.0.1.1.0 had them: name, area, severity, sequence
NOTED_BY_HAND = {
    "sbo_check_order_entry_error": ("Order entered with an error", "orders", "2", 280),
    "sbo_check_order_entry_late": ("Order entered late", "orders", "2", 290),
    "sbo_check_order_notice_late": ("Departments notified late of an order", "orders", "2", 300),
    "sbo_check_order_progress_missing": ("Order without a progress entry", "orders", "1", 310),
    "sbo_check_order_issue_reply_late": ("Customer answered late about an issue", "orders", "2", 320),
    "sbo_check_order_issue_result_late": ("Result of an issue reported late", "orders", "2", 330),
    "sbo_check_dispatch_notice_missing": ("Customer not told of a dispatch", "orders", "1", 350),
    "sbo_check_invoice_late": ("Invoice issued late", "money", "2", 360),
    "sbo_check_shipped_before_payment": ("Goods shipped before payment", "money", "4", 390),
}
# They ask for what nobody could note before: years of old facts must not be raised in the first night.
FROM_TODAY = (
    "sbo_check_order_progress_missing", "sbo_check_dispatch_notice_missing", "sbo_check_invoice_late",
    "sbo_check_signed_return_missing", "sbo_check_order_entry_late", "sbo_check_order_notice_late",
    "sbo_check_promise_slipped_untold",
)


@openupgrade.migrate()
def migrate(env, version):
    env = env(context=dict(env.context, tracking_disable=True))
    upgrade.automate_checks(env, NOTED_BY_HAND)
    upgrade.look_from(env, FROM_TODAY, fields.Date.today())
    _tell_deliveries(env)


def _tell_deliveries(env):
    """By SQL, without a message on each delivery: what was computed from the log is kept on the delivery now."""
    query = SQL(
        """UPDATE stock_picking p
              SET sbo_told_at = l.date, sbo_told_by_id = l.user_id, sbo_told_how = l.kind,
                  sbo_told_message_id = l.message_id
             FROM stock_picking t JOIN LATERAL (%s) l ON TRUE
            WHERE p.id = t.id AND p.sbo_told_at IS NULL AND t.id IN (
                  SELECT c.picking_id FROM sbo_contact_log c WHERE c.picking_id IS NOT NULL
                   UNION
                  SELECT s.id FROM sbo_contact_log c JOIN stock_picking s ON s.sale_id = c.order_id
                   WHERE c.picking_id IS NULL)""",
        env["stock.picking"]._sbo_sql_told("t"))
    openupgrade.logged_query(env.cr, query.code, query.params)
    env.invalidate_all()
