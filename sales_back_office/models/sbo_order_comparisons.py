from odoo import fields, models
from odoo.tools import float_compare, format_amount, format_date


class SboOrderComparisons(models.AbstractModel):
    """What the machine compares beside the customer's paper: prices, stock, dates, address, terms, credit …

    Each is one row in words, good or to be looked at. The number of queries does not grow with the lines.
    """

    _name = "sbo.order.comparisons"
    _description = "Automatic Comparisons of an Order"

    def _sbo_compare(self):
        """[{"code", "name", "ok", "text"}] of one order; the reader's language, no figures he may not see."""
        self.ensure_one()
        # Superuser: credit and cost are compared for people who must not see them; the text names neither.
        order = self.sudo().with_company(self.company_id)
        lines = order._sbo_product_lines()
        rows = []
        for code, name, compare in order._sbo_comparers():
            problem = compare(lines)
            rows.append({"code": code, "name": name, "ok": not problem, "text": problem or self.env._("in order")})
        return rows

    def _sbo_comparers(self):
        """Hook: [(code, name, method)]; a method gets the lines and returns the problem in words, or nothing.

        Called for every check sheet. Areas add theirs by override (contracts: whether the order is covered).
        """
        return [
            ("pricelist", self.env._("Price against pricelist"), self._sbo_compare_pricelist),
            ("floor", self.env._("Price against floor"), self._sbo_compare_floor),
            ("discount", self.env._("Discount"), self._sbo_compare_discount),
            ("stock", self.env._("Stock"), self._sbo_compare_stock),
            ("date", self.env._("Promised date"), self._sbo_compare_date),
            ("minimum", self.env._("Least quantity"), self._sbo_compare_minimum),
            ("address", self.env._("Delivery address"), self._sbo_compare_address),
            ("terms", self.env._("Payment terms"), self._sbo_compare_terms),
            ("credit", self.env._("Credit"), self._sbo_compare_credit),
            ("file", self.env._("Customer file"), self._sbo_compare_file),
            ("contract", self.env._("Contract"), self._sbo_compare_contract),
        ]

    def _sbo_compare_pricelist(self, lines):
        low = [
            self.env._("%(product)s: %(price)s instead of %(list_price)s", product=line.product_id.display_name,
                       price=format_amount(self.env, line._sbo_net_price(), self.currency_id),
                       list_price=format_amount(self.env, line.sbo_pricelist_price, self.currency_id))
            for line in lines
            if line.sbo_pricelist_price > line._sbo_net_price() + self.currency_id.rounding / 2]
        return "; ".join(low)

    def _sbo_compare_floor(self, lines):
        """Cost and the margin that must be left; the text names the products, not their cost."""
        left = 1 - self.company_id.sbo_floor_margin / 100
        low = lines.filtered(
            lambda line: line.purchase_price and line.price_reduce_taxexcl * left < line.purchase_price)
        return low and self.env._("Under the floor: %s", ", ".join(low.product_id.mapped("display_name")))

    def _sbo_compare_discount(self, lines):
        limit = self.company_id.sbo_discount_limit
        high = lines.filtered(lambda line: limit and line.discount > limit)
        return high and self.env._(
            "Above %(limit)s %%: %(products)s", limit=f"{limit:g}",
            products=", ".join(f"{line.product_id.display_name} {line.discount:g} %" for line in high))

    def _sbo_compare_stock(self, lines):
        """What is free today, over all lines of one product."""
        short, products = [], lines.product_id.filtered("is_storable").with_context(
            warehouse_id=self.warehouse_id.id)
        wanted = dict.fromkeys(products, 0)
        for line in lines:
            if line.product_id in wanted:
                wanted[line.product_id] += line.product_uom_id._compute_quantity(
                    line.product_uom_qty, line.product_id.uom_id)
        for product in products:
            if product.uom_id.compare(product.free_qty, wanted[product]) < 0:
                short.append(self.env._("%(product)s: %(free)s free of %(wanted)s", product=product.display_name,
                                        free=f"{product.free_qty:g}", wanted=f"{wanted[product]:g}"))
        return "; ".join(short)

    def _sbo_compare_date(self, lines):
        if not self.commitment_date:
            return self.env._("No date is promised.")
        if self.expected_date and self.commitment_date < self.expected_date and lines:
            zone = self.with_context(tz=self.company_id._sbo_tz())
            possible = fields.Datetime.context_timestamp(zone, self.expected_date).date()
            if self._sbo_promised_on() < possible:
                return self.env._("%(promised)s is promised, by the lead times %(possible)s is possible.",
                                  promised=format_date(self.env, self._sbo_promised_on()),
                                  possible=format_date(self.env, possible))
        return False

    def _sbo_compare_minimum(self, lines):
        few = []
        for line in lines.filtered("product_id.sbo_min_quantity"):
            quantity = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
            least = line.product_id.sbo_min_quantity
            if float_compare(quantity, least, precision_digits=6) < 0:
                few.append(self.env._("%(product)s: %(quantity)s, at least %(least)s are sold",
                                      product=line.product_id.display_name, quantity=f"{quantity:g}",
                                      least=f"{least:g}"))
        return "; ".join(few)

    def _sbo_compare_address(self, lines):
        address = self.partner_shipping_id
        if address.commercial_partner_id != self.partner_id.commercial_partner_id:
            return self.env._("%s does not belong to the customer.", address.display_name)
        if not address.street or not address.city:
            return self.env._("Street or city is missing.")
        return not (address.phone or self.partner_id.phone) and self.env._("There is no phone number for the driver.")

    def _sbo_compare_terms(self, lines):
        usual = self.partner_id.property_payment_term_id
        if usual and self.payment_term_id != usual:
            return self.env._("%(terms)s instead of the customer's %(usual)s.",
                              terms=self.payment_term_id.name or self.env._("None"), usual=usual.name)
        return not self.payment_term_id and self.env._("No payment terms are set.")

    def _sbo_compare_credit(self, lines):
        customer = self.partner_id.commercial_partner_id
        if not self.company_id.account_use_credit_limit or not customer.credit_limit:
            return False
        used = customer.credit + customer.credit_to_invoice + self.amount_total / (self.currency_rate or 1)
        return used > customer.credit_limit and self.env._("The customer's credit limit is exceeded with this order.")

    def _sbo_compare_file(self, lines):
        """Whether the customer's file is complete and looked after."""
        customer = self.partner_id.commercial_partner_id
        if customer.sbo_code_invalid:
            return self.env._("The customer's tax or credit code does not validate.")
        if "sbo_completeness" in customer._fields and customer.sbo_completeness < 100:
            return self.env._("The customer's file is complete to %s %%.", f"{customer.sbo_completeness:g}")
        return not customer.sbo_verified_on and self.env._("Nobody has verified the customer's file yet.")

    def _sbo_compare_contract(self, lines):
        """Whether a contract covers the order: its state, its prices, its quantities, what is left of its amount."""
        contracts = lines.sbo_contract_id | self.sbo_contract_id
        if not contracts:
            offered = contracts._offered(self)
            return offered and self.env._(
                "The order is under no contract; in force: %s.", ", ".join(offered.mapped("name")))
        return " ".join(
            problem for contract in contracts
            for problem in contract._problems(lines.filtered(lambda line, c=contract: line.sbo_contract_id == c)))
