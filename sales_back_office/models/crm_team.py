from odoo import models


class CrmTeam(models.Model):
    """A sales team, with the clerk who serves its salespeople unless they have their own."""

    _name = "crm.team"
    _inherit = ["crm.team", "sbo.served.mixin"]
