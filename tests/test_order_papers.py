"""Two people at the same paper at once, in real transactions: one of them comes second, and is told so."""

import json

PREPARE = """
import json
import threading
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
import odoo.api

group = "sales_back_office.sbo_group_clerk"
people = env["res.users"].with_context(no_reset_password=True).create([
    {"login": f"person{n}", "name": f"Person {n}", "email": f"p{n}@example.com",
     "group_ids": [Command.link(env.ref(group).id)]} for n in range(3)])
product = env["product.product"].create({"name": "Lamp", "list_price": 100})
customer = env["res.partner"].create({"name": "Customer"})
order = env["sale.order"].with_user(people[0]).create({
    "partner_id": customer.id, "order_line": [Command.create({"product_id": product.id})]})
department = env["sbo.department"].create({"name": "Warehouse", "member_ids": [Command.set(people.ids)]})
sold = env["sale.order"].create({
    "partner_id": customer.id, "order_line": [Command.create({"product_id": product.id})]})
sold.action_confirm()
env.cr.commit()
barrier = threading.Barrier(2)

def together(work):
    def one(user_id, answers):
        with Registry(env.cr.dbname).cursor() as cr:
            own = odoo.api.Environment(cr, user_id, {})
            own["sale.order"].browse(order.id).name
            barrier.wait()
            try:
                answers.append(retrying(lambda: work(own), own))
            except UserError as refusal:
                answers.append(str(refusal))
                cr.rollback()
    answers = []
    threads = [threading.Thread(target=one, args=(user.id, answers)) for user in people[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.cr.commit()
    env.invalidate_all()
    return answers
"""
VERIFY = """
answers = together(lambda own: own["sale.order"].browse(order.id).action_sbo_verify()["res_id"])
sheets = env["sbo.order.verification"].search([("order_id", "=", order.id)])
print(json.dumps([answers, sheets.ids]))
"""
ACKNOWLEDGE = """
notice = env["sbo.order.notice"].search([("order_id", "=", sold.id)])
answers = together(lambda own: own["sbo.order.notice"].browse(notice.id).action_acknowledge() or "done")
print(json.dumps([answers, notice.state, notice.acknowledged_by_id.name]))
"""


def test_two_checkers(bare_db, odoo_shell):
    """One order has one sheet: whoever comes second sees it, or hears who is at it."""
    answers, sheets = json.loads(odoo_shell(bare_db, PREPARE + VERIFY).strip().splitlines()[-1])
    assert len(sheets) == 1
    assert sheets[0] in answers
    second = [answer for answer in answers if answer != sheets[0]]
    assert not second or "is verifying" in second[0]


def test_two_members(bare_db, odoo_shell):
    """A notice is acknowledged by one named person."""
    answers, state, name = json.loads(odoo_shell(bare_db, PREPARE + ACKNOWLEDGE).strip().splitlines()[-1])
    assert state == "acknowledged"
    assert sorted(answers)[1] == "done"
    assert f"{name} has acknowledged this already" in sorted(answers)[0]
