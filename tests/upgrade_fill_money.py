"""Money as it is waited for with release 19.0.1.3.0: policies, allotted payments, special releases, invoices."""

from datetime import datetime, timedelta

from odoo.fields import Command

TODAY = datetime.now().date()


def pay_orders(env, people, customers):
    """Orders that wait for their money, and what becomes of them."""
    decide_policies(env, customers.with_user(people["accountant"]))
    goods = env["product.product"].create(
        {"name": "Machine", "is_storable": True, "list_price": 500, "standard_price": 300, "invoice_policy": "order"})
    env["stock.quant"]._update_available_quantity(
        goods, env["stock.warehouse"].search([], limit=1).lot_stock_id, 500)
    orders = env["sale.order"].with_user(people["clerk"]).create([
        {"partner_id": customers[5 + n % 3].id, "user_id": people["seller"].id, "client_order_ref": f"UM-{n}",
         "order_line": [Command.create({"product_id": goods.id, "product_uom_qty": 4, "tax_ids": False})]}
        for n in range(7)])
    orders[6].with_user(people["manager"]).sbo_payment_policy = "credit"
    orders.action_confirm()
    env.cr.commit()
    allot(env, people, orders)
    release(env, people, orders)
    invoice(env, people, orders)
    env.cr.commit()


def decide_policies(env, customers):
    """What is paid before goods leave: by term, as the company has it, and by customer, as accounting says."""
    term = env["account.payment.term"].create(
        {"name": "Upgrade 40 % before shipping", "sbo_payment_policy": "deposit_credit", "sbo_deposit_percent": 40})
    customers[5].sbo_payment_policy = "prepaid"
    customers[6].write({"sbo_payment_policy": "deposit", "sbo_deposit_percent": 30})
    customers[7].property_payment_term_id = term


def allot(env, people, orders):
    """Accounting has seen money: for two orders, one part of it allotted by mistake."""
    mine = env(user=people["accountant"].id)
    payment = mine["account.payment"].create({
        "payment_type": "inbound", "partner_type": "customer", "partner_id": orders[0].partner_id.id, "amount": 2600,
        "journal_id": mine["account.journal"].search([("type", "=", "bank")], limit=1).id, "memo": "UM-0 UM-3"})
    payment.action_post()
    allotments = mine["sbo.payment.allotment"].create([
        {"payment_id": payment.id, "order_id": orders[n].id, "amount": amount, "note": "By the bank's advice"}
        for n, amount in ((0, 2000), (3, 500), (1, 100))])
    allotments[2].active = False
    ship(people, orders[0])


def release(env, people, orders):
    """Special releases in each of their states; one delivery has left by one."""
    releases = env["sbo.payment.release"].with_user(people["clerk"]).create([
        {"picking_id": order.picking_ids.id, "reason": "The line stands still",
         "promised_on": TODAY + timedelta(days=5), "expires_on": TODAY + timedelta(days=3)} for order in orders[1:6]])
    _asked, given, refused, used, withdrawn = releases
    given.with_user(people["manager"]).write({"answer": "Not after Friday"})
    (given | used).with_user(people["manager"]).action_give()
    refused.with_user(people["accountant"]).answer = "They owe us too much"
    refused.with_user(people["accountant"]).action_refuse()
    withdrawn.action_withdraw()
    ship(people, used.order_id)


def ship(people, order):
    """The storekeeper lets goods leave."""
    picking = order.sudo().picking_ids.with_user(people["demo"])
    for move in picking.move_ids:
        move.quantity = move.product_uom_qty
    picking.move_ids.picked = True
    picking.with_context(skip_backorder=True, skip_sms=True).button_validate()


def invoice(env, people, orders):
    """One order is invoiced and paid for a part."""
    bill = orders[0].with_user(people["clerk"])._create_invoices().with_user(people["accountant"])
    bill.action_post()
    wizard = bill.env["account.payment.register"].with_context(
        active_model="account.move", active_ids=bill.ids).create({"amount": 300})
    wizard._create_payments()
