"""Orders and their deliveries, through the same doors a user takes: create, confirm, validate."""

from odoo.addons.sales_back_office.tools.clock import Given
from odoo.fields import Command

from .dates import OPENED, ORDERED, PROMISED, moment
from .progress import say
from .reading import LoadError

CHUNK = 100


def make_orders(env, orders, customers, salespeople, products):
    """Quotations under their old numbers; list of (sale.order, reading.Order)."""
    values = [
        {
            "name": order.number,
            "partner_id": customers[order.customer].id,
            "user_id": salespeople[order.employee].id,
            "date_order": moment(order.ordered, ORDERED),
            "commitment_date": moment(order.promised, PROMISED),
            "validity_date": False,
            "order_line": [
                Command.create(
                    {
                        "product_id": products[line["ProductID"]].id,
                        "product_uom_qty": float(line["Quantity"]),
                        "price_unit": float(line["UnitPrice"]),
                        "discount": float(line["Discount"] * 100),
                    }
                )
                for line in order.lines
            ],
        }
        for order in orders
    ]
    model = env["sale.order"].with_context(sbo_as_of=Given.at(moment(OPENED)))
    made = env["sale.order"]
    for start in range(0, len(values), CHUNK):
        made += model.create(values[start : start + CHUNK]).with_env(env)
    say("orders taken", len(made))
    return list(zip(made, orders, strict=True))


def confirm(env, pairs, what):
    """Confirm orders; Odoo makes their deliveries and reserves the goods."""
    sales = env["sale.order"].union(*(sale for sale, _order in pairs))
    for chunk, done in _chunks(sales):
        chunk.action_confirm()
        say(what, done, len(sales))
    return sales


def deliver(sales):
    """Validate the deliveries of orders whose goods are all reserved."""
    pickings = sales.picking_ids.with_context(skip_sms=True, skip_backorder=True)
    for chunk, done in _chunks(pickings):
        chunk.move_ids.picked = True
        chunk.button_validate()
        say("deliveries validated", done, len(pickings))
    left = pickings.filtered(lambda picking: picking.state != "done")
    if left:
        raise LoadError(
            f"{len(left)} deliveries did not leave, such as that of order {left[0].sale_id.name}."
        )
    return pickings


def _chunks(records):
    """Parts of the records, each with the number that is through after it."""
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        yield chunk, start + len(chunk)
