from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache


class SboDepartment(models.Model):
    """A department that works on orders (部门): production, purchasing, warehouse, finance, engineering …

    It is told about orders that concern it, gives its opinion where an order's class asks for it, and answers by
    one of its members.
    """

    _name = "sbo.department"
    _description = "Department"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    member_ids = fields.Many2many(
        "res.users", "sbo_department_user_rel", "department_id", "user_id", string="Members",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who can answer for the department.")
    manager_id = fields.Many2one(
        "res.users", "Escalated to", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who is told when nobody has answered in time.")
    notified = fields.Boolean(
        "Told about Orders", default=True, help="Gets a notice of every confirmed order that concerns it.")
    warehouse_ids = fields.Many2many(
        "stock.warehouse", "sbo_department_warehouse_rel", "department_id", "warehouse_id", string="Warehouses",
        domain="[('company_id', '=', company_id)]", help="Only orders of these warehouses; empty: of all.")
    category_ids = fields.Many2many(
        "product.category", "sbo_department_category_rel", "department_id", "category_id",
        string="Product Categories", help="Only orders with a product of these categories or below; empty: of all.")
    route_ids = fields.Many2many(
        "stock.route", "sbo_department_route_rel", "department_id", "route_id",
        help="Only orders with a line that takes one of these routes; empty: all.")
    sees_prices = fields.Boolean(help="Prices stand on the papers of this department.")
    task = fields.Text("What to Do", translate=True, help="Stands on every notice of this department.")
    days_before = fields.Integer(
        "Days before Delivery", help="The department's part is done so many working days before the promised date.")
    acknowledge_hours = fields.Float(
        "Hours to Acknowledge", default=8, help="Working hours in which somebody must have answered a notice.")

    _hours_positive = models.Constraint(
        "CHECK (acknowledge_hours >= 0 AND days_before >= 0)", "Hours and days cannot be negative.")

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
    @ormcache("company_id")
    def _told_ids(self, company_id):
        """Ids of the departments that get notices; cached, because every confirmation asks."""
        # Superuser: whoever confirms need not see the departments.
        return tuple(self.sudo().search([("company_id", "=", company_id), ("notified", "=", True)]).ids)

    @ormcache("self.id")
    def _concern(self):
        """(warehouses, categories, routes) by ids: which orders concern the department; cached, as above."""
        # Superuser: as above.
        department = self.sudo()
        return tuple(frozenset(names.ids) for names in (
            department.warehouse_ids, department.category_ids, department.route_ids))

    def _refuse_stranger(self):
        """Only a member speaks for a department.

        :raise UserError: the user is none
        """
        for department in self.sudo():
            if self.env.user not in department.member_ids:
                raise UserError(self.env._(
                    "Only a member of %(department)s can answer for it: %(members)s.", department=department.name,
                    members=", ".join(department.member_ids.mapped("name")) or self.env._("nobody yet")))
