from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SboDocumentMove(models.Model):
    """One move of a document (移位记录): from where, to where, when, by whom, alone or with the box it is in."""

    _name = "sbo.document.move"
    _description = "Move of a Document"
    _inherit = ["sbo.document.part"]
    _order = "moved_at desc, id desc"
    _rec_name = "document_id"
    _log_access = False

    document_id = fields.Many2one("sbo.document", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    moved_at = fields.Datetime("Moved", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Moved by", readonly=True)
    from_name = fields.Char("From", readonly=True)
    to_name = fields.Char("To", readonly=True)
    place_id = fields.Many2one(
        "sbo.document.place", "In", readonly=True, index="btree_not_null", ondelete="set null",
        help="The place in which it was put, or that moved with it.")
    moved_place_id = fields.Many2one(
        "sbo.document.place", "Moved with", readonly=True, index="btree_not_null", ondelete="set null",
        help="The box, shelf or cabinet that was moved as a whole.")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Where a document has been stays on record."))

    @api.model
    def _log(self, before):
        """Documents were put elsewhere.

        :param before: {document: (place, its full name)} as it was
        """
        # Superuser: the history writes itself, it is nobody's to enter.
        self.sudo().create([{
            "document_id": document.id, "company_id": document.company_id.id, "moved_at": fields.Datetime.now(),
            "user_id": self.env.uid, "from_name": name, "to_name": document.sudo().place_id.complete_name,
            "place_id": document.sudo().place_id.id or place.id,
        } for document, (place, name) in before.items() if document.sudo().place_id != place])

    @api.model
    def _log_place(self, place, name):
        """A place was moved with all that is in it: one statement, whatever the number of documents.

        :param name: its full name before
        """
        self.env["sbo.document"].flush_model(["place_id"])
        self.env.cr.execute(SQL(
            """INSERT INTO sbo_document_move (document_id, company_id, moved_at, user_id, from_name, to_name, place_id,
                                              moved_place_id)
               SELECT d.id, d.company_id, now() AT TIME ZONE 'UTC', %(uid)s,
                      %(name)s || substr(below.complete_name, %(length)s), below.complete_name, below.id, %(place)s
                 FROM sbo_document_place below JOIN sbo_document d ON d.place_id = below.id
                WHERE below.parent_path LIKE %(path)s""",
            uid=self.env.uid, name=name, length=len(place.complete_name) + 1, place=place.id,
            path=f"{place.parent_path}%"))
        self.invalidate_model()
        self.env["sbo.document"].invalidate_model(["move_ids"])
