from odoo import api, models


class SboPackingList(models.AbstractModel):
    """The packing list (发货清单, F04) that goes with the goods or to the customer: one copy, without prices."""

    _name = "report.sales_back_office.sbo_packing_list"
    _inherit = ["report.sales_back_office.sbo_delivery_notice"]
    _description = "Packing List"

    @api.model
    def _get_copies(self, company):
        return [("", False)]
