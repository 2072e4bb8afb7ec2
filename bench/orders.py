"""What a salesperson does all day, in a database with our addon and in the same one without it."""
from harness import environment, in_turn, row, user_id
from odoo.fields import Command
from odoo.tests import Form

TARGET = 1.1
PAIRS = 20


def measure(ours, plain, rounds):
    """Confirming and entering orders, opening the screens that carry our fields."""
    uid = user_id(plain, "sales10")  # sees all orders
    databases = {"ours": ours, "plain": plain}
    for what, work, target, pairs in (
        ("confirm an order of 3 lines", Confirm(plain), TARGET, PAIRS),
        ("enter an order of 3 lines", enter, None, PAIRS),
        ("open the order form", Opened("sale.order"), None, rounds),
        ("open the customer form", Opened("res.partner"), None, rounds),
        ("list 80 orders", Listed("sale.order"), None, rounds),
        ("list 80 customers", Listed("res.partner"), None, rounds),
        ("confirm, with a check that can stop it", Stopped(plain, ours), None, PAIRS),
    ):
        ours_side, plain_side = in_turn(pairs, **{
            name: _in_database(database, uid, work) for name, database in databases.items()})
        yield row(what, ours_side, plain_side, target, against="Odoo without us",
                  extra_queries=ours_side.query_count - plain_side.query_count)


def _in_database(database, uid, work):
    def run(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            return work(side, env)

    return run


class Confirm:
    """Confirm one quotation of the fill after the other: the same ones in both databases."""

    def __init__(self, database):
        with environment(database) as env:
            self.ids = env["sale.order"].search([("state", "=", "draft")], order="id desc", limit=200).ids

    def __call__(self, side, env):
        order = env["sale.order"].browse(self.ids[len(side.seconds)])
        with side.watch(env.cr):
            order.action_confirm()
        if order.state != "sale" or not order.picking_ids:
            raise SystemExit(f"{order.name} was not confirmed")


class Stopped(Confirm):
    """The same while a supervisor has made a check that looks at every order before it is confirmed."""

    def __init__(self, database, ours):
        super().__init__(database)
        self.ours = ours

    def __call__(self, side, env):
        if self.ours:
            with environment(self.ours) as other:
                other["sbo.check"].create({
                    "name": "Order below nothing", "code": "bench_stop", "block_action": "confirm",
                    "model_id": other["ir.model"]._get_id("sale.order"), "domain": "[('amount_total', '<', 0)]",
                })
                other.cr.commit()
            self.ours = None
        super().__call__(side, env)


def enter(side, env):
    """Enter a quotation for a customer of the fill."""
    number = len(side.seconds)
    customer = env["res.partner"].search([("customer_rank", ">", 0)], order="id", limit=1, offset=number * 7)
    products = env["product.product"].search([("sale_ok", "=", True)], order="id", limit=3, offset=number * 3)
    env.invalidate_all()
    with side.watch(env.cr):
        env["sale.order"].create({
            "partner_id": customer.id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 2}) for product in products],
        })


class Opened:
    """What the client reads to show one record in its form, with the fields of the form that it was given."""

    def __init__(self, model):
        self.model = model

    def __call__(self, side, env):
        records = env[self.model].search([("state", "=", "sale")] if self.model == "sale.order" else
                                         [("customer_rank", ">", 0)], order="id desc", limit=50)
        record = records[len(side.seconds) % len(records)]
        specification = Form(record)._view["fields_spec"]
        env.invalidate_all()
        with side.watch(env.cr):
            record.web_read(specification)


class Listed:
    """What the client reads to show the first page of the list."""

    def __init__(self, model):
        self.model = model

    def __call__(self, side, env):
        view = env[self.model].get_view(view_type="list")
        specification = {name: self._shown(env[self.model]._fields[name]) for name in view["models"][self.model]
                         if name in env[self.model]._fields}
        env.invalidate_all()
        with side.watch(env.cr):
            env[self.model].web_search_read([], specification, limit=80)

    def _shown(self, field):
        return {"fields": {"display_name": {}}} if field.relational else {}
