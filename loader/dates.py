"""The company's clock, and the real dates in place of the day of loading.

The files have days only. An order is taken at nine, goods leave at three in the afternoon and a promised
day ends when the office closes at five, all in the company's own time. Odoo stamps the day of loading on what
it confirms and validates, so the real moments are written over it at the end, one statement a table.
"""

from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

from odoo.tools import SQL

ZONE = "America/Los_Angeles"  # Northwind Traders sits in Seattle
OPENED, CLOSED = date(1996, 1, 1), date(1998, 12, 31)  # the years that the files are about
ORDERED, SHIPPED, PROMISED, DAY_END = time(9), time(15), time(17), time(23, 59, 59)


def moment(day, clock=time()):
    """A local day and time of the company as naive UTC."""
    local = datetime.combine(day, clock, ZoneInfo(ZONE))
    return local.astimezone(timezone.utc).replace(tzinfo=None)


def set_real_dates(env, orders):
    """Write the historic moments of orders, deliveries and opening stock.

    :param orders: list of (sale.order id, reading.Order)
    """
    env.flush_all()
    opened = moment(OPENED)
    columns = zip(
        *[
            (
                order_id,
                moment(order.ordered, ORDERED),
                moment(order.promised, PROMISED),
                order.shipped and moment(order.shipped, SHIPPED),
            )
            for order_id, order in orders
        ],
        strict=True,
    )
    env.cr.execute(
        SQL(
            """CREATE TEMPORARY TABLE northwind_date ON COMMIT DROP AS
           SELECT * FROM unnest(%s::integer[], %s::timestamp[], %s::timestamp[], %s::timestamp[])
                      AS given(order_id, ordered, promised, shipped)""",
            *map(list, columns),
        )
    )
    env.cr.execute("ANALYZE northwind_date")
    for statement in (*_orders(), *_deliveries(), *_opening(opened)):
        env.cr.execute(statement)
    env.invalidate_all(flush=False)


def _orders():
    yield SQL(
        """UPDATE sale_order o SET date_order = d.ordered, create_date = d.ordered, effective_date = d.shipped
             FROM northwind_date d WHERE d.order_id = o.id"""
    )
    yield SQL(
        """UPDATE sale_order_line l SET create_date = d.ordered
             FROM northwind_date d WHERE d.order_id = l.order_id"""
    )
    # whoever got the order answers for it from the moment it came in
    yield SQL(
        """UPDATE sbo_responsibility r SET date_from = d.ordered FROM northwind_date d
            WHERE r.res_model = 'sale.order' AND r.res_id = d.order_id"""
    )


def _deliveries():
    """What is still open keeps its promised moment as the planned one."""
    yield SQL(
        """UPDATE stock_picking p
              SET create_date = d.ordered, scheduled_date = d.promised, date_done = d.shipped
             FROM northwind_date d WHERE d.order_id = p.sale_id"""
    )
    yield SQL(
        """UPDATE mail_message n SET create_date = d.ordered, date = d.ordered
             FROM stock_picking p JOIN northwind_date d ON d.order_id = p.sale_id
            WHERE n.model = 'stock.picking' AND n.res_id = p.id"""
    )
    yield SQL(
        """UPDATE stock_move m SET create_date = d.ordered, date = COALESCE(d.shipped, d.promised)
             FROM sale_order_line l JOIN northwind_date d ON d.order_id = l.order_id
            WHERE l.id = m.sale_line_id"""
    )
    yield SQL(
        """UPDATE stock_move_line t SET create_date = m.date, date = m.date
             FROM stock_move m WHERE m.id = t.move_id AND m.sale_line_id IS NOT NULL"""
    )


def _opening(opened):
    """Opening stock, customers and products were there when the books were opened."""
    yield SQL("UPDATE stock_move SET date = %s, create_date = %s WHERE sale_line_id IS NULL", opened, opened)
    yield SQL(
        """UPDATE stock_move_line t SET date = m.date, create_date = m.date
             FROM stock_move m WHERE m.id = t.move_id AND m.sale_line_id IS NULL"""
    )
    yield SQL("UPDATE stock_quant SET in_date = %s", opened)
    yield SQL("UPDATE res_partner SET create_date = %s WHERE customer_rank > 0", opened)
    for table in ("product_template", "product_product"):
        yield SQL("UPDATE %s SET create_date = %s", SQL.identifier(table), opened)
