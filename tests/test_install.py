"""Installing and removing the main addon, as an administrator does it."""

import json

LEFTOVERS = {
    "columns": """SELECT table_name || '.' || column_name FROM information_schema.columns
                  WHERE table_schema = 'public' AND column_name LIKE 'sbo\\_%%'""",
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'sbo\\_%%'",
    "views": "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'sbo\\_%%'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'sbo.%%'",
    "ids": "SELECT module || '.' || name FROM ir_model_data WHERE module = 'sales_back_office'",
    "crons": "SELECT cron_name FROM ir_cron WHERE cron_name ILIKE '%%back office%%'",
    "parameters": "SELECT key FROM ir_config_parameter WHERE key LIKE 'sales\\_back\\_office%%'",
}
SELL = """
import json
partner = env['res.partner'].create({'name': 'Northern Paper'})
product = env['product.product'].create({'name': 'Binder', 'type': 'consu', 'list_price': 3})
order = env['sale.order'].create({'partner_id': partner.id,
                                  'order_line': [(0, 0, {'product_id': product.id, 'product_uom_qty': 2})]})
order.action_confirm()
env.cr.commit()
print(json.dumps({'state': order.state, 'pickings': len(order.picking_ids), 'total': order.amount_untaxed}))
"""
UNINSTALL = """
env['ir.module.module'].search([('name', '=', 'sales_back_office')]).button_immediate_uninstall()
"""


def sell(odoo_shell, database):
    return json.loads(odoo_shell(database, SELL).splitlines()[-1])


def test_fresh_install_sells(bare_db, odoo_shell, sql):
    state = sql(bare_db, "SELECT state FROM ir_module_module WHERE name = 'sales_back_office'")
    assert state == [("installed",)]
    assert sell(odoo_shell, bare_db) == {"state": "sale", "pickings": 1, "total": 6.0}
    assert sql(bare_db, "SELECT count(*) FROM account_tax")[0][0] > 0, "the chart of accounts is there"


def test_update_logs_no_warning(bare_db, run_odoo):
    log = run_odoo(bare_db, "-u", "sales_back_office", "--log-level=info").stderr
    ours = [line for line in log.splitlines() if " WARNING " in line or " ERROR " in line]
    assert ours == []


def test_uninstall_leaves_nothing_and_odoo_working(bare_db, odoo_shell, sql):
    sell(odoo_shell, bare_db)
    odoo_shell(bare_db, UNINSTALL)
    left = {name: [row for (row,) in sql(bare_db, query, ())] for name, query in LEFTOVERS.items()}
    assert left == {name: [] for name in LEFTOVERS}
    assert sell(odoo_shell, bare_db)["state"] == "sale"
