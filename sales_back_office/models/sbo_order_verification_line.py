from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr

from ..tools.order_compare import Row

PAPER = {"paper_product_id", "paper_text", "paper_quantity", "paper_price", "paper_date"}
TYPED = PAPER | {"sequence", "verification_id"}


class SboOrderVerificationLine(models.Model):
    """One row of a check sheet: what the customer's paper says, beside what was entered."""

    _name = "sbo.order.verification.line"
    _description = "Order Check Sheet Line"
    _order = "verification_id, sequence, id"

    verification_id = fields.Many2one(
        "sbo.order.verification", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="verification_id.company_id", store=True)
    sequence = fields.Integer(default=100)
    # Written from the order: when the sheet is begun, or, in blind mode, when it is compared.
    order_line_id = fields.Many2one("sale.order.line", readonly=True, index="btree_not_null", ondelete="set null")
    product_id = fields.Many2one("product.product", "Ordered Product", readonly=True, ondelete="restrict")
    quantity = fields.Float("Entered Quantity", digits="Product Unit", readonly=True)
    price = fields.Float(
        "Entered Price", digits="Product Price", readonly=True, help="Unit price after discount, as in the order.")
    date = fields.Date("Entered Date", readonly=True, help="The date promised on the order.")
    paper_product_id = fields.Many2one("product.product", "Product on the Paper", ondelete="restrict")
    paper_text = fields.Char("As Written", help="How the customer names it.")
    paper_quantity = fields.Float("Quantity on the Paper", digits="Product Unit", help="In the unit of the order line.")
    paper_price = fields.Float(
        "Price on the Paper", digits="Product Price", help="Unit price after discount, in the order's currency.")
    paper_date = fields.Date("Date on the Paper", help="Leave it empty when the paper names none.")
    answered = fields.Boolean(readonly=True)
    result = fields.Selection([("same", "Same"), ("differs", "Differs")], "Comparison", readonly=True)
    label = fields.Char(compute="_compute_label")
    state = fields.Selection(related="verification_id.state")
    can_type = fields.Boolean(related="verification_id.can_type")

    @api.depends("product_id", "paper_product_id", "paper_text")
    def _compute_label(self):
        for line in self:
            product = line.product_id or line.paper_product_id
            line.label = product.display_name or line.paper_text or ""

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        # A row that the paper has and the order, as far as the sheet knows, has not.
        rows = [{**{k: v for k, v in vals.items() if k in TYPED}, "answered": True} for vals in vals_list]
        self.env["sbo.order.verification"].browse([vals["verification_id"] for vals in rows])._refuse_typing()
        return super().create(rows)

    def write(self, vals):
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name in TYPED - {"verification_id"}}
            self.verification_id._refuse_typing()
            if PAPER & set(vals):
                vals["answered"] = True
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        if self.env.su:
            return
        self.verification_id._refuse_typing()
        if self.order_line_id:
            raise UserError(self.env._(
                "This row stands for a line of the order. When the paper does not have it, press Not on the Paper."))

    # === actions === #

    def action_same(self):
        """The paper says the same as the order."""
        for line in self.filtered("order_line_id"):
            line.write({"paper_product_id": line.product_id.id, "paper_quantity": line.quantity,
                        "paper_price": line.price, "paper_date": line.date})

    def action_not_on_paper(self):
        """The order has a line that the paper has not."""
        self.filtered("order_line_id").write(
            {"paper_product_id": False, "paper_quantity": 0, "paper_price": 0, "paper_date": False})

    # === comparing === #

    def _paper_row(self):
        return Row(self.id, self.paper_product_id.id, self._round(self.paper_quantity, "Product Unit"),
                   self._round(self.paper_price, "Product Price"), self.paper_date)

    def _on_paper(self):
        """Whether the paper has this row at all."""
        return bool(self.paper_product_id or self.paper_text or self.paper_quantity)

    def _round(self, number, kind):
        return round(number, self.env["decimal.precision"].precision_get(kind))

    def _entered_text(self, name):
        """A value of the order, in words."""
        return self._text(name, self.product_id, self.quantity, self.price, self.date)

    def _paper_words(self, name):
        """A value of the paper, in words."""
        return self._text(name, self.paper_product_id, self.paper_quantity, self.paper_price, self.paper_date) or (
            self.paper_text if name in ("product", "missing") else False)

    def _text(self, name, product, quantity, price, date):
        if name == "date":
            return date and fields.Date.to_string(date)
        if name == "price":
            return float_repr(price, self.env["decimal.precision"].precision_get("Product Price"))
        if name == "product":
            return product.display_name
        return f"{quantity:g} × {product.display_name}" if name in ("missing", "surplus") and product else (
            f"{quantity:g}" if name == "quantity" else False)

    def _prepare_difference(self, name):
        """Values of a difference: called when a sheet is compared; one field of one line is one difference."""
        entered = self.order_line_id
        order = self.verification_id.order_id
        source = {"product": "product_id", "quantity": "product_uom_qty", "price": "price_unit",
                  "surplus": "product_id"}.get(name)
        user = entered._sbo_entered_by(source) if entered and source else order._sbo_entered_by("commitment_date")
        return {
            "verification_id": self.verification_id.id, "line_id": self.id, "field": name, "product": self.label,
            "order_value": self._entered_text(name) if name != "missing" else False,
            "paper_value": self._paper_words(name) if name != "surplus" else False,
            "user_id": user.id,
        }
