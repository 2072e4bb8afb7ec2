from odoo import api, fields, models
from odoo.tools import ormcache, split_every

GRADES = ("a", "b", "c", "d")


class SboOrderClass(models.Model):
    """A class of orders (订单类别, A 常规 / B 特殊) and what it asks for before confirmation.

    The first class, in their order, whose conditions an order all meets is the order's class.
    """

    _name = "sbo.order.class"
    _description = "Order Class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_from = fields.Monetary("From Amount", help="Total with taxes, in the company's currency; 0: any amount.")
    grade_a = fields.Boolean()
    grade_b = fields.Boolean()
    grade_c = fields.Boolean()
    grade_d = fields.Boolean()
    category_ids = fields.Many2many(
        "product.category", "sbo_order_class_category_rel", "class_id", "category_id", string="Product Categories",
        help="Orders with a product of these categories, or below them.")
    product_ids = fields.Many2many(
        "product.product", "sbo_order_class_product_rel", "class_id", "product_id", string="Special Products",
        help="Orders with one of these products.")
    partner_ids = fields.Many2many(
        "res.partner", "sbo_order_class_partner_rel", "class_id", "partner_id", string="Customers",
        domain="[('parent_id', '=', False)]")
    verify = fields.Boolean(
        "Verification Required", default=True,
        help="Somebody else compares the order with the customer's paper first.")
    blind = fields.Boolean(
        help="The checker types what the paper says without seeing the order; only then both are compared.")
    department_ids = fields.Many2many(
        "sbo.department", "sbo_order_class_department_rel", "class_id", "department_id", string="Opinions of",
        domain="[('company_id', '=', company_id)]", help="These departments must have given their opinion.")
    opinion_hours = fields.Float(
        "Hours for an Opinion", default=8, help="Working hours from the question to the opinion.")

    _opinion_hours_positive = models.Constraint("CHECK (opinion_hours >= 0)", "Hours cannot be negative.")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === what others ask === #

    @api.model
    def _of(self, orders):
        """{order: its class or none}. Nothing is read where a company has no classes."""
        found = dict.fromkeys(orders, self.browse())
        for company_id, group in orders.grouped(lambda order: order.company_id.id).items():
            rules = self._rules(company_id)
            for chunk in split_every(500, group.ids, group.browse) if rules else ():
                # Superuser: whoever confirms need not see what the class looks at.
                facts = {order: self._facts(order, rules) for order in chunk.sudo()}
                for order in chunk:
                    found[order] = next(
                        (self.browse(rule[0]) for rule in rules if self._meets(facts[order.sudo()], rule)),
                        self.browse())
        return found

    @api.model
    @ormcache()
    def _any_blind(self):
        """Whether anybody verifies blind at all: who does not pays for no question about it."""
        return bool(self.sudo().with_context(active_test=False).search_count([("blind", "=", True)], limit=1))

    @api.model
    @ormcache("company_id")
    def _rules(self, company_id):
        classes = self.sudo().search([("company_id", "=", company_id)])
        return tuple(
            (item.id, item.amount_from, frozenset(g for g in GRADES if item[f"grade_{g}"]),
             frozenset(item.category_ids.ids), frozenset(item.product_ids.ids), frozenset(item.partner_ids.ids))
            for item in classes)

    @api.model
    def _facts(self, order, rules):
        """What an order is judged by: amount, grade, categories with those above, products, customer.

        What none of the rules asks for is not read: every confirmation comes this way.
        """
        customer = order.partner_id.commercial_partner_id
        grades, categories, products = (any(rule[place] for rule in rules) for place in (2, 3, 4))
        goods = order.order_line.product_id if categories or products else ()
        return (
            order.amount_total / (order.currency_rate or 1), grades and self._grade_of(customer),
            {int(number) for path in goods.categ_id.mapped("parent_path") for number in path.split("/") if number}
            if categories else set(),
            set(goods.ids) if products else set(), {customer.id},
        )

    @api.model
    def _grade_of(self, customer):
        """The customer's grade, ``a`` to ``d``."""
        return "sbo_grade" in customer._fields and customer.sbo_grade

    @api.model
    def _meets(self, facts, rule):
        amount, grade, *sets = facts
        _id, amount_from, grades, *wanted = rule
        if amount < amount_from or (grades and grade not in grades):
            return False
        categories, products, customers = zip(sets, wanted, strict=True)
        special = categories, products
        asked = [pair for pair in special if pair[1]]
        if asked and not any(has & wants for has, wants in asked):
            return False
        return not customers[1] or bool(customers[0] & customers[1])
