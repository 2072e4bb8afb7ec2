from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, format_date

from ..tools import payment_gate as tool
from .sbo_payment_policy import CREDIT, GATED, MONEY

# Marks in the context that moves become done by way of the gate. It is this object that counts: no RPC call sends it.
PASSED = object()
ZERO = Decimal(0)


class SboPaymentGate(models.AbstractModel):
    """Payment before delivery (款到发货): goods leave for a customer when the money is there, or a special release.

    It stands where moves become done and where done quantities are raised, so that button, batch, remote call and
    import meet it alike. A constant number of queries, however many deliveries.
    """

    _name = "sbo.payment.gate"
    _description = "Payment Gate"
    _inherit = ["sbo.payment.leaving"]

    # === the doors === #

    @api.model
    def _check_leaving(self, moves):
        """Before moves become done: refuse all of them while one of them lacks its money.

        Deliveries validated in the same call are judged together, so that one message names all that are refused.

        :return: {move id: how much of it was judged}
        :raise UserError: which deliveries, what is missing, who can release them
        """
        if not moves:
            return {}
        leaving = self._leaving(moves, self._together(moves))
        if leaving:
            self._take_turn({order for _move, _picking, order in leaving})
            own, going = set(moves.ids), self._going(leaving)
            self._judge(leaving, going, {picking for move, picking, _order in leaving if move in own})
            return {row["id"]: Decimal(row["taken"]) for row in going}
        return {}

    @api.model
    def _together(self, moves):
        """Ids of the other deliveries validated in the same call.

        Anybody can send a context: only what the user may see is judged, and named in a refusal.
        """
        others = set(self.env.context.get("button_validate_picking_ids") or ()) - set(moves.sudo().picking_id.ids)
        return self.env["stock.picking"].sudo(False).browse(others).exists()._filtered_access("read").ids

    @api.model
    def _check_gone(self, moves, judged):
        """After moves became done: what has left beyond what was judged must be covered as well."""
        if judged:
            gone = self._gone(moves)
            more = [move for move, quantity in gone.items() if quantity > judged.get(move, ZERO) + tool.CRUMB]
            self._check_raised(moves.browse(more))

    @api.model
    def _check_raised(self, moves):
        """After more of done moves has left: what is gone must be covered; a special release was for less."""
        leaving = self._leaving(moves, done=True) if moves else ()
        if leaving:
            self._take_turn({order for _move, _picking, order in leaving})
            self._judge(leaving, [], ())

    @api.model
    def _refuse_direct(self, moves):
        """Moves become done by being done, not by being called so."""
        if self.env.context.get("sbo_gate") is PASSED:
            return
        leaving = self._leaving(moves)
        if leaving:
            names = self.env["stock.picking"].sudo().browse({picking for _move, picking, _order in leaving if picking})
            raise UserError(self.env._(
                "%s cannot be set to done by hand: validate the delivery, so that its payment is checked.",
                ", ".join(names.mapped("name")) or self.env._("Goods for a customer")))

    @api.model
    def _refuse_undone(self, moves):
        """What has left has left: called anything else, its money would be there for the next delivery once more."""
        leaving = self._leaving(moves, done=True)
        if leaving:
            names = self.env["stock.picking"].sudo().browse({picking for _move, picking, _order in leaving if picking})
            raise UserError(self.env._(
                "%s has left for the customer and stays done: what comes back comes back by a return.",
                ", ".join(names.mapped("name")) or self.env._("Goods for a customer")))

    @api.model
    def _refuse_moved(self, moves):
        """Goods stay under the order line they were made for, or they would leave for somebody else's money."""
        orders = moves.sudo().sale_line_id.order_id.filtered(lambda order: order.sbo_gate_policy in GATED)
        if orders:
            raise UserError(self.env._(
                "%(goods)s was made for %(order)s, which is paid before its goods leave: it stays with this order. "
                "Cancel it, and deliver the other order by its own delivery.",
                goods=moves[0].picking_id.name or moves[0].product_id.display_name, order=orders[0].name))

    @api.model
    def _refuse_alive(self, orders):
        """An order that is no order any more has no delivery that could still leave."""
        moves = self.env["stock.move"].sudo().search(
            [("sale_line_id.order_id", "in", orders.ids), ("state", "not in", ("done", "cancel"))])
        leaving = self._leaving(moves) if moves else ()
        if leaving:
            raise UserError(self.env._(
                "%(order)s is paid before its goods leave, and %(delivery)s is still open: cancel the order, which "
                "cancels the delivery as well.", order=orders.browse(leaving[0][2]).name,
                delivery=self.env["stock.picking"].sudo().browse(leaving[0][1]).name or "-"))

    @api.model
    def _take_turn(self, order_ids):
        """One after the other: two deliveries of one order, or on one customer's credit, cannot spend the same money.

        The rows are changed, not only locked: whoever waited has seen the database as it was before, and has to begin
        again with what the first one has shipped.
        """
        self.env.flush_all()
        # Superuser: on whose credit goods leave is nothing that the warehouse has to see.
        orders = self.env["sale.order"].sudo().browse(order_ids)
        credit = orders.filtered(lambda order: order.sbo_gate_policy in CREDIT)._sbo_debtor()
        for table, ids in (("res_partner", credit.ids), ("sale_order", orders.ids)):
            if ids:
                self.env.cr.execute(SQL(
                    """WITH turn AS (SELECT id FROM %(table)s WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE)
                       UPDATE %(table)s t SET sbo_gate_turn = COALESCE(t.sbo_gate_turn, 0) + 1
                         FROM turn WHERE turn.id = t.id""", table=SQL.identifier(table), ids=ids))

    # === the judgement === #

    @api.model
    def _judge(self, leaving, going, own):
        """Use the releases of the deliveries in ``own``; refuse when one of all these lacks its money."""
        orders = sorted({order for _move, _picking, order in leaving})
        pickings = {picking for _move, picking, _order in leaving if picking}
        used, refused, releases = [], [], None
        for facts, lines, deliveries in self._cases(orders, leaving, going):
            credit_short, why = self.env["sbo.payment.credit"]._short(facts)
            for key, needed, missing in self._rows(facts, lines, deliveries):
                short = max(missing, credit_short)
                if short <= Decimal(facts["tolerance"]):
                    continue
                if releases is None:
                    releases = self.env["sbo.payment.release"]._usable(pickings)
                release = releases.get((key, facts["id"])) if going else None
                if release and Decimal(str(release.amount)) >= short:
                    used.append((release, needed, credit_short, facts))
                else:
                    refused.append((facts, key, needed, missing, credit_short and why, release))
        if refused:
            raise UserError(self._words(refused))
        for release, needed, credit_short, facts in used:
            if release.picking_id.id in own:
                release._use(float(max(needed, Decimal(facts["received"]))), float(credit_short))

    @api.model
    def _cases(self, order_ids, leaving, going):
        """(facts, lines, deliveries) of each order."""
        lines, there = {}, self._there(order_ids)
        for row in self._goods(order_ids, there):
            lines.setdefault(row["order_id"], {})[row["id"]] = tool.Line(
                *(Decimal(row[name]) for name in ("ordered", "delivered", "total", "unit")))
        order_of = {move: order for move, _picking, order in leaving}
        rows = {}
        for row in going:
            rows.setdefault(order_of[row["id"]], []).append(row)
        # Superuser: who owes us how much is nothing that the warehouse has to see.
        facts_of_all = self.env["sbo.payment.credit"].sudo()._with_credit(self._facts(order_ids, there))
        for facts in facts_of_all:
            mine = lines.get(facts["id"], {})
            keys = sorted({picking or 0 for _move, picking, order in leaving if order == facts["id"]})
            parcels = {key: tool.Delivery(key, {}) for key in keys}
            for row in rows.get(facts["id"], ()):
                self._pack(parcels, row, mine)
            yield facts, mine, list(parcels.values())

    @api.model
    def _pack(self, parcels, row, lines):
        """Put what a move takes along into its delivery."""
        key, line = row["picking_id"] or 0, row["line_id"]
        parcel = parcels[key]
        if line in lines and row["quantity"] is not None:
            parcel.going[line] = parcel.going.get(line, ZERO) + Decimal(row["quantity"])
        parcels[key] = parcel._replace(extra=parcel.extra + Decimal(row["extra"]))

    @api.model
    def _rows(self, facts, lines, deliveries):
        if facts["policy"] not in MONEY:
            return [(delivery.key, ZERO, ZERO) for delivery in deliveries]
        percent = Decimal(100) if facts["policy"] == "prepaid" else Decimal(facts["percent"] or 0)
        terms = tool.Terms(facts["policy"], percent, facts["whole"], Decimal(facts["cent"]))
        return tool.judge(terms, Decimal(facts["total"]), Decimal(facts["received"]), lines, deliveries,
                          Decimal(facts["extra"]))

    # === in words === #

    @api.model
    def _words(self, refused):
        # Superuser: whoever validates a delivery is told the figures of its gate, without the right to see invoices.
        orders = self.env["sale.order"].sudo().browse([row[0]["id"] for row in refused])
        pickings = self.env["stock.picking"].sudo().browse([row[1] for row in refused])
        lines = [self._why(order, picking, *row) for order, picking, row in zip(orders, pickings, refused, strict=True)]
        return self.env._(
            "Nothing leaves before the money is there:\n%s\nSomebody in accounting or a back-office manager can give a "
            "special release for one delivery; a clerk asks for it on the delivery.", "\n".join(lines))

    @api.model
    def _why(self, order, picking, facts, _key, needed, missing, credit, release):
        reasons = self._reasons(order, facts, needed, missing, credit)
        if release:
            reasons.append(self.env._(
                "the special release covers only %s", format_amount(self.env, release.amount, order.currency_id)))
        name = picking.id and picking.name or self.env._("Goods")
        return f"- {name} ({order.name}, {order.partner_id.display_name}): {'; '.join(reasons)}"

    @api.model
    def _reasons(self, order, facts, needed, missing, credit):
        """Why goods of an order stay, in half sentences."""
        reasons = []
        if missing:
            reasons.append(self.env._(
                "%(missing)s are missing: %(needed)s must be received before it leaves, %(received)s have come in",
                needed=format_amount(self.env, float(needed), order.currency_id),
                received=format_amount(self.env, float(facts["received"]), order.currency_id),
                missing=format_amount(self.env, float(missing), order.currency_id)))
        if credit and credit["over"]:
            reasons.append(self.env._(
                "the customer owes %(owed)s with what is ordered, the limit is %(limit)s",
                owed=format_amount(self.env, float(credit["owed"]), credit["company"].currency_id),
                limit=format_amount(self.env, float(credit["limit"]), credit["company"].currency_id)))
        if credit and credit["overdue"]:
            reasons.append(self.env._(
                "%(overdue)s of the customer are overdue since %(since)s",
                overdue=format_amount(self.env, float(credit["overdue"]), credit["company"].currency_id),
                since=format_date(self.env, credit["since"])))
        return reasons

    @api.model
    def _in_words(self, facts, needed, missing, credit_short, credit):
        """Why goods of an order stay, as the order and its delivery show it; empty when they may leave."""
        if max(missing, credit_short) <= Decimal(facts["tolerance"]):
            return ""
        # Superuser: the figures of the gate are shown to people without the right to see invoices.
        order = self.env["sale.order"].sudo().browse(facts["id"]).with_prefetch(facts["together"])
        return "; ".join(self._reasons(order, facts, needed, missing, credit_short and credit))

    # === what people see === #

    @api.model
    def _state_of(self, orders):
        """{order id: its state, why, received, shipped, needed, missing}, with all that is left to ship gone."""
        self.env.flush_all()
        result = {}
        released = self.env["sbo.payment.release"]._released_orders(orders.ids)
        for facts, lines, _deliveries in self._cases(orders.ids, (), ()):
            rest = {key: max(line.ordered - line.delivered, ZERO) for key, line in lines.items()}
            [(_key, needed, missing)] = self._rows(facts, lines, [tool.Delivery("rest", rest)])
            shipped = sum((line.value(line.delivered) for line in lines.values()), Decimal(facts["extra"]))
            credit_short, why = self.env["sbo.payment.credit"]._short(facts)
            received = Decimal(facts["received"])
            result[facts["id"]] = {
                "received": float(received), "shipped": float(shipped), "needed": float(needed),
                "missing": float(max(missing, credit_short)),
                "why": self._in_words(facts, needed, missing, credit_short, why),
                "state": self._state(facts, received, missing, credit_short, facts["id"] in released)}
        return result

    @api.model
    def _state(self, facts, received, missing, credit_short, released):
        tolerance = Decimal(facts["tolerance"])
        if max(missing, credit_short) <= tolerance:
            return "free"
        if released:
            return "released"
        if missing <= tolerance:
            return "blocked"
        return "partial" if received > 0 else "unpaid"

    @api.model
    def _missing_of(self, pickings):
        """{picking id: {order id: {"missing", "needed", "why"} for it as it stands}}, of those with a policy."""
        leaving = self._leaving(pickings.move_ids)
        if not leaving:
            return {}
        self.env.flush_all()
        going = self._going(leaving, picked=False)
        orders, result = sorted({order for *_rest, order in leaving}), {}
        for facts, lines, deliveries in self._cases(orders, leaving, going):
            credit_short, why = self.env["sbo.payment.credit"]._short(facts)
            for delivery in deliveries:  # each by itself: they need not leave together
                [(key, needed, missing)] = self._rows(facts, lines, [delivery])
                short = max(missing, credit_short)
                result.setdefault(key, {})[facts["id"]] = {
                    "missing": float(short) if short > Decimal(facts["tolerance"]) else 0.0, "needed": float(needed),
                    "why": self._in_words(facts, needed, missing, credit_short, why)}
        return result
