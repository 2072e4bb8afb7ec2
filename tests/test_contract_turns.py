"""An order is confirmed while its contract is taken back, in real transactions: one goes first, the other looks again.

The first one has done its part but not yet committed when the second one comes to the same contract.
"""

import os

import pytest
from turns import at_once

PREPARE = """
from odoo.fields import Command
def user(login, *groups):
    return {"login": login, "name": login, "email": f"{login}@example.com",
            "group_ids": [Command.link(env.ref(group).id) for group in groups]}
env["res.users"].with_context(no_reset_password=True).create([
    user("ann", "sales_team.group_sale_salesman_all_leads"), user("clerk", "sales_back_office.sbo_group_clerk")])
customer = env["res.partner"].create({"name": "Customer", "is_company": True})
contract = env["sbo.contract"].create({
    "partner_id": customer.id, "subject": "Lamps", "amount": 1000, "state": "approved", "user_id": env.uid,
    "class_id": env["sbo.contract.class"].create({"name": "T", "code": "TT"}).id})
product = env["product.product"].create({"name": "Lamp", "type": "service"})
line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": 10}
env["sale.order"].create([
    {"partner_id": customer.id, "client_order_ref": "under", "sbo_contract_id": contract.id,
     "order_line": [Command.create(line)]},
    {"partner_id": customer.id, "client_order_ref": "beside", "state": "sale", "order_line": [Command.create(line)]}])
env.cr.commit()
"""
GIVEN = """
order = env["sale.order"].search([("client_order_ref", "=", "under")])
other = env["sale.order"].search([("client_order_ref", "=", "beside")])
contract = env["sbo.contract"].search([("subject", "=", "Lamps")])
"""
CONFIRM = ("ann", "order.action_confirm()")
PUT_UNDER = ("ann", "other.write({'sbo_contract_id': contract.id})")
TAKE_BACK = ("clerk", "contract.action_withdraw()")


@pytest.fixture(scope="module")
def prepared(odoo):
    """A quotation under an approved contract, and a confirmed order beside it."""
    name = odoo.clone(os.environ["DEV_BARE_TEMPLATE"], f"{os.environ['DEV_CLONE_PREFIX']}contract_turns")
    odoo.shell(name, PREPARE)
    yield name
    odoo.drop(name)


@pytest.fixture
def desk(odoo, prepared, new_database):
    return odoo.clone(prepared, new_database())


def _states(odoo, desk):
    return odoo.sql(desk, "SELECT state FROM sbo_contract UNION ALL "
                          "SELECT state FROM sale_order WHERE client_order_ref = 'under'")


@pytest.mark.parametrize("coming", [CONFIRM, PUT_UNDER])
def test_not_taken_back_from_under_an_order(odoo, desk, start, coming):
    tries, told = at_once(odoo, desk, start, coming, TAKE_BACK)
    assert tries == 2, "begun again with the order"
    assert "has confirmed orders" in told
    assert _states(odoo, desk)[0] == ("approved",)


@pytest.mark.parametrize("coming", [CONFIRM, PUT_UNDER])
def test_not_ordered_under_what_is_taken_back(odoo, desk, start, coming):
    tries, told = at_once(odoo, desk, start, TAKE_BACK, coming)
    assert tries == 2, "begun again with the draft"
    assert "reviewed and approved" in told
    assert _states(odoo, desk) == [("draft",), ("draft",)]
