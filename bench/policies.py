"""What confirming an order and validating its delivery cost with our addon: where nothing is asked for, and where the
order must be verified by a second person, paid before delivery, and told to three departments.
"""
from harness import environment, in_turn, row, user_id

TARGET = 1.2
PAIRS = 20


def measure(ours, plain):
    """The same orders of the fill, one after the other, in both databases; ours with and without a policy."""
    uid = user_id(plain, "admin")  # sells, ships and sees all
    databases = {"ours": ours, "plain": plain}
    for asked in (False, True):
        if asked:
            _ask_for_everything(ours)
        for what, work in (("confirm an order of 3 lines", Confirmed(plain)),
                           ("validate its delivery", Validated(plain))):
            ours_side, plain_side = in_turn(PAIRS, **{
                name: _in_database(database, uid, work) for name, database in databases.items()})
            if ours_side.result != plain_side.result:
                raise SystemExit(f"{what}: {ours_side.result} is not {plain_side.result}")
            yield row(f"{what}, {'verified, prepaid, 3 departments told' if asked else 'no policy'}", ours_side,
                      plain_side, TARGET, against="Odoo without us",
                      extra_queries=ours_side.query_count - plain_side.query_count,
                      note=f"{ours_side.query_count - plain_side.query_count:+d} queries")


def _ask_for_everything(database):
    with environment(database) as env:
        env["sbo.order.class"].create({"name": "All orders", "company_id": env.company.id, "verify": True})
        env["sbo.department"].search([]).notified = True
        env.cr.commit()


def _in_database(database, uid, work):
    def run(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            return work(side, env)

    return run


class Confirmed:
    """Confirm one quotation of the fill after the other, each ready to be confirmed."""

    def __init__(self, database):
        with environment(database) as env:
            self.ids = env["sale.order"].search([("state", "=", "draft")], order="id desc", limit=200).ids

    def __call__(self, side, env):
        order = env["sale.order"].browse(self.ids[len(side.seconds)])
        self._prepare(order)
        env.flush_all()
        env.invalidate_all()
        with side.watch(env.cr):
            order.action_confirm()
        return self._facts(order)

    def _prepare(self, order):
        """What people have done before: verified by a clerk, paid in full."""
        if "sbo.order.class" not in order.env or not order.env["sbo.order.class"].sudo()._rules(order.company_id.id):
            return
        checker = order.env["res.users"].sudo().search([("login", "=", "clerk9")])
        order.sudo().sbo_payment_policy = "prepaid"
        sheet = order.with_user(checker).sudo(False)._sbo_begin_verification()
        sheet.line_ids.action_same()
        sheet.action_compare()
        if order.sbo_verification_state != "done":
            raise SystemExit(f"{order.name} could not be verified: {order.sbo_verification_state}")
        payment = order.env["account.payment"].sudo().create({
            "payment_type": "inbound", "partner_type": "customer", "partner_id": order.partner_id.id,
            "amount": order.amount_total})
        payment.action_post()
        order.env["sbo.payment.allotment"].sudo().create({
            "payment_id": payment.id, "order_id": order.id, "amount": order.amount_total})

    def _facts(self, order):
        """What Odoo itself must have made, here and there."""
        order.env.flush_all()
        moves = order.picking_ids.move_ids
        return order.name, order.state, [(move.product_id.id, move.product_uom_qty, move.state) for move in moves]


class Validated(Confirmed):
    """Validate the whole delivery of an order that has just been confirmed."""

    def __call__(self, side, env):
        order = env["sale.order"].browse(self.ids[len(side.seconds)])
        self._prepare(order)
        order.action_confirm()
        for move in order.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        env.flush_all()
        env.invalidate_all()
        with side.watch(env.cr):
            order.picking_ids.with_context(skip_sms=True).button_validate()
        if order.picking_ids.state != "done":
            raise SystemExit(f"{order.name} was not delivered")
        return self._facts(order)
