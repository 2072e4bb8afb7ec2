from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [("room", "Room"), ("cabinet", "Cabinet"), ("shelf", "Shelf"), ("box", "Box")]
RANK = {kind: rank for rank, (kind, _label) in enumerate(KINDS)}


class SboDocumentPlace(models.Model):
    """A place where paper is kept (存放位置): room, cabinet, shelf or box, one within the other."""

    _name = "sbo.document.place"
    _description = "Place of Documents"
    _inherit = ["sbo.place.lent", "sbo.document.place.moves", "mail.thread"]
    _parent_store = True
    _order = "complete_name"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "barcode"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", store=True, recursive=True, index="trigram")
    kind = fields.Selection(KINDS, required=True, default="box", tracking=True)
    parent_id = fields.Many2one(
        "sbo.document.place", "Within", index=True, ondelete="restrict", check_company=True, tracking=True)
    child_ids = fields.One2many("sbo.document.place", "parent_id", "Contains")
    parent_path = fields.Char(index=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True, tracking=True)
    capacity = fields.Integer(
        tracking=True, help="So many documents fit in, with all that stands in it; 0: not counted.")
    barcode = fields.Char(copy=False, help="On the label; scanned to file, lend and return.")
    document_ids = fields.One2many("sbo.document", "place_id", "Filed Documents", readonly=True)
    note = fields.Text("Remark")

    _barcode_uniq = models.UniqueIndex(
        "(company_id, barcode) WHERE barcode IS NOT NULL", "Another place has this label already.")
    _name_uniq = models.UniqueIndex(
        "(company_id, COALESCE(parent_id, 0), name) WHERE active IS TRUE", "There is a place of this name already.")
    _capacity_positive = models.Constraint("CHECK (capacity >= 0)", "A place cannot hold less than nothing.")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for place in self:
            place.complete_name = " / ".join(filter(None, (place.parent_id.complete_name, place.name)))

    @api.constrains("parent_id", "kind")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A place cannot stand within itself."))
        for place in self | self.child_ids:
            if place.parent_id and RANK[place.parent_id.kind] >= RANK[place.kind]:
                raise ValidationError(self.env._(
                    "“%(place)s” cannot stand within “%(parent)s”: boxes stand on shelves, shelves in cabinets, "
                    "cabinets in rooms.", place=place.name, parent=place.parent_id.complete_name))

    @api.constrains("company_id")
    def _check_company_of_contents(self):
        for place in self:
            if place.child_ids.company_id - place.company_id or place.sudo().document_ids.company_id - place.company_id:
                raise ValidationError(self.env._(
                    "“%s”: what is in it belongs to another company.", place.complete_name))

    @api.constrains("barcode")
    def _check_barcode(self):
        self.env["sbo.document"]._refuse_same_label(self)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["barcode"] = (vals.get("barcode") or "").strip() or False
        places = super().create(vals_list)
        for place in places.filtered(lambda place: not place.barcode):
            place.barcode = f"PL{place.id:06d}"
        return places

    def action_documents(self):
        """What is in it, with all that stands in it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_action")
        return dict(action, domain=[("place_id", "child_of", self.id)], context={"default_place_id": self.id})

    def action_moves(self):
        """What was moved into it, out of it and with it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_move_action")
        return dict(action, domain=["|", ("place_id", "=", self.id), ("moved_place_id", "=", self.id)], context={})
