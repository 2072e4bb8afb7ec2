"""Money that two people want to spend at once, in real transactions: one goes first, the other is judged after it.

The first one has done its part but not yet committed when the second one comes to the same order or payment.
"""

import os

import pytest
from turns import at_once, finish

PREPARE = """
from odoo.fields import Command
def user(login, *groups):
    return {"login": login, "name": login, "email": f"{login}@example.com", "password": login,
            "group_ids": [Command.link(env.ref(group).id) for group in groups]}
env["res.users"].with_context(no_reset_password=True).create([
    user("ann", "stock.group_stock_user"), user("ben", "stock.group_stock_user"),
    user("fay", "account.group_account_invoice"), user("gus", "account.group_account_invoice"),
    user("clerk", "sales_back_office.sbo_group_clerk", "stock.group_stock_user")])
product = env["product.product"].create({"name": "Machine", "is_storable": True, "list_price": 1000, "taxes_id": False})
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
env["stock.quant"]._update_available_quantity(product, stock, 1000)
customer = env["res.partner"].create({"name": "Customer", "is_company": True})
def order(name):
    order = env["sale.order"].create({"partner_id": customer.id, "client_order_ref": name,
        "sbo_payment_policy": "prepaid",
        "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 10})]})
    order.action_confirm()
    return order
first, second = order("one"), order("two")
picking = first.picking_ids
half = env["stock.move"].create(picking.move_ids._split(5))
half.picking_id = picking.copy({"move_ids": False})
half._action_confirm(merge=False)
for move in first.picking_ids.move_ids:
    move.quantity, move.picked = 5, True
bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
payments = env["account.payment"].create([{"payment_type": "inbound", "partner_type": "customer", "amount": amount,
    "partner_id": customer.id, "journal_id": bank.id, "memo": memo}
    for memo, amount in (("six", 6000), ("ten", 10000))])
payments.action_post()
env["sbo.payment.allotment"].create({"payment_id": payments[0].id, "order_id": first.id, "amount": 6000})
today = second.company_id._sbo_today()
env["sbo.payment.release"].with_user(env["res.users"].search([("login", "=", "clerk")])).create({
    "picking_id": second.picking_ids.id, "reason": "Now", "promised_on": today, "expires_on": today})
env.cr.commit()
"""
GIVEN = """
order = env["sale.order"].sudo().search([("client_order_ref", "=", "one")])
other = env["sale.order"].sudo().search([("client_order_ref", "=", "two")])
"""
SHIP = "order.picking_ids.sorted()[%s].with_user(env.user).sudo(False).with_context(skip_sms=True).button_validate()"
GIVE = "env['sbo.payment.release'].search([]).action_give()"
ALLOT = """env['sbo.payment.allotment'].create({'amount': 6000, 'order_id': %s.id,
        'payment_id': env['account.payment'].search([('memo', '=', 'ten')]).id})"""


@pytest.fixture(scope="module")
def prepared(odoo):
    """Two prepaid orders, one of them in two deliveries with the money for one and a bit; a release asked for."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}turns")
    odoo.shell(name, PREPARE)
    yield name
    odoo.drop(name)


@pytest.fixture
def till(odoo, prepared, new_database):
    return odoo.clone(prepared, new_database())


def test_two_deliveries_cannot_spend_the_same_money(odoo, till, start):
    tries, told = at_once(odoo, till, start, ("ann", SHIP % 0), ("ben", SHIP % 1))
    assert tries == 2, "begun again with what the first one has shipped"
    assert "Nothing leaves before the money is there" in told and "4,000.00 are missing" in told
    assert odoo.sql(till, "SELECT state, COUNT(*) FROM stock_picking WHERE sale_id = (SELECT id FROM sale_order "
                          "WHERE client_order_ref = 'one') GROUP BY 1 ORDER BY 1") == [("assigned", 1), ("done", 1)]


def test_two_people_release_at_once(odoo, till, start):
    tries, told = at_once(odoo, till, start, ("fay", GIVE), ("gus", GIVE))
    assert tries == 2 and "it is Released" in told
    [[state, login]] = odoo.sql(till, """SELECT r.state, u.login FROM sbo_payment_release r
                                           JOIN res_users u ON u.id = r.given_by_id""")
    assert (state, login) == ("given", "fay")


def test_two_people_allot_the_same_payment(odoo, till, start):
    tries, told = at_once(odoo, till, start, ("fay", ALLOT % "order"), ("gus", ALLOT % "other"))
    assert tries == 2 and "more than that" in told
    assert odoo.sql(till, "SELECT SUM(amount)::integer FROM sbo_payment_allotment") == [(12000,)]


def test_money_is_taken_away_while_goods_leave(odoo, till, start):
    """The allotment is withdrawn before the delivery commits: it is done after it, and the next delivery stays."""
    withdraw = "env['sbo.payment.allotment'].search([]).action_archive()"
    tries, told = at_once(odoo, till, start, ("ann", SHIP % 0), ("fay", withdraw))
    assert (tries, told) == (2, "")
    assert "10,000.00 are missing" in finish(start(till, "ben", SHIP % 1))[1]
