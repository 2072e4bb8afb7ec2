from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class SboDeliveryNotice(models.AbstractModel):
    """The delivery notice (发货通知单, F04) in all its copies: what leaves, what has left so far, for how much."""

    _name = "report.sales_back_office.sbo_delivery_notice"
    _description = "Delivery Notice"

    @api.model
    def _get_report_values(self, docids, data=None):
        pickings = self.env["stock.picking"].browse(docids)
        return {"doc_ids": docids, "doc_model": pickings._name, "docs": pickings, "cards": self._get_cards(pickings)}

    @api.model
    def _get_copies(self, company):
        """[(name of the copy, whether it shows prices)] of a delivery of this company."""
        names = [self.env._("Sales copy"), self.env._("Finance copy"), self.env._("Warehouse copy"),
                 self.env._("Customer copy")]
        count = max(1, company.sbo_delivery_copies)
        names += [self.env._("Copy %s", number) for number in range(len(names) + 1, count + 1)]
        return [(name, number < company.sbo_delivery_priced) for number, name in enumerate(names[:count])]

    @api.model
    def _get_cards(self, pickings):
        """One card per delivery and copy. The number of queries does not grow with the deliveries."""
        pickings.check_access("read")
        pickings = pickings.sudo()  # prices and totals of the order, for a warehouse that may not open it
        # All at once, before the rows are put together group by group.
        pickings.move_ids.move_line_ids.mapped("lot_id.name")
        pickings.move_ids.product_id.product_template_attribute_value_ids.mapped("name")
        shipped, gates = self._get_shipped(pickings), pickings._sbo_gate_text()
        cards = []
        for picking in pickings:
            rows = self._get_rows(picking, shipped)
            for copy_name, priced in self._get_copies(picking.company_id):
                cards.append({
                    "picking": picking, "order": picking.sale_id, "rows": rows, "copy": copy_name, "priced": priced,
                    "gate": gates.get(picking.id), "receiver": picking.partner_id,
                    "customer": picking.sale_id.partner_id,
                    "amount": sum(row["amount"] for row in rows), "weight": sum(row["weight"] for row in rows),
                    "packages": len(picking.move_line_ids.result_package_id),
                    "tracking": self._get_tracking(picking), "printed_at": fields.Datetime.now(),
                    "address": self._get_address(picking.partner_id),
                    "currency": picking.sale_id.currency_id or picking.company_id.currency_id,
                })
        return cards

    @api.model
    def _get_address(self, receiver):
        lines = receiver._display_address(without_company=True).split("\n")
        return ", ".join(filter(None, (line.strip(" ,") for line in lines)))

    @api.model
    def _get_tracking(self, picking):
        """Tracking number: ours, else that of a carrier's connector, if one is installed."""
        connector = "carrier_tracking_ref" in picking._fields and picking.carrier_tracking_ref
        return picking.sbo_tracking_ref or connector or ""

    @api.model
    def _get_rows(self, picking, shipped):
        """A row per order line and product: ordered, this time, so far, lots, price and amount."""
        rows = []
        moves = picking.move_ids.filtered(lambda move: move.state != "cancel")
        for (line, product), group in moves.grouped(lambda move: (move.sale_line_id, move.product_id)).items():
            uom = group[0].product_uom
            quantity = sum(move.product_uom._compute_quantity(self._get_quantity(move), uom) for move in group)
            same = line and line.product_id == product
            price = line.product_uom_id._compute_price(line.price_reduce_taxinc, uom) if same else 0
            rows.append({
                "product": product, "uom": uom, "quantity": quantity, "price": price,
                "specification": self._get_specification(line, product),
                "ordered": line.product_uom_id._compute_quantity(line.product_uom_qty, uom) if same else 0,
                "so_far": product.uom_id._compute_quantity(shipped[picking, line], uom) if same else quantity,
                "lots": self._get_lots(group),
                "weight": product.weight * uom._compute_quantity(quantity, product.uom_id),
                "amount": (line.currency_id or picking.company_id.currency_id).round(price * quantity),
            })
        return rows

    @api.model
    def _get_quantity(self, move):
        """What leaves, or is to leave while it has not."""
        return move.quantity if move.state == "done" or move.quantity else move.product_uom_qty

    @api.model
    def _get_specification(self, line, product):
        """What the order says of the product beside its name."""
        words = (line.name or "").split("\n")[1:]
        return " ".join([*words, *product.product_template_attribute_value_ids.mapped("name")]).strip()

    @api.model
    def _get_lots(self, moves):
        lots = defaultdict(float)
        for move_line in moves.move_line_ids:
            name = move_line.lot_id.name or move_line.lot_name
            if name:
                lots[name] += move_line.quantity
        return ", ".join(name if len(lots) == 1 else f"{name} × {quantity:g}" for name, quantity in lots.items())

    @api.model
    def _get_shipped(self, pickings):
        """{(delivery, order line): shipped up to and with this delivery, less returns, in the product's unit}."""
        facts, lines = self.env["sbo.delivery.facts"], pickings.move_ids.sale_line_id
        so_far = defaultdict(float)
        if not lines:
            return so_far
        for model in ("stock.move", "stock.picking", "sale.order.line"):
            self.env[model].flush_model()
        history = defaultdict(list)
        for line_id, done_at, picking_id, quantity in self.env.execute_query(SQL(
                "SELECT m.sale_line_id, m.done_at, m.picking_id, CASE WHEN m.outgoing THEN m.qty ELSE -m.qty END "
                "FROM (%s) m ORDER BY m.done_at, m.id",
                facts._sql_moves(SQL("m.sale_line_id = ANY(%s)", lines.ids), facts._as_of()))):
            history[line_id].append((done_at, picking_id, float(quantity)))
        for picking in pickings:
            for line, moves in picking.move_ids.grouped("sale_line_id").items():
                so_far[picking, line] = sum(
                    quantity for done_at, picking_id, quantity in history[line.id]
                    if picking_id != picking.id and (picking.state != "done" or done_at <= picking.date_done))
                so_far[picking, line] += sum(
                    move.product_uom._compute_quantity(self._get_quantity(move), move.product_id.uom_id)
                    for move in moves if move.state != "cancel" and move.product_id == line.product_id)
        return so_far
