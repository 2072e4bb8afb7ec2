from odoo import api, models

from .sbo_order_change_line import FIELDS, PRICES
from .sbo_order_line_entry import Removed

FOLLOWED = {name for name, _label in FIELDS}
# Changes by which an order can begin to concern a department.
PRODUCTS = {"added", "product_id"}


class SboOrderChangeRecord(models.AbstractModel):
    """How a change sheet writes itself: one an order, person and transaction, set-based. Runs as superuser."""

    _name = "sbo.order.change.record"
    _description = "Order Change: Record"

    @api.model
    def _record(self, orders, changed):
        """Write down what has just changed in confirmed orders, and tell those who must know.

        :param changed: as of ``_sbo_content_changed``
        """
        rows = []
        for record, olds in changed.items():
            if isinstance(record, Removed):
                order = orders.filtered(lambda order, record=record: order.id == record.order_id)
            else:
                order = record if record._name == "sale.order" else record.order_id
            if order in orders:
                rows += [(order.sudo(), *row) for row in self._rows(record, olds)]
        if rows:
            sheets = self._sheets(self.env["sale.order"].union(*(row[0] for row in rows)))
            self._write_lines(sheets, rows)
            self._meet_promises(sheets, rows)
            self._tell(sheets)

    def _rows(self, record, olds):
        """[(line number, product, field, old value, new value, who entered the old one)] of one record."""
        lines = self.env["sbo.order.change.line"]
        if isinstance(record, Removed):
            quantity, user = olds["product_uom_qty"]
            return [(record.id, record.product, "removed", f"{quantity:g} × {record.product}", None, user)]
        if record._name == "sale.order.line" and all(old is None for old, _user in olds.values()):
            # A line without a quantity is Odoo's own, for goods that left beside what was ordered.
            if not record.product_uom_qty:
                return []
            user = record.order_id._sbo_entered_by("partner_id").id
            return [(record.id, record.product_id.display_name, "added", None, self._added(record), user)]
        number = record.id if record._name == "sale.order.line" else 0
        product = record.product_id.display_name if number else False
        return [(number, product, name, old, record[name], user)
                for name, (old, user) in olds.items() if name in FOLLOWED and (
                    lines._raw(old) != lines._raw(record[name]))]

    def _added(self, line):
        price = self.env["sbo.order.change.line"]._words("price_unit", line.price_unit, self.env)
        return f"{line.product_uom_qty:g} × {line.product_id.display_name}, {price}"

    # === the sheet === #

    def _sheets(self, orders):
        """{order: sheet of the user in this transaction}"""
        known = self.env.cr.precommit.data.setdefault("sbo.order.change", {})
        uid = self.env.uid
        present = self._present(orders)
        missing = orders.filtered(lambda order: order.id not in present)
        for order, sheet in zip(missing, self.create([
            {"order_id": order.id, "company_id": order.company_id.id, "user_id": uid} for order in missing
        ]), strict=True):
            known[order.id, uid] = sheet.id
        return {order: self.browse(known[order.id, uid]).with_prefetch([known[o.id, uid] for o in orders])
                for order in orders}

    def _write_lines(self, sheets, rows):
        """Add to the sheets what is new; what goes back to its old value within the transaction disappears."""
        lines = self.env["sbo.order.change.line"]
        present = {(line.change_id, line.line_number, line.field): line
                   for sheet in sheets.values() for line in sheet.line_ids}
        new, gone = [], lines
        for order, number, product, field, old, value, user in rows:
            sheet = sheets[order]
            added = present.get((sheet, number, "added"))
            if added and field != "removed":
                added.new_value = self._added(self.env["sale.order.line"].browse(number))
                continue
            if added:
                gone |= added
                continue
            line = present.get((sheet, number, field))
            words = value if field in ("added", "removed") else lines._words(field, value, self._reader(order))
            if line and line.old_raw == lines._raw(value):
                gone |= line
            elif line:
                line.new_value = words
            else:
                new.append({
                    "change_id": sheet.id, "line_number": number, "product": product, "field": field,
                    "old_value": old if field in ("added", "removed") else lines._words(
                        field, old, self._reader(order)),
                    "new_value": words, "old_raw": lines._raw(old), "user_id": user or order.create_uid.id})
        lines.create(new)
        gone.unlink()

    def _meet_promises(self, sheets, rows):
        """Join the line of the promise log that has brought the new date: the reason is given once for both."""
        dated = {row[0].id: sheets[row[0]] for row in rows if row[3] == "commitment_date" and sheets[row[0]].line_ids}
        if dated:
            loose = self.env["sbo.order.promise"].search([("order_id", "in", list(dated)), ("change_id", "=", False)])
            for order, lines in loose.grouped("order_id").items():
                line = lines.filtered(lambda line, order=order: line.new_date == order.commitment_date)[:1]
                line.change_id = dated[order.id]
                line._tell_sheet()

    @api.model
    def _present(self, orders):
        """{order id: id of the sheet that the user's transaction has written}; one may have gone with a savepoint."""
        known = self.env.cr.precommit.data.get("sbo.order.change", {})
        ids = {order.id: known[order.id, self.env.uid] for order in orders if (order.id, self.env.uid) in known}
        alive = set(self.browse(ids.values()).exists().ids) if ids else ()
        return {order: sheet for order, sheet in ids.items() if sheet in alive}

    def _reader(self, order):
        return order.with_context(tz=order.company_id._sbo_tz()).env

    def _tell(self, sheets):
        """A notice to everybody who must know and has none from this sheet yet; an empty sheet goes."""
        rows, empty = [], self.browse()
        for order, sheet in sheets.items():
            if not sheet.line_ids:
                empty |= sheet
                continue
            departments, people = order._sbo_must_know()
            if not set(sheet.line_ids.mapped("field")) - PRICES:
                departments, people = departments.filtered("sees_prices"), people.browse()
            told = sheet.notice_ids
            common = {"kind": "changed", "order_id": order.id, "company_id": order.company_id.id,
                      "change_id": sheet.id}
            rows += [{**common, "department_id": item.id} for item in departments - told.department_id]
            # Who has changed it knows.
            rows += [{**common, "user_id": item.id} for item in people - told.user_id - sheet.user_id]
        rows += self._first_notices({order: sheet for order, sheet in sheets.items() if sheet not in empty})
        empty.notice_ids.write({"state": "cancelled"})
        empty.unlink()
        if rows:
            self.env["sbo.order.notice"]._make(rows)

    def _first_notices(self, sheets):
        """What departments are told that an order concerns since another product has come into it."""
        grown = {order: sheet for order, sheet in sheets.items() if PRODUCTS & set(sheet.line_ids.mapped("field"))}
        orders = self.env["sale.order"].union(*grown)
        concerned = {order: departments - order._sbo_told() for order, departments in orders._sbo_concerned().items()}
        return [{**row, "change_id": sheets[orders.browse(row["order_id"])].id}
                for row in orders._sbo_first_notices(concerned)]
