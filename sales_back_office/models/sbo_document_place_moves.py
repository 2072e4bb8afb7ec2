from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class SboDocumentPlaceMoves(models.AbstractModel):
    """What happens at a place: it is full or not, it moves with all that is in it, it stays while papers are there."""

    _name = "sbo.document.place.moves"
    _description = "Place of Documents: Contents"

    content_count = fields.Integer(
        "Documents in It", compute="_compute_content_count", help="In the place itself and in all that stands in it.")
    free = fields.Integer("Still Free", compute="_compute_content_count")

    @api.depends("capacity", "document_ids")
    def _compute_content_count(self):
        counts = self._content_counts()
        for place in self:
            place.content_count = counts.get(place.id, 0)
            place.free = max(0, place.capacity - place.content_count) if place.capacity else 0

    @api.constrains("capacity", "active")
    def _check_contents(self):
        self._refuse_overfull()
        hidden = self.filtered(lambda place: not place.active)
        if hidden:
            hidden._refuse_used(self.env._("cannot be archived"))

    def write(self, vals):
        moved = self.filtered(lambda place: "parent_id" in vals and place.parent_id.id != vals["parent_id"])
        names = {place.id: place.complete_name for place in moved}
        result = super().write(vals)
        if moved:
            self.flush_model()
            for place in moved:
                self.env["sbo.document.move"]._log_place(place, names[place.id])
            moved._refuse_overfull()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._refuse_used(self.env._("cannot be deleted"))

    def _refuse_used(self, what):
        counts = self._content_counts()
        for place in self:
            if counts.get(place.id):
                raise UserError(self.env._(
                    "“%(place)s” %(what)s: %(count)s documents are in it. Move them to another place first.",
                    place=place.complete_name, what=what, count=counts[place.id]))

    def _content_counts(self):
        """{place id: documents in it and in what stands in it}, in one query; what is destroyed is nowhere."""
        self.flush_model()
        self.env["sbo.document"].flush_model(["place_id", "state"])
        return dict(self.env.execute_query(SQL(
            """SELECT p.id, COUNT(*) FROM sbo_document_place p
                 JOIN sbo_document_place below ON starts_with(below.parent_path, p.parent_path)
                 JOIN sbo_document d ON d.place_id = below.id
                WHERE p.id = ANY(%s) GROUP BY p.id""", self.ids)))

    def _chain(self):
        """These places and all they stand in."""
        ids = {int(key) for place in self for key in (place.parent_path or "").split("/") if key}
        return self.browse(sorted(ids))

    def _refuse_overfull(self):
        """No place holds more than it can; two people who put something in at once come one after the other.

        :raise ValidationError: which place is full, and by how much
        """
        # Superuser: papers that this user does not see take up room as well.
        counted = self.sudo()._chain().filtered("capacity")
        if not counted:
            return
        counted._hold()
        counts = counted._content_counts()
        for place in counted:
            if counts.get(place.id, 0) > place.capacity:
                raise ValidationError(self.env._(
                    "“%(place)s” is full: %(capacity)s documents fit in, %(count)s would be there. Choose another "
                    "place, or correct its capacity.",
                    place=place.complete_name, capacity=place.capacity, count=counts[place.id]))

    def _hold(self):
        """Whoever does something at these places at the same time comes after us, or begins anew."""
        self.flush_model()
        self.env.cr.execute(SQL(
            "SELECT id FROM sbo_document_place WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.ids))
        # A new version of the row: a lock alone would let the next one count what was before us.
        self.env.cr.execute(SQL("UPDATE sbo_document_place SET write_uid = write_uid WHERE id = ANY(%s)", self.ids))

    @api.model
    def _by_barcode(self, code, company=None):
        """The place with this label, archived ones not; called by whoever scans."""
        return self.search(Domain("barcode", "=", (code or "").strip()) & Domain(
            "company_id", "=", (company or self.env.company).id), limit=1) if (code or "").strip() else self.browse()
