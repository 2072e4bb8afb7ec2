"""Contracts and tenders as a back office keeps them with release 19.0.1.3.0: reviewed, signed, performed, watched."""

from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from odoo.fields import Command

NOW = datetime.now().replace(microsecond=0)
TODAY = NOW.date()
FILE = b"VXBncmFkZSBwYXBlcg=="


def keep_contracts(env, people, customers):
    """Contracts in each of their states, tenders and what became of them."""
    goods = env["product.product"].search([("name", "=", "Machine")], limit=1)
    rule = classify(env(user=people["supervisor"].id), people)
    contract = sign(people, review(env, people, draft(people, customers[8], rule, goods, "Machines for a year")))
    perform(env, people, contract, goods)
    supplement(env, people, contract, goods)
    leave_under_way(env, people, customers, rule, goods)
    end(env, people, customers, rule, goods)
    bid(env, people, customers)
    env.cr.commit()


def classify(env, people):
    """A class with departments and, for large amounts, one more approver; its standard text in two versions."""
    departments = env["sbo.department"].search([("name", "in", ("Upgrade Warehouse", "Upgrade Finance"))])
    rule = env["sbo.contract.class"].create({
        "name": "Upgrade Machines", "code": "U", "department_ids": [Command.set(departments.ids)],
        "approver_ids": [Command.set(people["manager"].ids)], "limit_amount": 90000, "review_days": 2, "file_days": 5,
        "limit_approver_ids": [Command.set(people["accountant"].ids)]})
    env["sbo.contract.template"].create([
        {"name": "Upgrade text", "version": version, "class_id": rule.id, "file": FILE,
         "file_name": f"text{version}.txt", "valid_from": TODAY - timedelta(days=days), "note": "Who bears the freight"}
        for version, days in ((1, 400), (2, 10))])
    return rule


def draft(people, customer, rule, goods, subject, amount=20000, **vals):
    """What the salesperson drafts: prices, payments in percent, goods, a report every month."""
    env = people["seller"].env(user=people["seller"].id)
    text = env["sbo.contract.template"].search([("class_id", "=", rule.id), ("version", "=", 1)])
    return env["sbo.contract"].create({
        "partner_id": customer.id, "user_id": people["seller"].id, "subject": subject, "class_id": rule.id,
        "template_id": text.id, "amount": amount, "date_start": TODAY - timedelta(days=20),
        "date_end": TODAY + timedelta(days=25), "retention_amount": 500, "warranty_until": TODAY + timedelta(days=400),
        "retention_due_on": TODAY + timedelta(days=400), "payment_terms": "30 % with the order",
        "customer_ref": f"C-{subject[:4]}", "line_ids": [
            Command.create({"product_id": goods.id, "quantity": 40, "price": 500})],
        "milestone_ids": [
            Command.create({"name": "Deposit", "kind": "payment", "percent": 30, "due_on": TODAY - timedelta(days=2)}),
            Command.create({"name": "Rest", "kind": "payment", "percent": 70, "due_on": TODAY + timedelta(days=24)}),
            Command.create({"name": "First machines", "kind": "delivery", "product_id": goods.id, "quantity": 4,
                            "due_on": TODAY + timedelta(days=9)}),
            Command.create({"name": "Report", "kind": "other", "user_id": people["clerk"].id, "repeat_every": 1,
                            "repeat_unit": "month", "due_on": TODAY, "repeat_until": TODAY + timedelta(days=90)})],
        **vals})


def submitted(env, contract, people, item=None):
    """The review that begins when the salesperson submits."""
    (item or contract).with_user(people["seller"]).action_submit()
    return env["sbo.contract.review"].search([("contract_id", "=", contract.id)], order="id desc", limit=1)


def asked(sheet, name):
    """The present question to a department."""
    return sheet.opinion_ids.filtered(lambda item: item.present and item.department_id.name == f"Upgrade {name}")


def review(env, people, contract):
    """A change is asked for and made, a risk accepted, an objection overruled, a condition set; then approved."""
    sheet = submitted(env, contract, people)
    items = {line.topic: line for line in sheet.line_ids}
    items["price"].with_user(people["demo"]).write(
        {"verdict": "modify", "required_change": "Say whether taxes are in", "note": "Unclear"})
    items["payment"].with_user(people["demo"]).write({"verdict": "risk", "note": "They have paid late before"})
    sheet.with_user(people["demo"]).action_rest_complies()
    asked(sheet, "Warehouse").with_user(people["demo"]).action_disagree("There is no room for so many")
    asked(sheet, "Finance").with_user(people["supervisor"]).action_condition("The deposit comes first")
    items["price"].with_user(people["seller"]).action_close("Taxes are in, it says so now")
    for name in ("Warehouse", "Finance"):
        if asked(sheet, name).state == "waiting":  # asked anew, as the change was made for it
            asked(sheet, name).with_user(people["supervisor"]).action_agree()
    disagreed = sheet.opinion_ids.filtered(lambda item: item.present and item.state == "disagree")
    disagreed.with_user(people["manager"]).action_overrule("We rent another hall")
    items["payment"].with_user(people["manager"]).action_accept("The deposit covers it")
    sheet.with_user(people["manager"]).action_approve("Good business")
    return contract


def agree(env, people, contract, item=None):
    """A review without a word too much."""
    sheet = submitted(env, contract, people, item)
    sheet.with_user(people["demo"]).action_rest_complies()
    for name in ("Warehouse", "Finance"):
        asked(sheet, name).with_user(people["demo"]).action_agree()
    sheet.with_user(people["manager"]).action_approve()
    if sheet.state == "open":
        sheet.with_user(people["accountant"]).action_approve("So much money")
    return item or contract


def sign(people, document, days=8):
    """A clerk notes who has signed for whom."""
    mine = document.with_user(people["clerk"])
    mine.write({
        "signed_on": TODAY - timedelta(days=days), "our_signatory_id": people["manager"].id, "our_authority": "letter",
        "our_letter": FILE, "our_letter_name": "letter.pdf", "our_letter_until": TODAY + timedelta(days=200),
        "our_seal": "contract", "their_signatory": "Ms. Green", "their_authority": "legal", "their_seal": "company",
        "signed_file": FILE, "signed_file_name": "signed.pdf"})
    mine.action_sign()
    return document


def perform(env, people, contract, goods):
    """An order under it leaves; a report is done; the schedule is looked through; the original comes in."""
    order = env["sale.order"].with_user(people["clerk"]).create({
        "partner_id": contract.partner_id.id, "user_id": people["seller"].id, "client_order_ref": "UC-0",
        "sbo_contract_id": contract.id, "sbo_received_at": NOW - timedelta(hours=3), "sbo_channel": "email",
        "order_line": [Command.create({"product_id": goods.id, "product_uom_qty": 4, "tax_ids": False})]})
    order.with_user(people["clerk2"]).action_confirm()
    env.cr.commit()
    picking = order.sudo().picking_ids.with_user(people["demo"])
    for move in picking.move_ids:
        move.quantity = move.product_uom_qty
    picking.move_ids.picked = True
    picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
    order.with_user(people["clerk"])._create_invoices().with_user(people["accountant"]).action_post()
    mine = contract.with_user(people["clerk"])
    mine.milestone_ids.filtered(lambda item: item.kind == "other").action_done()
    mine.env["sbo.contract.update"].create([
        {"contract_id": contract.id, "remark": remark} for remark in ("The first machines have left", False)])
    mine.action_send_original()
    mine.write({"original_place": "Cabinet 3", "original_tracking": "SF 1"})
    mine.action_receive_original()


def supplement(env, people, contract, goods):
    """One supplement is signed, one cancelled, one still a draft."""
    plan = contract.milestone_ids.filtered(lambda item: item.name == "Rest")
    other = env["product.product"].search([("name", "=", "Shelf")], limit=1)
    mine = env["sbo.contract.supplement"].with_user(people["seller"])
    signed = mine.create({
        "contract_id": contract.id, "subject": "More machines", "reason": "A second hall", "amount": 30000,
        "line_ids": [Command.create({"product_id": goods.id, "quantity": 60, "price": 490}),
                     Command.create({"product_id": other.id, "quantity": 5, "price": 90})],
        "milestone_ids": [Command.create({
            "origin_id": plan.id, "name": "Rest", "kind": "payment", "percent": 70,
            "due_on": TODAY + timedelta(days=20)})]})
    sign(people, agree(env, people, contract, signed), days=1)
    off = mine.create({"contract_id": contract.id, "subject": "A discount", "amount": 29000})
    submitted(env, contract, people, off)
    off.action_cancel("They do not want it any more")
    mine.create({"contract_id": contract.id, "subject": "Longer", "date_end": TODAY + timedelta(days=300)})


def leave_under_way(env, people, customers, rule, goods):
    """Drafts, one in review, one sent back and submitted again, one approved; one number was passed over."""
    draft(people, customers[9], rule, goods, "Only a draft")
    half = submitted(env, draft(people, customers[9], rule, goods, "Half reviewed", 95000), people)
    half.line_ids[:4].with_user(people["demo"]).action_comply()
    asked(half, "Warehouse").with_user(people["demo"]).action_agree()
    asked(half, "Warehouse").with_user(people["demo"]).action_take_back("I have read it again")
    span = rule.sudo().sequence_id.date_range_ids[:1]
    span.number_next_actual += 1
    back = draft(people, customers[3], rule, goods, "Sent back")
    sheet = submitted(env, back, people)
    sheet.line_ids[1].with_user(people["demo"]).write({"verdict": "risk", "note": "Nobody makes them"})
    sheet.with_user(people["manager"]).action_refuse("Ask for another machine")
    back.with_user(people["seller"]).amount = 18000
    submitted(env, back, people)
    agree(env, people, draft(people, customers[3], rule, goods, "Approved", 99000))


def end(env, people, customers, rule, goods):
    """Cancelled with its number, terminated, fulfilled and closed with its original on file."""
    off = draft(people, customers[1], rule, goods, "Off")
    submitted(env, off, people)
    off.with_user(people["seller"]).action_cancel("The customer has closed down")
    broken = sign(people, agree(env, people, draft(people, customers[1], rule, goods, "Broken off")))
    broken.with_user(people["supervisor"]).action_terminate("They do not pay")
    done = sign(people, agree(env, people, draft(
        people, customers[2], rule, goods, "All done", milestone_ids=False, line_ids=False)), days=15)
    mine = done.with_user(people["clerk"])
    mine.original_place = "Cabinet 4"
    mine.action_file_original()
    mine.action_fulfil()
    mine.action_file()


def bid(env, people, customers):
    """Tenders under way, won, lost, rejected and withdrawn; documents in versions; bonds back and lost."""
    tender(people, customers[4], "Only seen")
    preparing = tender(people, customers[4], "Being prepared", submission_at=NOW + timedelta(days=12),
                       papers_cost=50, papers_bought_on=TODAY)
    preparing.with_user(people["clerk"]).action_prepare()
    document(people, preparing, "Prices", progress=40).action_new_version()
    in_time = tender(people, customers[5], "Handed in", submission_at=NOW + timedelta(days=2), bond_amount=80,
                     bond_paid_on=TODAY)
    in_time.with_user(people["clerk"]).action_prepare()
    document(people, in_time, "Technical part")
    in_time.with_user(people["clerk"]).action_submit()
    won, lost, invalid = (opened(people, customers[n], name) for n, name in (
        (6, "Won"), (7, "Lost"), (6, "Invalid")))
    won.action_win(900, TODAY - timedelta(days=3), "They asked 950")
    won.action_create_contract()
    lost.action_lose("Second by price", TODAY - timedelta(days=3))
    lost.bond_returned_on = TODAY
    invalid.action_reject("A seal was missing", TODAY - timedelta(days=2))
    invalid.with_user(people["manager"]).action_forfeit_bond("By the tender papers")
    tender(people, customers[7], "Withdrawn").with_user(people["clerk"]).action_withdraw("Too small for us")


def tender(people, customer, project, **vals):
    """What the salesperson has found."""
    return people["seller"].env["sbo.tender"].with_user(people["seller"]).create({
        "project": project, "partner_id": customer.id, "tender_ref": f"T {project}", "price": 950,
        "source": "invitation", "submission_at": NOW - timedelta(days=6),
        "opening_at": NOW + timedelta(days=13), **vals})


def document(people, tender, name, progress=100):
    """A part of the bid that a clerk makes."""
    return tender.env["sbo.tender.document"].with_user(people["clerk"]).create({
        "tender_id": tender.id, "name": name, "kind": "price", "user_id": people["clerk"].id, "progress": progress,
        "file": FILE, "file_name": "bid.pdf", "due_on": TODAY + timedelta(days=3)})


def opened(people, customer, project):
    """Noted afterwards by somebody without a part in it; the clerk goes on with it."""
    new = tender(people, customer, project, opening_at=NOW - timedelta(days=5), bond_amount=100,
                 bond_paid_on=TODAY - timedelta(days=8))
    mine = new.with_user(people["clerk"])
    mine.action_prepare()
    document(people, new, "Technical part")
    new.with_user(people["manager"]).action_submit("Accepted at the counter", NOW - timedelta(days=6, hours=-1))
    mine.action_open()
    return mine


def watch_risks(env, people):
    """After the night: risks are reported, lowered, noted by hand, settled; measures are set, done, late, dropped."""
    contract = env["sbo.contract"].search([("subject", "=", "Machines for a year")])
    clerk, supervisor = contract.with_user(people["clerk"]), people["supervisor"]
    noted = {code: clerk._raise_risk(env["sbo.check"].search([("code", "=", f"contract_{code}")]), "In the gazette")
             for code in ("customer_litigation", "customer_insolvent", "original_lost")}
    noted["customer_litigation"].action_report("Please look at this", people["accountant"])
    noted["customer_litigation"].with_user(supervisor).action_lower("1", "The sum is small")
    noted["original_lost"].with_user(supervisor).action_settle("It was found")
    found = env["sbo.finding"].search(
        [("contract_id", "!=", False), ("closed_at", "=", False), ("origin", "=", "auto")], order="id")
    found[:2].with_user(people["clerk"]).action_report("Found last night")
    measures = env["sbo.finding.measure"].with_user(people["clerk"]).create([
        {"finding_id": (noted["customer_insolvent"] | found)[:2][n % 2].id, "name": f"Measure {n}",
         "user_id": people["seller"].id, "due_on": TODAY + timedelta(days=n - 1)} for n in range(4)])
    measures[1].with_user(people["seller"]).action_done("They have paid a part")
    measures[2].action_cancel()
    measures[3].with_user(people["seller"]).result = "Nobody answers"


def sum_up(env, people):
    """The summaries of the periods that have ended; one was wrong and was sent once more."""
    company = env.company
    company.sbo_risk_user_ids = people["accountant"]
    company.sbo_summary_user_ids = people["manager"] | people["accountant"]
    # contracts kept before the addon was there
    company.sbo_check_from = TODAY - relativedelta(years=2)
    summaries = env["sbo.contract.summary"]
    summaries._cron_summaries()
    wrong = summaries.search([("kind", "=", "month")], limit=1)
    wrong.with_user(people["supervisor"])._correct("A contract was missing")
    summaries._cron_summaries()
    env.cr.commit()
