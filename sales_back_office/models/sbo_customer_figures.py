from odoo import models


class SboCustomerFigures(models.AbstractModel):
    """The purchase record, lifecycle and grade that a customer shows (购买记录)."""

    _name = "sbo.customer.figures"
    _description = "Customer Figures"
