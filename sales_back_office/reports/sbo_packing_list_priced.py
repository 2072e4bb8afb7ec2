from odoo import api, models


class SboPackingListPriced(models.AbstractModel):
    """The packing list (发货清单, F04) as one copy with prices and amounts."""

    _name = "report.sales_back_office.sbo_packing_list_priced"
    _inherit = ["report.sales_back_office.sbo_delivery_notice"]
    _description = "Packing List with Prices"

    @api.model
    def _get_copies(self, company):
        return [("", True)]
