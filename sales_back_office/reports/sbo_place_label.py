from odoo import api, models


class SboPlaceLabel(models.AbstractModel):
    """Labels of rooms, cabinets, shelves and boxes."""

    _name = "report.sales_back_office.sbo_place_label"
    _description = "Labels of Places"
    _inherit = ["sbo.labels"]

    @api.model
    def _get_report_values(self, docids, data=None):
        places = self.env["sbo.document.place"].browse(docids)
        places.check_access("read")
        kinds = dict(places._fields["kind"]._description_selection(self.env))
        labels = [{
            "barcode": place.barcode, "code": place.name, "name": place.parent_id.complete_name or "",
            "note": f"{kinds[place.kind]} {place.barcode}"} for place in places]
        return {"doc_ids": docids, "doc_model": places._name, "docs": places, "rows": self._rows(labels)}
