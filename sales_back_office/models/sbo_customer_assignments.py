from odoo import models


class SboCustomerAssignments(models.AbstractModel):
    """What a customer shows of its assignments, and how a new customer opens one (客户分配)."""

    _name = "sbo.customer.assignments"
    _description = "Assignments of a Customer"
