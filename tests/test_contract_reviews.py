"""Two people at the same contract review at once, in real transactions: nobody's word is lost or counted twice."""

import json

PREPARE = """
import json
import threading
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
import odoo.api

people = env["res.users"].with_context(no_reset_password=True).create([
    {"login": f"person{n}", "name": f"Person {n}", "email": f"p{n}@example.com",
     "group_ids": [Command.link(env.ref("base.group_user").id)]} for n in range(4)])
finance = env["sbo.department"].create({"name": "Finance", "member_ids": [Command.set(people[:2].ids)]})
rule = env["sbo.contract.class"].create({
    "name": "B", "code": "RB", "department_ids": [Command.set(finance.ids)],
    "approver_ids": [Command.set(people[2:].ids)]})
customer = env["res.partner"].create({"name": "Customer"})
contract = env["sbo.contract"].create({
    "partner_id": customer.id, "subject": "Lamps", "class_id": rule.id, "amount": 1000, "user_id": env.uid})
contract.action_submit()
review = env["sbo.contract.review"].search([("contract_id", "=", contract.id)])
env.cr.commit()
barrier = threading.Barrier(2)

def together(who, work):
    def one(number, user_id, answers):
        with Registry(env.cr.dbname).cursor() as cr:
            own = odoo.api.Environment(cr, user_id, {})
            own["sbo.contract.review"].browse(review.id).state
            barrier.wait()
            try:
                retrying(lambda: work(own, number), own)
                answers.append("done")
            except UserError as refusal:
                answers.append(str(refusal))
                cr.rollback()
    answers = []
    threads = [threading.Thread(target=one, args=(n, user.id, answers)) for n, user in enumerate(who)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.cr.commit()
    env.invalidate_all()
    return sorted(answers)

def as_user(user, records):
    return records.with_env(odoo.api.Environment(env.cr, user.id, {}))
"""
READY = """
as_user(people[0], review).action_rest_complies()
as_user(people[0], review).action_agree()
env.cr.commit()
"""
MEMBERS = """
answers = together(people[:2], lambda own, n: (
    own["sbo.contract.review"].browse(review.id).action_disagree("no") if n
    else own["sbo.contract.review"].browse(review.id).action_agree()))
opinion = review.department_opinion_ids
print(json.dumps([answers, opinion.state, opinion.user_id.name, len(review.opinion_ids)]))
"""
JUDGES = """
line = review.line_ids[0]
answers = together(people[:2], lambda own, n: own["sbo.contract.review.line"].browse(line.id).write(
    [{"verdict": "comply"}, {"verdict": "risk", "note": "thin"}][n]))
print(json.dumps([answers, line.verdict]))
"""
APPROVERS = """
answers = together(people[2:], lambda own, n: own["sbo.contract.review"].browse(review.id).action_approve())
print(json.dumps([answers, review.state, contract.state, review.approval_ids.mapped("state")]))
"""
BOTH_WAYS = """
def decide(own, n):
    sheet = own["sbo.contract.review"].browse(review.id)
    return sheet.action_approve() if n else sheet.action_refuse("too cheap")
answers = together(people[2:], decide)
print(json.dumps([answers, review.state, contract.state]))
"""


def _last(output):
    return json.loads(output.strip().splitlines()[-1])


def test_two_members(bare_db, odoo_shell):
    """A department speaks once: whoever comes second hears what was said."""
    answers, state, name, count = _last(odoo_shell(bare_db, PREPARE + MEMBERS))
    assert answers[1] == "done"
    assert f"{name} has answered already" in answers[0]
    assert state in ("agree", "disagree")
    assert count == 3


def test_two_judges(bare_db, odoo_shell):
    """A risk that somebody saw is never wiped out by a verdict of the same moment."""
    answers, verdict = _last(odoo_shell(bare_db, PREPARE + JUDGES))
    assert verdict == "risk"
    assert answers[1] == "done"
    assert answers[0] == "done" or "say in the note why" in answers[0]


def test_two_approvers(bare_db, odoo_shell):
    """The last approval closes the review, also when two are the last."""
    answers, state, contract, approvals = _last(odoo_shell(bare_db, PREPARE + READY + APPROVERS))
    assert answers == ["done", "done"]
    assert (state, contract, approvals) == ("approved", "approved", ["approve", "approve"])


def test_approved_and_sent_back(bare_db, odoo_shell):
    """One sends back while the other approves: it is sent back, whatever comes first."""
    answers, state, contract = _last(odoo_shell(bare_db, PREPARE + READY + BOTH_WAYS))
    assert (state, contract) == ("rejected", "draft")
    assert answers.count("done") == 2 or "the review is closed" in answers[1] + answers[0]
