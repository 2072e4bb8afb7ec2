from odoo import fields, models


class SboDocumentPlace(models.Model):
    """A place where paper is kept (存放位置): room, cabinet, shelf or box, one within the other."""

    _name = "sbo.document.place"
    _description = "Place of Documents"
    _inherit = ["sbo.place.lent"]
    _parent_store = True
    _order = "complete_name"
    _rec_name = "complete_name"

    name = fields.Char(required=True)
    complete_name = fields.Char(readonly=True)
    kind = fields.Selection(
        [("room", "Room"), ("cabinet", "Cabinet"), ("shelf", "Shelf"), ("box", "Box")], required=True, default="box")
    parent_id = fields.Many2one("sbo.document.place", "Within", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    capacity = fields.Integer(help="So many documents fit in; 0: not counted.")
    barcode = fields.Char(copy=False, help="On the label; scanned to file, lend and return.")
    document_ids = fields.One2many("sbo.document", "place_id", "Documents", readonly=True)
