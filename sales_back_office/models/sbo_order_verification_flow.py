from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import order_compare


class SboOrderVerificationFlow(models.AbstractModel):
    """How a check sheet moves: typed, compared, corrected, gone stale, verified. Runs as superuser."""

    _name = "sbo.order.verification.flow"
    _description = "Order Check Sheet: Flow"

    def _succeed(self, order):
        """Make this sheet (or none) history and begin a new one for the user."""
        former = self.sudo()
        former.write({"state": "superseded"})
        former.flush_recordset(["state"])  # one present sheet an order, at any moment
        former.difference_ids.filtered(lambda item: item.state == "open")._close("rechecked")
        order_class = self.env["sbo.order.class"]._of(order)[order].sudo()
        sheet = self.env["sbo.order.verification"].sudo().create({
            "order_id": order.id, "company_id": order.company_id.id, "user_id": self.env.uid,
            "class_id": order_class.id, "blind": order_class.blind, "state": "open",
            "paper_ref": former.paper_ref or order.client_order_ref if not order_class.blind else False,
        })
        if not sheet.blind:
            sheet._put_order()
        order.sudo().sbo_verification_state = "open"
        return sheet.with_env(self.env)

    def _put_order(self):
        """One line for each line of the order, its values beside the empty ones of the paper."""
        self.env["sbo.order.verification.line"].create([
            {"verification_id": self.id, "sequence": number, "order_line_id": line.id, **line._sbo_as_entered()}
            for number, line in enumerate(self.order_id._sbo_product_lines())])

    # === comparing === #

    def _compare_first(self):
        """Compare what was typed with the order, write the differences, and say so to the order."""
        self.ensure_one()
        if not self.line_ids.filtered("answered"):
            raise UserError(self.env._("Type what the customer's paper says first."))
        if not self.blind:
            self._refuse_unanswered()
        found = self._match()
        differences = self.env["sbo.order.difference"]
        for line, names in found.items():
            line.write({"result": "differs" if names else "same"})
            differences |= differences.create([line._prepare_difference(name) for name in names])
        now = fields.Datetime.now()
        self.write({
            "compared_at": now, "content": self.order_id._sbo_content(),
            "comparison_rows": self.order_id._sbo_compare(),
            **({"state": "difference"} if differences else {"state": "done", "verified_at": now}),
        })
        self.order_id.sbo_verification_state = self.state
        if differences:
            self._check_entry()

    def _refuse_unanswered(self):
        unanswered = self.line_ids.filtered(lambda line: not line.answered and line.order_line_id)
        if unanswered:
            raise UserError(self.env._(
                "Not answered yet: %s. Type what the paper says, or press Same.",
                ", ".join(unanswered.mapped("label"))))

    def _match(self):
        """Put paper and order side by side, and return {line: names of what differs}.

        Lines of the order without a row on the paper get a line of their own.
        """
        lines = self.line_ids
        goods = self.order_id._sbo_product_lines()
        # Said to be on the order only: nothing of the paper is looked for there.
        denied = lines.filtered(lambda line: line.answered and not line._on_paper())
        found = {line: ["surplus"] for line in denied if line.order_line_id in goods}
        paper = (lines - denied).filtered("answered")
        pairs = order_compare.pair(
            [line._paper_row() for line in paper],
            [line._sbo_order_row() for line in goods - denied.order_line_id],
            {line.id: line.order_line_id.id for line in paper})
        for row, entered in pairs:
            line = self._side_by_side(row and lines.browse(row.key), entered and goods.browse(entered.key))
            found[line] = order_compare.differences(row, entered)
        self._count_date_once(found)
        return found

    def _side_by_side(self, line, entered):
        """The sheet's line of this row of the paper and this line of the order (one may be missing)."""
        values = entered._sbo_as_entered() if entered else {}
        values["order_line_id"] = entered.id if entered else False
        line = line or self.line_ids.filtered(lambda item: not item.answered and item.order_line_id == entered)[:1]
        if line:
            line.write(values)
            return line
        return self.line_ids.create({"verification_id": self.id, "sequence": 1000, **values})

    def _count_date_once(self, found):
        """An order has one date: however many lines of the paper name another, that is one error."""
        dates = set()
        for line, names in found.items():
            if "date" in names and line.paper_date in dates:
                names.remove("date")
            dates.add(line.paper_date)

    # === after the comparison === #

    def _refresh(self):
        """The order has changed after it was compared: close what is corrected, notice what is new."""
        for sheet in self.sudo().filtered("compared_at"):
            sheet.order_id.invalidate_recordset(["order_line"])
            sheet._refresh_one()

    def _refresh_one(self):
        content = self.order_id._sbo_content()
        if content == self.content and not self.difference_ids.filtered(lambda item: item.state == "open"):
            state = "done"
        else:
            state = self._recheck(content)
        values = {"state": state}
        if state == "done":
            values.update(content=content, verified_at=self.verified_at or fields.Datetime.now())
        if state != self.state or content != self.content:
            self.write(values)
            self.order_id.sbo_verification_state = state

    def _recheck(self, content):
        """The state after a change: differences corrected as the paper says are closed, by anybody but the checker;
        whatever changes beside them makes the sheet stale.
        """
        present = {(line.id, name): line._entered_text(name)
                   for line, names in self._match().items() for name in names}
        accepted = {(item.line_id.id, item.field): item.order_value
                    for item in self.difference_ids if item.state == "paper_wrong"}
        still = self.difference_ids.filtered(lambda item: item.state == "open")
        corrected = still.filtered(lambda item: (item.line_id.id, item.field) not in present)
        if corrected:
            corrected._close("corrected")
            self._check_entry()
        known = {(item.line_id.id, item.field) for item in still - corrected}
        new = [key for key, value in present.items() if key not in known and accepted.get(key) != value]
        # A checker who corrects the order has entered it: somebody else looks at it then.
        if new or self._rest(content, self.content) != self._rest(self.content, content) or (
                self.user_id in self.order_id._sbo_who_entered()):
            return "stale"
        if still - corrected:
            return "difference"
        self.line_ids.write({"result": "same"})
        return "done"

    def _rest(self, content, other):
        """What the paper is not compared with, line by line: nothing of it may change. A corrected product brings
        its own description and unit.
        """
        head = {name: value for name, value in content["head"].items() if name != "commitment_date"}
        same = [number for number, line in content["lines"].items()
                if line["product"] == other["lines"].get(number, {}).get("product")]
        keys = ("unit", "taxes", "name")
        return head, {number: [content["lines"][number][key] for key in keys] for number in same}

    def _check_entry(self):
        self._check_entry_of(self.order_id)

    def _check_entry_of(self, orders):
        """Write the findings of orders at once, so that the clerk sees them there."""
        check = self.env.ref("sales_back_office.sbo_check_order_entry_error", raise_if_not_found=False)
        if check and check.active and check.kind == "method":
            check.sudo()._run(companies=orders.company_id, ids=orders.ids)

    # === the gate === #

    def _why_not(self, order, order_class):
        """Why the order may not be confirmed, in one sentence; nothing when it may."""
        order = order.sudo()
        required, names = order_class.verify, {"order": order.name}
        if not self or self.state == "open":
            names["people"] = self._entered_by(order)
            return required and self.env._(
                "%(order)s cannot be confirmed before it is verified against the customer's paper: a clerk other than "
                "%(people)s does it with Verify.", **names)
        if self.state == "difference":
            return self.env._(
                "%(order)s cannot be confirmed: it differs from the customer's paper in %(count)s places. Correct the "
                "order, or let %(checker)s or a supervisor note on the check sheet that the paper is wrong.",
                **names | {"count": self.open_count, "checker": self.user_id.name})
        if not required:
            return False
        if self.state == "stale" or self.content != order._sbo_content():
            names["people"] = self._entered_by(order)
            return self.env._(
                "%(order)s cannot be confirmed: it was changed after it had been verified. A clerk other than "
                "%(people)s verifies it again.", **names)
        if self.user_id in order._sbo_who_entered():
            return self.env._(
                "%(order)s cannot be confirmed: %(checker)s has verified it and entered a part of it. Somebody else "
                "verifies it again.", **names | {"checker": self.user_id.name})
        if order_class.blind and not self.blind:
            names["people"] = self._entered_by(order)
            return self.env._(
                "%(order)s cannot be confirmed: its class asks for blind verification. A clerk other than %(people)s "
                "verifies it again.", **names)
        return False

    def _entered_by(self, order):
        return ", ".join(order._sbo_who_entered().mapped("name"))

    def _after_paper_wrong(self, differences):
        """The error is the customer's: the findings say so, and the sheet is done when nothing else is open."""
        keys = [f"difference:{item.id}" for item in differences]
        self.env["sbo.finding"].search([
            ("res_model", "=", "sale.order"), ("res_id", "in", differences.order_id.ids), ("key", "in", keys),
            ("check_id.code", "=", "order_entry_error")]).write({"cause": "customer"})
        self._check_entry()
        self._refresh()
