from odoo import fields, models

STARTS = [
    ("filed", "Filing"),
    ("dated", "Date of the Document"),
    ("year_end", "End of the Year of the Document"),
    ("fulfilled", "End of the Year in Which the Contract Was Fulfilled"),
]


class SboDocumentClass(models.Model):
    """A class of filed documents (档案类别): its code in the archival number, how long it is kept, how secret it is."""

    _name = "sbo.document.class"
    _description = "Document Class"
    _inherit = ["sbo.document.class.lent"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stands in the archival code, after the year.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    permanent = fields.Boolean(help="Kept for ever.")
    retention_years = fields.Integer("Years Kept", default=10)
    retention_start = fields.Selection(STARTS, "Counted from", required=True, default="year_end")
    secrecy_id = fields.Many2one("sbo.document.secrecy", "Secrecy")
    file_days = fields.Integer("Days to File", default=5, help="Working days from signing or closing until it is filed.")
