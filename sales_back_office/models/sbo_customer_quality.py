from odoo import models


class SboCustomerQuality(models.AbstractModel):
    """Duplicates and corrected key fields of a customer (客户信息质量)."""

    _name = "sbo.customer.quality"
    _description = "Quality of Customer Data"
