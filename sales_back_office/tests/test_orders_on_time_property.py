from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tools import SQL

from .common import at
from .common_deliveries import SboDeliveriesCommon

START = datetime.fromisoformat("2026-03-01 00:00:00")
NOW = "2026-03-12 12:00"
# kind, hours after START in Shanghai, quantity, unit
EVENTS = st.lists(st.tuples(
    st.sampled_from(["out", "out", "out", "back", "kept", "inside", "waiting", "cancelled"]),
    st.integers(0, 14 * 24), st.integers(1, 12), st.sampled_from(["unit", "dozen"])), max_size=7)


def expected(ordered, promised, events):
    """Told once more, event by event, by somebody who has not seen the query."""
    now = datetime.fromisoformat(NOW)
    on_time = late = returned = on_the_day = 0
    waiting = False
    for kind, hours, quantity, unit in events:
        when, pieces = START + timedelta(hours=hours), quantity * (12 if unit == "dozen" else 1)
        if kind == "waiting" or (kind in ("out", "inside") and when > now):
            waiting = True
        elif kind == "out":
            if when.date() <= promised.date():
                on_time += pieces
                on_the_day += pieces
            else:
                late += pieces
        elif kind == "back" and when <= now:
            returned += pieces
            if when.date() <= promised.date():
                on_the_day -= pieces
    if on_the_day >= ordered:
        outcome = "on_time"
    elif waiting:
        outcome = "open_late" if now.date() > promised.date() else "open"
    else:
        outcome = "late" if late else "short"
    still = max(0, ordered - on_time - late + returned) if waiting else 0
    return outcome, ordered, on_time, late, returned, still


@tagged("post_install", "-at_install")
class TestOrdersOnTimeProperty(SboDeliveriesCommon):
    """The report against a computation of its own, over deliveries, returns and units as they may come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._promised(qty=10)
        cls.line = cls.order.order_line
        cls.move = cls.order.picking_ids.move_ids
        cls.units = {"unit": cls.env.ref("uom.product_uom_unit").id, "dozen": cls.env.ref("uom.product_uom_dozen").id}
        cls.env.flush_all()
        columns = [row[0] for row in cls.env.execute_query(SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'stock_move'"
            " AND is_generated = 'NEVER'"))]
        cls.columns = [name for name in columns if name != "id"]

    def _move(self, kind, hours, quantity, unit):
        """A row as Odoo would leave it behind, copied from a real one."""
        customer, stock = self.move.location_dest_id.id, self.move.location_id.id
        source, target = {"back": (customer, stock), "kept": (customer, stock), "inside": (stock, stock)}.get(
            kind, (stock, customer))
        values = {
            "location_id": source, "location_dest_id": target, "quantity": quantity, "product_uom_qty": quantity,
            "product_uom": self.units[unit], "date": at(str(START + timedelta(hours=hours))), "picking_id": None,
            "state": {"waiting": "confirmed", "cancelled": "cancel"}.get(kind, "done"),
            "to_refund": kind == "back",
            "origin_returned_move_id": self.move.id if kind in ("back", "kept") else None,
        }
        row = [SQL("%s", values[name]) if name in values else SQL.identifier(name) for name in self.columns]
        self.env.cr.execute(SQL(
            "INSERT INTO stock_move (%s) SELECT %s FROM stock_move WHERE id = %s",
            SQL(", ").join(map(SQL.identifier, self.columns)), SQL(", ").join(row), self.move.id))

    @given(ordered=st.integers(1, 30), dozens=st.booleans(), promised=st.integers(0, 14 * 24), events=EVENTS)
    def test_every_history(self, ordered, dozens, promised, events):
        promised = START + timedelta(hours=promised)
        cr = self.env.cr
        cr.execute("SAVEPOINT story")
        try:
            cr.execute(SQL("UPDATE stock_move SET state = 'cancel' WHERE id = %s", self.move.id))
            for event in events:
                self._move(*event)
            cr.execute(SQL(
                "UPDATE sale_order SET commitment_date = %s WHERE id = %s", at(str(promised)), self.order.id))
            cr.execute(SQL("UPDATE sale_order_line SET product_uom_qty = %s, product_uom_id = %s WHERE id = %s",
                           ordered, self.units["dozen" if dozens else "unit"], self.line.id))
            self.env.invalidate_all(flush=False)
            row = self.env["sbo.on.time"].with_context(sbo_as_of=at(NOW)).browse(self.line.id)
            found = (row.outcome, row.qty_ordered, row.qty_on_time, row.qty_late, row.qty_returned, row.qty_open)
            self.assertEqual(found, expected(ordered * (12 if dozens else 1), promised, events))
            self.assertEqual(row.qty_delivered, row.qty_on_time + row.qty_late - row.qty_returned)
        finally:
            cr.execute("ROLLBACK TO SAVEPOINT story")
            self.env.invalidate_all(flush=False)
