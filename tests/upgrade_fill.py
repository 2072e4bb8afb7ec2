"""What a back office has in its database after some weeks with release 19.0.1.3.0, done by its own people.

Runs in the shell of that release, on its demo data: nothing here may be newer than it.
"""

from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from odoo.fields import Command
from upgrade_fill_contracts import keep_contracts, sum_up, watch_risks
from upgrade_fill_money import pay_orders
from upgrade_fill_orders import follow_orders, verify_orders

NOW = datetime.now().replace(microsecond=0)
FIRST = NOW.replace(day=1, hour=2, minute=0, second=0) - relativedelta(months=1)
LATER = {"sbo_as_of": NOW + timedelta(days=40)}  # when the appeal period is over


def fill(env):
    """Some weeks of work, ended by a night; commits."""
    env = env(context=dict(env.context, tracking_disable=False, mail_notrack=False))
    people = {login: env["res.users"].search([("login", "=", login)]) for login in (
        "clerk", "clerk2", "supervisor", "manager", "seller", "demo")}
    people["accountant"] = env["res.users"].create(
        {"name": "Upgrade Accountant", "login": "accountant", "email": "accountant@example.com",
         "group_ids": [Command.set([
             env.ref(name).id for name in ("account.group_account_invoice", "base.group_partner_manager")])]})
    env["res.company"].create({"name": "Upgrade Branch"})
    customers = change_clerks(env, people)
    sell(env, people, customers)
    plan_days(env, people)
    talk(env, people)
    verify_orders(env, people, customers)
    follow_orders(env, people, customers)
    pay_orders(env, people, customers)
    keep_contracts(env, people, customers)
    tune_checks(env(user=people["supervisor"].id))
    env.cr.commit()
    env["sbo.check.run"]._cron_night()
    watch_risks(env, people)
    judge(env(user=people["supervisor"].id), people, customers)
    env["sbo.assessment"]._run(
        env["sbo.standard"].search([("state", "=", "in_use")]), FIRST.date().replace(day=1))
    assess(env, people)
    draft_next_standards(env(user=people["manager"].id))
    sum_up(env, people)
    env["sbo.assessment"]._cron_refresh()
    env.flush_all()
    env.cr.commit()


def change_clerks(env, people):
    """Twelve customers of a clerk, half of them handed to a colleague; two are contacts or archived."""
    customers = env["res.partner"].create([
        {"name": f"Upgrade Customer {n}", "is_company": True, "ref": f"U-{n:03}", "user_id": people["seller"].id,
         "sbo_clerk_id": people["clerk"].id, "vat": False} for n in range(12)])
    env["res.partner"].create(
        {"name": "Contact of a customer", "parent_id": customers[0].id, "user_id": people["seller"].id})
    env["res.partner"].create({"name": "Nobody's customer", "is_company": True})
    moved = customers[::2].with_user(people["supervisor"]).with_context(sbo_as_of=NOW - timedelta(days=9))
    moved.write({"sbo_clerk_id": people["clerk2"].id})
    customers[1].with_user(people["clerk"]).action_sbo_verified()
    customers[11].active = False
    return customers


def sell(env, people, customers):
    """An order each: late ones, cheap ones, some delivered, some open, a return of nobody's."""
    product = env["product.product"].create(
        {"name": "Upgrade Paper", "is_storable": True, "list_price": 40, "standard_price": 25})
    orders = env["sale.order"].create([
        {"partner_id": customer.id, "user_id": people["seller"].id, "client_order_ref": f"UP-{n}",
         "commitment_date": n % 4 and FIRST + timedelta(days=n + 3),
         "order_line": [Command.create({"product_id": product.id, "product_uom_qty": n + 1, "discount": n % 3 * 5})]}
        for n, customer in enumerate(customers[:10])])
    orders[:8].action_confirm()
    for n, order in enumerate(orders[:8]):
        order.date_order = FIRST + timedelta(days=n)
    for picking in orders[:5].picking_ids:
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        picking.date_done = FIRST + timedelta(days=12)
    orders[7].action_cancel()


def plan_days(env, people):
    """Absences with and without a deputy, a public holiday and the Saturday worked for it."""
    env["sbo.absence"].create([
        {"user_id": people["clerk"].id, "deputy_id": people["clerk2"].id, "reason": "Training",
         "date_from": FIRST + timedelta(days=6), "date_to": FIRST + timedelta(days=8)},
        {"user_id": people["clerk2"].id, "date_from": NOW + timedelta(days=60),
         "date_to": NOW + timedelta(days=63)}])
    env["resource.calendar.leaves"].create(
        {"name": "Holiday", "date_from": NOW + timedelta(days=30), "date_to": NOW + timedelta(days=31)})
    env["sbo.extra.workday"].create(
        {"name": "Worked for the holiday", "date": NOW.date() + relativedelta(days=20, weekday=5), "as_weekday": "0"})


def talk(env, people):
    """Customers are told of their deliveries: by name, on the order, before it left, to nobody."""
    def log(number, who, **vals):
        order = env["sale.order"].search([("client_order_ref", "=", f"UP-{number}")])
        env["sbo.contact.log"].with_user(people[who]).create(
            {"order_id": order.id, "subject": "shipment", "date": FIRST + timedelta(days=13), **vals})
        return order.picking_ids.id

    log(0, "clerk", picking_id=log(0, "clerk2", kind="email", result="sent", date=FIRST + timedelta(days=14)))
    log(1, "clerk2", kind="visit")
    log(2, "clerk", date=FIRST + timedelta(days=11))
    log(3, "clerk", result="not_reached")


def tune_checks(env):
    """What a supervisor does with the shipped checks, and one of their own."""
    def check(code):
        return env["sbo.check"].search([("code", "=", code)])

    check("customer_not_verified").write({"parameter": 90, "severity": "3", "escalate_days": 2})
    check("customer_code_invalid").write({"description": "Ask the salesperson first.", "notify": False})
    check("invoice_late").write({"parameter": 5, "severity": "4"})
    check("document_filing_late").write({"name": "Papers come too late", "severity": "4"})
    check("backup_missing").active = False
    env["sbo.check"].create(
        {"name": "Customer without a telephone", "code": "own_no_phone", "area": "customers",
         "model_id": env["ir.model"]._get("res.partner").id, "parameter": 7,
         "domain": "[('phone', '=', False), ('sbo_clerk_id', '!=', False), ('name', 'like', 'Upgrade')]"})


def judge(env, people, customers):
    """Findings noted by hand on the person and on a customer; decided on in each of the ways."""
    def check(code):
        return env["sbo.check"].with_context(active_test=False).search([("code", "=", code)]).id

    codes = ("document_filing_late", "customer_assignment_late", "backup_missing", "audit_material_late", "noted")
    noted = env["sbo.finding"].create([
        {"check_id": check(code), "user_id": people["clerk"].id,
         "due_at": NOW if n == 3 else FIRST + timedelta(days=n + 2), "note": f"Seen by chance {n}"}
        for n, code in enumerate(codes)])
    noted += env["sbo.finding"].create(
        {"check_id": check("document_lost_or_disclosed"), "user_id": people["clerk2"].id, "due_at": FIRST,
         "res_model": "sale.order", "res_id": customers[0].sale_order_ids[:1].id, "note": "A price list has got out"})
    noted[:3].action_confirm()
    noted[3].with_user(people["clerk"]).action_dispute("The customer wrote it so")
    noted[4].action_waive("Nothing came of it")
    found = env["sbo.finding"].search([("origin", "=", "auto"), ("state", "=", "candidate")], order="id")
    found[::3].action_confirm()
    found[1:8:3].action_waive("Agreed with the customer")
    env["sbo.finding"].search([("state", "=", "candidate"), ("user_id", "!=", env.uid)]).action_confirm()
    found[2].action_reopen()
    found[2].message_post(body="Let us look at this one again.")


def assess(env, people):
    """Last month: one sheet is locked, with an appeal on it, one confirmed; this month stays live."""
    supervisor, manager = people["supervisor"], people["manager"]
    sheets = env["sbo.assessment"].search([("period_start", "=", FIRST.date().replace(day=1))])
    pending = sheets.deduction_ids.filtered(lambda item: item.state == "pending").finding_id.with_user(supervisor)
    pending.filtered(lambda finding: finding.state != "confirmed").action_confirm()
    pending.filtered(lambda finding: finding.cause == "undetermined")[::2].cause = "warehouse"
    pending.filtered(lambda finding: finding.cause == "undetermined").cause = "clerk"
    sheets.with_user(supervisor).action_send()
    locked = sheets.filtered(lambda sheet: sheet.user_id == people["clerk"])
    mine = locked.with_user(people["clerk"])
    mine.write({"self_comment": "A hard month", "line_ids": [Command.update(mine.line_ids[0].id, {"self_score": 8})]})
    locked.with_user(supervisor).write({"bonus": 1, "bonus_reason": "Trained a colleague", "pay_base": 2000})
    sheets.with_user(supervisor).action_confirm()
    mine.action_sign()
    first, second = mine.deduction_ids.filtered(lambda item: item.state == "counted")[:2]
    first.action_appeal("The date was agreed on the phone")
    second.action_appeal("Not mine")
    first.with_user(manager).action_accept("The mail says so")
    second.with_user(manager).action_reject("It was")
    locked.with_user(manager).with_context(**LATER).action_approve()
    locked.with_user(manager).action_lock()


def draft_next_standards(env):
    """The company works on its next version, where an error costs more, and has a copy it has not touched."""
    standard = env["sbo.standard"].search([("state", "=", "in_use")])
    draft = standard.copy({"name": "Our standard", "description": "For next year"})
    draft.rule_ids[0].write({"points": 2, "check_code": "customer_code_invalid,own_no_phone"})
    standard.copy({"name": "Branch standard"})
