"""Orders as a back office takes them with release 19.0.1.3.0: verified, agreed, told, changed and followed."""

from datetime import datetime, timedelta

from odoo.fields import Command

NOW = datetime.now().replace(microsecond=0)


def verify_orders(env, people, customers):
    """Check sheets in each of their states; departments that agree, object and are overruled."""
    goods = make_goods(env)
    classify(env(user=people["supervisor"].id), people, customers, goods)
    verified = verify_with_differences(env, people, customers[0], goods)
    decide(env, people, verified)
    twice = enter(people, customers[1], "UV-1", goods[:1])
    sheet = check(twice, people, "clerk2")
    sheet.line_ids.paper_quantity = 5
    sheet.action_compare()
    sheet.action_again()  # the first sheet is history, the second one is half filled
    twice.sbo_opinion_ids[:1].with_user(people["supervisor"]).action_agree()
    stale = enter(people, customers[1], "UV-5", goods[:1])
    check(stale, people, "clerk2").action_compare()
    stale.order_line.product_uom_qty = 7
    blind = enter(people, customers[2], "UV-2", goods[1:])
    sheet = check(blind, people, "clerk2", same=False)
    sheet.write({"line_ids": [Command.create(
        {"paper_product_id": goods[1].id, "paper_quantity": 6, "paper_price": 90, "paper_text": "as last time"})]})
    sheet.action_compare()
    check(enter(people, customers[3], "UV-3", goods[1:]), people, "clerk2", same=False)
    env.cr.commit()


def make_goods(env):
    """A category with goods on stock that are looked at twice."""
    category = env["product.category"].create({"name": "Upgrade Goods"})
    goods = env["product.product"].create([
        {"name": name, "is_storable": True, "categ_id": category.id, "list_price": price, "standard_price": 50,
         "sbo_min_quantity": 2, "invoice_policy": "order"} for name, price in (("Cabinet", 120), ("Shelf", 90))])
    for product in goods:
        env["stock.quant"]._update_available_quantity(
            product, env["stock.warehouse"].search([], limit=1).lot_stock_id, 500)
    return goods


def classify(env, people, customers, goods):
    """Whom orders of these goods concern, and what they have to pass."""
    common = {"member_ids": [Command.set((people["demo"] | people["supervisor"]).ids)],
              "manager_id": people["manager"].id}
    warehouse, finance, purchase = env["sbo.department"].create([
        {"name": "Upgrade Warehouse", "category_ids": [Command.set(goods.categ_id.ids)], "days_before": 2,
         "warehouse_ids": [Command.set(env["stock.warehouse"].search([], limit=1).ids)], "task": "Put the goods aside",
         **common},
        {"name": "Upgrade Finance", "notified": False, "sees_prices": True, **common},
        {"name": "Upgrade Purchase", "route_ids": [Command.set(env["stock.route"].search([], limit=1).ids)],
         "acknowledge_hours": 2, **common},
    ])
    env["sbo.order.class"].create([
        {"name": "Upgrade Cabinets", "sequence": 3, "category_ids": [Command.set(goods.categ_id.ids)],
         "partner_ids": [Command.set(customers[:2].ids)], "department_ids": [Command.set((warehouse | finance).ids)],
         "opinion_hours": 4},
        {"name": "Upgrade Shelves, blind", "sequence": 4, "product_ids": [Command.set(goods[1].ids)], "blind": True,
         "department_ids": [Command.set(purchase.ids)]},
        {"name": "Upgrade Large", "sequence": 30, "amount_from": 900000, "grade_a": True, "verify": False},
    ])


def enter(people, customer, ref, goods, who="clerk", **vals):
    """A quotation as a clerk enters it, with the customer's paper."""
    env = people[who].env(user=people[who].id)
    paper = env["ir.attachment"].create({"name": f"{ref}.txt", "raw": b"Purchase order", "res_model": "sale.order"})
    return env["sale.order"].create({
        "partner_id": customer.id, "user_id": people["seller"].id, "client_order_ref": ref,
        "sbo_received_at": NOW - timedelta(hours=5), "sbo_channel": "email",
        "sbo_document_ids": [Command.set(paper.ids)], "commitment_date": NOW + timedelta(days=20),
        "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 6}) for product in goods], **vals})


def check(order, people, who, same=True):
    """The check sheet that somebody else begins for an order; the paper says the same."""
    checker = order.with_user(people[who])
    sheet = checker.env["sbo.order.verification"].browse(checker.action_sbo_verify()["res_id"])
    if same:
        sheet.action_all_same()
    return sheet


def verify_with_differences(env, people, customer, goods):
    """One difference is corrected, of another the paper is wrong; the sheet is done then."""
    order = enter(people, customer, "UV-0", goods)
    sheet = check(order, people, "clerk2")
    sheet.line_ids[0].paper_quantity = 8
    sheet.line_ids[1].write({"paper_price": 80, "paper_text": "Shelf, as agreed"})
    sheet.write({"note": "The paper is hard to read"})
    sheet.action_compare()
    order.order_line[0].product_uom_qty = 8
    sheet.difference_ids.filtered(lambda item: item.state == "open").action_paper_wrong("He had the old price list")
    env.cr.commit()
    return order


def decide(env, people, order):
    """One department objects and is overruled, one sets a condition; then the order is confirmed and told."""
    opinions = env["sbo.order.opinion"].search([("order_id", "=", order.id)], order="id")
    opinions[0].with_user(people["demo"]).action_disagree("Not so many at once")
    opinions[0].with_user(people["manager"]).action_overrule("We have hired help")
    opinions[1].with_user(people["supervisor"]).action_condition("A deposit is paid")
    order.with_user(people["clerk2"]).action_confirm()
    env.cr.commit()
    notices = env["sbo.order.notice"].search([("order_id", "=", order.id)], order="id")
    notices[0].with_user(people["demo"]).action_acknowledge("Put aside on Friday")


def follow_orders(env, people, customers):
    """Changes with reasons and without, promises, progress, issues, signed notes, an order that is off."""
    order = env["sale.order"].search([("client_order_ref", "=", "UV-0")])
    change_order(env, people, order)
    promise(env, people, order)
    open_issues(env, people, order)
    off = enter(people, customers[4], "UV-4", order.order_line[:1].product_id)
    off.with_user(people["clerk2"]).action_confirm()
    off.with_user(people["clerk"])._action_cancel()
    sign_notes(env, people)
    env.cr.commit()


def change_order(env, people, order):
    """What the salesperson and the clerk change, each on a sheet of their own; one has no reason yet."""
    order.with_user(people["seller"]).order_line[0].product_uom_qty = 9
    env.cr.commit()
    order.with_user(people["clerk"]).order_line[1].write({"price_unit": 85, "discount": 2})
    env.cr.commit()
    order.with_user(people["clerk2"]).order_line[1].product_uom_qty = 7
    env.cr.commit()
    wished, wrong, _open = env["sbo.order.change"].search([("order_id", "=", order.id)], order="id")
    mail = env["ir.attachment"].with_user(people["seller"]).create({"name": "Mail.txt", "raw": b"One more, please"})
    wished.with_user(people["seller"]).write(
        {"reason": "customer", "note": "One more cabinet", "agreed_by": "Ms. Green", "agreed_at": NOW,
         "agreement_ids": [Command.set(mail.ids)]})
    wrong.with_user(people["clerk"]).write({"reason": "entry_error", "note": "Read from the wrong line"})


def promise(env, people, order):
    """A date put off and told, one put off in silence, a forecast; where the order stands."""
    mine = env(user=people["clerk"].id)
    mine["sbo.order.promise"].create([
        {"order_id": order.id, "new_date": NOW + timedelta(days=24), "reason": "production", "told_how": "call"},
        {"order_id": order.id, "forecast": NOW + timedelta(days=26), "reason": "shortage", "note": "Hinges are short"}])
    env.cr.commit()
    order.with_user(people["seller"]).commitment_date = NOW + timedelta(days=25)
    mine["sbo.order.progress"].create([
        {"order_id": order.id, "stage": "production", "note": "Half of them are made", "expected": NOW.date()},
        {"order_id": order.id, "stage": "customer"}])


def open_issues(env, people, order):
    """One issue in each state, with a department and with a delivery."""
    department = env["sbo.department"].search([("name", "=", "Upgrade Warehouse")])
    picking = env["sale.order"].search([("client_order_ref", "=", "UP-0")]).picking_ids
    common = {"kind": "shortage", "cause": "warehouse", "opened_at": NOW - timedelta(days=3), "quantity": 2,
              "product_id": order.order_line[0].product_id.id, "department_id": department.id}
    issues = env["sbo.order.issue"].with_user(people["clerk"]).create([
        {**common, "order_id": order.id, "description": f"Short of hinges {n}", "user_id": people["supervisor"].id}
        for n in range(4)] + [
        {"order_id": picking.sale_id.id, "picking_id": picking.id, "kind": "quality", "description": "A scratch"}])
    issues[1:3]._take_step("reply", "The customer waits", "call")
    issues[2]._take_step("solve", "Sent by express", "email")
    issues[3]._take_step("cancel", "Noted twice")
    issues[4]._take_step("solve", "A new one was sent", "call")
    issues[4]._take_step("reopen", "It is scratched as well")


def sign_notes(env, people):
    """Delivery notes that came back signed, with a difference, or not at all."""
    def done(number):
        return env["sale.order"].search([("client_order_ref", "=", f"UP-{number}")]).picking_ids

    day = NOW.date() - timedelta(days=1)  # no future, wherever the company is
    done(0).write({"sbo_signed_on": day, "sbo_signed_by": "Ms. Green", "sbo_signed_result": "complete",
                   "sbo_signed_scan": b"bm90ZQ==", "sbo_signed_scan_name": "note.pdf"})
    done(1).write({"sbo_signed_on": day, "sbo_signed_by": "Mr. Grey", "sbo_signed_result": "difference",
                   "sbo_signed_remark": "One is missing"})
    done(2).sbo_unsigned_reason = "Sent by parcel"
    done(4).with_user(people["demo"]).action_sbo_told_by_call()
