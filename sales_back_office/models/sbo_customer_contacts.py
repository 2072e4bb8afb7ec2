from odoo import models


class SboCustomerContacts(models.AbstractModel):
    """What a customer shows of the contact log (客户联系)."""

    _name = "sbo.customer.contacts"
    _description = "Contacts with a Customer"
