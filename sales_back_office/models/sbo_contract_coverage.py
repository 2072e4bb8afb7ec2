from odoo import models
from odoo.tools import float_compare, format_amount

from .sbo_order_contracted import ORDERED


class SboContractCoverage(models.AbstractModel):
    """What a contract covers of an order: products, prices, quantities, what is left of its amount; a few queries."""

    _name = "sbo.contract.coverage"
    _description = "Contract: What It Covers"
    _inherit = ["sbo.contract.flow"]

    def _problems(self, lines):
        """Where these lines of one order go beyond the contract, in sentences."""
        self.ensure_one()
        agreed = {line.product_id: line for line in self.line_ids}
        found = [self._why_not_ordered(), self._not_agreed(lines, agreed), self._under_price(lines, agreed),
                 self._over_quantity(lines, agreed), self._over_amount(lines)]
        return [text for text in found if text]

    def _not_agreed(self, lines, agreed):
        others = lines.product_id.filtered(lambda product: product not in agreed)
        return bool(agreed and others) and self.env._(
            "Not in the contract: %s.", ", ".join(others.mapped("display_name")))

    def _under_price(self, lines, agreed):
        low = []
        for line in lines:
            limit = agreed.get(line.product_id)
            if not limit or not limit.price:
                continue
            price = self._price_in_contract(line, limit)
            if self.currency_id.compare_amounts(price, limit.price) < 0:
                low.append(self.env._(
                    "%(product)s: %(price)s instead of the agreed %(agreed)s", product=line.product_id.display_name,
                    price=format_amount(self.env, price, self.currency_id),
                    agreed=format_amount(self.env, limit.price, self.currency_id)))
        return "; ".join(low)

    def _price_in_contract(self, line, limit):
        """What one unit of the contract costs on this line, in the contract's currency, with taxes or without."""
        price = line.price_reduce_taxinc if self.tax_included else line.price_reduce_taxexcl
        return line.currency_id._convert(
            line.product_uom_id._compute_price(price, limit.uom_id), self.currency_id, self.company_id,
            line.order_id.date_order or self.company_id._sbo_today())

    def _over_quantity(self, lines, agreed):
        """More of a product than agreed, with what other confirmed orders have taken already."""
        limits = {product: limit for product, limit in agreed.items() if limit.quantity and product in lines.product_id}
        if not limits:
            return False
        ordered = dict.fromkeys(limits, 0.0)
        taken = self.env["sale.order.line"]._read_group(
            [*self._elsewhere(lines), ("product_id", "in", [product.id for product in limits])],
            ["product_id", "product_uom_id"], ["product_uom_qty:sum"])
        here = [(line.product_id, line.product_uom_id, line.product_uom_qty) for line in lines]
        for product, unit, quantity in taken + here:
            if product in limits:
                ordered[product] += unit._compute_quantity(quantity, limits[product].uom_id, round=False)
        return "; ".join(
            self.env._("%(product)s: %(ordered)s with this order, at most %(limit)s are agreed",
                       product=product.display_name, ordered=f"{ordered[product]:g}", limit=f"{limit.quantity:g}")
            for product, limit in limits.items() if float_compare(ordered[product], limit.quantity, 6) > 0)

    def _over_amount(self, lines):
        """More than is left of the contract's amount, with what other confirmed orders have taken already."""
        if not self.amount:
            return False
        field, today = "price_total" if self.tax_included else "price_subtotal", self.company_id._sbo_today()
        taken = self.env["sale.order.line"]._read_group(self._elsewhere(lines), ["currency_id"], [f"{field}:sum"])

        def own(amount, currency):
            return currency._convert(amount, self.currency_id, self.company_id, today)
        left = self.amount - sum(own(amount, currency) for currency, amount in taken)
        ordered = sum(own(line[field], line.currency_id) for line in lines)
        return self.currency_id.compare_amounts(ordered, left) > 0 and self.env._(
            "%(left)s of the contract are left, %(ordered)s are ordered.",
            left=format_amount(self.env, left, self.currency_id),
            ordered=format_amount(self.env, ordered, self.currency_id))

    def _elsewhere(self, lines):
        """Domain of the lines of other confirmed orders under this contract."""
        return [("sbo_contract_id", "=", self.id), ("state", "=", "sale"), ("order_id", "not in", lines.order_id.ids),
                ("display_type", "=", False)]

    def _offered(self, order):
        """The contracts under which an order of this customer could be."""
        return self.search([
            ("partner_id", "parent_of", order.partner_id.commercial_partner_id.id), ("state", "in", ORDERED),
            ("company_id", "=", order.company_id.id),
            "|", ("date_end", "=", False), ("date_end", ">=", order.company_id._sbo_today())])
